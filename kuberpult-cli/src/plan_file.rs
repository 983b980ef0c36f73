//! A saved plan as a file: one JSON object, in which nothing is passed over.

use kuberpult_core::{Actor, Command, Event, Time};
use kuberpult_git::{CommitId, SavedPlan};
use serde::{Deserialize as _, Serialize};
use serde_json::{Map, Value, json};

use crate::code::Code;
use crate::exit::Failure;
use crate::json::{API_VERSION, Document};
use crate::json_command::{LineError, in_our_words, kind, read_command};
use crate::text::one_line;
use crate::unique_keys;

const KIND: &str = "SavedPlan";
const KEYS: [&str; 5] = ["command", "at", "author", "commit", "events"];

/// What is in the file besides `apiVersion` and `kind`.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct PlanFile<'a> {
    /// What was planned: a release train.
    command: &'a Command,
    /// When it was planned.
    at: Time,
    /// Who planned it.
    author: &'a Actor,
    /// The commit that it was decided on; null in an empty repository.
    #[cfg_attr(test, schemars(with = "Option<CommitId>"))]
    commit: Option<String>,
    /// What the train led to there, in order.
    events: &'a [Event],
}

/// Why a text is no plan that can be carried out.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PlanFileError {
    #[error("not UTF-8: the byte at offset {offset} begins no character")]
    NotUtf8 { offset: usize },
    #[error("not understood as JSON: {}", in_our_words(&.0.to_string()))]
    NotJson(serde_json::Error),
    #[error("`{key}`: expected `{expected}`, found {found}; `kuberpult train --save-plan` writes plans")]
    OtherVersion { key: &'static str, expected: &'static str, found: String },
    #[error("missing key `{key}`; `kuberpult train --save-plan` writes plans")]
    MissingKey { key: &'static str },
    #[error("unknown key `{key}`, expected {}; `kuberpult train --save-plan` writes plans", in_backticks(&KEYS))]
    UnknownKey { key: String },
    #[error("`{key}`: {problem}")]
    Key { key: String, problem: String },
    #[error("`command`: {0}")]
    Command(Box<LineError>),
}

fn in_backticks(keys: &[&str]) -> String {
    keys.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ")
}

impl PlanFileError {
    /// The stable code.
    pub(crate) fn code(&self) -> Code {
        match self {
            Self::OtherVersion { .. } => Code::OTHER_PLAN_VERSION,
            _ => Code::MALFORMED_PLAN,
        }
    }

    /// What a program may want to know besides.
    pub(crate) fn details(&self) -> Value {
        match self {
            Self::NotUtf8 { offset } => json!({ "offset": offset }),
            Self::NotJson(error) => json!({ "line": error.line(), "column": error.column() }),
            Self::OtherVersion { key, .. } | Self::MissingKey { key } => json!({ "key": key }),
            Self::UnknownKey { key } | Self::Key { key, .. } => json!({ "key": key }),
            Self::Command(_) => json!({ "key": "command" }),
        }
    }
}

/// The text of a plan, for people and programs to read.
pub(crate) fn write(plan: &SavedPlan) -> Result<String, Failure> {
    let content = PlanFile {
        command: &plan.command,
        at: plan.context.now,
        author: &plan.context.actor,
        commit: plan.base.map(|commit| commit.to_string()),
        events: &plan.events,
    };
    let text = serde_json::to_string_pretty(&Document::new(KIND, &content));
    text.map(|text| format!("{text}\n")).map_err(|error| Failure::Output(error.into()))
}

/// Whether a text is meant to be a plan, in whatever state it is: JSON commands have no `apiVersion`.
pub(crate) fn is_meant(text: &[u8]) -> bool {
    let text = String::from_utf8_lossy(text);
    match serde_json::from_str::<Map<String, Value>>(&text) {
        Ok(object) => {
            object.contains_key("apiVersion") || object.get("kind").is_some_and(|kind| kind == KIND)
        }
        Err(_) => {
            let inside = text.trim_start().strip_prefix('{').map(str::trim_start);
            inside.is_some_and(|inside| inside.starts_with("\"apiVersion\""))
        }
    }
}

