//! Laws about release trains.

use kuberpult_core::{
    Command, Context, EnvironmentName, EnvironmentReport, Event, Outcome, ReleaseTrain, TeamName,
    TrainOnLock, TrainReport, TrainTargetType, Version,
};
use kuberpult_tests::alphabet;
use kuberpult_tests::generate::{History, histories, histories_of_any_start, trains};
use kuberpult_tests::intent::Intent;
use kuberpult_tests::law::holds;
use kuberpult_tests::naive::{Naive, Placed};
use kuberpult_tests::run::{Run, Step};
use proptest::collection::vec;
use proptest::prelude::Strategy;
use proptest::{prop_assert, prop_assert_eq};

/// Every application that a train deploys ends at its upstream version.
#[test]
fn train_copies_upstream() {
    holds(with_trains(histories_of_any_start()), |(history, trains)| {
        for Journey { step, train, report } in journeys(&history, &trains) {
            let (before, after) = (Naive::of(&step.before), Naive::of(&step.after));
            for (environment, application, version) in deployments(&step) {
                let candidates = before.candidates(&train, &environment);
                let upstream = candidates.iter().find(|(name, _)| *name == application);
                prop_assert_eq!(upstream, Some(&(application.clone(), Some(version))));
                prop_assert_eq!(after.current_in(&environment, &application), Some(version));
                let outcome = outcome_of(&report, &environment, application.as_str());
                let as_told = matches!(outcome, Some(Outcome::Deployed { to, .. }) if *to == version);
                prop_assert!(as_told, "{:?}", outcome);
            }
        }
        Ok(())
    });
}

/// A second train to the same environment right after the first changes nothing.
#[test]
fn train_is_idempotent() {
    holds(with_trains(histories_of_any_start()), |(history, trains)| {
        for Journey { step, report, .. } in journeys(&history, &trains) {
            if report.environments.len() == 1 {
                let again = Step::take(&step.after, &step.context, step.command.clone());
                prop_assert_eq!(again.events(), []);
                prop_assert_eq!(again.after, step.after);
            }
        }
        Ok(())
    });
}

/// A train changes slots of its target environments only.
#[test]
fn train_touches_only_its_target() {
    holds(with_trains(histories_of_any_start()), |(history, trains)| {
        for Journey { step, train, .. } in journeys(&history, &trains) {
            let (mut before, mut after) = (Naive::of(&step.before), Naive::of(&step.after));
            let targets = before.targets(&train);
            for naive in [&mut before, &mut after] {
                naive.current.retain(|(environment, _, _)| !targets.contains(environment));
                naive.queued.retain(|(environment, _, _)| !targets.contains(environment));
                // Cleanup follows deployments; it has a law of its own.
                naive.releases.clear();
            }
            prop_assert_eq!(before, after);
        }
        Ok(())
    });
}

/// A team's train does to the team's applications what the whole train does, and nothing to others.
#[test]
fn train_for_team_is_a_subset() {
    holds(with_trains(histories_of_any_start()), |(history, trains)| {
        for Journey { step, train, .. } in journeys(&history, &trains) {
            let whole = ReleaseTrain { team: None, ..train.clone() };
            let whole = Step::take(&step.before, &step.context, Command::ReleaseTrain(whole));
            let before = Naive::of(&step.before);
            for team in (0..alphabet::VALID_TEAMS).map(alphabet::team) {
                let for_team = ReleaseTrain { team: Some(team.clone()), ..train.clone() };
                let for_team = Step::take(&step.before, &step.context, Command::ReleaseTrain(for_team));
                let of_team = |event: &&Event| team_concerned(&before, event) == Some(&team);
                let expected: Vec<&Event> = whole.events().iter().filter(of_team).collect();
                prop_assert_eq!(for_team.events().iter().collect::<Vec<_>>(), expected);
                let outcomes = |step: &Step| -> Vec<_> {
                    let reports = report_of(step).unwrap().environments;
                    let all = reports.into_iter().flat_map(|report| report.applications);
                    all.filter(|report| before.team(&report.application) == Some(&team)).collect()
                };
                prop_assert_eq!(outcomes(&for_team), outcomes(&whole));
            }
        }
        Ok(())
    });
}

/// A group's train does what its members' trains do, each decided on the state before.
#[test]
fn train_for_group_is_the_union() {
    holds(with_trains(histories_of_any_start()), |(history, trains)| {
        for Journey { step, train, report } in journeys(&history, &trains) {
            let mut events = Vec::new();
            let mut reports = Vec::new();
            for member in Naive::of(&step.before).targets(&train) {
                let alone = ReleaseTrain {
                    target: member.to_string(),
                    target_type: Some(TrainTargetType::Environment),
                    ..train.clone()
                };
                let alone = Step::take(&step.before, &step.context, Command::ReleaseTrain(alone));
                events.extend(alone.events().iter().filter(|event| !is_cleanup(event)).cloned());
                reports.extend(report_of(&alone).unwrap().environments);
            }
            let together = step.events().iter().filter(|event| !is_cleanup(event));
            prop_assert_eq!(together.cloned().collect::<Vec<_>>(), events);
            prop_assert_eq!(report.environments, reports);
        }
        Ok(())
    });
}

