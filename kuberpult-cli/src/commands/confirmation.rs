//! Asking before something is done that no other command undoes. Only people are asked: on a terminal, and nowhere else.

use std::fmt::Write as _;
use std::io::{self, BufRead as _, IsTerminal as _};

use kuberpult_core::{ApplicationName, Command, EnvironmentName, Event, Slot};
use kuberpult_git::TransactError;

use super::Session;
use crate::arguments::DryRun;
use crate::exit::Failure;
use crate::lock_list::{application_locks, environment_locks};
use crate::output::Output;
use crate::text;

/// How many lines are shown of what would be lost.
const SHOWN: usize = 40;

/// The option of every command that asks.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(crate) struct Yes {
    /// Do not ask; without a terminal nobody is asked anyway
    #[arg(long)]
    yes: bool,
}

impl Session<'_> {
    /// Carries out a command that nothing undoes. A person at a terminal is asked before; what is done then is what was asked
    /// about, or nothing.
    pub(crate) fn write_if_confirmed(
        &mut self,
        command: &Command,
        dry_run: DryRun,
        Yes { yes }: Yes,
    ) -> Result<(), Failure> {
        let mut repo = self.open()?;
        let context = self.context(&repo)?;
        let asks = !yes && !dry_run.dry_run && io::stdin().is_terminal() && io::stderr().is_terminal();
        if !asks {
            return self.write_in(&mut repo, &context, command, dry_run);
        }
        let plan = repo.plan(&context, command).map_err(|error| Failure::from(error).suggesting(&repo))?;
        let lost = losses(plan.decision.events());
        if lost.is_empty() {
            return self.write_in(&mut repo, &context, command, dry_run);
        }
        if !is_confirmed(self.output, &lost) {
            return Err(Failure::NotConfirmed);
        }
        let waiting = self.output.progress.begin("deciding again");
        let receipt =
            repo.carry_out(&context, &plan.saved(&context, command)).map_err(|error| match error {
                TransactError::PlanOutdated { difference, .. } => Failure::ChangedWhileAsked { difference },
                error => error.into(),
            })?;
        drop(waiting);
        self.print_receipt(&receipt)
    }
}

/// Asks. Whoever says nothing says no.
fn is_confirmed(output: &mut Output, lost: &[String]) -> bool {
    let mut question = String::from("this cannot be undone by another command. What goes:\n");
    for line in lost.iter().take(SHOWN) {
        let _ = writeln!(question, "  {}", text::one_line(line));
    }
    if let Some(more) = lost.len().checked_sub(SHOWN).filter(|more| *more > 0) {
        let _ = writeln!(question, "  and {more} more");
    }
    output.ask(&format!("{question}Go on? [y/N] "));
    let mut answer = String::new();
    let read = io::stdin().lock().read_line(&mut answer);
    read.is_ok() && matches!(answer.trim().to_lowercase().as_str(), "y" | "yes")
}

/// What events take away, each on a line.
fn losses(events: &[Event]) -> Vec<String> {
    let mut lost = Vec::new();
    for event in events {
        match event {
            Event::EnvironmentDeleted { environment, deleted } => {
                lost.push(format!("environment {environment:?} with its config"));
                lost.extend(environment_locks(environment, deleted).iter().map(ToString::to_string));
                for (application, slot) in &deleted.slots {
                    lose_slot(&mut lost, environment, application, slot);
                }
            }
            Event::RemovedFromEnvironment { environment, application, removed } => {
                lose_slot(&mut lost, environment, application, removed);
            }
            Event::ApplicationUndeployed { application } => {
                lost.push(format!("application {application:?} with all its releases"));
            }
            _ => {}
        }
    }
    lost
}

fn lose_slot(
    lost: &mut Vec<String>,
    environment: &EnvironmentName,
    application: &ApplicationName,
    slot: &Slot,
) {
    if let Some(current) = slot.current {
        lost.push(format!("version {current} of {application:?} in {environment:?}"));
    }
    if let Some(queued) = slot.queued {
        lost.push(format!("queued version {queued} of {application:?} in {environment:?}"));
    }
    let locks = application_locks(environment, application, &slot.locks);
    lost.extend(locks.iter().map(ToString::to_string));
}
