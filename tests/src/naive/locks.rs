//! Locks and unlocks in the naive model.

use std::sync::Arc;

use kuberpult_core::{
    ApplicationName, Command, Context, EnvironmentName, Lock, LockId, LockScope, NameError, OnUnlock,
};

use super::{Answer, Naive, refused, unchanged};

impl Naive {
    pub(super) fn lock_or_unlock(&mut self, context: &Context, command: &Command) -> Answer {
        match command.clone() {
            Command::CreateEnvironmentLock { environment, lock_id, message, ci_link, suggested_lifetime } => {
                let lock = lock(context, message, ci_link, suggested_lifetime);
                self.lock(LockScope::Environment { environment }, &lock_id, &lock)
            }
            Command::CreateApplicationLock {
                environment,
                application,
                lock_id,
                message,
                ci_link,
                suggested_lifetime,
            } => {
                let lock = lock(context, message, ci_link, suggested_lifetime);
                self.lock(LockScope::Application { environment, application }, &lock_id, &lock)
            }
            Command::CreateTeamLock { environment, team, lock_id, message, ci_link, suggested_lifetime } => {
                let lock = lock(context, message, ci_link, suggested_lifetime);
                self.lock(LockScope::Team { environment, team }, &lock_id, &lock)
            }
            Command::CreateGroupLock { environment_group, lock_id, message, ci_link, suggested_lifetime } => {
                let lock = lock(context, message, ci_link, suggested_lifetime);
                let members = self.members(&environment_group);
                if members.is_empty() {
                    return refused(["ENVIRONMENT_GROUP_NOT_FOUND"]);
                }
                let before = self.clone();
                for environment in members {
                    let answer = self.lock(LockScope::Environment { environment }, &lock_id, &lock);
                    if let Answer::Refused(_) = answer {
                        *self = before;
                        return answer;
                    }
                }
                unchanged()
            }
            Command::DeleteEnvironmentLock { environment, lock_id, queued } => {
                self.unlock(context, &LockScope::Environment { environment }, &lock_id, queued)
            }
            Command::DeleteApplicationLock { environment, application, lock_id, queued } => {
                self.unlock(context, &LockScope::Application { environment, application }, &lock_id, queued)
            }
            Command::DeleteTeamLock { environment, team, lock_id, queued } => {
                self.unlock(context, &LockScope::Team { environment, team }, &lock_id, queued)
            }
            Command::DeleteGroupLock { environment_group, lock_id, queued } => {
                let members = self.members(&environment_group);
                if members.is_empty() {
                    return refused(["ENVIRONMENT_GROUP_NOT_FOUND"]);
                }
                let mut locked: Vec<LockScope> =
                    members.into_iter().map(|environment| LockScope::Environment { environment }).collect();
                locked.retain(|scope| self.has_lock(scope, &lock_id));
                if locked.is_empty() {
                    return refused(["GROUP_LOCK_NOT_FOUND"]);
                }
                self.remove_locks(context, &locked, &lock_id, queued);
                unchanged()
            }
            _ => panic!("{command} is about no lock"),
        }
    }

    fn has_lock(&self, wanted: &LockScope, id: &LockId) -> bool {
        self.locks.iter().any(|(scope, lock_id, _)| scope == wanted && lock_id == id)
    }

    fn lock(&mut self, scope: LockScope, lock_id: &LockId, lock: &Lock) -> Answer {
        let mut codes = Vec::new();
        if self.config(scope.environment()).is_none() {
            codes.push("ENVIRONMENT_NOT_FOUND");
        }
        let invalid = |check: Result<(), NameError>| check.is_err().then_some("INVALID_NAME");
        match &scope {
            LockScope::Environment { .. } => {}
            LockScope::Team { team, .. } => {
                if !self.locks.iter().any(|(there, _, _)| *there == scope) {
                    codes.extend(invalid(team.check_new()));
                }
            }
            LockScope::Application { environment, application } => {
                let there = (environment.clone(), application.clone());
                if !self.knows(application) && !self.slots().contains(&there) {
                    codes.extend(invalid(application.check_new()));
                }
            }
        }
        if !self.has_lock(&scope, lock_id) {
            codes.extend(invalid(lock_id.check_new()));
        }
        if !codes.is_empty() {
            return Answer::Refused(codes);
        }
        self.locks.retain(|(there, id, _)| *there != scope || id != lock_id);
        self.locks.push((scope, lock_id.clone(), lock.clone()));
        unchanged()
    }

