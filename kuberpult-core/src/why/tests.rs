use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

use crate::{
    Actor, Application, Blocker, Context, Environment, EnvironmentConfig, FreezeKind, FreezeWindow, Lock,
    ManifestId, OnUnlock, Release, Slot, State, Version, Why,
};

/// Version 2 of `cart` waits in `production`, which has version 1 and takes its versions from `staging`, which has 2.
fn state() -> State {
    let mut state = State::default();
    let version = |number| Version::new(number).unwrap();
    let manifests = [("staging", 1), ("production", 2)];
    let manifests = manifests
        .map(|(environment, byte)| (environment.parse().unwrap(), ManifestId::from_bytes(&[byte]).unwrap()));
    let release = Release { manifests: manifests.into(), ..Release::default() };
    let releases = [1, 2, 3].map(|number| (version(number), release.clone()));
    let cart = Application { releases: releases.into(), ..Application::default() };
    state.applications.insert("cart".parse().unwrap(), cart);
    let staging = Slot { current: Some(version(2)), ..Slot::default() };
    let production = Slot { current: Some(version(1)), queued: Some(version(2)), ..Slot::default() };
    for (name, upstream, slot) in [("staging", None, staging), ("production", Some("staging"), production)] {
        let config =
            upstream.map(|upstream: &str| EnvironmentConfig::with_upstream(upstream.parse().unwrap()));
        let mut there = Environment { config: config.unwrap_or_default(), ..Environment::default() };
        there.slots.insert("cart".parse().unwrap(), slot);
        state.environments.insert(name.parse().unwrap(), there);
    }
    state
}

fn production(state: &mut State) -> &mut Environment {
    state.environments.get_mut("production").unwrap()
}

fn lock(state: &mut State) {
    production(state).locks.insert("audit".parse().unwrap(), Lock::default());
}

/// From 9 to 11, which at 10 o'clock ends in an hour; and from 11 to 12, which follows.
fn freeze(state: &mut State) {
    let window = |schedule: &str, duration: &str| {
        FreezeWindow::new(FreezeKind::Deny, schedule.parse().unwrap(), duration.parse().unwrap())
    };
    production(state).config.freeze_windows = vec![window("0 9 * * *", "2h"), window("0 11 * * *", "1h")];
}

fn why(state: &State, version: Option<u64>) -> Why {
    let context = Context::new("2024-05-03T10:00:00Z".parse().unwrap(), Actor::new("Jo", "jo@example.com"));
    let (environment, application) = ("production".parse().unwrap(), "cart".parse().unwrap());
    let why = match version {
        None => state.why(&context, &environment, &application),
        Some(version) => state.why_not(&context, &environment, &application, Version::new(version).unwrap()),
    };
    why.unwrap()
}

fn ways(state: &State, version: Option<u64>) -> Vec<String> {
    why(state, version).ways.iter().map(ToString::to_string).collect()
}

const UNLOCK: &str = r#"delete lock "audit" on environment "production""#;
const MANUALLY: &str = r#"deploy version 2 of "cart" to "production" manually"#;

