//! `kuberpult graph`: how versions are promoted, as a picture.

use std::collections::BTreeMap;

use layout::gv::DotParser;
use layout::gv::parser::ast;
use serde_json::{Value, json};

use crate::terminal::Terminal;

const LINES: [&str; 4] = ["graph", "graph --format mermaid", "graph --format dot", "-o json graph"];

/// A repository with environments of these names, configs and groups.
fn repository(environments: &[(&str, Value)]) -> Terminal {
    let mut terminal = Terminal::new();
    terminal.run("init repo");
    for (name, config) in environments {
        terminal.write(&format!("repo/environments/{name}/config.json"), config.to_string());
    }
    terminal.git("-C repo add .");
    terminal.git("-C repo -c user.name=a -c user.email=b commit -qm environments");
    terminal.forget();
    terminal
}

fn after(upstream: &str) -> Value {
    json!({ "upstream": { "environment": upstream } })
}

fn world() -> Terminal {
    let frozen =
        json!([{ "kind": "deny", "schedule": "0 11 * * *", "duration": "2h", "timeZone": "Europe/Berlin" }]);
    let mut terminal = repository(&[
        ("development", json!({ "upstream": { "latest": true } })),
        ("staging", after("development")),
        ("qa", after("development")),
        (
            "de",
            json!({ "upstream": { "environment": "staging" }, "environmentGroup": "europe", "freezeWindows": frozen }),
        ),
        ("fr", json!({ "upstream": { "environment": "staging" }, "environmentGroup": "europe" })),
        ("jp", json!({ "upstream": { "environment": "staging" }, "environmentGroup": "asia" })),
        ("sandbox", json!({})),
    ]);
    for line in [
        "lock env de -m 'a secret' --id peak",
        "lock env qa -m 'a secret' --id load-test",
        "lock team shop -e fr --id away",
    ] {
        assert_eq!(terminal.run(line).code, 0);
    }
    terminal.forget();
    terminal
}

#[test]
fn a_graph_shows_upstreams_groups_locks_and_freezes() {
    let mut terminal = world();
    for line in LINES {
        let printed = terminal.run(line);
        assert_eq!((printed.code, printed.stderr.as_str()), (0, ""), "{line}");
        assert!(line.contains("json") || !printed.stdout.contains("secret"), "{line}");
    }
    insta::assert_snapshot!(terminal.transcript());
}

/// Upstreams that are nowhere, that go round, that are the environment itself, and both kinds at once.
#[test]
fn what_is_wrong_is_shown_and_is_no_trap() {
    let mut terminal = repository(&[
        ("lost", after("nowhere")),
        ("below-lost", after("lost")),
        ("a", after("c")),
        ("b", after("a")),
        ("c", after("b")),
        ("below", after("a")),
        ("self", after("self")),
        ("dev", json!({ "upstream": { "latest": true } })),
        ("both", json!({ "upstream": { "latest": true, "environment": "dev" } })),
        ("neither", json!({ "upstream": {} })),
    ]);
    for line in LINES.into_iter().chain(["env list", "status"]) {
        assert_eq!(terminal.run(line).code, 0, "{line}");
    }
    insta::assert_snapshot!(terminal.transcript());
}

/// Names that no command gives, but that a repository of others can have.
fn strangers() -> Terminal {
    repository(&[
        ("end", json!({ "upstream": { "latest": true }, "environmentGroup": "sub\"graph" })),
        ("graph", after("end")),
        ("a\"]; b --> c", after("graph")),
        ("c#34;&lt;größe", after("a\"]; b --> c")),
    ])
}

#[test]
fn names_that_others_gave_stay_labels() {
    let mut terminal = strangers();
    for line in LINES.into_iter().take(3) {
        assert_eq!(terminal.run(line).code, 0, "{line}");
    }
    insta::assert_snapshot!(terminal.transcript());
}

/// The names of the environments, and for each its upstream, as JSON has them.
fn names_and_upstreams(terminal: &mut Terminal) -> BTreeMap<String, String> {
    let document: Value = serde_json::from_str(&terminal.run("-o json graph").stdout).unwrap();
    let environments = document["environments"].as_array().unwrap().iter();
    let upstreams = environments.map(|there| {
        let upstream = there["upstream"]["environment"].as_str();
        let latest = there["upstream"]["latest"].as_bool().map(|_| "latest");
        (there["environment"].as_str().unwrap().to_owned(), upstream.or(latest).unwrap_or("-").to_owned())
    });
    upstreams.collect()
}

/// What a drawing says: labels by id, and the edges.
#[derive(Default)]
struct Drawn {
    labels: BTreeMap<String, String>,
    edges: Vec<(String, String)>,
}

