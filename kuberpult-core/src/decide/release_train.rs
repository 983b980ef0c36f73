//! Release trains: the versions of an upstream go to one or more environments.

use alloc::collections::{BTreeSet, btree_map};
use alloc::string::ToString;
use alloc::vec::Vec;
use core::iter::Peekable;

use super::cleanup::{append_cleanup_of, may_have_too_many};
use super::deploy::deployed;
use crate::blocking::Blocking;
use crate::{
    Application, ApplicationCause, ApplicationName, ApplicationReport, Context, Decision, DeploymentCause,
    Environment, EnvironmentCause, EnvironmentName, EnvironmentReport, Event, Outcome, Past, Refusal,
    Rejection, ReleaseTrain, Report, Slot, State, TrainOnLock, TrainReport, TrainTargetType, TrainUpstream,
    Version,
};

pub(super) fn decide(state: &State, context: &Context, train: &ReleaseTrain) -> Result<Decision, Rejection> {
    let (target_type, targets) = targets(state, train)?;
    let past = match &train.as_of {
        None => None,
        Some(revision) => Some(
            state
                .past
                .get(revision)
                .ok_or_else(|| Refusal::RevisionNotFound { revision: revision.clone() })?,
        ),
    };
    let mut planned = Planned::default();
    let environments = targets
        .into_iter()
        .map(|(name, environment)| {
            let blocking = environment.blocking(name, context.now);
            Stop { state, train, past, name, environment, blocking }.report(&mut planned)
        })
        .collect();
    let Planned { mut events, crowded } = planned;
    append_cleanup_of(state, &mut events, |application| crowded.contains(application));
    let ReleaseTrain { target, team, as_of, .. } = train.clone();
    let report = TrainReport { target, target_type, team, as_of, environments };
    Ok(Decision { events, report: Report { train: Some(report), ..Report::default() } })
}

type Targets<'a> = Vec<(&'a EnvironmentName, &'a Environment)>;

/// The environments that a train goes to, in name order.
pub(crate) fn targets<'a>(
    state: &'a State,
    train: &ReleaseTrain,
) -> Result<(TrainTargetType, Targets<'a>), Refusal> {
    if train.target_type != Some(TrainTargetType::Environment) {
        let members: Targets<'a> = state
            .environments
            .iter()
            .filter(|(_, environment)| {
                environment
                    .config
                    .environment_group
                    .as_ref()
                    .is_some_and(|group| group.as_str() == train.target)
            })
            .collect();
        if !members.is_empty() {
            return Ok((TrainTargetType::EnvironmentGroup, members));
        }
    }
    if train.target_type != Some(TrainTargetType::EnvironmentGroup)
        && let Some(environment) = state.environments.get_key_value(train.target.as_str())
    {
        return Ok((TrainTargetType::Environment, alloc::vec![environment]));
    }
    let groups = state
        .environments
        .values()
        .filter(|_| train.target_type != Some(TrainTargetType::Environment))
        .filter_map(|environment| Some(environment.config.environment_group.as_ref()?.to_string()));
    let environments = state
        .environments
        .keys()
        .filter(|_| train.target_type != Some(TrainTargetType::EnvironmentGroup))
        .map(ToString::to_string);
    let mut known: Vec<_> = groups.chain(environments).collect();
    known.sort();
    known.dedup();
    Err(Refusal::TargetNotFound { target: train.target.clone(), target_type: train.target_type, known })
}

/// What a train does so far.
#[derive(Default)]
struct Planned<'a> {
    events: Vec<Event>,
    /// The applications among them that cleanup has to look at.
    crowded: BTreeSet<&'a ApplicationName>,
}

/// One target environment of a train.
struct Stop<'a> {
    state: &'a State,
    train: &'a ReleaseTrain,
    /// What was current at the revision that the versions are taken from, if one is given.
    past: Option<&'a Past>,
    name: &'a EnvironmentName,
    environment: &'a Environment,
    blocking: Blocking<'a>,
}

