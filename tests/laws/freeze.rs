//! Laws about freeze windows.

use kuberpult_core::{
    ApplicationName, Blocker, Command, Context, CreateRelease, Deploy, EnvironmentCause, EnvironmentName,
    Event, FreezeKind, FreezeWindow, LockId, LockScope, OnLock, Outcome, Refusal, State, Time, TrainReport,
    Version,
};
use kuberpult_tests::alphabet;
use kuberpult_tests::freeze::first_free_time;
use kuberpult_tests::generate::{freeze_windows, histories, histories_of_any_start, turns};
use kuberpult_tests::intent::{self, picked};
use kuberpult_tests::law::holds;
use kuberpult_tests::naive::{Naive, concerns, names_none};
use kuberpult_tests::run::{Run, Step};
use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, any, prop_oneof};
use proptest::prop_assert_eq;

/// A decision under an active freeze window deploys, queues and refuses what it would under a lock of the same reach.
#[test]
fn freeze_blocks_like_a_lock() {
    holds(
        (histories(), any::<usize>(), active_windows(), vec(turns(), 8)),
        |(history, pick, window, turns)| {
            let mut run = Run::of(&history);
            let environments = Naive::of(&run.state).environments;
            let Some((environment, _)) = picked(&environments, pick) else { return Ok(()) };
            // Another allow window that is open would allow what the new one does not.
            let there = run.state.environments.get_mut(environment).unwrap();
            there.config.freeze_windows.retain(|window| window.kind == FreezeKind::Deny);
            let mut frozen = run.state.clone();
            let there = frozen.environments.get_mut(environment).unwrap();
            there.config.freeze_windows.push(window.clone());
            let locked = locked_like(&run, environment, &window);

            let tried = turns.iter().map(|turn| run.tried(turn)).map(|step| (step.context, step.command));
            for (context, command) in tried.chain(deployments(&run)).filter(|it| may_deploy_alone(&it.1)) {
                let under_window = Step::take(&frozen, &context, command.clone());
                let under_lock = Step::take(&locked, &context, command.clone());
                prop_assert_eq!(effects(&under_window), effects(&under_lock), "{:?}", command);
                let (window, lock) = (Naive::of(&under_window.after), Naive::of(&under_lock.after));
                prop_assert_eq!(window.current, lock.current, "{:?}", command);
                prop_assert_eq!(window.queued, lock.queued, "{:?}", command);
            }
            Ok(())
        },
    );
}

/// A command that deploys nothing automatically leads to the same state inside and outside a freeze window.
#[test]
fn freeze_concerns_automatic_deployment_only() {
    holds((histories_of_any_start(), vec(turns(), 24)), |(history, turns)| {
        let mut run = Run::of(&history);
        for there in run.state.environments.values_mut() {
            there.config.freeze_windows.push(alphabet::freeze_window(0)); // From 9 to 11 in Berlin.
        }
        let inside: Time = "2024-05-06T10:00:00+02:00".parse().unwrap();
        let outside: Time = "2024-05-06T12:00:00+02:00".parse().unwrap();
        let tried = turns.iter().map(|turn| run.tried(turn)).map(|step| (step.context, step.command));
        for (context, command) in tried.chain(deployments(&run)) {
            if !deploys_nothing_automatically(&run.state, &command) {
                continue;
            }
            let at = |now| Step::take(&run.state, &Context { now, ..context.clone() }, command.clone());
            let (inside, outside) = (at(inside), at(outside));
            prop_assert_eq!(inside.result.as_ref().err(), outside.result.as_ref().err(), "{:?}", command);
            prop_assert_eq!(without_times(inside.after), without_times(outside.after), "{:?}", command);
        }
        Ok(())
    });
}

