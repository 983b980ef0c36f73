//! One line of JSON commands: what it says, and when and by whom it is given.

use kuberpult_core::{Actor, Command, EnvironmentName, NameError, Time};
use kuberpult_git::{ConfigError, ManifestRepo, TransactError, environment_config_from_json};
use serde::Deserialize as _;
use serde_json::{Map, Value, json};

use crate::exit::{self, Exit, Failure};
use crate::text::one_line;
use crate::unique_keys;
use crate::yaml::{self, YamlError};

/// Why a line was not carried out.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LineError {
    #[error("not UTF-8: the byte at offset {offset} of the line begins no character")]
    NotUtf8 { offset: usize },
    #[error("not understood as JSON: {}", within_line(.0))]
    NotJson(serde_json::Error),
    #[error("no JSON object with a `command`, but {0}")]
    NoObject(&'static str),
    /// The commands that there are stand in serde's own message.
    #[error("unknown command {0}")]
    UnknownCommand(String),
    #[error("`command`: expected the name of a command, found {0}")]
    NoCommandName(&'static str),
    #[error("{0}")]
    NotUnderstood(serde_json::Error),
    #[error("`{key}`: {problem}")]
    Key { key: String, problem: String },
    #[error("`{key}`: expected an object, found {found}")]
    NoObjectInKey { key: &'static str, found: &'static str },
    #[error("`manifests.{environment}`: expected the manifest as a text")]
    ManifestNoText { environment: String },
    #[error("`manifests`: {0}")]
    ManifestName(NameError),
    #[error("the manifest for environment `{environment}` is {error}")]
    ManifestNotYaml { environment: EnvironmentName, error: YamlError },
    #[error("`config`: {error}{}", cause_of(error))]
    Config { error: ConfigError },
    #[error(transparent)]
    Context(Box<Failure>),
    #[error(transparent)]
    Transact(#[from] TransactError),
}

/// What is wrong with a text that is one line, and in which column.
fn within_line(error: &serde_json::Error) -> String {
    error.to_string().replace(" at line 1 column ", " at column ")
}

/// What a config error does not say itself.
fn cause_of(error: &ConfigError) -> String {
    std::error::Error::source(error)
        .map(|cause| format!(": {cause}").replace(" at line 1 column ", " at column "))
        .unwrap_or_default()
}

impl LineError {
    /// That nobody knows when or by whom the command is given.
    pub(crate) fn context(failure: Failure) -> Self {
        Self::Context(Box::new(failure))
    }

    /// That the value of a key is wrong, in words that are not Rust's.
    fn key(key: &str, problem: &str) -> Self {
        let problem = problem
            .replace("a nonzero u64", "a positive integer")
            .replace("unknown variant", "unknown value");
        Self::Key { key: one_line(key).into(), problem }
    }

    /// The exit code.
    pub(crate) fn exit(&self) -> Exit {
        match self {
            Self::Transact(error) => exit::of_transact(error),
            Self::Context(failure) => failure.exit(),
            _ => Exit::Usage,
        }
    }

    /// The stable code.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::NotUtf8 { .. } | Self::NotJson(_) | Self::NoObject(_) => "MALFORMED_LINE",
            Self::UnknownCommand(_) => "UNKNOWN_COMMAND",
            Self::NoCommandName(_)
            | Self::NotUnderstood(_)
            | Self::Key { .. }
            | Self::NoObjectInKey { .. }
            | Self::ManifestNoText { .. } => "INVALID_COMMAND",
            Self::ManifestName(_) => "INVALID_NAME",
            Self::ManifestNotYaml { .. } => "INVALID_MANIFEST",
            Self::Config { .. } => "INVALID_CONFIG",
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
            _ => json!({}),
        }
    }
}

/// One line.
#[derive(Debug)]
pub(crate) struct Line {
    /// When the command is given, if the line says so.
    pub(crate) at: Option<Time>,
    /// Who gives it, if the line says so.
    pub(crate) author: Option<Actor>,
    command: Map<String, Value>,
}

