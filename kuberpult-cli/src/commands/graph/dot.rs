//! The promotion graph in Graphviz's language.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::nodes::{Node, Nodes, Place};
use crate::text;

/// The graph. Ids of nodes are made up; names are labels.
pub(super) fn text(nodes: &Nodes<'_>) -> String {
    let mut text = String::from("digraph promotion {\n  rankdir=LR;\n  node [shape=box];\n");
    let mut groups: BTreeMap<&str, Vec<(usize, &Place<'_>)>> = BTreeMap::new();
    for (index, node) in nodes.nodes.iter().enumerate() {
        match node {
            Node::Latest => text.push_str(&format!("  n{index} [label=\"latest\", shape=oval];\n")),
            Node::Missing(name) => {
                let name = escaped(name.as_str());
                let _ = writeln!(text, "  n{index} [label=\"{name} (does not exist)\", style=dashed];");
            }
            Node::Environment(place) => match place.group {
                Some(group) => groups.entry(group).or_default().push((index, place)),
                None => text.push_str(&format!("  {}\n", environment(index, place))),
            },
        }
    }
    for (number, (group, members)) in groups.into_iter().enumerate() {
        let _ = writeln!(text, "  subgraph cluster_g{number} {{\n    label=\"{}\";", escaped(group));
        for (index, place) in members {
            let _ = writeln!(text, "    {}", environment(index, place));
        }
        text.push_str("  }\n");
    }
    for edge in &nodes.edges {
        let style = if edge.works { "" } else { " [style=dashed]" };
        let _ = writeln!(text, "  n{} -> n{}{style};", edge.from, edge.to);
    }
    text.push_str("}\n");
    text
}

fn environment(index: usize, place: &Place<'_>) -> String {
    let marks = place.marks();
    if marks.is_empty() {
        return format!("n{index} [label=\"{}\"];", escaped(place.name));
    }
    let (name, marks) = (escaped(place.name), marks.join(", "));
    format!("n{index} [label=\"{name}\\n{marks}\", color=red, penwidth=2];")
}

/// A name in a quoted label: no end of the label, no escape sequence, and no character of HTML by its name.
fn escaped(name: &str) -> String {
    text::one_line(name).replace('\\', r"\\").replace('"', r#"\""#).replace('&', "&amp;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_name_ends_a_label() {
        assert_eq!(escaped("prod-eu_1.x"), "prod-eu_1.x");
        assert_eq!(escaped("a\"];b\n\\N&lt;"), r#"a\"];b\\n\\N&amp;lt;"#);
    }
}
