//! Help: each command has examples, they are true, and all of it fits the terminal.

use std::collections::VecDeque;
use std::process::Command;

use crate::terminal::Terminal;

/// A command that draws on a terminal.
const NEEDS_A_TERMINAL: &str = "kuberpult status --watch";

/// Examples that a repository begins with.
const IS_THERE: [&str; 2] = [
    "kuberpult env create development --upstream latest",
    "kuberpult env create staging --upstream development",
];

/// All commands, from the help of each: `""`, `"env"`, `"env list"`, ...
pub(crate) fn commands(terminal: &mut Terminal) -> Vec<String> {
    let mut commands = Vec::new();
    let mut open = VecDeque::from([String::new()]);
    while let Some(command) = open.pop_front() {
        let help = terminal.run(&format!("{command} --help")).stdout;
        let listed = help.split_once("\nCommands:\n").map(|(_, rest)| rest.split("\n\n").next().unwrap());
        for line in listed.unwrap_or_default().lines() {
            let name = line.trim_start().split(' ').next().unwrap();
            if line.starts_with("  ") && !line.starts_with("   ") && name != "help" {
                open.push_back(format!("{command} {name}").trim_start().to_owned());
            }
        }
        commands.push(command);
    }
    commands.push("man".into());
    commands
}

fn help(terminal: &Terminal, command: &str, columns: &str) -> String {
    let words: Vec<String> = command.split_whitespace().chain(["--help"]).map(String::from).collect();
    let output = terminal.kuberpult(&words).env("COLUMNS", columns).output().unwrap();
    assert!(output.status.success(), "{command} --help");
    String::from_utf8(output.stdout).unwrap()
}

/// What stands below `Examples:`, without the remarks beside it.
fn examples(help: &str) -> Vec<String> {
    let Some((_, block)) = help.split_once("\nExamples:\n") else { return Vec::new() };
    let lines = block.lines().take_while(|line| line.starts_with("  "));
    let examples = lines.filter(|line| !line.starts_with("   ")).map(str::trim);
    examples.map(|line| line.split("  ").next().unwrap().to_owned()).collect()
}

#[test]
fn the_help_of_each_command_has_examples_and_fits_eighty_columns() {
    let mut terminal = Terminal::new();
    let commands = commands(&mut terminal);
    assert!(commands.len() > 30 && commands.contains(&"env create".to_owned()), "{commands:?}");
    for command in commands {
        let narrow = help(&terminal, &command, "80");
        assert!(!examples(&narrow).is_empty(), "`kuberpult {command} --help` has no example");
        let long: Vec<_> = narrow.lines().filter(|line| line.chars().count() > 80).collect();
        assert!(long.is_empty(), "`kuberpult {command} --help` at 80 columns: {long:#?}");
        // What is not wrapped was short enough as it is.
        let wide = help(&terminal, &command, "1000");
        assert_eq!(examples(&wide), examples(&narrow), "`kuberpult {command} --help`");
    }
}

