//! [`Command::scope`]: which part of a state each command can read.

use alloc::collections::{BTreeMap, BTreeSet};

use crate::decide::release_train::targets;
use crate::{
    ApplicationName, ApplicationScope, Command, CreateRelease, Deploy, Environment, EnvironmentName,
    GroupName, ReleaseScope, ReleaseTrain, Scope, State, Version,
};

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
    /// assert_eq!(scope.applications.named, [ApplicationName::new("cart").unwrap()].into());
    /// assert_eq!(scope.releases.whole, [Version::FIRST].into());
    /// ```
    #[must_use]
    pub fn scope(&self, state: &State) -> Scope {
        match self {
            Self::CreateEnvironment { .. } | Self::UpdateEnvironment { .. } => Scope::default(),
            Self::DeleteEnvironment { environment, .. } => Scope {
                environments: only(environment),
                applications: ApplicationScope {
                    with_slot_in: only(environment),
                    ..ApplicationScope::default()
                },
                ..Scope::default()
            },
            Self::CreateRelease(CreateRelease { application, version, manifests, .. }) => {
                let environments = followers_of_latest(state).filter(|name| manifests.contains_key(*name));
                Scope::of_application(environments.cloned().collect(), application).with_releases(*version)
            }
            Self::Deploy(Deploy { environment, application, version, .. }) => {
                Scope::of_application(only(environment), application).with_releases(Some(*version))
            }
            Self::CreateEnvironmentLock { environment, .. } | Self::CreateTeamLock { environment, .. } => {
                Scope { environments: only(environment), ..Scope::default() }
            }
            Self::CreateApplicationLock { environment, application, .. }
            | Self::RemoveFromEnvironment { environment, application } => {
                Scope::of_application(only(environment), application)
            }
            Self::CreateGroupLock { environment_group, .. } => {
                Scope { environments: members(state, environment_group), ..Scope::default() }
            }
            Self::DeleteApplicationLock { environment, application, .. } => Scope {
                applications: ApplicationScope::one(application),
                ..Scope::of_queues_in(only(environment))
            },
            Self::DeleteEnvironmentLock { environment, .. }
            | Self::DeleteTeamLock { environment, .. }
            | Self::SettleQueue { environment: Some(environment) } => Scope::of_queues_in(only(environment)),
            Self::DeleteGroupLock { environment_group, .. } => {
                Scope::of_queues_in(members(state, environment_group))
            }
            Self::SettleQueue { environment: None } => {
                Scope::of_queues_in(state.environments.keys().cloned().collect())
            }
            Self::ReleaseTrain(train) => scope_of_train(state, train),
            Self::PrepareUndeploy { application } => {
                Scope::of_application(followers_of_latest(state).cloned().collect(), application)
            }
            Self::Undeploy { application } => Scope {
                releases: ReleaseScope { every: true, ..ReleaseScope::default() },
                ..Scope::of_application(state.environments.keys().cloned().collect(), application)
            },
            Self::Batch { commands } => scope_of_batch(state, commands),
        }
    }
}

fn scope_of_train(state: &State, train: &ReleaseTrain) -> Scope {
    let Ok((_, targets)) = targets(state, train) else { return Scope::default() };
    let latest = targets.iter().any(|(_, target)| target.config.follows_latest());
    let upstreams: BTreeSet<EnvironmentName> =
        targets.iter().filter_map(|(_, target)| target.config.upstream_environment().cloned()).collect();
    // A slot with nothing but locks in the upstream makes a candidate too, one without a version.
    let names = targets.into_iter().map(|(name, _)| name);
    Scope {
        environments: names.chain(&upstreams).cloned().collect(),
        applications: ApplicationScope {
            all: latest,
            with_slot_in: upstreams.clone(),
            ..ApplicationScope::default()
        },
        past: train.as_of.iter().map(|revision| (revision.clone(), upstreams.clone())).collect(),
        releases: ReleaseScope { newest: latest, current_in: upstreams, ..ReleaseScope::default() },
    }
}

/// What each command reads, with the configs as the commands before it leave them.
fn scope_of_batch(state: &State, commands: &[Command]) -> Scope {
    let mut configs = state.configs();
    let mut scope = Scope::default();
    for command in commands {
        scope.extend(command.scope(&configs));
        match command {
            Command::CreateEnvironment { environment, config }
            | Command::UpdateEnvironment { environment, config } => {
                let changed = Environment { config: config.clone(), ..Environment::default() };
                configs.environments.insert(environment.clone(), changed);
            }
            Command::DeleteEnvironment { environment, .. } => {
                configs.environments.remove(environment);
            }
            _ => {}
        }
    }
    scope
}

