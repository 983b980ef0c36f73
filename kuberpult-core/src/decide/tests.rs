//! What refusals name, and what they leave unsaid.

use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::{
    Actor, Application, ApplicationName, Command, Context, Decision, Deploy, Environment, EnvironmentConfig,
    EnvironmentName, GroupName, ManifestId, OnLock, Past, Refusal, Rejection, Release, ReleaseTrain, Slot,
    State, TrainTargetType, Version,
};

const TOO_LONG: &str = "a-name-of-more-than-thirty-nine-characters";

fn version(number: u64) -> Version {
    Version::new(number).unwrap()
}

/// Production and its group `live` take their versions from `staging`, the only member of `tests`; version 1 of `cart`
/// has manifests for `staging` and for `moon`, which is no environment.
fn state() -> State {
    let environment = |upstream: Option<&str>, group: &str| {
        let upstream: Option<EnvironmentName> = upstream.map(|upstream| upstream.parse().unwrap());
        let config =
            upstream.map_or_else(EnvironmentConfig::with_upstream_latest, EnvironmentConfig::with_upstream);
        let config = EnvironmentConfig { environment_group: Some(group.parse().unwrap()), ..config };
        Environment { config, ..Environment::default() }
    };
    let environments = [
        ("production", environment(Some("staging"), "live")),
        ("shop", environment(Some("tests"), "live")),
        ("staging", environment(None, "tests")),
    ];
    let environments = environments.map(|(name, environment)| (name.parse().unwrap(), environment)).into();
    let manifests = ["moon", "staging"].map(|name| (name.parse().unwrap(), ManifestId::EMPTY)).into();
    let release = Release { manifests, ..Release::default() };
    let cart = Application { releases: [(version(1), release)].into(), ..Application::default() };
    State {
        environments,
        applications: BTreeMap::from([("cart".parse().unwrap(), cart)]),
        ..State::default()
    }
}

fn decide(state: &State, command: &Command) -> Result<Decision, Rejection> {
    let now = "2024-05-03T10:00:00Z".parse().unwrap();
    state.decide(&Context::new(now, Actor::new("Jo", "jo@example.com")), command)
}

fn codes(state: &State, command: &Command) -> Vec<&'static str> {
    let rejection = decide(state, command).err();
    rejection.iter().flat_map(Rejection::refusals).map(Refusal::code).collect()
}

fn notes(state: &State, command: &Command) -> Vec<String> {
    decide(state, command).unwrap().report().notes.iter().map(ToString::to_string).collect()
}

#[test]
fn a_deployment_says_all_that_is_unknown_and_nothing_that_follows_from_it() {
    let codes = |application: &str, environment: &str| {
        let (environment, application) = (environment.parse().unwrap(), application.parse().unwrap());
        let deploy =
            Deploy { environment, application, version: version(1), on_lock: OnLock::Queue, reason: None };
        codes(&state(), &Command::Deploy(deploy))
    };
    assert_eq!(codes("cart", "staging"), [""; 0]);
    assert_eq!(codes("cart", "production"), ["MANIFEST_NOT_FOUND"]);
    // there is a manifest for `moon`, and none for `mars`: neither can be deployed to
    assert_eq!(codes("cart", "moon"), ["ENVIRONMENT_NOT_FOUND"]);
    assert_eq!(codes("cart", "mars"), ["ENVIRONMENT_NOT_FOUND"]);
    assert_eq!(codes("email", "mars"), ["ENVIRONMENT_NOT_FOUND", "APPLICATION_NOT_FOUND"]);
}

#[test]
fn an_environment_stays_while_another_takes_its_versions_from_it_or_from_its_group() {
    let mut state = state();
    let delete = |name: &str| Command::DeleteEnvironment { environment: name.parse().unwrap(), force: false };
    let downstream = |state: &State| -> Vec<String> {
        match decide(state, &delete("staging")).unwrap_err().refusals() {
            [Refusal::EnvironmentIsUpstream { downstream, .. }] => {
                downstream.iter().map(ToString::to_string).collect()
            }
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(downstream(&state), ["production", "shop"]);
    assert_eq!(codes(&state, &delete("production")), [""; 0]);
    let second = state.environments["staging"].clone();
    state.environments.insert("testing".parse().unwrap(), second);
    assert_eq!(downstream(&state), ["production"], "the group has another member");
}

#[test]
fn a_config_that_is_there_already_is_said_to_be() {
    let state = state();
    let environment: EnvironmentName = "staging".parse().unwrap();
    let config = state.environments["staging"].config.clone();
    let create = Command::CreateEnvironment { environment: environment.clone(), config: config.clone() };
    let update = Command::UpdateEnvironment { environment, config };
    for command in [create, update] {
        assert_eq!(notes(&state, &command), [r#"environment "staging" exists with this config already"#]);
    }
}

#[test]
fn a_group_that_is_new_must_be_well_formed() {
    let mut state = state();
    let environment: EnvironmentName = "staging".parse().unwrap();
    let config = EnvironmentConfig {
        environment_group: Some(GroupName::existing(TOO_LONG).unwrap()),
        ..EnvironmentConfig::with_upstream_latest()
    };
    let update = Command::UpdateEnvironment { environment: environment.clone(), config: config.clone() };
    assert_eq!(codes(&state, &update), ["INVALID_NAME"]);
    state.environments.get_mut("staging").unwrap().config =
        EnvironmentConfig { upstream: None, ..config.clone() };
    assert_eq!(codes(&state, &update), [""; 0], "the environment is in that group already");
}

#[test]
fn an_application_that_is_known_in_any_way_can_be_locked() {
    let mut state = state();
    let application = ApplicationName::existing(TOO_LONG).unwrap();
    let lock = Command::CreateApplicationLock {
        environment: "staging".parse().unwrap(),
        application: application.clone(),
        lock_id: "audit".parse().unwrap(),
        message: "".into(),
        ci_link: None,
        suggested_lifetime: None,
    };
    assert_eq!(codes(&state, &lock), ["INVALID_NAME"]);
    let slot = Slot { current: Some(version(1)), ..Slot::default() };
    let staging = state.environments.get_mut("staging").unwrap();
    staging.slots.insert(application.clone(), slot);
    assert_eq!(codes(&state, &lock), [""; 0], "it has a slot");
    state.environments.get_mut("staging").unwrap().slots.clear();
    state.applications.insert(application, Application::default());
    assert_eq!(codes(&state, &lock), [""; 0], "it has releases");
}

#[test]
fn a_train_to_nowhere_names_where_it_could_go() {
    let known = |target_type| {
        let train = ReleaseTrain { target_type, ..ReleaseTrain::new("mars") };
        match decide(&state(), &Command::ReleaseTrain(train)).unwrap_err().refusals() {
            [Refusal::TargetNotFound { known, .. }] => known.join(" "),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(known(None), "live production shop staging tests");
    assert_eq!(known(Some(TrainTargetType::EnvironmentGroup)), "live tests");
    assert_eq!(known(Some(TrainTargetType::Environment)), "production shop staging");
}

#[test]
fn a_train_as_of_a_revision_says_where_that_has_no_effect() {
    let mut state = state();
    let past = Past { current: BTreeMap::from([("staging".parse().unwrap(), BTreeMap::new())]) };
    state.past.insert("monday".parse().unwrap(), past);
    let notes = |target: &str| {
        let train = ReleaseTrain { as_of: Some("monday".parse().unwrap()), ..ReleaseTrain::new(target) };
        notes(&state, &Command::ReleaseTrain(train)).len()
    };
    assert_eq!(notes("staging"), 1, "it takes the newest releases");
    assert_eq!(notes("production"), 0);
}
