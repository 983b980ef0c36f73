//! Release trains in the naive model.

use kuberpult_core::{
    ApplicationCause, ApplicationName, Blocker, Context, EnvironmentCause, EnvironmentName, Outcome,
    ReleaseTrain, TrainOnLock, TrainTargetType, Version,
};

use super::{Answer, Naive, refused};

/// What became of one target environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NaiveStop {
    /// The environment.
    pub environment: EnvironmentName,
    /// Why it was skipped, if it was.
    pub skipped: Option<EnvironmentCause>,
    /// Each candidate's outcome, in name order.
    pub outcomes: Vec<(ApplicationName, Outcome)>,
}

impl Naive {
    pub(super) fn train(&mut self, context: &Context, train: &ReleaseTrain) -> Answer {
        let targets = self.targets(train);
        if targets.is_empty() {
            return refused(["TRAIN_TARGET_NOT_FOUND"]);
        }
        if train.as_of.as_ref().is_some_and(|as_of| !self.past.iter().any(|(known, _)| known == as_of)) {
            return refused(["REVISION_NOT_FOUND"]);
        }
        // All are decided on the state before the train.
        let stops: Vec<NaiveStop> =
            targets.into_iter().map(|target| self.stop(context, train, target)).collect();
        let mut deployed = Vec::new();
        for stop in stops.iter().filter(|stop| stop.skipped.is_none()) {
            for (application, outcome) in &stop.outcomes {
                match outcome {
                    Outcome::Deployed { to, .. } => {
                        self.make_current(&stop.environment, application, *to);
                        deployed.push(application.clone());
                    }
                    Outcome::Queued { version, .. } => self.enqueue(&stop.environment, application, *version),
                    Outcome::Blocked { .. } | Outcome::Skipped { .. } => {}
                }
            }
        }
        for application in deployed {
            self.clean_up(&application);
        }
        Answer::Accepted(stops)
    }

    /// The environments that a train goes to.
    #[must_use]
    pub fn targets(&self, train: &ReleaseTrain) -> Vec<EnvironmentName> {
        let group = self.environments.iter().filter(|(_, config)| {
            config.environment_group.as_ref().is_some_and(|group| group.as_str() == train.target)
        });
        let group: Vec<_> = group.map(|(name, _)| name.clone()).collect();
        let environment = self.environments.iter().map(|(name, _)| name.clone());
        let environment: Vec<_> = environment.filter(|name| name.as_str() == train.target).collect();
        match train.target_type {
            Some(TrainTargetType::EnvironmentGroup) => group,
            Some(TrainTargetType::Environment) => environment,
            None if group.is_empty() => environment,
            None => group,
        }
    }

    fn stop(&self, context: &Context, train: &ReleaseTrain, environment: EnvironmentName) -> NaiveStop {
        if let Some(cause) = self.unusable_upstream(&environment) {
            return NaiveStop { environment, skipped: Some(cause), outcomes: Vec::new() };
        }
        let outcomes = self
            .candidates(train, &environment)
            .into_iter()
            .map(|(application, version)| {
                let outcome = self.outcome(context, train, &environment, &application, version);
                (application, outcome)
            })
            .collect();
        let blockers = self.environment_blockers(context.now, &environment);
        let is_lock = |blocker: &Blocker| matches!(blocker, Blocker::EnvironmentLock { .. });
        let skipped = match blockers.as_slice() {
            [] => None,
            some if some.iter().any(is_lock) => Some(EnvironmentCause::Locked { blockers }),
            _ => Some(EnvironmentCause::Frozen { blockers }),
        };
        NaiveStop { environment, skipped, outcomes }
    }

    /// What in the configs makes trains skip an environment.
    #[must_use]
    pub fn unusable_upstream(&self, environment: &EnvironmentName) -> Option<EnvironmentCause> {
        let Some(upstream) = self.config(environment).and_then(|config| config.upstream.clone()) else {
            return Some(EnvironmentCause::NoUpstream);
        };
        match (upstream.latest, upstream.environment) {
            (false, None) => Some(EnvironmentCause::NeitherLatestNorEnvironment),
            (true, Some(_)) => Some(EnvironmentCause::BothLatestAndEnvironment),
            (true, None) => None,
            (false, Some(upstream)) if self.config(&upstream).is_none() => {
                Some(EnvironmentCause::UpstreamNotFound { upstream })
            }
            (false, Some(upstream)) => {
                // Upstream as often as there are environments: whoever leads back does so by then.
                let mut cycle = vec![environment.clone()];
                let mut next = Some(upstream);
                for _ in &self.environments {
                    match next {
                        Some(next) if next == *environment => {
                            return Some(EnvironmentCause::UpstreamCycle { cycle });
                        }
                        Some(name) => {
                            let config = self.config(&name);
                            next = config.and_then(|config| config.upstream.clone()?.environment);
                            cycle.push(name);
                        }
                        None => {}
                    }
                }
                None
            }
        }
    }

    /// The applications that a train looks at, each with its upstream version if it has one.
    #[must_use]
    pub fn candidates(
        &self,
        train: &ReleaseTrain,
        environment: &EnvironmentName,
    ) -> Vec<(ApplicationName, Option<Version>)> {
        let upstream = self.config(environment).and_then(|config| config.upstream.clone());
        let mut candidates: Vec<_> = match upstream.and_then(|upstream| upstream.environment) {
            None => self
                .applications
                .iter()
                .map(|(application, _)| (application.clone(), self.newest(application)))
                .collect(),
            Some(upstream) => self
                .slots()
                .into_iter()
                .filter(|(there, _)| *there == upstream)
                .map(|(there, application)| {
                    let version = match &train.as_of {
                        None => self.current_in(&there, &application),
                        Some(as_of) => {
                            let then = self.past.iter().find(|(known, _)| known == as_of);
                            then.and_then(|(_, current)| super::find(current, &there, &application))
                        }
                    };
                    (application, version)
                })
                .collect(),
        };
        candidates
            .retain(|(application, _)| train.team.is_none() || self.team(application) == train.team.as_ref());
        candidates
    }

    fn outcome(
        &self,
        context: &Context,
        train: &ReleaseTrain,
        environment: &EnvironmentName,
        application: &ApplicationName,
        version: Option<Version>,
    ) -> Outcome {
        let Some(version) = version else {
            return Outcome::Skipped { cause: ApplicationCause::NoVersionUpstream };
        };
        let release = self.release(application, version);
        if !release.is_some_and(|release| release.manifests.contains_key(environment)) {
            return Outcome::Skipped { cause: ApplicationCause::NotInEnvironment { version } };
        }
        let current = self.current_in(environment, application);
        if current == Some(version) {
            return Outcome::Skipped { cause: ApplicationCause::AlreadyDeployed { version } };
        }
        let blockers = self.application_blockers(context.now, environment, application);
        if blockers.is_empty() {
            let dropped = self.queued_in(environment, application).filter(|queued| *queued != version);
            return Outcome::Deployed { from: current, to: version, dropped };
        }
        match train.on_lock {
            TrainOnLock::Skip => Outcome::Blocked { version, blockers },
            TrainOnLock::Queue => {
                let displaced = self.queued_in(environment, application).filter(|queued| *queued != version);
                Outcome::Queued { version, displaced, blockers }
            }
        }
    }
}
