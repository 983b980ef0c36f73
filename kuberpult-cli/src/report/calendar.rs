//! The freeze calendar: when automatic deployments wait in the coming days.

mod openings;
mod strip;

use kuberpult_core::{ApplicationPattern, EnvironmentConfig, FreezeKind, State, Time};

use self::openings::{Calendar, Open};
use super::facts::Facts;
use super::html::{Html, html};
use super::instant::{offset, weekday};
use crate::freezes::windows;
use crate::promotion::Promoted;

/// How many openings are listed for one set of windows: some open every minute.
const LISTED: usize = 40;

pub(super) fn write(page: &mut Html, facts: &Facts<'_>) {
    html!(
        page,
        "<section id=freezes aria-labelledby=freezes-title>\n<h2 id=freezes-title>Freeze windows</h2>\n"
    );
    let environments = facts.overview.environments.iter();
    let (with, without): (Vec<_>, Vec<_>) =
        environments.partition(|there| !config(there).freeze_windows.is_empty());
    let names = |environments: &[&Promoted<'_>]| {
        environments.iter().map(|there| there.stage.name.as_str()).collect::<Vec<_>>().join(", ")
    };
    if with.is_empty() {
        html!(page, "<p>No environment has freeze windows.</p>\n</section>\n");
        return;
    }
    html!(page,
        "<p>The next " (facts.days) " days, today included. The strips go by the clock of the page (" (offset(facts.now()))
        "): a full bar is when all applications wait, a low one when some do, and the thin line is now. The lists go by the clock of each "
        "window’s time zone. Manual deployments are always possible.</p>\n"
    );
    for (number, alike) in alike(&with).into_iter().enumerate() {
        let Some(first) = alike.first() else { continue };
        group(page, &facts.read.state, facts, number + 1, first, &names(&alike));
    }
    if !without.is_empty() {
        html!(page, "<p>Without freeze windows: " (names(&without)) ".</p>\n");
    }
    html!(page, "</section>\n");
}

fn config<'a>(there: &Promoted<'a>) -> &'a EnvironmentConfig {
    &there.stage.environment.config
}

/// Environments that have the same windows, as those of a group often do, are told of together.
fn alike<'p, 'a>(environments: &[&'p Promoted<'a>]) -> Vec<Vec<&'p Promoted<'a>>> {
    let mut alike: Vec<Vec<&Promoted<'_>>> = Vec::new();
    for there in environments {
        let same = |group: &&mut Vec<&Promoted<'_>>| {
            group.first().is_some_and(|first| config(first).freeze_windows == config(there).freeze_windows)
        };
        match alike.iter_mut().find(same) {
            Some(group) => group.push(there),
            None => alike.push(vec![there]),
        }
    }
    alike
}

fn group(
    page: &mut Html,
    state: &State,
    facts: &Facts<'_>,
    number: usize,
    there: &Promoted<'_>,
    names: &str,
) {
    let now = facts.now();
    html!(page, "<h3 id='w" (number) "'>" (names) "</h3>\n");
    let Some(calendar) = Calendar::new(config(there), now, facts.days) else {
        return html!(page, "<p>The time is out of the range of calendars.</p>\n");
    };
    strip::write(page, state, there.stage.name, &calendar, now);
    html!(page, "<ul>\n");
    for window in windows(config(there), now) {
        html!(page, "<li>" (window) "</li>\n");
    }
    html!(page, "</ul>\n");
    let to_come = |open: &&Open<'_>| open.until.is_none_or(|until| until.unix_seconds() > now.unix_seconds());
    let to_come: Vec<&Open<'_>> = calendar.open.iter().filter(to_come).collect();
    if to_come.is_empty() {
        return html!(page, "<p>None of them opens in these days.</p>\n");
    }
    html!(page,
        "<div class=scroll role=region aria-labelledby='w" (number) "' tabindex=0>\n<table class=cards>\n<caption>When they are open</caption>\n"
        "<thead><tr><th scope=col>from</th><th scope=col>until</th><th scope=col>time zone</th><th scope=col>means</th>"
        "<th scope=col>for</th><th scope=col>why</th></tr></thead>\n<tbody>\n"
    );
    for open in to_come.iter().take(LISTED) {
        opening(page, open, now);
    }
    html!(page, "</tbody>\n</table>\n</div>\n");
    if to_come.len() > LISTED || !calendar.is_whole {
        let at_least = if calendar.is_whole { "" } else { "at least " };
        html!(page, "<p>And " (at_least) (to_come.len().saturating_sub(LISTED)) " more.</p>\n");
    }
}

fn opening(page: &mut Html, open: &Open<'_>, now: Time) {
    html!(page, "<tr><th scope=row>");
    weekday(page, open.since);
    if open.since.unix_seconds() <= now.unix_seconds() {
        html!(page, " <i class=blocked>open now</i>");
    }
    html!(page, "</th><td data-label=until>");
    match open.until {
        Some(until) => weekday(page, until),
        None => html!(page, "no end is in sight"),
    }
    html!(page, "</td><td data-label='time zone'>" (open.window.zone()) "</td><td data-label=means>" (match open.window.kind {
        FreezeKind::Deny => "automatic deployments wait",
        FreezeKind::Allow => "automatic deployments go through",
    }) "</td><td data-label=for>");
    if open.window.names_no_applications() {
        html!(page, "all applications");
    } else {
        let patterns: Vec<&str> = open.window.applications.iter().map(ApplicationPattern::as_str).collect();
        html!(page, (patterns.join(", ")));
    }
    match &*open.window.description {
        "" => html!(page, "</td><td class=none data-label=why>-</td></tr>\n"),
        why => html!(page, "</td><td data-label=why>" (why) "</td></tr>\n"),
    }
}
