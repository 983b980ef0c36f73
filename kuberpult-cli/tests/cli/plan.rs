//! Saved plans: what was planned happens, or nothing does.

use std::fs;

use crate::terminal::Terminal;

/// A terminal in which `plan.json` would carry version 1 of `cart` to staging.
fn with_plan() -> Terminal {
    let mut terminal = Terminal::with_environments();
    assert_eq!(terminal.run("train staging --save-plan plan.json").code, 0);
    terminal
}

#[test]
fn a_plan_is_saved_and_applied() {
    let mut terminal = with_plan();
    let before = terminal.head();
    let printed = terminal.run("train staging --save-plan -");
    assert_eq!(printed.stdout, fs::read_to_string(terminal.path("plan.json")).unwrap());
    assert_eq!(printed.stderr, "");
    assert_eq!(terminal.run("apply -f plan.json --dry-run").code, 0);
    assert_eq!(terminal.head(), before);
    assert_eq!(terminal.run("apply -f plan.json").code, 0);
    assert_eq!(terminal.git("-C repo rev-parse HEAD~1"), before);
    terminal.run("train staging --as-of HEAD~1 --save-plan again.json");
    assert_eq!(terminal.run("apply -f again.json").code, 0, "a plan of nothing still holds");
    insta::assert_snapshot!(terminal.transcript());
    terminal.check_repository();
}

/// On one line, or on many.
#[test]
fn a_plan_is_told_from_commands_by_what_is_in_it() {
    let mut terminal = with_plan();
    let plan = fs::read_to_string(terminal.path("plan.json")).unwrap();
    let value: serde_json::Value = serde_json::from_str(&plan).unwrap();
    terminal.write("line.json", format!("\n\n{value}"));
    assert_eq!(terminal.run("apply -f line.json").code, 0);
    terminal.write("command.jsonl", "{\n\"command\": \"settleQueue\"}");
    assert!(terminal.run("apply -f command.jsonl").stderr.contains("line 1: not understood as JSON"));
}

#[test]
fn an_outdated_plan_does_nothing_and_says_what_is_different() {
    let mut terminal = with_plan();
    for (change, undo) in [
        ("lock app cart -e staging --id load-test -m 'until noon'", "unlock app cart -e staging load-test"),
        ("lock env staging --id all -m 'until noon'", "unlock env staging all"),
        ("env update staging --config frozen.json", "env update staging --config staging.json"),
        ("release cart --manifests m --source-message two", "deploy cart 1 -e development"),
        ("deploy cart 1 -e staging", "remove cart -e staging"),
    ] {
        terminal.write("staging.json", r#"{"upstream": {"environment": "development"}}"#);
        let window =
            r#"{"kind": "deny", "schedule": "0 11 * * *", "duration": "1h", "timeZone": "Europe/Berlin"}"#;
        let frozen =
            format!(r#"{{"upstream": {{"environment": "development"}}, "freezeWindows": [{window}]}}"#);
        terminal.write("frozen.json", frozen);
        assert_eq!(terminal.run(change).code, 0, "{change}");
        let before = terminal.head();
        assert_eq!(terminal.run("apply -f plan.json").code, 5, "{change}");
        assert_eq!(terminal.run("apply -f plan.json --dry-run").code, 5, "{change}");
        assert_eq!(terminal.head(), before);
        assert_eq!(terminal.run(undo).code, 0, "{undo}");
    }
    assert_eq!(terminal.run("-o json apply -f plan.json").code, 0, "what it says would happen again");
    insta::assert_snapshot!(terminal.transcript());
    terminal.check_repository();
}

/// Another time is no other plan; what freezes at that time is.
#[test]
fn a_plan_is_decided_at_the_time_of_applying() {
    let mut terminal = Terminal::with_environments();
    let window =
        r#"{"kind": "deny", "schedule": "0 9 * * *", "duration": "2h", "timeZone": "Europe/Berlin"}"#;
    terminal.write(
        "staging.json",
        format!(r#"{{"upstream": {{"environment": "development"}}, "freezeWindows": [{window}]}}"#),
    );
    terminal.run("env update staging --config staging.json");
    assert_eq!(terminal.run("--now 2024-05-06T08:00:00+02:00 train staging --save-plan plan.json").code, 0);
    assert_eq!(terminal.run("--now 2024-05-06T10:59:59+02:00 apply -f plan.json").code, 5);
    assert_eq!(terminal.run("--now 2024-05-06T11:00:00+02:00 apply -f plan.json").code, 0);
    assert_eq!(terminal.git("-C repo log -1 --format=%aI"), "2024-05-06T11:00:00+02:00");
}

const TRAIN: &str = "\"command\": \"releaseTrain\",\n    \"target\": \"staging\",\n    \"onLock\": \"queue\"";

#[test]
fn a_plan_that_is_none_is_refused() {
    let mut terminal = with_plan();
    let before = terminal.head();
    let plan = fs::read_to_string(terminal.path("plan.json")).unwrap();
    terminal.forget();
    for (name, from, to) in [
        ("other version", "kuberpult/v1", "kuberpult/v2"),
        ("other kind", "\"SavedPlan\"", "\"Receipt\""),
        ("no kind", "\"kind\": \"SavedPlan\",", ""),
        ("misspelt key", "\"events\"", "\"event\""),
        ("one key more", "\"commit\":", "\"comment\": \"fine\", \"commit\":"),
        ("one key twice", "\"commit\":", "\"commit\": null, \"commit\":"),
        ("no time", "2024-05-03T11:37:37+02:00", "noon"),
        ("no commit", "\"commit\": \"", "\"commit\": \"x"),
        ("no event", "\"event\": \"deployed\"", "\"event\": \"destroyed\""),
        ("unknown key in an event", "\"manifest\":", "\"manifests\": 1, \"manifest\":"),
        ("no events", "\"events\": [", "\"events\": {}, \"x\": ["),
        ("unknown key in the command", "\"target\":", "\"team\": \"shop\", \"extra\": 1, \"target\":"),
        ("other command", TRAIN, "\"command\": \"settleQueue\""),
        ("no command", TRAIN, "\"command\": \"retrain\""),
        ("cut off", "\"events\": [", "\0"),
    ] {
        let (before, after) = plan.split_once(from).unwrap();
        let forged = if to == "\0" { format!("\n{before}") } else { format!("{before}{to}{after}") };
        terminal.write("forged.json", forged);
        let printed = terminal.run("apply -f forged.json");
        assert_eq!(printed.code, 2, "{name}: {}", printed.stderr);
    }
    assert_eq!(terminal.head(), before);
    insta::assert_snapshot!(terminal.transcript());
}

#[test]
fn a_plan_that_was_tampered_with_is_refused() {
    let mut terminal = with_plan();
    let before = terminal.head();
    let plan = fs::read_to_string(terminal.path("plan.json")).unwrap();
    terminal.forget();
    for (from, to) in [
        ("\"version\": 1", "\"version\": 7"),
        ("\"target\": \"staging\"", "\"target\": \"production\""),
        ("\"events\": [", "\"events\": [{\"event\": \"applicationUndeployed\", \"application\": \"cart\"}, "),
    ] {
        terminal.write("forged.json", plan.replacen(from, to, 1));
        assert_eq!(terminal.run("apply -f forged.json").code, 2, "{to}");
    }
    terminal.write("forged.json", plan.replacen("2024-05-03", "2024-05-04", 1).replacen("Jo", "Eve", 1));
    assert_eq!(terminal.run("apply -f forged.json --dry-run").code, 0, "it means the same");
    insta::assert_snapshot!(terminal.transcript());
    assert_eq!(terminal.head(), before);
}
