//! The recipes in `docs/recipes`: run just as they are there, with the real binary, on a real remote.

mod crontab;
mod github_actions;
mod gitlab_ci;
mod jenkinsfile;
mod lock_test_train;
mod nightly_train;
mod pages;
mod settle_queues;
mod site;
mod yaml;