    fn unlock(
        &mut self,
        context: &Context,
        scope: &LockScope,
        lock_id: &LockId,
        queued: Option<OnUnlock>,
    ) -> Answer {
        if self.config(scope.environment()).is_none() {
            return refused(["ENVIRONMENT_NOT_FOUND"]);
        }
        if !self.has_lock(scope, lock_id) {
            return refused(["LOCK_NOT_FOUND"]);
        }
        self.remove_locks(context, std::slice::from_ref(scope), lock_id, queued);
        unchanged()
    }

    /// Removes the locks, and settles each queue that one of them held back and nothing holds back now.
    fn remove_locks(
        &mut self,
        context: &Context,
        scopes: &[LockScope],
        lock_id: &LockId,
        queued: Option<OnUnlock>,
    ) {
        self.locks.retain(|(scope, id, _)| !scopes.contains(scope) || id != lock_id);
        let mut freed = Vec::new();
        for (there, application, _) in self.queued.clone() {
            let concerned = scopes.iter().any(|scope| match scope {
                LockScope::Environment { environment } => *environment == there,
                LockScope::Team { environment, team } => {
                    *environment == there && self.team(&application) == Some(team)
                }
                LockScope::Application { environment, application: locked } => {
                    *environment == there && *locked == application
                }
            });
            if concerned {
                freed.push((there, application));
            }
        }
        self.settle_all(context, freed, queued);
    }

    /// Settles each queue, of one environment or of all, that nothing holds back.
    pub(super) fn settle_queues(&mut self, context: &Context, only: Option<&EnvironmentName>) -> Answer {
        if only.is_some_and(|only| self.config(only).is_none()) {
            return refused(["ENVIRONMENT_NOT_FOUND"]);
        }
        let queues = self.queued.iter().filter(|(there, _, _)| only.is_none_or(|only| only == there));
        let queues = queues.map(|(there, application, _)| (there.clone(), application.clone())).collect();
        self.settle_all(context, queues, None);
        unchanged()
    }

    /// Settles those of the queues that nothing holds back, and cleans up after all of them.
    fn settle_all(
        &mut self,
        context: &Context,
        queues: Vec<(EnvironmentName, ApplicationName)>,
        choice: Option<OnUnlock>,
    ) {
        let mut changed = Vec::new();
        for (there, application) in queues {
            if self.blockers(context.now, &there, &application).is_empty() {
                let configured = self.config(&there).and_then(|config| config.on_unlock);
                let choice = choice.or(configured).unwrap_or(OnUnlock::Deploy);
                if self.settle(&there, &application, choice) {
                    changed.push(application);
                }
            }
        }
        for application in changed {
            self.clean_up(&application);
        }
    }

    /// Settles one queue; whether the queue is empty now.
    fn settle(&mut self, there: &EnvironmentName, application: &ApplicationName, choice: OnUnlock) -> bool {
        let Some(version) = self.queued_in(there, application) else { return false };
        let outdated = self.current_in(there, application) == Some(version);
        let release = self.release(application, version);
        let there_is_one = release.is_some_and(|release| release.manifests.contains_key(there));
        match choice {
            OnUnlock::Keep if !outdated => false,
            OnUnlock::Deploy if !outdated && there_is_one => {
                self.make_current(there, application, version);
                true
            }
            OnUnlock::Deploy | OnUnlock::Keep | OnUnlock::Drop => {
                self.dequeue(there, application);
                true
            }
        }
    }
}

fn lock(context: &Context, message: Arc<str>, ci_link: Option<Arc<str>>, lifetime: Option<Arc<str>>) -> Lock {
    Lock {
        message,
        created_by: Some(context.actor.clone()),
        created_at: Some(context.now),
        ci_link: ci_link.filter(|text| !text.is_empty()),
        suggested_lifetime: lifetime.filter(|text| !text.is_empty()),
    }
}
