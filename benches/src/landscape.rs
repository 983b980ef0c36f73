//! [`Landscape`]: states of any size.

use std::collections::BTreeMap;

use kuberpult_core::{
    Application, Environment, EnvironmentConfig, EnvironmentName, Lock, ManifestId, Release, Slot, State,
    Version,
};

use crate::{application, environment, lock_id};

/// The environment that new releases go to at once, upstream of all others.
const DEVELOPMENT: &str = "development";

/// The group of all environments downstream of development.
pub const GROUP: &str = "targets";

/// The name of the environment of that number downstream of development; names are in the order of numbers.
#[must_use]
pub fn target(index: usize) -> EnvironmentName {
    environment(&format!("target-{index:03}"))
}

/// The size of a state: development, and environments downstream of it, all with each application.
#[derive(Debug, Clone, Copy)]
pub struct Landscape {
    /// How many applications there are.
    pub applications: usize,
    /// How many environments there are downstream of development.
    pub targets: usize,
    /// How many releases each application has, 1 or more, each with a manifest for every environment.
    pub releases: u64,
    /// How many releases the targets are behind development, which has the newest one. As many as there are: they have
    /// nothing.
    pub behind: u64,
    /// The newest release waits in the queue of each target.
    pub queued: bool,
    /// Each application is locked in each target.
    pub locked: bool,
}

impl Landscape {
    /// This many applications with two releases, one target, which has the older one.
    #[must_use]
    pub fn of(applications: usize) -> Self {
        Self { applications, targets: 1, releases: 2, behind: 1, queued: false, locked: false }
    }

    /// The state.
    #[must_use]
    pub fn state(self) -> State {
        let mut state = State::default();
        let upstream = EnvironmentConfig::with_upstream_latest();
        let mut config = EnvironmentConfig::with_upstream(environment(DEVELOPMENT));
        config.environment_group = Some(environment_group());
        state
            .environments
            .insert(environment(DEVELOPMENT), Environment { config: upstream, ..Environment::default() });
        for index in 0..self.targets {
            let environment = Environment { config: config.clone(), ..Environment::default() };
            state.environments.insert(target(index), environment);
        }
        let names: Vec<_> = state.environments.keys().cloned().collect();
        let newest = Version::new(self.releases);
        let in_targets = Slot {
            current: self.releases.checked_sub(self.behind).and_then(Version::new),
            queued: newest.filter(|_| self.queued),
            locks: if self.locked { [(lock_id(), Lock::default())].into() } else { BTreeMap::new() },
        };
        for index in 0..self.applications {
            let name = application(index);
            let versions = (1..=self.releases).filter_map(Version::new);
            let releases = versions.map(|version| (version, release(version, &names)));
            let application = Application { releases: releases.collect(), ..Application::default() };
            state.applications.insert(name.clone(), application);
            for (environment, there) in &mut state.environments {
                let slot = if environment.as_str() == DEVELOPMENT {
                    Slot { current: newest, ..Slot::default() }
                } else {
                    in_targets.clone()
                };
                if !slot.is_empty() {
                    there.slots.insert(name.clone(), slot);
                }
            }
        }
        state
    }

    /// The state, with a lock on each target.
    #[must_use]
    pub fn state_with_locked_targets(self) -> State {
        let mut state = self.state();
        for index in 0..self.targets {
            if let Some(there) = state.environments.get_mut(&target(index)) {
                there.locks.insert(lock_id(), Lock::default());
            }
        }
        state
    }
}

fn environment_group() -> kuberpult_core::GroupName {
    GROUP.parse().expect("a valid name")
}

fn release(version: Version, environments: &[EnvironmentName]) -> Release {
    let manifest = ManifestId::from_bytes(&version.get().to_be_bytes());
    let manifests = environments.iter().filter_map(|environment| Some((environment.clone(), manifest?)));
    Release { manifests: manifests.collect(), ..Release::default() }
}
