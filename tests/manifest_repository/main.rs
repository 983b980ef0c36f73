//! The manifest repository as git sees it: commits, races, work trees, and what is not understood.

#![expect(clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "these are tests")]

mod argocd;
mod as_of;
mod batches;
mod checking;
mod commits;
mod differences;
mod environments;
mod history;
mod hostile;
mod objects_read;
mod opening;
mod overview;
mod races;
mod reading;
mod remote;
mod saved_plans;
mod series;
mod shared;
mod undeployment;
mod why;
mod work_trees;
