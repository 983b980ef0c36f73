//! The `git` executable, run apart from any user's or system's configuration.

use std::path::Path;
use std::process::Command;

/// A git command in a directory that reads no configuration but the repository's own.
#[must_use]
pub fn command(directory: &Path) -> Command {
    let mut command = Command::new("git");
    for (variable, _) in std::env::vars_os() {
        if variable.to_string_lossy().starts_with("GIT_") {
            command.env_remove(variable);
        }
    }
    command
        .arg("-C")
        .arg(directory)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("HOME", directory)
        .env("LC_ALL", "C")
        .env("GIT_AUTHOR_NAME", "Someone Else")
        .env("GIT_AUTHOR_EMAIL", "else@example.com")
        .env("GIT_COMMITTER_NAME", "Someone Else")
        .env("GIT_COMMITTER_EMAIL", "else@example.com");
    command
}

/// Runs git and gives its standard output.
#[must_use]
pub fn output(directory: &Path, arguments: &[&str]) -> String {
    let output = command(directory).args(arguments).output().expect("git can be run");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "git {} failed: {said}", arguments.join(" "));
    String::from_utf8_lossy(&output.stdout).trim_end().to_owned()
}

/// Runs git for its effect.
pub fn run(directory: &Path, arguments: &[&str]) {
    let _ = output(directory, arguments);
}

/// Everything that git finds wrong with a repository's objects.
#[must_use]
pub fn fsck(directory: &Path) -> String {
    let output =
        command(directory).args(["fsck", "--strict", "--no-dangling"]).output().expect("git can be run");
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    // What it prints about its progress, or about there being no commit yet, is no finding.
    let notices = ["notice:", "Checking ", "dangling "];
    said.lines().filter(|line| !notices.iter().any(|notice| line.starts_with(notice))).collect()
}

/// Each path of a commit's tree with mode and object id.
#[must_use]
pub fn tree(directory: &Path, revision: &str) -> Vec<String> {
    output(directory, &["ls-tree", "-r", revision]).lines().map(ToOwned::to_owned).collect()
}
