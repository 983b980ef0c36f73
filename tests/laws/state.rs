//! Laws about states, events and decisions as such.

use kuberpult_core::{
    ApplicationName, Command, CreateRelease, Decision, Deploy, Event, Finding, LockScope, Outcome,
    PlanDifference, Rejection, State, check,
};
use kuberpult_tests::generate::{histories, histories_of_any_start, trains, turns};
use kuberpult_tests::law::{Holds, holds};
use kuberpult_tests::naive::Naive;
use kuberpult_tests::run::{Run, Step};
use proptest::collection::vec;
use proptest::{prop_assert, prop_assert_eq};

/// Running one history twice gives equal states, events and commit ids.
#[test]
fn same_history_gives_same_state() {
    holds(histories_of_any_start(), |history| {
        let (one, other) = (Run::of(&history), Run::of(&history));
        prop_assert_eq!(&one.state, &other.state);
        for (one, other) in one.steps.iter().zip(&other.steps) {
            prop_assert_eq!(&one.result, &other.result);
        }
        Ok(())
    });
    crate::manifest_repository::same_history_gives_same_commits();
}

/// Applying a decision's events, one by one, gives the state that the command leads to.
#[test]
fn events_replay_to_the_state() {
    holds(histories_of_any_start(), |history| {
        for step in Run::of(&history).steps {
            let mut replayed = step.before.clone();
            for event in step.events() {
                replayed.apply([event]);
            }
            prop_assert_eq!(&replayed, &step.after);
            // Where the command leads to, by the rules and not by the events.
            let mut naive = Naive::of(&step.before);
            naive.carry_out(&step.context, &step.command);
            prop_assert_eq!(Naive::of(&replayed), naive);
        }
        Ok(())
    });
}

/// After a rejection, state, branch and files are what they were.
#[test]
fn rejected_command_changes_nothing() {
    holds(histories_of_any_start(), |history| {
        let run = Run::of(&history);
        let mut without_rejected = history.start();
        for step in &run.steps {
            // Remembering is no command.
            without_rejected.past.clone_from(&step.before.past);
            if step.result.is_err() {
                prop_assert_eq!(&step.after, &step.before);
            } else {
                let again = Step::take(&without_rejected, &step.context, step.command.clone());
                prop_assert_eq!(&again.result, &step.result);
                without_rejected = again.after;
            }
        }
        prop_assert_eq!(&without_rejected, &run.state);
        Ok(())
    });
}

/// The events that a dry run shows are the events of the run that follows it.
#[test]
fn plan_is_what_happens() {
    holds(histories_of_any_start(), |history| {
        for step in Run::of(&history).steps {
            let plan = step.before.decide(&step.context, &step.command);
            prop_assert_eq!(&plan, &step.result);
            let mut state = step.before.clone();
            for event in plan.iter().flat_map(Decision::events) {
                let before = state.clone();
                state.apply([event]);
                event_tells_what_happens(event, &before, &state)?;
            }
            prop_assert_eq!(&state, &step.after);
        }
        Ok(())
    });
}

