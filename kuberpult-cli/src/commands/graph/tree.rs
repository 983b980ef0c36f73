//! The promotion graph as a tree, upstream above downstream.

use std::collections::BTreeMap;

use anstyle::Style;

use super::nodes::{Node, Nodes, Place};
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
    let mut children: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    let mut has_parent = vec![false; nodes.nodes.len()];
    // Who follows both latest and an environment stands below the environment, whose edge comes last.
    let parents: BTreeMap<usize, usize> = nodes.edges.iter().map(|edge| (edge.to, edge.from)).collect();
    for (to, from) in parents {
        children.entry(from).or_default().push(to);
        if let Some(has) = has_parent.get_mut(to) {
            *has = true;
        }
    }
    let is_root = |place: &usize| has_parent.get(*place) == Some(&false);
    // What comes from nowhere, in the order of a reader's interest; then cycles, which have no beginning.
    let latest = nodes.nodes.iter().position(|node| matches!(node, Node::Latest));
    let roots = latest.into_iter().chain((0..nodes.nodes.len()).filter(is_root)).chain(0..nodes.nodes.len());
    let mut drawing = Drawing { nodes, children, seen: vec![false; nodes.nodes.len()], lines: Vec::new() };
    for root in roots {
        if drawing.seen.get(root) == Some(&false) {
            drawing.draw(root);
        }
    }
    drawing.lines
}

struct Drawing<'a> {
    nodes: &'a Nodes<'a>,
    children: BTreeMap<usize, Vec<usize>>,
    seen: Vec<bool>,
    lines: Vec<Line>,
}

impl Drawing<'_> {
    /// Draws what is downstream of a root, however deep that is.
    fn draw(&mut self, root: usize) {
        let mut stack = vec![(root, String::new(), ("", ""))];
        while let Some((place, indent, (branch, below))) = stack.pop() {
            let Some(node) = self.nodes.nodes.get(place) else { continue };
            let again = self.seen.get(place).copied().unwrap_or(true);
            self.lines.push(line(node, &format!("{indent}{branch}"), again));
            if again {
                continue;
            }
            if let Some(seen) = self.seen.get_mut(place) {
                *seen = true;
            }
            let indent = format!("{indent}{below}");
            let children = self.children.get(&place).into_iter().flatten().rev();
            for (index, child) in children.enumerate() {
                stack.push((*child, indent.clone(), if index == 0 { LAST_CHILD } else { CHILD }));
            }
        }
    }
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
