//! The events that lead from one state to another.

#[cfg(test)]
mod tests;

use alloc::boxed::Box;
use alloc::vec::Vec;

use crate::state::NO_LOCKS;
use crate::{
    Application, ApplicationName, DeploymentCause, Environment, EnvironmentName, Event, LockScope, Locks,
    ManifestId, QueueDropCause, Release, Slot, State, Time, Version,
};

impl State {
    /// The events that lead from this state to another one: [applied](State::apply) to this one, they give that one.
    ///
    /// With them a history can be told of which only states are left, and a state that was kept elsewhere can be written by
    /// whoever can write events: `State::default().events_to(&state, now)`.
    ///
    /// What two states cannot show is not made up. Nothing says why something was deployed: the cause is
    /// [`DeploymentCause::Unrecorded`]. A version that was deployed again is not seen. What is queued waits for what
    /// blocks it in the state after, at `now`. An application that was taken out of an environment and still has
    /// locks or a queue there is removed, and gets these anew.
    ///
    /// The order is that of dependence: environments, what was removed, locks that were deleted, releases and owners, deployments,
    /// locks that were created, queues, releases that were cleaned up; each by name. Settings and the past are in no event,
    /// and neither is what a state should not hold: an application without release, team and address, a slot with
    /// nothing in it, a team with no lock.
    ///
    /// ```
    /// use kuberpult_core::{Environment, State};
    /// let before = State::default();
    /// let mut after = before.clone();
    /// after.environments.insert("development".parse()?, Environment::default());
    ///
    /// let events = before.events_to(&after, "2024-05-03T11:37:37Z".parse()?);
    /// assert_eq!(events[0].to_string(), r#"created environment "development""#);
    /// let mut replayed = before;
    /// replayed.apply(&events);
    /// assert_eq!(replayed, after);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn events_to(&self, after: &Self, now: Time) -> Vec<Event> {
        let mut difference = Difference { before: self, after, now, phases: Phases::default() };
        for (name, before, after) in both(&self.environments, &after.environments) {
            difference.environment(name, before, after);
        }
        for (name, before, after) in both(&self.applications, &after.applications) {
            difference.application(name, before, after);
        }
        difference.phases.in_order()
    }
}

/// Two states, and what was found so far.
struct Difference<'a> {
    before: &'a State,
    after: &'a State,
    now: Time,
    phases: Phases,
}

/// The events, in the order of the fields.
#[derive(Default)]
struct Phases {
    environments: Vec<Event>,
    removed: Vec<Event>,
    undeployed: Vec<Event>,
    unlocked: Vec<Event>,
    released: Vec<Event>,
    deployed: Vec<Event>,
    locked: Vec<Event>,
    queues: Vec<Event>,
    cleaned_up: Vec<Event>,
}

impl Phases {
    fn in_order(self) -> Vec<Event> {
        let Self {
            environments,
            removed,
            undeployed,
            unlocked,
            released,
            deployed,
            locked,
            queues,
            cleaned_up,
        } = self;
        let phases =
            [environments, removed, undeployed, unlocked, released, deployed, locked, queues, cleaned_up];
        phases.into_iter().flatten().collect()
    }
}

static NO_SLOT: Slot = Slot { current: None, queued: None, locks: Locks::new() };

