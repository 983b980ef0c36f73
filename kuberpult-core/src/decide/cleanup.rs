//! Cleanup: old releases that are nowhere in use go after each deployment of their application, and after each
//! queued version of it that is dropped.
//!
//! Upstream's rule: of the releases older than the oldest version still in use, all but the newest 19 are
//! deleted. In use is what is current *or queued* in any environment; upstream forgets the queue.

use alloc::collections::BTreeMap;
use alloc::vec::{self, Vec};
use core::iter::Peekable;

use super::side_by_side::SideBySide;
use crate::{Application, ApplicationName, EnvironmentName, Event, Slot, State, Version};

/// An application that has so many releases that some may have to go, after an event by which one may.
pub(super) type Crowded<'a> = (&'a ApplicationName, &'a Application);

/// Appends what cleanup removes after the deployments and the dropped queues among the events.
///
/// A dropped queue counts because the order of unlocks must not matter: with one environment that deploys at
/// unlock and one that drops, a release would else stay or go depending on which came last.
pub(super) fn append_cleanup(state: &State, events: &mut Vec<Event>) {
    let changes = events.iter().filter_map(change_of);
    let settled = changes.filter(|(_, _, change)| matches!(change, Change::Deployed(_) | Change::Dropped));
    let mut settled: Vec<&ApplicationName> = settled.map(|(_, application, _)| application).collect();
    settled.sort();
    settled.dedup();
    let mut applications = SideBySide::new(&state.applications);
    let crowded = settled.into_iter().filter_map(|name| Some((name, applications.at(name)?)));
    let crowded = crowded.filter(|(_, application)| may_have_too_many(state, application)).collect();
    let removed = removed(state, events, crowded);
    events.extend(removed);
}

/// As [`append_cleanup`], where it is known which applications are crowded. Most are not, and a train over thousands
/// must not look each of them up again.
pub(super) fn append_cleanup_of(state: &State, mut crowded: Vec<Crowded<'_>>, events: &mut Vec<Event>) {
    crowded.sort_by_key(|(name, _)| *name);
    crowded.dedup_by_key(|(name, _)| *name);
    let removed = removed(state, events, crowded);
    events.extend(removed);
}

/// Whether an application has so many releases that some may have to go after one more.
pub(super) fn may_have_too_many(state: &State, application: &Application) -> bool {
    application.releases.len() > kept_before_oldest(state)
}

/// Whether some release of an application may have to go when a version of it has become current.
///
/// Nothing goes while a version is in use that is among those that are kept before the oldest one in use.
pub(super) fn may_lose_a_release(state: &State, application: &Application, current: Version) -> bool {
    application.releases.key_at(kept_before_oldest(state)).is_some_and(|kept| *kept < current)
}

/// How many releases older than the oldest one in use are kept.
fn kept_before_oldest(state: &State) -> usize {
    usize::try_from(state.settings.releases_kept.get() - 1).unwrap_or(usize::MAX)
}

/// What goes of some applications, each of them once and in name order.
///
/// A release that the events make cannot be among it: what is deployed after that is this release.
fn removed(state: &State, events: &[Event], mut crowded: Vec<Crowded<'_>>) -> Vec<Event> {
    let kept = kept_before_oldest(state);
    if !crowded.is_empty() {
        leave_out_those_in_use_elsewhere(state, events, kept, &mut crowded);
    }
    if crowded.is_empty() {
        return Vec::new();
    }
    let mut environments = After::all(state, events);
    let mut removed = Vec::new();
    for (name, application) in crowded {
        let in_use = environments.iter_mut().flat_map(|environment| environment.in_use(name)).flatten();
        if let Some(oldest) = oldest_in_use(application, kept, in_use) {
            let going = application.releases.count_below(&oldest).saturating_sub(kept);
            removed.extend(application.releases.keys().take(going).map(|version| {
                let (application, version) = (name.clone(), *version);
                Event::ReleaseCleanedUp { application, version }
            }));
        }
    }
    removed
}

