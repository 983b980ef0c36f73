//! Locks: what holds automatic deployments back, and where.

use alloc::collections::BTreeMap;
use alloc::sync::Arc;
use core::fmt;

use crate::{Actor, ApplicationName, EnvironmentName, LockId, TeamName, Time};

/// What a lock says. Its id and scope are where it lies.
///
/// Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
pub struct Lock {
    /// Why it is there, for people.
    pub message: Arc<str>,
    /// Who set it; none when the repository does not say.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub created_by: Option<Actor>,
    /// When it was set, in whole seconds; none when the repository does not say.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub created_at: Option<Time>,
    /// The CI job that set it.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub ci_link: Option<Arc<str>>,
    /// How long it is meant to stay, as text. Nothing enforces it.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub suggested_lifetime: Option<Arc<str>>,
}

/// The locks of one scope, told apart by id.
pub type Locks = BTreeMap<LockId, Lock>;

/// What a lock locks.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "serde", serde(tag = "scope", rename_all = "camelCase", deny_unknown_fields))]
pub enum LockScope {
    /// Every application in the environment.
    Environment {
        /// The environment.
        environment: EnvironmentName,
    },
    /// The team's applications in the environment.
    Team {
        /// The environment.
        environment: EnvironmentName,
        /// The team.
        team: TeamName,
    },
    /// One application in the environment.
    Application {
        /// The environment.
        environment: EnvironmentName,
        /// The application.
        application: ApplicationName,
    },
}

impl LockScope {
    /// The environment in which the lock holds.
    #[must_use]
    pub fn environment(&self) -> &EnvironmentName {
        match self {
            Self::Environment { environment }
            | Self::Team { environment, .. }
            | Self::Application { environment, .. } => environment,
        }
    }
}

impl fmt::Display for LockScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Environment { environment } => write!(f, "environment {environment:?}"),
            Self::Team { environment, team } => write!(f, "team {team:?} in environment {environment:?}"),
            Self::Application { environment, application } => {
                write!(f, "application {application:?} in environment {environment:?}")
            }
        }
    }
}
