use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::*;
use crate::{EnvironmentConfig, Locks, ManifestId, Release, Slot};

/// `name`, `name<upstream`, `name<latest`, each perhaps with `@group`.
fn state(environments: &str) -> State {
    let mut state = State::default();
    for word in environments.split_whitespace() {
        let (word, group) = word.split_once('@').map_or((word, None), |(word, group)| (word, Some(group)));
        let (name, config) = match word.split_once('<') {
            None => (word, EnvironmentConfig::default()),
            Some((name, "latest")) => (name, EnvironmentConfig::with_upstream_latest()),
            Some((name, upstream)) => (name, EnvironmentConfig::with_upstream(upstream.parse().unwrap())),
        };
        let mut there = Environment { config, ..Environment::default() };
        there.config.environment_group = group.map(|group| group.parse().unwrap());
        state.environments.insert(name.parse().unwrap(), there);
    }
    state
}

fn order(environments: &str) -> String {
    let state = state(environments);
    let names: Vec<_> = state.stages().iter().map(|stage| stage.name.to_string()).collect();
    assert_eq!(names.len(), state.environments.len(), "each environment once");
    names.join(" ")
}

#[test]
fn upstream_comes_before_downstream() {
    assert_eq!(
        order("a-production<m-staging m-staging<z-dev z-dev<latest b-dev<latest"),
        "b-dev z-dev m-staging a-production"
    );
    assert_eq!(order(""), "");
}

#[test]
fn environments_of_a_group_stand_together_where_the_first_of_them_would() {
    assert_eq!(order("dev<latest de<dev@eu it<dev@eu es<dev fr<dev@eu"), "dev de fr it es");
    assert_eq!(order("dev<latest de<dev@eu au<dev es<dev@eu fr<dev@as"), "dev au de es fr");
}

#[test]
fn a_group_of_different_depths_stands_together_where_upstreams_allow_it() {
    assert_eq!(
        order("dev<latest s-eu<dev@eu p-eu<s-eu@eu s-us<dev@us p-us<s-us@us qa<dev"),
        "dev qa s-eu p-eu s-us p-us"
    );
    assert_eq!(order("dev<latest de<dev@eu x<dev fr<x@eu"), "dev x de fr");
    assert_eq!(
        order("dev<latest de<dev@eu x<de a<dev b<a fr<b@eu"),
        "dev a b de fr x",
        "what comes after one of a group comes after all of it"
    );
    assert_eq!(order("a<latest@g b<a c<b@g"), "a b c", "not at the cost of an upstream");
}

#[test]
fn cycles_and_missing_upstreams_are_no_trap() {
    assert_eq!(order("a<b b<a dev<latest staging<dev"), "dev staging a b");
    assert_eq!(order("a<c c<b b<c dev<latest"), "dev b c a", "what is downstream of a cycle follows it");
    assert_eq!(order("self<self lost<nowhere sandbox"), "lost sandbox self");
    assert_eq!(order("a<b@g b<a@g c<d d<c@g"), "a b c d");
}

/// An order for every forest: each environment once, and after its upstream.
#[test]
fn every_environment_has_its_place_after_its_upstream() {
    const NAMES: [&str; 5] = ["a", "b", "c", "d", "e"];
    let choices = NAMES.len() + 1;
    for number in 0..choices.pow(5) * 2 {
        let (mut rest, in_groups) = (number / 2, number % 2 == 1);
        let mut words = String::new();
        for (index, name) in NAMES.iter().enumerate() {
            let upstream = NAMES.get(rest % choices).copied().unwrap_or("latest");
            rest /= choices;
            let group = if in_groups && index % 2 == 0 { "@g" } else { "" };
            words.push_str(&alloc::format!("{name}<{upstream}{group} "));
        }
        let state = state(&words);
        let stages = state.stages();
        assert_eq!(stages.len(), NAMES.len(), "{words}");
        for (place, stage) in stages.iter().enumerate() {
            let Some(TrainUpstream::Environment(upstream)) = &stage.upstream else { continue };
            let on_cycle = core::iter::successors(Some(upstream), |name| {
                state.environments.get(*name)?.config.upstream_environment()
            });
            if on_cycle.take(6).count() == 6 {
                continue;
            }
            assert!(stages[..place].iter().any(|before| before.name == upstream), "{words}: {upstream}");
        }
    }
}

fn version(number: u64) -> Version {
    number.to_string().parse().unwrap()
}

/// Releases 1, 2, 3, 5 and 8 with manifests for `dev` and `staging`; 8 has none for `staging`.
fn with_cart(dev: Option<u64>, staging: Option<u64>) -> State {
    let mut state = state("dev<latest staging<dev sandbox both<dev");
    let both = &mut state.environments.get_mut("both").unwrap().config.upstream;
    both.as_mut().unwrap().latest = true;
    let mut cart = Application::default();
    for number in [1, 2, 3, 5, 8] {
        let mut release = Release::default();
        let environments = if number == 8 { &["dev"][..] } else { &["dev", "staging"] };
        for environment in environments {
            release.manifests.insert(environment.parse().unwrap(), ManifestId::EMPTY);
        }
        cart.releases.insert(version(number), release);
    }
    state.applications.insert("cart".parse().unwrap(), cart);
    for (environment, number) in [("dev", dev), ("staging", staging)] {
        let Some(number) = number else { continue };
        let slot = Slot { current: Some(version(number)), queued: None, locks: Locks::new() };
        let slots = &mut state.environments.get_mut(environment).unwrap().slots;
        slots.insert("cart".parse().unwrap(), slot);
    }
    state
}

fn standing(state: &State, environment: &str) -> Standing {
    let stages = state.stages();
    let stage = stages.iter().find(|stage| stage.name.as_str() == environment).unwrap();
    stage.standing(&"cart".parse().unwrap())
}

#[test]
fn behind_counts_the_releases_that_are_newer_here_than_what_is_here() {
    for (dev, staging, behind, ahead) in [
        (Some(5), Some(5), 0, 0),
        (Some(5), Some(3), 1, 0),
        (Some(5), Some(1), 3, 0),
        (Some(5), None, 4, 0),
        (Some(2), Some(5), 0, 2),
        (None, Some(5), 0, 0),
        (None, None, 0, 0),
        // 4 was cleaned up
        (Some(5), Some(4), 1, 0),
    ] {
        let standing = standing(&with_cart(dev, staging), "staging");
        assert_eq!((standing.behind, standing.ahead), (behind, ahead), "{dev:?} to {staging:?}");
    }
}

#[test]
fn behind_latest_is_behind_the_newest_release() {
    let standing = standing(&with_cart(Some(3), None), "dev");
    assert_eq!((standing.behind, standing.upstream), (2, Some(version(8))));
}

#[test]
fn nothing_is_behind_what_cannot_come() {
    let state = with_cart(Some(8), Some(5));
    let no_manifest = standing(&state, "staging");
    assert_eq!((no_manifest.upstream, no_manifest.behind), (None, 0), "8 has no manifest for staging");
    for environment in ["sandbox", "both"] {
        assert_eq!(
            standing(&state, environment),
            Standing::default(),
            "{environment} has no upstream that works"
        );
    }
}
