//! `kuberpult why`: a colleague's answer.

use crate::terminal::Terminal;

#[test]
fn why_is_it_not_there() {
    let mut terminal = Terminal::with_environments();
    terminal.write(
        "production.json",
        r#"{"upstream": {"environment": "staging"}, "freezeWindows": [{"kind": "deny", "schedule": "0 9 * * *", "duration": "2h", "timeZone": "Europe/Berlin"}]}"#,
    );
    for line in [
        "why cart -e staging",
        "--now 2024-05-03T11:37:37.25+02:00 train staging",
        "why cart -e staging",
        "lock app cart -e staging --id pin -m 'load test'",
        "release cart --manifests m --source-message two",
        "train staging",
        "why cart -e staging",
        "why cart -e staging --version 1",
        "env update production --config production.json",
        "--now 2024-05-06T10:00:00+02:00 why cart -e production",
        "--now 2024-05-06T11:00:00+02:00 why cart -e production",
        "-o json --now 2024-05-06T10:00:00+02:00 why cart -e production --version 2",
    ] {
        assert_eq!(terminal.run(line).code, 0, "{line}");
    }
    insta::assert_snapshot!(terminal.transcript());
}
