//! A terminal in which nothing of the machine's own git configuration is seen.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

use crate::contract;

/// A directory of its own, and what was typed and printed there.
pub(crate) struct Terminal {
    directory: TempDir,
    transcript: String,
}

/// What a command printed, and how it ended.
pub(crate) struct Printed {
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) code: i32,
}

impl Terminal {
    pub(crate) fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        fs::create_dir(directory.path().join("home")).unwrap();
        Self { directory, transcript: String::new() }
    }

    /// A terminal in which `repo` is a manifest repository with development, staging and production, and
    /// version 1 of `cart` is in development.
    pub(crate) fn with_environments() -> Self {
        let mut terminal = Self::new();
        terminal.manifest("m/development.yaml", 1);
        terminal.manifest("m/staging.yaml", 1);
        terminal.manifest("m/production.yaml", 1);
        for line in [
            "init repo",
            "env create development --upstream latest",
            "env create staging --upstream development --group pre",
            "env create production --upstream staging",
            "release cart --manifests m --team shop",
        ] {
            assert_eq!(terminal.run(line).code, 0, "{line}");
        }
        terminal.forget();
        terminal
    }

    /// Forgets what was typed and printed so far.
    pub(crate) fn forget(&mut self) {
        self.transcript.clear();
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.directory.path().join(path)
    }

    pub(crate) fn write(&self, path: &str, content: impl AsRef<[u8]>) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    pub(crate) fn manifest(&self, path: &str, version: u32) {
        self.write(path, format!("kind: Deployment\nversion: {version}\n"));
    }

    /// A command with nothing but what it needs around it.
    fn command(&self, program: impl AsRef<Path>) -> Command {
        let mut command = Command::new(program.as_ref());
        command.env_clear();
        // `git` is looked for where it is.
        command.env("PATH", std::env::var_os("PATH").unwrap_or_else(|| OsString::from("/usr/bin")));
        command.env("HOME", self.path("home"));
        command.env("TMPDIR", self.path("home"));
        command.env("GIT_CONFIG_NOSYSTEM", "1").env("GIT_CONFIG_GLOBAL", "/dev/null");
        command.current_dir(self.directory.path());
        command
    }

    /// `kuberpult`, at a fixed time, by a fixed person, in `repo`.
    pub(crate) fn kuberpult(&self, words: &[String]) -> Command {
        let mut command = self.bare_kuberpult(words);
        command.env("KUBERPULT_NOW", "2024-05-03T11:37:37+02:00").env("KUBERPULT_REPO", "repo");
        command.env("GIT_AUTHOR_NAME", "Jo").env("GIT_AUTHOR_EMAIL", "jo@example.com");
        command
    }

    /// `kuberpult` to which nothing is known.
    pub(crate) fn bare_kuberpult(&self, words: &[String]) -> Command {
        let mut command = self.command(env!("CARGO_BIN_EXE_kuberpult"));
        command.args(words);
        command
    }

    /// What a shell prints on standard output that finds `kuberpult` on its path, and a git that knows who types.
    pub(crate) fn shell(&self, script: &str) -> String {
        let mut command = self.shell_command();
        command.env("GIT_AUTHOR_NAME", "Jo").env("GIT_AUTHOR_EMAIL", "jo@example.com");
        let output = command.args(["-c", script]).output().unwrap();
        self.without_path(output.stdout)
    }

    /// A shell that finds `kuberpult` on its path.
    pub(crate) fn shell_command(&self) -> Command {
        self.shell_command_of("sh")
    }

    /// As [`shell_command`](Self::shell_command), of a certain shell.
    pub(crate) fn shell_command_of(&self, shell: &str) -> Command {
        let binary = Path::new(env!("CARGO_BIN_EXE_kuberpult"));
        let path = std::env::var_os("PATH").unwrap_or_default();
        let directories =
            [binary.parent().unwrap().to_owned()].into_iter().chain(std::env::split_paths(&path));
        let mut command = self.command(shell);
        command.env("PATH", std::env::join_paths(directories).unwrap());
        command
    }

    /// Runs a line, and keeps it and what it prints in the transcript.
    pub(crate) fn run(&mut self, line: &str) -> Printed {
        let command = self.kuberpult(&words(line));
        self.record(line, command)
    }

    /// As [`run`](Self::run), for a command that was made otherwise.
    pub(crate) fn record(&mut self, line: &str, mut command: Command) -> Printed {
        let output = command.stdin(Stdio::null()).output().unwrap();
        let printed = Printed {
            stdout: self.without_path(output.stdout),
            stderr: self.without_path(output.stderr),
            code: output.status.code().unwrap(),
        };
        let stderr: String = printed.stderr.lines().map(|line| format!("! {line}\n")).collect();
        contract::check_command(&command, &printed.stdout, &printed.stderr, printed.code == 0);
        let exit = if printed.code == 0 { String::new() } else { format!("exit {}\n", printed.code) };
        self.transcript.push_str(&format!("$ kuberpult {line}\n{}{stderr}{exit}\n", printed.stdout));
        printed
    }

    /// The directory has another name each time.
    fn without_path(&self, printed: Vec<u8>) -> String {
        let printed = String::from_utf8(printed).unwrap();
        let canonical = fs::canonicalize(self.directory.path()).unwrap();
        let printed = printed.replace(canonical.to_str().unwrap(), "DIR");
        printed.replace(self.directory.path().to_str().unwrap(), "DIR")
    }

    /// What was typed and printed; lines on standard error begin with `!`.
    pub(crate) fn transcript(&self) -> &str {
        &self.transcript
    }

    /// Runs git, which must succeed.
    pub(crate) fn git(&self, line: &str) -> String {
        let output = self.command("git").args(words(line)).output().unwrap();
        assert!(output.status.success(), "git {line}: {}", String::from_utf8_lossy(&output.stderr));
        self.without_path(output.stdout).trim_end().to_owned()
    }

    pub(crate) fn head(&self) -> String {
        self.git("-C repo rev-parse HEAD")
    }

    /// Git finds nothing wrong, and the work tree is what the branch says.
    pub(crate) fn check_repository(&self) {
        self.git("-C repo fsck --strict");
        assert_eq!(self.git("-C repo status --porcelain"), "");
    }
}

/// The words of a line; single quotes hold some together.
pub(crate) fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (index, part) in line.split('\'').enumerate() {
        if index % 2 == 1 {
            words.push(part.to_owned());
        } else {
            words.extend(part.split_whitespace().map(String::from));
        }
    }
    words
}