#[test]
fn what_waits_comes_by_settling_when_nothing_blocks_it() {
    let expected =
        [r#"settle the queues of environment "production""#, r#"deploy version 2 of "cart" to "production""#];
    assert_eq!(ways(&state(), None), expected);
}

#[test]
fn what_waits_behind_a_lock_comes_by_unlocking() {
    let mut state = state();
    lock(&mut state);
    assert_eq!(ways(&state, None), [UNLOCK, MANUALLY]);
    production(&mut state).config.on_unlock = Some(OnUnlock::Keep);
    assert_eq!(ways(&state, None), [UNLOCK, MANUALLY], "the unlock then says that it deploys");
}

#[test]
fn what_waits_behind_freeze_windows_comes_by_settling_after_the_last_of_them() {
    let mut state = state();
    freeze(&mut state);
    let settle = r#"from 2024-05-03T12:00:00Z on settle the queues of environment "production""#;
    assert_eq!(ways(&state, None), [settle, MANUALLY]);
    lock(&mut state);
    assert_eq!(ways(&state, None), [&alloc::format!("{UNLOCK}, then {settle}"), MANUALLY]);
    production(&mut state).config.on_unlock = Some(OnUnlock::Keep);
    assert_eq!(ways(&state, None), [&alloc::format!("from 2024-05-03T12:00:00Z on {UNLOCK}"), MANUALLY]);
}

#[test]
fn what_upstream_has_comes_by_train() {
    let mut state = state();
    lock(&mut state);
    production(&mut state).slots.get_mut("cart").unwrap().queued = None;
    assert_eq!(
        ways(&state, None),
        [&alloc::format!(r#"{UNLOCK}, then release train to "production""#), MANUALLY]
    );
    freeze(&mut state);
    let train =
        alloc::format!(r#"{UNLOCK}, then from 2024-05-03T12:00:00Z on release train to "production""#);
    assert_eq!(ways(&state, None), [train.as_str(), MANUALLY]);
}

#[test]
fn what_neither_waits_nor_is_upstream_comes_by_hand() {
    let mut state = state();
    lock(&mut state);
    let manually = r#"deploy version 3 of "cart" to "production" manually"#;
    assert_eq!(ways(&state, Some(3)), [manually]);
    assert!(ways(&state, Some(1)).is_empty(), "it is there already");
}

#[test]
fn nothing_is_due_where_upstream_s_version_is_already() {
    let mut state = state();
    let slot = production(&mut state).slots.get_mut("cart").unwrap();
    (slot.current, slot.queued) = (Version::new(2), None);
    let why = why(&state, None);
    assert_eq!((why.wanted, why.ways.len()), (None, 0));
    assert!(why.to_string().ends_with("No other version is due."));
}

#[test]
fn what_is_unknown_is_refused_by_name() {
    let context = Context::new("2024-05-03T10:00:00Z".parse().unwrap(), Actor::new("Jo", ""));
    let ask = |environment: &str, application: &str, version| {
        let (environment, application) = (environment.parse().unwrap(), application.parse().unwrap());
        let answer = state().why_not(&context, &environment, &application, Version::new(version).unwrap());
        answer.unwrap_err().to_string()
    };
    assert_eq!(ask("production", "cart", 9), "application `cart` has no version 9; its newest is 3");
    assert_eq!(
        ask("nowhere", "email", 1),
        "unknown environment `nowhere`; known: `production` and `staging`; unknown application `email`: it has no release yet"
    );
}

#[test]
fn blockers_say_how_far_they_reach_and_when_they_end() {
    let mut state = state();
    lock(&mut state);
    freeze(&mut state);
    let only_cart = |window: &mut FreezeWindow| window.applications = ["c*".parse().unwrap()].into();
    production(&mut state).config.freeze_windows.iter_mut().for_each(only_cart);
    production(&mut state)
        .slots
        .get_mut("cart")
        .unwrap()
        .locks
        .insert("pin".parse().unwrap(), Lock::default());
    let reach = |blocker: &Blocker| {
        let until = blocker.until().map(|until| until.to_string());
        (blocker.code(), blocker.is_environment_level(), until)
    };
    let expected = [
        ("ENV_IS_LOCKED", true, None),
        ("APP_IS_LOCKED", false, None),
        ("FREEZE_WINDOW_IS_ACTIVE", false, Some("2024-05-03T11:00:00Z".to_string())),
    ];
    assert_eq!(why(&state, None).blockers.iter().map(reach).collect::<Vec<_>>(), expected);
}

#[test]
fn an_answer_reads_like_a_colleague_s() {
    let mut state = state();
    freeze(&mut state);
    let expected = r#""cart" is at version 1 in "production".
Version 2 waits in the queue.
Automatic deployments are held back by:
  deny window "0 9 * * *" for 2h (UTC) on environment "production" until 2024-05-03T11:00:00Z
Its upstream "staging" has version 2.
A release train would skip "production" now: deny window "0 9 * * *" for 2h (UTC) on environment "production" until 2024-05-03T11:00:00Z.
To bring version 2 there, one of these:
  from 2024-05-03T12:00:00Z on settle the queues of environment "production"
  deploy version 2 of "cart" to "production" manually"#;
    assert_eq!(why(&state, None).to_string(), expected);
}
