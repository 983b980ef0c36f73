//! Processes that are killed while they write: what they have answered is there, and the next command works.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::Stdio;
use std::thread;
use std::time::Duration;

use crate::terminal::{Terminal, words};

/// Some on one line of many that stay open, some on files that are written as a whole; at moments that are spread over what
/// a process does: it reads, writes loose objects and packs, and moves the branch.
#[test]
fn what_was_answered_is_there_and_nothing_is_broken() {
    let mut terminal = Terminal::new();
    terminal.run("init repo.git --bare");
    assert_eq!(terminal.run("-R repo.git env create staging --upstream latest").code, 0);
    let mut acknowledged = Vec::new();
    for round in 0..24 {
        let lines: Vec<String> = (0..400)
            .map(|number| {
                let command = if number % 2 == 0 { "createEnvironmentLock" } else { "deleteEnvironmentLock" };
                let message = if number % 2 == 0 { r#", "message": "m""# } else { "" };
                let id = format!("lock-{round}-{}", number / 2);
                format!(r#"{{"command": "{command}", "environment": "staging", "lockId": "{id}"{message}}}"#)
            })
            .collect();
        let mut command = terminal.kuberpult(&words("-R repo.git apply -f -"));
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut input = child.stdin.take().unwrap();
        // In every other round a few lines at a time, which makes loose objects; else all at once, which makes packs.
        let at_a_time = if round % 2 == 0 { 4 } else { lines.len() };
        let writer = thread::spawn(move || {
            for lines in lines.chunks(at_a_time) {
                if input.write_all((lines.join("\n") + "\n").as_bytes()).is_err() {
                    return;
                }
                thread::sleep(Duration::from_millis(1));
            }
        });
        let output = BufReader::new(child.stdout.take().unwrap());
        thread::sleep(Duration::from_millis(10 + 7 * round));
        child.kill().unwrap();
        child.wait().unwrap();
        writer.join().unwrap();
        for line in output.lines() {
            // The last one may be cut.
            let Ok(answer) = serde_json::from_str::<serde_json::Value>(&line.unwrap()) else { break };
            acknowledged.extend(answer["commit"].as_str().map(str::to_owned));
        }
        assert_eq!(terminal.run("-R repo.git lock env staging --id next -m m").code, 0);
        assert_eq!(terminal.run("-R repo.git unlock env staging next").code, 0);
        assert_eq!(terminal.git("-C repo.git fsck --strict --no-dangling"), "");
    }
    let history = terminal.git("-C repo.git rev-list --first-parent main");
    let history: BTreeSet<&str> = history.lines().collect();
    assert!(acknowledged.len() > 100, "{} answers", acknowledged.len());
    assert!(acknowledged.iter().all(|commit| history.contains(commit.as_str())));
}
