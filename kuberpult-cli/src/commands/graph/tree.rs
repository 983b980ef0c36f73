//! The promotion graph as a tree, upstream above downstream.

use anstyle::Style;

use super::nodes::{Node, Nodes, Place};
use super::walk::walk;
use crate::screen::{FAINT, HEADING, HELD_BACK, Styled};

/// What stands before a child that others follow, and before what is below it; and before the last one.
const CHILD: (&str, &str) = ("├─ ", "│  ");
const LAST_CHILD: (&str, &str) = ("└─ ", "   ");

struct Line {
    tree: Styled,
    group: Styled,
    remarks: Styled,
}

/// A line for each node; one that a cycle leads back to comes again.
pub(super) fn text(nodes: &Nodes<'_>) -> String {
    let lines = lines(nodes);
    let width =
        |of: fn(&Line) -> &Styled| lines.iter().map(|line| of(line).width()).max().unwrap_or_default();
    let (tree, group) = (width(|line| &line.tree), width(|line| &line.group));
    let mut text = String::new();
    for line in &lines {
        let mut blanks = 0;
        for (cell, width) in [(&line.tree, tree), (&line.group, group), (&line.remarks, 0)] {
            if cell.width() > 0 {
                text.extend(std::iter::repeat_n(' ', blanks));
                text.push_str(cell.painted());
                blanks = 0;
            }
            blanks += if width == 0 { 0 } else { width - cell.width() + 2 };
        }
        text.push('\n');
    }
    text
}

fn lines(nodes: &Nodes<'_>) -> Vec<Line> {
    // What stands before all that is below a node, for each node above the next one.
    let mut above: Vec<&str> = Vec::new();
    let lines = walk(nodes).into_iter().filter_map(|step| {
        let node = nodes.nodes.get(step.place)?;
        above.truncate(step.depth);
        let (branch, below) = match (step.depth, step.is_last) {
            (0, _) => ("", ""),
            (_, true) => LAST_CHILD,
            (_, false) => CHILD,
        };
        let line = line(node, &format!("{}{branch}", above.concat()), step.again);
        above.push(below);
        Some(line)
    });
    lines.collect()
}

fn line(node: &Node<'_>, branches: &str, again: bool) -> Line {
    let mut line =
        Line { tree: Styled::new(branches, FAINT), group: Styled::default(), remarks: Styled::default() };
    match node {
        Node::Latest => line.tree.push("latest", HEADING),
        Node::Missing(name) => {
            line.tree.push(name.as_str(), HEADING);
            line.remarks.push("does not exist", HELD_BACK);
        }
        Node::Environment(place) if again => {
            line.tree.push(place.name, Style::new());
            line.remarks.push("again: a cycle", HELD_BACK);
        }
        Node::Environment(place) => {
            line.tree.push(place.name, HEADING);
            if let Some(group) = place.group {
                line.group.push(&format!("group {group}"), Style::new());
            }
            line.remarks = remarks(place);
        }
    }
    line
}

/// `locked: peak, incident; frozen until 2024-05-06T11:00:00+02:00`
fn remarks(place: &Place<'_>) -> Styled {
    let locked = (!place.locks.is_empty()).then(|| format!("locked: {}", place.locks.join(", ")));
    let frozen = place.frozen.map(|until| match until {
        Some(until) => format!("frozen until {until}"),
        None => "frozen".into(),
    });
    let problem = place.problem.as_ref().map(|problem| format!("trains skip it: {problem}"));
    let none = (!place.has_upstream).then(|| "no upstream".to_owned());
    let mut remarks = Styled::default();
    let held_back = locked.into_iter().chain(frozen).chain(problem).map(|text| (text, HELD_BACK));
    for (text, style) in none.into_iter().map(|text| (text, Style::new())).chain(held_back) {
        if remarks.width() > 0 {
            remarks.push("; ", Style::new());
        }
        remarks.push(&text, style);
    }
    remarks
}
