//! `kuberpult train`

use std::borrow::Cow;

use kuberpult_core::{
    ApplicationCause, ApplicationReport, Command, EnvironmentCause, EnvironmentName, EnvironmentReport,
    Outcome, ReleaseTrain, TeamName, TrainOnLock, TrainReport, TrainTargetType,
};

use super::Session;
use crate::arguments::DryRun;
use crate::exit::{Exit, Failure};
use crate::output::Output;
use crate::table::line_width;
use crate::text::{self, counted};

/// A release train.
#[derive(Debug, clap::Args)]
pub(crate) struct Train {
    /// An environment group, or an environment
    #[arg(value_parser = EnvironmentName::existing)]
    target: EnvironmentName,
    /// What the target is, if both have that name [default: a group goes first]
    #[arg(long, value_enum, value_name = "TYPE")]
    target_type: Option<TargetType>,
    /// Only this team's applications
    #[arg(long, value_parser = TeamName::existing)]
    team: Option<TeamName>,
    /// What happens to an application that something holds back
    #[arg(long, value_enum, value_name = "queue|skip", default_value_t)]
    on_lock: WhenLocked,
    /// Exit with 3 if a lock or a freeze window held anything back
    #[arg(long)]
    fail_on_blocked: bool,
    #[command(flatten)]
    dry_run: DryRun,
}

/// What a target is.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum TargetType {
    /// One environment
    Environment,
    /// The environments of a group
    EnvironmentGroup,
}

/// What a train does with an application that something holds back.
#[derive(Debug, Clone, Copy, Default, clap::ValueEnum)]
enum WhenLocked {
    /// Its version waits in the queue
    #[default]
    Queue,
    /// It is left alone, and so is its queue
    Skip,
}

impl Train {
    pub(crate) fn run(&self, session: &mut Session<'_>) -> Result<Exit, Failure> {
        let command = Command::ReleaseTrain(ReleaseTrain {
            target_type: self.target_type.map(|target_type| match target_type {
                TargetType::Environment => TrainTargetType::Environment,
                TargetType::EnvironmentGroup => TrainTargetType::EnvironmentGroup,
            }),
            team: self.team.clone(),
            on_lock: match self.on_lock {
                WhenLocked::Queue => TrainOnLock::Queue,
                WhenLocked::Skip => TrainOnLock::Skip,
            },
            ..ReleaseTrain::new(self.target.as_str())
        });
        let decision = session.write(&command, self.dry_run)?;
        let is_blocked = decision.report().train.as_ref().is_some_and(was_blocked);
        Ok(if self.fail_on_blocked && is_blocked { Exit::Refused } else { Exit::Done })
    }
}

/// Whether a lock or a freeze window held anything back.
fn was_blocked(train: &TrainReport) -> bool {
    train.environments.iter().any(|environment| match &environment.skipped {
        Some(EnvironmentCause::Locked { .. } | EnvironmentCause::Frozen { .. }) => true,
        Some(_) => false,
        None => environment.applications.iter().any(|application| {
            matches!(application.outcome, Outcome::Queued { .. } | Outcome::Blocked { .. })
        }),
    })
}

/// Prints what became of each environment and each candidate.
pub(crate) fn print(train: &TrainReport, output: &mut Output) -> Result<(), Failure> {
    for environment in &train.environments {
        let upstream = environment.upstream.as_ref().map(|upstream| format!(" <- {upstream}"));
        let team = train.team.as_ref().map(|team| format!(", team {team}"));
        let (upstream, team) = (upstream.unwrap_or_default(), team.unwrap_or_default());
        output.heading(&format!("{}{upstream}{team}", environment.environment))?;
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
        let behind = |blockers: &[kuberpult_core::Blocker]| {
            blockers.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
        };
        match outcome {
            Outcome::Deployed { from, to } => {
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