/// Reads a plan.
pub(crate) fn read(text: &[u8]) -> Result<SavedPlan, PlanFileError> {
    let text =
        std::str::from_utf8(text).map_err(|error| PlanFileError::NotUtf8 { offset: error.valid_up_to() })?;
    let Value::Object(mut plan) = unique_keys::read(text).map_err(PlanFileError::NotJson)? else {
        return Err(PlanFileError::MissingKey { key: "apiVersion" });
    };
    expect(&mut plan, "apiVersion", API_VERSION)?;
    expect(&mut plan, "kind", KIND)?;
    if let Some(unknown) = plan.keys().find(|key| !KEYS.contains(&key.as_str())) {
        return Err(PlanFileError::UnknownKey { key: one_line(unknown).into() });
    }
    let [command, at, author, commit, events] = KEYS;
    let command = read_train(taken(&mut plan, command)?)?;
    let at = Time::deserialize(taken(&mut plan, at)?).map_err(|error| wrong(at, &error))?;
    let author = Actor::deserialize(taken(&mut plan, author)?).map_err(|error| wrong(author, &error))?;
    let base =
        Option::<CommitId>::deserialize(taken(&mut plan, commit)?).map_err(|error| wrong(commit, &error))?;
    let events = match taken(&mut plan, events)? {
        Value::Array(values) => values.into_iter().enumerate().map(read_event).collect::<Result<_, _>>()?,
        other => {
            let problem = format!("expected a list of events, found {}", kind(&other));
            return Err(PlanFileError::Key { key: events.into(), problem });
        }
    };
    Ok(SavedPlan { command, context: kuberpult_core::Context::new(at, author), base, events })
}

/// Only trains are saved: what else a plan could hold may refer to what is nowhere, such as manifests.
fn read_train(value: Value) -> Result<Command, PlanFileError> {
    let command = match value {
        Value::Object(command) => command,
        other => {
            let problem = format!("expected an object, found {}", kind(&other));
            return Err(PlanFileError::Key { key: "command".into(), problem });
        }
    };
    match read_command(&command).map_err(|error| PlanFileError::Command(Box::new(error)))? {
        train @ Command::ReleaseTrain(_) => Ok(train),
        other => {
            let problem = format!("expected a release train, found: {other}");
            Err(PlanFileError::Key { key: "command".into(), problem: one_line(&problem).into() })
        }
    }
}

fn read_event((index, value): (usize, Value)) -> Result<Event, PlanFileError> {
    let place = format!("events[{index}]");
    let event = Event::deserialize(&value).map_err(|error| wrong(&place, &error))?;
    // Events are read leniently; but of a plan each part was written by us, and says what will happen.
    let again = serde_json::to_value(&event).map_err(|error| wrong(&place, &error))?;
    match unknown_key(&value, &again, &place) {
        Some(key) => Err(PlanFileError::Key { key: one_line(&key).into(), problem: "unknown key".into() }),
        None => Ok(event),
    }
}

/// The path of the first key in a value that is not in the same value when it is written again.
fn unknown_key(value: &Value, again: &Value, path: &str) -> Option<String> {
    match (value, again) {
        (Value::Object(values), Value::Object(again)) => values.iter().find_map(|(key, value)| {
            let path = format!("{path}.{key}");
            match again.get(key) {
                Some(again) => unknown_key(value, again, &path),
                None => Some(path).filter(|_| !value.is_null()),
            }
        }),
        (Value::Array(values), Value::Array(again)) => {
            let pairs = values.iter().zip(again).enumerate();
            let unknown = |(index, (value, again))| unknown_key(value, again, &format!("{path}[{index}]"));
            pairs.into_iter().find_map(unknown)
        }
        _ => None,
    }
}

fn wrong(key: &str, error: &serde_json::Error) -> PlanFileError {
    PlanFileError::Key { key: key.into(), problem: one_line(&in_our_words(&error.to_string())).into() }
}

fn taken(plan: &mut Map<String, Value>, key: &'static str) -> Result<Value, PlanFileError> {
    plan.remove(key).ok_or(PlanFileError::MissingKey { key })
}

/// Takes a key that can have one value only.
fn expect(
    plan: &mut Map<String, Value>,
    key: &'static str,
    expected: &'static str,
) -> Result<(), PlanFileError> {
    match taken(plan, key)? {
        Value::String(found) if found == expected => Ok(()),
        found => {
            let found = match found {
                Value::String(text) => format!("`{}`", one_line(&text)),
                other => kind(&other).into(),
            };
            Err(PlanFileError::OtherVersion { key, expected, found })
        }
    }
}
