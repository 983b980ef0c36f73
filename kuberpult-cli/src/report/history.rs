//! What happened last.

use kuberpult_core::Event;
use kuberpult_git::HistoryEntry;

use super::facts::Facts;
use super::html::{Html, html};
use super::instant::moment;
use crate::commands::log::{SHORT_ID, says};

/// How many events of one commit are told: a release train can have thousands.
const EVENTS: usize = 20;

pub(super) fn write(page: &mut Html, facts: &Facts<'_>) {
    let history = &facts.read.history;
    html!(page, "<section id=history aria-labelledby=history-title>\n<h2 id=history-title>History</h2>\n");
    if history.is_empty() {
        html!(page, "<p>Nothing has happened yet, or none of it was asked for.</p>\n</section>\n");
        return;
    }
    html!(page, "<p>The newest " (history.len()) " of what happened, newest first.</p>\n<ol class=history>\n");
    for entry in history {
        self::entry(page, entry);
    }
    html!(page, "</ol>\n</section>\n");
}

fn entry(page: &mut Html, entry: &HistoryEntry) {
    html!(page, "<li><p>");
    match entry.at {
        Some(at) => moment(page, at),
        None => html!(page, "at an unknown time"),
    }
    let commit: String = entry.commit.to_string().chars().take(SHORT_ID).collect();
    html!(page, " <code>" (commit) "</code> <b>" (entry.author.name) "</b> " (entry.subject) "</p>");
    let told: Vec<&Event> = entry.events.iter().filter(|event| !says(&entry.subject, event)).collect();
    if !told.is_empty() || !entry.gaps.is_empty() {
        html!(page, "<ul>");
        for event in told.iter().take(EVENTS) {
            html!(page, "<li>" (event) "</li>");
        }
        if told.len() > EVENTS {
            html!(page, "<li>and " (told.len() - EVENTS) " more</li>");
        }
        for gap in &entry.gaps {
            html!(page, "<li>" (gap) "</li>");
        }
        html!(page, "</ul>");
    }
    html!(page, "</li>\n");
}
