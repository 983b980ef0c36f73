//! kuberpult's manifest repository: state and events of `kuberpult-core` in git, as Argo CD reads them.

mod argocd;
mod argocd_documents;
mod check;
mod commit_id;
mod commit_message;
mod config_json;
mod edit;
mod error;
mod git_command;
mod go_time;
mod go_yaml;
mod layout;
mod manifest_blob;
mod open;
mod past;
mod project;
mod queue_history;
mod read_state;
#[cfg(test)]
mod recorded_tests;
mod repo;
mod repository_finding;
mod saved_plan;
mod settings_json;
mod transact;
mod tree;
mod unread_keys;
mod why;
mod work_tree;
mod write;
mod writer_lock;

pub use commit_id::{CommitId, CommitIdError};
pub use config_json::{ConfigError, environment_config_from_json, environment_config_to_json};
pub use error::{InitError, OpenError, ReadError, TransactError, WhyError};
pub use open::{InitOptions, OpenOptions};
pub use repo::ManifestRepo;
pub use repository_finding::RepositoryFinding;
pub use saved_plan::SavedPlan;
pub use transact::{Plan, Receipt};