fn followers_of_latest(state: &State) -> impl Iterator<Item = &EnvironmentName> {
    state.environments.iter().filter(|(_, there)| there.config.follows_latest()).map(|(name, _)| name)
}

fn only(environment: &EnvironmentName) -> BTreeSet<EnvironmentName> {
    BTreeSet::from([environment.clone()])
}

fn members(state: &State, group: &GroupName) -> BTreeSet<EnvironmentName> {
    state.group(group).map(|(name, _)| name.clone()).collect()
}

impl Scope {
    /// One application, and its locks in some environments.
    fn of_application(environments: BTreeSet<EnvironmentName>, application: &ApplicationName) -> Self {
        Self { environments, applications: ApplicationScope::one(application), ..Self::default() }
    }

    /// The same with a release in full.
    fn with_releases(mut self, version: Option<Version>) -> Self {
        self.releases.whole.extend(version);
        self
    }

    /// What [`State::why`] reads, or [`State::why_not`] if a version is given. Of the state given here only the
    /// names and configs of environments count.
    #[must_use]
    pub fn of_why(
        state: &State,
        environment: &EnvironmentName,
        application: &ApplicationName,
        version: Option<Version>,
    ) -> Self {
        let config = state.environments.get(environment).map(|there| &there.config);
        let upstream = config.and_then(|config| config.upstream_environment()).cloned();
        let environments: BTreeSet<EnvironmentName> = only(environment).into_iter().chain(upstream).collect();
        Self {
            applications: ApplicationScope::one(application),
            releases: ReleaseScope {
                newest: true,
                whole: version.into_iter().collect(),
                current_in: environments.clone(),
                queued_in: only(environment),
                every: false,
            },
            environments,
            past: BTreeMap::new(),
        }
    }

    /// What tells what is where, what waits, what holds it back and how far behind it is, of one application or of all: of
    /// releases the versions, and of those that are current, queued or newest the manifests that they have. Of the state given here
    /// only the names of environments count.
    ///
    /// ```
    /// use kuberpult_core::{Scope, State};
    /// assert!(Scope::of_overview(&State::default(), None).applications.all);
    /// ```
    #[must_use]
    pub fn of_overview(state: &State, application: Option<&ApplicationName>) -> Self {
        let environments: BTreeSet<EnvironmentName> = state.environments.keys().cloned().collect();
        Self {
            applications: ApplicationScope {
                all: application.is_none(),
                named: application.into_iter().cloned().collect(),
                ..ApplicationScope::default()
            },
            releases: ReleaseScope {
                newest: true,
                current_in: environments.clone(),
                queued_in: environments.clone(),
                ..ReleaseScope::default()
            },
            environments,
            past: BTreeMap::new(),
        }
    }

    /// What settling the queues of some environments reads.
    fn of_queues_in(environments: BTreeSet<EnvironmentName>) -> Self {
        Self {
            applications: ApplicationScope { queued_in: environments.clone(), ..ApplicationScope::default() },
            releases: ReleaseScope { queued_in: environments.clone(), ..ReleaseScope::default() },
            past: BTreeMap::new(),
            environments,
        }
    }
}

impl ApplicationScope {
    fn one(application: &ApplicationName) -> Self {
        Self { named: BTreeSet::from([application.clone()]), ..Self::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{EnvironmentConfig, ManifestId};

    #[test]
    fn a_batch_reads_what_its_commands_read_after_one_another() {
        let environment: EnvironmentName = "staging".parse().unwrap();
        let mut state = State::default();
        state.environments.insert(environment.clone(), Environment::default());
        let manifests = [(environment.clone(), ManifestId::EMPTY)].into();
        let release = Command::CreateRelease(CreateRelease::new("cart".parse().unwrap(), manifests));
        assert_eq!(release.scope(&state).environments, [].into(), "it is deployed nowhere");

        let config = EnvironmentConfig::with_upstream_latest();
        let update = Command::UpdateEnvironment { environment: environment.clone(), config };
        let batch = Command::Batch { commands: alloc::vec![update, release] };
        assert_eq!(batch.scope(&state).environments, [environment].into(), "its locks count");
    }
}
