//! `kuberpult queue list` and `queue settle`

use std::collections::BTreeMap;

use kuberpult_core::{
    ApplicationName, Command, Context, Decision, EnvironmentName, Event, QueueDropCause, Rejection, State,
};

use super::{Outcome, Session};
use crate::arguments::DryRun;
use crate::exit::Failure;
use crate::json::{List, QueueItem};
use crate::lock_list::in_promotion_order;
use crate::markdown::{self, ReportFile};
use crate::table::Table;

/// What is done with queues.
#[derive(Debug, clap::Subcommand)]
#[command(after_help = EXAMPLES)]
pub(crate) enum Queue {
    /// List the queued versions, and what each waits for
    #[command(after_help = LIST_EXAMPLES)]
    List,
    /// Deploy what is queued and nothing holds back any more: after a freeze window has closed, say
    ///
    /// What happens to a queued version is what happens to it when its last lock goes: it is deployed, unless the
    /// environment's config says otherwise with `onUnlock`. Nothing does this by itself; a job can do it every few minutes.
    Settle(Settle),
}

const LIST_EXAMPLES: &str = "\
Examples:
  kuberpult queue list
  kuberpult -o json queue list  for programs";

const EXAMPLES: &str = "\
Examples:
  kuberpult queue list
  kuberpult queue settle --dry-run";

/// Which queues are settled.
#[derive(Debug, clap::Args)]
#[command(after_help = SETTLE_EXAMPLES)]
pub(crate) struct Settle {
    /// Only in this environment [default: in all of them]
    #[arg(short, long, value_name = "ENV", value_parser = EnvironmentName::existing)]
    environment: Option<EnvironmentName>,
    #[command(flatten)]
    report: ReportFile,
    #[command(flatten)]
    dry_run: DryRun,
}

const SETTLE_EXAMPLES: &str = "\
Examples:
  kuberpult queue settle                       everywhere, from cron say
  kuberpult queue settle -e sandbox --dry-run  what would be deployed";

impl Settle {
    fn run(&self, session: &mut Session<'_>) -> Result<(), Failure> {
        self.report.check()?;
        let mut repo = session.open()?;
        let context = session.context(&repo)?;
        let command = Command::SettleQueue { environment: self.environment.clone() };
        let outcome = session.carry_out(&mut repo, &context, &command, self.dry_run)?;
        let printed = session.print_outcome(&outcome);
        self.report.write(printed, || {
            let mut after = repo.state()?;
            if let Outcome::Planned(plan) = &outcome {
                after.apply(plan.decision.events());
            }
            let (only, standing) = (self.environment.as_ref(), outcome.standing());
            Ok(markdown::queues(&context, only, outcome.decision(), &after, &standing))
        })
    }
}

impl Queue {
    pub(crate) fn run(&self, session: &mut Session<'_>) -> Result<(), Failure> {
        match self {
            Self::List => list(session),
            Self::Settle(settle) => settle.run(session),
        }
    }
}

fn list(session: &mut Session<'_>) -> Result<(), Failure> {
    let state = session.open()?.state()?;
    let context = crate::context::reading(session.global)?;
    let mut items = Vec::new();
    for (name, environment) in in_promotion_order(&state) {
        for (application, slot) in &environment.slots {
            let Some(queued) = slot.queued else { continue };
            let blockers = state.blockers(context.now, name, application);
            items.push(QueueItem { environment: name, application, current: slot.current, queued, blockers });
        }
    }
    if session.output.is_json() {
        return session.output.document("Queue", &List { items });
    }
    if items.is_empty() {
        session.output.remark("nothing is queued");
        return Ok(());
    }
    let settled = what_settling_does(&state, &context)?;
    let mut table = Table::new(["ENVIRONMENT", "APPLICATION", "CURRENT", "QUEUED", "BEHIND"]);
    for item in &items {
        let current = item.current.map_or("-".into(), |current| current.to_string());
        let behind: Vec<String> = item.blockers.iter().map(ToString::to_string).collect();
        let behind = if behind.is_empty() {
            let settled = settled.get(&(item.environment, item.application)).copied();
            // A queue that settling leaves alone belongs to an environment whose config says `keep`.
            format!("nothing: {}", settled.unwrap_or("the next deployment takes its place"))
        } else {
            behind.join("; ")
        };
        let (environment, application) = (item.environment.as_str(), item.application.as_str());
        table.row([environment, application, &current, &item.queued.to_string(), &behind]);
    }
    session.output.data(&table.to_string())
}

/// For each slot whose queue settling would empty, what would become of the version.
fn what_settling_does<'a>(
    state: &'a State,
    context: &Context,
) -> Result<BTreeMap<(&'a EnvironmentName, &'a ApplicationName), &'static str>, Rejection> {
    let decision: Decision = state.decide(context, &Command::SettleQueue { environment: None })?;
    let settled = decision.events().iter().filter_map(|event| {
        let (environment, application, what) = match event {
            Event::Deployed { environment, application, .. } => {
                (environment, application, "`kuberpult queue settle` deploys it")
            }
            Event::QueueDropped { environment, application, cause, .. } => {
                let what = match cause {
                    QueueDropCause::AlreadyDeployed => {
                        "it is deployed already, `kuberpult queue settle` drops it"
                    }
                    QueueDropCause::OnUnlock => {
                        "`kuberpult queue settle` drops it, as the environment's config says"
                    }
                    QueueDropCause::ReleaseGone => "its release is gone, `kuberpult queue settle` drops it",
                    QueueDropCause::Unrecorded => return None,
                };
                (environment, application, what)
            }
            _ => return None,
        };
        let (environment, there) = state.environments.get_key_value(environment)?;
        let (application, _) = there.slots.get_key_value(application)?;
        Some(((environment, application), what))
    });
    Ok(settled.collect())
}
