//! Child processes, apart from any user's or system's configuration.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::Result;

/// When everything here happens, for git as for kuberpult.
pub(crate) const NOW: &str = "2024-06-01T12:00:00Z";

/// A program that sees nothing of the environment but the path to programs.
///
/// What it starts itself has the same environment.
pub(crate) fn program(name: impl AsRef<std::ffi::OsStr>) -> Command {
    let mut command = Command::new(name);
    command.env_clear();
    if let Some(path) = std::env::var_os("PATH") {
        command.env("PATH", path);
    }
    command
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("HOME", "/nonexistent")
        .env("LC_ALL", "C")
        .env("TZ", "UTC")
        .env("GIT_AUTHOR_NAME", "Jo")
        .env("GIT_AUTHOR_EMAIL", "jo@example.com")
        .env("GIT_AUTHOR_DATE", NOW)
        .env("GIT_COMMITTER_NAME", "Jo")
        .env("GIT_COMMITTER_EMAIL", "jo@example.com")
        .env("GIT_COMMITTER_DATE", NOW)
        .env("KUBERPULT_NOW", NOW);
    command
}

/// Runs git in a directory for its effect, with `input` as its standard input.
///
/// # Errors
/// It cannot be run, or fails.
pub(crate) fn git_with(directory: &Path, arguments: &[&str], input: Stdio) -> Result<Vec<u8>> {
    let mut command = program("git");
    command.arg("-C").arg(directory).args(arguments).stdin(input);
    let output = command.output().map_err(|error| format!("cannot run git: {error}"))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(format!("git {} failed: {}", arguments.join(" "), said.trim_end()).into());
    }
    Ok(output.stdout)
}

/// Runs git in a directory and gives its standard output without the last line break.
///
/// # Errors
/// It cannot be run, or fails.
pub(crate) fn git(directory: &Path, arguments: &[&str]) -> Result<String> {
    let output = git_with(directory, arguments, Stdio::null())?;
    Ok(String::from_utf8_lossy(&output).trim_end().to_owned())
}
