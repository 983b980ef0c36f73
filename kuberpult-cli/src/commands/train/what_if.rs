//! What a train would do if certain locks were not there: deciding on a changed copy of the state.

use kuberpult_core::{Command, Context, EnvironmentName, LockId, LockScope, State};
use kuberpult_git::{ManifestRepo, Plan};

use crate::exit::Failure;
use crate::json::{LockPlace, WhatIf};
use crate::lock_list::all_locks;

/// Decides the train on the state without the locks of these ids in its target environments.
pub(super) fn without_locks(
    repo: &ManifestRepo,
    context: &Context,
    train: &Command,
    ids: &[LockId],
) -> Result<(Plan, WhatIf), Failure> {
    let base = repo.head()?;
    let mut state = repo.state()?;
    state.past = repo.past(&state, train)?;
    let targets: Vec<EnvironmentName> = state
        .decide(context, train)?
        .report()
        .train
        .iter()
        .flat_map(|train| &train.environments)
        .map(|report| report.environment.clone())
        .collect();
    let there: Vec<LockPlace> = all_locks(&state, context.now)
        .into_iter()
        .filter(|listed| targets.contains(listed.scope.environment()))
        .map(|listed| LockPlace { scope: listed.scope, lock_id: listed.lock_id.clone() })
        .collect();
    if let Some(unknown) = ids.iter().find(|id| !there.iter().any(|lock| lock.lock_id == **id)) {
        return Err(Failure::NoSuchLock { lock_id: unknown.clone(), targets, there });
    }
    let without_locks: Vec<LockPlace> =
        there.into_iter().filter(|lock| ids.contains(&lock.lock_id)).collect();
    without_locks.iter().for_each(|lock| remove(&mut state, lock));
    let decision = state.decide(context, train)?;
    Ok((Plan { decision, base }, WhatIf { without_locks }))
}

fn remove(state: &mut State, LockPlace { scope, lock_id }: &LockPlace) {
    let Some(environment) = state.environments.get_mut(scope.environment()) else { return };
    match scope {
        LockScope::Environment { .. } => {
            environment.locks.remove(lock_id);
        }
        LockScope::Team { team, .. } => {
            if let Some(locks) = environment.team_locks.get_mut(team) {
                locks.remove(lock_id);
            }
        }
        LockScope::Application { application, .. } => {
            if let Some(slot) = environment.slots.get_mut(application) {
                slot.locks.remove(lock_id);
            }
        }
    }
}