/// What an event says was there before, was there, and what it says is there now, is there.
fn event_tells_what_happens(event: &Event, before: &State, after: &State) -> Holds {
    event_changes_something(event, before, after)?;
    let (was, is) = (Naive::of(before), Naive::of(after));
    match event {
        Event::EnvironmentCreated { environment, config } => {
            prop_assert_eq!((was.config(environment), is.config(environment)), (None, Some(&**config)));
        }
        Event::EnvironmentUpdated { environment, from, to } => {
            prop_assert_eq!((was.config(environment), is.config(environment)), (Some(&**from), Some(&**to)));
        }
        Event::EnvironmentDeleted { environment, deleted } => {
            prop_assert_eq!(before.environments.get(environment), Some(&**deleted));
            prop_assert_eq!(after.environments.get(environment), None);
        }
        Event::RemovedFromEnvironment { environment, application, removed } => {
            prop_assert_eq!(before.slot(environment, application), Some(&**removed));
            prop_assert_eq!(after.slot(environment, application), None);
        }
        Event::ApplicationUndeployed { application } => {
            prop_assert!(was.knows(application));
            prop_assert!(!is.knows(application));
            prop_assert!(!is.slots().iter().any(|(_, with_slot)| with_slot == application));
        }
        Event::ReleaseCreated { application, version, release } => {
            let (was, is) = (was.release(application, *version), is.release(application, *version));
            prop_assert_eq!((was, is), (None, Some(release)));
        }
        Event::TeamChanged { application, from, to } => {
            prop_assert_eq!((was.team(application), is.team(application)), (from.as_ref(), to.as_ref()));
        }
        Event::SourceRepoUrlChanged { application, from, to } => {
            let url = |state: &State| state.applications.get(application)?.source_repo_url.clone();
            prop_assert_eq!((url(before), url(after)), (from.clone(), to.clone()));
        }
        Event::Deployed { environment, application, version, from, dequeued, manifest, .. } => {
            prop_assert_eq!(was.current_in(environment, application), *from);
            prop_assert_eq!(was.queued_in(environment, application), *dequeued);
            prop_assert_eq!(is.current_in(environment, application), Some(*version));
            prop_assert_eq!(is.queued_in(environment, application), None);
            let release = is.release(application, *version).unwrap();
            prop_assert_eq!(release.manifests.get(environment), manifest.as_ref());
            prop_assert!(manifest.is_some(), "what is decided has a manifest");
        }
        Event::Queued { environment, application, version, displaced, .. } => {
            prop_assert_eq!(was.queued_in(environment, application), *displaced);
            prop_assert_eq!(is.queued_in(environment, application), Some(*version));
        }
        Event::QueueDropped { environment, application, version, .. } => {
            prop_assert_eq!(was.queued_in(environment, application), Some(*version));
            prop_assert_eq!(is.queued_in(environment, application), None);
        }
        Event::LockCreated { scope, lock_id, lock, replaced } => {
            prop_assert_eq!(before.locks(scope).get(lock_id), replaced.as_deref());
            prop_assert_eq!(after.locks(scope).get(lock_id), Some(&**lock));
        }
        Event::LockDeleted { scope, lock_id, lock } => {
            prop_assert_eq!(before.locks(scope).get(lock_id), Some(&**lock));
            prop_assert_eq!(after.locks(scope).get(lock_id), None);
        }
        Event::ReleaseCleanedUp { application, version } => {
            prop_assert!(was.release(application, *version).is_some());
            prop_assert!(is.release(application, *version).is_none());
        }
    }
    Ok(())
}

/// An event changes something. The exceptions: a deployment of what is there is recorded again; and a new release
/// may wait already, in a queue whose release somebody else has removed.
fn event_changes_something(event: &Event, before: &State, after: &State) -> Holds {
    let recorded_again = match event {
        Event::Deployed { version, from, dequeued: None, .. } => *from == Some(*version),
        Event::Queued { version, displaced, .. } => *displaced == Some(*version),
        _ => false,
    };
    prop_assert_eq!(before == after, recorded_again, "{}", event);
    Ok(())
}

/// Deciding on the state restricted to a command's scope gives the same decision as on the whole state.
#[test]
fn scope_is_sufficient() {
    holds((histories_of_any_start(), vec(trains(), 8)), |(history, trains)| {
        let run = Run::of(&history);
        let tried = trains.iter().map(|train| train.resolve(&run.state, &run.now(), None));
        let tried = tried.map(|command| Step::take(&run.state, &run.now(), command));
        for Step { before, context, command, result, .. } in run.steps.iter().cloned().chain(tried) {
            let scope = command.scope(&before);
            let restricted = before.restricted_to(&scope);
            prop_assert_eq!(&restricted.decide(&context, &command), &result, "{:?}", command);
            // The scope is known from the configs alone, before anything else is read.
            let configs = before.restricted_to(&kuberpult_core::Scope::default());
            prop_assert_eq!(command.scope(&configs), scope, "{:?}", command);
        }
        Ok(())
    });
}

/// A command about one application leaves every other application's slots, locks and releases equal.
#[test]
fn unrelated_applications_do_not_interfere() {
    holds(histories_of_any_start(), |history| {
        for step in Run::of(&history).steps {
            let Some(concerned) = application_of(&step.command) else { continue };
            prop_assert_eq!(without(&step.before, concerned), without(&step.after, concerned));
        }
        Ok(())
    });
}

/// Two accepted commands about different applications lead to the same state in either order.
#[test]
fn commands_on_different_applications_commute() {
    holds((histories_of_any_start(), vec(turns(), 8)), |(history, turns)| {
        let run = Run::of(&history);
        let single: Vec<Step> = turns
            .iter()
            .map(|turn| run.tried(turn))
            .filter(|step| step.result.is_ok() && application_of(&step.command).is_some())
            .collect();
        for one in &single {
            for other in &single {
                if application_of(&one.command) == application_of(&other.command) {
                    continue;
                }
                let one_first = Step::take(&one.after, &other.context, other.command.clone());
                let other_first = Step::take(&other.after, &one.context, one.command.clone());
                prop_assert!(one_first.result.is_ok() && other_first.result.is_ok());
                prop_assert_eq!(one_first.after, other_first.after);
            }
        }
        Ok(())
    });
}

/// After any history of commands the checker finds no error (a warning about a config is no error).
#[test]
fn check_finds_no_error_after_any_history() {
    holds(histories(), |history| {
        for step in Run::of(&history).steps {
            let errors: Vec<Finding> = check(&step.after).into_iter().filter(Finding::is_error).collect();
            prop_assert_eq!(errors, [], "after {}", step.command);
        }
        Ok(())
    });
}

