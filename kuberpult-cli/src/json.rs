//! The shapes of JSON output: a contract with programs that read it.

use std::error::Error as _;
use std::fmt;

use kuberpult_core::{
    Actor, ApplicationName, Blocker, EnvironmentConfig, EnvironmentName, Event, LockId, LockScope, Report,
    Time, Version,
};
use kuberpult_git::{HistoryEntry, HistoryGap, ReleaseSummary, RepositoryFinding};
use serde::Serialize;
use serde_json::{Value, json};

use crate::exit::{code_of_read, details_of_read};
use crate::freezes::ListedWindow;
use crate::lock_list::ListedLock;
use crate::output::with_causes;

/// The version of the contract.
pub(crate) const API_VERSION: &str = "kuberpult/v1";

/// One document: what it is, and its content.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Document<'a, T> {
    api_version: &'static str,
    kind: &'static str,
    #[serde(flatten)]
    content: &'a T,
}

impl<'a, T> Document<'a, T> {
    pub(crate) fn new(kind: &'static str, content: &'a T) -> Self {
        Self { api_version: API_VERSION, kind, content }
    }
}

/// An error on standard error.
#[derive(Serialize)]
pub(crate) struct ErrorDocument {
    error: ErrorObject,
}

/// What an error says.
#[derive(Serialize)]
pub(crate) struct ErrorObject {
    pub(crate) code: &'static str,
    pub(crate) message: String,
    pub(crate) details: Value,
}

impl ErrorDocument {
    pub(crate) fn of(code: &'static str, message: String, details: Value) -> Self {
        Self { error: ErrorObject { code, message, details } }
    }
}

/// Kind `ManifestDiff`: what another version would change.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ManifestDiff<'a> {
    pub(crate) application: &'a ApplicationName,
    pub(crate) environment: &'a EnvironmentName,
    pub(crate) from: Option<Release<'a>>,
    pub(crate) to: Release<'a>,
    pub(crate) next_train: bool,
    pub(crate) changed_by_hand: bool,
    pub(crate) releases: Vec<Release<'a>>,
    pub(crate) source_commits: Option<SourceCommits<'a>>,
    pub(crate) diff: &'a str,
}

/// The source commits of two releases.
#[derive(Serialize)]
pub(crate) struct SourceCommits<'a> {
    pub(crate) from: &'a str,
    pub(crate) to: &'a str,
}

/// A release, with the keys that `createRelease` has for it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Release<'a> {
    version: Version,
    #[serde(skip_serializing_if = "Option::is_none")]
    source_commit_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source_author: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source_message: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    display_version: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    created_at: Option<Time>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    undeploy: bool,
}

impl<'a> From<&'a ReleaseSummary> for Release<'a> {
    fn from(release: &'a ReleaseSummary) -> Self {
        let source = &release.source;
        Self {
            version: release.version,
            source_commit_id: source.commit_id.as_deref(),
            source_author: source.author.as_deref(),
            source_message: source.message.as_deref(),
            display_version: source.display_version.as_deref(),
            created_at: release.created_at,
            undeploy: release.undeploy,
        }
    }
}

/// Kind `Receipt`: what a command led to.
#[derive(Serialize)]
pub(crate) struct Receipt<'a> {
    pub(crate) commit: Option<String>,
    pub(crate) events: &'a [Event],
    pub(crate) report: &'a Report,
}

/// Kind `Plan`: what a command would lead to.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Plan<'a> {
    pub(crate) base: Option<String>,
    /// What was assumed that is not so; not given where nothing was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) what_if: Option<&'a WhatIf>,
    pub(crate) events: &'a [Event],
    pub(crate) report: &'a Report,
}

/// What is assumed that is not so.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WhatIf {
    /// The locks that are left out.
    pub(crate) without_locks: Vec<LockPlace>,
}

/// Which lock.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LockPlace {
    #[serde(flatten)]
    pub(crate) scope: LockScope,
    pub(crate) lock_id: LockId,
}

/// `lock "load-test" on application "cart" in environment "staging"`
impl fmt::Display for LockPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "lock {:?} on {}", self.lock_id, self.scope)
    }
}

/// What became of one line of JSON commands.
#[derive(Serialize)]
pub(crate) struct LineReceipt<'a> {
    pub(crate) line: usize,
    #[serde(flatten)]
    pub(crate) receipt: Receipt<'a>,
}

/// Why one line of JSON commands was not carried out.
#[derive(Serialize)]
pub(crate) struct LineErrorDocument {
    pub(crate) line: usize,
    pub(crate) error: ErrorObject,
}

/// Kind `Repository`.
#[derive(Serialize)]
pub(crate) struct Repository<'a> {
    pub(crate) directory: String,
    pub(crate) branch: &'a str,
}

/// A list of anything.
#[derive(Serialize)]
pub(crate) struct List<T> {
    pub(crate) items: Vec<T>,
}

/// An environment: kind `Environment`, and an item of kind `EnvironmentList`.
#[derive(Serialize)]
pub(crate) struct EnvironmentItem<'a> {
    pub(crate) environment: &'a EnvironmentName,
    pub(crate) config: &'a EnvironmentConfig,
    /// On the environment, and on teams in it.
    pub(crate) locks: Vec<ListedLock<'a>>,
    /// Its freeze windows, and which of them are open.
    pub(crate) windows: Vec<ListedWindow<'a>>,
}

/// An item of kind `Queue`.
#[derive(Serialize)]
pub(crate) struct QueueItem<'a> {
    pub(crate) environment: &'a EnvironmentName,
    pub(crate) application: &'a ApplicationName,
    pub(crate) current: Option<Version>,
    pub(crate) queued: Version,
    pub(crate) blockers: Vec<Blocker>,
}

/// An entry of kind `Log`: a commit, and what happened with it.
#[derive(Serialize)]
pub(crate) struct LogEntry<'a> {
    pub(crate) commit: String,
    pub(crate) at: Option<Time>,
    pub(crate) author: &'a Actor,
    pub(crate) subject: &'a str,
    pub(crate) events: &'a [Event],
    /// Why events may be missing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) gaps: Vec<ErrorObject>,
}

impl<'a> LogEntry<'a> {
    pub(crate) fn of(entry: &'a HistoryEntry) -> Self {
        Self {
            commit: entry.commit.to_string(),
            at: entry.at,
            author: &entry.author,
            subject: &entry.subject,
            events: &entry.events,
            gaps: entry.gaps.iter().map(ErrorObject::of_gap).collect(),
        }
    }
}

impl ErrorObject {
    fn of_gap(gap: &HistoryGap) -> Self {
        let (code, details) = match gap {
            HistoryGap::NoParent { parent } => ("PARENT_NOT_FOUND", json!({ "parent": parent })),
            HistoryGap::Read(error) => (code_of_read(error), details_of_read(error)),
            _ => ("CANNOT_READ", json!({})),
        };
        Self { code, message: with_causes(gap.to_string(), gap.source()), details }
    }
}

/// An item of kind `CheckReport`.
#[derive(Serialize)]
pub(crate) struct Finding<'a> {
    pub(crate) severity: &'static str,
    #[serde(flatten)]
    pub(crate) finding: &'a RepositoryFinding,
}
