//! Settling queues: what becomes of a queued version that nothing holds back any more.

use alloc::vec::Vec;

use super::cleanup::append_cleanup;
use super::deploy::deployed;
use super::side_by_side::SideBySide;
use crate::blocking::Blocking;
use crate::{
    Application, ApplicationName, Blocker, Context, Decision, DeploymentCause, EnvironmentName, Event,
    OnUnlock, QueueDropCause, Rejection, Slot, State, TeamName, Version,
};

/// Settles each queue of the environment, or of all environments, that nothing blocks now.
pub(super) fn decide(
    state: &State,
    context: &Context,
    environment: Option<&EnvironmentName>,
) -> Result<Decision, Rejection> {
    if let Some(environment) = environment {
        state.known_environment(environment)?;
    }
    let environments =
        state.environments.iter().filter(|(name, _)| environment.is_none_or(|only| only == *name));
    let mut events = Vec::new();
    for (name, there) in environments {
        let blocking = there.blocking(name, context.now);
        if blocking.environment_level().is_empty() {
            let on_unlock = there.config.on_unlock.unwrap_or_default();
            events.extend(waiting(state, name, &there.slots).filter_map(|waiting| {
                let free = waiting.blockers(&blocking).is_empty();
                free.then(|| waiting.settled(on_unlock, DeploymentCause::SettleQueue))?
            }));
        }
    }
    append_cleanup(state, &mut events);
    Ok(events.into())
}

/// A version that waits in a queue.
pub(super) struct Waiting<'a> {
    environment: &'a EnvironmentName,
    application: &'a ApplicationName,
    there: Option<&'a Application>,
    slot: &'a Slot,
    version: Version,
}

/// What waits in some slots of an environment, which are in name order.
pub(super) fn waiting<'a>(
    state: &'a State,
    environment: &'a EnvironmentName,
    slots: impl IntoIterator<Item = (&'a ApplicationName, &'a Slot)>,
) -> impl Iterator<Item = Waiting<'a>> {
    let mut applications = SideBySide::new(&state.applications);
    slots.into_iter().filter_map(move |(application, slot)| {
        let version = slot.queued?;
        Some(Waiting { environment, application, there: applications.at(application), slot, version })
    })
}

impl Waiting<'_> {
    /// The team that owns the application.
    pub(super) fn team(&self) -> Option<&TeamName> {
        self.there?.team.as_ref()
    }

    /// What holds this application back, and not all in the environment.
    pub(super) fn blockers(&self, blocking: &Blocking<'_>) -> Vec<Blocker> {
        blocking.application_level(self.application, self.team(), Some(self.slot))
    }

    /// What becomes of it when nothing blocks it any more; nothing if it stays.
    pub(super) fn settled(&self, on_unlock: OnUnlock, cause: DeploymentCause) -> Option<Event> {
        if self.slot.current == Some(self.version) {
            return Some(self.dropped(QueueDropCause::AlreadyDeployed));
        }
        match on_unlock {
            OnUnlock::Keep => None,
            OnUnlock::Drop => Some(self.dropped(QueueDropCause::OnUnlock)),
            OnUnlock::Deploy => {
                let release = self.there.and_then(|there| there.releases.get(&self.version));
                Some(match release.and_then(|release| release.manifests.get(self.environment)) {
                    None => self.dropped(QueueDropCause::ReleaseGone),
                    Some(manifest) => {
                        let (environment, application) = (self.environment, self.application);
                        deployed(Some(self.slot), environment, application, self.version, *manifest, cause)
                    }
                })
            }
        }
    }

    fn dropped(&self, cause: QueueDropCause) -> Event {
        let (environment, application) = (self.environment.clone(), self.application.clone());
        Event::QueueDropped { environment, application, version: self.version, cause }
    }
}
