//! [`Job`]: what is measured as one. [`Sample`]: what came out once.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::tree_change::TreeChange;

/// Something that takes time and memory.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) enum Job {
    /// A program that runs once.
    Program {
        /// The program and its arguments.
        line: Vec<String>,
        /// The file that is its standard input.
        input: Option<PathBuf>,
        /// Its standard output is wanted; otherwise nobody reads it.
        keep_output: bool,
    },
    /// `git commit-tree` and `git update-ref`, on a tree that is there already.
    Commit {
        /// The repository.
        repository: PathBuf,
        /// The tree.
        tree: String,
        /// The parent.
        parent: String,
        /// The whole name of the reference that moves.
        reference: String,
        /// The message.
        message: String,
    },
    /// The same, after the blobs and trees have been written with `git hash-object` and `git mktree`.
    Change {
        /// The repository.
        repository: PathBuf,
        /// What changes.
        change: TreeChange,
        /// The commit on which it changes, and the parent.
        parent: String,
        /// The whole name of the reference that moves.
        reference: String,
        /// The message.
        message: String,
    },
}

/// What one run of a job took.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Sample {
    /// From the start of the first process to the end of the last.
    pub(crate) nanoseconds: u64,
    /// The most memory that one of the processes had resident at once.
    pub(crate) peak_kib: u64,
    /// What was printed, if it is wanted.
    pub(crate) output: String,
    /// Why it failed, if it did.
    pub(crate) failure: Option<String>,
}
