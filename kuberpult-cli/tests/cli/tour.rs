//! Each command once, as a person would use it.

use crate::terminal::Terminal;

#[test]
fn a_day_with_locks_queues_and_trains() {
    let mut terminal = Terminal::new();
    for environment in ["development", "staging", "production"] {
        terminal.manifest(&format!("cart/{environment}.yaml"), 1);
        terminal.manifest(&format!("web/{environment}/1-service.yaml"), 1);
        terminal.manifest(&format!("web/{environment}/2-deployment.yaml"), 1);
    }
    terminal.write("web/README.md", "for people");
    terminal.write("production.json", r#"{"upstream": {"environment": "staging"}, "onUnlock": "keep"}"#);
    for line in [
        "init repo",
        "init repo",
        "status",
        "env list",
        "env create development --upstream latest",
        "env create development --upstream latest",
        "env create staging --upstream development --group pre",
        "env create production --config production.json",
        "env list",
        "env show production",
        "status",
        "release cart --manifests cart --team shop --display-version v1.0 --source-commit ABCDEF --source-author Al --source-message Begin --source-repo-url https://example.com/cart",
        "release cart --manifests cart --version 1",
        "release web --manifests web --dry-run",
        "release web --manifests web",
        "release cart --version 5 --manifest development=cart/development.yaml --manifest staging=cart/staging.yaml",
        "train staging --dry-run",
        "train staging",
        "train staging",
        "train production --team shop",
        "train production",
        "lock app cart -e staging -m 'load test' --id load-test --ci-link https://ci.example.com/7 --lifetime 2d",
        "lock env production",
        "lock team web -e staging -m 'the team is away' --id away",
        "lock app none -e staging --id early",
        "lock group pre --id pre-lock --dry-run",
        "lock group pre --id pre-lock",
        "locks",
        "status",
        "unlock group pre pre-lock",
        "release cart --manifests cart",
        "train staging --fail-on-blocked",
        "queue list",
        "deploy cart 6 -e staging",
        "deploy cart 5 -e staging",
        "deploy cart 6 -e staging --on-lock fail",
        "deploy cart 6 -e staging --dry-run",
        "deploy cart 6 -e production --manual --reason 'customers wait'",
        "locks",
        "status cart",
        "unlock app cart -e staging load-test --queued keep",
        "queue list",
        "lock app cart -e staging --id again",
        "unlock app cart -e staging again --queued drop",
        "train pre --target-type environment-group --on-lock skip",
        "train production --fail-on-blocked",
        "unlock team web -e staging away",
        "queue list",
        "-v status",
        "-q train staging",
    ] {
        terminal.run(line);
    }
    insta::assert_snapshot!(terminal.transcript());
    terminal.check_repository();
}

#[test]
fn a_bare_repository_and_another_branch() {
    let mut terminal = Terminal::new();
    terminal.run("init repo --bare --branch deployments");
    terminal.run("env create development --upstream latest");
    insta::assert_snapshot!(terminal.transcript());
    assert_eq!(terminal.git("-C repo rev-parse --is-bare-repository"), "true");
    assert_eq!(
        terminal.git("-C repo log --format=%D%n%an%n%aI -1"),
        "HEAD -> deployments\nJo\n2024-05-03T11:37:37+02:00"
    );
}

#[test]
fn help_lists_what_works() {
    let mut terminal = Terminal::new();
    for line in
        ["--help", "train --help", "env update --help", "queue settle --help", "apply -h", "lock app -h"]
    {
        terminal.run(line);
    }
    insta::assert_snapshot!(terminal.transcript());
    assert!(terminal.run("--version").stdout.starts_with("kuberpult "));
}

#[test]
fn without_a_time_the_clock_is_read() {
    let mut terminal = Terminal::new();
    terminal.run("init repo");
    let mut command = terminal.kuberpult(&crate::terminal::words("env create development --upstream latest"));
    command.env_remove("KUBERPULT_NOW");
    assert_eq!(terminal.record("", command).code, 0);
    let written: i64 = terminal.git("-C repo log -1 --format=%at").parse().unwrap();
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    assert!((now.as_secs().cast_signed() - written).abs() < 3600, "{written}");
}

#[test]
fn a_table_with_hostile_text_stays_a_table() {
    let mut terminal = Terminal::with_environments();
    let message = "\u{1b}[2J\u{1b}]0;title\u{7}\r\n| fake row\u{202e}";
    let words =
        ["lock", "env", "staging", "--id", "x\u{202e}y", "-m", message, "--author-name", "E\u{1b}[31mve"];
    let command = terminal.kuberpult(&words.map(String::from));
    assert_eq!(terminal.record("lock env staging ...", command).code, 0);
    // Commands refuse such a name, but a repository that somebody else writes can have it.
    terminal.write("repo/environments/development/applications/e\u{202e}vil/locks/old/message", "\u{1b}[2J");
    terminal.git("-C repo add .");
    terminal.git("-C repo -c user.name=a -c user.email=b commit -qm elsewhere");
    for line in ["locks", "status", "env list", "env show staging", "train staging"] {
        let printed = terminal.run(line);
        let is_hostile = |c: char| c == '\u{202e}' || (c != '\n' && c.is_control());
        assert!(!printed.stdout.contains(is_hostile), "{line}");
    }
    insta::assert_snapshot!(terminal.transcript());
}
