//! States to measure on.

use std::collections::BTreeMap;

use kuberpult_core::{
    Application, ApplicationName, Environment, EnvironmentConfig, EnvironmentName, ManifestId, Release, Slot,
    State, Version,
};

/// The environments of [`promotion`].
pub const DEVELOPMENT: &str = "development";
/// The environment downstream of development.
pub const STAGING: &str = "staging";

/// A state in which staging is one version behind development.
///
/// `applications` many, each with `releases` releases for both environments; the newest is in development, the
/// one before, if there is one, in staging.
///
/// # Panics
/// `releases` is 0.
#[must_use]
pub fn promotion(applications: usize, releases: u64) -> State {
    let mut state = State::default();
    let development = name(DEVELOPMENT);
    let staging = name(STAGING);
    let mut upstream =
        Environment { config: EnvironmentConfig::with_upstream_latest(), ..Environment::default() };
    let mut target = Environment {
        config: EnvironmentConfig::with_upstream(development.clone()),
        ..Environment::default()
    };
    let newest = Version::new(releases);
    let before = Version::new(releases - 1);
    for index in 0..applications {
        let application = application(index);
        let versions = (1..=releases).filter_map(Version::new);
        let releases = versions.map(|version| (version, release(version, [&development, &staging])));
        let releases = releases.collect::<BTreeMap<_, _>>();
        state.applications.insert(application.clone(), Application { releases, ..Application::default() });
        upstream.slots.insert(application.clone(), Slot { current: newest, ..Slot::default() });
        if before.is_some() {
            target.slots.insert(application, Slot { current: before, ..Slot::default() });
        }
    }
    state.environments.insert(development, upstream);
    state.environments.insert(staging, target);
    state
}

/// The name of the application of that number; names are in the order of numbers.
fn application(index: usize) -> ApplicationName {
    #[expect(clippy::expect_used, reason = "the name is valid")]
    ApplicationName::new(&format!("application-{index:06}")).expect("a valid name")
}

fn name(name: &str) -> EnvironmentName {
    #[expect(clippy::expect_used, reason = "the name is valid")]
    EnvironmentName::new(name).expect("a valid name")
}

fn release(version: Version, environments: [&EnvironmentName; 2]) -> Release {
    let bytes = version.get().to_be_bytes();
    let manifest = ManifestId::from_bytes(&bytes);
    let manifests = environments.into_iter().filter_map(|environment| Some((environment.clone(), manifest?)));
    Release { manifests: manifests.collect(), ..Release::default() }
}
