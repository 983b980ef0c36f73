//! The laws of `docs/semantics.md`, each one property test of that name, and what shows that they prove something:
//! a test of the generator, and the naive model beside the core.
#![expect(clippy::unwrap_used, reason = "these are tests, their helpers included")]

mod batch;
mod difference;
mod freeze;
mod generator;
mod locks;
mod manifest_repository;
mod naive_model;
mod promotion;
mod queue;
mod release_train;
mod releases;
mod state;
mod why;
