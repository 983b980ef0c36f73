//! The beginning of the page: what it is about, of when, and how much there is.

use super::facts::Facts;
use super::html::{Html, html};
use super::instant::moment;
use super::policy::{Policy, STYLE};
use crate::text::counted;

/// From the first byte to the first section.
pub(super) fn write(page: &mut Html, facts: &Facts<'_>) {
    let source = &facts.read.source;
    html!(page,
        "<!DOCTYPE html>\n<html lang=en>\n<head>\n<meta charset=utf-8>\n<meta http-equiv='Content-Security-Policy' content='" (Policy) "'>\n"
        "<meta name=viewport content='width=device-width, initial-scale=1'>\n<meta name=color-scheme content='light dark'>\n"
        "<meta name=referrer content=no-referrer>\n<meta name=generator content='kuberpult " (env!("CARGO_PKG_VERSION")) "'>\n"
        "<title>What is deployed: " (source.name()) "</title>\n<style>"
    );
    page.markup(STYLE);
    html!(
        page,
        "</style>\n</head>\n<body>\n<a class=skip href='#applications'>Skip to the applications</a>\n"
    );
    html!(page, "<header>\n<h1>What is deployed <span class=of>" (source.name()) "</span></h1>\n<dl class=source>\n");
    if source.remote.is_none() {
        html!(page, "<div><dt>repository</dt><dd>" (source.repository) "</dd></div>\n");
    } else {
        html!(page, "<div><dt>remote</dt><dd>" (source.name()) "</dd></div>\n");
    }
    html!(page, "<div><dt>branch</dt><dd>" (source.branch) "</dd></div>\n<div><dt>commit</dt><dd>");
    match &source.commit {
        Some(commit) => html!(page, "<code>" (commit) "</code>"),
        None => html!(page, "none yet"),
    }
    html!(page, "</dd></div>\n");
    if let Some(at) = facts.read.history.first().and_then(|newest| newest.at) {
        html!(page, "<div><dt>committed</dt><dd>");
        moment(page, at);
        html!(page, "</dd></div>\n");
    }
    html!(page, "<div><dt>page made</dt><dd>");
    moment(page, facts.now());
    html!(page, "</dd></div>\n</dl>\n");
    counts(page, facts);
    navigation(page);
    html!(page, "</header>\n<main>\n");
}

/// How much there is, each with a way there.
fn counts(page: &mut Html, facts: &Facts<'_>) {
    let summary = &facts.overview.summary;
    let exceeded = facts.locks.iter().filter(|lock| super::locks::is_exceeded(lock, facts.now())).count();
    html!(page, "<ul class=counts>\n");
    for (count, one, many, class) in [
        (summary.applications, "application", "applications", "plain"),
        (facts.overview.environments.len(), "environment", "environments", "plain"),
        (summary.behind, "behind", "behind", "behind"),
        (summary.queued, "queued", "queued", "queued"),
        (summary.blocked, "blocked", "blocked", "blocked"),
        (facts.locks.len(), "lock", "locks", "plain"),
        (exceeded, "lock longer there than meant", "locks longer there than meant", "blocked"),
    ] {
        if count == 0 && class != "plain" {
            continue;
        }
        let words = counted(count, one, many);
        let (number, what) = words.split_once(' ').unwrap_or((&words, ""));
        html!(page, "<li class='" (class) "'><b>" (number) "</b> " (what) "</li>\n");
    }
    html!(page, "</ul>\n");
}

fn navigation(page: &mut Html) {
    html!(page,
        "<nav aria-label='On this page'><ul>\n<li><a href='#applications'>Applications</a></li>\n"
        "<li><a href='#queues'>Queues</a></li>\n<li><a href='#locks'>Locks</a></li>\n"
        "<li><a href='#freezes'>Freeze windows</a></li>\n<li><a href='#trains'>Release trains</a></li>\n"
        "<li><a href='#promotion'>Promotion</a></li>\n<li><a href='#history'>History</a></li>\n</ul></nav>\n"
    );
}
