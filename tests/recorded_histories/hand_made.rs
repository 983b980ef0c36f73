//! Histories made by hand: what shows that the comparison can fail, and differences that are rare in recordings.

use kuberpult_tests::recorded::{Diff, Entry, History};
use serde_json::json;

use crate::difference::Difference;
use crate::outcome::Outcome;
use crate::replay::replay;

/// A history of v2.19.0: one environment, and a release that is deployed there.
fn one_release() -> History {
    let user = json!({"name": "Jo", "email": "jo@example.com"});
    let release =
        json!({"Application": "cart", "Version": 1, "Manifests": {"dev": "kind: A\n"}, "Team": "blue"});
    let steps = json!([
        {
            "i": 0, "time": "2024-05-01T12:00:00Z", "user": user, "committed": true, "error": null,
            "transformers": [
                {"type": "CreateEnvironment", "fields": {"Environment": "dev", "Config": {"upstream": {"latest": true}}}},
            ],
            "diff": {"del": [], "set": {}},
        },
        {
            "i": 1, "time": "2024-05-01T12:00:01.5Z", "user": user, "committed": true, "error": null,
            "transformers": [{"type": "CreateApplicationVersion", "fields": release}],
            "diff": {"del": [], "set": {}},
        },
    ]);
    let mut history = history(&steps);
    set(
        &mut history,
        0,
        "environments/dev/config.json",
        file("{\n  \"upstream\": {\n    \"latest\": true\n  }\n}\n"),
    );
    set(&mut history, 1, "applications/cart/team", file("blue"));
    set(&mut history, 1, "applications/cart/releases/1/created_at", file("2024-05-01T12:00:01Z"));
    set(&mut history, 1, "applications/cart/releases/1/environments/dev/manifests.yaml", file("kind: A\n"));
    deploy(&mut history, 1, "dev", 1, "kind: A\n", "2024-05-01 12:00:01.5 +0000 UTC");
    history
}

