//! [`Scope`]: which part of a state a command can read.

use alloc::collections::{BTreeMap, BTreeSet};

use crate::decide::release_train::targets;
use crate::{
    Application, ApplicationName, Command, CreateRelease, Deploy, Environment, EnvironmentName, GroupName,
    Release, Slot, State, Version,
};

/// Which part of a state a command can read.
///
/// Deciding on a state [restricted](State::restricted_to) to the scope gives what deciding on the whole state
/// gives. A storage therefore reads no more than this, plus what is small: settings and the configs of all
/// environments.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Scope {
    /// The environments whose locks are read: on the environment, on teams, and on the applications in scope.
    pub environments: BTreeSet<EnvironmentName>,
    /// The applications that are read: team, source repository, version numbers, and in *every* environment
    /// the current and the queued version.
    pub applications: ApplicationScope,
    /// The releases whose content is read.
    pub releases: ReleaseScope,
}

/// Which applications a command can read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum ApplicationScope {
    /// None.
    #[default]
    None,
    /// One.
    One(ApplicationName),
    /// Those with a slot in any of these environments.
    WithSlotIn(BTreeSet<EnvironmentName>),
    /// Those with a queued version in any of these environments.
    QueuedIn(BTreeSet<EnvironmentName>),
    /// All.
    All,
}

/// The releases, of the applications in scope, whose content a command can read. Of all others it reads the
/// version number only.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ReleaseScope {
    /// Every one in full.
    pub every: bool,
    /// This version in full.
    pub whole: Option<Version>,
    /// The newest; manifests for the scope's environments.
    pub newest: bool,
    /// What is current in these environments; manifests for the scope's environments.
    pub current_in: BTreeSet<EnvironmentName>,
    /// What is queued in these environments; manifests for the scope's environments.
    pub queued_in: BTreeSet<EnvironmentName>,
}

impl Command {
    /// Says which part of a state the command can read. Of the state given here only the names and configs of
    /// environments count.
    ///
    /// ```
    /// use kuberpult_core::*;
    /// let deploy = Command::Deploy(Deploy {
    ///     environment: EnvironmentName::new("staging").unwrap(),
    ///     application: ApplicationName::new("cart").unwrap(),
    ///     version: Version::FIRST,
    ///     on_lock: OnLock::Queue,
    ///     reason: None,
    /// });
    /// let scope = deploy.scope(&State::default());
    /// assert_eq!(scope.applications, ApplicationScope::One(ApplicationName::new("cart").unwrap()));
    /// assert_eq!(scope.releases.whole, Some(Version::FIRST));
    /// ```
    #[must_use]
    pub fn scope(&self, state: &State) -> Scope {
        match self {
            Self::CreateEnvironment { .. } => Scope::default(),
            Self::CreateRelease(CreateRelease { application, version, manifests, .. }) => Scope {
                environments: state
                    .environments
                    .iter()
                    .filter(|(name, environment)| {
                        environment.config.follows_latest() && manifests.contains_key(*name)
                    })
                    .map(|(name, _)| name.clone())
                    .collect(),
                applications: ApplicationScope::One(application.clone()),
                releases: ReleaseScope { whole: *version, ..ReleaseScope::default() },
            },
            Self::Deploy(Deploy { environment, application, version, .. }) => Scope {
                environments: only(environment),
                applications: ApplicationScope::One(application.clone()),
                releases: ReleaseScope { whole: Some(*version), ..ReleaseScope::default() },
            },
            Self::CreateEnvironmentLock { environment, .. } | Self::CreateTeamLock { environment, .. } => {
                Scope { environments: only(environment), ..Scope::default() }
            }
            Self::CreateApplicationLock { environment, application, .. } => Scope {
                environments: only(environment),
                applications: ApplicationScope::One(application.clone()),
                releases: ReleaseScope::default(),
            },
            Self::CreateGroupLock { environment_group, .. } => {
                Scope { environments: members(state, environment_group), ..Scope::default() }
            }
            Self::DeleteApplicationLock { environment, application, .. } => Scope {
                applications: ApplicationScope::One(application.clone()),
                ..Scope::of_queues_in(only(environment))
            },
            Self::DeleteEnvironmentLock { environment, .. } | Self::DeleteTeamLock { environment, .. } => {
                Scope::of_queues_in(only(environment))
            }
            Self::DeleteGroupLock { environment_group, .. } => {
                Scope::of_queues_in(members(state, environment_group))
            }
            Self::ReleaseTrain(train) => {
                let Ok((_, targets)) = targets(state, train) else { return Scope::default() };
                let latest = targets.iter().any(|(_, target)| target.config.follows_latest());
                let upstreams: BTreeSet<EnvironmentName> = targets
                    .iter()
                    .filter_map(|(_, target)| target.config.upstream_environment().cloned())
                    .collect();
                // A slot with nothing but locks in the upstream makes a candidate too, one without a version.
                let targets = targets.into_iter().map(|(name, _)| name);
                Scope {
                    environments: targets.chain(&upstreams).cloned().collect(),
                    applications: if latest {
                        ApplicationScope::All
                    } else {
                        ApplicationScope::WithSlotIn(upstreams.clone())
                    },
                    releases: ReleaseScope {
                        newest: latest,
                        current_in: upstreams,
                        ..ReleaseScope::default()
                    },
                }
            }
        }
    }
}

fn only(environment: &EnvironmentName) -> BTreeSet<EnvironmentName> {
    BTreeSet::from([environment.clone()])
}

