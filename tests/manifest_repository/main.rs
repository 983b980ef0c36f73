//! The manifest repository as git sees it: commits, races, work trees, and what is not understood.

mod argocd;
mod commits;
mod opening;
mod races;
mod reading;
mod work_trees;
