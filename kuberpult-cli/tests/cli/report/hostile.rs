//! Text that others wrote stays text: wherever it stands on the page, the page has the same elements as with harmless text.

use std::fs;

use scraper::Html;
use serde_json::json;

use super::{page, page_of, parsed};
use crate::terminal::Terminal;

/// Names as nobody can give them with a command, but that a repository of others can have. None has double quotes or
/// backslashes, because they also stand in JSON; all begin with a letter of their own, so that they keep their order.
const NAMES: [&str; 5] = [
    "e'><img src=x>&lt;",
    "a<script>injected()<!-- & &amp; -->",
    "t' onclick='bad()",
    "g<i id=matrix>&lt;",
    "l=`]]><svg onload=injected()>",
];
const TEXT: &str = "\"'><img src=x onerror=injected()></td></table></script><script>injected()</script>&lt;b&gt; \u{202e}\u{0}\u{7f}";
const LINK: &str = "https://ci.example.com/?a='\"><script>injected()</script>&amp;b";
const NO_LINK: &str = "javascript://ci.example.com/%0Ainjected()";

/// A name that a command can give, as long as a hostile one and as high in order.
fn harmless(name: &str) -> String {
    format!("{}{}", &name[..1], "z".repeat(name.len() - 1))
}

/// A repository in `repo` with names as commands can give them, in which every text that somebody writes is the given one.
fn repository(text: &str, link: &str, no_link: &str) -> Terminal {
    let [environment, application, team, group, lock] = NAMES.map(harmless);
    let mut terminal = Terminal::new();
    let windows =
        json!([{ "kind": "deny", "schedule": "0 11 * * *", "duration": "2h", "description": text }]);
    let config = json!({ "upstream": { "environment": "development" }, "environmentGroup": group });
    let mut frozen = config.clone();
    frozen["freezeWindows"] = windows;
    let by = json!({ "name": text.replace('\0', ""), "email": "a@example.com" });
    let release = |version: u64| {
        let manifests = json!({ "development": "v: 1\n", environment.as_str(): format!("v: {version}\n") });
        json!({ "command": "createRelease", "application": application, "team": team, "manifests": manifests,
            "displayVersion": text, "sourceAuthor": text, "sourceMessage": text, "sourceRepoUrl": text, "author": by })
    };
    let lines = [
        json!({ "command": "createEnvironment", "environment": "development", "config": { "upstream": { "latest": true } } }),
        json!({ "command": "createEnvironment", "environment": environment, "config": config }),
        json!({ "command": "createEnvironment", "environment": "later", "config": { "upstream": { "environment": environment } } }),
        release(1),
        json!({ "command": "deploy", "environment": environment, "application": application, "version": 1, "onLock": "ignore", "reason": text }),
        json!({ "command": "createEnvironmentLock", "environment": environment, "lockId": lock, "message": text, "ciLink": link, "suggestedLifetime": "1m", "author": by }),
        json!({ "command": "createTeamLock", "environment": environment, "team": team, "lockId": lock, "message": text, "ciLink": no_link, "suggestedLifetime": text, "author": by }),
        json!({ "command": "createApplicationLock", "environment": environment, "application": application, "lockId": lock, "message": text, "author": by }),
        release(2),
        json!({ "command": "deploy", "environment": environment, "application": application, "version": 2, "author": by }),
        json!({ "command": "updateEnvironment", "environment": environment, "config": frozen }),
    ];
    let lines: String = lines.iter().map(|line| format!("{line}\n")).collect();
    terminal.write("history.jsonl", lines);
    assert_eq!(terminal.run("init --bare repo").code, 0);
    let applied = terminal.run("apply -f history.jsonl");
    assert_eq!(applied.code, 0, "{}{}", applied.stdout, applied.stderr);
    terminal
}

/// The page of that repository in which the names are hostile, too; its directory and its branch are called so as well.
pub(super) fn hostile_page() -> (Terminal, String) {
    let terminal = repository(TEXT, LINK, NO_LINK);
    terminal.shell("git -C repo fast-export main > stream");
    let mut stream = fs::read_to_string(terminal.path("stream")).unwrap();
    for name in NAMES {
        assert!(stream.contains(&harmless(name)), "{name}");
        // They are as long as each other, so that what says how long things are stays true.
        stream = stream.replace(&harmless(name), name);
    }
    fs::write(
        terminal.path("stream"),
        stream.replace("refs/heads/main", "refs/heads/m'><script>injected()</script>"),
    )
    .unwrap();
    terminal.shell("git init -q --bare \"r'><b>\" && git -C \"r'><b>\" fast-import --quiet < stream");
    let line = ["-R", "r'><b>", "--branch", "m'><script>injected()</script>", "report", "--html", "-"];
    let page = page_of(&terminal, &line.map(String::from));
    (terminal, page)
}

/// The elements of a page, each with the names of its attributes and its class, but without all that is text.
fn skeleton(page: &Html) -> Vec<String> {
    let elements = page.root_element().descendent_elements();
    let skeleton = elements.map(|element| {
        let element = element.value();
        let mut attributes: Vec<&str> = element.attrs().map(|(name, _)| name).collect();
        attributes.sort_unstable();
        format!("{} {attributes:?} {:?}", element.name(), element.attr("class"))
    });
    skeleton.collect()
}

#[test]
fn hostile_text_makes_no_element_and_no_attribute() {
    // The same text without what means something in HTML.
    let text = TEXT.replace(['<', '>', '"', '\'', '&', '='], "_");
    let harmless_page = page(&repository(&text, "https://ci.example.com/", "none"), "report --html -");
    let (_, hostile_page) = hostile_page();
    let (harmless, hostile) = (parsed(&harmless_page), parsed(&hostile_page));
    let (harmless, elements) = (skeleton(&harmless), skeleton(&hostile));
    let differs = harmless.iter().zip(&elements).find(|(one, other)| one != other);
    assert_eq!((harmless.len(), differs), (elements.len(), None));
    // Each hostile text is there, as text.
    let text: String = hostile.root_element().text().collect();
    for name in NAMES {
        assert!(text.contains(name), "{name}");
    }
    let visible = TEXT.replace('\u{202e}', r"\u{202e}").replace('\0', r"\0").replace('\u{7f}', r"\u{7f}");
    assert!(text.contains(&visible), "{visible}");
    assert!(!hostile_page.contains(['\u{202e}', '\0', '\u{7f}']));
}
