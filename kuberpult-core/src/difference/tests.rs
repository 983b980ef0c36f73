use alloc::string::{String, ToString};

use super::*;
use crate::Lock;

fn environment() -> EnvironmentName {
    "staging".parse().unwrap()
}

fn application() -> ApplicationName {
    "cart".parse().unwrap()
}

fn version(version: u64) -> Version {
    Version::new(version).unwrap()
}

/// Releases with a manifest for staging, and a slot there.
fn state(releases: &[u64], current: u64, queued: u64, locks: &[&str]) -> State {
    let mut state = State::default();
    let manifests = [(environment(), ManifestId::from_bytes(&[1]).unwrap())].into();
    let release = Release { manifests, ..Release::default() };
    let there = state.applications.entry(application()).or_default();
    there.releases = releases.iter().map(|number| (version(*number), release.clone())).collect();
    let locks = locks.iter().map(|id| (id.parse().unwrap(), Lock::default())).collect();
    let slot = Slot { current: Version::new(current), queued: Version::new(queued), locks };
    state.environments.entry(environment()).or_default().slots.insert(application(), slot);
    state
}

fn lines(before: &State, after: &State) -> Vec<String> {
    let now = "2024-05-03T11:37:37Z".parse().unwrap();
    before.events_to(after, now).iter().map(ToString::to_string).collect()
}

#[test]
fn events_come_in_the_order_in_which_they_depend_on_one_another() {
    let (before, after) = (state(&[1, 2, 3], 2, 0, &["ab"]), state(&[2, 3, 4], 3, 4, &["cd"]));
    let expected = [
        r#"deleted lock "ab" on application "cart" in environment "staging""#,
        r#"created version 4 of "cart""#,
        r#"deployed version 3 of "cart" to "staging", was 2"#,
        r#"created lock "cd" on application "cart" in environment "staging""#,
        r#"queued version 4 of "cart" in "staging" behind application lock "cd""#,
        r#"removed version 1 of "cart" as cleanup"#,
    ];
    assert_eq!(lines(&before, &after), expected);
}

#[test]
fn a_queue_is_dropped_for_a_reason_only_if_there_is_one() {
    for (releases, after, reason) in [
        (&[1, 2][..], state(&[1, 2], 1, 0, &[]), ""),
        (&[1, 2], state(&[1], 1, 0, &[]), ""),
        (&[1], state(&[1], 1, 0, &[]), ": its release is gone"),
        (&[1], state(&[1, 2], 1, 0, &[]), ": its release is gone"),
    ] {
        let lines = lines(&state(releases, 1, 2, &[]), &after);
        let expected = alloc::format!(r#"dropped queued version 2 of "cart" in "staging"{reason}"#);
        assert!(lines.contains(&expected), "{lines:?}");
    }
    let already = lines(&state(&[1], 1, 1, &[]), &state(&[1], 1, 0, &[]));
    assert_eq!(already, [r#"dropped queued version 1 of "cart" in "staging": it is deployed already"#]);
}

#[test]
fn what_is_not_there_is_not_made_up() {
    let (before, after) = (state(&[1], 0, 0, &[]), state(&[1], 2, 3, &[]));
    let now = "2024-05-03T11:37:37Z".parse().unwrap();
    let events = before.events_to(&after, now);
    let [Event::Deployed { manifest, cause, .. }, Event::Queued { blockers, .. }] = &events[..] else {
        panic!("{events:?}")
    };
    assert_eq!((*manifest, cause), (None, &DeploymentCause::Unrecorded));
    assert!(blockers.is_empty());
    assert_eq!(events[1].to_string(), r#"queued version 3 of "cart" in "staging""#);
}

#[test]
fn an_application_that_keeps_locks_where_it_is_no_longer_deployed_gets_them_anew() {
    let (before, after) = (state(&[1, 2], 1, 2, &["ab"]), state(&[1, 2], 0, 2, &["ab"]));
    let expected = [
        r#"removed "cart" from "staging", was 1, with queued version 2, with 1 lock"#,
        r#"created lock "ab" on application "cart" in environment "staging""#,
        r#"queued version 2 of "cart" in "staging" behind application lock "ab""#,
    ];
    assert_eq!(lines(&before, &after), expected);
    let mut replayed = before.clone();
    replayed.apply(&before.events_to(&after, "2024-05-03T11:37:37Z".parse().unwrap()));
    assert_eq!(replayed, after);
}
