//! kuberpult's manifest repository: state and events of `kuberpult-core` in git, as Argo CD reads them.
//!
//! A [`ManifestRepo`] is one branch of one repository. A command is [planned](ManifestRepo::plan), which changes nothing, or
//! [carried out](ManifestRepo::transact): it is decided on the newest commit, what it leads to is one more commit, and
//! the branch moves there if nobody else has moved it meanwhile; otherwise the command is decided again. No more is
//! read than the command needs.
//!
//! - The branch may be one [of a remote](OpenOptions::remote), with a clone of one's own or [without](ManifestRepo::open_remote).
//!   What is acknowledged is there then.
//! - Many threads [share](SharedManifestRepo) a repository, and their commands land together.
//! - A [`SavedPlan`] is kept in a file, and [carried out](ManifestRepo::carry_out) later just as it is or not at all.
//! - [`ManifestRepo::state`] reads everything, [`ManifestRepo::import`] writes a state that was kept elsewhere.
//! - [`ManifestRepo::why`] explains one application in one environment, with when and by whom.
//! - [`ManifestRepo::history`] tells what happened, from the commits; also from those that other tools made.
//! - [`ManifestRepo::manifest_difference`] compares what is deployed with what another version would bring.
//! - [`ManifestRepo::check`] is the fsck: of the state, and of what Argo CD reads.
//!
//! Existing repositories of upstream kuberpult are read and written as they are. What is not ours in them stays, unless
//! it lies in a directory that goes: with a deleted environment, for one, goes everything in its directory.
//!
//! # Limits
//!
//! Whoever writes to a repository can write anything. What is not understood is an error that names path, expected and
//! found, and memory is limited: a text by [`LARGEST_TEXT`], a directory by [`LARGEST_DIRECTORY`], any object by
//! [`LARGEST_OBJECT`], and all that one command reads by [`LARGEST_READING`].

mod argocd;
mod argocd_documents;
mod cause;
mod check;
mod commit;
mod commit_id;
mod commit_message;
mod config_json;
mod deflate;
mod delta;
mod edit;
mod error;
mod extensions;
mod git_command;
mod go_time;
mod go_yaml;
mod hardening;
mod history;
mod kept_keys;
mod layout;
mod limits;
mod listing;
mod loose;
mod maintenance;
mod manifest_blob;
mod manifest_difference;
mod memory;
mod misunderstandings;
mod names;
mod new_objects;
mod open;
mod origin;
mod pack;
mod past;
mod plain_text;
mod project;
mod queue_history;
mod read_state;
mod reader;
mod remote;
mod repo;
mod repository_finding;
mod saved_plan;
mod series;
mod settings_json;
mod shared;
mod store;
mod transact;
mod tree;
mod tree_difference;
mod tree_edit;
mod unread_keys;
mod why;
mod work_tree;
mod write;
mod writer_lock;

pub use cause::Cause;
pub use commit_id::{CommitId, CommitIdError};
pub use config_json::{ConfigError, environment_config_from_json, environment_config_to_json};
pub use error::{DifferenceError, InitError, OpenError, ReadError, TransactError, WhyError};
pub use history::{History, HistoryEntry, HistoryFilter, HistoryGap};
pub use limits::{LARGEST_DIRECTORY, LARGEST_OBJECT, LARGEST_READING, LARGEST_TEXT};
pub use manifest_difference::{ManifestDifference, ReleaseSummary};
pub use open::{DEFAULT_BRANCH, InitOptions, OpenOptions};
pub use queue_history::QueueChange;
pub use remote::RemoteError;
pub use repo::ManifestRepo;
pub use repository_finding::RepositoryFinding;
pub use saved_plan::SavedPlan;
pub use series::OnError;
pub use shared::SharedManifestRepo;
pub use transact::{Plan, Receipt};