/// A history of v2.19.0 with two environments of one group, of which one is the other's upstream. Version 1 is
/// current in the first, version 2 is the newest. Then a train goes somewhere.
fn two_members(train: &serde_json::Value) -> History {
    let user = json!({"name": "Jo", "email": "jo@example.com"});
    let steps = json!([
        {
            "i": 0, "time": "2024-05-01T12:00:00Z", "user": user, "committed": true, "error": null,
            "transformers": [{"type": "CreateEnvironment", "fields": {"Environment": "other", "Config": null}}],
            "diff": {"del": [], "set": {"environments/other/config.json": {"mode": "100644", "content": "{}\n"}}},
        },
        {
            "i": 1, "time": "2024-05-01T12:00:01Z", "user": user, "committed": true, "error": null,
            "commit_hash_of_step": if train["CommitHash"].is_string() { Some(0) } else { None },
            "transformers": [{"type": "ReleaseTrain", "fields": train}],
            "diff": {"del": [], "set": {}},
        },
    ]);
    let mut history = history(&steps);
    let before = &mut history.initial_tree.set;
    for (member, upstream) in [("aa", r#""latest": true"#), ("bb", r#""environment": "aa""#)] {
        let config = format!(r#"{{"upstream": {{{upstream}}}, "environmentGroup": "both"}}"#);
        before.insert(format!("environments/{member}/config.json"), file(&config));
        for version in [1, 2] {
            let release = format!("applications/cart/releases/{version}");
            before.insert(format!("{release}/created_at"), file("2024-05-01T11:00:00Z"));
            before.insert(
                format!("{release}/environments/{member}/manifests.yaml"),
                file(&format!("v: {version}\n")),
            );
        }
    }
    before.insert("environments/aa/applications/cart/version".to_owned(), link(1));
    history
}

fn history(steps: &serde_json::Value) -> History {
    let config = json!({"url": "https://git.example.com/m.git", "branch": "master", "bootstrap_mode": false});
    let history = json!({"format": 1, "oracle": "B", "name": "by hand", "config": config, "steps": steps});
    serde_json::from_value(history).expect("a history")
}

fn file(content: &str) -> Entry {
    Entry { mode: "100644".to_owned(), content: Some(content.to_owned()), ..Entry::default() }
}

fn link(version: u64) -> Entry {
    let target = format!("../../../../applications/cart/releases/{version}");
    Entry { mode: "120000".to_owned(), target: Some(target), ..Entry::default() }
}

fn diff(history: &mut History, step: usize) -> &mut Diff {
    history.steps[step].diff.as_mut().expect("a step that changes something")
}

fn set(history: &mut History, step: usize, path: &str, entry: Entry) {
    diff(history, step).set.insert(path.to_owned(), entry);
}

fn deploy(history: &mut History, step: usize, environment: &str, version: u64, manifest: &str, time: &str) {
    let slot = format!("environments/{environment}/applications/cart");
    set(history, step, &format!("{slot}/version"), link(version));
    set(history, step, &format!("{slot}/manifests/manifests.yaml"), file(manifest));
    set(history, step, &format!("{slot}/deployed_by"), file("Jo"));
    set(history, step, &format!("{slot}/deployed_by_email"), file("jo@example.com"));
    set(history, step, &format!("{slot}/deployed_at_utc"), file(time));
}

/// The only thing that nothing explains.
fn unexplained(history: &History) -> String {
    let Outcome { equal, unexplained, .. } = replay(history);
    assert_eq!(equal + 1, history.steps.len(), "the other steps are the same: {unexplained:?}");
    let [unexplained] = unexplained.try_into().expect("one step");
    unexplained
}

#[test]
fn what_agrees_is_the_same() {
    let Outcome { equal, unexplained, .. } = replay(&one_release());
    assert_eq!((equal, unexplained), (2, Vec::new()));
}

#[test]
fn a_changed_byte_is_found() {
    let mut history = one_release();
    set(&mut history, 1, "applications/cart/releases/1/created_at", file("2024-05-01T12:00:02Z"));
    let found = unexplained(&history);
    assert!(found.starts_with("by hand step 1: CreateApplicationVersion\n"), "{found}");
    let line = r#"  applications/cart/releases/1/created_at: upstream Blob of 20 bytes "2024-05-01T12:00:02Z", ours Blob of 20 bytes "2024-05-01T12:00:01Z""#;
    assert_eq!(found.lines().last(), Some(line));
}

#[test]
fn a_wrong_mode_is_found() {
    let mut history = one_release();
    let link = |target: &str| Entry {
        mode: "120000".to_owned(),
        target: Some(target.to_owned()),
        ..Entry::default()
    };
    set(&mut history, 1, "environments/dev/applications/cart/deployed_by", link("Jo"));
    let line = r#"  environments/dev/applications/cart/deployed_by: upstream Link of 2 bytes "Jo", ours Blob of 2 bytes "Jo""#;
    assert_eq!(unexplained(&history).lines().last(), Some(line));

    // Where we read a file, we say so.
    let mut history = one_release();
    set(&mut history, 1, "applications/cart/team", link("blue"));
    let unexplained = replay(&history).unexplained;
    assert!(unexplained[1].starts_with("by hand at its end: `applications/cart/team`"), "{unexplained:?}");
}

#[test]
fn a_missing_path_is_found_on_either_side() {
    let mut history = one_release();
    diff(&mut history, 1).set.remove("applications/cart/team").unwrap();
    let line = r#"  applications/cart/team: upstream nothing, ours Blob of 4 bytes "blue""#;
    assert_eq!(unexplained(&history).lines().last(), Some(line));

    let mut history = one_release();
    set(&mut history, 1, "applications/cart/notes", file("x"));
    let line = r#"  applications/cart/notes: upstream Blob of 1 bytes "x", ours nothing"#;
    assert_eq!(unexplained(&history).lines().last(), Some(line));
}

#[test]
fn a_refusal_by_one_alone_is_found() {
    let mut history = one_release();
    history.steps[1].error = Some("no".to_owned());
    history.steps[1].diff = None;
    history.steps[1].committed = false;
    assert!(unexplained(&history).contains("\n  upstream: no\n  ours: accepted\n"));

    let mut history = one_release();
    history.steps[0].transformers[0].fields.config = json!({"environmentGroup": "No Group"});
    let Outcome { unexplained, by_design, .. } = replay(&history);
    assert!(unexplained.is_empty() && by_design[&Difference::UnsafeName] == 1, "{by_design:?}");
}

#[test]
fn what_is_no_file_of_ours_is_not_compared() {
    let mut history = one_release();
    set(&mut history, 1, "commits/ab/cdef/.gitkeep", file(""));
    let empty = Entry { mode: "040000".to_owned(), ..Entry::default() };
    set(&mut history, 1, "environments/dev/locks", empty);
    assert_eq!(replay(&history).equal, 2);
}

#[test]
fn slots_are_compared_without_the_layout() {
    let mut history = one_release();
    history.oracle = kuberpult_tests::recorded::Oracle::A;
    set(&mut history, 1, "environments/dev/applications/cart/deployed_by", file("somebody else"));
    assert_eq!(replay(&history).equal, 2);
    set(&mut history, 1, "environments/dev/applications/cart/queued_version", link(1));
    assert!(
        unexplained(&history).contains("environments/dev/applications/cart/queued_version: upstream Link")
    );
}

#[test]
fn a_version_runs_through_a_group_upstream_only() {
    let mut history = two_members(&json!({"Target": "both"}));
    for member in ["aa", "bb"] {
        deploy(&mut history, 1, member, 2, "v: 2\n", "2024-05-01 12:00:01 +0000 UTC");
    }
    let Outcome { equal, by_design, unexplained, .. } = replay(&history);
    assert_eq!(unexplained, Vec::<String>::new());
    assert_eq!((equal, by_design), (1, [(Difference::GroupMembers, 1)].into()));

    // What no member has upstream is no difference by design.
    deploy(&mut history, 1, "bb", 3, "v: 2\n", "2024-05-01 12:00:01 +0000 UTC");
    assert_eq!(replay(&history).unexplained.len(), 1);
}

#[test]
fn a_train_as_of_a_commit_deploys_nothing_upstream() {
    let mut history = two_members(&json!({"Target": "bb", "CommitHash": "0000"}));
    let Outcome { equal, by_design, unexplained, .. } = replay(&history);
    assert_eq!(unexplained, Vec::<String>::new());
    assert_eq!((equal, by_design), (1, [(Difference::AsOf, 1)].into()));

    // Both deploy, and something else is written.
    deploy(&mut history, 1, "bb", 1, "v: 2\n", "2024-05-01 12:00:01 +0000 UTC");
    assert!(unexplained_path(&history, "environments/bb/applications/cart/manifests/manifests.yaml"));
}

fn unexplained_path(history: &History, path: &str) -> bool {
    replay(history).unexplained.iter().any(|unexplained| unexplained.contains(path))
}
