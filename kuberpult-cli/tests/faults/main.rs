//! Fault runs: whatever happens, an accepted command is in the branch's history exactly once, and a refused one not at
//! all.
//!
//! Each test runs the real binary against a real remote while something goes wrong, and keeps books: which command was
//! acknowledged as which commit, which was refused, and of which nobody knows. Every command has an author of its own, so
//! each commit belongs to one command. Afterwards the history is walked from where the run began, and carried out once more
//! from the books, in the order of the commits, by one writer in a fresh repository: the ids must be the same.
//!
//! `cargo test -p kuberpult-cli --test faults -- --nocapture` prints what happened, counted.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

mod answer;
mod books;
mod commands;
mod history;
mod kills;
mod place;
mod processes;
mod writer;

mod clock_backwards;
mod copied_cache;
mod cut_connections;
mod full_disk;
mod killed_fetch;
mod killed_writers;
mod many_writers;
mod moved_branch;
mod refusing_hook;
