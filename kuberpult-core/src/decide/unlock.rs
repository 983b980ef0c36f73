//! Removing locks, and settling the queues that nothing holds back any more.

use alloc::vec::Vec;

use super::cleanup::append_cleanup;
use super::deploy::deployed;
use super::lock::members;
use crate::state::NO_LOCKS;
use crate::{
    ApplicationName, Decision, DeploymentCause, Environment, EnvironmentName, Event, GroupName, LockId,
    LockScope, Locks, OnUnlock, QueueDropCause, Refusal, Rejection, Slot, State,
};

pub(super) fn decide(
    state: &State,
    scope: LockScope,
    id: &LockId,
    queued: Option<OnUnlock>,
) -> Result<Decision, Rejection> {
    state.known_environment(scope.environment())?;
    if !state.locks(&scope).contains_key(id) {
        let known = state.locks(&scope).keys().cloned().collect();
        return Err(Refusal::LockNotFound { scope, lock_id: id.clone(), known }.into());
    }
    let mut events = Vec::new();
    unlock(state, scope, id, queued, &mut events);
    append_cleanup(state, &mut events);
    Ok(events.into())
}

/// Removes the lock from each member of the group that has it.
pub(super) fn decide_group(
    state: &State,
    group: &GroupName,
    id: &LockId,
    queued: Option<OnUnlock>,
) -> Result<Decision, Rejection> {
    let mut events = Vec::new();
    for scope in members(state, group)? {
        if state.locks(&scope).contains_key(id) {
            unlock(state, scope, id, queued, &mut events);
        }
    }
    if events.is_empty() {
        let (environment_group, lock_id) = (group.clone(), id.clone());
        return Err(Refusal::GroupLockNotFound { environment_group, lock_id }.into());
    }
    append_cleanup(state, &mut events);
    Ok(events.into())
}

fn unlock(state: &State, scope: LockScope, id: &LockId, queued: Option<OnUnlock>, events: &mut Vec<Event>) {
    let Some(environment) = state.environments.get(scope.environment()) else { return };
    let Some(lock) = state.locks(&scope).get(id) else { return };
    let name = scope.environment().clone();
    let on_unlock = queued.or(environment.config.on_unlock).unwrap_or_default();
    let remaining = Remaining { scope: &scope, locks: without(state.locks(&scope), id) };
    let settled = environment
        .slots
        .iter()
        .filter(|(application, _)| remaining.concerns(state, application))
        .filter(|(application, _)| !remaining.is_blocked(state, environment, application))
        .filter_map(|(application, slot)| settle(state, &name, application, slot, on_unlock))
        .collect::<Vec<_>>();
    events.push(Event::LockDeleted { lock_id: id.clone(), lock: lock.clone().into(), scope });
    events.extend(settled);
}

fn without(locks: &Locks, id: &LockId) -> Locks {
    locks.iter().filter(|(other, _)| *other != id).map(|(id, lock)| (id.clone(), lock.clone())).collect()
}

/// A scope and the locks that remain in it after the unlock.
struct Remaining<'a> {
    scope: &'a LockScope,
    locks: Locks,
}

impl Remaining<'_> {
    /// Whether the removed lock held this application back.
    fn concerns(&self, state: &State, application: &ApplicationName) -> bool {
        match self.scope {
            LockScope::Environment { .. } => true,
            LockScope::Team { team, .. } => state.team_of(application) == Some(team),
            LockScope::Application { application: locked, .. } => locked == application,
        }
    }

    /// Whether anything blocks the application, now that the lock is gone.
    fn is_blocked(&self, state: &State, there: &Environment, application: &ApplicationName) -> bool {
        let team = state.team_of(application).and_then(|team| there.team_locks.get(team));
        let mut remaining = [
            &there.locks,
            team.unwrap_or(&NO_LOCKS),
            there.slots.get(application).map_or(&NO_LOCKS, |slot| &slot.locks),
        ];
        let [environment_locks, team_locks, application_locks] = &mut remaining;
        match self.scope {
            LockScope::Environment { .. } => *environment_locks = &self.locks,
            LockScope::Team { .. } => *team_locks = &self.locks,
            LockScope::Application { .. } => *application_locks = &self.locks,
        }
        remaining.into_iter().any(|locks| !locks.is_empty())
    }
}

/// What becomes of a slot that nothing blocks any more.
fn settle(
    state: &State,
    environment: &EnvironmentName,
    application: &ApplicationName,
    slot: &Slot,
    on_unlock: OnUnlock,
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
                    let cause = DeploymentCause::Unlock;
                    Some(deployed(Some(slot), environment, application, version, *manifest, cause))
                }
            }
        }
    }
}
