//! The pipelines of Jenkins. There is no parser of Groovy for this that is small and kept up, so a scanner takes strings and
//! comments apart, looks whether brackets match, and finds the steps; what is in them is run.

use kuberpult_core::Schedule;

use super::settle_queues::{CLOSED, frozen};
use super::site::{Site, recipe};

/// A piece of Groovy, as far as these files have it.
#[derive(Debug, Clone, PartialEq)]
enum Token {
    Word(String),
    Text(String),
    Sign(char),
}

/// The tokens of a file. Strings in double quotes are refused: Groovy would put values into them.
fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        if let Some(comment) = rest.strip_prefix("//") {
            rest = comment.split_once('\n').map_or("", |(_, rest)| rest);
        } else if let Some(string) = rest.strip_prefix("'''") {
            let (string, after) = string.split_once("'''").unwrap();
            tokens.push(Token::Text(string.to_owned()));
            rest = after;
        } else if let Some(string) = rest.strip_prefix('\'') {
            let (string, after) = string.split_once('\'').unwrap();
            assert!(!string.contains(['\n', '\\']), "a string that goes on: {string}");
            tokens.push(Token::Text(string.to_owned()));
            rest = after;
        } else if first.is_alphanumeric() || first == '_' {
            let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len());
            tokens.push(Token::Word(rest[..end].to_owned()));
            rest = &rest[end..];
        } else {
            assert!(first.is_whitespace() || "{}()=,:!.".contains(first), "`{first}` in\n{rest}");
            if !first.is_whitespace() {
                tokens.push(Token::Sign(first));
            }
            rest = &rest[first.len_utf8()..];
        }
    }
    tokens
}

/// A pipeline, as far as it is looked at.
#[derive(Default)]
struct Pipeline {
    /// The name of each stage, and the lines that it gives to `sh`; what always runs afterwards is called `always`.
    stages: Vec<(String, Vec<String>)>,
    environment: Vec<(String, String)>,
    cron: Vec<String>,
}

fn pipeline(name: &str) -> Pipeline {
    let tokens = tokens(&recipe(&format!("jenkins/{name}.Jenkinsfile")));
    let mut open = Vec::new();
    let mut pipeline = Pipeline::default();
    for (place, token) in tokens.iter().enumerate() {
        let text = |offset: usize| match tokens.get(place + offset) {
            Some(Token::Text(text)) => text.clone(),
            other => panic!("{name}: a string after {token:?}, not {other:?}"),
        };
        match token {
            Token::Sign(sign @ ('{' | '(')) => open.push(*sign),
            Token::Sign('}') => assert_eq!(open.pop(), Some('{'), "{name}"),
            Token::Sign(')') => assert_eq!(open.pop(), Some('('), "{name}"),
            Token::Word(word) => match word.as_str() {
                "stage" => pipeline.stages.push((text(2), Vec::new())),
                "always" => pipeline.stages.push(("always".into(), Vec::new())),
                "sh" => pipeline.stages.last_mut().unwrap().1.push(text(1)),
                "cron" => pipeline.cron.push(text(2)),
                _ if tokens.get(place + 1) == Some(&Token::Sign('=')) => {
                    let value = match tokens.get(place + 2) {
                        Some(Token::Text(value)) => value.clone(),
                        other => {
                            assert_eq!(other, Some(&Token::Word("credentials".into())), "{name}");
                            String::new()
                        }
                    };
                    pipeline.environment.push((word.clone(), value));
                }
                _ => {}
            },
            Token::Text(_) | Token::Sign(_) => {}
        }
    }
    assert!(open.is_empty(), "{name}: {open:?} is not closed");
    assert_eq!(tokens.first(), Some(&Token::Word("pipeline".into())));
    pipeline
}

/// Runs the steps of some stages as Jenkins does: each in a shell of its own.
fn run(site: &Site, name: &str, stages: &[&str], more: &[(&str, &str)]) -> String {
    let pipeline = pipeline(name);
    let url = site.server.url();
    let mut variables: Vec<(&str, &str)> =
        pipeline.environment.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    variables.extend([("KUBERPULT_REMOTE", url.as_str()), ("BUILD_URL", "https://ci.example.com/7")]);
    variables.extend(more);
    let mut printed = String::new();
    for stage in stages {
        let (_, lines) = pipeline.stages.iter().find(|(name, _)| name == stage).unwrap();
        for line in lines {
            printed.push_str(&site.run_with(&format!("set -x\n{line}"), &variables).with(0));
        }
    }
    printed
}

#[test]
fn they_come_by_themselves_and_one_at_a_time() {
    for name in ["nightly-train", "lock-test-train", "settle-queues"] {
        let pipeline = pipeline(name);
        let [cron] = pipeline.cron.as_slice() else { panic!("{name}: {:?}", pipeline.cron) };
        let (zone, line) = cron.split_once('\n').unwrap();
        assert_eq!(zone, "TZ=Europe/Berlin");
        // `H` is Jenkins's own: any minute, always the same.
        line.replace('H', "0").parse::<Schedule>().unwrap();
        let tokens = tokens(&recipe(&format!("jenkins/{name}.Jenkinsfile")));
        assert!(tokens.contains(&Token::Word("disableConcurrentBuilds".into())), "{name}");
    }
}

#[test]
fn the_nightly_train_runs() {
    let site = Site::new();
    run(&site, "nightly-train", &["Train", "always"], &[]);
    assert_eq!(site.versions("cart", "production"), (Some(1), None));
}

#[test]
fn the_nightly_train_runs_when_it_is_approved() {
    let site = Site::new();
    run(&site, "nightly-train", &["Prognosis"], &[]);
    assert_eq!(site.versions("cart", "production"), (None, None));
    run(&site, "nightly-train", &["Approved train", "always"], &[]);
    assert_eq!(site.versions("cart", "production"), (Some(1), None));
}

#[test]
fn the_tests_run_and_the_train_follows() {
    let site = Site::new();
    site.terminal.write("job/system-tests.sh", "kuberpult -o json locks >locks.json\n");
    run(&site, "lock-test-train", &["Lock, test, train, unlock", "always"], &[]);
    assert!(site.read("locks.json").contains("https://ci.example.com/7"));
    assert_eq!(site.versions("cart", "production"), (Some(1), None));
    assert!(!site.is_locked("staging"));
}

#[test]
fn the_queues_are_settled() {
    let site = frozen();
    let printed = run(&site, "settle-queues", &["Settle", "always"], &[CLOSED]);
    assert!(printed.contains("**1 deployed; 0 are still waiting.**"), "{printed}");
}
