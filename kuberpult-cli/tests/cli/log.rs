//! `kuberpult log`: what happened.

use std::io::Read as _;
use std::process::Stdio;

use crate::terminal::{Terminal, words};

/// A day in which something waits behind a lock and is deployed by hand.
fn after_a_day() -> Terminal {
    let mut terminal = Terminal::with_environments();
    terminal.manifest("m/staging.yaml", 2);
    for line in [
        "--now 2024-05-03T12:00:00+02:00 train staging",
        "--now 2024-05-03T13:00:00+02:00 lock app cart -e staging --id pin -m 'load test'",
        "--now 2024-05-03T14:00:00+02:00 release cart --manifests m --source-message two",
        "--now 2024-05-03T15:00:00+02:00 --author-name 'Release Train' train staging",
        "--now 2024-05-04T10:00:00Z deploy cart 2 -e staging --manual --reason 'customers wait'",
        "--now 2024-05-04T11:00:00Z deploy cart 2 -e staging --manual",
        "--now 2024-05-04T12:00:00Z unlock app cart -e staging pin",
    ] {
        assert_eq!(terminal.run(line).code, 0, "{line}");
    }
    terminal.forget();
    terminal
}

/// Commits what is in the work tree, always as the same commit.
fn commit_by_hand(terminal: &Terminal) {
    let dates = "GIT_AUTHOR_DATE=2024-05-05T00:00:00Z GIT_COMMITTER_DATE=2024-05-05T00:00:00Z";
    terminal.shell(&format!(
        "cd repo && git add . && {dates} git -c user.name=a -c user.email=b commit -qm 'by hand'"
    ));
}

#[test]
fn what_happened() {
    let mut terminal = after_a_day();
    terminal.write("repo/README.md", "for people");
    commit_by_hand(&terminal);
    for line in [
        "log",
        "log --limit 2",
        "log --limit 0",
        "log --app cart -e staging",
        "log -e production",
        "log --since 2024-05-03T15:00:00+02:00 --until 2024-05-04T11:00:00Z",
        "log --app none",
        "log --app none -e nowhere",
        "-q log --app none",
        "log --help",
    ] {
        assert_eq!(terminal.run(line).code, 0, "{line}");
    }
    insta::assert_snapshot!(terminal.transcript());
}

#[test]
fn as_json() {
    let mut terminal = after_a_day();
    let broken = "repo/environments/staging/config.json";
    terminal.write(broken, "oops");
    commit_by_hand(&terminal);
    for line in [
        "-o json log -e staging",
        "-o json log --limit 1 --app cart -e development",
        "-o json log --app none",
    ] {
        let printed = terminal.run(line);
        assert_eq!((printed.code, printed.stderr.as_str()), (0, ""), "{line}");
        let document: serde_json::Value = serde_json::from_str(&printed.stdout).unwrap();
        assert_eq!((&document["apiVersion"], &document["kind"]), (&"kuberpult/v1".into(), &"Log".into()));
    }
    insta::assert_snapshot!(terminal.transcript());
}

#[test]
fn wrong_times() {
    let mut terminal = Terminal::new();
    for line in ["log --since yesterday", "log --until 2024-02-30", "log --limit many", "log --app ../cart"] {
        assert_eq!(terminal.run(line).code, 2, "{line}");
    }
    insta::assert_snapshot!(terminal.transcript());
}

#[test]
fn a_date_is_its_midnight_where_the_machine_is() {
    let terminal = after_a_day();
    let newest = |zone: &str| {
        let mut command = terminal.kuberpult(&words("log --until 2024-05-04"));
        let printed = command.env("TZ", zone).output().unwrap().stdout;
        String::from_utf8(printed).unwrap().lines().next().unwrap().split(' ').next().unwrap().to_owned()
    };
    assert_eq!(newest("UTC"), "2024-05-03T15:00:00+02:00");
    // There the day begins at 12:00 of the day before in UTC, and 14:00 is 12:00 in UTC.
    assert_eq!(newest("Etc/GMT-12"), "2024-05-03T13:00:00+02:00");
}

#[test]
fn a_shallow_clone_says_where_it_ends() {
    let mut terminal = after_a_day();
    let url = format!("file://{}", terminal.path("repo").display());
    terminal.git(&format!("clone -q --depth 2 {url} clone"));
    assert_eq!(terminal.run("-R clone log").code, 0);
    insta::assert_snapshot!(terminal.transcript());
}

#[test]
fn a_reader_that_goes_away_ends_it_quietly() {
    let terminal = after_a_day();
    // More than a pipe holds, so that it has to be written while it is read.
    let mut stream = String::new();
    for number in 0..3000 {
        stream.push_str(&format!(
            "commit refs/heads/main\ncommitter a <b> {} +0000\ndata 7\nby hand\n{}\n",
            1_800_000_000 + number,
            if number == 0 { "from refs/heads/main^0\n" } else { "" }
        ));
    }
    terminal.write("stream", stream);
    terminal.shell("git -C repo checkout -q --detach && git -C repo fast-import --quiet < stream");
    for line in ["log --branch main", "-o json log --branch main"] {
        let mut command = terminal.kuberpult(&words(line));
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut first = [0; 20];
        child.stdout.take().unwrap().read_exact(&mut first).unwrap();
        let output = child.wait_with_output().unwrap();
        assert_eq!(String::from_utf8(output.stderr).unwrap(), "", "{line}");
        assert_eq!(output.status.code(), Some(0), "{line}");
    }
}

#[test]
fn hostile_text_stays_on_its_line() {
    let mut terminal = Terminal::with_environments();
    let hostile = "\u{1b}[2J\u{1b}]0;title\u{7}\u{202e}";
    terminal.write(
        "repo/environments/development/applications/e\u{202e}vil/locks/old/message",
        format!("{hostile}\r\n  deployed version 9"),
    );
    terminal.write("message", format!("{hostile}\rline\n\nbody\n"));
    terminal.git("-C repo add .");
    let name = format!("user.name=E{hostile}ve");
    let arguments = ["-C", "repo", "-c", &name, "-c", "user.email=b", "commit", "-qF", "../message"];
    terminal.git(&arguments.join(" "));
    let printed = terminal.run("--color always log --limit 1");
    let is_hostile = |c: char| c == '\u{202e}' || (c != '\n' && c.is_control());
    assert!(!printed.stdout.contains(is_hostile), "{:?}", printed.stdout);
    assert_eq!(printed.stdout.lines().count(), 2, "{}", printed.stdout);
    let printed = terminal.run("-o json log --limit 1");
    let document: serde_json::Value = serde_json::from_str(&printed.stdout).unwrap();
    assert!(document["entries"][0]["subject"].as_str().unwrap().contains(hostile));
}
