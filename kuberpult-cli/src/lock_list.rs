//! The locks of a state as lists, environment by environment in promotion order.

use std::collections::BTreeMap;
use std::fmt;

use kuberpult_core::{
    ApplicationName, Blocker, Environment, EnvironmentName, Lock, LockId, LockScope, Locks, State, Time,
    Version,
};
use serde::Serialize;

/// A lock with where it lies.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub(crate) struct ListedLock<'a> {
    #[serde(flatten)]
    pub(crate) scope: LockScope,
    pub(crate) lock_id: &'a LockId,
    #[serde(flatten)]
    pub(crate) lock: &'a Lock,
    /// The queued versions that wait for it; not given where nobody asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) holds_back: Option<Vec<HeldBack<'a>>>,
}

/// As a blocker says it: what, where, by whom, since when and why.
impl fmt::Display for ListedLock<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let blocker = Blocker::of_lock(self.scope.clone(), self.lock_id.clone(), self.lock.clone());
        blocker.fmt(f)
    }
}

/// A queued version that waits.
#[derive(Debug, Clone, Copy, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct HeldBack<'a> {
    pub(crate) application: &'a ApplicationName,
    pub(crate) version: Version,
}

/// The environments in promotion order.
pub(crate) fn in_promotion_order(state: &State) -> Vec<(&EnvironmentName, &Environment)> {
    state.stages().into_iter().map(|stage| (stage.name, stage.environment)).collect()
}

/// The locks on an environment and on teams in it.
pub(crate) fn environment_locks<'a>(
    name: &'a EnvironmentName,
    environment: &'a Environment,
) -> Vec<ListedLock<'a>> {
    let of_environment = LockScope::Environment { environment: name.clone() };
    let mut listed = listed(&of_environment, &environment.locks);
    for (team, locks) in &environment.team_locks {
        let scope = LockScope::Team { environment: name.clone(), team: team.clone() };
        listed.extend(self::listed(&scope, locks));
    }
    listed
}

/// The locks on an application in an environment.
pub(crate) fn application_locks<'a>(
    environment: &EnvironmentName,
    application: &ApplicationName,
    locks: &'a Locks,
) -> Vec<ListedLock<'a>> {
    let (environment, application) = (environment.clone(), application.clone());
    listed(&LockScope::Application { environment, application }, locks)
}

fn listed<'a>(scope: &LockScope, locks: &'a Locks) -> Vec<ListedLock<'a>> {
    let lock = |(lock_id, lock): (&'a LockId, &'a Lock)| ListedLock {
        scope: scope.clone(),
        lock_id,
        lock,
        holds_back: None,
    };
    locks.iter().map(lock).collect()
}

/// All locks: by environment, then environment, team and application, then by id; each with what it holds back.
pub(crate) fn all_locks(state: &State, now: Time) -> Vec<ListedLock<'_>> {
    let mut waiting = waiting(state, now);
    let mut all = Vec::new();
    for (name, environment) in in_promotion_order(state) {
        all.extend(environment_locks(name, environment));
        for (application, slot) in &environment.slots {
            all.extend(application_locks(name, application, &slot.locks));
        }
    }
    for listed in &mut all {
        let key = (listed.scope.clone(), listed.lock_id.clone());
        listed.holds_back = Some(waiting.remove(&key).unwrap_or_default());
    }
    all
}

/// For each lock that is a blocker of a queued version, those versions.
fn waiting(state: &State, now: Time) -> BTreeMap<(LockScope, LockId), Vec<HeldBack<'_>>> {
    let mut waiting: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for (name, environment) in &state.environments {
        for (application, slot) in &environment.slots {
            let Some(version) = slot.queued else { continue };
            for blocker in state.blockers(now, name, application) {
                let Some((scope, lock_id, _)) = blocker.lock() else { continue };
                let held_back = HeldBack { application, version };
                waiting.entry((scope, lock_id.clone())).or_default().push(held_back);
            }
        }
    }
    waiting
}