impl Drawn {
    /// Each environment with its upstream; names are what labels begin with.
    fn upstreams(&self) -> BTreeMap<String, String> {
        let name =
            |id: &str| self.labels[id].split(" (").next().unwrap().split('\n').next().unwrap().to_owned();
        let nodes = self.labels.keys().filter(|id| !["latest"].contains(&name(id).as_str()));
        let upstreams = nodes.map(|id| {
            let from = self.edges.iter().find(|(_, to)| to == id).map(|(from, _)| name(from));
            (name(id), from.unwrap_or_else(|| "-".into()))
        });
        upstreams.collect()
    }
}

fn read_dot(drawn: &mut Drawn, graph: &ast::Graph) {
    for statement in &graph.list.list {
        match statement {
            ast::Stmt::Node(node) => {
                let label = node.list.iter().find(|(key, _)| key == "label").unwrap();
                assert!(drawn.labels.insert(node.id.name.clone(), label.1.replace("&amp;", "&")).is_none());
            }
            ast::Stmt::Edge(edge) => {
                let [(to, ast::ArrowKind::Arrow)] = edge.to.as_slice() else { panic!("{edge:?}") };
                drawn.edges.push((edge.from.name.clone(), to.name.clone()));
            }
            ast::Stmt::SubGraph(graph) => read_dot(drawn, graph),
            ast::Stmt::Attribute(_) => {}
        }
    }
}

/// A parser that others wrote reads in it what JSON says.
#[test]
fn dot_is_read_by_a_parser_of_others() {
    for mut terminal in [world(), strangers()] {
        let dot = terminal.run("graph --format dot").stdout;
        let graph = DotParser::new(&dot).process().unwrap();
        let mut drawn = Drawn::default();
        read_dot(&mut drawn, &graph);
        assert_eq!(drawn.upstreams(), names_and_upstreams(&mut terminal), "{dot}");
    }
}

/// The label between `open` and `close`, its entity codes read.
fn label(text: &str, open: &str, close: &str) -> String {
    let quoted = text.strip_prefix(open).and_then(|text| text.strip_suffix(close));
    let mut rest = quoted.unwrap_or_else(|| panic!("{text} is no label in {open}{close}"));
    let mut label = String::new();
    while let Some((before, code)) = rest.split_once('#') {
        let (number, after) = code.split_once(';').unwrap();
        label.push_str(before);
        label.push(char::from_u32(number.parse().unwrap()).unwrap());
        rest = after;
    }
    label.push_str(rest);
    assert!(!quoted.unwrap().contains(['"', '[', ']', '<', '>', '&']), "{text}");
    label
}

/// There is no parser in Rust that is as strict as Mermaid's own, so each line has to be of one of the few forms that are used.
#[test]
fn mermaid_has_lines_of_few_forms() {
    let is_id = |text: &str| text.strip_prefix('n').is_some_and(|number| number.parse::<u32>().is_ok());
    for mut terminal in [world(), strangers()] {
        let mermaid = terminal.run("graph --format mermaid").stdout;
        let mut lines = mermaid.lines();
        assert_eq!(lines.next(), Some("flowchart LR"));
        let (mut drawn, mut depth) = (Drawn::default(), 0);
        for line in lines.map(str::trim) {
            if let Some(group) = line.strip_prefix("subgraph g") {
                label(group.trim_start_matches(|c: char| c.is_ascii_digit()), "[\"", "\"]");
                depth += 1;
            } else if line == "end" {
                depth -= 1;
            } else if let Some(ids) = line.strip_prefix("class ") {
                assert!(ids.strip_suffix(" heldBack").unwrap().split(',').all(is_id), "{line}");
            } else if let Some((from, to)) = line.split_once(" --> ") {
                assert!(is_id(from) && is_id(to), "{line}");
                drawn.edges.push((from.into(), to.into()));
            } else if !line.starts_with("classDef heldBack ") {
                let (id, text) = line.split_at(line.find(['[', '(']).unwrap());
                assert!(is_id(id), "{line}");
                let (open, close) = if text.starts_with('(') { ("([\"", "\"])") } else { ("[\"", "\"]") };
                assert!(drawn.labels.insert(id.into(), label(text, open, close)).is_none(), "{line}");
            }
            assert!((0..=1).contains(&depth), "{line}");
        }
        assert_eq!(depth, 0);
        assert_eq!(drawn.upstreams(), names_and_upstreams(&mut terminal), "{mermaid}");
    }
}

#[test]
fn a_repository_without_environments_has_an_empty_graph() {
    let mut terminal = Terminal::new();
    terminal.run("init repo");
    for line in LINES.into_iter().chain(["-o json graph --format dot", "graph --format svg"]) {
        terminal.run(line);
    }
    insta::assert_snapshot!(terminal.transcript());
}
