//! Setting locks.

use alloc::sync::Arc;
use alloc::vec::Vec;

use super::noted;
use crate::state::NO_LOCKS;
use crate::{
    Context, Decision, Event, GroupName, Lock, LockId, LockScope, Locks, Note, Refusal, Rejection, State,
};

pub(super) fn new(
    context: &Context,
    message: &Arc<str>,
    ci_link: Option<&Arc<str>>,
    suggested_lifetime: Option<&Arc<str>>,
) -> Lock {
    Lock {
        message: message.clone(),
        created_by: Some(context.actor.clone()),
        created_at: Some(context.now.whole_seconds()),
        ci_link: ci_link.filter(|text| !text.is_empty()).cloned(),
        suggested_lifetime: suggested_lifetime.filter(|text| !text.is_empty()).cloned(),
    }
}

pub(super) fn decide(
    state: &State,
    scope: LockScope,
    id: &LockId,
    lock: Lock,
) -> Result<Decision, Rejection> {
    let mut refusals = Vec::new();
    refusals.extend(state.known_environment(scope.environment()).err());
    refusals.extend(name_refusals(state, &scope, id));
    Rejection::unless_empty(refusals)?;

    let mut notes = Vec::new();
    if let LockScope::Application { application, .. } = &scope
        && !state.applications.contains_key(application)
    {
        notes.push(Note::LockOnUnknownApplication { application: application.clone() });
    }
    let mut events = Vec::new();
    push_lock(state, scope, id, lock, &mut events, &mut notes);
    Ok(noted(events, notes))
}

/// The same environment lock on each environment that is in the group now.
pub(super) fn decide_group(
    state: &State,
    group: &GroupName,
    id: &LockId,
    lock: &Lock,
) -> Result<Decision, Rejection> {
    let members = members(state, group)?;
    let mut events = Vec::new();
    let mut notes = Vec::new();
    for scope in members {
        Rejection::unless_empty(name_refusals(state, &scope, id).collect())?;
        push_lock(state, scope, id, lock.clone(), &mut events, &mut notes);
    }
    Ok(noted(events, notes))
}

fn push_lock(
    state: &State,
    scope: LockScope,
    id: &LockId,
    lock: Lock,
    events: &mut Vec<Event>,
    notes: &mut Vec<Note>,
) {
    let replaced = state.locks(&scope).get(id).cloned();
    if replaced.as_ref() == Some(&lock) {
        notes.push(Note::LockUnchanged { environment: scope.environment().clone() });
    } else {
        events.push(Event::LockCreated {
            scope,
            lock_id: id.clone(),
            lock: lock.into(),
            replaced: replaced.map(Into::into),
        });
    }
}

/// Names that a lock brings into being must be well formed; those that exist already need not.
fn name_refusals(state: &State, scope: &LockScope, id: &LockId) -> impl Iterator<Item = Refusal> {
    let id = if state.locks(scope).contains_key(id) { None } else { id.check_new().err() };
    let owner = match scope {
        LockScope::Environment { .. } => None,
        LockScope::Team { environment, team } => {
            let known =
                state.environments.get(environment).is_some_and(|there| there.team_locks.contains_key(team));
            if known { None } else { team.check_new().err() }
        }
        LockScope::Application { environment, application } => {
            let known = state.applications.contains_key(application)
                || state.slot(environment, application).is_some();
            if known { None } else { application.check_new().err() }
        }
    };
    owner.into_iter().chain(id).map(|error| Refusal::InvalidName { error })
}

/// The environment scopes of a group, which must have a member.
pub(super) fn members(state: &State, group: &GroupName) -> Result<Vec<LockScope>, Refusal> {
    let members: Vec<_> =
        state.group(group).map(|(name, _)| LockScope::Environment { environment: name.clone() }).collect();
    if members.is_empty() {
        let mut known: Vec<_> = state
            .environments
            .values()
            .filter_map(|environment| environment.config.environment_group.clone())
            .collect();
        known.sort();
        known.dedup();
        return Err(Refusal::GroupNotFound { environment_group: group.clone(), known });
    }
    Ok(members)
}

impl State {
    /// The locks of one scope; none where there is nothing.
    #[must_use]
    pub fn locks(&self, scope: &LockScope) -> &Locks {
        let Some(environment) = self.environments.get(scope.environment()) else { return &NO_LOCKS };
        match scope {
            LockScope::Environment { .. } => &environment.locks,
            LockScope::Team { team, .. } => environment.team_locks.get(team).unwrap_or(&NO_LOCKS),
            LockScope::Application { application, .. } => {
                environment.slots.get(application).map_or(&NO_LOCKS, |slot| &slot.locks)
            }
        }
    }
}
