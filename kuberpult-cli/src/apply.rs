//! One line of JSON commands: what it says, and when and by whom it is given.

use kuberpult_core::{Actor, Command, EnvironmentName, NameError, Time};
use kuberpult_git::{ConfigError, ManifestRepo, TransactError, environment_config_from_json};
use serde::Deserialize as _;
use serde_json::{Map, Value, json};

use crate::exit::{self, Exit, Failure};
use crate::yaml::{self, YamlError};

/// Why a line was not carried out.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LineError {
    #[error("not UTF-8: the byte at offset {offset} of the line begins no character")]
    NotUtf8 { offset: usize },
    #[error("no JSON object: {0}")]
    NotJson(serde_json::Error),
    #[error("no JSON object with a `command`, but {0}")]
    NoObject(&'static str),
    /// The names that there are stand in serde's own message.
    #[error("{0}")]
    NotUnderstood(serde_json::Error),
    #[error("`{key}`: {error}")]
    Key { key: &'static str, error: serde_json::Error },
    #[error("`manifests.{environment}`: expected the manifest as a text")]
    ManifestNoText { environment: String },
    #[error("`manifests`: {0}")]
    ManifestName(NameError),
    #[error("the manifest for environment `{environment}` is {error}")]
    ManifestNotYaml { environment: EnvironmentName, error: YamlError },
    #[error("`config`: {error}{}", cause(error))]
    Config { error: ConfigError },
    #[error(transparent)]
    Context(Box<Failure>),
    #[error(transparent)]
    Transact(#[from] TransactError),
}

/// What a config error does not say itself.
fn cause(error: &ConfigError) -> String {
    std::error::Error::source(error).map(|cause| format!(": {cause}")).unwrap_or_default()
}

impl LineError {
    /// That nobody knows when or by whom the command is given.
    pub(crate) fn context(failure: Failure) -> Self {
        Self::Context(Box::new(failure))
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
            Self::NotUnderstood(_) | Self::Key { .. } | Self::ManifestNoText { .. } => "INVALID_COMMAND",
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
        let mut command = match serde_json::from_str(text).map_err(LineError::NotJson)? {
            Value::Object(command) => command,
            Value::Null => return Err(LineError::NoObject("null")),
            Value::Bool(_) => return Err(LineError::NoObject("a truth value")),
            Value::Number(_) => return Err(LineError::NoObject("a number")),
            Value::String(_) => return Err(LineError::NoObject("a text")),
            Value::Array(_) => return Err(LineError::NoObject("an array")),
        };
        let at = taken(&mut command, "at", Time::deserialize)?;
        let author = taken(&mut command, "author", Actor::deserialize)?;
        Ok(Self { at, author, command })
    }

    /// The command. The manifests of a release are given to the repository.
    pub(crate) fn into_command(mut self, repo: &mut ManifestRepo) -> Result<Command, LineError> {
        match self.command.get("command").and_then(Value::as_str) {
            Some("createRelease") => {
                if let Some(Value::Object(manifests)) = self.command.get_mut("manifests") {
                    keep_manifests(manifests, repo)?;
                }
            }
            Some("createEnvironment") => {
                if let Some(config @ Value::Object(_)) = self.command.get("config") {
                    environment_config_from_json(&config.to_string())
                        .map_err(|error| LineError::Config { error })?;
                }
            }
            _ => {}
        }
        Command::deserialize(Value::Object(self.command)).map_err(LineError::NotUnderstood)
    }
}

/// Takes a key that is not the command's.
fn taken<T>(
    command: &mut Map<String, Value>,
    key: &'static str,
    read: impl FnOnce(Value) -> Result<T, serde_json::Error>,
) -> Result<Option<T>, LineError> {
    let value = command.remove(key);
    value.map(read).transpose().map_err(|error| LineError::Key { key, error })
}

/// Puts each manifest's id in place of its text.
fn keep_manifests(manifests: &mut Map<String, Value>, repo: &mut ManifestRepo) -> Result<(), LineError> {
    for (environment, manifest) in manifests {
        let name = EnvironmentName::existing(environment).map_err(LineError::ManifestName)?;
        let Value::String(text) = manifest else {
            return Err(LineError::ManifestNoText { environment: crate::text::one_line(environment).into() });
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
            (r#"{"command": "#, "no JSON object: EOF while parsing"),
        ] {
            let error = Line::read(line.as_bytes()).unwrap_err().to_string();
            assert!(error.starts_with(expected), "{error}");
        }
    }
}
