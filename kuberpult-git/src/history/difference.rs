//! The events between two trees: the parts of the two states that are different are read, and no more.

mod surroundings;

use std::collections::BTreeSet;

use gix::ObjectId;
use kuberpult_core::{
    ApplicationName, EnvironmentName, Event, NameError, Release, ReleasePart, Scope, Slot, State, TeamName,
    Time, Version,
};

use super::HistoryFilter;
use crate::ReadError;
use crate::layout::{
    APPLICATIONS, CONFIG, DEPLOYED_AT_UTC, DEPLOYED_BY, DEPLOYED_BY_EMAIL, ENVIRONMENTS, LOCKS, RELEASES,
    SOURCE_REPO_URL, TEAM, TEAMS,
};
use crate::read_state::{self, A_VERSION};
use crate::store::Store;
use crate::tree::Directory;
use crate::tree_difference::{Changed, Side};

/// The events that lead from one tree, or from nothing, to another, and what of the trees cannot be read. Of what cannot
/// pass the filter no more is there than what others are told with.
pub(super) fn events(
    store: &Store,
    before: Option<ObjectId>,
    after: ObjectId,
    at: Option<Time>,
    filter: &HistoryFilter,
) -> (Vec<Event>, Vec<ReadError>) {
    let root = Changed::roots(store, before, after);
    let mut parts = Parts {
        root: &root,
        filter,
        before: State::default(),
        after: State::default(),
        read: BTreeSet::new(),
        redeployed: BTreeSet::new(),
        errors: Vec::new(),
    };
    parts.read_changes();
    parts.read_surroundings(at.is_some());
    parts.into_events(at)
}

/// The parts of two states that are different, as far as they have been read.
struct Parts<'a> {
    root: &'a Changed<'a>,
    filter: &'a HistoryFilter,
    before: State,
    after: State,
    /// What was read on both sides, or could not be.
    read: BTreeSet<Part>,
    /// Where what was deployed was deployed again.
    redeployed: BTreeSet<(EnvironmentName, ApplicationName)>,
    errors: Vec<ReadError>,
}

/// A part that others are told with.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Config(EnvironmentName),
    Locks(EnvironmentName),
    TeamLocks(EnvironmentName, TeamName),
    Owner(ApplicationName),
    Release(ApplicationName, Version),
}

impl<'a> Parts<'a> {
    fn read_changes(&mut self) {
        let changed = self.entries(self.root);
        let named = |name| changed.iter().find(|changed| changed.name() == name);
        if let Some(environments) = named(ENVIRONMENTS) {
            for environment in self.entries(environments) {
                self.environment(&environment);
            }
        }
        if let Some(applications) = named(APPLICATIONS)
            && (self.filter.environment.is_none() || self.is_a_slot_gone())
        {
            for application in self.entries(applications) {
                self.application(&application);
            }
        }
    }

    fn environment(&mut self, changed: &Changed<'a>) {
        let Some(name) = self.name(changed, EnvironmentName::existing) else { return };
        if self.filter.environment.as_ref().is_some_and(|only| *only != name) {
            return;
        }
        let put = |state: &mut State, ()| {
            state.environments.entry(name.clone()).or_default();
        };
        if !self.read(changed, |_| Ok(()), put) {
            return;
        }
        // What is told of an environment that is gone is all that was in it.
        let only = self.filter.application.as_ref().filter(|_| self.after.environments.contains_key(&name));
        for part in self.entries(changed) {
            match part.name() {
                APPLICATIONS => {
                    for slot in self.entries(&part) {
                        if only.is_none_or(|only| only.as_str() == slot.name()) {
                            self.slot(&name, &slot);
                        }
                    }
                }
                CONFIG if only.is_none() => self.config(&name, changed),
                LOCKS if only.is_none() => self.environment_locks(&name, changed),
                TEAMS if only.is_none() => {
                    for team in self.entries(&part) {
                        self.team_locks(&name, &team);
                    }
                }
                _ => {}
            }
        }
    }

    fn config(&mut self, name: &EnvironmentName, environment: &Changed<'a>) {
        self.read.insert(Part::Config(name.clone()));
        self.read(environment, read_state::config, |state, config| {
            if let Some(environment) = state.environments.get_mut(name) {
                environment.config = config;
            }
        });
    }

    fn environment_locks(&mut self, name: &EnvironmentName, environment: &Changed<'a>) {
        self.read.insert(Part::Locks(name.clone()));
        self.read(environment, read_state::locks, |state, locks| {
            if let Some(environment) = state.environments.get_mut(name) {
                environment.locks = locks;
            }
        });
    }

    fn team_locks(&mut self, name: &EnvironmentName, changed: &Changed<'a>) {
        let Some(team) = self.name(changed, TeamName::existing) else { return };
        self.read.insert(Part::TeamLocks(name.clone(), team.clone()));
        self.read(changed, read_state::locks, |state, locks| {
            if let Some(environment) = state.environments.get_mut(name)
                && !locks.is_empty()
            {
                environment.team_locks.insert(team.clone(), locks);
            }
        });
    }

