//! [`LineError`]: why a line of JSON commands was not carried out.

use kuberpult_core::{EnvironmentName, NameError, nearest_name};
use kuberpult_git::{ConfigError, TransactError};
use serde_json::{Map, Value, json};

use crate::code::Code;
use crate::exit::{self, Exit, Failure};
use crate::text::one_line;
use crate::yaml::YamlError;

/// Why a line was not carried out.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LineError {
    #[error("not UTF-8: the byte at offset {offset} of the line begins no character")]
    NotUtf8 { offset: usize },
    #[error("not understood as JSON: {}", within_line(.0))]
    NotJson(serde_json::Error),
    #[error("expected a JSON object with a `command`, found {0}")]
    NoObject(&'static str),
    /// The commands that there are stand in serde's own message.
    #[error("unknown command {0}")]
    UnknownCommand(String),
    #[error("`command`: expected the name of a command, found {0}")]
    NoCommandName(&'static str),
    #[error("{}", in_our_words(&.0.to_string()))]
    NotUnderstood(serde_json::Error),
    #[error("`{key}`: {problem}")]
    Key { key: String, problem: String },
    #[error("`{key}`: expected an object, found {found}")]
    NoObjectInKey { key: &'static str, found: &'static str },
    #[error("`commands`: expected a list of commands, found {found}")]
    NoCommandList { found: &'static str },
    #[error("`{key}` holds for a whole batch: give it beside `commands`, not in one of them")]
    KeyOfLine { key: &'static str },
    #[error("command {position} of the batch: {error}")]
    InBatch {
        /// From 1.
        position: usize,
        error: Box<LineError>,
    },
    #[error("`manifests.{environment}`: expected the manifest as a text")]
    ManifestNoText { environment: String },
    #[error("`manifests`: {0}")]
    ManifestName(NameError),
    #[error("the manifest for environment `{environment}` is {error}")]
    ManifestNotYaml { environment: EnvironmentName, error: YamlError },
    #[error("`config{}`: {}", in_config(error), config_problem(error))]
    Config { error: ConfigError },
    #[error(transparent)]
    Context(Box<Failure>),
    #[error(transparent)]
    Transact(#[from] TransactError),
}

/// What is wrong with a text that is one line, and in which column.
fn within_line(error: &serde_json::Error) -> String {
    in_our_words(&error.to_string()).replace(" at line 1 column ", " at column ")
}

/// The path in a config to what is wrong there.
fn in_config(error: &ConfigError) -> String {
    match error {
        ConfigError::Malformed { key: Some(key), .. } => format!(".{}", one_line(key)),
        _ => String::new(),
    }
}

/// What is wrong with a config, without the place in a text that nobody has written so.
fn config_problem(error: &ConfigError) -> String {
    match error {
        ConfigError::Malformed { source, .. } => {
            let place = format!(" at line {} column {}", source.line(), source.column());
            let problem = source.to_string();
            in_our_words(problem.strip_suffix(&place).unwrap_or(&problem))
        }
        other => other.to_string(),
    }
}

/// Serde's message about a value in words that are not Rust's.
pub(crate) fn in_our_words(problem: &str) -> String {
    let words = [
        ("a nonzero u64", "a positive integer"),
        ("unknown variant", "unknown value"),
        ("missing field", "missing key"),
        ("unknown field", "unknown key"),
        ("EOF while parsing", "it ends within"),
    ];
    words.iter().fold(problem.to_owned(), |problem, (theirs, ours)| problem.replace(theirs, ours))
}

impl LineError {
    /// That nobody knows when or by whom the command is given.
    pub(crate) fn context(failure: Failure) -> Self {
        Self::Context(Box::new(failure))
    }

    /// That the value of a key is wrong.
    pub(super) fn key(key: &str, problem: &str) -> Self {
        Self::Key { key: one_line(key).into(), problem: in_our_words(problem) }
    }

    /// Finds what a message of serde about a command is about: serde names a key that is missing or unknown, but
    /// not one whose value is wrong. Without that key the message is another one.
    pub(super) fn not_understood(
        command: &Map<String, Value>,
        error: serde_json::Error,
        read: impl Fn(&Map<String, Value>) -> Result<(), serde_json::Error>,
    ) -> Self {
        let message = error.to_string();
        if let Some(Value::String(name)) = command.get("command")
            && let Some(known) = message.strip_prefix(&format!("unknown variant `{name}`"))
        {
            let commands = known.split('`').skip(1).step_by(2);
            let known = match nearest_name(name, commands) {
                Some(nearest) => format!("; did you mean `{nearest}`?"),
                None => known.to_owned(),
            };
            return Self::UnknownCommand(format!("`{}`{known}", one_line(name)));
        }
        if !message.starts_with("missing field") && !message.starts_with("unknown field") {
            for key in command.keys().filter(|key| *key != "command") {
                let mut without = command.clone();
                without.remove(key);
                if read(&without).err().is_none_or(|error| error.to_string() != message) {
                    return Self::key(key, &message);
                }
            }
        }
        Self::NotUnderstood(error)
    }

    /// Whether nobody knows what became of the command, and of others that were pushed with it.
    pub(crate) fn is_answer_lost(&self) -> bool {
        matches!(self, Self::Transact(TransactError::AnswerLost { .. }))
    }

    /// The exit code.
    pub(crate) fn exit(&self) -> Exit {
        match self {
            Self::Transact(error) => exit::of_transact(error),
            Self::Context(failure) => failure.exit(),
            Self::InBatch { error, .. } => error.exit(),
            _ => Exit::Usage,
        }
    }

    /// The stable code.
    pub(crate) fn code(&self) -> Code {
        match self {
            Self::NotUtf8 { .. } | Self::NotJson(_) | Self::NoObject(_) => Code::MALFORMED_LINE,
            Self::UnknownCommand(_) => Code::UNKNOWN_COMMAND,
            Self::NoCommandName(_)
            | Self::NotUnderstood(_)
            | Self::Key { .. }
            | Self::NoObjectInKey { .. }
            | Self::NoCommandList { .. }
            | Self::KeyOfLine { .. }
            | Self::ManifestNoText { .. } => Code::INVALID_COMMAND,
            Self::ManifestName(_) => Code::INVALID_NAME,
            Self::ManifestNotYaml { .. } => Code::INVALID_MANIFEST,
            Self::Config { .. } => Code::INVALID_CONFIG,
            Self::InBatch { error, .. } => error.code(),
            Self::Context(failure) => failure.code(),
            Self::Transact(error) => exit::code_of_transact(error),
        }
    }

    /// What a program may want to know besides.
    pub(crate) fn details(&self) -> Value {
        match self {
            Self::Transact(error) => exit::details_of_transact(error),
            Self::Context(failure) => failure.details(),
            Self::ManifestNotYaml { environment, .. } => json!({ "environment": environment }),
            Self::Config { error: ConfigError::Malformed { key: Some(key), .. } } => {
                json!({ "key": format!("config.{key}") })
            }
            Self::InBatch { position, error } => {
                let mut details = error.details();
                if let Value::Object(details) = &mut details {
                    details.insert("position".into(), json!(position));
                }
                details
            }
            _ => json!({}),
        }
    }
}