impl Line {
    /// Reads a line. What the command itself says is not looked at yet.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, LineError> {
        let text =
            std::str::from_utf8(bytes).map_err(|error| LineError::NotUtf8 { offset: error.valid_up_to() })?;
        let mut command = match unique_keys::read(text).map_err(LineError::NotJson)? {
            Value::Object(command) => command,
            other => return Err(LineError::NoObject(kind(&other))),
        };
        let at = taken(&mut command, "at", Time::deserialize)?;
        expect_object(&command, "author")?;
        let author = taken(&mut command, "author", Actor::deserialize)?;
        Ok(Self { at, author, command })
    }

    /// The command. The manifests of a release are given to the repository.
    pub(crate) fn into_command(mut self, repo: &mut ManifestRepo) -> Result<Command, LineError> {
        let name = match self.command.get("command") {
            None => None,
            Some(Value::String(name)) => Some(name.as_str()),
            Some(other) => return Err(LineError::NoCommandName(kind(other))),
        };
        match name {
            Some("createRelease") => {
                if let Some(Value::Object(manifests)) = self.command.get_mut("manifests") {
                    keep_manifests(manifests, repo)?;
                }
            }
            Some("createEnvironment") => {
                expect_object(&self.command, "config")?;
                if let Some(config) = self.command.get("config") {
                    environment_config_from_json(&config.to_string())
                        .map_err(|error| LineError::Config { error })?;
                }
            }
            _ => {}
        }
        deserialized(&self.command).map_err(|error| not_understood(&self.command, error))
    }
}

fn deserialized(command: &Map<String, Value>) -> Result<Command, serde_json::Error> {
    Command::deserialize(Value::Object(command.clone()))
}

/// Finds the key that a message of serde is about: serde names a key that is missing or unknown, but not one
/// whose value is wrong. Without that key the message is another one.
fn not_understood(command: &Map<String, Value>, error: serde_json::Error) -> LineError {
    let message = error.to_string();
    if let Some(Value::String(name)) = command.get("command")
        && let Some(known) = message.strip_prefix(&format!("unknown variant `{name}`"))
    {
        return LineError::UnknownCommand(format!("`{}`{known}", one_line(name)));
    }
    if !message.starts_with("missing field") && !message.starts_with("unknown field") {
        for key in command.keys().filter(|key| *key != "command") {
            let mut without = command.clone();
            without.remove(key);
            if deserialized(&without).err().is_none_or(|error| error.to_string() != message) {
                return LineError::key(key, &message);
            }
        }
    }
    LineError::NotUnderstood(error)
}

/// What a value is, for people.
fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a truth value",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

/// Refuses arrays, which serde would take for objects without keys.
fn expect_object(command: &Map<String, Value>, key: &'static str) -> Result<(), LineError> {
    match command.get(key) {
        None | Some(Value::Object(_)) => Ok(()),
        Some(other) => Err(LineError::NoObjectInKey { key, found: kind(other) }),
    }
}

/// Takes a key that is not the command's.
fn taken<T>(
    command: &mut Map<String, Value>,
    key: &'static str,
    read: impl FnOnce(Value) -> Result<T, serde_json::Error>,
) -> Result<Option<T>, LineError> {
    let value = command.remove(key);
    value.map(read).transpose().map_err(|error| LineError::key(key, &error.to_string()))
}

/// Puts each manifest's id in place of its text.
fn keep_manifests(manifests: &mut Map<String, Value>, repo: &mut ManifestRepo) -> Result<(), LineError> {
    for (environment, manifest) in manifests {
        let name = EnvironmentName::existing(environment).map_err(LineError::ManifestName)?;
        let Value::String(text) = manifest else {
            return Err(LineError::ManifestNoText { environment: one_line(environment).into() });
        };
        yaml::check(text).map_err(|error| LineError::ManifestNotYaml { environment: name, error })?;
        let id = repo.add_manifest(text.as_bytes())?;
        *manifest = Value::String(id.to_string());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_and_author_are_taken_from_the_line() {
        let line = Line::read(br#"{"command": "x", "at": "2024-05-03T11:37:37Z", "author": {"name": "Jo", "email": "j@example.com"}}"#);
        let line = line.unwrap();
        assert_eq!(line.at.unwrap().to_string(), "2024-05-03T11:37:37Z");
        assert_eq!(line.author.unwrap().to_string(), "Jo <j@example.com>");
        assert_eq!(line.command.len(), 1);
    }

    #[test]
    fn what_is_no_command_says_what_it_is() {
        for (line, expected) in [
            ("[]", "no JSON object with a `command`, but an array"),
            (r#"{"at": "today"}"#, "`at`: time \"today\" is not valid"),
            (r#"{"author": {"name": "Jo"}}"#, "`author`: missing field `email`"),
            (r#"{"author": {"name": "Jo", "email": "", "phone": ""}}"#, "`author`: unknown field `phone`"),
            (r#"{"command": "#, "not understood as JSON: EOF while parsing"),
        ] {
            let error = Line::read(line.as_bytes()).unwrap_err().to_string();
            assert!(error.starts_with(expected), "{error}");
        }
    }
}
