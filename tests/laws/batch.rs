//! Laws about batches.

use kuberpult_core::{Command, Decision, Refusal, Rejection, Report};
use kuberpult_tests::generate::{Turn, batches, histories_of_any_start};
use kuberpult_tests::law::holds;
use kuberpult_tests::run::{Run, Step};
use proptest::collection::vec;
use proptest::prelude::Strategy;
use proptest::{prop_assert, prop_assert_eq};

/// An accepted batch leads to the state that its commands lead to one by one.
#[test]
fn batch_equals_its_commands_in_order() {
    holds((histories_of_any_start(), vec(batch_turns(), 8)), |(history, turns)| {
        for (batch, commands) in batches_of(&Run::of(&history), &turns) {
            let Ok(decision) = &batch.result else { continue };
            let (mut state, mut events, mut reports) = (batch.before.clone(), Vec::new(), Vec::new());
            for command in commands {
                let step = Step::take(&state, &batch.context, command.clone());
                prop_assert!(step.result.is_ok(), "{} is accepted in the batch only", command);
                events.extend(step.events().to_vec());
                reports.extend(step.result.as_ref().map(Decision::report).cloned());
                state = step.after;
            }
            prop_assert_eq!(&state, &batch.after);
            prop_assert_eq!(decision.events(), events);
            prop_assert_eq!(decision.report(), &Report { batch: reports, ..Report::default() });
        }
        Ok(())
    });
}

/// A batch with a refused command is refused, names it, and changes nothing.
#[test]
fn batch_is_all_or_nothing() {
    holds((histories_of_any_start(), vec(batch_turns(), 8)), |(history, turns)| {
        for (batch, commands) in batches_of(&Run::of(&history), &turns) {
            let expected = first_refused(&batch, &commands);
            match &batch.result {
                Ok(_) => prop_assert_eq!(expected, None),
                Err(rejection) => {
                    prop_assert_eq!(Some(rejection.refusals()), expected.as_deref());
                    prop_assert_eq!(&batch.after, &batch.before);
                }
            }
        }
        Ok(())
    });
    crate::manifest_repository::refused_batch_leaves_the_repository_alone();
}

/// What the first command that is refused is refused for, as its batch tells it.
fn first_refused(batch: &Step, commands: &[Command]) -> Option<Vec<Refusal>> {
    let mut state = batch.before.clone();
    for (position, command) in (1..).zip(commands) {
        if matches!(command, Command::Batch { .. }) {
            return Some(vec![Refusal::BatchInBatch { position }]);
        }
        let step = Step::take(&state, &batch.context, command.clone());
        if let Err(rejection) = step.result {
            let named = |refusal: &Refusal| Refusal::InBatch {
                position,
                refused: command.to_string(),
                refusal: Box::new(refusal.clone()),
            };
            return Some(Rejection::refusals(&rejection).iter().map(named).collect());
        }
        state = step.after;
    }
    None
}

fn batch_turns() -> impl Strategy<Value = Turn> {
    (batches(), 0..150u16, proptest::bool::ANY).prop_map(|(intent, minutes, second_actor)| Turn {
        intent,
        minutes,
        remember: None,
        second_actor,
    })
}

/// The batches of a history, and those that are tried on what it leads to, each with its commands.
fn batches_of(run: &Run, turns: &[Turn]) -> Vec<(Step, Vec<Command>)> {
    let tried = turns.iter().map(|turn| run.tried(turn));
    let steps = run.steps.iter().cloned().chain(tried);
    steps
        .filter_map(|step| match step.command.clone() {
            Command::Batch { commands } => Some((step, commands)),
            _ => None,
        })
        .collect()
}
