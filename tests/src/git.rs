//! The `git` executable, run apart from any user's or system's configuration.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

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

/// Commits files beside what is there, on the branch `main` of a bare repository.
pub fn commit_files(directory: &Path, files: &[(&str, &[u8])]) {
    let mut stream = Vec::from(&b"commit refs/heads/main\ncommitter Someone Else <else@example.com> 1714729057 +0000\ndata 7\nby hand\n"[..]);
    if command(directory)
        .args(["rev-parse", "-q", "--verify", "main"])
        .output()
        .expect("git")
        .status
        .success()
    {
        stream.extend(b"from refs/heads/main^0\n");
    }
    for (path, content) in files {
        stream.extend(format!("M 100644 inline {path}\ndata {}\n", content.len()).bytes());
        stream.extend(*content);
        stream.push(b'\n');
    }
    fast_import(directory, &stream);
}

/// Imports commits from a stream of `git fast-import`.
pub fn fast_import(directory: &Path, stream: &[u8]) {
    let mut import = command(directory)
        .args(["fast-import", "--quiet"])
        .stdin(Stdio::piped())
        .spawn()
        .expect("git can be run");
    import.stdin.take().expect("a pipe").write_all(stream).expect("written");
    assert!(import.wait().expect("git ends").success(), "git fast-import failed");
}
