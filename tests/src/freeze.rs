//! Waiting for freeze windows to end.

use kuberpult_core::{ApplicationName, Blocker, EnvironmentName, State, Time};

use crate::naive::Naive;

/// From when on no freeze window keeps an application from an environment; none when there is always another one.
#[must_use]
pub fn first_free_time(
    state: &State,
    now: Time,
    environment: &EnvironmentName,
    application: &ApplicationName,
) -> Option<Time> {
    let naive = Naive::of(state);
    let mut now = now;
    for _ in 0..50 {
        let blockers = naive.blockers(now, environment, application);
        let windows: Vec<_> = blockers.iter().filter(|blocker| blocker.lock().is_none()).collect();
        if windows.is_empty() {
            return Some(now);
        }
        // Nothing is open before the last of them says so.
        now = windows.into_iter().filter_map(Blocker::until).max()?;
    }
    None
}
