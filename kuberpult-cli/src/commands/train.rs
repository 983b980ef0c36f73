//! `kuberpult train`

mod prognosis;
mod what_if;

use std::path::{Path, PathBuf};

use kuberpult_core::{
    Command, Context, Decision, EnvironmentCause, EnvironmentName, LockId, Outcome, ReleaseTrain, Revision,
    TeamName, TrainOnLock, TrainReport, TrainTargetType,
};
use kuberpult_git::ManifestRepo;

pub(crate) use self::prognosis::print;
use super::{DRY_RUN, Session};
use crate::arguments::DryRun;
use crate::exit::{Exit, Failure};
use crate::markdown::{self, ReportFile, Standing};
use crate::plan_file;
use crate::text::shell_line;

/// A release train.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
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
    report: ReportFile,
    #[command(flatten)]
    dry_run: DryRun,
}

const EXAMPLES: &str = "\
Examples:
  kuberpult train staging
  kuberpult train production --dry-run              the prognosis
  kuberpult train europe --team shop                one team, all of a group
  kuberpult train production --save-plan plan.json  for `kuberpult apply -f`
  kuberpult train production --as-of nightly        what was upstream then";

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
        self.report.check()?;
        let mut repo = session.open()?;
        let context = session.context(&repo)?;
        let command = self.command();
        let is_blocked = match &self.save_plan {
            Some(file) => self.save_plan(session, &repo, &context, &command, file)?,
            None if self.without_lock.is_empty() => {
                let outcome = session.carry_out(&mut repo, &context, &command, self.dry_run)?;
                let printed = session.print_outcome(&outcome);
                self.write_report(printed, &context, outcome.decision(), &outcome.standing())?
            }
            None => {
                let (plan, what_if) = what_if::without_locks(&repo, &context, &command, &self.without_lock)?;
                let printed = session.print_plan(&plan, Some(&what_if), DRY_RUN);
                let standing = Standing::WithoutLocks { base: plan.base, locks: &what_if.without_locks };
                self.write_report(printed, &context, &plan.decision, &standing)?
            }
        };
        Ok(if self.fail_on_blocked && is_blocked { Exit::Refused } else { Exit::Done })
    }

    /// Writes the plan, and shows it unless it is on standard output already.
    fn save_plan(
        &self,
        session: &mut Session<'_>,
        repo: &ManifestRepo,
        context: &Context,
        command: &Command,
        file: &Path,
    ) -> Result<bool, Failure> {
        let command = repo.pinned(command);
        let plan = repo.plan(context, &command)?;
        let text = plan_file::write(&plan.saved(context, &command))?;
        let printed = if file == Path::new("-") {
            session.output.data(&text)
        } else {
            std::fs::write(file, text).map_err(|source| Failure::SavePlan { path: file.into(), source })?;
            let name = shell_line(&[file.display().to_string()]);
            let remark =
                format!("plan saved, nothing else was written; `kuberpult apply -f {name}` carries it out");
            session.print_plan(&plan, None, &remark)
        };
        self.write_report(printed, context, &plan.decision, &Standing::PlanSaved { base: plan.base, file })
    }

    /// Writes the report, if one is wanted, and says whether anything was held back.
    fn write_report(
        &self,
        printed: Result<(), Failure>,
        context: &Context,
        decision: &Decision,
        standing: &Standing<'_>,
    ) -> Result<bool, Failure> {
        self.report.write(printed, || Ok(markdown::train(context, decision, standing)))?;
        Ok(decision.report().train.as_ref().is_some_and(was_blocked))
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
