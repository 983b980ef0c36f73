//! Release trains: the versions of an upstream go to one or more environments.

use alloc::collections::BTreeMap;
use alloc::string::ToString;
use alloc::vec::Vec;
use core::hint::black_box;

use super::cleanup::{Crowded, append_cleanup_of, may_lose_a_release};
use super::deploy::deployed;
use super::side_by_side::SideBySide;
use crate::blocking::Blocking;
use crate::{
    Application, ApplicationCause, ApplicationName, ApplicationReport, Context, Decision, DeploymentCause,
    Environment, EnvironmentCause, EnvironmentName, EnvironmentReport, Event, ManifestId, Note, Outcome,
    Past, Refusal, Rejection, Release, ReleaseTrain, Report, Slot, State, TrainOnLock, TrainReport,
    TrainTargetType, TrainUpstream, Version,
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
    append_cleanup_of(state, crowded, &mut events);
    let ReleaseTrain { target, team, as_of, .. } = train.clone();
    let report = TrainReport { target, target_type, team, as_of, environments };
    let notes = notes(&report);
    Ok(Decision { events, report: Report { notes, train: Some(report), ..Report::default() } })
}

/// That versions of the past were asked for, and newest releases taken.
fn notes(report: &TrainReport) -> Vec<Note> {
    let asked = report.as_of.iter().flat_map(|_| &report.environments);
    let latest = asked.filter(|stop| stop.upstream == Some(TrainUpstream::Latest));
    latest.map(|stop| Note::AsOfHasNoEffect { environment: stop.environment.clone() }).collect()
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

static NO_SLOTS: BTreeMap<ApplicationName, Slot> = BTreeMap::new();

/// What a train does so far.
#[derive(Default)]
struct Planned<'a> {
    events: Vec<Event>,
    /// The applications deployed by them that cleanup has to look at.
    crowded: Vec<Crowded<'a>>,
}

/// How many candidates are looked up together: enough that the processor need not wait for memory once for each of
/// them, and few enough that all of it is still in its nearest cache when they are decided.
const BATCH: usize = 32;

/// A candidate application, with what is decided about it on.
struct Candidate<'a> {
    name: &'a ApplicationName,
    version: Option<Version>,
    application: Option<&'a Application>,
    slot: Option<&'a Slot>,
    current: Option<Version>,
    /// What is there of the version; looked up for a batch at a time.
    release: Option<&'a Release>,
    /// The version's manifest for the target; looked up for a batch at a time.
    manifest: Option<ManifestId>,
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
        report.skipped = EnvironmentCause::of_blockers(self.blocking.environment_level());
        let mut nothing_happens = Planned::default();
        let planned = if report.skipped.is_some() { &mut nothing_happens } else { planned };
        report.applications = match self.environment.config.upstream_environment() {
            Some(upstream) => {
                report.upstream = Some(TrainUpstream::Environment(upstream.clone()));
                let slots =
                    self.state.environments.get(upstream).map_or(&NO_SLOTS, |upstream| &upstream.slots);
                match self.past {
                    None => self.outcomes(slots.iter().map(|(name, slot)| (name, slot.current)), planned),
                    Some(past) => {
                        let then = past.current.get(upstream);
                        let version = |name| then.and_then(|then| then.get(name)).copied();
                        self.outcomes(slots.keys().map(|name| (name, version(name))), planned)
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
        report
    }

    /// The outcome of each candidate, and the events of those that have any.
    ///
    /// Candidates come in name order, as slots and applications do: the three are walked side by side, so that
    /// the whole is linear in the number of candidates.
    fn outcomes(
        &self,
        candidates: impl ExactSizeIterator<Item = (&'a ApplicationName, Option<Version>)>,
        planned: &mut Planned<'a>,
    ) -> Vec<ApplicationReport> {
        let mut applications = SideBySide::new(&self.state.applications);
        let mut slots = SideBySide::new(&self.environment.slots);
        let mut reports = Vec::with_capacity(candidates.len());
        planned.events.reserve(candidates.len());
        let mut batch = Vec::with_capacity(BATCH);
        let mut place = 0;
        for (name, version) in candidates {
            let application = applications.at(name);
            let slot = slots.at(name);
            let team = application.and_then(|application| application.team.as_ref());
            if self.train.team.is_some() && self.train.team.as_ref() != team {
                continue;
            }
            let current = slot.and_then(|slot| slot.current);
            batch.push(Candidate {
                name,
                version,
                application,
                slot,
                current,
                release: None,
                manifest: None,
            });
            if batch.len() == BATCH {
                self.outcomes_of(&mut batch, &mut place, planned, &mut reports);
            }
        }
        self.outcomes_of(&mut batch, &mut place, planned, &mut reports);
        reports
    }

    /// Empties a batch of candidates into the reports. The place is where manifests for the target were found last.
    ///
    /// What is far away in memory is read in loops that do nothing else, so that what one candidate needs is fetched while
    /// others wait for theirs. Cloning a name would end that: the processor finishes all that came before it
    /// counts a reference.
    fn outcomes_of(
        &self,
        batch: &mut Vec<Candidate<'a>>,
        place: &mut usize,
        planned: &mut Planned<'a>,
        reports: &mut Vec<ApplicationReport>,
    ) {
        for candidate in &mut *batch {
            candidate.release = candidate
                .application
                .zip(candidate.version)
                .and_then(|(application, version)| application.releases.get(&version));
            // The references to a name are counted beside its text, which nothing else has read.
            black_box(candidate.name.as_str().as_bytes().first());
        }
        for candidate in &mut *batch {
            let found = candidate.release.and_then(|release| release.manifests.get_near(place, self.name));
            candidate.manifest = found.copied();
        }
        reports.extend(batch.drain(..).map(|candidate| {
            let outcome = self.outcome(&candidate, planned);
            ApplicationReport { application: candidate.name.clone(), outcome }
        }));
    }

    fn outcome(&self, candidate: &Candidate<'a>, planned: &mut Planned<'a>) -> Outcome {
        let skipped = |cause| Outcome::Skipped { cause };
        let &Candidate { name, version, application, slot, current, manifest, .. } = candidate;
        let Some(version) = version else { return skipped(ApplicationCause::NoVersionUpstream) };
        let Some((application, manifest)) = application.zip(manifest) else {
            return skipped(ApplicationCause::NotInEnvironment { version });
        };
        if current == Some(version) {
            return skipped(ApplicationCause::AlreadyDeployed { version });
        }
        let blockers = self.blocking.application_level(name, application.team.as_ref(), slot);
        if blockers.is_empty() {
            let cause = DeploymentCause::ReleaseTrain;
            planned.events.push(deployed(slot, self.name, name, version, manifest, cause));
            if may_lose_a_release(self.state, application, version) {
                planned.crowded.push((name, application));
            }
            let dropped = slot.and_then(|slot| slot.queued).filter(|queued| *queued != version);
            return Outcome::Deployed { from: current, to: version, dropped };
        }
        match self.train.on_lock {
            TrainOnLock::Skip => Outcome::Blocked { version, blockers },
            TrainOnLock::Queue => {
                let displaced = slot.and_then(|slot| slot.queued).filter(|queued| *queued != version);
                if slot.and_then(|slot| slot.queued) != Some(version) {
                    planned.events.push(Event::Queued {
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
