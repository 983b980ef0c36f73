//! Removing locks, and settling the queues that nothing holds back any more.

use alloc::vec::Vec;

use super::cleanup::append_cleanup;
use super::lock::members;
use super::settle::waiting;
use crate::{
    ApplicationName, Blocker, Context, Decision, DeploymentCause, Event, GroupName, LockId, LockScope,
    OnUnlock, Refusal, Rejection, State,
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
        let mut known: Vec<_> =
            state.group(group).flat_map(|(_, there)| there.locks.keys().cloned()).collect();
        known.sort();
        known.dedup();
        return Err(Refusal::GroupLockNotFound { environment_group, lock_id, known }.into());
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
    let name = scope.environment();
    let Some(environment) = state.environments.get(name) else { return };
    let Some(lock) = state.locks(&scope).get(id) else { return };
    let deleted = |scope| Event::LockDeleted { lock_id: id.clone(), lock: lock.clone().into(), scope };
    let on_unlock = queued.or(environment.config.on_unlock).unwrap_or_default();
    let blocking = environment.blocking(name, context.now);
    let only_this = |blockers: &[Blocker]| blockers.iter().all(|blocker| blocker.is_lock(&scope, id));
    let mut settled = Vec::new();
    if only_this(blocking.environment_level()) {
        let slots = match &scope {
            LockScope::Application { application, .. } => {
                environment.slots.range::<ApplicationName, _>(application..=application)
            }
            LockScope::Environment { .. } | LockScope::Team { .. } => {
                environment.slots.range::<ApplicationName, _>(..)
            }
        };
        settled.extend(waiting(state, name, slots).filter_map(|waiting| {
            let was_held_back = match &scope {
                LockScope::Team { team, .. } => waiting.team() == Some(team),
                LockScope::Environment { .. } | LockScope::Application { .. } => true,
            };
            let is_free = was_held_back && only_this(&waiting.blockers(&blocking));
            is_free.then(|| waiting.settled(on_unlock, DeploymentCause::Unlock))?
        }));
    }
    events.push(deleted(scope));
    events.extend(settled);
}
