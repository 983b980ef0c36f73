//! [`Blocker`]: what stands between an automatic deployment and its slot.

use core::fmt;

use crate::codes::codes;
use crate::{ApplicationName, EnvironmentName, FreezeWindow, Lock, LockId, LockScope, TeamName, Time};

/// One thing that holds automatic deployments of an application to an environment back.
///
/// Blockers are reported by reach: first those of the environment (locks by id, freeze windows as they are listed in
/// the config, closed allow windows), then those of the application (locks on its team and on itself by id, freeze
/// windows and closed allow windows that name it).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
    /// A deny window of the environment is open.
    #[cfg_attr(feature = "serde", serde(rename = "FREEZE_WINDOW_IS_ACTIVE"))]
    FreezeWindow {
        /// The environment.
        environment: EnvironmentName,
        /// Which of the environment's freeze windows it is, from 0.
        index: usize,
        /// The window.
        window: FreezeWindow,
        /// When it opened.
        since: Time,
        /// When it ends; none when no end is in sight.
        #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
        until: Option<Time>,
    },
    /// The environment has allow windows, and none of them is open.
    #[cfg_attr(feature = "serde", serde(rename = "NO_ALLOW_WINDOW_IS_ACTIVE"))]
    OutsideAllowWindows {
        /// The environment.
        environment: EnvironmentName,
        /// The application, if other allow windows are open, or not all applications have one.
        #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
        application: Option<ApplicationName>,
        /// When the next one opens; none when none will.
        #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
        until: Option<Time>,
    },
}

codes! {
    /// The stable reason code, as upstream's release train prognosis has it for locks.
    Blocker {
        EnvironmentLock => "ENV_IS_LOCKED",
        TeamLock => "TEAM_IS_LOCKED",
        ApplicationLock => "APP_IS_LOCKED",
        FreezeWindow => "FREEZE_WINDOW_IS_ACTIVE",
        OutsideAllowWindows => "NO_ALLOW_WINDOW_IS_ACTIVE",
    }
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

    /// Where the lock lies, its id and the lock itself, if it is one.
    #[must_use]
    pub fn lock(&self) -> Option<(LockScope, &LockId, &Lock)> {
        let (scope, lock_id, lock) = match self {
            Self::EnvironmentLock { environment, lock_id, lock } => {
                (LockScope::Environment { environment: environment.clone() }, lock_id, lock)
            }
            Self::TeamLock { environment, team, lock_id, lock } => {
                (LockScope::Team { environment: environment.clone(), team: team.clone() }, lock_id, lock)
            }
            Self::ApplicationLock { environment, application, lock_id, lock } => {
                let (environment, application) = (environment.clone(), application.clone());
                (LockScope::Application { environment, application }, lock_id, lock)
            }
            Self::FreezeWindow { .. } | Self::OutsideAllowWindows { .. } => return None,
        };
        Some((scope, lock_id, lock))
    }

    /// Whether it is this lock.
    pub(crate) fn is_lock(&self, scope: &LockScope, id: &LockId) -> bool {
        self.lock().is_some_and(|(its_scope, its_id, _)| its_id == id && its_scope == *scope)
    }

    /// When it ends by itself, if that is known. A lock never does.
    #[must_use]
    pub fn until(&self) -> Option<Time> {
        match self {
            Self::EnvironmentLock { .. } | Self::TeamLock { .. } | Self::ApplicationLock { .. } => None,
            Self::FreezeWindow { until, .. } | Self::OutsideAllowWindows { until, .. } => *until,
        }
    }

    /// Whether it blocks every application in the environment.
    #[must_use]
    pub fn is_environment_level(&self) -> bool {
        match self {
            Self::EnvironmentLock { .. } => true,
            Self::TeamLock { .. } | Self::ApplicationLock { .. } => false,
            Self::FreezeWindow { window, .. } => window.names_no_applications(),
            Self::OutsideAllowWindows { application, .. } => application.is_none(),
        }
    }
}

/// `lock "freeze" on environment "staging" by Jo <jo@example.com> since 2024-05-03T11:37:37Z: "quarter end"`
impl fmt::Display for Blocker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::FreezeWindow { environment, window, until, .. } => {
                write!(f, "{} on environment {environment:?}{}", WindowInWords(window), Until(*until))?;
                if window.description.is_empty() { Ok(()) } else { write!(f, ": {:?}", window.description) }
            }
            Self::OutsideAllowWindows { environment, application, until } => {
                write!(f, "no open allow window on environment {environment:?}")?;
                if let Some(application) = application {
                    write!(f, " for {application:?}")?;
                }
                write!(f, "{}", Until(*until))
            }
            Self::EnvironmentLock { .. } | Self::TeamLock { .. } | Self::ApplicationLock { .. } => {
                self.lock().map_or(Ok(()), |(scope, lock_id, lock)| fmt_lock(f, &scope, lock_id, lock))
            }
        }
    }
}

fn fmt_lock(f: &mut fmt::Formatter<'_>, scope: &LockScope, lock_id: &LockId, lock: &Lock) -> fmt::Result {
    write!(f, "lock {lock_id:?} on {scope}")?;
    if let Some(by) = &lock.created_by {
        write!(f, " by {by}")?;
    }
    if let Some(at) = &lock.created_at {
        write!(f, " since {at}")?;
    }
    if lock.message.is_empty() { Ok(()) } else { write!(f, ": {:?}", lock.message) }
}

/// `deny window "0 9 * * *" for 2h (Europe/Berlin)`
pub(crate) struct WindowInWords<'a>(pub(crate) &'a FreezeWindow);

impl fmt::Display for WindowInWords<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let window = self.0;
        write!(f, "{} window {:?} for {} ({})", window.kind, window.schedule, window.duration, window.zone())
    }
}

/// ` until 2024-05-03T11:00:00+02:00`, or nothing.
struct Until(Option<Time>);

impl fmt::Display for Until {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.map_or(Ok(()), |time| write!(f, " until {time}"))
    }
}