/// Every candidate application has exactly one outcome.
#[test]
fn no_candidate_is_forgotten() {
    holds(with_trains(histories_of_any_start()), |(history, trains)| {
        for Journey { step, train, report } in journeys(&history, &trains) {
            let before = Naive::of(&step.before);
            let visited: Vec<_> =
                report.environments.iter().map(|report| report.environment.clone()).collect();
            prop_assert_eq!(visited, before.targets(&train));
            for EnvironmentReport { environment, applications, .. } in &report.environments {
                if before.unusable_upstream(environment).is_none() {
                    let expected = before.candidates(&train, environment);
                    let expected: Vec<_> = expected.iter().map(|(application, _)| application).collect();
                    let found: Vec<_> = applications.iter().map(|report| &report.application).collect();
                    prop_assert_eq!(found, expected);
                }
            }
        }
        Ok(())
    });
}

/// With an environment-level blocker a train changes nothing in that environment.
#[test]
fn blocked_environment_stops_the_train() {
    holds(with_trains(histories_of_any_start()), |(history, trains)| {
        for Journey { step, .. } in journeys(&history, &trains) {
            let (before, after) = (Naive::of(&step.before), Naive::of(&step.after));
            for (environment, _) in &before.environments {
                if is_blocked(&before, &step.context, environment) {
                    let there = |placed: &[Placed]| -> Vec<Placed> {
                        placed.iter().filter(|placed| placed.0 == *environment).cloned().collect()
                    };
                    prop_assert_eq!(there(&before.current), there(&after.current));
                    prop_assert_eq!(there(&before.queued), there(&after.queued));
                }
            }
        }
        Ok(())
    });
}

/// A candidate with application-level blockers only ends queued at its upstream version.
#[test]
fn blocked_application_is_queued_by_the_train() {
    holds(with_trains(histories()), |(history, trains)| {
        for Journey { step, train, report } in journeys(&history, &trains) {
            if train.on_lock == TrainOnLock::Skip {
                continue;
            }
            let (before, after) = (Naive::of(&step.before), Naive::of(&step.after));
            for environment in before.targets(&train) {
                if is_blocked(&before, &step.context, &environment)
                    || before.unusable_upstream(&environment).is_some()
                {
                    continue;
                }
                for (application, version) in before.candidates(&train, &environment) {
                    let Some(version) = version else { continue };
                    let blockers = before.blockers(step.context.now, &environment, &application);
                    if blockers.is_empty()
                        || !would_change(&before, &environment, application.as_str(), version)
                    {
                        continue;
                    }
                    prop_assert_eq!(after.queued_in(&environment, &application), Some(version));
                    prop_assert_eq!(
                        after.current_in(&environment, &application),
                        before.current_in(&environment, &application)
                    );
                    let outcome = outcome_of(&report, &environment, application.as_str());
                    prop_assert!(
                        matches!(outcome, Some(Outcome::Queued { blockers: named, .. }) if *named == blockers),
                        "{:?}",
                        outcome
                    );
                }
            }
        }
        Ok(())
    });
}

/// One train that was accepted.
struct Journey {
    step: Step,
    train: ReleaseTrain,
    report: TrainReport,
}

/// A history, and some trains to try on what it leads to.
fn with_trains(histories: impl Strategy<Value = History>) -> impl Strategy<Value = (History, Vec<Intent>)> {
    (histories, vec(trains(), 6))
}

/// The accepted trains of a history, and those that are tried on what it leads to.
fn journeys(history: &History, trains: &[Intent]) -> Vec<Journey> {
    let run = Run::of(history);
    let tried = trains.iter().map(|intent| run.clone().command(intent.resolve(&run.state, &run.now(), None)));
    let tried: Vec<Step> = tried.collect();
    run.single_steps()
        .into_iter()
        .chain(tried)
        .filter_map(|step| {
            let Command::ReleaseTrain(train) = step.command.clone() else { return None };
            let report = report_of(&step)?;
            Some(Journey { step, train, report })
        })
        .collect()
}

fn report_of(step: &Step) -> Option<TrainReport> {
    step.result.as_ref().ok()?.report().train.clone()
}

fn outcome_of<'a>(
    report: &'a TrainReport,
    environment: &EnvironmentName,
    application: &str,
) -> Option<&'a Outcome> {
    let stop = report.environments.iter().find(|stop| stop.environment == *environment)?;
    let found = stop.applications.iter().find(|report| report.application.as_str() == application)?;
    Some(&found.outcome)
}

fn deployments(step: &Step) -> Vec<Placed> {
    let deployments = step.events().iter().filter_map(|event| match event.clone() {
        Event::Deployed { environment, application, version, .. } => {
            Some((environment, application, version))
        }
        _ => None,
    });
    deployments.collect()
}

fn is_cleanup(event: &Event) -> bool {
    matches!(event, Event::ReleaseCleanedUp { .. })
}

fn is_blocked(naive: &Naive, context: &Context, there: &EnvironmentName) -> bool {
    !naive.environment_blockers(context.now, there).is_empty()
}

fn would_change(naive: &Naive, there: &EnvironmentName, application: &str, version: Version) -> bool {
    let deployable = naive.deployable();
    deployable.iter().any(|placed| {
        placed.0 == *there
            && placed.1.as_str() == application
            && placed.2 == version
            && naive.current_in(there, &placed.1) != Some(version)
    })
}

fn team_concerned<'a>(naive: &'a Naive, event: &Event) -> Option<&'a TeamName> {
    match event {
        Event::Deployed { application, .. }
        | Event::Queued { application, .. }
        | Event::ReleaseCleanedUp { application, .. } => naive.team(application),
        _ => None,
    }
}
