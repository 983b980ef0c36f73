//! Removing locks, and settling the queues that nothing holds back any more.

use alloc::vec::Vec;

use super::cleanup::append_cleanup;
use super::lock::members;
use super::settle::settled;
use crate::{
    ApplicationName, Context, Decision, DeploymentCause, Event, GroupName, LockId, LockScope, OnUnlock,
    Refusal, Rejection, State,
};

pub(super) fn decide(
    state: &State,
    context: &Context,
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
    unlock(state, context, scope, id, queued, &mut events);
    append_cleanup(state, &mut events);
    Ok(events.into())
}

/// Removes the lock from each member of the group that has it.
pub(super) fn decide_group(
    state: &State,
    context: &Context,
    group: &GroupName,
    id: &LockId,
    queued: Option<OnUnlock>,
) -> Result<Decision, Rejection> {
    let mut events = Vec::new();
    for scope in members(state, group)? {
        if state.locks(&scope).contains_key(id) {
            unlock(state, context, scope, id, queued, &mut events);
        }
    }
    if events.is_empty() {
        let (environment_group, lock_id) = (group.clone(), id.clone());
        return Err(Refusal::GroupLockNotFound { environment_group, lock_id }.into());
    }
    append_cleanup(state, &mut events);
    Ok(events.into())
}

fn unlock(
    state: &State,
    context: &Context,
    scope: LockScope,
    id: &LockId,
    queued: Option<OnUnlock>,
    events: &mut Vec<Event>,
) {
    let name = scope.environment().clone();
    let Some(environment) = state.environments.get(&name) else { return };
    let Some(lock) = state.locks(&scope).get(id) else { return };
    let on_unlock = queued.or(environment.config.on_unlock).unwrap_or_default();
    let blocking = environment.blocking(&name, context.now);
    let freed = environment.slots.iter().filter(|(application, slot)| {
        slot.queued.is_some()
            && held_back(&scope, state, application)
            && blocking
                .all(application, state.team_of(application), Some(slot))
                .iter()
                .all(|blocker| blocker.is_lock(&scope, id))
    });
    let settled = freed.filter_map(|(application, slot)| {
        settled(state, &name, application, slot, on_unlock, DeploymentCause::Unlock)
    });
    let settled: Vec<Event> = settled.collect();
    events.push(Event::LockDeleted { lock_id: id.clone(), lock: lock.clone().into(), scope });
    events.extend(settled);
}

/// Whether a lock of this scope held an application back.
fn held_back(scope: &LockScope, state: &State, application: &ApplicationName) -> bool {
    match scope {
        LockScope::Environment { .. } => true,
        LockScope::Team { team, .. } => state.team_of(application) == Some(team),
        LockScope::Application { application: locked, .. } => locked == application,
    }
}