impl Difference<'_> {
    fn environment(
        &mut self,
        name: &EnvironmentName,
        before: Option<&Environment>,
        after: Option<&Environment>,
    ) {
        let environment = name.clone();
        let Some(there) = after else {
            let deleted = Box::new(before.cloned().unwrap_or_default());
            return self.phases.environments.push(Event::EnvironmentDeleted { environment, deleted });
        };
        let to = Box::new(there.config.clone());
        match before {
            None => self.phases.environments.push(Event::EnvironmentCreated { environment, config: to }),
            Some(before) if before.config != there.config => {
                let from = Box::new(before.config.clone());
                self.phases.environments.push(Event::EnvironmentUpdated { environment, from, to });
            }
            Some(_) => {}
        }
        let nothing = Environment::default();
        let before = before.unwrap_or(&nothing);
        self.locks(&LockScope::Environment { environment: name.clone() }, &before.locks, &there.locks);
        for (team, before, after) in both(&before.team_locks, &there.team_locks) {
            let scope = LockScope::Team { environment: name.clone(), team: team.clone() };
            self.locks(&scope, before.unwrap_or(&NO_LOCKS), after.unwrap_or(&NO_LOCKS));
        }
        for (application, before, after) in both(&before.slots, &there.slots) {
            self.slot(name, application, before.unwrap_or(&NO_SLOT), after.unwrap_or(&NO_SLOT));
        }
    }

    fn slot(
        &mut self,
        environment: &EnvironmentName,
        application: &ApplicationName,
        mut before: &Slot,
        after: &Slot,
    ) {
        if before.current.is_some() && after.current.is_none()
            || after.is_empty() && !before.is_empty() && self.is_undeployed(application)
        {
            let (environment, application) = (environment.clone(), application.clone());
            let removed = Box::new(before.clone());
            self.phases.removed.push(Event::RemovedFromEnvironment { environment, application, removed });
            before = &NO_SLOT;
        }
        let scope =
            LockScope::Application { environment: environment.clone(), application: application.clone() };
        self.locks(&scope, &before.locks, &after.locks);
        let mut waited = before.queued;
        if let Some(version) = after.current.filter(|_| after.current != before.current) {
            self.phases.deployed.push(Event::Deployed {
                environment: environment.clone(),
                application: application.clone(),
                version,
                from: before.current,
                dequeued: waited.take(),
                manifest: manifest(self.after, environment, application, version),
                cause: DeploymentCause::Unrecorded,
            });
        }
        let (environment, application) = (environment.clone(), application.clone());
        match (waited, after.queued) {
            (displaced, Some(version)) if displaced != Some(version) => {
                let blockers = self.after.blockers(self.now, &environment, &application);
                let queued = Event::Queued { environment, application, version, displaced, blockers };
                self.phases.queues.push(queued);
            }
            (Some(version), None) => {
                let cause = if after.current == Some(version) {
                    QueueDropCause::AlreadyDeployed
                } else if manifest(self.before, &environment, &application, version).is_none() {
                    QueueDropCause::ReleaseGone
                } else {
                    QueueDropCause::Unrecorded
                };
                self.phases.queues.push(Event::QueueDropped { environment, application, version, cause });
            }
            _ => {}
        }
    }

    /// Whether there was such an application, and is none now.
    fn is_undeployed(&self, application: &ApplicationName) -> bool {
        self.before.applications.contains_key(application)
            && !self.after.applications.contains_key(application)
    }

    fn locks(&mut self, scope: &LockScope, before: &Locks, after: &Locks) {
        for (lock_id, before, after) in both(before, after) {
            let (scope, lock_id) = (scope.clone(), lock_id.clone());
            match (before, after) {
                (Some(before), None) => {
                    let lock = Box::new(before.clone());
                    self.phases.unlocked.push(Event::LockDeleted { scope, lock_id, lock });
                }
                (before, Some(after)) if before != Some(after) => {
                    let (lock, replaced) = (Box::new(after.clone()), before.cloned().map(Box::new));
                    self.phases.locked.push(Event::LockCreated { scope, lock_id, lock, replaced });
                }
                _ => {}
            }
        }
    }

    fn application(
        &mut self,
        name: &ApplicationName,
        before: Option<&Application>,
        after: Option<&Application>,
    ) {
        let Some(after) = after else {
            return self.phases.undeployed.push(Event::ApplicationUndeployed { application: name.clone() });
        };
        let nothing = Application::default();
        let before = before.unwrap_or(&nothing);
        for (version, before, after) in both(&before.releases, &after.releases) {
            self.release(name, *version, before, after);
        }
        if before.team != after.team {
            let (from, to) = (before.team.clone(), after.team.clone());
            self.phases.released.push(Event::TeamChanged { application: name.clone(), from, to });
        }
        if before.source_repo_url != after.source_repo_url {
            let (from, to) = (before.source_repo_url.clone(), after.source_repo_url.clone());
            self.phases.released.push(Event::SourceRepoUrlChanged { application: name.clone(), from, to });
        }
    }

    fn release(
        &mut self,
        application: &ApplicationName,
        version: Version,
        before: Option<&Release>,
        after: Option<&Release>,
    ) {
        let application = application.clone();
        match after {
            None => self.phases.cleaned_up.push(Event::ReleaseCleanedUp { application, version }),
            Some(release) if before != Some(release) => {
                let release = release.clone();
                self.phases.released.push(Event::ReleaseCreated { application, version, release });
            }
            Some(_) => {}
        }
    }
}

/// The manifest of a version for an environment, if there is one.
fn manifest(
    state: &State,
    environment: &EnvironmentName,
    application: &ApplicationName,
    version: Version,
) -> Option<ManifestId> {
    state.applications.get(application)?.releases.get(&version)?.manifests.get(environment).copied()
}

/// Each key of one of two maps, in order, with what each of them has there.
fn both<'a, K: Ord + 'a, V: 'a, M: IntoIterator<Item = (&'a K, &'a V)>>(
    before: M,
    after: M,
) -> impl Iterator<Item = (&'a K, Option<&'a V>, Option<&'a V>)> {
    let (mut before, mut after) = (before.into_iter().peekable(), after.into_iter().peekable());
    core::iter::from_fn(move || {
        let key = match (before.peek(), after.peek()) {
            (Some((before, _)), Some((after, _))) => *before.min(after),
            (Some((key, _)), None) | (None, Some((key, _))) => *key,
            (None, None) => return None,
        };
        let before = before.next_if(|(name, _)| *name == key).map(|(_, value)| value);
        let after = after.next_if(|(name, _)| *name == key).map(|(_, value)| value);
        Some((key, before, after))
    })
}
