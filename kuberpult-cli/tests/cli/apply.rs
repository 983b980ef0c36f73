//! `kuberpult apply`: commands as JSON lines.

use crate::terminal::Terminal;

#[test]
fn every_command() {
    let mut terminal = Terminal::new();
    terminal.run("init repo");
    terminal.write(
        "history.jsonl",
        r#"{"command": "createEnvironment", "environment": "development", "config": {"upstream": {"latest": true}}, "at": "2024-01-25T14:33:34Z", "author": {"name": "Al", "email": "al@example.com"}}
{"command": "createEnvironment", "environment": "staging", "config": {"upstream": {"environment": "development"}, "environmentGroup": "pre"}}

{"command": "createRelease", "application": "cart", "version": 3, "manifests": {"development": "a: 1\n", "staging": ""}, "team": "shop", "sourceCommitId": "AB", "sourceAuthor": "Al", "sourceMessage": "m", "displayVersion": "v3", "sourceRepoUrl": "https://example.com"}
{"command": "createRelease", "application": "cart", "manifests": {"development": "a: 2\n", "staging": "a: 2\n"}}
{"command": "createEnvironmentLock", "environment": "staging", "lockId": "e1", "message": "m", "ciLink": "c", "suggestedLifetime": "1d"}
{"command": "createApplicationLock", "environment": "staging", "application": "cart", "lockId": "a1", "message": ""}
{"command": "createTeamLock", "environment": "staging", "team": "shop", "lockId": "t1", "message": ""}
{"command": "createGroupLock", "environmentGroup": "pre", "lockId": "g1", "message": ""}
{"command": "deploy", "environment": "staging", "application": "cart", "version": 3, "onLock": "ignore", "reason": "r"}
{"command": "deploy", "environment": "staging", "application": "cart", "version": 4}
{"command": "releaseTrain", "target": "staging", "targetType": "environment", "team": "shop", "onLock": "skip"}
{"command": "deleteGroupLock", "environmentGroup": "pre", "lockId": "g1"}
{"command": "deleteTeamLock", "environment": "staging", "team": "shop", "lockId": "t1", "queued": "keep"}
{"command": "deleteApplicationLock", "environment": "staging", "application": "cart", "lockId": "a1"}
{"command": "deleteEnvironmentLock", "environment": "staging", "lockId": "e1", "queued": "deploy"}
{"command": "releaseTrain", "target": "pre"}
{"command": "updateEnvironment", "environment": "staging", "config": {"upstream": {"environment": "development"}, "environmentGroup": "pre", "freezeWindows": [{"kind": "deny", "schedule": "0 9 * * *", "duration": "2h", "timeZone": "Europe/Berlin", "applications": ["c*"], "description": "rush"}], "onUnlock": "deploy"}}
{"command": "createRelease", "application": "cart", "manifests": {"development": "a: 3\n", "staging": "a: 3\n"}}
{"command": "releaseTrain", "target": "staging", "at": "2024-05-03T10:00:00+02:00"}
{"command": "settleQueue", "environment": "staging", "at": "2024-05-03T10:59:59+02:00"}
{"command": "settleQueue", "at": "2024-05-03T11:00:00+02:00"}
{"command": "batch", "commands": [{"command": "createRelease", "application": "web", "manifests": {"development": "b: 1\n"}}, {"command": "createApplicationLock", "environment": "development", "application": "web", "lockId": "pin", "message": "pinned"}], "at": "2024-05-03T12:00:00+02:00", "author": {"name": "Al", "email": "al@example.com"}}
{"command": "removeFromEnvironment", "environment": "development", "application": "web"}
{"command": "prepareUndeploy", "application": "cart"}
{"command": "releaseTrain", "target": "staging"}
{"command": "undeploy", "application": "cart"}
{"command": "deleteEnvironment", "environment": "staging"}
{"command": "deleteEnvironment", "environment": "development", "force": true}
"#,
    );
    let planned = terminal.run("apply -f history.jsonl --dry-run");
    assert_eq!((planned.code, planned.stderr.as_str()), (0, "dry run: nothing was written\n"));
    assert_eq!(terminal.git("-C repo rev-list --all"), "");
    terminal.forget();
    let applied = terminal.run("apply -f history.jsonl");
    assert_eq!(applied.code, 0);
    insta::assert_snapshot!(terminal.transcript());
    let without_commits = |printed: &str| -> Vec<serde_json::Value> {
        let lines = printed.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
        lines
            .map(|mut line| {
                line["commit"].take();
                line
            })
            .collect()
    };
    assert_eq!(
        without_commits(&planned.stdout),
        without_commits(&applied.stdout),
        "the plan is what happens"
    );
    terminal.check_repository();
    let authors = terminal.git("-C repo log --reverse --format=%an:%aI");
    assert!(authors.starts_with("Al:2024-01-25T14:33:34Z\nJo:2024-05-03T11:37:37+02:00\n"), "{authors}");
}

