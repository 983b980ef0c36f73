//! Locks and unlocks in the abstract.

use std::sync::Arc;

use kuberpult_core::{Command, LockId, LockScope, OnUnlock};

use crate::alphabet;

/// What a lock locks, in the abstract.
#[derive(Debug, Clone, Copy)]
pub enum LockOn {
    /// An environment.
    Environment(usize),
    /// An application in an environment.
    Application(usize, usize),
    /// A team in an environment.
    Team(usize, usize),
    /// A group.
    Group(usize),
}

impl LockOn {
    /// The scope of a lock; none for a group.
    #[must_use]
    pub fn scope(self) -> Option<LockScope> {
        let environment = alphabet::environment;
        match self {
            Self::Environment(index) => Some(LockScope::Environment { environment: environment(index) }),
            Self::Application(index, application) => {
                let application = alphabet::application(application);
                Some(LockScope::Application { environment: environment(index), application })
            }
            Self::Team(index, team) => {
                Some(LockScope::Team { environment: environment(index), team: alphabet::team(team) })
            }
            Self::Group(_) => None,
        }
    }

    /// The command that sets a lock, with one of several texts.
    #[must_use]
    pub fn lock(self, lock_id: LockId, text: u8) -> Command {
        let text = LockText {
            message: if text.is_multiple_of(2) { "why not".into() } else { "because".into() },
            ci_link: (text > 3).then(|| "https://ci.example.com/1".into()),
            // An empty text is as good as none.
            suggested_lifetime: (text > 2).then(|| if text == 3 { "".into() } else { "2d".into() }),
        };
        match (self, self.scope()) {
            (_, Some(scope)) => lock_with(scope, lock_id, text),
            (Self::Group(group), _) => Command::CreateGroupLock {
                environment_group: alphabet::group(group),
                lock_id,
                message: text.message,
                ci_link: text.ci_link,
                suggested_lifetime: text.suggested_lifetime,
            },
            (_, None) => panic!("only a group has no scope"),
        }
    }

    pub(super) fn unlock(self, lock_id: LockId, queued: Option<OnUnlock>) -> Command {
        match (self, self.scope()) {
            (_, Some(scope)) => unlock(scope, lock_id, queued),
            (Self::Group(group), _) => {
                let environment_group = alphabet::group(group);
                Command::DeleteGroupLock { environment_group, lock_id, queued }
            }
            (_, None) => panic!("only a group has no scope"),
        }
    }
}

/// What a new lock says.
#[derive(Debug, Clone)]
struct LockText {
    message: Arc<str>,
    ci_link: Option<Arc<str>>,
    suggested_lifetime: Option<Arc<str>>,
}

/// The command that sets a lock, with a message and nothing else.
#[must_use]
pub fn lock(scope: LockScope, lock_id: LockId, message: &str) -> Command {
    lock_with(scope, lock_id, LockText { message: message.into(), ci_link: None, suggested_lifetime: None })
}

fn lock_with(scope: LockScope, lock_id: LockId, text: LockText) -> Command {
    let LockText { message, ci_link, suggested_lifetime } = text;
    match scope {
        LockScope::Environment { environment } => {
            Command::CreateEnvironmentLock { environment, lock_id, message, ci_link, suggested_lifetime }
        }
        LockScope::Team { environment, team } => {
            Command::CreateTeamLock { environment, team, lock_id, message, ci_link, suggested_lifetime }
        }
        LockScope::Application { environment, application } => Command::CreateApplicationLock {
            environment,
            application,
            lock_id,
            message,
            ci_link,
            suggested_lifetime,
        },
    }
}

/// The command that removes a lock.
#[must_use]
pub fn unlock(scope: LockScope, lock_id: LockId, queued: Option<OnUnlock>) -> Command {
    match scope {
        LockScope::Environment { environment } => {
            Command::DeleteEnvironmentLock { environment, lock_id, queued }
        }
        LockScope::Team { environment, team } => {
            Command::DeleteTeamLock { environment, team, lock_id, queued }
        }
        LockScope::Application { environment, application } => {
            Command::DeleteApplicationLock { environment, application, lock_id, queued }
        }
    }
}
