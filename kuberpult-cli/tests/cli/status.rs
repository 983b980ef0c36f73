//! `kuberpult status`: applications by environments, on terminals of any width.

use serde_json::{Value, json};

use crate::terminal::{Terminal, words};

/// Development, staging, a sandbox, and production in two groups.
const ENVIRONMENTS: [(&str, &str, Option<&str>); 8] = [
    ("development", r#"{"latest": true}"#, None),
    ("staging", r#"{"environment": "development"}"#, None),
    ("de", r#"{"environment": "staging"}"#, Some("europe")),
    ("fr", r#"{"environment": "staging"}"#, Some("europe")),
    ("it", r#"{"environment": "staging"}"#, Some("europe")),
    ("jp", r#"{"environment": "staging"}"#, Some("asia")),
    ("kr", r#"{"environment": "staging"}"#, Some("asia")),
    ("sandbox", "null", None),
];

fn release(application: &str, version: u64, team: &str, environments: &[&str]) -> Value {
    let manifests: Value =
        environments.iter().map(|name| ((*name).to_owned(), json!(format!("v: {version}\n")))).collect();
    json!({ "command": "createRelease", "application": application, "version": version, "team": team, "manifests": manifests })
}

/// A repository with groups, locks of each kind, freezes, queues, an undeploy release, and applications that are nowhere.
fn history() -> Vec<Value> {
    let names: Vec<&str> = ENVIRONMENTS.iter().map(|(name, ..)| *name).collect();
    let europe_at_night = json!([{ "kind": "deny", "schedule": "0 22 * * *", "duration": "8h", "timeZone": "Europe/Berlin", "description": "night" }]);
    let mut lines: Vec<Value> = ENVIRONMENTS
        .iter()
        .map(|(name, upstream, group)| {
            let upstream: Value = serde_json::from_str(upstream).unwrap();
            let mut config = json!({ "environmentGroup": group });
            if !upstream.is_null() {
                config["upstream"] = upstream;
            }
            if *group == Some("europe") {
                config["freezeWindows"] = europe_at_night.clone();
            }
            json!({ "command": "createEnvironment", "environment": name, "config": config })
        })
        .collect();
    let train = |target: &str| json!({ "command": "releaseTrain", "target": target });
    let all = names.as_slice();
    for version in 1..=2 {
        lines.push(release("cart", version, "shop", all));
        lines.push(release("checkout", version, "shop", all));
        lines.push(release("legacy", version, "core", all));
        lines.push(release("payment", version, "money", all));
        if version == 1 {
            lines.extend([train("staging"), train("europe"), train("asia")]);
        }
    }
    lines.extend([
        json!({ "command": "createApplicationLock", "environment": "staging", "application": "payment", "lockId": "load-test", "message": "load test until noon" }),
        train("staging"),
        train("asia"),
        json!({ "command": "deploy", "environment": "fr", "application": "cart", "version": 2 }),
        json!({ "command": "prepareUndeploy", "application": "legacy" }),
        train("staging"),
        train("jp"),
        release("cart", 3, "shop", &["development", "staging"]),
        release("cart", 4, "shop", &["development", "staging"]),
        release("internal", 1, "shop", &["sandbox"]),
        json!({ "command": "deploy", "environment": "sandbox", "application": "payment", "version": 1 }),
        json!({ "command": "createGroupLock", "environmentGroup": "asia", "lockId": "peak", "message": "singles' day" }),
        json!({ "command": "createTeamLock", "environment": "de", "team": "money", "lockId": "audit", "message": "the auditors are here" }),
        json!({ "command": "createTeamLock", "environment": "kr", "team": "shop", "lockId": "away", "message": "" }),
        json!({ "command": "createApplicationLock", "environment": "kr", "application": "ghost", "lockId": "early", "message": "" }),
    ]);
    lines
}

/// A repository in `repo` with that history.
pub(crate) fn repository() -> Terminal {
    let mut terminal = Terminal::new();
    let lines: String = history().iter().map(|line| format!("{line}\n")).collect();
    terminal.write("history.jsonl", lines);
    assert_eq!(terminal.run("init --bare repo").code, 0);
    let applied = terminal.run("apply -f history.jsonl");
    assert_eq!(applied.code, 0, "{}{}", applied.stdout, applied.stderr);
    terminal.forget();
    terminal
}

/// Runs a line as on a terminal of so many columns.
fn at(terminal: &mut Terminal, columns: usize, line: &str) -> String {
    let mut command = terminal.kuberpult(&words(line));
    command.env("COLUMNS", columns.to_string());
    let printed = terminal.record(&format!("{line}   # {columns} columns"), command);
    assert_eq!((printed.code, printed.stderr.as_str()), (0, ""), "{line}");
    printed.stdout
}

#[test]
fn a_matrix_fits_the_terminal() {
    let mut terminal = repository();
    for columns in [200, 120, 80, 50, 24] {
        let printed = at(&mut terminal, columns, "status");
        // On a phone nothing stands side by side.
        if columns < 40 {
            continue;
        }
        let table: Vec<&str> = printed.lines().take_while(|line| !line.starts_with('[')).collect();
        let longest = table.iter().map(|line| line.chars().count()).max().unwrap();
        assert!(longest <= columns, "{longest} at {columns}");
    }
    insta::assert_snapshot!(terminal.transcript());
}

#[test]
fn at_night_europe_is_frozen() {
    let mut terminal = repository();
    at(&mut terminal, 80, "--now 2024-05-03T23:00:00+02:00 status");
    at(&mut terminal, 80, "--now 2024-05-03T23:00:00+02:00 status payment");
    insta::assert_snapshot!(terminal.transcript());
}

#[test]
fn where_nobody_says_how_wide_lines_are_a_line_is_a_row() {
    let mut terminal = repository();
    let printed = terminal.run("status");
    assert_eq!(printed.stdout, at(&mut terminal, 1000, "status"));
}

#[test]
fn filters_choose_applications_and_environments() {
    let mut terminal = repository();
    for line in [
        "status --team shop",
        "status -e staging -e fr",
        "status --group asia -e development",
        "status --behind",
        "status --blocked",
        "status --behind --blocked --team money",
        "status --behind -e sandbox",
        "status --team money --behind --blocked -e development",
        "status cart -e fr",
        "status ghost -e kr",
        "status internal",
    ] {
        at(&mut terminal, 100, line);
    }
    insta::assert_snapshot!(terminal.transcript());
}

#[test]
fn an_unknown_name_comes_with_the_one_that_was_meant() {
    let mut terminal = repository();
    for line in [
        "status crat",
        "status -e prodution",
        "status -e dev",
        "status --group eurpoe",
        "status --team mony",
        "status --team zzz",
        "-o json status --team mony",
        "-o json status crat",
        "status cart --team shop",
        "status --watch",
        "-o json status --watch 5",
        "status --watch 0",
    ] {
        let printed = terminal.run(line);
        assert!([2, 3].contains(&printed.code), "{line}");
        assert_eq!(printed.stdout, "", "{line}");
    }
    insta::assert_snapshot!(terminal.transcript());
}

#[test]
fn json_has_what_the_table_has() {
    let mut terminal = repository();
    let mut document = |line: &str| -> Value {
        let printed = terminal.run(&format!("-o json {line}"));
        assert_eq!(printed.code, 0, "{}", printed.stderr);
        serde_json::from_str(&printed.stdout).unwrap()
    };
    let all = document("status");
    let names: Vec<&str> = all["environments"]
        .as_array()
        .unwrap()
        .iter()
        .map(|there| there["environment"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["development", "sandbox", "staging", "de", "fr", "it", "jp", "kr"]);
    assert_eq!(all["environments"][7]["order"], 7);
    assert_eq!(all["summary"], json!({ "applications": 6, "behind": 4, "queued": 1, "blocked": 5 }));
    let application = |document: &Value, name: &str| -> Value {
        let mut applications = document["applications"].as_array().unwrap().iter();
        applications.find(|application| application["application"] == name).unwrap().clone()
    };
    let cart = application(&all, "cart");
    assert_eq!(cart["behind"]["staging"], json!({ "releases": 2, "upstream": 4 }));
    assert_eq!(cart["behind"]["fr"], Value::Null);
    assert_eq!(application(&all, "legacy")["slots"]["jp"]["undeploy"], true);
    assert_eq!(application(&all, "payment")["nextTrain"], Value::Null);

    let one = document("status payment -e staging -e kr");
    assert_eq!(one["environments"][0]["order"], 2, "the place among all");
    let payment = application(&one, "payment");
    assert_eq!(payment["slots"]["staging"]["queuedBy"]["name"], "Jo");
    assert_eq!(payment["nextTrain"]["staging"]["outcome"]["outcome"], "queued");
}

#[test]
fn colour_is_for_terminals_and_says_nothing_by_itself() {
    let mut terminal = repository();
    let plain = at(&mut terminal, 100, "status");
    assert!(!plain.contains('\x1b'));
    let coloured = at(&mut terminal, 100, "--color always status");
    let mut command = terminal.kuberpult(&words("status"));
    command.env("COLUMNS", "100").env("NO_COLOR", "1");
    assert_eq!(terminal.record("status", command).stdout, plain);
    let parts: Vec<&str> = coloured.split('\x1b').collect();
    assert!(parts.len() > 20, "there is colour");
    let without: String = parts
        .iter()
        .enumerate()
        .map(|(index, part)| if index == 0 { part } else { part.split_once('m').unwrap().1 })
        .collect();
    assert_eq!(without, plain);
}

#[test]
fn the_help_explains_each_sign() {
    let mut terminal = Terminal::new();
    let help = terminal.run("status --help").stdout;
    let (_, signs) = help.split_once("How to read it:").unwrap();
    insta::assert_snapshot!(signs);
}
