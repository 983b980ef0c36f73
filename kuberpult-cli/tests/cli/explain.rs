//! `kuberpult explain`: a page for each stable code.

use crate::terminal::Terminal;

#[test]
fn what_a_code_means() {
    let mut terminal = Terminal::new();
    for line in
        ["explain", "explain APP_IS_LOCKED", "explain remote-unreachable", "explain -o json LOST_RACE"]
    {
        assert_eq!(terminal.run(line).code, 0, "{line}");
    }
    for line in ["explain APP_IS_LOKED", "explain nothing_of_the_kind", "-o json explain LOCK_FOUND"] {
        assert_eq!(terminal.run(line).code, 2, "{line}");
    }
    insta::assert_snapshot!(terminal.transcript());
}

/// What somebody else says needs more words; the rest says enough by itself, unless somebody wants to hear more.
#[test]
fn errors_name_their_code_where_it_helps() {
    let mut terminal = Terminal::with_environments();
    let hint = |stderr: &str| stderr.lines().find(|line| line.starts_with("explain: ")).map(String::from);
    let elsewhere = "--remote http://127.0.0.1:1/manifests.git status";
    let mut command = terminal.bare_kuberpult(&crate::terminal::words(elsewhere));
    command.env("KUBERPULT_CACHE_DIR", terminal.path("cache"));
    let printed = terminal.record(elsewhere, command);
    assert_eq!(hint(&printed.stderr).as_deref(), Some("explain: kuberpult explain REMOTE_UNREACHABLE"));
    for (line, expected) in [
        ("deploy cart 7 -e staging", None),
        ("-v deploy cart 7 -e staging", Some("explain: kuberpult explain RELEASE_NOT_FOUND")),
    ] {
        let printed = terminal.run(line);
        assert_eq!(printed.code, 3);
        assert_eq!(hint(&printed.stderr).as_deref(), expected, "{line}");
    }
    assert_eq!(hint(&terminal.run("-q status nothing").stderr), None);
}
