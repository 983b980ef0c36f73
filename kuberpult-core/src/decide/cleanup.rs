//! Cleanup: old releases that are nowhere in use go after each deployment of their application, and after each
//! queued version of it that is dropped.
//!
//! Upstream's rule: of the releases older than the oldest version still in use, all but the newest 19 are
//! deleted. In use is what is current *or queued* in any environment; upstream forgets the queue.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use crate::{Application, ApplicationName, EnvironmentName, Event, State, Version};

/// What the events of a decision so far change for one application.
#[derive(Default)]
struct Changes<'a> {
    created: Option<Version>,
    /// Whether something was deployed, or left the queue without being deployed.
    settled: bool,
    /// Current and queued version after the events, where they differ from the state.
    slots: BTreeMap<&'a EnvironmentName, [Option<Version>; 2]>,
}

/// Appends what cleanup removes after the deployments and the dropped queues among the events.
///
/// A dropped queue counts because the order of unlocks must not matter: with one environment that deploys at
/// unlock and one that drops, a release would else stay or go depending on which came last.
pub(super) fn append_cleanup(state: &State, events: &mut Vec<Event>) {
    append_cleanup_of(state, events, |name| {
        state.applications.get(name).is_some_and(|application| may_have_too_many(state, application))
    });
}

/// As [`append_cleanup`], where it is known which applications [may have too many](may_have_too_many) releases.
/// Most have few, and a train over thousands must not look each of them up again.
pub(super) fn append_cleanup_of(
    state: &State,
    events: &mut Vec<Event>,
    may_have_too_many: impl Fn(&ApplicationName) -> bool,
) {
    let mut changed: BTreeMap<&ApplicationName, Changes<'_>> = BTreeMap::new();
    for event in &*events {
        match event {
            Event::ReleaseCreated { application, version, .. } => {
                changed.entry(application).or_default().created = Some(*version);
            }
            Event::Deployed { environment, application, version, .. } => {
                if may_have_too_many(application) {
                    let changes = changed.entry(application).or_default();
                    changes.settled = true;
                    changes.slots.insert(environment, [Some(*version), None]);
                }
            }
            Event::Queued { environment, application, version, .. } => {
                if may_have_too_many(application) {
                    let current = state.slot(environment, application).and_then(|slot| slot.current);
                    let changes = changed.entry(application).or_default();
                    changes.slots.insert(environment, [current, Some(*version)]);
                }
            }
            Event::QueueDropped { environment, application, .. } => {
                if may_have_too_many(application) {
                    let current = state.slot(environment, application).and_then(|slot| slot.current);
                    let changes = changed.entry(application).or_default();
                    changes.settled = true;
                    changes.slots.insert(environment, [current, None]);
                }
            }
            Event::EnvironmentCreated { .. }
            | Event::EnvironmentUpdated { .. }
            | Event::EnvironmentDeleted { .. }
            | Event::RemovedFromEnvironment { .. }
            | Event::ApplicationUndeployed { .. }
            | Event::TeamChanged { .. }
            | Event::SourceRepoUrlChanged { .. }
            | Event::LockCreated { .. }
            | Event::LockDeleted { .. }
            | Event::ReleaseCleanedUp { .. } => {}
        }
    }
    let removed: Vec<Event> = changed
        .into_iter()
        .filter(|(_, changes)| changes.settled)
        .flat_map(|(application, changes)| {
            removed(state, application, &changes)
                .into_iter()
                .map(|version| Event::ReleaseCleanedUp { application: application.clone(), version })
        })
        .collect();
    events.extend(removed);
}

/// Whether an application has so many releases that some may have to go after one more.
pub(super) fn may_have_too_many(state: &State, application: &Application) -> bool {
    application.releases.len() > kept_before_oldest(state)
}

/// How many releases older than the oldest one in use are kept.
fn kept_before_oldest(state: &State) -> usize {
    usize::try_from(state.settings.releases_kept.get() - 1).unwrap_or(usize::MAX)
}

fn removed(state: &State, name: &ApplicationName, changes: &Changes<'_>) -> Vec<Version> {
    let Some(application) = state.applications.get(name) else { return Vec::new() };
    let in_use =
        state.environments.iter().flat_map(|(environment, there)| {
            changes.slots.get(environment).copied().unwrap_or_else(|| {
                there.slots.get(name).map_or([None, None], |slot| [slot.current, slot.queued])
            })
        });
    // While nothing is in use the newest stands for it, as upstream has it.
    let Some(oldest) = in_use.flatten().min().or_else(|| application.newest()) else { return Vec::new() };
    let created = changes.created.filter(|version| *version < oldest);
    let mut older: Vec<Version> =
        application.releases.range(..oldest).map(|(version, _)| *version).chain(created).collect();
    older.sort_unstable();
    older.truncate(older.len().saturating_sub(kept_before_oldest(state)));
    older
}

/// The oldest version that cleanup would keep if it were added now; none when it would keep any.
pub(super) fn oldest_kept(
    state: &State,
    name: &ApplicationName,
    application: &Application,
) -> Option<Version> {
    let slots = state.environments.values().filter_map(|environment| environment.slots.get(name));
    let oldest = slots
        .flat_map(|slot| [slot.current, slot.queued])
        .flatten()
        .min()
        .or_else(|| application.newest())?;
    let kept = kept_before_oldest(state);
    match kept.checked_sub(1) {
        None => Some(oldest),
        Some(last_kept) => {
            let mut newest_first = application.releases.range(..oldest).rev();
            newest_first.nth(last_kept).and_then(|(version, _)| version.next())
        }
    }
}
