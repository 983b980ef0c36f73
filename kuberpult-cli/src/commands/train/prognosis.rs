//! What became of a release train, or would: by environment, and there by outcome.

use std::borrow::Cow;

use kuberpult_core::{
    ApplicationCause, ApplicationReport, Blocker, EnvironmentCause, EnvironmentReport, Outcome, TrainReport,
};

use crate::exit::Failure;
use crate::output::Output;
use crate::table::line_width;
use crate::text::{self, counted};

/// Prints what became of each environment and each candidate.
pub(crate) fn print(train: &TrainReport, output: &mut Output) -> Result<(), Failure> {
    for environment in &train.environments {
        let upstream = environment.upstream.as_ref().map(|upstream| format!(" <- {upstream}"));
        let as_of = train.as_of.as_ref().map(|as_of| format!(" as of {as_of}"));
        let team = train.team.as_ref().map(|team| format!(", team {team}"));
        let [upstream, as_of, team] = [upstream, as_of, team].map(Option::unwrap_or_default);
        output.heading(&format!("{}{upstream}{as_of}{team}", environment.environment))?;
        print_environment(environment, output)?;
    }
    Ok(())
}

fn print_environment(report: &EnvironmentReport, output: &mut Output) -> Result<(), Failure> {
    if let Some(cause) = &report.skipped {
        output.line(&format!("  skipped: {cause}"))?;
        if !matches!(cause, EnvironmentCause::Locked { .. } | EnvironmentCause::Frozen { .. }) {
            return Ok(());
        }
        output.line("  without that, it would be:")?;
    }
    if report.applications.is_empty() {
        return output.line("  no application is a candidate");
    }
    let mut groups = Groups::default();
    for application in &report.applications {
        groups.add(application);
    }
    groups.print(output)
}

/// The candidates by outcome.
#[derive(Default)]
struct Groups<'a> {
    deployed: Vec<String>,
    queued: Vec<String>,
    blocked: Vec<String>,
    already_deployed: Vec<Cow<'a, str>>,
    not_in_environment: Vec<Cow<'a, str>>,
    no_version_upstream: Vec<Cow<'a, str>>,
}

impl<'a> Groups<'a> {
    fn add(&mut self, ApplicationReport { application, outcome }: &'a ApplicationReport) {
        let behind =
            |blockers: &[Blocker]| blockers.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
        match outcome {
            Outcome::Deployed { from, to, .. } => {
                let from = from.map_or("none".into(), |from| from.to_string());
                self.deployed.push(format!("{application} {from} -> {to}"));
            }
            Outcome::Queued { version, displaced, blockers } => {
                let displaced = displaced.map(|displaced| format!(" in place of {displaced}"));
                let displaced = displaced.unwrap_or_default();
                self.queued.push(format!("{application} {version}{displaced} behind {}", behind(blockers)));
            }
            Outcome::Blocked { version, blockers } => {
                self.blocked.push(format!("{application} {version} behind {}", behind(blockers)));
            }
            Outcome::Skipped { cause } => {
                let (group, text) = match cause {
                    ApplicationCause::AlreadyDeployed { version } => {
                        (&mut self.already_deployed, format!("{application} {version}").into())
                    }
                    ApplicationCause::NotInEnvironment { version } => {
                        (&mut self.not_in_environment, format!("{application} {version}").into())
                    }
                    ApplicationCause::NoVersionUpstream => {
                        (&mut self.no_version_upstream, application.as_str().into())
                    }
                };
                group.push(text);
            }
        }
    }

    fn print(&self, output: &mut Output) -> Result<(), Failure> {
        let one_each =
            [("deployed", &self.deployed), ("queued", &self.queued), ("blocked, left alone", &self.blocked)];
        for (outcome, lines) in one_each {
            if !lines.is_empty() {
                output.line(&format!("  {outcome}: {}", applications(lines.len())))?;
                for line in lines {
                    output.line(&format!("    {line}"))?;
                }
            }
        }
        let skipped = [
            ("deployed already", &self.already_deployed),
            ("no manifest for this environment", &self.not_in_environment),
            ("no version upstream", &self.no_version_upstream),
        ];
        for (reason, names) in skipped {
            if !names.is_empty() {
                output.line(&format!("  skipped, {reason}: {}", applications(names.len())))?;
                output.data(&text::wrapped(
                    names.iter().map(|name| text::one_line(name)),
                    line_width(),
                    "    ",
                ))?;
            }
        }
        Ok(())
    }
}

fn applications(count: usize) -> String {
    counted(count, "application", "applications")
}
