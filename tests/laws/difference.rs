//! Laws about the difference of two states: what history is told from.

use kuberpult_core::{Command, DeploymentCause, Event, LockScope, QueueDropCause, State};
use kuberpult_tests::generate::histories_of_any_start;
use kuberpult_tests::law::holds;
use kuberpult_tests::run::Run;
use proptest::prelude::any;
use proptest::prop_assert_eq;

/// The difference of two states, applied to the one, gives the other.
#[test]
fn difference_leads_from_one_state_to_the_other() {
    holds((histories_of_any_start(), any::<[usize; 2]>()), |(history, picks)| {
        let run = Run::of(&history);
        let mut states = vec![history.start()];
        states.extend(run.steps.into_iter().map(|step| step.after));
        let [one, other] = picks.map(|pick| pick % states.len());
        let neighbours = (1..states.len()).map(|index| (index - 1, index));
        for (one, other) in neighbours.chain([(one, other), (0, states.len() - 1)]) {
            for (from, to) in [(one, other), (other, one)] {
                let (before, after) = (&states[from], without_empty_entries(&states[to]));
                let mut replayed = without_empty_entries(before);
                for event in before.events_to(&after, run_time()) {
                    replayed.apply([&event]);
                }
                let after = State { past: before.past.clone(), ..after };
                prop_assert_eq!(&replayed, &after, "from state {} to state {}", from, to);
                prop_assert_eq!(after.events_to(&after, run_time()), []);
            }
        }
        Ok(())
    });
}

/// The difference of the states around a command is its events, but for order, causes, and what left the state as it
/// was; the removal of a slot without a version shows as its locks and its queue going.
#[test]
fn difference_tells_what_a_command_did() {
    holds(histories_of_any_start(), |history| {
        for step in Run::of(&history).single_steps() {
            let found = step.before.events_to(&step.after, step.context.now);
            let told = |event: &Event| as_a_difference_tells_it(event, &step.command);
            prop_assert_eq!(sorted(found.iter().flat_map(told)), sorted(step.events().iter().flat_map(told)));
        }
        Ok(())
    });
}

fn run_time() -> kuberpult_core::Time {
    kuberpult_tests::alphabet::context(0, false).now
}

/// What no state of ours holds, other tools may leave behind; no event leads there.
fn without_empty_entries(state: &State) -> State {
    let mut state = state.clone();
    for environment in state.environments.values_mut() {
        environment.team_locks.retain(|_, locks| !locks.is_empty());
        environment.slots.retain(|_, slot| !slot.is_empty());
    }
    state
}

/// An event of a command without what the states around it do not show.
fn as_a_difference_tells_it(event: &Event, command: &Command) -> Vec<Event> {
    let dropped = |environment: &_, application: &_, version| Event::QueueDropped {
        environment: Clone::clone(environment),
        application: Clone::clone(application),
        version,
        cause: QueueDropCause::Unrecorded,
    };
    match event.clone() {
        // Deployed again: only the queue has changed, if there was one.
        Event::Deployed { environment, application, version, from, dequeued, .. }
            if from == Some(version) =>
        {
            dequeued.map(|version| dropped(&environment, &application, version)).into_iter().collect()
        }
        Event::Deployed { environment, application, version, from, dequeued, manifest, .. } => {
            let cause = DeploymentCause::Unrecorded;
            vec![Event::Deployed { environment, application, version, from, dequeued, manifest, cause }]
        }
        Event::Queued { version, displaced, .. } if displaced == Some(version) => Vec::new(),
        Event::QueueDropped { environment, application, version, .. } => {
            vec![dropped(&environment, &application, version)]
        }
        Event::RemovedFromEnvironment { environment, application, removed }
            if removed.current.is_none() && matches!(command, Command::RemoveFromEnvironment { .. }) =>
        {
            let scope =
                LockScope::Application { environment: environment.clone(), application: application.clone() };
            let unlocked = removed.locks.into_iter().map(|(lock_id, lock)| Event::LockDeleted {
                scope: scope.clone(),
                lock_id,
                lock: lock.into(),
            });
            let dropped = removed.queued.map(|version| dropped(&environment, &application, version));
            unlocked.chain(dropped).collect()
        }
        other => vec![other],
    }
}

fn sorted(events: impl IntoIterator<Item = Event>) -> Vec<Event> {
    let mut events: Vec<Event> = events.into_iter().collect();
    events.sort_by_cached_key(|event| format!("{event:?}"));
    events
}
