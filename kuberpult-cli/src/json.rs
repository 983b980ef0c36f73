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

use crate::code::Code;
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
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct ErrorDocument {
    /// What went wrong.
    error: ErrorObject,
}

/// What an error says.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct ErrorObject {
    #[cfg_attr(test, schemars(with = "crate::schema::ErrorCode"))]
    pub(crate) code: Code,
    /// What went wrong, for people, with its causes.
    pub(crate) message: String,
    #[cfg_attr(test, schemars(with = "crate::schema::ErrorDetails"))]
    pub(crate) details: Value,
}

impl ErrorDocument {
    pub(crate) fn of(code: Code, message: String, details: Value) -> Self {
        Self { error: ErrorObject { code, message, details } }
    }
}

/// Kind `ManifestDiff`: what another version would change.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub(crate) struct ManifestDiff<'a> {
    /// The application.
    pub(crate) application: &'a ApplicationName,
    /// The environment.
    pub(crate) environment: &'a EnvironmentName,
    /// The release that is deployed; null where none is.
    pub(crate) from: Option<Release<'a>>,
    /// The release that it is compared with.
    pub(crate) to: Release<'a>,
    /// Whether that is what the next release train would bring.
    pub(crate) next_train: bool,
    /// Whether the manifest that Argo CD applies is not the one of the release that is deployed.
    pub(crate) changed_by_hand: bool,
    /// What lies between the two. Forward, the releases after the deployed one up to the other, oldest first; back, those after the
    /// other up to the deployed one, newest first.
    pub(crate) releases: Vec<Release<'a>>,
    /// The source commits of both, where both are known.
    pub(crate) source_commits: Option<SourceCommits<'a>>,
    /// A unified diff; empty where nothing differs.
    pub(crate) diff: &'a str,
}

/// The source commits of two releases.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct SourceCommits<'a> {
    /// The one of the release that is deployed.
    pub(crate) from: &'a str,
    /// The one of the other release.
    pub(crate) to: &'a str,
}

/// A release, with the keys that `createRelease` has for it.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub(crate) struct Release<'a> {
    /// The version.
    version: Version,
    /// The commit id in the source repository.
    #[serde(skip_serializing_if = "Option::is_none")]
    source_commit_id: Option<&'a str>,
    /// The commit's author.
    #[serde(skip_serializing_if = "Option::is_none")]
    source_author: Option<&'a str>,
    /// The commit's message.
    #[serde(skip_serializing_if = "Option::is_none")]
    source_message: Option<&'a str>,
    /// What people call the version.
    #[serde(skip_serializing_if = "Option::is_none")]
    display_version: Option<&'a str>,
    /// When it was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    created_at: Option<Time>,
    /// Whether it is an undeploy release; not given where it is none.
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
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Receipt<'a> {
    /// The commit that was made; null where there was nothing to do.
    #[cfg_attr(test, schemars(with = "Option<kuberpult_git::CommitId>"))]
    pub(crate) commit: Option<String>,
    /// What happened, in order.
    pub(crate) events: &'a [Event],
    /// What else there is to say.
    pub(crate) report: &'a Report,
}

/// Kind `Plan`: what a command would lead to.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub(crate) struct Plan<'a> {
    /// The commit that it was decided on; null in an empty repository.
    #[cfg_attr(test, schemars(with = "Option<kuberpult_git::CommitId>"))]
    pub(crate) base: Option<String>,
    /// What was assumed that is not so; not given where nothing was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) what_if: Option<&'a WhatIf>,
    /// What would happen, in order.
    pub(crate) events: &'a [Event],
    /// What else there is to say.
    pub(crate) report: &'a Report,
}

/// What is assumed that is not so.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub(crate) struct WhatIf {
    /// The locks that are left out.
    pub(crate) without_locks: Vec<LockPlace>,
}

/// Which lock.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub(crate) struct LockPlace {
    #[serde(flatten)]
    pub(crate) scope: LockScope,
    /// The lock's id.
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
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct LineReceipt<'a> {
    /// Which line of the input it answers, from 1.
    pub(crate) line: usize,
    #[serde(flatten)]
    pub(crate) receipt: Receipt<'a>,
}

/// Why one line of JSON commands was not carried out.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct LineErrorDocument {
    /// Which line of the input it answers, from 1.
    pub(crate) line: usize,
    /// Why it was not carried out.
    pub(crate) error: ErrorObject,
}

/// Kind `Repository`.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub(crate) struct Repository<'a> {
    /// Where it is.
    pub(crate) directory: String,
    /// Its branch.
    pub(crate) branch: &'a str,
    /// Whether nothing was made, because it was a dry run.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(crate) dry_run: bool,
}

/// Kind `Explanation`: the page on a code.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Explanation<'a> {
    /// The code.
    pub(crate) code: &'a str,
    /// What it is about.
    pub(crate) topic: &'a str,
    /// What it means, in one line.
    pub(crate) summary: &'a str,
    /// When it happens and what to do about it: paragraphs, and commands in lines that begin with four blanks.
    pub(crate) text: &'a str,
    /// Codes that are about something similar.
    pub(crate) related: &'a [&'a str],
}

/// An item of kind `CodeList`.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct ListedCode<'a> {
    /// The code.
    pub(crate) code: &'a str,
    /// What it is about.
    pub(crate) topic: &'a str,
    /// What it means, in one line.
    pub(crate) summary: &'a str,
}

/// A list of anything.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct List<T> {
    /// The items.
    pub(crate) items: Vec<T>,
}

/// An environment: kind `Environment`, and an item of kind `EnvironmentList`.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct EnvironmentItem<'a> {
    /// Its name.
    pub(crate) environment: &'a EnvironmentName,
    /// Its config.
    pub(crate) config: &'a EnvironmentConfig,
    /// On the environment, and on teams in it.
    pub(crate) locks: Vec<ListedLock<'a>>,
    /// Its freeze windows, and which of them are open.
    pub(crate) windows: Vec<ListedWindow<'a>>,
}

/// An item of kind `Queue`.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct QueueItem<'a> {
    /// The environment.
    pub(crate) environment: &'a EnvironmentName,
    /// The application.
    pub(crate) application: &'a ApplicationName,
    /// The version that is deployed.
    pub(crate) current: Option<Version>,
    /// The version that waits.
    pub(crate) queued: Version,
    /// What it waits for; empty where nothing holds it back any more.
    pub(crate) blockers: Vec<Blocker>,
}

/// An entry of kind `Log`: a commit, and what happened with it.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct LogEntry<'a> {
    /// The commit.
    #[cfg_attr(test, schemars(with = "kuberpult_git::CommitId"))]
    pub(crate) commit: String,
    /// When it was made; null where the commit has no time that can be written.
    pub(crate) at: Option<Time>,
    /// Who gave the command.
    pub(crate) author: &'a Actor,
    /// The first line of its message.
    pub(crate) subject: &'a str,
    /// What happened with it.
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
            HistoryGap::NoParent { parent } => (Code::PARENT_NOT_FOUND, json!({ "parent": parent })),
            HistoryGap::Read(error) => (code_of_read(error), details_of_read(error)),
            _ => (Code::CANNOT_READ, json!({})),
        };
        Self { code, message: with_causes(gap.to_string(), gap.source()), details }
    }
}

/// An item of kind `CheckReport`.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Finding<'a> {
    /// `error`, or `warning` for what was configured so.
    pub(crate) severity: &'static str,
    #[serde(flatten)]
    pub(crate) finding: &'a RepositoryFinding,
}
