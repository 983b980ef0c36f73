//! What the schemas say of errors, which are values without a type of their own where they are printed.

use std::borrow::Cow;
use std::collections::BTreeSet;

use kuberpult_core::{
    ApplicationCause, Blocker, EnvironmentCause, EnvironmentName, LockId, PlanDifference, Refusal,
    TrainReport,
};
use kuberpult_git::CommitId;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;
use serde_json::{Value, json};

use crate::code::Code;
use crate::explanation;
use crate::json::LockPlace;

/// Every code that an error can have, with what it means.
pub(crate) enum ErrorCode {}

impl JsonSchema for ErrorCode {
    fn schema_name() -> Cow<'static, str> {
        "ErrorCode".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let lists = [Code::LISTED, Refusal::CODES, Blocker::CODES, EnvironmentCause::CODES];
        let mut codes: BTreeSet<&str> = lists.concat().into_iter().collect();
        codes.insert(ApplicationCause::NoVersionUpstream.code());
        let codes = codes.into_iter().map(|code| {
            let page = explanation::of(code).unwrap_or_else(|_| panic!("{code} has no page"));
            json!({ "const": code, "description": page.summary })
        });
        json_schema!({
            "description": "The stable code; `kuberpult explain CODE` says more about it.",
            "type": "string",
            "oneOf": codes.collect::<Vec<Value>>(),
        })
    }
}

/// What there is instead of what was asked for.
#[derive(Serialize, JsonSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "its schema is read, not it")]
enum Known {
    /// Locks.
    Locks(Vec<LockPlace>),
    /// Names.
    Names(Vec<String>),
}

/// What a program may want to know besides. Which keys there are depends on the code.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ErrorDetails {
    /// The commit of the manifest repository at which a work tree is.
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<CommitId>,
    /// The commit that a saved plan was made on; null in an empty repository.
    #[serde(skip_serializing_if = "Option::is_none")]
    base: Option<CommitOrNone>,
    /// The branch.
    #[serde(skip_serializing_if = "Option::is_none")]
    branch: Option<String>,
    /// Where something is not JSON: the column, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<usize>,
    /// How many commands nobody knows the end of.
    #[serde(skip_serializing_if = "Option::is_none")]
    commands: Option<usize>,
    /// The commit that was made, or may have been.
    #[serde(skip_serializing_if = "Option::is_none")]
    commit: Option<CommitId>,
    /// Commits that are in the way, the newest first: ids, and perhaps subjects.
    #[serde(skip_serializing_if = "Option::is_none")]
    commits: Option<Vec<String>>,
    /// What has changed since a plan was made, or what does not belong to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    difference: Option<PlanDifference>,
    /// The environment.
    #[serde(skip_serializing_if = "Option::is_none")]
    environment: Option<EnvironmentName>,
    /// What belongs at `path`.
    #[serde(skip_serializing_if = "Option::is_none")]
    expected: Option<String>,
    /// What is at `path`.
    #[serde(skip_serializing_if = "Option::is_none")]
    found: Option<String>,
    /// The newest commit; null in an empty repository.
    #[serde(skip_serializing_if = "Option::is_none")]
    head: Option<CommitOrNone>,
    /// How a command is used.
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<String>,
    /// The key that is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<String>,
    /// The keys that would be lost, each as a path.
    #[serde(skip_serializing_if = "Option::is_none")]
    keys: Option<Vec<String>>,
    /// The locks that there are, or the names.
    #[serde(skip_serializing_if = "Option::is_none")]
    known: Option<Known>,
    /// The line of the input, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<usize>,
    /// The id of the lock.
    #[serde(skip_serializing_if = "Option::is_none")]
    lock_id: Option<LockId>,
    /// The name that nothing has.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// The codes or names that look like the one that there is not.
    #[serde(skip_serializing_if = "Option::is_none")]
    nearest: Option<Vec<String>>,
    /// Where something is not UTF-8: the byte, from 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    offset: Option<usize>,
    /// The commit that is not there.
    #[serde(skip_serializing_if = "Option::is_none")]
    parent: Option<CommitId>,
    /// The path in the manifest repository; `.` for its root.
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<String>,
    /// The paths in the work tree.
    #[serde(skip_serializing_if = "Option::is_none")]
    paths: Option<Vec<String>>,
    /// Which command of a batch it is, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    position: Option<usize>,
    /// Everything that stands in the way of a command that a rule refuses.
    #[serde(skip_serializing_if = "Option::is_none")]
    refusals: Option<Vec<Refusal>>,
    /// What the train of an outdated plan would do now.
    #[serde(skip_serializing_if = "Option::is_none")]
    train: Option<TrainReport>,
    /// The directory of the work tree.
    #[serde(skip_serializing_if = "Option::is_none")]
    work_tree: Option<String>,
}

/// The id of a commit, or null where there is none yet.
#[derive(Serialize, JsonSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "its schema is read, not it")]
enum CommitOrNone {
    Commit(CommitId),
    None,
}
