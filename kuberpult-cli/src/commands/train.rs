//! `kuberpult train`

mod prognosis;
mod what_if;

use std::path::{Path, PathBuf};

use kuberpult_core::{
    Command, Decision, EnvironmentCause, EnvironmentName, LockId, Outcome, ReleaseTrain, Revision, TeamName,
    TrainOnLock, TrainReport, TrainTargetType,
};

pub(crate) use self::prognosis::print;
use super::Session;
use crate::arguments::DryRun;
use crate::exit::{Exit, Failure};
use crate::plan_file;
use crate::text::shell_line;

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
    /// Take the versions that were upstream at this commit or tag of the manifest repository [default: now]
    #[arg(long, value_name = "REV")]
    as_of: Option<Revision>,
    /// What happens to an application that something holds back
    #[arg(long, value_enum, value_name = "queue|skip", default_value_t)]
    on_lock: WhenLocked,
    /// Exit with 3 if a lock or a freeze window held anything back
    #[arg(long)]
    fail_on_blocked: bool,
    /// Write the plan to a file (`-`: standard output) and do nothing else; `kuberpult apply -f` carries it out
    #[arg(long, value_name = "FILE")]
    save_plan: Option<PathBuf>,
    /// What the train would do if there were no lock with this id in its target; can be given several times
    #[arg(long, value_name = "ID", value_parser = LockId::existing)]
    #[arg(requires = "dry_run", conflicts_with = "save_plan")]
    without_lock: Vec<LockId>,
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
        let command = self.command();
        let decision = match &self.save_plan {
            Some(file) => save_plan(session, &command, file)?,
            None if self.without_lock.is_empty() => session.write(&command, self.dry_run)?,
            None => what_if::without_locks(session, &command, &self.without_lock)?,
        };
        let is_blocked = decision.report().train.as_ref().is_some_and(was_blocked);
        Ok(if self.fail_on_blocked && is_blocked { Exit::Refused } else { Exit::Done })
    }

    fn command(&self) -> Command {
        Command::ReleaseTrain(ReleaseTrain {
            target_type: self.target_type.map(|target_type| match target_type {
                TargetType::Environment => TrainTargetType::Environment,
                TargetType::EnvironmentGroup => TrainTargetType::EnvironmentGroup,
            }),
            team: self.team.clone(),
            as_of: self.as_of.clone(),
            on_lock: match self.on_lock {
                WhenLocked::Queue => TrainOnLock::Queue,
                WhenLocked::Skip => TrainOnLock::Skip,
            },
            ..ReleaseTrain::new(self.target.as_str())
        })
    }
}

/// Writes the plan, and shows it unless it is on standard output already.
fn save_plan(session: &mut Session<'_>, command: &Command, file: &Path) -> Result<Decision, Failure> {
    let repo = session.open()?;
    let context = session.context(&repo)?;
    let command = repo.pinned(command);
    let plan = repo.plan(&context, &command)?;
    let text = plan_file::write(&plan.saved(&context, &command))?;
    if file == Path::new("-") {
        session.output.data(&text)?;
        return Ok(plan.decision);
    }
    std::fs::write(file, text).map_err(|source| Failure::SavePlan { path: file.into(), source })?;
    let file = shell_line(&[file.display().to_string()]);
    let remark = format!("plan saved, nothing else was written; `kuberpult apply -f {file}` carries it out");
    session.print_plan(&plan, None, &remark)?;
    Ok(plan.decision)
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
