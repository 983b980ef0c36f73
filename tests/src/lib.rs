//! What the tests share: generators, the naive model, hermetic git.

#![expect(clippy::expect_used, clippy::panic, reason = "this crate is used by tests alone")]

pub mod fixture;
pub mod git;
