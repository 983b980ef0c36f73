//! Laws about queues.

use std::collections::BTreeMap;

use kuberpult_core::{
    ApplicationName, Command, Context, Deploy, EnvironmentName, Event, LockId, LockScope, OnLock, OnUnlock,
};
use kuberpult_tests::freeze::first_free_time;
use kuberpult_tests::generate::{histories, histories_of_any_start, on_unlocks};
use kuberpult_tests::intent::{lock, picked, unlock};
use kuberpult_tests::law::holds;
use kuberpult_tests::naive::{Naive, Placed};
use kuberpult_tests::run::{Run, Step};
use proptest::collection::vec;
use proptest::prelude::any;
use proptest::{prop_assert, prop_assert_eq};

/// A slot never holds more than one queued version.
#[test]
fn queue_holds_at_most_one() {
    holds(histories(), |history| {
        // What waits by the events alone, in queues that have room for more.
        let mut queues: BTreeMap<(EnvironmentName, ApplicationName), Vec<_>> = BTreeMap::new();
        let run = Run::of(&history);
        for event in run.steps.iter().flat_map(Step::events) {
            let (slot, comes, goes) = match event.clone() {
                Event::Queued { environment, application, version, displaced, .. } => {
                    ((environment, application), Some(version), displaced)
                }
                Event::Deployed { environment, application, dequeued, .. } => {
                    ((environment, application), None, dequeued)
                }
                Event::QueueDropped { environment, application, version, .. } => {
                    ((environment, application), None, Some(version))
                }
                Event::RemovedFromEnvironment { environment, application, removed } => {
                    ((environment, application), None, removed.queued)
                }
                Event::EnvironmentDeleted { environment, .. } => {
                    queues.retain(|(there, _), _| *there != environment);
                    continue;
                }
                _ => continue,
            };
            let queue = queues.entry(slot).or_default();
            queue.retain(|version| Some(*version) != goes);
            queue.extend(comes);
            prop_assert!(queue.len() <= 1, "{:?} after {}", queue, event);
        }
        let naive = Naive::of(&run.state);
        for ((environment, application), queue) in queues {
            prop_assert_eq!(naive.queued_in(&environment, &application), queue.first().copied());
        }
        Ok(())
    });
}

/// Of several blocked deployments the last one is queued, and its event names the one it displaced.
#[test]
fn last_deployment_wins() {
    holds((histories(), any::<usize>(), vec(any::<usize>(), 1..5)), |(history, slot, picks)| {
        let mut run = Run::of(&history);
        let deployable = Naive::of(&run.state).deployable();
        let Some((environment, application, _)) = picked(&deployable, slot).cloned() else { return Ok(()) };
        let of_slot: Vec<Placed> = deployable
            .into_iter()
            .filter(|placed| placed.0 == environment && placed.1 == application)
            .collect();
        run.accepted(lock(LockScope::Environment { environment: environment.clone() }, fresh(), ""));
        let mut waits = Naive::of(&run.state).queued_in(&environment, &application);
        for pick in picks {
            let placed = picked(&of_slot, pick).unwrap();
            let step = run.accepted(deployment(placed, OnLock::Queue));
            match step.events() {
                [] => prop_assert_eq!(waits, Some(placed.2)),
                [Event::Queued { version, displaced, .. }] => {
                    prop_assert!(*displaced != Some(*version), "it displaced itself");
                    prop_assert_eq!((*version, *displaced), (placed.2, waits));
                }
                others => prop_assert!(false, "something else happened: {:?}", others),
            }
            waits = Some(placed.2);
            prop_assert_eq!(Naive::of(&run.state).queued_in(&environment, &application), waits);
        }
        Ok(())
    });
}

/// A version enters the queue only when a blocker exists for that slot.
#[test]
fn queue_fills_only_while_blocked() {
    holds(histories_of_any_start(), |history| {
        for step in Run::of(&history).single_steps() {
            let (before, after) = (Naive::of(&step.before), Naive::of(&step.after));
            let now = step.context.now;
            for (environment, application, version) in &after.queued {
                if before.queued_in(environment, application) != Some(*version) {
                    prop_assert!(!after.blockers(now, environment, application).is_empty());
                }
            }
            for event in step.events() {
                if let Event::Queued { environment, application, blockers, .. } = event {
                    prop_assert!(!blockers.is_empty());
                    prop_assert_eq!(blockers, &after.blockers(now, environment, application));
                }
            }
        }
        Ok(())
    });
}

/// When the last blocker goes, the queued version becomes current and the queue is empty.
#[test]
fn last_unlock_deploys_the_queued_version() {
    holds(histories(), |history| {
        let mut run = Run::of(&history);
        unlock_everything(&mut run, None);
        for step in run.single_steps() {
            let Some(asked) = unlock_choice(&step.command) else { continue };
            let now = step.context.now;
            let (before, after) = (Naive::of(&step.before), Naive::of(&step.after));
            for (environment, application, version) in &before.queued {
                if asked.or(before.config(environment).unwrap().on_unlock).unwrap_or_default()
                    == OnUnlock::Deploy
                    && !before.blockers(now, environment, application).is_empty()
                    && after.blockers(now, environment, application).is_empty()
                {
                    prop_assert_eq!(after.current_in(environment, application), Some(*version));
                    prop_assert_eq!(after.queued_in(environment, application), None);
                }
            }
        }
        Ok(())
    });
}

