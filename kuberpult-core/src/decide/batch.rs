//! Several commands as one.

use alloc::boxed::Box;
use alloc::string::ToString as _;
use alloc::vec::Vec;

use crate::{Command, Context, Decision, Refusal, Rejection, Report, State};

/// Decides each command on the state that the ones before it lead to. The first that is refused ends it all.
///
/// The state is what the commands can read of the whole one, and is used up: what is out of scope is never copied.
pub(super) fn decide(
    mut working: State,
    context: &Context,
    commands: &[Command],
) -> Result<Decision, Rejection> {
    let mut events = Vec::new();
    let mut reports = Vec::new();
    for (index, command) in commands.iter().enumerate() {
        let position = index + 1;
        if matches!(command, Command::Batch { .. }) {
            return Err(Refusal::BatchInBatch { position }.into());
        }
        let decision =
            working.decide(context, command).map_err(|rejection| in_batch(position, command, &rejection))?;
        working.apply(decision.events());
        let Decision { events: next, report } = decision;
        events.extend(next);
        reports.push(report);
    }
    Ok(Decision { events, report: Report { batch: reports, ..Report::default() } })
}

fn in_batch(position: usize, command: &Command, rejection: &Rejection) -> Rejection {
    let refusals = rejection.refusals().iter().map(|refusal| Refusal::InBatch {
        position,
        refused: command.to_string(),
        refusal: Box::new(refusal.clone()),
    });
    Rejection::all(refusals.collect())
}
