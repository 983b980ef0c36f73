//! The real binary, as a person, a CI job and a program use it.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

mod apply;
mod bad_input;
mod demo;
mod json;
mod processes;
mod readme;
mod replay;
mod terminal;
mod tour;
