//! Freeze windows: nothing goes to production between 9 and 11.

use crate::terminal::Terminal;

const PRODUCTION: &str = r#"{
  "upstream": {"environment": "staging"},
  "freezeWindows": [
    {"kind": "deny", "schedule": "0 9 * * *", "duration": "2h", "timeZone": "Europe/Berlin", "description": "peak hours"},
    {"kind": "deny", "schedule": "0 0 * * sat", "duration": "48h", "timeZone": "Europe/Berlin", "applications": ["cart", "pay-*"]}
  ]
}"#;

#[test]
fn nothing_goes_to_production_between_9_and_11() {
    let mut terminal = Terminal::with_environments();
    terminal.write("production.json", PRODUCTION);
    for line in [
        "train staging",
        "env update production --config production.json",
        "--now 2024-05-06T10:00:00+02:00 env list",
        "--now 2024-05-06T10:00:00+02:00 env show production",
        "--now 2024-05-06T10:00:00+02:00 train production",
        "--now 2024-05-06T10:00:00+02:00 train production --fail-on-blocked",
        "--now 2024-05-06T11:00:00+02:00 train production --dry-run",
        "--now 2024-05-06T10:00:00+02:00 deploy cart 1 -e production --on-lock fail",
        "--now 2024-05-06T10:00:00+02:00 deploy cart 1 -e production",
        "--now 2024-05-06T10:00:00+02:00 status",
        "--now 2024-05-06T10:00:00+02:00 queue list",
        "--now 2024-05-06T10:00:00+02:00 lock app cart -e production --id pin",
        "--now 2024-05-06T10:10:00+02:00 locks",
        "--now 2024-05-06T10:10:00+02:00 unlock app cart -e production pin",
        "--now 2024-05-06T10:59:59+02:00 queue settle",
        "--now 2024-05-06T11:00:00+02:00 queue list",
        "--now 2024-05-06T11:00:00+02:00 queue settle -e production --dry-run",
        "--now 2024-05-06T11:00:00+02:00 queue settle",
        "--now 2024-05-06T11:00:00+02:00 queue settle",
        "--now 2024-05-11T12:00:00+02:00 status",
        "--now 2024-05-11T12:00:00+02:00 env show production",
    ] {
        terminal.run(line);
    }
    insta::assert_snapshot!(terminal.transcript());
    terminal.check_repository();
}

/// What holds many applications back for the same reason is said once.
#[test]
fn outside_its_allow_windows_an_application_waits() {
    let mut terminal = Terminal::with_environments();
    terminal.run("release cart-api --manifests m");
    terminal.run("release web --manifests m");
    terminal.write(
        "production.json",
        r#"{"upstream": {"environment": "development"}, "freezeWindows": [
            {"kind": "allow", "schedule": "0 12 * * *", "duration": "1h", "applications": ["cart*"], "description": "lunch"}
        ]}"#,
    );
    terminal.forget();
    for line in [
        "env update production --config production.json",
        "--now 2024-05-06T10:00:00Z env show production",
        "--now 2024-05-06T10:00:00Z train production",
        "--now 2024-05-06T10:00:00Z status",
        "--now 2024-05-06T12:00:00Z status",
    ] {
        assert_eq!(terminal.run(line).code, 0, "{line}");
    }
    insta::assert_snapshot!(terminal.transcript());
}

/// What settling does with a queue is up to the environment's config.
#[test]
fn the_queue_list_says_what_settling_would_do() {
    let mut terminal = Terminal::with_environments();
    for on_unlock in ["deploy", "keep", "drop"] {
        let config = PRODUCTION.replacen('{', &format!(r#"{{"onUnlock": "{on_unlock}","#), 1);
        terminal.write("production.json", config);
        for line in [
            "env update production --config production.json",
            "--now 2024-05-06T10:00:00+02:00 deploy cart 1 -e production",
            "--now 2024-05-06T12:00:00+02:00 queue list",
        ] {
            assert_eq!(terminal.run(line).code, 0, "{line}");
        }
    }
    terminal.run("deploy cart 1 -e production --manual");
    terminal.run("--now 2024-05-06T10:00:00+02:00 deploy cart 1 -e production");
    terminal.run("--now 2024-05-06T12:00:00+02:00 queue list");
    terminal.run("--now 2024-05-06T12:00:00+02:00 queue settle");
    insta::assert_snapshot!(terminal.transcript());
}