#[test]
fn every_error_names_its_line() {
    let mut terminal = Terminal::with_environments();
    let before = terminal.head();
    let lines = [
        r#"{"command": "settleQueues"}"#,
        r#"{"command": 3}"#,
        r#"{"environment": "staging"}"#,
        "[]",
        "nonsense",
        "",
        r#"{"command": "deploy", "environment": "staging", "application": "cart", "version": 0}"#,
        r#"{"command": "deploy", "environment": "staging", "application": "cart", "version": 1, "onLock": "wait"}"#,
        r#"{"command": "deploy", "environment": "staging", "application": "cart", "version": 9}"#,
        r#"{"command": "deploy", "environment": "staging", "application": "cart", "version": 1, "at": "now"}"#,
        r#"{"command": "deploy", "environment": "staging", "application": "cart", "version": 1, "author": {"name": "Al"}}"#,
        r#"{"command": "deploy", "environment": "staging", "application": "cart", "version": 1, "author": ["Al", "a"]}"#,
        r#"{"command": "createEnvironment", "environment": "Test", "config": {}}"#,
        r#"{"command": "createEnvironment", "environment": "test", "config": {"upstream": {"lastest": true}}}"#,
        r#"{"command": "createEnvironment", "environment": "test", "config": []}"#,
        r#"{"command": "createEnvironment", "environment": "staging", "config": {}}"#,
        r#"{"command": "createRelease", "application": "cart", "manifests": {"staging": "a: ["}}"#,
        r#"{"command": "createRelease", "application": "cart", "manifests": {"staging": 7}}"#,
        r#"{"command": "createRelease", "application": "cart", "manifests": {"a/b": ""}}"#,
        r#"{"command": "createRelease", "application": "cart", "manifests": {}}"#,
        r#"{"command": "createRelease", "application": "cart"}"#,
        r#"{"command": "createRelease", "application": "cart", "manifests": {"staging": "a", "staging": "b"}}"#,
        r#"{"command": "createEnvironmentLock", "environment": "staging", "lockId": 7, "message": ""}"#,
        r#"{"command": "createRelease", "application": "cart", "version": 1, "manifests": {"staging": "other"}}"#,
        r#"{"command": "deleteEnvironmentLock", "environment": "staging", "lockId": "none"}"#,
        r#"{"command": "releaseTrain", "target": "staging", "asOf": "--all"}"#,
        r#"{"command": "releaseTrain", "target": "staging", "asOf": "never"}"#,
        r#"{"command": "undeploy", "application": "cart"}"#,
        r#"{"command": "deleteEnvironment", "environment": "development"}"#,
        r#"{"command": "settleQueue", "environment": "nowhere"}"#,
    ];
    terminal.write("errors.jsonl", lines.join("\n"));
    assert_eq!(terminal.run("apply -f errors.jsonl --keep-going").code, 2);
    assert_eq!(terminal.run("apply -f errors.jsonl").code, 2);
    insta::assert_snapshot!(terminal.transcript());
    assert_eq!(terminal.head(), before);
}