/// What the examples name is there.
fn prepared() -> Terminal {
    let mut terminal = Terminal::new();
    let mut lines = vec![
        r#"{"command": "createEnvironment", "environment": "development", "config": {"upstream": {"latest": true}}}"#.to_owned(),
        r#"{"command": "createEnvironment", "environment": "staging", "config": {"upstream": {"environment": "development"}}}"#.into(),
        r#"{"command": "createEnvironment", "environment": "production", "config": {"upstream": {"environment": "staging"}}}"#.into(),
        r#"{"command": "createEnvironment", "environment": "de", "config": {"upstream": {"environment": "staging"}, "environmentGroup": "europe"}}"#.into(),
        r#"{"command": "createEnvironment", "environment": "sandbox", "config": {}}"#.into(),
    ];
    for version in 1..=8 {
        lines.push(format!(
            r#"{{"command": "createRelease", "application": "cart", "version": {version}, "team": "shop", "manifests": {{"development": "v: {version}", "staging": "v: {version}", "production": "v: {version}", "de": "v: {version}", "sandbox": "v: {version}"}}}}"#
        ));
    }
    lines.extend(
        [
            r#"{"command": "deploy", "application": "cart", "environment": "sandbox", "version": 3}"#,
            r#"{"command": "releaseTrain", "target": "staging"}"#,
            r#"{"command": "deploy", "application": "cart", "environment": "staging", "version": 6}"#,
            r#"{"command": "releaseTrain", "target": "production"}"#,
            r#"{"command": "deploy", "application": "cart", "environment": "production", "version": 5}"#,
            r#"{"command": "createRelease", "application": "legacy", "manifests": {"development": "v: 1"}}"#,
            r#"{"command": "prepareUndeploy", "application": "legacy"}"#,
            r#"{"command": "createEnvironmentLock", "environment": "sandbox", "lockId": "broken", "message": ""}"#,
            r#"{"command": "deploy", "application": "cart", "environment": "sandbox", "version": 5}"#,
            r#"{"command": "deleteEnvironmentLock", "environment": "sandbox", "lockId": "broken", "queued": "keep"}"#,
        ]
        .map(String::from),
    );
    let locks = [
        r#"{"command": "createApplicationLock", "environment": "staging", "application": "cart", "lockId": "load-test", "message": ""}"#,
        r#"{"command": "createEnvironmentLock", "environment": "production", "lockId": "peak", "message": ""}"#,
        r#"{"command": "createTeamLock", "environment": "production", "team": "shop", "lockId": "away", "message": ""}"#,
        r#"{"command": "createGroupLock", "environmentGroup": "europe", "lockId": "maintenance", "message": ""}"#,
    ];
    terminal.write("history.jsonl", lines.join("\n"));
    terminal.write("locks.jsonl", locks.join("\n"));
    terminal.write("commands.jsonl", r#"{"command": "releaseTrain", "target": "staging"}"#);
    terminal.write("production.json", r#"{"upstream": {"environment": "staging"}, "onUnlock": "keep"}"#);
    terminal.write("canary.json", r#"{"upstream": {"environment": "staging"}}"#);
    terminal.write("public/robots.txt", "");
    terminal.write("cart.yaml", "v: 12\n");
    terminal.write("build/manifests/staging.yaml", "v: 9\n");
    for line in ["init repo", "apply -f history.jsonl"] {
        let printed = terminal.run(line);
        assert_eq!(printed.code, 0, "{line}: {}{}", printed.stdout, printed.stderr);
    }
    terminal.git("-C repo tag nightly");
    for line in ["train staging --save-plan plan.json", "apply -f locks.jsonl"] {
        let printed = terminal.run(line);
        assert_eq!(printed.code, 0, "{line}: {}", printed.stderr);
    }
    terminal.git("-C repo tag locked");
    terminal
}

/// A shell in which the programs that examples name, and that need not be here, do nothing.
fn shell(terminal: &Terminal, example: &str) -> Command {
    let mut command = terminal.shell_command_of("bash");
    command.env("KUBERPULT_NOW", "2024-05-03T11:37:37+02:00").env("KUBERPULT_REPO", "repo");
    command.env("GIT_AUTHOR_NAME", "Jo").env("GIT_AUTHOR_EMAIL", "jo@example.com");
    // Of fish and zsh, it is looked at what they would be given.
    let others = "delta() { cat > /dev/null; }; dot() { cat > /dev/null; }; source() { grep -q kuberpult \"${1:--}\"; }";
    command.args(["-c", &format!("set -euo pipefail; {others}; {example}")]);
    command
}

#[test]
fn each_example_does_what_it_says() {
    let mut terminal = prepared();
    let mut shown = String::new();
    for command in commands(&mut terminal) {
        for example in examples(&help(&terminal, &command, "200")) {
            let tag = if example.contains(" unlock ") { "locked" } else { "nightly" };
            terminal.git(&format!("-C repo reset -q --hard {tag}"));
            let output = shell(&terminal, &example).output().unwrap();
            let stderr = String::from_utf8_lossy(&output.stderr);
            if example == NEEDS_A_TERMINAL {
                assert!(stderr.contains("draws on a terminal"), "{example}: {stderr}");
                continue;
            }
            assert!(output.status.success(), "{example}: {stderr}");
            assert!(
                !stderr.contains("nothing to do") || IS_THERE.contains(&example.as_str()),
                "{example}: {stderr}"
            );
            shown.push_str(&format!("{example}\n"));
        }
    }
    for both in ["kuberpult demo tour", "kuberpult undeploy legacy", "kuberpult unlock env production peak"] {
        assert!(shown.lines().any(|line| line == both), "{both} is an example");
    }
}
