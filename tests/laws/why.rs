//! The law about explanations.

use kuberpult_core::{
    ApplicationName, Command, Context, Deploy, EnvironmentName, OnLock, Refusal, ReleaseTrain, Scope, State,
    TrainTargetType, Version, Way, Why,
};
use kuberpult_tests::generate::histories_of_any_start;
use kuberpult_tests::law::{Holds, holds};
use kuberpult_tests::naive::Naive;
use kuberpult_tests::run::{Run, Step};
use proptest::{prop_assert, prop_assert_eq};

/// What `why` names as blockers of a slot is exactly what an automatic deployment there is stopped by.
#[test]
fn why_agrees_with_deciding() {
    holds(histories_of_any_start(), |history| {
        let run = Run::of(&history);
        let (state, context) = (&run.state, run.now());
        let naive = Naive::of(state);
        for (environment, _) in &naive.environments {
            for (application, _) in &naive.applications {
                let slot = Slot { state, context: &context, environment, application };
                let why = state.why(&context, environment, application).unwrap();
                slot.tells_what_is_there(&naive, &why)?;
                slot.blockers_stop_deployments(&naive, &why)?;
                slot.train_does_what_was_said(&why)?;
                slot.ways_lead_there(&naive, &why)?;
                let versions = naive.releases.iter().filter(|(name, _, _)| name == application);
                for (_, version, _) in versions {
                    let mut why_not = state.why_not(&context, environment, application, *version).unwrap();
                    prop_assert_eq!(why_not.wanted, Some(*version));
                    slot.ways_lead_there(&naive, &why_not)?;
                    (why_not.wanted, why_not.ways) = (why.wanted, why.ways.clone());
                    prop_assert_eq!(&why_not, &why);
                }
            }
        }
        Ok(())
    });
}

/// One application in one environment.
struct Slot<'a> {
    state: &'a State,
    context: &'a Context,
    environment: &'a EnvironmentName,
    application: &'a ApplicationName,
}

impl Slot<'_> {
    fn tells_what_is_there(&self, naive: &Naive, why: &Why) -> Holds {
        let (environment, application) = (self.environment, self.application);
        let (current, queued) = (why.current.as_ref(), why.queued.as_ref());
        prop_assert_eq!(current.map(|it| it.version), naive.current_in(environment, application));
        prop_assert_eq!(queued.map(|it| it.version), naive.queued_in(environment, application));
        prop_assert_eq!(why.team.as_ref(), naive.team(application));
        prop_assert_eq!(why.newest.map(|newest| newest.version), naive.newest(application));
        if let Some(newest) = why.newest {
            prop_assert_eq!(newest.has_manifest, self.is_deployable(naive, newest.version));
        }
        let scope = Scope::of_why(self.state, environment, application, None);
        let restricted = self.state.restricted_to(&scope).why(self.context, environment, application);
        prop_assert_eq!(&restricted.unwrap(), why);
        Ok(())
    }

    fn blockers_stop_deployments(&self, naive: &Naive, why: &Why) -> Holds {
        prop_assert_eq!(&why.blockers, &naive.blockers(self.context.now, self.environment, self.application));
        for (environment, application, version) in naive.deployable() {
            if environment != *self.environment || application != *self.application {
                continue;
            }
            let deploy = Deploy { environment, application, version, on_lock: OnLock::Fail, reason: None };
            match self.state.decide(self.context, &Command::Deploy(deploy)) {
                Ok(_) => prop_assert_eq!(&why.blockers, &[]),
                Err(rejection) => match rejection.refusals() {
                    [Refusal::Blocked { blockers, .. }] => prop_assert_eq!(blockers, &why.blockers),
                    others => prop_assert!(false, "refused for something else: {:?}", others),
                },
            }
        }
        Ok(())
    }

    fn train_does_what_was_said(&self, why: &Why) -> Holds {
        let target_type = Some(TrainTargetType::Environment);
        let train = ReleaseTrain { target_type, ..ReleaseTrain::new(self.environment.as_str()) };
        let decision = self.state.decide(self.context, &Command::ReleaseTrain(train.clone())).unwrap();
        let stops = &decision.report().train.as_ref().unwrap().environments;
        prop_assert_eq!(stops.len(), 1);
        for stop in stops {
            prop_assert_eq!(&stop.upstream, &why.next_train.upstream);
            prop_assert_eq!(&stop.skipped, &why.next_train.skipped);
            let candidate = stop.applications.iter().find(|it| it.application == *self.application);
            prop_assert_eq!(candidate.map(|it| &it.outcome), why.next_train.outcome.as_ref());
            let candidates = Naive::of(self.state).candidates(&train, self.environment);
            let version = candidates.into_iter().find(|(name, _)| name == self.application);
            if stop.upstream.is_some() {
                prop_assert_eq!(version.and_then(|(_, version)| version), why.next_train.version);
            }
        }
        Ok(())
    }

    /// Each way leads to the wanted version. Where the version can be deployed there is a way, and nowhere else.
    fn ways_lead_there(&self, naive: &Naive, why: &Why) -> Holds {
        let current = naive.current_in(self.environment, self.application);
        let Some(wanted) = why.wanted else {
            prop_assert_eq!(&why.ways, &[]);
            return Ok(());
        };
        let can_come = current != Some(wanted) && self.is_deployable(naive, wanted);
        prop_assert_eq!(!why.ways.is_empty(), can_come);
        for way in &why.ways {
            prop_assert_eq!(self.reached_by(way), Some(wanted), "{}", way);
        }
        Ok(())
    }

    /// What is current after the commands of a way, of which the last alone waits.
    fn reached_by(&self, way: &Way) -> Option<Version> {
        let then = Context { now: way.not_before.unwrap_or(self.context.now), ..self.context.clone() };
        let mut state = self.state.clone();
        for (index, command) in (1..).zip(&way.commands) {
            let context = if index == way.commands.len() { &then } else { self.context };
            let step = Step::take(&state, context, command.clone());
            assert!(step.result.is_ok(), "{command} was refused");
            state = step.after;
        }
        state.slot(self.environment, self.application)?.current
    }

    fn is_deployable(&self, naive: &Naive, version: Version) -> bool {
        let release = naive.release(self.application, version);
        release.is_some_and(|release| release.manifests.contains_key(self.environment))
    }
}
