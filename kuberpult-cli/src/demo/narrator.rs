//! Who tells the story: says a sentence, shows a command, and runs just that.

use std::borrow::Cow;
use std::fs;
use std::path::{Path, PathBuf};

use clap::Parser as _;

use super::services::{self, REPO_URL};
use crate::arguments::{Arguments, Color};
use crate::commands;
use crate::exit::Failure;
use crate::output::Output;
use crate::screen;
use crate::text;

const AUTHOR_NAME: &str = "Ada";
const AUTHOR_EMAIL: &str = "ada@example.com";
/// Lines of narration are no longer than this.
const WIDTH: usize = 90;

/// Tells the story in one directory.
pub(super) struct Narrator {
    directory: PathBuf,
    color: Color,
    now: &'static str,
    acts: usize,
    output: Output,
}

impl Narrator {
    pub(super) fn new(directory: PathBuf, color: Color) -> Self {
        Self { directory, color, now: "2024-05-06T08:00:00+02:00", acts: 0, output: Output::narrated() }
    }

    /// Where the demo is.
    pub(super) fn directory(&self) -> &Path {
        &self.directory
    }

    /// Begins an act at a time of the story.
    pub(super) fn act(&mut self, now: &'static str, title: &str) -> Result<(), Failure> {
        self.now = now;
        self.acts += 1;
        self.line("")?;
        let clock = now.get(11..16).unwrap_or(now);
        self.output.heading(&format!("== {}. {title} ({clock})", self.acts))
    }

    /// Tells.
    pub(super) fn say(&mut self, sentence: &str) -> Result<(), Failure> {
        let sentence = sentence.split_whitespace().collect::<Vec<_>>().join(" ");
        self.output.data(&format!("\n{}", screen::wrapped(&sentence, Some(WIDTH), "")))
    }

    /// Shows a line that is typed into a shell and is no command of ours.
    pub(super) fn shell(&mut self, line: &str) -> Result<(), Failure> {
        self.line("")?;
        self.output.heading(&format!("$ {line}"))
    }

    /// Prints a line.
    pub(super) fn line(&mut self, line: &str) -> Result<(), Failure> {
        self.output.line(line)
    }

    /// Shows a command, and runs it as it is shown in the demo's directory; only who and when stand besides.
    pub(super) fn run(&mut self, words: &[&str]) -> Result<(), Failure> {
        let shown: Vec<String> = ["kuberpult"].iter().chain(words).map(ToString::to_string).collect();
        self.shell(&text::shell_line(&shown))?;
        let mut typed = shown;
        let context = [
            // What the caller's environment says is another repository.
            ["--repo", "."],
            ["--author-name", AUTHOR_NAME],
            ["--author-email", AUTHOR_EMAIL],
            ["--now", self.now],
            ["--argocd-repo-url", REPO_URL],
        ];
        typed.extend(context.into_iter().flatten().map(String::from));
        let mut arguments = Arguments::try_parse_from(&typed)
            .map_err(|error| Failure::DemoCommand { message: error.to_string() })?;
        arguments.global.color = self.color;
        commands::run(&arguments, &mut self.output).map(drop)
    }

    /// What a build does: it leaves manifests, and tells kuberpult.
    pub(super) fn release(&mut self, service: &str, version: u32, besides: &[&str]) -> Result<(), Failure> {
        services::write_build(&self.directory, service, version)?;
        let manifests = format!("build/{service}/{version}");
        let number = version.to_string();
        let mut words = vec!["release", service, "--version", &number, "--manifests", &manifests];
        words.extend(besides);
        self.run(&words)
    }

    /// Shows where everything is now.
    pub(super) fn status(&mut self) -> Result<(), Failure> {
        self.run(&["status"])
    }

    /// Shows the links of one application in one environment as `ls -l` would.
    pub(super) fn links(&mut self, environment: &str, application: &str) -> Result<(), Failure> {
        let slot = format!("environments/{environment}/applications/{application}");
        self.shell(&format!("ls -l {slot}"))?;
        for name in ["queued_version", "version"] {
            let path = self.directory.join(&slot).join(name);
            if let Ok(target) = fs::read_link(&path) {
                let target: Cow<'_, str> = target.to_string_lossy();
                self.line(&format!("{name} -> {target}"))?;
            }
        }
        Ok(())
    }
}
