//! Laws about locks.

use kuberpult_core::{
    Command, CreateRelease, Decision, Deploy, DeploymentCause, Event, GroupName, LockId, LockScope, OnLock,
    Refusal,
};
use kuberpult_tests::alphabet;
use kuberpult_tests::generate::{
    histories, histories_of, histories_of_any_start, lock_scopes, on_unlocks, turns,
};
use kuberpult_tests::intent::{self, LockOn};
use kuberpult_tests::law::{holds, holds_for};
use kuberpult_tests::naive::{Naive, Placed};
use kuberpult_tests::run::{Run, Step};
use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, any, prop_oneof};
use proptest::{prop_assert, prop_assert_eq, prop_assert_ne};

/// Creating a fresh lock and deleting it gives back the same locks.
#[test]
fn lock_then_unlock_restores_the_locks() {
    holds((histories(), lock_scopes(), on_unlocks()), |(history, on, queued)| {
        let mut run = Run::of(&history);
        let locks = Naive::of(&run.state).locks;
        let (lock, unlock) = match on {
            LockOn::Group(group) => (
                group_lock(alphabet::group(group)),
                Command::DeleteGroupLock {
                    environment_group: alphabet::group(group),
                    lock_id: fresh(),
                    queued,
                },
            ),
            LockOn::Environment(_) | LockOn::Application(..) | LockOn::Team(..) => {
                let scope = on.scope().unwrap();
                (intent::lock(scope.clone(), fresh(), ""), intent::unlock(scope, fresh(), queued))
            }
        };
        if run.command(lock).result.is_err() {
            return Ok(()); // No such environment or group, or a name that nothing new may have.
        }
        prop_assert_ne!(&Naive::of(&run.state).locks, &locks);
        run.accepted(unlock);
        prop_assert_eq!(&Naive::of(&run.state).locks, &locks);
        Ok(())
    });
}

/// With any blocker an automatic deployment leaves the current version as it was.
#[test]
fn any_blocker_stops_automatic_deployment() {
    holds((histories(), lock_scopes()), |(history, on)| {
        let mut run = Run::of(&history);
        run.command(on.lock(fresh(), 0));
        for step in run.single_steps() {
            for event in step.events() {
                let Event::Deployed { environment, application, cause, .. } = event else { continue };
                if !matches!(cause, DeploymentCause::Manual { .. }) {
                    let blockers =
                        Naive::of(&step.after).blockers(step.context.now, environment, application);
                    prop_assert_eq!(blockers, [], "{}", step.command);
                }
            }
        }
        let naive = Naive::of(&run.state);
        for placed in naive.deployable() {
            if naive.blockers(run.now().now, &placed.0, &placed.1).is_empty() {
                continue;
            }
            let queued = deployment(&run, &placed, OnLock::Queue);
            prop_assert!(queued.result.is_ok());
            prop_assert_eq!(Naive::of(&queued.after).current, naive.current.clone());
            prop_assert_eq!(Naive::of(&queued.after).queued_in(&placed.0, &placed.1), Some(placed.2));
            prop_assert!(deployment(&run, &placed, OnLock::Fail).result.is_err());
        }
        Ok(())
    });
}

/// A manual deployment of a deployable version makes it current, whatever blocks.
#[test]
fn manual_deployment_is_always_possible() {
    holds((histories_of_any_start(), lock_scopes()), |(history, on)| {
        let mut run = Run::of(&history);
        run.command(on.lock(fresh(), 0));
        for placed in Naive::of(&run.state).deployable() {
            let step = deployment(&run, &placed, OnLock::Ignore);
            prop_assert!(step.result.is_ok());
            prop_assert_eq!(Naive::of(&step.after).current_in(&placed.0, &placed.1), Some(placed.2));
        }
        Ok(())
    });
}

/// A manual deployment changes no lock.
#[test]
fn manual_deployment_keeps_the_locks() {
    holds((histories_of_any_start(), lock_scopes()), |(history, on)| {
        let mut run = Run::of(&history);
        run.command(on.lock(fresh(), 0));
        let naive = Naive::of(&run.state);
        for placed in naive.deployable() {
            let step = deployment(&run, &placed, OnLock::Ignore);
            prop_assert_eq!(&Naive::of(&step.after).locks, &naive.locks);
        }
        Ok(())
    });
}

