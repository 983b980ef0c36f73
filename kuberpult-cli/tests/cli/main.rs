//! The real binary, as a person, a CI job and a program use it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod apply;
mod bad_input;
mod demo;
mod json;
mod processes;
mod terminal;
mod tour;
