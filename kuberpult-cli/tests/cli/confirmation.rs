//! What cannot be undone is asked about on a terminal, and nowhere else. `script` of util-linux is the terminal.

use std::io::{Read as _, Write as _};
use std::process::Stdio;

use crate::terminal::Terminal;

const QUESTION: &str = "Go on? [y/N] ";

/// A repository in which much can be lost.
fn prepared() -> Terminal {
    let mut terminal = Terminal::with_environments();
    for line in [
        "train staging",
        "release cart --manifests m --version 2",
        "lock app cart -e staging --id pin -m 'do not touch'",
        "lock app cart -e production --id early",
        "lock env staging --id freeze",
        "lock team shop -e staging --id away",
        "deploy cart 2 -e staging",
        "env update production --upstream latest",
    ] {
        assert_eq!(terminal.run(line).code, 0, "{line}");
    }
    terminal.forget();
    terminal
}

/// Types a command on a terminal, does something when a question comes, and answers it. Gives what was seen, and the exit code.
fn on_a_terminal(terminal: &Terminal, line: &str, meanwhile: impl FnOnce(), answer: &str) -> (String, i32) {
    let mut command = terminal.shell_command_of("script");
    command.env("KUBERPULT_NOW", "2024-05-03T11:37:37+02:00").env("KUBERPULT_REPO", "repo");
    command.env("GIT_AUTHOR_NAME", "Jo").env("GIT_AUTHOR_EMAIL", "jo@example.com").env("TERM", "dumb");
    command.args(["-qec", &format!("stty -echo; kuberpult {line}"), "/dev/null"]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut script =
        command.spawn().unwrap_or_else(|error| panic!("`script` of util-linux cannot be run: {error}"));
    let (mut stdin, mut stdout) = (script.stdin.take().unwrap(), script.stdout.take().unwrap());
    let mut seen = Vec::new();
    let mut byte = [0];
    while !seen.ends_with(QUESTION.as_bytes()) && stdout.read(&mut byte).unwrap() > 0 {
        seen.push(byte[0]);
    }
    if seen.ends_with(QUESTION.as_bytes()) {
        meanwhile();
        stdin.write_all(answer.as_bytes()).unwrap();
    }
    stdout.read_to_end(&mut seen).unwrap();
    drop(stdin);
    let code = script.wait().unwrap().code().unwrap();
    let seen = String::from_utf8(seen).unwrap().replace('\r', "");
    (seen, code)
}

#[test]
fn what_would_be_lost_is_named_and_asked_about() {
    let terminal = prepared();
    let before = terminal.head();
    let mut seen = String::new();
    for (line, answer) in [
        ("env delete staging --force", "n\n"),
        ("remove cart -e staging", "\n"),
        ("-q remove cart -e staging", "no\n"),
        ("-o json remove cart -e staging", "n\n"),
    ] {
        let (printed, code) = on_a_terminal(&terminal, line, || {}, answer);
        assert_eq!(code, 1, "{line}: {printed}");
        seen.push_str(&format!("$ kuberpult {line}\n{printed}\n"));
    }
    assert_eq!(terminal.head(), before);
    let (printed, code) = on_a_terminal(&terminal, "remove cart -e staging", || {}, "y\n");
    assert_eq!(code, 0, "{printed}");
    seen.push_str(&printed);
    assert_ne!(terminal.head(), before);
    insta::assert_snapshot!(seen);
    terminal.check_repository();
}

#[test]
fn an_application_is_named_with_its_releases() {
    let mut terminal = Terminal::with_environments();
    terminal.run("prepare-undeploy cart");
    let (seen, code) = on_a_terminal(&terminal, "undeploy cart", || {}, "yes\n");
    assert_eq!(code, 0, "{seen}");
    assert!(seen.contains("  application \"cart\" with all its releases\n"), "{seen}");
}

#[test]
fn what_was_asked_about_is_done_or_nothing() {
    let terminal = prepared();
    let mut other = None;
    let line = "env delete staging --force";
    let change = || {
        let words = ["lock", "env", "staging", "--id", "later"].map(String::from);
        assert!(terminal.kuberpult(&words).stdout(Stdio::null()).status().unwrap().success());
        other = Some(terminal.head());
    };
    let (seen, code) = on_a_terminal(&terminal, line, change, "y\n");
    assert_eq!(code, 5, "{seen}");
    assert!(seen.contains("nothing was done; give the command again"), "{seen}");
    assert_eq!(Some(terminal.head()), other);
}

#[test]
fn nobody_is_asked_with_yes_nor_without_a_terminal_nor_in_a_dry_run() {
    let mut terminal = prepared();
    let (seen, code) = on_a_terminal(&terminal, "remove cart -e staging --dry-run", || {}, "");
    assert_eq!((code, seen.contains(QUESTION)), (0, false), "{seen}");
    let (seen, code) = on_a_terminal(&terminal, "remove cart -e nowhere", || {}, "");
    assert_eq!((code, seen.contains(QUESTION)), (3, false), "{seen}");
    let (seen, code) = on_a_terminal(&terminal, "remove cart -e production", || {}, "y\n");
    assert_eq!((code, seen.contains(QUESTION)), (0, true), "{seen}");
    let (seen, code) = on_a_terminal(&terminal, "remove cart -e production", || {}, "");
    assert_eq!((code, seen.contains(QUESTION)), (0, false), "nothing is lost: {seen}");
    let (seen, code) = on_a_terminal(&terminal, "remove cart -e staging --yes", || {}, "");
    assert_eq!((code, seen.contains(QUESTION)), (0, false), "{seen}");
    let printed = terminal.run("env delete staging --force");
    assert_eq!((printed.code, printed.stderr.as_str()), (0, ""));
}
