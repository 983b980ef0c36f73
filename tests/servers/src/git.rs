//! Git as the tests run it: without configuration of the user or the system.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

/// Makes a command hermetic.
pub(crate) fn hermetic(command: &mut Command) -> &mut Command {
    command
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("GIT_AUTHOR_NAME", "Jo")
        .env("GIT_AUTHOR_EMAIL", "jo@example.com")
        .env("GIT_COMMITTER_NAME", "Jo")
        .env("GIT_COMMITTER_EMAIL", "jo@example.com")
        .env("LC_ALL", "C")
        .env_remove("GIT_DIR")
        .env_remove("GIT_WORK_TREE")
        .env_remove("GIT_INDEX_FILE")
}

/// A `git` that has yet to be told what to do.
#[must_use]
pub fn git_command(directory: &Path) -> Command {
    let mut command = Command::new("git");
    hermetic(&mut command).arg("-C").arg(directory);
    command
}

/// Runs git, which must succeed, and gives what it prints.
#[expect(clippy::must_use_candidate, reason = "most are run for what they do")]
pub fn git(directory: &Path, arguments: &[&str]) -> String {
    let output = git_command(directory).args(arguments).output().expect("git can be run");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "git {arguments:?} in {}: {said}", directory.display());
    String::from_utf8_lossy(&output.stdout).trim_end().to_owned()
}

/// Runs git, which must succeed, on what it reads from standard input.
#[expect(clippy::must_use_candidate, reason = "most are run for what they do")]
pub fn git_with_input(directory: &Path, arguments: &[&str], input: &[u8]) -> String {
    let mut command = git_command(directory);
    let mut child =
        command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("git can be run");
    child.stdin.take().expect("a pipe").write_all(input).expect("written");
    let output = child.wait_with_output().expect("git ends");
    assert!(output.status.success(), "git {arguments:?} in {}", directory.display());
    String::from_utf8_lossy(&output.stdout).trim_end().to_owned()
}
