//! The order in which a tree of the promotion graph is told, upstream above downstream.

use std::collections::BTreeMap;

use super::nodes::{Node, Nodes};

/// One node in that order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Step {
    /// Which of the nodes.
    pub(crate) place: usize,
    /// How many are above it; those are the last ones before it of each smaller depth.
    pub(crate) depth: usize,
    /// Whether it is the last one below the one above it.
    pub(crate) is_last: bool,
    /// Whether it has been told: a cycle leads back to it.
    pub(crate) again: bool,
}

/// Each node once; one that a cycle leads back to comes again.
pub(crate) fn walk(nodes: &Nodes<'_>) -> Vec<Step> {
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
    let mut walk = Walk { children, seen: vec![false; nodes.nodes.len()], steps: Vec::new() };
    for root in roots {
        if walk.seen.get(root) == Some(&false) {
            walk.down_from(root);
        }
    }
    walk.steps
}

struct Walk {
    children: BTreeMap<usize, Vec<usize>>,
    seen: Vec<bool>,
    steps: Vec<Step>,
}

impl Walk {
    /// Goes to what is downstream of a root, however deep that is.
    fn down_from(&mut self, root: usize) {
        let mut stack = vec![(root, 0, true)];
        while let Some((place, depth, is_last)) = stack.pop() {
            let Some(seen) = self.seen.get_mut(place) else { continue };
            let again = std::mem::replace(seen, true);
            self.steps.push(Step { place, depth, is_last, again });
            if !again {
                let children = self.children.get(&place).into_iter().flatten().rev().enumerate();
                stack.extend(children.map(|(index, child)| (*child, depth + 1, index == 0)));
            }
        }
    }
}
