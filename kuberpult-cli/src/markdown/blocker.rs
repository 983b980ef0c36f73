//! What holds something back: what, by whom, since when, until when and why.

use std::fmt::Write as _;

use kuberpult_core::{Blocker, Lock, LockScope};

use super::code::code;

/// The blockers as a list below an item of a list.
pub(super) fn blockers(blockers: &[Blocker], indent: &str) -> String {
    blockers.iter().map(|blocker| format!("{indent}- {}\n", one(blocker))).collect()
}

fn one(blocker: &Blocker) -> String {
    let mut text = match blocker {
        Blocker::FreezeWindow { environment, window, since, .. } => {
            // The window says what it is for.
            format!("{} on environment {}, since {}", code(window), code(environment), code(since))
        }
        Blocker::OutsideAllowWindows { environment, application, .. } => {
            let application = application.as_ref().map(|application| format!(" for {}", code(application)));
            let application = application.unwrap_or_default();
            format!("no open allow window on environment {}{application}", code(environment))
        }
        Blocker::EnvironmentLock { .. } | Blocker::TeamLock { .. } | Blocker::ApplicationLock { .. } => {
            let Some((scope, lock_id, lock)) = blocker.lock() else { return String::new() };
            format!("lock {} on {}{}", code(lock_id), place(&scope), about(lock))
        }
    };
    if let Some(until) = blocker.until() {
        let _ = write!(text, ", until {}", code(&until));
    }
    text
}

/// Where a lock lies.
pub(super) fn place(scope: &LockScope) -> String {
    match scope {
        LockScope::Environment { environment } => format!("environment {}", code(environment)),
        LockScope::Team { environment, team } => {
            format!("team {} in environment {}", code(team), code(environment))
        }
        LockScope::Application { environment, application } => {
            format!("application {} in environment {}", code(application), code(environment))
        }
    }
}

fn about(Lock { message, created_by, created_at, ci_link, suggested_lifetime }: &Lock) -> String {
    let mut text = String::new();
    let facts = [
        ("by", created_by.as_ref().map(code)),
        ("since", created_at.as_ref().map(code)),
        ("meant to stay", suggested_lifetime.as_ref().map(code)),
        ("set by the job", ci_link.as_ref().map(code)),
    ];
    for (word, fact) in facts {
        if let Some(fact) = fact {
            let _ = write!(text, ", {word} {fact}");
        }
    }
    if !message.is_empty() {
        let _ = write!(text, ": {}", code(message));
    }
    text
}
