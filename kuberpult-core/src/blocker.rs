//! [`Blocker`]: what stands between an automatic deployment and its slot.

use core::fmt;

use crate::{ApplicationName, EnvironmentName, Lock, LockId, LockScope, TeamName};

/// One thing that holds automatic deployments of an application to an environment back.
///
/// Ordered as blockers are reported: by reach, widest first, then by id.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(tag = "code", rename_all_fields = "camelCase"))]
pub enum Blocker {
    /// A lock on the environment.
    #[cfg_attr(feature = "serde", serde(rename = "ENV_IS_LOCKED"))]
    EnvironmentLock {
        /// The environment.
        environment: EnvironmentName,
        /// The lock's id.
        lock_id: LockId,
        /// The lock.
        lock: Lock,
    },
    /// A lock, in the environment, on the team that owns the application.
    #[cfg_attr(feature = "serde", serde(rename = "TEAM_IS_LOCKED"))]
    TeamLock {
        /// The environment.
        environment: EnvironmentName,
        /// The team.
        team: TeamName,
        /// The lock's id.
        lock_id: LockId,
        /// The lock.
        lock: Lock,
    },
    /// A lock on the application in the environment.
    #[cfg_attr(feature = "serde", serde(rename = "APP_IS_LOCKED"))]
    ApplicationLock {
        /// The environment.
        environment: EnvironmentName,
        /// The application.
        application: ApplicationName,
        /// The lock's id.
        lock_id: LockId,
        /// The lock.
        lock: Lock,
    },
}

impl Blocker {
    /// A lock as what it blocks with.
    #[must_use]
    pub fn of_lock(scope: LockScope, lock_id: LockId, lock: Lock) -> Self {
        match scope {
            LockScope::Environment { environment } => Self::EnvironmentLock { environment, lock_id, lock },
            LockScope::Team { environment, team } => Self::TeamLock { environment, team, lock_id, lock },
            LockScope::Application { environment, application } => {
                Self::ApplicationLock { environment, application, lock_id, lock }
            }
        }
    }

    /// The stable reason code, as upstream's release train prognosis has it.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::EnvironmentLock { .. } => "ENV_IS_LOCKED",
            Self::TeamLock { .. } => "TEAM_IS_LOCKED",
            Self::ApplicationLock { .. } => "APP_IS_LOCKED",
        }
    }

    /// Whether it blocks every application in the environment.
    #[must_use]
    pub fn is_environment_level(&self) -> bool {
        matches!(self, Self::EnvironmentLock { .. })
    }

    /// The lock's id.
    #[must_use]
    pub fn lock_id(&self) -> &LockId {
        match self {
            Self::EnvironmentLock { lock_id, .. }
            | Self::TeamLock { lock_id, .. }
            | Self::ApplicationLock { lock_id, .. } => lock_id,
        }
    }

    /// The lock.
    #[must_use]
    pub fn lock(&self) -> &Lock {
        match self {
            Self::EnvironmentLock { lock, .. }
            | Self::TeamLock { lock, .. }
            | Self::ApplicationLock { lock, .. } => lock,
        }
    }

    /// Where the lock lies.
    #[must_use]
    pub fn scope(&self) -> LockScope {
        match self.clone() {
            Self::EnvironmentLock { environment, .. } => LockScope::Environment { environment },
            Self::TeamLock { environment, team, .. } => LockScope::Team { environment, team },
            Self::ApplicationLock { environment, application, .. } => {
                LockScope::Application { environment, application }
            }
        }
    }
}

/// `lock "freeze" on environment "staging" by Jo <jo@example.com> since 2024-05-03T11:37:37Z: "quarter end"`
impl fmt::Display for Blocker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "lock {:?} on {}", self.lock_id(), self.scope())?;
        let lock = self.lock();
        if let Some(by) = &lock.created_by {
            write!(f, " by {by}")?;
        }
        if let Some(at) = &lock.created_at {
            write!(f, " since {at}")?;
        }
        if !lock.message.is_empty() {
            write!(f, ": {:?}", lock.message)?;
        }
        Ok(())
    }
}

/// Blockers in a sentence: each one, joined by `and`.
pub(crate) struct Listed<'a>(pub(crate) &'a [Blocker]);

impl fmt::Display for Listed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, blocker) in self.0.iter().enumerate() {
            let separator = if index == 0 { "" } else { " and " };
            write!(f, "{separator}{blocker}")?;
        }
        Ok(())
    }
}