/// An automatic deployment that fails on blockers names exactly the blockers that exist.
#[test]
fn refusal_names_every_blocker() {
    holds((histories_of_any_start(), lock_scopes()), |(history, on)| {
        let mut run = Run::of(&history);
        run.command(on.lock(fresh(), 0));
        let naive = Naive::of(&run.state);
        for placed in naive.deployable() {
            let expected = naive.blockers(run.now().now, &placed.0, &placed.1);
            match deployment(&run, &placed, OnLock::Fail).result {
                Ok(_) => prop_assert_eq!(expected, []),
                Err(rejection) => match rejection.refusals() {
                    [Refusal::Blocked { blockers, .. }] => prop_assert_eq!(blockers, &expected),
                    others => prop_assert!(false, "refused for something else: {:?}", others),
                },
            }
        }
        Ok(())
    });
}

/// Creating a lock changes no current version and no queue.
#[test]
fn adding_a_lock_deploys_nothing() {
    holds(histories_of_any_start(), |history| {
        for step in Run::of(&history).single_steps() {
            let locks = matches!(
                step.command,
                Command::CreateEnvironmentLock { .. }
                    | Command::CreateApplicationLock { .. }
                    | Command::CreateTeamLock { .. }
                    | Command::CreateGroupLock { .. }
            );
            if locks {
                let (before, after) = (Naive::of(&step.before), Naive::of(&step.after));
                prop_assert_eq!(before.current, after.current);
                prop_assert_eq!(before.queued, after.queued);
            }
        }
        Ok(())
    });
}

/// Whatever a plan deploys with a lock in place it also deploys without it.
#[test]
fn more_locks_never_deploy_more() {
    holds((histories(), lock_scopes(), vec(turns(), 8)), |(history, on, turns)| {
        let without = Run::of(&history);
        let with = without.clone().command(on.lock(fresh(), 0)).after;
        // A batch is several plans: what comes of the first of them decides what the next ones meet.
        let turns = turns.iter().map(|turn| without.tried(turn));
        let turns = turns.filter(|step| !matches!(step.command, Command::Batch { .. }));
        let deployable = Naive::of(&without.state).deployable();
        let tried = deployable.iter().map(|placed| deployment(&without, placed, OnLock::Queue));
        for step in turns.chain(tried) {
            let without_lock = deployments(&step);
            for deployed in deployments(&Step::take(&with, &step.context, step.command.clone())) {
                prop_assert!(without_lock.contains(&deployed), "{}: {:?}", step.command, deployed);
            }
        }
        // And with a lock on the very application that is deployed.
        for placed in &deployable {
            let (environment, application) = (placed.0.clone(), placed.1.clone());
            let lock = intent::lock(LockScope::Application { environment, application }, fresh(), "why");
            let mut locked = without.clone();
            locked.accepted(lock);
            if !deployments(&deployment(&locked, placed, OnLock::Queue)).is_empty() {
                let step = deployment(&without, placed, OnLock::Queue);
                prop_assert!(!deployments(&step).is_empty(), "{}", step.command);
            }
        }
        Ok(())
    });
}

/// A group lock equals the same environment lock on each member, in any order.
#[test]
fn group_lock_is_a_lock_on_each_member() {
    holds(
        (histories_of_any_start(), 0..alphabet::VALID_GROUPS, any::<usize>()),
        |(history, group, turned)| {
            let run = Run::of(&history);
            let group = alphabet::group(group);
            let mut members = Naive::of(&run.state).members(&group);
            let by_group = run.clone().command(group_lock(group));
            prop_assert_eq!(by_group.result.is_err(), members.is_empty());
            if !members.is_empty() {
                let by = turned % members.len();
                members.rotate_left(by);
                let mut one_by_one = run.clone();
                for environment in members {
                    one_by_one.accepted(intent::lock(LockScope::Environment { environment }, fresh(), "why"));
                }
                prop_assert_eq!(by_group.after, one_by_one.state);
            }
            Ok(())
        },
    );
}