impl<'a> Stop<'a> {
    fn report(&self, planned: &mut Planned<'a>) -> EnvironmentReport {
        let mut report = EnvironmentReport {
            environment: self.name.clone(),
            upstream: None,
            skipped: self.state.upstream_problem(self.name),
            applications: Vec::new(),
        };
        if report.skipped.is_some() {
            return report;
        }
        let events_before = planned.events.len();
        report.applications = match self.environment.config.upstream_environment() {
            Some(upstream) => {
                report.upstream = Some(TrainUpstream::Environment(upstream.clone()));
                let slots = self.state.environments.get(upstream).map(|upstream| &upstream.slots);
                let slots = slots.into_iter().flatten();
                match self.past {
                    None => self.outcomes(slots.map(|(name, slot)| (name, slot.current)), planned),
                    Some(past) => {
                        let then = past.current.get(upstream);
                        let version = |name| then.and_then(|then| then.get(name)).copied();
                        self.outcomes(slots.map(|(name, _)| (name, version(name))), planned)
                    }
                }
            }
            None => {
                report.upstream = Some(TrainUpstream::Latest);
                let applications = self.state.applications.iter();
                let candidates = applications.map(|(name, application)| (name, application.newest()));
                self.outcomes(candidates, planned)
            }
        };
        report.skipped = EnvironmentCause::of_blockers(self.blocking.environment_level());
        if report.skipped.is_some() {
            planned.events.truncate(events_before);
        }
        report
    }

    /// The outcome of each candidate, and the events of those that have any.
    ///
    /// Candidates come in name order, as slots and applications do: the three are walked side by side, so that
    /// the whole is linear in the number of candidates.
    fn outcomes(
        &self,
        candidates: impl Iterator<Item = (&'a ApplicationName, Option<Version>)>,
        planned: &mut Planned<'a>,
    ) -> Vec<ApplicationReport> {
        let mut applications = SideBySide(self.state.applications.iter().peekable());
        let mut slots = SideBySide(self.environment.slots.iter().peekable());
        let mut reports = Vec::with_capacity(candidates.size_hint().0);
        for (name, version) in candidates {
            let application = applications.at(name);
            let slot = slots.at(name);
            let team = application.and_then(|application| application.team.as_ref());
            if self.train.team.is_some() && self.train.team.as_ref() != team {
                continue;
            }
            if application.is_some_and(|application| may_have_too_many(self.state, application)) {
                planned.crowded.insert(name);
            }
            let outcome = self.outcome(name, version, application, slot, &mut planned.events);
            reports.push(ApplicationReport { application: name.clone(), outcome });
        }
        reports
    }

    fn outcome(
        &self,
        name: &ApplicationName,
        version: Option<Version>,
        application: Option<&Application>,
        slot: Option<&Slot>,
        events: &mut Vec<Event>,
    ) -> Outcome {
        let skipped = |cause| Outcome::Skipped { cause };
        let Some(version) = version else { return skipped(ApplicationCause::NoVersionUpstream) };
        let release = application.and_then(|application| application.releases.get(&version));
        let Some(manifest) = release.and_then(|release| release.manifests.get(self.name)) else {
            return skipped(ApplicationCause::NotInEnvironment { version });
        };
        if slot.is_some_and(|slot| slot.current == Some(version)) {
            return skipped(ApplicationCause::AlreadyDeployed { version });
        }
        let team = application.and_then(|application| application.team.as_ref());
        let blockers = self.blocking.application_level(name, team, slot);
        if blockers.is_empty() {
            let cause = DeploymentCause::ReleaseTrain;
            events.push(deployed(slot, self.name, name, version, *manifest, cause));
            return Outcome::Deployed { from: slot.and_then(|slot| slot.current), to: version };
        }
        match self.train.on_lock {
            TrainOnLock::Skip => Outcome::Blocked { version, blockers },
            TrainOnLock::Queue => {
                let displaced = slot.and_then(|slot| slot.queued).filter(|queued| *queued != version);
                if slot.and_then(|slot| slot.queued) != Some(version) {
                    events.push(Event::Queued {
                        environment: self.name.clone(),
                        application: name.clone(),
                        version,
                        displaced,
                        blockers: blockers.clone(),
                    });
                }
                Outcome::Queued { version, displaced, blockers }
            }
        }
    }
}

/// Looks ascending keys up in a map by walking along it.
struct SideBySide<'a, K, V>(Peekable<btree_map::Iter<'a, K, V>>);

impl<'a, K: Ord, V> SideBySide<'a, K, V> {
    /// The value at a key that is higher than those asked for before.
    fn at(&mut self, key: &K) -> Option<&'a V> {
        while self.0.next_if(|(candidate, _)| *candidate < key).is_some() {}
        self.0.next_if(|(candidate, _)| *candidate == key).map(|(_, value)| value)
    }
}
