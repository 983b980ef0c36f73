//! What the tests share: histories of commands, a way to run them, the naive model, repositories, hermetic git.

#![expect(
    clippy::panic,
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "support for tests: a panic is a failing test"
)]

pub mod alphabet;
pub mod fixture;
pub mod freeze;
pub mod generate;
pub mod git;
pub mod intent;
pub mod law;
pub mod mutate;
pub mod naive;
pub mod recorded;
pub mod repository;
pub mod run;
pub mod stranger;

/// What the README says of the library compiles.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;

/// So do the examples of the pages.
#[cfg(doctest)]
#[doc = include_str!("../../docs/locks-and-queues.md")]
#[doc = include_str!("../../docs/release-trains.md")]
#[doc = include_str!("../../docs/freeze-windows.md")]
#[doc = include_str!("../../docs/history.md")]
#[doc = include_str!("../../docs/embedding.md")]
#[doc = include_str!("../../docs/remotes.md")]
struct Pages;
