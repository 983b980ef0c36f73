//! The real binary, as a person, a CI job and a program use it.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

mod apply;
mod bad_input;
mod check;
mod completions;
mod confirmation;
mod contract;
mod demo;
mod diff;
mod environments;
mod explain;
mod formats;
mod freeze;
mod graph;
mod help;
mod json;
mod killed;
mod log;
mod man;
mod markdown;
mod plan;
mod processes;
mod progress;
mod readme;
mod recipes;
mod remote;
mod replay;
mod report;
mod status;
mod terminal;
mod tour;
mod undeploy;
mod what_if;
mod why;