/// Settling the queue after the last blocker has ended deploys what is queued.
#[test]
fn queue_settles_after_the_freeze() {
    let strategy = (histories(), any::<usize>(), freeze_windows(), 0..24 * 60u32, any::<bool>());
    holds(strategy, |(history, pick, windows, minutes, only_there)| {
        let mut run = Run::of(&history);
        let environments = Naive::of(&run.state).environments;
        let Some((environment, _)) = picked(&environments, pick) else { return Ok(()) };
        let there = run.state.environments.get_mut(environment).unwrap();
        there.config.freeze_windows = windows;
        there.config.on_unlock = None;
        let context = alphabet::context(minutes, false);
        let mut state = run.state;
        let take = |state: &mut State, command: Command| {
            let step = Step::take(state, &context, command);
            assert!(step.result.is_ok(), "{} was refused", step.command);
            *state = step.after;
        };
        for (to, application, version) in Naive::of(&state).deployable() {
            if to == *environment {
                take(&mut state, deployment((to, application, version), OnLock::Queue));
            }
        }
        for (scope, lock_id, _) in Naive::of(&state).locks {
            if scope.environment() == environment {
                take(&mut state, intent::unlock(scope, lock_id, None));
            }
        }

        let naive = Naive::of(&state);
        for (queued_in, application, version) in &naive.queued {
            if queued_in != environment {
                continue;
            }
            let Some(then) = first_free_time(&state, context.now, environment, application) else { continue };
            let settled = |now: Time| {
                let environment = only_there.then(|| environment.clone());
                Step::take(&state, &Context { now, ..context.clone() }, Command::SettleQueue { environment })
            };
            let slot = |step: &Step| {
                let naive = Naive::of(&step.after);
                (naive.current_in(environment, application), naive.queued_in(environment, application))
            };
            prop_assert_eq!(slot(&settled(then)), (Some(*version), None));
            let current = naive.current_in(environment, application);
            let before = Time::from_unix(then.unix_seconds() - 1).unwrap();
            for too_early in [context.now, before] {
                if !naive.blockers(too_early, environment, application).is_empty() {
                    prop_assert_eq!(slot(&settled(too_early)), (current, Some(*version)));
                }
            }
        }
        Ok(())
    });
}

/// A window that keeps all applications away, or some: a deny window that is open from one minute to the next, or an
/// allow window that is open on New Year's Day alone, at which no history arrives.
fn active_windows() -> impl Strategy<Value = FreezeWindow> {
    let kinds = prop_oneof![
        Just((FreezeKind::Deny, "0 * * * *", "1h")),
        Just((FreezeKind::Allow, "0 0 1 1 *", "24h")),
    ];
    let patterns = prop_oneof![
        3 => Just(Vec::new()),
        1 => Just(vec!["*"]),
        2 => Just(vec!["c*"]),
        2 => Just(vec!["cart", "?mail"]),
        1 => Just(vec!["*a*"]),
    ];
    (kinds, patterns).prop_map(|((kind, schedule, duration), patterns)| {
        let mut window = FreezeWindow::new(kind, schedule.parse().unwrap(), duration.parse().unwrap());
        window.applications = patterns.into_iter().map(|pattern| pattern.parse().unwrap()).collect();
        window
    })
}

/// The state with the locks that have the reach of a window: on the environment, or on each application that a pattern
/// matches.
fn locked_like(run: &Run, environment: &EnvironmentName, window: &FreezeWindow) -> State {
    let mut state = run.state.clone();
    let scopes: Vec<LockScope> = if names_none(window) {
        vec![LockScope::Environment { environment: environment.clone() }]
    } else {
        (0..alphabet::VALID_APPLICATIONS)
            .map(alphabet::application)
            .filter(|application| concerns(window, application))
            .map(|application| LockScope::Application { environment: environment.clone(), application })
            .collect()
    };
    for scope in scopes {
        let lock = intent::lock(scope, LockId::new("fresh").unwrap(), "");
        let step = Step::take(&state, &run.now(), lock);
        assert!(step.result.is_ok(), "{} was refused", step.command);
        state = step.after;
    }
    state
}

/// Each deployment that is possible, asked for in each way.
fn deployments(run: &Run) -> Vec<(Context, Command)> {
    let mut commands = Vec::new();
    for placed in Naive::of(&run.state).deployable() {
        for on_lock in [OnLock::Queue, OnLock::Fail, OnLock::Ignore] {
            commands.push((run.now(), deployment(placed.clone(), on_lock)));
        }
    }
    commands
}

fn deployment(placed: (EnvironmentName, ApplicationName, Version), on_lock: OnLock) -> Command {
    let (environment, application, version) = placed;
    Command::Deploy(Deploy { environment, application, version, on_lock, reason: None })
}

/// Whether a command neither looks at configs as such, as those that make environments do, nor, in a batch, takes the
/// lock or the window away before others come.
fn may_deploy_alone(command: &Command) -> bool {
    match command {
        Command::CreateEnvironment { .. } | Command::UpdateEnvironment { .. } => false,
        Command::Batch { commands } => commands.iter().all(|command| {
            let takes_away = matches!(
                command,
                Command::DeleteEnvironment { .. }
                    | Command::RemoveFromEnvironment { .. }
                    | Command::Undeploy { .. }
            );
            may_deploy_alone(command) && !takes_away
        }),
        Command::DeleteEnvironment { .. }
        | Command::CreateRelease(_)
        | Command::Deploy(_)
        | Command::CreateEnvironmentLock { .. }
        | Command::CreateApplicationLock { .. }
        | Command::CreateTeamLock { .. }
        | Command::CreateGroupLock { .. }
        | Command::DeleteEnvironmentLock { .. }
        | Command::DeleteApplicationLock { .. }
        | Command::DeleteTeamLock { .. }
        | Command::DeleteGroupLock { .. }
        | Command::ReleaseTrain(_)
        | Command::SettleQueue { .. }
        | Command::PrepareUndeploy { .. }
        | Command::Undeploy { .. }
        | Command::RemoveFromEnvironment { .. } => true,
    }
}

