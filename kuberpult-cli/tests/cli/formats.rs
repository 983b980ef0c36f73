//! Every command prints JSON and YAML, which are the same data, and what the schemas describe.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::contract::{self, from_yaml};
use crate::terminal::Terminal;

/// Every command, and each kind of document.
const STORY: &[&str] = &[
    "init repo --dry-run",
    "init repo",
    "env create development --upstream latest",
    "env create staging --upstream development --group pre",
    "env create production --upstream staging",
    "env create sandbox --upstream staging",
    "env delete sandbox",
    "env update production --config nightly.json",
    "env list",
    "env show production",
    "release cart --manifests m --team shop --source-message 'no: \"1e3\"' --display-version 1e3",
    "release cart --manifests m --dry-run",
    "train staging --save-plan plan.json",
    "apply -f plan.json",
    "lock env staging --id peak -m 'until noon'",
    "lock app cart -e staging --id load-test --ci-link https://ci.example.com/7 --lifetime 2d",
    "lock team shop -e staging --id away",
    "lock group pre --id audit",
    "deploy cart 1 -e production --manual --reason '2024-05-03'",
    "release cart --manifests m --source-message two",
    "deploy cart 2 -e staging",
    "deploy cart 2 -e staging --on-lock fail",
    "train staging --dry-run --without-lock peak",
    "train staging",
    "locks",
    "queue list",
    "status",
    "status cart",
    "status --team nobody",
    "graph",
    "report --html page.html",
    "why cart -e staging",
    "diff cart -e production --version 2",
    "unlock env staging peak",
    "unlock app cart -e staging load-test",
    "unlock team shop -e staging away",
    "unlock group pre audit --queued keep",
    "queue settle",
    "check",
    "apply -f commands.jsonl",
    "apply -f wrong.jsonl --keep-going",
    "apply -f wrong.jsonl --dry-run",
    "log",
    "remove cart -e production",
    "prepare-undeploy cart",
    "train staging",
    "undeploy cart",
    "explain",
    "explain env-is-locked",
    "explain ENV_IS_LOKED",
    "demo new",
    "status nothing",
    "deploy",
];

fn terminal() -> Terminal {
    let terminal = Terminal::new();
    for environment in ["development", "staging", "production"] {
        terminal.manifest(&format!("m/{environment}.yaml"), 1);
    }
    terminal.write(
        "nightly.json",
        r#"{"upstream": {"environment": "staging"}, "freezeWindows": [{"kind": "deny", "schedule": "0 22 * * *", "duration": "8h", "timeZone": "Europe/Berlin"}]}"#,
    );
    terminal.write(
        "commands.jsonl",
        "{\"command\": \"settleQueue\"}\n{\"command\": \"createApplicationLock\", \"environment\": \"staging\", \"application\": \"cart\", \"lockId\": \"no\", \"message\": \"a\\nb\"}\n",
    );
    terminal.write(
        "wrong.jsonl",
        "{\"command\": \"settleQueues\"}\n{}\n{\"command\": \"undeploy\", \"application\": \"none\"}\n",
    );
    terminal
}

/// Those whose YAML is looked at.
const SHOWN: &[&str] =
    &["status", "why cart -e staging", "apply -f commands.jsonl", "explain env-is-locked", "status nothing"];

#[test]
fn every_command_prints_the_same_data_as_json_and_as_yaml() {
    let (mut with_json, mut with_yaml) = (terminal(), terminal());
    let mut shown = String::new();
    for line in STORY {
        let json = with_json.run(&format!("-o json {line}"));
        let yaml = with_yaml.run(&format!("-o yaml {line}"));
        assert_eq!(json.code, yaml.code, "{line}: {}{}", json.stderr, yaml.stderr);
        assert_eq!(values(&json.stdout), from_yaml(&yaml.stdout), "{line}");
        assert_eq!(values(&json.stderr), from_yaml(&yaml.stderr), "{line}");
        assert!(!json.stdout.is_empty() || !json.stderr.is_empty(), "{line} prints nothing");
        if SHOWN.contains(line) {
            shown.push_str(&format!("$ kuberpult -o yaml {line}\n{}{}\n", yaml.stdout, yaml.stderr));
        }
    }
    let unseen: Vec<_> = contract::names().difference(&contract::seen()).cloned().collect();
    assert!(unseen.is_empty(), "no document was compared with these schemas: {unseen:?}");
    insta::assert_snapshot!(shown);
}

/// One document, or a stream of lines.
fn values(json: &str) -> Vec<Value> {
    serde_json::Deserializer::from_str(json).into_iter().map(Result::unwrap).collect()
}

#[test]
fn the_story_has_every_command() {
    let mut terminal = Terminal::new();
    let commands = leaves(&mut terminal, "");
    assert!(commands.contains("unlock group") && commands.len() > 25, "{commands:?}");
    // A script for shells is the same whatever the format.
    let missing: Vec<_> = commands
        .iter()
        .filter(|command| command.as_str() != "completions")
        .filter(|command| {
            !STORY.iter().any(|line| line == command || line.starts_with(&format!("{command} ")))
        })
        .collect();
    assert!(missing.is_empty(), "add them to the story: {missing:?}");
}

/// The commands below one that have none below them, as the help tells them.
fn leaves(terminal: &mut Terminal, command: &str) -> BTreeSet<String> {
    let help = terminal.run(format!("{command} --help").trim_start()).stdout;
    let Some((_, listed)) = help.split_once("\nCommands:\n") else {
        return BTreeSet::from([command.to_owned()]);
    };
    let listed = listed.lines().take_while(|line| !line.is_empty());
    let names =
        listed.filter(|line| !line.starts_with("   ")).filter_map(|line| line.split_whitespace().next());
    let below =
        names.filter(|name| *name != "help").map(|name| format!("{command} {name}").trim_start().to_owned());
    below.flat_map(|below| leaves(terminal, &below)).collect()
}
