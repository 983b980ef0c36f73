//! Freeze windows as they are at one time: what is closed now and until when, and what opens next.

use std::fmt;

use kuberpult_core::{
    ApplicationPattern, Blocker, EnvironmentConfig, EnvironmentName, FreezeWindow, Opening, State, Time,
};
use serde::Serialize;

/// What keeps every application from an environment now and is no lock.
pub(crate) fn freezes(state: &State, now: Time, environment: &EnvironmentName) -> Vec<Blocker> {
    let mut blockers = state.environment_blockers(now, environment);
    blockers.retain(|blocker| blocker.lock().is_none());
    blockers
}

/// Until when freezes last, if there are any; none within where no end is in sight.
pub(crate) fn frozen_until<'a>(freezes: impl IntoIterator<Item = &'a Blocker>) -> Option<Option<Time>> {
    let ends: Vec<Option<Time>> = freezes.into_iter().map(Blocker::until).collect();
    if ends.is_empty() {
        return None;
    }
    Some(ends.into_iter().collect::<Option<Vec<Time>>>().and_then(|ends| ends.into_iter().max()))
}

/// A freeze window of an environment, and whether it is open.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub(crate) struct ListedWindow<'a> {
    /// Which of the environment's freeze windows it is, from 0.
    index: usize,
    #[serde(skip)]
    window: &'a FreezeWindow,
    /// Since when it is open, and until when; none while it is closed.
    open: Option<Opening>,
    /// When it opens next; none when it never will.
    next_opening: Option<Time>,
}

/// The freeze windows of an environment, as its config lists them.
pub(crate) fn windows(config: &EnvironmentConfig, now: Time) -> Vec<ListedWindow<'_>> {
    let windows = config.freeze_windows.iter().enumerate();
    let listed = windows.map(|(index, window)| ListedWindow {
        index,
        window,
        open: window.opening_at(now),
        next_opening: window.next_opening(now),
    });
    listed.collect()
}

/// `deny window "0 9 * * *" for 2h (Europe/Berlin); open until 2024-05-06T11:00:00+02:00`
impl fmt::Display for ListedWindow<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { window, open, next_opening, .. } = self;
        write!(f, "{window}")?;
        if !window.applications.is_empty() {
            let patterns: Vec<&str> = window.applications.iter().map(ApplicationPattern::as_str).collect();
            write!(f, ", only for {}", patterns.join(", "))?;
        }
        f.write_str("; ")?;
        match (open, next_opening) {
            (Some(Opening { until: Some(until), .. }), _) => write!(f, "open until {until}"),
            (Some(Opening { until: None, .. }), _) => f.write_str("open, and no end is in sight"),
            (None, Some(next)) => write!(f, "closed, opens {next}"),
            (None, None) => f.write_str("closed, and never opens again"),
        }
    }
}