/// Whether a command is of those that deploy nothing by themselves, and settle no queue.
fn deploys_nothing_automatically(state: &State, command: &Command) -> bool {
    match command {
        Command::CreateEnvironment { .. }
        | Command::UpdateEnvironment { .. }
        | Command::DeleteEnvironment { .. }
        | Command::CreateEnvironmentLock { .. }
        | Command::CreateApplicationLock { .. }
        | Command::CreateTeamLock { .. }
        | Command::CreateGroupLock { .. }
        | Command::Undeploy { .. }
        | Command::RemoveFromEnvironment { .. } => true,
        Command::Deploy(Deploy { on_lock, .. }) => *on_lock == OnLock::Ignore,
        Command::CreateRelease(CreateRelease { application, version, .. }) => {
            let newest = Naive::of(state).newest(application);
            version.is_some_and(|version| newest.is_some_and(|newest| version < newest))
        }
        Command::DeleteEnvironmentLock { .. }
        | Command::DeleteApplicationLock { .. }
        | Command::DeleteTeamLock { .. }
        | Command::DeleteGroupLock { .. }
        | Command::ReleaseTrain(_)
        | Command::SettleQueue { .. }
        | Command::PrepareUndeploy { .. } => false,
        // Of those before it a release may depend.
        Command::Batch { commands } => commands.iter().all(|command| {
            !matches!(command, Command::CreateRelease(_)) && deploys_nothing_automatically(state, command)
        }),
    }
}

/// A state without the times at which locks were set.
fn without_times(mut state: State) -> State {
    for environment in state.environments.values_mut() {
        let slots = environment.slots.values_mut().map(|slot| &mut slot.locks);
        let locks = slots.chain(environment.team_locks.values_mut()).chain([&mut environment.locks]);
        locks.flat_map(|locks| locks.values_mut()).for_each(|lock| lock.created_at = None);
    }
    state
}

/// What a step deploys, queues, skips and refuses, in words that do not say what is in the way.
fn effects(step: &Step) -> Vec<String> {
    let mut effects: Vec<String> = step
        .events()
        .iter()
        .filter_map(|event| match event {
            Event::Deployed { environment, application, version, from, dequeued, .. } => {
                Some(format!("{application} {version} to {environment}, was {from:?} and {dequeued:?}"))
            }
            Event::Queued { environment, application, version, displaced, .. } => {
                Some(format!("{application} {version} waits for {environment}, and not {displaced:?}"))
            }
            Event::QueueDropped { .. } => Some(event.to_string()),
            _ => None,
        })
        .collect();
    match &step.result {
        Err(rejection) => effects.extend(rejection.refusals().iter().map(refused)),
        Ok(decision) => {
            let report = decision.report();
            let trains = report.train.iter().chain(report.batch.iter().filter_map(|one| one.train.as_ref()));
            effects.extend(trains.flat_map(outcomes));
        }
    }
    effects
}

fn refused(refusal: &Refusal) -> String {
    match refusal {
        Refusal::Blocked { .. } => "blocked".to_owned(),
        Refusal::InBatch { position, refusal, .. } => format!("{position}: {}", refused(refusal)),
        other => other.code().to_owned(),
    }
}

fn outcomes(train: &TrainReport) -> Vec<String> {
    let mut told = Vec::new();
    for stop in &train.environments {
        let skipped = stop.skipped.as_ref().map(|cause| match cause {
            EnvironmentCause::Locked { .. } | EnvironmentCause::Frozen { .. } => "blocked".to_owned(),
            other => other.to_string(),
        });
        told.push(format!("{}: {skipped:?}", stop.environment));
        for report in &stop.applications {
            let outcome = match &report.outcome {
                // An application that is locked upstream is a candidate, though it was never deployed there.
                Outcome::Skipped { cause: kuberpult_core::ApplicationCause::NoVersionUpstream } => continue,
                Outcome::Queued { version, displaced, blockers } => {
                    format!("{version} waits, and not {displaced:?}{}", nothing_else(blockers))
                }
                Outcome::Blocked { version, blockers } => {
                    format!("{version} is blocked{}", nothing_else(blockers))
                }
                other => other.to_string(),
            };
            told.push(format!("{}: {}: {outcome}", stop.environment, report.application));
        }
    }
    told
}

/// What is said of blockers whatever they are: that there are some.
fn nothing_else(blockers: &[Blocker]) -> &'static str {
    if blockers.is_empty() { " by nothing" } else { "" }
}
