//! The locks: where, by whom, since when, why, until when, and what each holds back.

use kuberpult_core::{LockScope, Time};

use super::facts::Facts;
use super::html::{Html, html};
use super::instant::{ago, moment};
use super::lifetime::Lifetime;
use crate::lock_list::ListedLock;
use crate::text::is_unsafe;

/// What more is not listed at once.
const LISTED: usize = 12;

pub(super) fn write(page: &mut Html, facts: &Facts<'_>) {
    html!(page, "<section id=locks aria-labelledby=locks-title>\n<h2 id=locks-title>Locks</h2>\n");
    if facts.locks.is_empty() {
        html!(page, "<p>There is no lock.</p>\n</section>\n");
        return;
    }
    html!(page,
        "<div class=scroll role=region aria-labelledby=locks-caption tabindex=0>\n<table class=cards>\n"
        "<caption id=locks-caption>What is locked; automatic deployments wait, manual ones do not</caption>\n"
        "<thead><tr><th scope=col>id</th><th scope=col>scope</th><th scope=col>owner</th><th scope=col>since</th>"
        "<th scope=col>message</th><th scope=col>CI</th><th scope=col>meant to stay</th><th scope=col>holds back</th></tr></thead>\n<tbody>\n"
    );
    for lock in &facts.locks {
        self::lock(page, lock, facts.now());
    }
    html!(page, "</tbody>\n</table>\n</div>\n</section>\n");
}

/// Whether it was meant to be gone.
pub(super) fn is_exceeded(lock: &ListedLock<'_>, now: Time) -> bool {
    matches!(Lifetime::of(lock.lock, now), Some(Lifetime::Exceeded(_)))
}

fn lock(page: &mut Html, listed: &ListedLock<'_>, now: Time) {
    let lock = listed.lock;
    html!(page, "<tr><th scope=row>" (listed.lock_id) "</th><td data-label=scope>");
    match &listed.scope {
        LockScope::Environment { environment } => html!(page, "environment <b>" (environment) "</b>"),
        LockScope::Team { environment, team } => {
            html!(page, "team <b>" (team) "</b> in <b>" (environment) "</b>");
        }
        LockScope::Application { environment, application } => {
            html!(page, "application <b>" (application) "</b> in <b>" (environment) "</b>");
        }
    }
    html!(page, "</td>");
    match &lock.created_by {
        Some(by) => html!(page, "<td data-label=owner>" (by.name) "</td>"),
        None => html!(page, "<td class=none data-label=owner>-</td>"),
    }
    match lock.created_at {
        Some(at) => {
            html!(page, "<td data-label=since>");
            moment(page, at);
            html!(page, " <small>" (ago(at, now)) "</small></td>");
        }
        None => html!(page, "<td class=none data-label=since>-</td>"),
    }
    match &*lock.message {
        "" => html!(page, "<td class=none data-label=message>-</td>"),
        message => html!(page, "<td class=message data-label=message>" (message) "</td>"),
    }
    match lock.ci_link.as_deref() {
        None => html!(page, "<td class=none data-label=CI>-</td>"),
        Some(link) if can_be_followed(link) => {
            html!(page, "<td class=link data-label=CI><a rel='noopener noreferrer' href='" (link) "'>" (link) "</a></td>");
        }
        Some(link) => html!(page, "<td class=link data-label=CI>" (link) "</td>"),
    }
    lifetime(page, listed, now);
    holds_back(page, listed);
    html!(page, "</tr>\n");
}

fn lifetime(page: &mut Html, listed: &ListedLock<'_>, now: Time) {
    let Some(lifetime) = Lifetime::of(listed.lock, now) else {
        return html!(page, "<td class=none data-label='meant to stay'>-</td>");
    };
    html!(
        page,
        "<td data-label='meant to stay'>"(listed.lock.suggested_lifetime.as_deref().unwrap_or_default())
    );
    match (lifetime.words(), &lifetime) {
        (Some(words), Lifetime::Exceeded(_)) => html!(page, " <i class=blocked>" (words) "</i>"),
        (Some(words), _) => html!(page, " <small>" (words) "</small>"),
        (None, _) => {}
    }
    html!(page, "</td>");
}

/// The queued versions that wait for it.
fn holds_back(page: &mut Html, listed: &ListedLock<'_>) {
    let held = listed.holds_back.as_deref().unwrap_or_default();
    if held.is_empty() {
        return html!(page, "<td class=none data-label='holds back'>-</td>");
    }
    html!(page, "<td data-label='holds back'>");
    let is_long = held.len() > LISTED;
    if is_long {
        html!(page, "<details><summary>" (held.len()) " queued versions</summary>");
    }
    for (index, held) in held.iter().enumerate() {
        html!(page, (if index == 0 { "" } else { ", " }) (held.application) " " (held.version));
    }
    if is_long {
        html!(page, "</details>");
    }
    html!(page, "</td>");
}

/// Whether it is an address on the web. Anything else might be a script, and stays text.
fn can_be_followed(link: &str) -> bool {
    let scheme = link.split_once("://").map(|(scheme, _)| scheme.to_ascii_lowercase());
    matches!(scheme.as_deref(), Some("http" | "https"))
        && !link.chars().any(|c| c.is_whitespace() || is_unsafe(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_on_the_web_is_a_link() {
        for good in ["https://ci.example.com/1?a=b&c='d'", "HTTP://ci.example.com"] {
            assert!(can_be_followed(good), "{good}");
        }
        for bad in [
            "",
            "javascript:alert(1)//https://x",
            "javascript://%0aalert(1)",
            "data:text/html,x",
            "//ci.example.com",
            " https://x",
            "https:x",
            "file:///etc/passwd",
            "https://x\u{202e}y",
            "https://x y",
            "java\nscript:https://x",
        ] {
            assert!(!can_be_followed(bad), "{bad}");
        }
    }
}
