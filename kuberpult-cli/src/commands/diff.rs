//! `kuberpult diff`

use kuberpult_core::{ApplicationName, EnvironmentName, Version};
use kuberpult_git::{ManifestDifference, ReleaseSummary};

use super::Session;
use crate::exit::Failure;
use crate::json;
use crate::output::Output;
use crate::text;

/// What is compared.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Diff {
    /// The application
    #[arg(value_name = "APP", value_parser = ApplicationName::existing)]
    application: ApplicationName,
    /// The environment
    #[arg(short, long, value_name = "ENV", value_parser = EnvironmentName::existing)]
    environment: EnvironmentName,
    /// The version to compare with [default: what the next release train would bring]
    #[arg(long = "version", value_name = "V")]
    version: Option<Version>,
    /// How many lines are shown around each change
    #[arg(short = 'U', long = "unified", value_name = "N", default_value_t = 3)]
    context_lines: u32,
}

const EXAMPLES: &str = "\
Examples:
  kuberpult diff cart -e production              what the next train would do
  kuberpult diff cart -e production --version 7  what going back to 7 would do
  kuberpult -q diff cart -e production | delta   the diff alone

The diff goes to standard output, what is said about it to standard error. On a
terminal, what it would obey is shown escaped; anywhere else the diff is one
that `git apply` and `patch` read.";

const HEADER: anstyle::Style = anstyle::Style::new().bold();
const HUNK: anstyle::Style = anstyle::AnsiColor::Cyan.on_default();
const REMOVED: anstyle::Style = anstyle::AnsiColor::Red.on_default();
const ADDED: anstyle::Style = anstyle::AnsiColor::Green.on_default();

impl Diff {
    pub(crate) fn run(&self, session: &mut Session<'_>) -> Result<(), Failure> {
        let repo = session.open()?;
        let context = crate::context::reading(session.global)?;
        let difference =
            repo.manifest_difference(&context, &self.environment, &self.application, self.version);
        let difference = difference.map_err(|error| Failure::from(error).suggesting(&repo))?;
        let diff = difference.unified_diff(self.context_lines);
        if session.output.is_json() {
            return session.output.document("ManifestDiff", &document(&difference, &diff));
        }
        remark(&difference, diff.is_empty(), session.output);
        if Output::is_for_people() {
            session.output.data(&for_people(&diff))
        } else {
            session.output.bytes(diff.as_bytes())
        }
    }
}

fn document<'a>(difference: &'a ManifestDifference, diff: &'a str) -> json::ManifestDiff<'a> {
    json::ManifestDiff {
        application: &difference.application,
        environment: &difference.environment,
        from: difference.from.as_ref().map(json::Release::from),
        to: json::Release::from(&difference.to),
        next_train: difference.next_train,
        changed_by_hand: difference.changed_by_hand,
        releases: difference.releases.iter().map(json::Release::from).collect(),
        source_commits: difference.source_commits().map(|(from, to)| json::SourceCommits { from, to }),
        diff,
    }
}

/// Says what is compared, and which source commits lie between.
fn remark(difference: &ManifestDifference, nothing_differs: bool, output: &mut Output) {
    let ManifestDifference { application, environment, from, to, .. } = difference;
    let undeploy = if to.undeploy { ", an undeploy release" } else { "" };
    let to = format!("version {}{undeploy}", to.version);
    let compared = match from {
        Some(from) if from.version == difference.to.version => format!("{to} is deployed already"),
        Some(from) => format!("from version {} to {to}", from.version),
        None => format!("from nothing to {to}"),
    };
    let next_train = if difference.next_train { ", the version of the next train" } else { "" };
    output.remark(&text::one_line(&format!("{application:?} in {environment:?}: {compared}{next_train}")));
    let back = difference.goes_back();
    if let Some((from, to)) = difference.source_commits().filter(|(from, to)| from != to) {
        let (first, last) = if back { (to, from) } else { (from, to) };
        let what = if back { "source commits that would be undone" } else { "source commits" };
        output.remark(&text::one_line(&format!("{what}: {}..{}", short(first), short(last))));
    } else if back {
        output.remark("releases that would be undone:");
    }
    for release in &difference.releases {
        output.remark(&format!("  {}", text::one_line(&line(release))));
    }
    if difference.changed_by_hand {
        output.note(
            "what Argo CD reads is not the manifest of the deployed release: it was changed by hand, and the next deployment undoes that",
        );
    }
    if nothing_differs {
        output.remark("no difference");
    }
}

/// ``5 abc1234 Al <al@example.com>: Add retries``
fn line(release: &ReleaseSummary) -> String {
    let source = &release.source;
    let called = source.display_version.as_ref().map(|name| format!(" ({name})")).unwrap_or_default();
    let commit = source.commit_id.as_ref().map(|id| format!(" {}", short(id))).unwrap_or_default();
    let author = source.author.as_ref().map(|author| format!(" {author}")).unwrap_or_default();
    let message = source.message.as_ref().and_then(|message| message.lines().next());
    let message = message.map(|message| format!(": {message}")).unwrap_or_default();
    let undeploy = if release.undeploy { " undeploy release" } else { "" };
    format!("{}{called}{undeploy}{commit}{author}{message}", release.version)
}

/// As many digits of a commit id as people read.
fn short(id: &str) -> String {
    id.chars().take(7).collect()
}

/// The diff with colours, and with what a terminal would obey escaped; tabs stay.
fn for_people(diff: &str) -> String {
    let mut shown = String::with_capacity(diff.len());
    let mut in_hunk = false;
    for line in diff.split_terminator('\n') {
        in_hunk |= line.starts_with("@@");
        let style = match line.chars().next() {
            Some('@') => HUNK,
            Some('-') if in_hunk => REMOVED,
            Some('+') if in_hunk => ADDED,
            _ if in_hunk => anstyle::Style::new(),
            _ => HEADER,
        };
        let safe = line.split('\t').map(text::one_line).collect::<Vec<_>>().join("\t");
        shown.push_str(&format!("{style}{safe}{style:#}\n"));
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_is_given_nothing_to_obey() {
        let diff = "--- a/x\tversion 1\n+++ b/x\tversion 2\n@@ -1 +1 @@\n--- a: 1\r\n+\ta: \u{1b}[2J\n c\n";
        let plain = anstream::adapter::strip_str(&for_people(diff)).to_string();
        assert_eq!(
            plain,
            "--- a/x\tversion 1\n+++ b/x\tversion 2\n@@ -1 +1 @@\n--- a: 1\\r\n+\ta: \\u{1b}[2J\n c\n"
        );
        assert!(
            for_people(diff).contains(&format!("{REMOVED}--- a: 1")),
            "a line of the manifest, no header"
        );
    }
}
