//! The manifest repository as git sees it: commits, races, work trees, and what is not understood.

#![expect(clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "these are tests")]

mod argocd;
mod commits;
mod opening;
mod races;
mod reading;
mod work_trees;