#[test]
fn a_train_takes_the_versions_of_a_tag() {
    let mut terminal = Terminal::with_environments();
    terminal.git("-C repo tag before");
    terminal.run("release cart --manifests m --source-message two");
    terminal.write("train.jsonl", r#"{"command": "releaseTrain", "target": "staging", "asOf": "before"}"#);
    terminal.forget();
    for line in
        ["apply -f train.jsonl --dry-run", "train staging --as-of before --dry-run", "apply -f train.jsonl"]
    {
        assert_eq!(terminal.run(line).code, 0, "{line}");
    }
    insta::assert_snapshot!(terminal.transcript());
}

#[test]
fn every_error_in_a_batch_names_its_position() {
    let mut terminal = Terminal::with_environments();
    let before = terminal.head();
    let good =
        r#"{"command": "createEnvironmentLock", "environment": "staging", "lockId": "l1", "message": ""}"#;
    let batch = |second: &str| format!(r#"{{"command": "batch", "commands": [{good}, {second}]}}"#);
    let lines = [
        batch(r#"{"command": "createEnvironment", "environment": "staging", "config": {}}"#),
        batch(r#"{"command": "deploy", "environment": "staging", "application": "cart", "version": 9}"#),
        batch(r#"{"command": "deploy", "environment": "staging", "application": "cart", "version": 0}"#),
        batch(r#"{"command": "createRelease", "application": "cart", "manifests": {"staging": "a: ["}}"#),
        batch(r#"{"command": "deploi"}"#),
        batch(r#"{"command": "settleQueue", "at": "2024-05-03T11:37:37Z"}"#),
        batch(r#"{"command": "settleQueue", "author": {"name": "Al", "email": ""}}"#),
        batch(r#"{"command": "batch", "commands": []}"#),
        batch(r#""settleQueue""#),
        r#"{"command": "batch", "commands": {}}"#.into(),
        r#"{"command": "batch"}"#.into(),
        r#"{"command": "batch", "commands": [], "extra": 1}"#.into(),
    ];
    terminal.write("batches.jsonl", lines.join("\n"));
    assert_eq!(terminal.run("apply -f batches.jsonl --keep-going").code, 5, "the code of the first");
    insta::assert_snapshot!(terminal.transcript());
    assert_eq!(terminal.head(), before);
}

#[test]
fn a_wrong_freeze_window_is_named_with_its_place() {
    let mut terminal = Terminal::with_environments();
    let window = |keys: &str| {
        let good = r#"{"kind": "deny", "schedule": "0 9 * * *", "duration": "2h"}"#;
        format!(
            r#"{{"command": "updateEnvironment", "environment": "staging", "config": {{"freezeWindows": [{good}, {{{keys}}}]}}}}"#
        )
    };
    let lines = [
        window(r#""kind": "deny", "schedule": "0 25 * * *", "duration": "2h""#),
        window(r#""kind": "deny", "schedule": "0 0 31 2 *", "duration": "2h""#),
        window(r#""kind": "deny", "schedule": "0 9 * * *", "duration": "0h""#),
        window(r#""kind": "deny", "schedule": "0 9 * * *", "duration": "9000h""#),
        window(r#""kind": "deny", "schedule": "0 9 * * *", "duration": "2h", "timeZone": "Europe/Berln""#),
        window(r#""kind": "forbid", "schedule": "0 9 * * *", "duration": "2h""#),
        window(r#""kind": "deny", "schedule": "0 9 * * *", "duration": "2h", "timezone": "UTC""#),
        window(r#""kind": "deny", "schedule": "0 9 * * *""#),
    ];
    terminal.write("windows.jsonl", lines.join("\n"));
    assert_eq!(terminal.run("apply -f windows.jsonl --keep-going").code, 2);
    insta::assert_snapshot!(terminal.transcript());
}

/// Of every command, and of what is in it.
#[test]
fn unknown_keys_are_refused_by_name() {
    let mut terminal = Terminal::with_environments();
    let lines = [
        r#"{"command": "createEnvironment", "environment": "test", "config": {}, "extra": 1}"#,
        r#"{"command": "createEnvironment", "environment": "test", "config": {"extra": 1}}"#,
        r#"{"command": "createEnvironment", "environment": "test", "config": {"argocd": {"destination": {"extra": 1}}}}"#,
        r#"{"command": "createRelease", "application": "cart", "manifests": {"staging": ""}, "extra": 1}"#,
        r#"{"command": "deploy", "environment": "staging", "application": "cart", "version": 1, "extra": 1}"#,
        r#"{"command": "createEnvironmentLock", "environment": "staging", "lockId": "l1", "message": "", "extra": 1}"#,
        r#"{"command": "createApplicationLock", "environment": "staging", "application": "cart", "lockId": "l1", "message": "", "extra": 1}"#,
        r#"{"command": "createTeamLock", "environment": "staging", "team": "shop", "lockId": "l1", "message": "", "extra": 1}"#,
        r#"{"command": "createGroupLock", "environmentGroup": "pre", "lockId": "l1", "message": "", "extra": 1}"#,
        r#"{"command": "deleteEnvironmentLock", "environment": "staging", "lockId": "l1", "extra": 1}"#,
        r#"{"command": "deleteApplicationLock", "environment": "staging", "application": "cart", "lockId": "l1", "extra": 1}"#,
        r#"{"command": "deleteTeamLock", "environment": "staging", "team": "shop", "lockId": "l1", "extra": 1}"#,
        r#"{"command": "deleteGroupLock", "environmentGroup": "pre", "lockId": "l1", "extra": 1}"#,
        r#"{"command": "updateEnvironment", "environment": "staging", "config": {}, "extra": 1}"#,
        r#"{"command": "updateEnvironment", "environment": "staging", "config": {"extra": 1}}"#,
        r#"{"command": "updateEnvironment", "environment": "staging", "config": {"freezeWindows": [{"kind": "deny", "schedule": "0 9 * * *", "duration": "2h", "extra": 1}]}}"#,
        r#"{"command": "deleteEnvironment", "environment": "production", "extra": 1}"#,
        r#"{"command": "settleQueue", "extra": 1}"#,
        r#"{"command": "prepareUndeploy", "application": "cart", "extra": 1}"#,
        r#"{"command": "undeploy", "application": "cart", "extra": 1}"#,
        r#"{"command": "removeFromEnvironment", "environment": "production", "application": "cart", "extra": 1}"#,
        r#"{"command": "batch", "commands": [], "extra": 1}"#,
        r#"{"command": "batch", "commands": [{"command": "settleQueue", "extra": 1}]}"#,
        r#"{"command": "releaseTrain", "target": "staging", "extra": 1}"#,
        r#"{"command": "releaseTrain", "target": "staging", "author": {"name": "a", "email": "b", "extra": 1}}"#,
    ];
    terminal.write("extra.jsonl", lines.join("\n"));
    let printed = terminal.run("apply -f extra.jsonl --keep-going");
    let answers: Vec<&str> = printed.stdout.lines().collect();
    assert_eq!(answers.len(), lines.len());
    for answer in answers {
        assert!(answer.contains("\"error\"") && answer.contains("extra"), "{answer}");
    }
}

#[test]
fn a_line_need_not_be_text() {
    let mut terminal = Terminal::with_environments();
    terminal.write("bytes.jsonl", b"{\"command\": \"\xff\"}\n");
    let printed = terminal.run("apply -f bytes.jsonl");
    assert_eq!(printed.code, 2);
    assert!(printed.stderr.contains("line 1: not UTF-8: the byte at offset 13"), "{}", printed.stderr);
}

#[test]
fn the_same_lines_give_the_same_commits() {
    let heads = [0, 1].map(|_| {
        let mut terminal = Terminal::with_environments();
        terminal.write("line.jsonl", r#"{"command": "releaseTrain", "target": "staging"}"#);
        assert_eq!(terminal.run("apply -f line.jsonl").code, 0);
        terminal.head()
    });
    assert_eq!(heads[0], heads[1]);
}