/// Removing a set of locks in any order leads to the same state.
#[test]
fn unlock_order_does_not_matter() {
    // One application with some releases, so that queues of the same application wait in several environments.
    let locks = vec((lock_scopes(), 0..alphabet::VALID_LOCK_IDS), 0..8);
    // Few of the locks stay, so that many queues are settled.
    let orders = vec((0..12u8, any::<u8>()), 36);
    // Mostly as configured, which differs from environment to environment.
    let queued = prop_oneof![3 => Just(None), 1 => on_unlocks()];
    let strategy = (histories_of(0..4), picks(), picks(), locks, orders, queued);
    holds_for(768, strategy, |(history, deployed, waiting, locks, order, queued)| {
        let mut run = Run::of(&history);
        let environments = Naive::of(&run.state).environments;
        if environments.is_empty() {
            return Ok(()); // All are deleted.
        }
        for content in 0..4 {
            let manifest = alphabet::manifest(content);
            let manifests = environments.iter().map(|(name, _)| (name.clone(), manifest)).collect();
            let mut release = CreateRelease::new(alphabet::application(0), manifests);
            release.team = Some(alphabet::team(0));
            run.accepted(Command::CreateRelease(release));
        }
        deploy_each(&mut run, &deployed, OnLock::Ignore);
        for (environment, _) in environments {
            run.accepted(intent::lock(LockScope::Environment { environment }, fresh(), "why"));
        }
        for (on, lock_id) in locks {
            run.command(on.lock(alphabet::lock_id(lock_id), 0));
        }
        deploy_each(&mut run, &waiting, OnLock::Queue);
        let mut removed: Vec<_> = Naive::of(&run.state)
            .locks
            .into_iter()
            .zip(order)
            .filter(|(_, (stays, _))| *stays != 0)
            .map(|((scope, lock_id, _), (_, position))| (position, intent::unlock(scope, lock_id, queued)))
            .collect();
        let in_order = |commands: &[(u8, Command)]| {
            commands.iter().fold(run.state.clone(), |state, (_, command)| {
                let step = Step::take(&state, &run.now(), command.clone());
                assert!(step.result.is_ok(), "{command} was refused");
                step.after
            })
        };
        let one = in_order(&removed);
        removed.sort_by_key(|(position, _)| *position);
        prop_assert_eq!(&one, &in_order(&removed));
        removed.reverse();
        prop_assert_eq!(&one, &in_order(&removed));
        Ok(())
    });
}

/// An id that no lock of a history has.
fn fresh() -> LockId {
    LockId::new("fresh").unwrap()
}

fn group_lock(environment_group: GroupName) -> Command {
    let (lock_id, message) = (fresh(), "why".into());
    Command::CreateGroupLock { environment_group, lock_id, message, ci_link: None, suggested_lifetime: None }
}

fn picks() -> impl Strategy<Value = Vec<usize>> {
    vec(any::<usize>(), 0..8)
}

/// Deploys some of what can be deployed.
fn deploy_each(run: &mut Run, picks: &[usize], on_lock: OnLock) {
    for pick in picks {
        let deployable = Naive::of(&run.state).deployable();
        if let Some(placed) = intent::picked(&deployable, *pick) {
            run.state = deployment(run, placed, on_lock).after;
        }
    }
}

fn deployment(run: &Run, placed: &Placed, on_lock: OnLock) -> Step {
    let (environment, application, version) = placed.clone();
    let deploy = Deploy { environment, application, version, on_lock, reason: None };
    Step::take(&run.state, &run.now(), Command::Deploy(deploy))
}

fn deployments(step: &Step) -> Vec<Placed> {
    step.result
        .iter()
        .flat_map(Decision::events)
        .filter_map(|event| match event {
            Event::Deployed { environment, application, version, .. } => {
                Some((environment.clone(), application.clone(), *version))
            }
            _ => None,
        })
        .collect()
}
