//! Settling queues: what becomes of a queued version that nothing holds back any more.

use alloc::vec::Vec;

use super::cleanup::append_cleanup;
use super::deploy::deployed;
use crate::{
    ApplicationName, Context, Decision, DeploymentCause, EnvironmentName, Event, OnUnlock, QueueDropCause,
    Rejection, Slot, State,
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
        let on_unlock = there.config.on_unlock.unwrap_or_default();
        let free = there.slots.iter().filter(|(application, slot)| {
            slot.queued.is_some()
                && blocking.all(application, state.team_of(application), Some(slot)).is_empty()
        });
        events.extend(free.filter_map(|(application, slot)| {
            settled(state, name, application, slot, on_unlock, DeploymentCause::SettleQueue)
        }));
    }
    append_cleanup(state, &mut events);
    Ok(events.into())
}

/// What becomes of a slot that nothing blocks any more; nothing if nothing is queued, or it stays.
pub(super) fn settled(
    state: &State,
    environment: &EnvironmentName,
    application: &ApplicationName,
    slot: &Slot,
    on_unlock: OnUnlock,
    cause: DeploymentCause,
) -> Option<Event> {
    let version = slot.queued?;
    let dropped = |cause| {
        let (environment, application) = (environment.clone(), application.clone());
        Some(Event::QueueDropped { environment, application, version, cause })
    };
    if slot.current == Some(version) {
        return dropped(QueueDropCause::AlreadyDeployed);
    }
    match on_unlock {
        OnUnlock::Keep => None,
        OnUnlock::Drop => dropped(QueueDropCause::OnUnlock),
        OnUnlock::Deploy => {
            let releases = state.applications.get(application).map(|application| &application.releases);
            let release = releases.and_then(|releases| releases.get(&version));
            match release.and_then(|release| release.manifests.get(environment)) {
                None => dropped(QueueDropCause::ReleaseGone),
                Some(manifest) => {
                    Some(deployed(Some(slot), environment, application, version, *manifest, cause))
                }
            }
        }
    }
}
