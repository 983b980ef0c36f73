//! The promotion graph as a nested list, upstream above downstream.

use super::facts::Facts;
use super::html::{Html, html};
use super::instant::weekday;
use crate::commands::graph::nodes::{Node, Nodes, Place};
use crate::commands::graph::walk::walk;

pub(super) fn write(page: &mut Html, facts: &Facts<'_>) {
    html!(
        page,
        "<section id=promotion aria-labelledby=promotion-title>\n<h2 id=promotion-title>Promotion</h2>\n"
    );
    let nodes = Nodes::new(&facts.overview.environments);
    let steps = walk(&nodes);
    if steps.is_empty() {
        html!(page, "<p>There is no environment yet.</p>\n</section>\n");
        return;
    }
    html!(page, "<p>Versions travel from what is above to what is below it.</p>\n");
    // How many lists are open, each in an item of the one before it.
    let mut open = 0;
    for step in steps {
        let Some(node) = nodes.nodes.get(step.place) else { continue };
        if step.depth >= open {
            page.markup(if open == 0 { "<ul class=tree>\n" } else { "\n<ul>\n" });
            open += 1;
        } else {
            while open > step.depth + 1 {
                html!(page, "</li>\n</ul>");
                open -= 1;
            }
            html!(page, "</li>\n");
        }
        html!(page, "<li>");
        self::node(page, node, step.again);
    }
    for _ in 0..open {
        html!(page, "</li>\n</ul>");
    }
    html!(page, "\n</section>\n");
}

fn node(page: &mut Html, node: &Node<'_>, again: bool) {
    match node {
        Node::Latest => {
            html!(page, "<span class=node><b>latest</b> <small>the newest releases</small></span>");
        }
        Node::Missing(name) => {
            html!(page, "<span class=node><b>" (name) "</b> <i class=blocked>does not exist</i></span>");
        }
        Node::Environment(place) if again => {
            html!(page, "<span class=node>" (place.name) " <i class=blocked>again: a cycle</i></span>");
        }
        Node::Environment(place) => self::place(page, place),
    }
}

fn place(page: &mut Html, place: &Place<'_>) {
    html!(page, "<span class=node><b>" (place.name) "</b>");
    if let Some(group) = place.group {
        html!(page, " <small>group " (group) "</small>");
    }
    if !place.has_upstream {
        html!(page, " <small>no upstream</small>");
    }
    if !place.locks.is_empty() {
        html!(page, " <i class=blocked>locked: " (place.locks.join(", ")) "</i>");
    }
    match place.frozen {
        None => {}
        Some(None) => html!(page, " <i class=blocked>frozen</i>"),
        Some(Some(until)) => {
            html!(page, " <i class=blocked>frozen until ");
            weekday(page, until);
            html!(page, " " (super::instant::offset(until)) "</i>");
        }
    }
    if let Some(problem) = &place.problem {
        html!(page, " <i class=blocked>trains skip it: " (problem) "</i>");
    }
    html!(page, "</span>");
}