/// Leaves out the applications of which nothing goes because of what is in use where the events change nothing. Often
/// this is each of them, and what the events change need not be put in order.
fn leave_out_those_in_use_elsewhere(
    state: &State,
    events: &[Event],
    kept: usize,
    crowded: &mut Vec<Crowded<'_>>,
) {
    let changes = events.iter().filter_map(change_of);
    let mut changed: Vec<&EnvironmentName> = changes.map(|(environment, _, _)| environment).collect();
    changed.dedup();
    let elsewhere = state.environments.iter().filter(|(name, _)| !changed.contains(name));
    let mut elsewhere: Vec<_> = elsewhere.map(|(_, there)| SideBySide::new(&there.slots)).collect();
    crowded.retain(|(name, application)| {
        let mut slots = elsewhere.iter_mut().filter_map(|slots| slots.at(name));
        application.releases.key_at(kept).is_some_and(|first_after_kept| {
            let is_kept =
                |version: Option<Version>| version.is_some_and(|version| version <= *first_after_kept);
            !slots.any(|slot| is_kept(slot.current) || is_kept(slot.queued))
        })
    });
}

/// The oldest version in use; none when nothing goes, which is known at the first that is old enough.
fn oldest_in_use(
    application: &Application,
    kept: usize,
    in_use: impl Iterator<Item = Version>,
) -> Option<Version> {
    let first_after_kept = *application.releases.key_at(kept)?;
    let mut oldest = None;
    for version in in_use {
        if version <= first_after_kept {
            return None;
        }
        oldest = Some(oldest.map_or(version, |oldest: Version| oldest.min(version)));
    }
    // While nothing is in use the newest stands for it, as upstream has it.
    oldest.or_else(|| application.newest())
}

/// One environment after the events.
struct After<'a> {
    slots: SideBySide<'a, ApplicationName, Slot>,
    /// In name order.
    changes: Peekable<vec::IntoIter<(&'a ApplicationName, Change)>>,
}

impl<'a> After<'a> {
    fn all(state: &'a State, events: &'a [Event]) -> Vec<Self> {
        let mut changes: BTreeMap<&EnvironmentName, Vec<_>> = BTreeMap::new();
        for (environment, application, change) in events.iter().filter_map(change_of) {
            changes.entry(environment).or_default().push((application, change));
        }
        let environments = state.environments.iter().map(|(name, environment)| {
            let mut changes = changes.remove(name).unwrap_or_default();
            changes.sort_by_key(|(application, _)| *application);
            Self { slots: SideBySide::new(&environment.slots), changes: changes.into_iter().peekable() }
        });
        environments.collect()
    }

    /// What is current and what is queued of an application that is higher than those asked for before.
    fn in_use(&mut self, name: &ApplicationName) -> [Option<Version>; 2] {
        let [current, queued] = self.slots.at(name).map_or([None, None], |slot| [slot.current, slot.queued]);
        while self.changes.next_if(|(changed, _)| *changed < name).is_some() {}
        match self.changes.next_if(|(changed, _)| *changed == name) {
            None => [current, queued],
            Some((_, Change::Deployed(version))) => [Some(version), None],
            Some((_, Change::Queued(version))) => [current, Some(version)],
            Some((_, Change::Dropped)) => [current, None],
        }
    }
}

/// What an event does to a slot.
enum Change {
    Deployed(Version),
    Queued(Version),
    Dropped,
}

/// The slot that an event changes, and how. INVARIANT: no two events of a decision that cleanup follows change the same
/// slot.
fn change_of(event: &Event) -> Option<(&EnvironmentName, &ApplicationName, Change)> {
    match event {
        Event::Deployed { environment, application, version, .. } => {
            Some((environment, application, Change::Deployed(*version)))
        }
        Event::Queued { environment, application, version, .. } => {
            Some((environment, application, Change::Queued(*version)))
        }
        Event::QueueDropped { environment, application, .. } => {
            Some((environment, application, Change::Dropped))
        }
        Event::EnvironmentCreated { .. }
        | Event::EnvironmentUpdated { .. }
        | Event::EnvironmentDeleted { .. }
        | Event::RemovedFromEnvironment { .. }
        | Event::ApplicationUndeployed { .. }
        | Event::ReleaseCreated { .. }
        | Event::TeamChanged { .. }
        | Event::SourceRepoUrlChanged { .. }
        | Event::LockCreated { .. }
        | Event::LockDeleted { .. }
        | Event::ReleaseCleanedUp { .. } => None,
    }
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
            let last_removed = application.releases.count_below(&oldest).checked_sub(last_kept + 1)?;
            application.releases.key_at(last_removed)?.next()
        }
    }
}
