//! The events that lead from nothing to a state.

use alloc::vec::Vec;

use crate::{
    Application, ApplicationName, DeploymentCause, EnvironmentName, Event, LockScope, Locks, Slot, State,
    Time,
};

impl State {
    /// The events that lead from an empty state with the same settings to this one.
    ///
    /// What waits in a queue waits for what blocks it now. They move a state from one storage to another: what can write events can write a state. A version whose
    /// release is gone, which [`check`](crate::check) finds, cannot be deployed and is left out.
    ///
    /// ```
    /// use kuberpult_core::{Environment, State};
    /// let mut state = State::default();
    /// state.environments.insert("development".parse()?, Environment::default());
    /// let now = "2024-05-03T11:37:37Z".parse()?;
    /// let mut copy = State::default();
    /// copy.apply(&state.founding_events(now));
    /// assert_eq!(copy, state);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn founding_events(&self, now: Time) -> Vec<Event> {
        let mut events = Vec::new();
        for (name, environment) in &self.environments {
            let config = environment.config.clone().into();
            events.push(Event::EnvironmentCreated { environment: name.clone(), config });
            push_locks(
                &mut events,
                &LockScope::Environment { environment: name.clone() },
                &environment.locks,
            );
            for (team, locks) in &environment.team_locks {
                let scope = LockScope::Team { environment: name.clone(), team: team.clone() };
                push_locks(&mut events, &scope, locks);
            }
        }
        for (name, application) in &self.applications {
            push_application(&mut events, name, application);
        }
        for (name, environment) in &self.environments {
            for (application, slot) in &environment.slots {
                self.push_slot(&mut events, now, name, application, slot);
            }
        }
        events
    }

    fn push_slot(
        &self,
        events: &mut Vec<Event>,
        now: Time,
        name: &EnvironmentName,
        application: &ApplicationName,
        slot: &Slot,
    ) {
        let manifest = |version| {
            let release = self.applications.get(application)?.releases.get(&version)?;
            Some((version, *release.manifests.get(name)?))
        };
        if let Some((version, manifest)) = slot.current.and_then(manifest) {
            events.push(Event::Deployed {
                environment: name.clone(),
                application: application.clone(),
                version,
                from: None,
                dequeued: None,
                manifest,
                cause: DeploymentCause::Automatic,
            });
        }
        let scope = LockScope::Application { environment: name.clone(), application: application.clone() };
        push_locks(events, &scope, &slot.locks);
        if let Some((version, _)) = slot.queued.and_then(manifest) {
            events.push(Event::Queued {
                environment: name.clone(),
                application: application.clone(),
                version,
                displaced: None,
                blockers: self.blockers(now, name, application),
            });
        }
    }
}

fn push_application(events: &mut Vec<Event>, name: &ApplicationName, application: &Application) {
    for (version, release) in &application.releases {
        let (application, version, release) = (name.clone(), *version, release.clone());
        events.push(Event::ReleaseCreated { application, version, release });
    }
    if let Some(to) = application.team.clone() {
        events.push(Event::TeamChanged { application: name.clone(), from: None, to });
    }
    if let Some(to) = application.source_repo_url.clone() {
        events.push(Event::SourceRepoUrlChanged { application: name.clone(), from: None, to });
    }
}

fn push_locks(events: &mut Vec<Event>, scope: &LockScope, locks: &Locks) {
    events.extend(locks.iter().map(|(lock_id, lock)| Event::LockCreated {
        scope: scope.clone(),
        lock_id: lock_id.clone(),
        lock: lock.clone().into(),
        replaced: None,
    }));
}
