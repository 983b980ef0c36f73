//! Reports for people: what is in them, when they are written, and that hostile text stays text.

use std::collections::BTreeSet;
use std::fs;

use comrak::nodes::NodeValue;
use comrak::{Arena, Options, parse_document};

use crate::terminal::Terminal;

/// What was reported last.
fn report(terminal: &Terminal) -> String {
    fs::read_to_string(terminal.path("report.md")).unwrap()
}

/// Runs a line that writes a report, and gives the report with the line as its heading.
fn told(terminal: &mut Terminal, line: &str, code: i32) -> String {
    let printed = terminal.run(&format!("{line} --markdown report.md"));
    assert_eq!(printed.code, code, "{line}: {}", printed.stderr);
    let report = report(terminal);
    fs::remove_file(terminal.path("report.md")).unwrap();
    format!("$ kuberpult {line}\n{report}\n")
}

/// A terminal in which the train to staging has something of everything to say: `cart` moves on, and its queue loses a
/// version; `pay` waits and displaces what waited before; `web` is there already, `old` is not for staging.
fn with_everything() -> Terminal {
    let mut terminal = Terminal::with_environments();
    terminal.write(
        "keep.json",
        r#"{"upstream": {"environment": "development"}, "environmentGroup": "pre", "onUnlock": "keep"}"#,
    );
    for line in [
        "env update staging --config keep.json",
        "release pay --manifests m",
        "release web --manifests m",
        "release old --manifest development=m/development.yaml",
        "train staging",
        "lock app cart -e staging --id hold",
        "release cart --manifests m",
        "train staging",
        "unlock app cart -e staging hold",
        "release cart --manifests m",
        "lock app pay -e staging --id load-test -m 'until noon' --ci-link https://ci.example.com/7 --lifetime 2h",
        "release pay --manifests m",
        "train staging --team none",
        "deploy pay 2 -e staging",
        "release pay --manifests m",
    ] {
        assert_eq!(terminal.run(line).code, 0, "{line}");
    }
    terminal.forget();
    terminal
}

#[test]
fn a_train_says_what_it_would_do_and_what_it_did() {
    let mut terminal = with_everything();
    let mut told_all = String::new();
    for (line, code) in [
        ("train staging --dry-run --fail-on-blocked", 3),
        ("train staging --on-lock skip --team shop --dry-run", 0),
        ("train pre --dry-run --without-lock load-test", 0),
        ("train staging --save-plan plan.json", 0),
        ("apply -f plan.json --dry-run", 0),
        ("apply -f plan.json", 0),
        ("train staging --fail-on-blocked", 3),
        ("lock env staging --id all -m 'all of it'", 0),
        ("train staging", 0),
        ("train development", 0),
    ] {
        if line.starts_with("lock") {
            assert_eq!(terminal.run(line).code, code);
        } else {
            told_all.push_str(&told(&mut terminal, line, code));
        }
    }
    insta::assert_snapshot!(told_all);
}

