//! kuberpult's manifest repository: state and events of `kuberpult-core` in git, as Argo CD reads them.

mod config_json;
mod error;
mod repo;

pub use config_json::{ConfigError, environment_config_from_json, environment_config_to_json};
pub use error::{InitError, OpenError, ReadError, TransactError};
pub use repo::{CommitId, InitOptions, ManifestRepo, OpenOptions, Plan, Receipt};
