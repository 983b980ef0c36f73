//! [`Site`]: where a CI job runs, with the scripts and a remote.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use kuberpult_test_servers::{Kind, Server};

use crate::terminal::{Terminal, words};

/// The directory of the recipes.
pub(super) fn recipes() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/recipes")
}

/// A file of the recipes.
pub(super) fn recipe(path: &str) -> String {
    fs::read_to_string(recipes().join(path)).unwrap_or_else(|error| panic!("docs/recipes/{path}: {error}"))
}

/// The directory `job`, in which the recipes are copied as they say, and a server with a manifest repository.
pub(super) struct Site {
    pub(super) terminal: Terminal,
    pub(super) server: Server,
}

/// How a job ended.
#[derive(Debug)]
pub(super) struct Ended {
    pub(super) code: Option<i32>,
    pub(super) printed: String,
}

impl Ended {
    /// It must have ended so.
    #[track_caller]
    pub(super) fn with(self, code: i32) -> String {
        assert_eq!(self.code, Some(code), "{}", self.printed);
        self.printed
    }
}

impl Site {
    /// Development, staging and production; version 1 of `cart`, `pay` and `web` is in staging, and of `web` in production.
    pub(super) fn new() -> Self {
        let site = Self { terminal: Terminal::new(), server: Server::start(Kind::Directory) };
        for environment in ["development", "staging", "production"] {
            site.terminal.manifest(&format!("job/m/{environment}.yaml"), 1);
        }
        for script in fs::read_dir(recipes().join("scripts")).unwrap() {
            let script = script.unwrap().path();
            let name = script.file_name().unwrap().to_str().unwrap();
            site.terminal.write(&format!("job/kuberpult/{name}"), fs::read(&script).unwrap());
        }
        site.terminal.write("job/system-tests.sh", "echo all is well\n");
        for line in [
            "env create development --upstream latest",
            "env create staging --upstream development --group pre",
            "env create production --upstream staging",
            "release cart --manifests m",
            "release pay --manifests m",
            "release web --manifests m",
            "train staging",
            "deploy web 1 -e production",
        ] {
            site.kuberpult(line);
        }
        site
    }

    /// A file in the directory of the job.
    pub(super) fn file(&self, path: &str) -> PathBuf {
        self.terminal.path("job").join(path)
    }

    pub(super) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.file(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    /// `sh` in the directory of the job, with what a job has around it.
    pub(super) fn sh(&self) -> Command {
        let mut command = self.terminal.shell_command();
        command.current_dir(self.terminal.path("job")).stdin(Stdio::null());
        command.env("KUBERPULT_REMOTE", self.server.url());
        command.env("KUBERPULT_AUTHOR_NAME", "Train").env("KUBERPULT_AUTHOR_EMAIL", "train@example.com");
        // Nothing is gained by waiting.
        command.env("RETRY_PAUSE", "0");
        command
    }

    /// Runs lines in `sh`, with further variables.
    pub(super) fn run_with(&self, lines: &str, variables: &[(&str, &str)]) -> Ended {
        let mut command = self.sh();
        command.args(["-ec", lines]).envs(variables.iter().copied());
        ended(command)
    }

    /// Runs lines in `sh`.
    pub(super) fn run(&self, lines: &str) -> Ended {
        self.run_with(lines, &[])
    }

    /// Somebody else's command, which must succeed; what it prints.
    #[track_caller]
    pub(super) fn kuberpult(&self, line: &str) -> String {
        self.kuberpult_at(line, &[])
    }

    /// As [`kuberpult`](Self::kuberpult), with further variables.
    #[track_caller]
    pub(super) fn kuberpult_at(&self, line: &str, variables: &[(&str, &str)]) -> String {
        let mut words = words(line);
        words.extend(["--author-name", "Jo", "--author-email", "jo@example.com"].map(String::from));
        let mut command = self.terminal.bare_kuberpult(&words);
        command.current_dir(self.terminal.path("job")).envs(variables.iter().copied());
        command.env("KUBERPULT_REMOTE", self.server.url());
        ended(command).with(0)
    }

    /// The version of an application that is current in an environment, and the one that is queued.
    pub(super) fn versions(&self, application: &str, environment: &str) -> (Option<u64>, Option<u64>) {
        let status: serde_json::Value = serde_json::from_str(&self.kuberpult("-o json status")).unwrap();
        let applications = status["applications"].as_array().unwrap();
        let found = applications.iter().find(|found| found["application"] == application).unwrap();
        let slot = &found["slots"][environment];
        (slot["current"].as_u64(), slot["queued"].as_u64())
    }

    /// Whether an environment is locked.
    pub(super) fn is_locked(&self, environment: &str) -> bool {
        let status: serde_json::Value = serde_json::from_str(&self.kuberpult("-o json status")).unwrap();
        let environments = status["environments"].as_array().unwrap();
        let found = environments.iter().find(|found| found["environment"] == environment).unwrap();
        !found["locks"].as_array().unwrap().is_empty()
    }

    pub(super) fn head(&self) -> String {
        let repository = self.server.repository();
        self.terminal.git(&format!("-C {} rev-parse refs/heads/main", repository.display()))
    }

    /// Puts something before `kuberpult` on the path of jobs: lines for `sh` that run before it, where `$*` is what it was
    /// called with and `$calls` how often it was, this time included. `real` is kuberpult itself.
    pub(super) fn before_kuberpult(&self, lines: &str) -> String {
        let count = "echo >>\"$HOME/calls\"\ncalls=$(($(wc -l <\"$HOME/calls\")))\n";
        let real = format!("real() {{ '{}' \"$@\"; }}\n", env!("CARGO_BIN_EXE_kuberpult"));
        self.terminal.write("wrapped/kuberpult", format!("#!/bin/sh\n{count}{real}{lines}\nreal \"$@\"\n"));
        let directory = self.terminal.path("wrapped");
        let mut command = self.terminal.shell_command();
        command.args(["-c", "chmod +x wrapped/kuberpult"]);
        ended(command).with(0);
        format!("PATH={}:$PATH\n", directory.display())
    }

    /// How often kuberpult was called since there is something before it.
    pub(super) fn calls(&self) -> usize {
        fs::read_to_string(self.terminal.path("home/calls")).unwrap().lines().count()
    }
}

fn ended(mut command: Command) -> Ended {
    let output = command.output().unwrap();
    let printed = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap()).concat();
    Ended { code: output.status.code(), printed }
}

/// Waits for something that another process does.
#[track_caller]
pub(super) fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    for _ in 0..1_200 {
        if holds() {
            return;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("waited in vain: {what}");
}
