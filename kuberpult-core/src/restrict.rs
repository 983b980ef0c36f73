//! The part of a state that a scope names.

use alloc::collections::{BTreeMap, BTreeSet};

use crate::{
    Application, ApplicationName, Environment, EnvironmentName, Past, Release, ReleasePart, ReleaseSource,
    Revision, Scope, Slot, SmallMap, State,
};

impl State {
    /// The part of this state that a scope names: what a storage would have read for it.
    ///
    /// Environments keep their configs. What is not in scope is as if it were not there; of releases out of
    /// scope the version numbers remain, with no content.
    ///
    /// ```
    /// use kuberpult_core::*;
    /// let mut state = State::default();
    /// for environment in ["staging", "production"] {
    ///     let mut there = Environment::default();
    ///     there.locks.insert("audit".parse()?, Lock::default());
    ///     state.environments.insert(environment.parse()?, there);
    /// }
    /// let settle = Command::SettleQueue { environment: Some("staging".parse()?) };
    /// let part = state.restricted_to(&settle.scope(&state));
    /// assert_eq!(part.environments["staging"].locks.len(), 1);
    /// assert!(part.environments["production"].locks.is_empty(), "that is not read");
    /// # Ok::<(), NameError>(())
    /// ```
    #[must_use]
    pub fn restricted_to(&self, scope: &Scope) -> Self {
        let names = scope.applications.names_in(self);
        let applications = of_names(&self.applications, names.as_ref())
            .map(|(name, application)| {
                let newest = application.newest();
                let releases = application
                    .releases
                    .iter()
                    .map(|(version, release)| {
                        let part = scope.part_of(self, name, *version, newest == Some(*version));
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
                let slots = of_names(&environment.slots, names.as_ref());
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
        Self { settings: self.settings.clone(), environments, applications, past: self.past_in(scope) }
    }

    fn past_in(&self, scope: &Scope) -> BTreeMap<Revision, Past> {
        let restricted = scope.past.iter().filter_map(|(revision, environments)| {
            let past = self.past.get(revision)?;
            let current =
                environments.iter().filter_map(|environment| past.current.get_key_value(environment));
            let current = current.map(|(environment, versions)| (environment.clone(), versions.clone()));
            Some((revision.clone(), Past { current: current.collect() }))
        });
        restricted.collect()
    }
}

/// What a map has of the applications of these names, or of all. Each is looked up: a few cost the same among many.
fn of_names<'a, V>(
    map: &'a BTreeMap<ApplicationName, V>,
    names: Option<&BTreeSet<&ApplicationName>>,
) -> impl Iterator<Item = (&'a ApplicationName, &'a V)> {
    let all = names.is_none().then_some(map).into_iter().flatten();
    all.chain(names.into_iter().flatten().filter_map(|name| map.get_key_value(*name)))
}

impl Application {
    fn clone_without_releases(&self) -> Self {
        Self {
            team: self.team.clone(),
            source_repo_url: self.source_repo_url.clone(),
            releases: SmallMap::new(),
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
                source: ReleaseSource::default(),
                undeploy: false,
            },
        }
    }
}
