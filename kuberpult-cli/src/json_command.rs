//! One line of JSON commands: what it says, and when and by whom it is given.

mod error;

use kuberpult_core::{Actor, Command, EnvironmentName, Refusal, Rejection, Time};
use kuberpult_git::{ManifestRepo, TransactError, environment_config_from_json};
use serde::Deserialize as _;
use serde_json::{Map, Value};

pub(crate) use self::error::{LineError, in_our_words};
use crate::text::one_line;
use crate::unique_keys;
use crate::yaml;

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
        let mut command = object(unique_keys::read(text).map_err(LineError::NotJson)?)?;
        let at = taken(&mut command, AT, Time::deserialize)?;
        expect_object(&command, AUTHOR)?;
        let author = taken(&mut command, AUTHOR, Actor::deserialize)?;
        Ok(Self { at, author, command })
    }

    /// The command. The manifests of releases are given to the repository.
    pub(crate) fn into_command(self, repo: &mut ManifestRepo) -> Result<Command, LineError> {
        match name_of(&self.command)? {
            Some("batch") => batch(self.command, repo),
            _ => command(self.command, repo),
        }
    }
}

/// The keys that say when and by whom a line's command is given.
const AT: &str = "at";
const AUTHOR: &str = "author";

/// A command that is no batch.
fn command(mut command: Map<String, Value>, repo: &mut ManifestRepo) -> Result<Command, LineError> {
    match name_of(&command)? {
        Some("createRelease") => {
            if let Some(Value::Object(manifests)) = command.get_mut("manifests") {
                keep_manifests(manifests, repo)?;
            }
        }
        Some("createEnvironment" | "updateEnvironment") => {
            expect_object(&command, "config")?;
            if let Some(config) = command.get("config") {
                environment_config_from_json(&config.to_string())
                    .map_err(|error| LineError::Config { error })?;
            }
        }
        _ => {}
    }
    read_command(&command)
}

fn batch(mut batch: Map<String, Value>, repo: &mut ManifestRepo) -> Result<Command, LineError> {
    let mut commands = Vec::new();
    match batch.get_mut("commands").map(Value::take) {
        None => {}
        Some(Value::Array(values)) => {
            for (index, value) in values.into_iter().enumerate() {
                let position = index + 1;
                let member = member_of_batch(value, position, repo);
                commands.push(member.map_err(|error| in_batch(position, error))?);
            }
        }
        Some(other) => return Err(LineError::NoCommandList { found: kind(&other) }),
    }
    // The other keys are read, and unknown ones refused, as of any other command.
    if let Some(read) = batch.get_mut("commands") {
        *read = Value::Array(Vec::new());
    }
    read_command(&batch)?;
    Ok(Command::Batch { commands })
}

fn member_of_batch(value: Value, position: usize, repo: &mut ManifestRepo) -> Result<Command, LineError> {
    let member = object(value)?;
    if name_of(&member)? == Some("batch") {
        return Err(TransactError::from(Rejection::from(Refusal::BatchInBatch { position })).into());
    }
    match [AT, AUTHOR].into_iter().find(|key| member.contains_key(*key)) {
        Some(key) => Err(LineError::KeyOfLine { key }),
        None => command(member, repo),
    }
}

/// The rules name the position themselves when they refuse a batch in a batch.
fn in_batch(position: usize, error: LineError) -> LineError {
    match error {
        LineError::Transact(TransactError::Rejected(_)) => error,
        _ => LineError::InBatch { position, error: Box::new(error) },
    }
}

/// Reads a command in which manifests are ids.
pub(crate) fn read_command(command: &Map<String, Value>) -> Result<Command, LineError> {
    let read = |command: &Map<String, Value>| Command::deserialize(Value::Object(command.clone()));
    read(command).map_err(|error| LineError::not_understood(command, error, |other| read(other).map(drop)))
}

/// The name of a command, if it has one.
fn name_of(command: &Map<String, Value>) -> Result<Option<&str>, LineError> {
    match command.get("command") {
        None => Ok(None),
        Some(Value::String(name)) => Ok(Some(name)),
        Some(other) => Err(LineError::NoCommandName(kind(other))),
    }
}

fn object(value: Value) -> Result<Map<String, Value>, LineError> {
    match value {
        Value::Object(object) => Ok(object),
        other => Err(LineError::NoObject(kind(&other))),
    }
}

/// What a value is, for people.
pub(crate) fn kind(value: &Value) -> &'static str {
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
            ("[]", "expected a JSON object with a `command`, found an array"),
            (r#"{"at": "today"}"#, "`at`: time `today` is not valid"),
            (r#"{"author": {"name": "Jo"}}"#, "`author`: missing key `email`"),
            (r#"{"author": {"name": "Jo", "email": "", "phone": ""}}"#, "`author`: unknown key `phone`"),
            (r#"{"command": "#, "not understood as JSON: it ends within"),
        ] {
            let error = Line::read(line.as_bytes()).unwrap_err().to_string();
            assert!(error.starts_with(expected), "{error}");
        }
    }
}
