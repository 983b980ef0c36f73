//! What would a train do if: at another time, or without certain locks.

use crate::terminal::Terminal;

#[test]
fn a_train_without_locks_is_a_dry_run() {
    let mut terminal = Terminal::with_environments();
    for line in [
        "lock env staging --id all -m audit",
        "lock app cart -e staging --id pin",
        "lock team shop -e staging --id pin",
        "lock env production --id elsewhere",
    ] {
        assert_eq!(terminal.run(line).code, 0, "{line}");
    }
    let before = terminal.head();
    for (line, code) in [
        ("train staging --dry-run", 0),
        ("train staging --dry-run --without-lock all", 0),
        ("train staging --dry-run --without-lock all --without-lock pin", 0),
        ("train staging --dry-run --without-lock all --fail-on-blocked", 3),
        ("train staging --dry-run --without-lock elsewhere", 3),
        ("-o json train staging --dry-run --without-lock elsewhere", 3),
    ] {
        assert_eq!(terminal.run(line).code, code, "{line}");
    }
    insta::assert_snapshot!(terminal.transcript());
    assert_eq!(terminal.head(), before);
}
