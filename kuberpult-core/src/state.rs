//! [`State`]: everything that decisions read.

use alloc::collections::BTreeMap;
use alloc::sync::Arc;
use core::num::NonZeroU32;

use crate::{
    ApplicationName, EnvironmentConfig, EnvironmentName, GroupName, Locks, Past, Release, Revision, SmallMap,
    TeamName, Version,
};

/// What is there: environments, applications, and what each application has in each environment.
///
/// Plain data with public fields, so that any storage can fill it. It holds what decisions read and nothing
/// else: who deployed and when, and the manifests themselves, are the storage's. It changes by
/// [`apply`](State::apply) only.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
pub struct State {
    /// Settings of the whole installation.
    pub settings: Settings,
    /// The environments by name.
    pub environments: BTreeMap<EnvironmentName, Environment>,
    /// The applications by name: those that have, or had, a release, an owner or a source repository.
    pub applications: BTreeMap<ApplicationName, Application>,
    /// What was current at revisions that commands may refer to. Events do not change it.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "BTreeMap::is_empty"))]
    pub past: BTreeMap<Revision, Past>,
}

/// Settings of the whole installation.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
pub struct Settings {
    /// How many releases cleanup keeps: the oldest one in use and this many less one before it. 20 when not set.
    pub releases_kept: NonZeroU32,
}

impl Settings {
    /// Upstream's number of releases that cleanup keeps.
    pub const DEFAULT_RELEASES_KEPT: NonZeroU32 = NonZeroU32::MIN.saturating_add(19);
}

impl Default for Settings {
    fn default() -> Self {
        Self { releases_kept: Self::DEFAULT_RELEASES_KEPT }
    }
}

/// A target of deployments.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
pub struct Environment {
    /// What it is connected to.
    pub config: EnvironmentConfig,
    /// Locks on the whole environment.
    pub locks: Locks,
    /// Locks on a team's applications in the environment. INVARIANT: no empty entry.
    pub team_locks: BTreeMap<TeamName, Locks>,
    /// What each application has here. INVARIANT: no empty slot.
    pub slots: BTreeMap<ApplicationName, Slot>,
}

/// A microservice.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
pub struct Application {
    /// The team that owns it.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub team: Option<TeamName>,
    /// The address of its source repository.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub source_repo_url: Option<Arc<str>>,
    /// Its releases by version.
    pub releases: SmallMap<Version, Release>,
}

impl Application {
    /// The highest version.
    #[must_use]
    pub fn newest(&self) -> Option<Version> {
        self.releases.last_key_value().map(|(version, _)| *version)
    }
}

/// What one application has in one environment.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
pub struct Slot {
    /// The deployed version.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub current: Option<Version>,
    /// The version that waits: a queue of length 0 or 1.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub queued: Option<Version>,
    /// Locks on the application here.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Locks::is_empty"))]
    pub locks: Locks,
}

impl Slot {
    /// Whether there is nothing in it; an empty slot is no slot.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.current.is_none() && self.queued.is_none() && self.locks.is_empty()
    }
}

pub(crate) static NO_LOCKS: Locks = Locks::new();

impl State {
    /// The slot of an application in an environment, if there is one.
    #[must_use]
    pub fn slot(&self, environment: &EnvironmentName, application: &ApplicationName) -> Option<&Slot> {
        self.environments.get(environment)?.slots.get(application)
    }

    /// The members of an environment group, in name order.
    ///
    /// ```
    /// use kuberpult_core::*;
    /// let europe: GroupName = "europe".parse()?;
    /// let mut state = State::default();
    /// for (environment, group) in [("berlin", Some(&europe)), ("tokyo", None), ("paris", Some(&europe))] {
    ///     let mut there = Environment::default();
    ///     there.config.environment_group = group.cloned();
    ///     state.environments.insert(environment.parse()?, there);
    /// }
    /// let members: Vec<_> = state.group(&europe).map(|(name, _)| name.as_str()).collect();
    /// assert_eq!(members, ["berlin", "paris"]);
    /// # Ok::<(), NameError>(())
    /// ```
    pub fn group<'a>(
        &'a self,
        group: &'a GroupName,
    ) -> impl Iterator<Item = (&'a EnvironmentName, &'a Environment)> {
        self.environments
            .iter()
            .filter(move |(_, environment)| environment.config.environment_group.as_ref() == Some(group))
    }
}
