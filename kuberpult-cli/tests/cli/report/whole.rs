//! What is on the page, and where it goes.

use std::fs;

use super::{page, parsed, texts, without_style_and_script};
use crate::status::repository;
use crate::terminal::{Terminal, words};

#[test]
fn a_page_shows_all_there_is() {
    let terminal = repository();
    // At night, when Europe is frozen.
    let page = page(&terminal, "--now 2024-05-03T23:00:00+02:00 report --html - --limit 8 --days 3");
    parsed(&page);
    insta::assert_snapshot!(without_style_and_script(&page));
}

#[test]
fn a_page_without_anything_is_one() {
    let mut terminal = Terminal::new();
    terminal.run("init repo");
    let page = page(&terminal, "report --html -");
    parsed(&page);
    insta::assert_snapshot!(without_style_and_script(&page));
}

#[test]
fn what_stands_in_cells_is_what_status_says() {
    let mut terminal = repository();
    let page = parsed(&page(&terminal, "report --html -"));
    let status = terminal.run("status").stdout;
    let table: Vec<&str> = status.lines().take_while(|line| !line.starts_with('[')).skip(1).collect();
    let rows = texts(&page, "#matrix tbody tr");
    assert_eq!(rows.len(), table.len());
    for (row, line) in rows.iter().zip(table) {
        let plain = |text: &str| text.replace(['(', ')', ','], "").split_whitespace().collect::<String>();
        assert_eq!(plain(row), plain(line));
    }
    let explained: Vec<&str> = status.lines().filter(|line| line.starts_with('[')).collect();
    assert_eq!(texts(&page, ".marks li"), explained);
}

#[test]
fn the_same_commit_at_the_same_time_is_the_same_page() {
    let mut terminal = repository();
    let first = page(&terminal, "report --html -");
    assert_eq!(first, page(&terminal, "report --html -"));
    let printed = terminal.run("report --html page.html");
    assert_eq!((printed.code, printed.stdout.as_str()), (0, ""));
    assert_eq!(printed.stderr, format!("report written to page.html, {} kB\n", first.len().div_ceil(1_000)));
    assert_eq!(fs::read_to_string(terminal.path("page.html")).unwrap(), first);
    let later = page(&terminal, "--now 2024-05-04T11:37:37+02:00 report --html -");
    assert_ne!(first, later);
}

#[test]
fn what_cannot_be_written_is_said_and_what_was_there_stays() {
    let mut terminal = repository();
    terminal.write("there/page.html/file", "");
    for line in [
        "report --html missing/page.html",
        "report --html there/page.html",
        "-o json report --html page.html",
        "report",
        "report --html page.html --days 0",
    ] {
        terminal.run(line);
    }
    let left: Vec<_> =
        fs::read_dir(terminal.path("there")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["page.html"]);
    insta::assert_snapshot!(terminal.transcript());
}

#[test]
fn queues_say_since_when_and_by_whom_and_what_becomes_of_them() {
    let mut terminal = Terminal::with_environments();
    for line in [
        "lock app cart -e staging --id load-test -m 'until noon' --lifetime 2h",
        "--now 2024-05-03T12:00:00+02:00 --author-name Ada train staging",
        r#"env update production --config keep.json"#,
        "lock env production --id peak",
        "deploy cart 1 -e production",
    ] {
        terminal.write("keep.json", r#"{"upstream": {"environment": "staging"}, "onUnlock": "keep"}"#);
        assert_eq!(terminal.run(line).code, 0, "{line}: {}", terminal.transcript());
    }
    let page = parsed(&page(&terminal, "--now 2024-05-03T14:30:00+02:00 report --html -"));
    let rows = texts(&page, "#queues tbody tr");
    let expected = [
        "cartstaging-12024-05-03 12:00 +02:00 2h agoAdaapplication lock load-test [2]it is deployed",
        "cartproduction-12024-05-03 11:37 +02:00 2h agoJoenvironment lock peak [1]it stays until the next deployment takes its place, \
         as the environment’s config says",
    ];
    assert_eq!(rows, expected);
    assert_eq!(texts(&page, "#locks .blocked"), ["exceeded by 52m"]);
}

#[test]
fn a_page_can_be_made_of_a_remote_and_without_network() {
    let terminal = repository();
    let here = page(&terminal, "report --html -");
    let remote = format!("file://{}", terminal.path("repo").display());
    for offline in [false, true] {
        let mut command = terminal.bare_kuberpult(&words("report --html - --now 2024-05-03T11:37:37+02:00"));
        command.args(["--remote", &remote]).args(offline.then_some("--offline"));
        command.env("KUBERPULT_CACHE_DIR", terminal.path("cache"));
        let output = command.output().unwrap();
        let there = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let page = parsed(&there);
        assert_eq!(texts(&page, ".source dd")[0], remote);
        for part in ["#applications", "#queues", "#locks", "#trains", "#promotion", "#history"] {
            assert_eq!(texts(&page, part), texts(&parsed(&here), part), "{part}, offline: {offline}");
        }
    }
}
