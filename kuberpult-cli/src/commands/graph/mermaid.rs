//! The promotion graph as a Mermaid flowchart.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::nodes::{Node, Nodes, Place};

/// The flowchart. Ids of nodes are made up, so that no name can be a word of the language; names are labels.
pub(super) fn text(nodes: &Nodes<'_>) -> String {
    let mut text = String::from("flowchart LR\n");
    let mut groups: BTreeMap<&str, Vec<(usize, &Place<'_>)>> = BTreeMap::new();
    let mut held_back = Vec::new();
    for (index, node) in nodes.nodes.iter().enumerate() {
        match node {
            Node::Latest => text.push_str(&format!("  n{index}([\"latest\"])\n")),
            Node::Missing(name) => {
                text.push_str(&format!("  n{index}[\"{} (does not exist)\"]\n", escaped(name.as_str())));
            }
            Node::Environment(place) => {
                if !place.marks().is_empty() {
                    held_back.push(format!("n{index}"));
                }
                match place.group {
                    Some(group) => groups.entry(group).or_default().push((index, place)),
                    None => text.push_str(&format!("  {}\n", environment(index, place))),
                }
            }
        }
    }
    for (number, (group, members)) in groups.into_iter().enumerate() {
        let _ = writeln!(text, "  subgraph g{number}[\"{}\"]", escaped(group));
        for (index, place) in members {
            let _ = writeln!(text, "    {}", environment(index, place));
        }
        text.push_str("  end\n");
    }
    for edge in &nodes.edges {
        let arrow = if edge.works { "-->" } else { "-.->" };
        let _ = writeln!(text, "  n{} {arrow} n{}", edge.from, edge.to);
    }
    if !held_back.is_empty() {
        text.push_str("  classDef heldBack stroke:#c00,stroke-width:3px\n");
        let _ = writeln!(text, "  class {} heldBack", held_back.join(","));
    }
    text
}

fn environment(index: usize, place: &Place<'_>) -> String {
    let marks = place.marks();
    let marks = if marks.is_empty() { String::new() } else { format!(" ({})", marks.join(", ")) };
    format!("n{index}[\"{}{marks}\"]", escaped(place.name))
}

/// A name in a quoted label: everything but what names usually have as Mermaid's entity codes, `#` and the number of the
/// character.
fn escaped(name: &str) -> String {
    let mut escaped = String::with_capacity(name.len());
    for c in name.chars() {
        if c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | ' ') {
            escaped.push(c);
        } else {
            let _ = write!(escaped, "#{};", u32::from(c));
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_name_ends_a_label() {
        assert_eq!(escaped("prod-eu_1.x"), "prod-eu_1.x");
        assert_eq!(escaped("a\"]b\nc#<&>"), "a#34;#93;b#10;c#35;#60;#38;#62;");
        assert_eq!(escaped("größe 日本"), "größe 日本");
    }
}