#[test]
fn an_environment_that_is_skipped_says_why() {
    let mut terminal = Terminal::with_environments();
    terminal.write("nowhere.json", r#"{"upstream": {"environment": "nowhere"}}"#);
    let window = r#"{"kind": "deny", "schedule": "0 9 * * *", "duration": "4h", "timeZone": "Europe/Berlin", "description": "peak | hours"}"#;
    let frozen = format!(r#"{{"upstream": {{"environment": "development"}}, "freezeWindows": [{window}]}}"#);
    terminal.write("frozen.json", frozen);
    let allowed = r#"{"upstream": {"latest": true}, "freezeWindows": [
        {"kind": "allow", "schedule": "0 22 * * *", "duration": "1h", "applications": ["cart"]}]}"#;
    terminal.write("allowed.json", allowed);
    let mut told_all = String::new();
    for (config, as_of) in [("nowhere", ""), ("frozen", ""), ("allowed", " --as-of HEAD")] {
        assert_eq!(terminal.run(&format!("env update production --config {config}.json")).code, 0);
        told_all.push_str(&told(&mut terminal, &format!("train production{as_of}"), 0));
    }
    terminal.write("circle.json", r#"{"upstream": {"environment": "production"}}"#);
    terminal.write("back.json", r#"{"upstream": {"environment": "staging"}}"#);
    terminal.run("env update staging --config circle.json");
    terminal.run("env update production --config back.json");
    told_all.push_str(&told(&mut terminal, "train production", 0));
    terminal.write("none.json", "{}");
    terminal.run("env update production --config none.json");
    told_all.push_str(&told(&mut terminal, "train production", 0));
    insta::assert_snapshot!(told_all);
}

#[test]
fn settling_queues_says_what_left_them_and_what_still_waits() {
    let mut terminal = Terminal::with_environments();
    let window = r#"{"kind": "deny", "schedule": "0 11 * * *", "duration": "1h", "timeZone": "Europe/Berlin", "description": "lunch"}"#;
    let production = format!(r#"{{"upstream": {{"environment": "staging"}}, "freezeWindows": [{window}]}}"#);
    terminal.write("production.json", production);
    for line in [
        "release pay --manifests m",
        "release web --manifests m",
        "env update production --config production.json",
        "lock app pay -e production --id audit -m 'books are open'",
        "deploy cart 1 -e production",
        "deploy pay 1 -e production",
        "deploy web 1 -e production",
        "deploy web 1 -e production --manual",
        "deploy web 1 -e production",
        "lock app cart -e staging --id hold",
        "deploy cart 1 -e staging",
    ] {
        assert_eq!(terminal.run(line).code, 0, "{line}");
    }
    let mut told_all = String::new();
    for line in [
        "queue settle -e production",
        "--now 2024-05-03T12:00:00+02:00 queue settle -e production --dry-run",
        "--now 2024-05-03T12:00:00+02:00 queue settle",
        "--now 2024-05-03T12:00:00+02:00 queue settle -e development",
    ] {
        told_all.push_str(&told(&mut terminal, line, 0));
    }
    insta::assert_snapshot!(told_all);
}

/// The table, JSON and Markdown say the same, the last two from one run.
#[test]
fn json_and_markdown_come_from_one_run() {
    let mut terminal = with_everything();
    let table = terminal.run("train staging --dry-run").stdout;
    assert!(table.contains("    cart 1 -> 3, and 2 leaves its queue undeployed\n"), "{table}");
    assert!(table.contains("    pay 3 in place of 2 behind lock \"load-test\" on"), "{table}");
    let printed = terminal.run("-o json train staging --markdown report.md");
    let document: serde_json::Value = serde_json::from_str(&printed.stdout).unwrap();
    assert!(report(&terminal).contains(document["commit"].as_str().unwrap()));
    let applications = document["report"]["train"]["environments"][0]["applications"].as_array().unwrap();
    let of = |name| applications.iter().find(|outcome| outcome["application"] == name).unwrap();
    assert_eq!((&of("cart")["outcome"], of("cart")["dropped"].as_u64()), (&"deployed".into(), Some(2)));
    assert_eq!((&of("pay")["outcome"], of("pay")["displaced"].as_u64()), (&"queued".into(), Some(2)));
    // The plan on standard output, and the report in its file.
    let printed = terminal.run("train staging --save-plan - --markdown report.md");
    assert!(printed.stdout.contains("SavedPlan"), "{}", printed.stdout);
    assert!(report(&terminal).contains("nothing was written but the plan"));
}

#[test]
fn nothing_is_reported_of_what_failed() {
    let mut terminal = Terminal::with_environments();
    assert_eq!(terminal.run("train staging --save-plan plan.json").code, 0);
    assert_eq!(terminal.run("lock app cart -e staging --id hold").code, 0);
    terminal.write("commands.jsonl", r#"{"command": "settleQueue"}"#);
    let before = terminal.head();
    terminal.forget();
    for (line, code) in [
        ("train nowhere --markdown report.md", 3),
        ("apply -f plan.json --markdown report.md", 5),
        ("apply -f commands.jsonl --markdown report.md", 2),
        ("queue settle -e nowhere --markdown report.md", 3),
        ("train staging --markdown -", 2),
        // Looked at before anything is done.
        ("train staging --markdown nowhere/report.md", 1),
        ("train staging --markdown home", 1),
        ("queue settle --markdown nowhere/report.md", 1),
        ("apply -f plan.json --markdown nowhere/report.md", 1),
    ] {
        assert_eq!(terminal.run(line).code, code, "{line}");
        assert!(!terminal.path("report.md").exists(), "{line}");
    }
    assert_eq!(terminal.head(), before);
    insta::assert_snapshot!(terminal.transcript());
}

/// What can still go wrong when all is done: the disk is full, say.
#[cfg(target_os = "linux")]
#[test]
fn a_report_that_cannot_be_written_undoes_nothing() {
    let mut terminal = Terminal::with_environments();
    let before = terminal.head();
    let printed = terminal.run("train staging --markdown /dev/full");
    assert_eq!(printed.code, 1);
    assert!(printed.stderr.contains("the command itself has been carried out"), "{}", printed.stderr);
    assert!(printed.stdout.contains("deployed version 1"), "{}", printed.stdout);
    assert_ne!(terminal.head(), before);
    assert_eq!(terminal.run("train staging --markdown /dev/stdout").code, 0);
}

/// A report as GitHub and GitLab read it, with all that they add to Markdown: the kinds of its nodes, its text that is alive,
/// and its code spans.
fn rendered(report: &str) -> (BTreeSet<&'static str>, String, Vec<String>) {
    let mut options = Options::default();
    let extension = &mut options.extension;
    extension.table = true;
    extension.autolink = true;
    extension.strikethrough = true;
    extension.tasklist = true;
    extension.footnotes = true;
    extension.math_dollars = true;
    extension.math_code = true;
    extension.alerts = true;
    extension.description_lists = true;
    extension.superscript = true;
    extension.spoiler = true;
    extension.underline = true;
    extension.wikilinks_title_before_pipe = true;
    extension.front_matter_delimiter = Some("---".into());
    let (mut kinds, mut alive, mut spans) = (BTreeSet::new(), String::new(), Vec::new());
    let arena = Arena::new();
    for node in parse_document(&arena, report, &options).descendants() {
        kinds.insert(match &node.data.borrow().value {
            NodeValue::Document => "document",
            NodeValue::Heading(_) => "heading",
            NodeValue::Paragraph => "paragraph",
            NodeValue::List(_) => "list",
            NodeValue::Item(_) => "item",
            NodeValue::Strong => "strong",
            NodeValue::Code(code) => {
                spans.push(code.literal.to_string());
                "code"
            }
            NodeValue::Text(text) => {
                alive.push_str(text);
                "text"
            }
            other => panic!("no such thing is in a report: {other:?}\n{report}"),
        });
    }
    (kinds, alive, spans)
}

const HOSTILE: [&str; 24] = [
    "evil [evil](javascript:evil)",
    "![evil](https://evil.example.com/evil.png)",
    "https://evil.example.com www.evil.example.com evil@example.com",
    "@evil #1 !1 ~evil $evil %evil evil#1 GH-1",
    "<script>evil()</script><img src=evil onerror=evil()>",
    "<!-- evil",
    "</details></td>evil",
    "&lt;evil&gt; &#96;evil",
    "evil | evil \\| evil \\\\| evil",
    "evil\n\n# evil\n\n| a | b |\n|---|---|\n| evil | evil |",
    "evil\r\n- [ ] evil\r> [!WARNING]\r> evil",
    "`evil`",
    "``evil",
    "evil```",
    "` evil `",
    "evil ` [x](evil) `` [x](evil) ```",
    "~~~evil",
    "$$evil$$ $`evil`$",
    "[[evil]] [^evil] ||evil||",
    "\\`evil\\`[evil](evil)\\",
    " evil ",
    "evil\u{1b}[2J\u{202e}\u{200b}\u{7}",
    "--- evil ---",
    "===\nevil\n---",
];

/// Whatever somebody types, it is text in a code span.
#[test]
fn hostile_text_stays_text() {
    let mut terminal = with_everything();
    let long_runs = format!("{} [evil](evil) {}", "`".repeat(79), "`".repeat(200));
    for text in HOSTILE.into_iter().chain([long_runs.as_str()]) {
        let typed = |words: &[&str], options: &[&str]| -> Vec<String> {
            let options = options.iter().map(|option| format!("--{option}={text}"));
            words.iter().map(ToString::to_string).chain(options).collect()
        };
        let lock = ["lock", "app", "pay", "-e", "staging", "--id", "x`|<evil>"];
        let options = ["message", "ci-link", "lifetime", "author-name", "author-email"];
        let command = terminal.kuberpult(&typed(&lock, &options));
        assert_eq!(terminal.record("lock ...", command).code, 0, "{text}");
        let train = ["train", "staging", "--dry-run", "--markdown", "report.md"];
        let command = terminal.kuberpult(&typed(&train, &["author-name"]));
        assert_eq!(terminal.record("train ...", command).code, 0, "{text}");
        let (_, alive, spans) = rendered(&report(&terminal));
        assert!(!alive.contains("evil"), "{text}: {alive}");
        let evil = spans.iter().filter(|span| span.contains("evil")).count();
        assert_eq!(evil, 6, "author, id, author of the lock, link, lifetime, message: {spans:?}");
        let printed = report(&terminal);
        let moves = |c: char| c != '\n' && (c.is_control() || "\u{202e}\u{200b}".contains(c));
        assert!(!printed.contains(moves), "{text}");
    }
    // Commands refuse such names, but a repository that somebody else writes can have them.
    terminal.write(
        "repo/environments/development/applications/e`|v<il>[evil](evil) # evil/locks/old/message",
        "evil",
    );
    terminal.git("-C repo add .");
    terminal.git("-C repo -c user.name=a -c user.email=b commit -qm elsewhere");
    assert_eq!(terminal.run("train staging --dry-run --markdown report.md").code, 0);
    let (_, alive, spans) = rendered(&report(&terminal));
    assert!(!alive.contains("evil"), "{alive}");
    assert!(spans.iter().any(|span| span == "e`|v<il>[evil](evil) # evil"), "{spans:?}");
}