/// Each state, command, event and decision survives serialisation unchanged.
#[test]
fn json_round_trip() {
    holds(histories_of_any_start(), |history| {
        let run = Run::of(&history);
        for step in &run.steps {
            survives(&step.after)?;
            survives(&step.command)?;
            survives(&step.context)?;
            if let Ok(decision) = &step.result {
                survives(decision)?;
                // As a plan, and what has become of it when it is carried out later.
                let now = run.state.decide(&step.context, &step.command);
                let now = now.as_ref().map_or(&[][..], Decision::events);
                survives(&PlanDifference::between(decision.events(), now))?;
            }
            for event in step.events() {
                survives(event)?;
            }
            for finding in check(&step.after) {
                survives(&finding)?;
            }
            codes_are_told(step)?;
        }
        for environment in run.state.environments.keys() {
            for application in run.state.applications.keys() {
                survives(&run.state.why(&run.now(), environment, application).unwrap())?;
            }
        }
        Ok(())
    });
}

/// What has a code says it under that key, and says the same to Rust and to JSON.
fn codes_are_told(step: &Step) -> Holds {
    let said =
        |json: Result<serde_json::Value, _>| json.unwrap().get("code").unwrap().as_str().unwrap().to_owned();
    for refusal in step.result.as_ref().err().map_or(&[][..], Rejection::refusals) {
        prop_assert_eq!(said(serde_json::to_value(refusal)), refusal.code());
    }
    let reports = step.result.iter().map(Decision::report);
    let reports = reports.flat_map(|report| report.batch.iter().chain([report]));
    for stop in reports.filter_map(|report| report.train.as_ref()).flat_map(|train| &train.environments) {
        if let Some(cause) = &stop.skipped {
            prop_assert_eq!(said(serde_json::to_value(cause)), cause.code());
        }
        for report in &stop.applications {
            match &report.outcome {
                Outcome::Skipped { cause } => {
                    prop_assert_eq!(said(serde_json::to_value(cause)), cause.code());
                }
                Outcome::Queued { blockers, .. } | Outcome::Blocked { blockers, .. } => {
                    for blocker in blockers {
                        prop_assert_eq!(said(serde_json::to_value(blocker)), blocker.code());
                    }
                }
                Outcome::Deployed { .. } => {}
            }
        }
    }
    Ok(())
}

fn survives<T>(thing: &T) -> Holds
where
    T: serde::Serialize + serde::de::DeserializeOwned + PartialEq + std::fmt::Debug,
{
    let text = serde_json::to_string(thing).unwrap();
    match serde_json::from_str::<T>(&text) {
        Ok(read) => prop_assert_eq!(&read, thing, "{}", text),
        Err(error) => prop_assert!(false, "{} in {}", error, text),
    }
    Ok(())
}

/// The one application that a command is about.
fn application_of(command: &Command) -> Option<&ApplicationName> {
    match command {
        Command::CreateRelease(CreateRelease { application, .. })
        | Command::Deploy(Deploy { application, .. })
        | Command::CreateApplicationLock { application, .. }
        | Command::DeleteApplicationLock { application, .. }
        | Command::PrepareUndeploy { application }
        | Command::Undeploy { application }
        | Command::RemoveFromEnvironment { application, .. } => Some(application),
        Command::Batch { commands } => {
            let (first, others) = commands.split_first()?;
            let application = application_of(first)?;
            others.iter().all(|other| application_of(other) == Some(application)).then_some(application)
        }
        Command::CreateEnvironment { .. }
        | Command::UpdateEnvironment { .. }
        | Command::DeleteEnvironment { .. }
        | Command::CreateEnvironmentLock { .. }
        | Command::CreateTeamLock { .. }
        | Command::CreateGroupLock { .. }
        | Command::DeleteEnvironmentLock { .. }
        | Command::DeleteTeamLock { .. }
        | Command::DeleteGroupLock { .. }
        | Command::ReleaseTrain(_)
        | Command::SettleQueue { .. } => None,
    }
}

/// A state as flat lists, with nothing of one application in them.
fn without(state: &State, left_out: &ApplicationName) -> Naive {
    let mut naive = Naive::of(state);
    naive.applications.retain(|(application, _)| application != left_out);
    naive.releases.retain(|(application, _, _)| application != left_out);
    naive.current.retain(|(_, application, _)| application != left_out);
    naive.queued.retain(|(_, application, _)| application != left_out);
    naive.locks.retain(|(scope, _, _)| match scope {
        LockScope::Application { application, .. } => application != left_out,
        LockScope::Environment { .. } | LockScope::Team { .. } => true,
    });
    naive
}
