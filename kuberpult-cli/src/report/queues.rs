//! What waits: where, behind what, since when, and what becomes of it.

use kuberpult_core::{Blocker, QueueDropCause};

use super::facts::{Facts, Released};
use super::html::{Html, html};
use super::instant::{ago, moment};
use super::matrix::mark;
use crate::commands::status::marks::Marks;
use crate::commands::status::overview::{Cell, Row};
use crate::promotion::Promoted;

pub(super) fn write(page: &mut Html, facts: &Facts<'_>, marks: &mut Marks) {
    html!(page, "<section id=queues aria-labelledby=queues-title>\n<h2 id=queues-title>Queues</h2>\n");
    let mut is_empty = true;
    for (column, there) in facts.overview.environments.iter().enumerate() {
        let cells = facts.overview.rows.iter().filter_map(|row| Some((row, row.cells.get(column)?)));
        for (row, cell) in cells.filter(|(_, cell)| cell.standing.queued.is_some()) {
            if is_empty {
                begin(page);
                is_empty = false;
            }
            waiting(page, facts, there, row, cell, marks);
        }
    }
    if is_empty {
        html!(page, "<p>Nothing is queued.</p>\n</section>\n");
    } else {
        html!(page, "</tbody>\n</table>\n</div>\n</section>\n");
    }
}

fn begin(page: &mut Html) {
    html!(page,
        "<div class=scroll role=region aria-labelledby=queues-caption tabindex=0>\n<table class=cards>\n"
        "<caption id=queues-caption>Versions that wait; of each application at most one in each environment, the last one wins</caption>\n"
        "<thead><tr><th scope=col>application</th><th scope=col>environment</th><th scope=col>current</th><th scope=col>queued</th>"
        "<th scope=col>since</th><th scope=col>by</th><th scope=col>behind</th><th scope=col>when nothing holds it back</th></tr></thead>\n"
        "<tbody data-filtered>\n"
    );
}

fn waiting(
    page: &mut Html,
    facts: &Facts<'_>,
    there: &Promoted<'_>,
    row: &Row<'_>,
    cell: &Cell<'_>,
    marks: &mut Marks,
) {
    let Some(queued) = cell.standing.queued else { return };
    let name = there.stage.name;
    html!(page, "<tr data-environment='" (name) "'><th scope=row>" (row.application) "</th>");
    html!(page, "<td data-label=environment>" (name) "</td><td data-label=current>");
    match cell.standing.current {
        Some(current) => html!(page, (current)),
        None => html!(page, "-"),
    }
    html!(page, "</td><td data-label=queued><i class=queued>" (queued) "</i></td>");
    let place = (name.clone(), row.application.clone());
    match facts.read.queued.get(&place) {
        Some(change) => {
            html!(page, "<td data-label=since>");
            match change.at {
                Some(at) => {
                    moment(page, at);
                    html!(page, " <small>" (ago(at, facts.now())) "</small>");
                }
                None => html!(page, "unknown"),
            }
            html!(page, "</td><td data-label=by>" (change.by.name) "</td>");
        }
        None => html!(page, "<td data-label=since>unknown</td><td data-label=by>unknown</td>"),
    }
    html!(page, "<td data-label=behind>");
    let blockers: Vec<&Blocker> = there.blocking.environment_level().iter().chain(&cell.own).collect();
    let released = facts.released.get(&place);
    if blockers.is_empty() {
        html!(
            page,
            "nothing: "(match released {
                Some(_) => "waits for kuberpult queue settle",
                None => "the next deployment takes its place",
            })
        );
    }
    for (index, blocker) in blockers.into_iter().enumerate() {
        html!(page, (if index == 0 { "" } else { ", " })(Short(blocker)));
        mark(page, &marks.of([blocker]));
    }
    html!(page, "</td><td data-label='when nothing holds it back'>" (match released {
        Some(Released::Deployed) => "it is deployed",
        Some(Released::Dropped(QueueDropCause::AlreadyDeployed)) => "it is dropped: deployed already",
        Some(Released::Dropped(QueueDropCause::OnUnlock)) => "it is dropped, as the environment’s config says",
        Some(Released::Dropped(QueueDropCause::ReleaseGone)) => "it is dropped: its release is gone",
        Some(Released::Dropped(QueueDropCause::Unrecorded)) => "it is dropped",
        None => "it stays until the next deployment takes its place, as the environment’s config says",
    }) "</td></tr>\n");
}

/// A blocker in few words, beside a mark that leads to all that there is to say.
struct Short<'a>(&'a Blocker);

impl std::fmt::Display for Short<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            Blocker::EnvironmentLock { lock_id, .. } => write!(f, "environment lock {lock_id}"),
            Blocker::TeamLock { team, lock_id, .. } => write!(f, "lock {lock_id} on team {team}"),
            Blocker::ApplicationLock { lock_id, .. } => write!(f, "application lock {lock_id}"),
            Blocker::FreezeWindow { .. } => f.write_str("freeze window"),
            Blocker::OutsideAllowWindows { .. } => f.write_str("no open allow window"),
        }
    }
}