/// While a blocker remains, an unlock changes neither current nor queued version.
#[test]
fn earlier_unlocks_deploy_nothing() {
    holds((histories_of_any_start(), on_unlocks()), |(history, queued)| {
        let mut run = Run::of(&history);
        unlock_everything(&mut run, queued);
        let steps = run.single_steps().into_iter();
        for step in steps.filter(|step| unlock_choice(&step.command).is_some()) {
            let (before, after) = (Naive::of(&step.before), Naive::of(&step.after));
            for (environment, application) in before.slots() {
                if !after.blockers(step.context.now, &environment, &application).is_empty() {
                    prop_assert_eq!(
                        before.current_in(&environment, &application),
                        after.current_in(&environment, &application)
                    );
                    prop_assert_eq!(
                        before.queued_in(&environment, &application),
                        after.queued_in(&environment, &application)
                    );
                }
            }
        }
        Ok(())
    });
}

/// After any deployment into a slot its queue is empty.
#[test]
fn deployment_empties_the_queue() {
    holds(histories_of_any_start(), |history| {
        for step in Run::of(&history).single_steps() {
            let after = Naive::of(&step.after);
            for event in step.events() {
                if let Event::Deployed { environment, application, .. } = event {
                    prop_assert_eq!(after.queued_in(environment, application), None);
                }
            }
        }
        Ok(())
    });
}

/// A queued version equal to the current one is dropped at unlock, and nothing is deployed.
#[test]
fn outdated_queue_is_dropped() {
    holds((histories(), any::<usize>(), on_unlocks()), |(history, pick, queued)| {
        let mut run = Run::of(&history);
        let deployable = Naive::of(&run.state).deployable();
        let Some(placed) = picked(&deployable, pick) else { return Ok(()) };
        let (environment, application, version) = placed;
        run.accepted(deployment(placed, OnLock::Ignore));
        run.accepted(lock(LockScope::Environment { environment: environment.clone() }, fresh(), ""));
        run.accepted(deployment(placed, OnLock::Queue));
        prop_assert_eq!(Naive::of(&run.state).queued_in(environment, application), Some(*version));
        for (scope, lock_id, _) in Naive::of(&run.state).locks {
            let step = run.accepted(unlock(scope, lock_id, queued));
            for event in step.events() {
                if let Event::Deployed { environment: there, application: deployed, .. } = event {
                    prop_assert!(there != environment || deployed != application, "{}", event);
                }
            }
        }
        if !Naive::of(&run.state).blockers(run.now().now, environment, application).is_empty() {
            // A freeze window outlasts the locks. What waits then goes when the queue is settled.
            prop_assert_eq!(Naive::of(&run.state).queued_in(environment, application), Some(*version));
            let Some(then) = first_free_time(&run.state, run.now().now, environment, application) else {
                return Ok(());
            };
            let settle = Command::SettleQueue { environment: Some(environment.clone()) };
            run.state = Step::take(&run.state, &Context { now: then, ..run.now() }, settle).after;
        }
        let naive = Naive::of(&run.state);
        prop_assert_eq!(naive.queued_in(environment, application), None);
        prop_assert_eq!(naive.current_in(environment, application), Some(*version));
        Ok(())
    });
}

/// With `keep`, an unlock leaves a queued version that differs from the current one where it is.
#[test]
fn kept_queue_survives_unlock() {
    holds(histories_of_any_start(), |history| {
        let mut run = Run::of(&history);
        unlock_everything(&mut run, Some(OnUnlock::Keep));
        for step in run.single_steps() {
            let Some(asked) = unlock_choice(&step.command) else { continue };
            let (before, after) = (Naive::of(&step.before), Naive::of(&step.after));
            for (environment, application, version) in &before.queued {
                let choice = asked.or(before.config(environment).unwrap().on_unlock);
                if choice == Some(OnUnlock::Keep)
                    && before.current_in(environment, application) != Some(*version)
                {
                    prop_assert_eq!(after.queued_in(environment, application), Some(*version));
                }
            }
        }
        Ok(())
    });
}

/// A release that is current or queued anywhere is never deleted by cleanup.
#[test]
fn queued_release_is_never_cleaned_up() {
    holds(histories(), |history| {
        for step in Run::of(&history).steps {
            let after = Naive::of(&step.after);
            for (environment, application, version) in after.current.iter().chain(&after.queued) {
                prop_assert!(
                    after.release(application, *version).is_some(),
                    "version {} of {} is gone from {}",
                    version,
                    application,
                    environment
                );
            }
        }
        Ok(())
    });
}

fn fresh() -> LockId {
    LockId::new("fresh").unwrap()
}

/// Removes all locks, one by one.
fn unlock_everything(run: &mut Run, queued: Option<OnUnlock>) {
    for (scope, lock_id, _) in Naive::of(&run.state).locks {
        run.accepted(unlock(scope, lock_id, queued));
    }
}

/// What an unlock says about queued versions, if the command is one.
fn unlock_choice(command: &Command) -> Option<Option<OnUnlock>> {
    match command {
        Command::DeleteEnvironmentLock { queued, .. }
        | Command::DeleteApplicationLock { queued, .. }
        | Command::DeleteTeamLock { queued, .. }
        | Command::DeleteGroupLock { queued, .. } => Some(*queued),
        Command::CreateEnvironment { .. }
        | Command::UpdateEnvironment { .. }
        | Command::DeleteEnvironment { .. }
        | Command::CreateRelease(_)
        | Command::Deploy(_)
        | Command::CreateEnvironmentLock { .. }
        | Command::CreateApplicationLock { .. }
        | Command::CreateTeamLock { .. }
        | Command::CreateGroupLock { .. }
        | Command::ReleaseTrain(_)
        | Command::SettleQueue { .. }
        | Command::PrepareUndeploy { .. }
        | Command::Undeploy { .. }
        | Command::RemoveFromEnvironment { .. }
        | Command::Batch { .. } => None,
    }
}

fn deployment(placed: &Placed, on_lock: OnLock) -> Command {
    let (environment, application, version) = placed.clone();
    Command::Deploy(Deploy { environment, application, version, on_lock, reason: None })
}