    fn slot(&mut self, name: &EnvironmentName, changed: &Changed<'a>) {
        let Some(application) = self.name(changed, ApplicationName::existing) else { return };
        let read = |slot: &Directory<'_>| read_state::slot(slot, &application, true);
        self.read(changed, read, |state, slot| {
            if let Some(environment) = state.environments.get_mut(name)
                && !slot.is_empty()
            {
                environment.slots.insert(application.clone(), slot);
            }
        });
        let current = |state: &State| state.slot(name, &application).and_then(|slot| slot.current);
        if current(&self.after).is_some()
            && current(&self.after) == current(&self.before)
            && self.is_deployed_again(changed)
            && let Some(environment) = self.before.environments.get_mut(name)
            && let Some(slot) = environment.slots.get_mut(&application)
        {
            // To states it is a deployment if nothing was there.
            slot.current = None;
            self.redeployed.insert((name.clone(), application));
        }
    }

    /// Whether the files of a slot say that somebody has deployed something there.
    fn is_deployed_again(&mut self, slot: &Changed<'a>) -> bool {
        self.entries(slot).iter().any(|file| {
            matches!(file.name(), DEPLOYED_AT_UTC | DEPLOYED_BY | DEPLOYED_BY_EMAIL)
                && file.is_there(Side::After)
        })
    }

    /// Whether a slot in which nothing was deployed is gone: whether its application is, too, makes a difference.
    fn is_a_slot_gone(&self) -> bool {
        self.before.environments.iter().any(|(name, environment)| {
            environment.slots.keys().any(|application| {
                let after = self.after.slot(name, application);
                after.is_none_or(Slot::is_empty)
            })
        })
    }

    fn application(&mut self, changed: &Changed<'a>) {
        let Some(name) = self.name(changed, ApplicationName::existing) else { return };
        if self.filter.application.as_ref().is_some_and(|only| *only != name) {
            return;
        }
        let put = |state: &mut State, ()| {
            state.applications.entry(name.clone()).or_default();
        };
        if !self.read(changed, |_| Ok(()), put) {
            return;
        }
        // All that is told of an application that is gone is that it is; and of one environment, what happened there.
        if !self.after.applications.contains_key(&name) || self.filter.environment.is_some() {
            return;
        }
        for part in self.entries(changed) {
            match part.name() {
                TEAM | SOURCE_REPO_URL => self.owner(&name, changed),
                RELEASES => {
                    for release in self.entries(&part) {
                        self.release(&name, &release);
                    }
                }
                _ => {}
            }
        }
    }

    fn owner(&mut self, name: &ApplicationName, changed: &Changed<'a>) {
        if !self.read.insert(Part::Owner(name.clone())) {
            return;
        }
        let read = |application: &Directory<'_>| {
            Ok((read_state::team(application)?, application.text(SOURCE_REPO_URL)?))
        };
        self.read(changed, read, |state, (team, source_repo_url)| {
            if let Some(application) = state.applications.get_mut(name) {
                application.team = team;
                application.source_repo_url = source_repo_url.map(Into::into);
            }
        });
    }

    fn release(&mut self, name: &ApplicationName, changed: &Changed<'a>) {
        if !changed.is_directory() {
            return;
        }
        let Ok(version) = changed.name().parse::<Version>() else {
            return self.errors.push(changed.not_understood(A_VERSION, "another name"));
        };
        self.read.insert(Part::Release(name.clone(), version));
        let read = |release: &Directory<'_>| {
            // All that is told of a release that is gone is that it is.
            if changed.is_there(Side::After) {
                read_state::release(release, ReleasePart::Whole, &Scope::default(), &State::default())
            } else {
                Ok(Release::default())
            }
        };
        self.read(changed, read, |state, release| {
            if let Some(application) = state.applications.get_mut(name) {
                application.releases.insert(version, release);
            }
        });
    }

    /// The events that lead from the one to the other.
    fn into_events(self, at: Option<Time>) -> (Vec<Event>, Vec<ReadError>) {
        // Without a time no freeze windows have been read, and nothing else depends on it.
        let now = at.or_else(|| Time::from_unix(0));
        let mut events = now.map_or_else(Vec::new, |now| self.before.events_to(&self.after, now));
        for event in &mut events {
            if let Event::Deployed { environment, application, version, from, .. } = event
                && self.redeployed.contains(&(environment.clone(), application.clone()))
            {
                *from = Some(*version);
            }
        }
        (events, self.errors)
    }

    /// Reads a directory on both sides in the same way and puts what was read into the states. If one of them cannot
    /// be read, neither counts, and it says so.
    fn read<T>(
        &mut self,
        changed: &Changed<'a>,
        read: impl Fn(&Directory<'_>) -> Result<T, ReadError>,
        put: impl Fn(&mut State, T),
    ) -> bool {
        let read = |side| changed.directory(side)?.map(|directory| read(&directory)).transpose();
        let sides = read(Side::Before).and_then(|before| Ok((before, read(Side::After)?)));
        let Some((before, after)) = self.understood(sides) else { return false };
        for (value, state) in [(before, &mut self.before), (after, &mut self.after)] {
            if let Some(value) = value {
                put(state, value);
            }
        }
        true
    }

    fn entries(&mut self, changed: &Changed<'a>) -> Vec<Changed<'a>> {
        let entries = changed.entries();
        self.understood(entries).unwrap_or_default()
    }

    /// The name of a directory; files beside directories are not ours.
    fn name<T>(&mut self, changed: &Changed<'_>, existing: fn(&str) -> Result<T, NameError>) -> Option<T> {
        if !changed.is_directory() {
            return None;
        }
        let name = existing(changed.name());
        self.understood(name.map_err(|error| changed.not_understood("a safe name", error.to_string())))
    }

    fn understood<T>(&mut self, result: Result<T, ReadError>) -> Option<T> {
        result.map_err(|error| self.errors.push(error)).ok()
    }
}
