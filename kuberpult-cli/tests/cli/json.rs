//! `-o json`: a contract with programs.

use crate::terminal::Terminal;

#[test]
fn one_document_for_each_command() {
    let mut terminal = Terminal::with_environments();
    terminal.manifest("m/staging.yaml", 2);
    terminal.write(
        "nightly.json",
        r#"{"upstream": {"environment": "staging"}, "freezeWindows": [{"kind": "deny", "schedule": "0 22 * * *", "duration": "8h", "timeZone": "Europe/Berlin"}]}"#,
    );
    for line in [
        "init new",
        "env list",
        "env show staging",
        "release cart --manifests m",
        "lock app cart -e staging -m 'load test' --id load-test --ci-link https://ci.example.com/7 --lifetime 2d",
        "lock team shop -e staging --id away",
        "lock env production -m peak --id peak",
        "deploy cart 1 -e staging",
        "train staging --dry-run",
        "train staging",
        "train production",
        "locks",
        "queue list",
        "status",
        "check",
        "why cart -e staging",
        "train staging --dry-run --without-lock load-test",
        "env update production --config nightly.json",
        "--now 2024-05-03T23:00:00+02:00 env show production",
        "--now 2024-05-03T23:00:00+02:00 train production",
        "--now 2024-05-03T23:00:00+02:00 status",
        "queue settle",
        "deploy cart 2 -e staging --manual --reason 'by hand'",
        "deploy cart 2 -e staging --on-lock fail",
        "deploy cart 2",
    ] {
        let printed = terminal.run(&format!("-o json {line}"));
        let (document, other) = match printed.code {
            0 => (printed.stdout, printed.stderr),
            _ => (printed.stderr, printed.stdout),
        };
        assert_eq!(other, "", "{line}");
        let document: serde_json::Value = serde_json::from_str(&document).unwrap();
        if printed.code == 0 {
            assert_eq!(document["apiVersion"], "kuberpult/v1", "{line}");
        } else {
            assert!(document["error"]["code"].is_string(), "{line}");
        }
    }
    insta::assert_snapshot!(terminal.transcript());
}

#[test]
fn characters_survive() {
    let mut terminal = Terminal::with_environments();
    let message = "\u{1b}[31m\u{7f}\u{9b}\u{202e}\"\\\n日本";
    let command = terminal.kuberpult(&["lock", "env", "staging", "-m", message].map(String::from));
    assert_eq!(terminal.record("lock", command).code, 0);
    let printed = terminal.run("-o json locks");
    let document: serde_json::Value = serde_json::from_str(&printed.stdout).unwrap();
    assert_eq!(document["items"][0]["message"], message);
}

#[test]
fn wrong_usage_is_json_however_the_format_is_typed() {
    let mut terminal = Terminal::new();
    for line in ["-o json deploy", "deploy --output=json", "deploy -ojson x y z"] {
        let printed = terminal.run(line);
        let document: serde_json::Value = serde_json::from_str(&printed.stderr).unwrap();
        assert_eq!(document["error"]["code"], "USAGE", "{line}");
        assert_eq!(printed.code, 2);
    }
}