fn members(state: &State, group: &GroupName) -> BTreeSet<EnvironmentName> {
    state.group(group).map(|(name, _)| name.clone()).collect()
}

impl Scope {
    /// All there is. Of the state given here only the names of environments count.
    #[must_use]
    pub fn everything(state: &State) -> Self {
        Self {
            environments: state.environments.keys().cloned().collect(),
            applications: ApplicationScope::All,
            releases: ReleaseScope { every: true, ..ReleaseScope::default() },
        }
    }

    /// What settling the queues of some environments reads.
    fn of_queues_in(environments: BTreeSet<EnvironmentName>) -> Self {
        Self {
            applications: ApplicationScope::QueuedIn(environments.clone()),
            releases: ReleaseScope { queued_in: environments.clone(), ..ReleaseScope::default() },
            environments,
        }
    }
}

impl ApplicationScope {
    /// Whether an application is in scope, given a way to look its slots up.
    pub fn contains<'a>(
        &self,
        application: &ApplicationName,
        slot_in: impl Fn(&EnvironmentName) -> Option<&'a Slot>,
    ) -> bool {
        match self {
            Self::None => false,
            Self::One(one) => one == application,
            Self::WithSlotIn(environments) => {
                environments.iter().any(|environment| slot_in(environment).is_some())
            }
            Self::QueuedIn(environments) => environments
                .iter()
                .any(|environment| slot_in(environment).is_some_and(|slot| slot.queued.is_some())),
            Self::All => true,
        }
    }
}

impl ReleaseScope {
    /// How much of a release is read, given its application's newest version and a way to look its slots up.
    pub fn part_of<'a>(
        &self,
        version: Version,
        newest: Option<Version>,
        slot_in: impl Fn(&EnvironmentName) -> Option<&'a Slot>,
    ) -> ReleasePart {
        let slot_has = |environments: &BTreeSet<EnvironmentName>, of: fn(&Slot) -> Option<Version>| {
            environments.iter().any(|environment| slot_in(environment).and_then(of) == Some(version))
        };
        if self.every || self.whole == Some(version) {
            ReleasePart::Whole
        } else if (self.newest && newest == Some(version))
            || slot_has(&self.current_in, |slot| slot.current)
            || slot_has(&self.queued_in, |slot| slot.queued)
        {
            ReleasePart::ManifestsInScope
        } else {
            ReleasePart::VersionOnly
        }
    }
}

/// How much of a release a command can read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ReleasePart {
    /// That it exists.
    VersionOnly,
    /// Its manifests for the scope's environments.
    ManifestsInScope,
    /// Everything.
    Whole,
}

impl State {
    /// The part of this state that a scope names: what a storage would have read for it.
    ///
    /// Environments keep their configs. What is not in scope is as if it were not there; of releases out of
    /// scope the version numbers remain, with no content.
    #[must_use]
    pub fn restricted_to(&self, scope: &Scope) -> Self {
        let slot = |environment: &EnvironmentName, application: &ApplicationName| {
            self.slot(environment, application)
        };
        let in_scope = |application: &ApplicationName| {
            scope.applications.contains(application, |environment| slot(environment, application))
        };
        let applications = self
            .applications
            .iter()
            .filter(|(name, _)| in_scope(name))
            .map(|(name, application)| {
                let newest = application.newest();
                let releases = application
                    .releases
                    .iter()
                    .map(|(version, release)| {
                        let part =
                            scope.releases.part_of(*version, newest, |environment| slot(environment, name));
                        (*version, release.restricted_to(part, &scope.environments))
                    })
                    .collect();
                (name.clone(), Application { releases, ..application.clone_without_releases() })
            })
            .collect();
        let environments = self
            .environments
            .iter()
            .map(|(name, environment)| {
                let with_locks = scope.environments.contains(name);
                let slots = environment.slots.iter().filter(|(application, _)| in_scope(application));
                let slots = slots.filter_map(|(application, slot)| {
                    let slot = if with_locks { slot.clone() } else { slot.without_locks() };
                    (!slot.is_empty()).then(|| (application.clone(), slot))
                });
                let restricted = Environment {
                    config: environment.config.clone(),
                    slots: slots.collect(),
                    locks: if with_locks { environment.locks.clone() } else { BTreeMap::new() },
                    team_locks: if with_locks { environment.team_locks.clone() } else { BTreeMap::new() },
                };
                (name.clone(), restricted)
            })
            .collect();
        Self { settings: self.settings.clone(), environments, applications }
    }
}

impl Application {
    fn clone_without_releases(&self) -> Self {
        Self {
            team: self.team.clone(),
            source_repo_url: self.source_repo_url.clone(),
            releases: BTreeMap::new(),
        }
    }
}

impl Slot {
    fn without_locks(&self) -> Self {
        Self { current: self.current, queued: self.queued, locks: BTreeMap::new() }
    }
}

impl Release {
    fn restricted_to(&self, part: ReleasePart, environments: &BTreeSet<EnvironmentName>) -> Self {
        match part {
            ReleasePart::Whole => self.clone(),
            ReleasePart::VersionOnly => Self::default(),
            ReleasePart::ManifestsInScope => Self {
                manifests: environments
                    .iter()
                    .filter_map(|environment| self.manifests.get_key_value(environment))
                    .map(|(environment, manifest)| (environment.clone(), *manifest))
                    .collect(),
                source: crate::ReleaseSource::default(),
            },
        }
    }
}
