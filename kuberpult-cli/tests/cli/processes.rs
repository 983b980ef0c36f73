//! Several processes at once, and streams that end early.

use std::io::{Read as _, Write as _};
use std::process::Stdio;

use crate::terminal::{Terminal, words};

#[test]
fn many_processes_at_once_lose_nothing() {
    let terminal = Terminal::with_environments();
    let before: usize = terminal.git("-C repo rev-list --count HEAD").parse().unwrap();
    let lock = |number| format!("lock env staging --id lock-{number} -m concurrent");
    let children: Vec<_> = (10..20)
        .map(|number| {
            let mut command = terminal.kuberpult(&words(&lock(number)));
            command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
        })
        .collect();
    for child in children {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    let subjects = terminal.git("-C repo log --format=%s --first-parent");
    for number in 10..20 {
        let id = format!("\"lock-{number}\"");
        assert_eq!(subjects.lines().filter(|subject| subject.contains(&id)).count(), 1, "{id}");
    }
    let after: usize = terminal.git("-C repo rev-list --count HEAD").parse().unwrap();
    assert_eq!(after - before, 10);
    terminal.check_repository();
}

/// Each changes one key of a config, and none undoes what another one did.
#[test]
fn configs_that_are_updated_at_once_keep_every_update() {
    let terminal = Terminal::with_environments();
    for round in 0..8 {
        let group = format!("group-{round}");
        let upstream = if round % 2 == 0 { "production" } else { "development" };
        let lines = [
            format!("env update staging --group {group}"),
            format!("env update staging --upstream {upstream}"),
        ];
        let children = lines.map(|line| {
            let mut command = terminal.kuberpult(&words(&line));
            command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
        });
        for child in children {
            let output = child.wait_with_output().unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        }
        let config = terminal.git("-C repo show HEAD:environments/staging/config.json");
        assert!(config.contains(&group) && config.contains(upstream), "{config}");
    }
}

#[test]
fn a_closed_pipe_ends_quietly() {
    let terminal = Terminal::with_environments();
    for line in ["status", "locks", "-o json status", "--help", "deploy cart 1 -e staging"] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let mut command = terminal.kuberpult(&words(line));
        let output = command.stdout(writer).stderr(Stdio::piped()).output().unwrap();
        assert_eq!(
            String::from_utf8(output.stderr)
                .unwrap()
                .lines()
                .filter(|line| !line.starts_with("there is"))
                .count(),
            0,
            "{line}"
        );
        assert_eq!(output.status.code(), Some(0), "{line}");
    }
}

#[test]
fn apply_stops_when_nobody_reads() {
    let terminal = Terminal::with_environments();
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let lock =
        r#"{"command": "createEnvironmentLock", "environment": "staging", "lockId": "ID", "message": ""}"#;
    // More lines than are carried out together.
    let lines: String =
        (1..=1_001).map(|id| format!("{}\n", lock.replace("ID", &format!("lock-{id}")))).collect();
    terminal.write("many.jsonl", lines);
    let mut command = terminal.kuberpult(&words("apply -f many.jsonl"));
    let output = command.stdout(writer).stderr(Stdio::piped()).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(
        String::from_utf8(output.stderr).unwrap(),
        "error: standard output was closed: line 1000 has been carried out, what follows it has not; give the lines after it again\n"
    );
    assert!(terminal.path("repo/environments/staging/locks/lock-1000").exists());
    assert!(!terminal.path("repo/environments/staging/locks/lock-1001").exists());
}

#[test]
fn apply_answers_each_line_at_once() {
    let terminal = Terminal::with_environments();
    let mut command = terminal.kuberpult(&words("apply -f -"));
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    let mut output = child.stdout.take().unwrap();
    for id in ["one", "two"] {
        let lock = format!(
            r#"{{"command": "createEnvironmentLock", "environment": "staging", "lockId": "{id}", "message": ""}}"#
        );
        writeln!(input, "{lock}").unwrap();
        let mut answer = Vec::new();
        while answer.last() != Some(&b'\n') {
            let mut byte = [0];
            output.read_exact(&mut byte).unwrap();
            answer.push(byte[0]);
        }
        assert!(String::from_utf8(answer).unwrap().contains(id));
    }
    drop(input);
    assert!(child.wait().unwrap().success());
}
