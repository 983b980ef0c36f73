//! What stands in an automatic deployment's way, in the naive model.

use kuberpult_core::{
    ApplicationName, Blocker, EnvironmentName, FreezeKind, FreezeWindow, Lock, LockId, LockScope, Time,
};

use super::Naive;

impl Naive {
    /// Everything that stands in an automatic deployment's way at a time: what blocks the whole environment, then
    /// what blocks the application.
    #[must_use]
    pub fn blockers(&self, now: Time, there: &EnvironmentName, concerned: &ApplicationName) -> Vec<Blocker> {
        let mut blockers = self.environment_blockers(now, there);
        blockers.extend(self.application_blockers(now, there, concerned));
        blockers
    }

    /// What blocks every application in an environment.
    #[must_use]
    pub fn environment_blockers(&self, now: Time, there: &EnvironmentName) -> Vec<Blocker> {
        let mut blockers = Vec::new();
        for (scope, lock_id, lock) in &self.locks {
            if matches!(scope, LockScope::Environment { environment } if environment == there) {
                blockers.push(blocker(scope, lock_id, lock));
            }
        }
        blockers.extend(self.open_deny_windows(now, there, names_none));
        if self.is_closed_to_all(now, there) {
            let until = first_opening(now, self.windows(there, FreezeKind::Allow, names_none));
            let environment = there.clone();
            blockers.push(Blocker::OutsideAllowWindows { environment, application: None, until });
        }
        blockers
    }

    /// What blocks an application in an environment and does not block all.
    #[must_use]
    pub fn application_blockers(
        &self,
        now: Time,
        there: &EnvironmentName,
        concerned: &ApplicationName,
    ) -> Vec<Blocker> {
        let mut blockers = Vec::new();
        // Sorted: teams come before applications.
        for (scope, lock_id, lock) in &self.locks {
            let blocks = match scope {
                LockScope::Environment { .. } => false,
                LockScope::Team { environment, team } => {
                    environment == there && self.team(concerned) == Some(team)
                }
                LockScope::Application { environment, application } => {
                    environment == there && application == concerned
                }
            };
            if blocks {
                blockers.push(blocker(scope, lock_id, lock));
            }
        }
        let named = |window: &FreezeWindow| !names_none(window) && concerns(window, concerned);
        blockers.extend(self.open_deny_windows(now, there, named));
        let allowing = self.windows(there, FreezeKind::Allow, |window| concerns(window, concerned));
        let is_open = |(_, window): &(usize, FreezeWindow)| window.opening_at(now).is_some();
        if !allowing.is_empty() && !allowing.iter().any(is_open) && !self.is_closed_to_all(now, there) {
            blockers.push(Blocker::OutsideAllowWindows {
                environment: there.clone(),
                application: Some(concerned.clone()),
                until: first_opening(now, allowing),
            });
        }
        blockers
    }

    /// The environment's freeze windows of a kind and of a reach, each with its place in the config.
    fn windows(
        &self,
        there: &EnvironmentName,
        kind: FreezeKind,
        reach: impl Fn(&FreezeWindow) -> bool,
    ) -> Vec<(usize, FreezeWindow)> {
        let configured = self.config(there).map(|config| config.freeze_windows.clone()).unwrap_or_default();
        configured
            .into_iter()
            .enumerate()
            .filter(|(_, window)| window.kind == kind && reach(window))
            .collect()
    }

    fn open_deny_windows(
        &self,
        now: Time,
        there: &EnvironmentName,
        reach: impl Fn(&FreezeWindow) -> bool,
    ) -> Vec<Blocker> {
        let mut open = Vec::new();
        for (index, window) in self.windows(there, FreezeKind::Deny, reach) {
            if let Some(opening) = window.opening_at(now) {
                let (since, until) = (opening.since, opening.until);
                open.push(Blocker::FreezeWindow { environment: there.clone(), index, window, since, until });
            }
        }
        open
    }

    /// Whether there is an allow window for all applications, and no allow window at all is open.
    fn is_closed_to_all(&self, now: Time, there: &EnvironmentName) -> bool {
        let allowing = self.windows(there, FreezeKind::Allow, |_| true);
        allowing.iter().any(|(_, window)| names_none(window))
            && allowing.iter().all(|(_, window)| window.opening_at(now).is_none())
    }
}

/// A lock as what it blocks with.
fn blocker(scope: &LockScope, lock_id: &LockId, lock: &Lock) -> Blocker {
    let (lock_id, lock) = (lock_id.clone(), lock.clone());
    match scope.clone() {
        LockScope::Environment { environment } => Blocker::EnvironmentLock { environment, lock_id, lock },
        LockScope::Team { environment, team } => Blocker::TeamLock { environment, team, lock_id, lock },
        LockScope::Application { environment, application } => {
            Blocker::ApplicationLock { environment, application, lock_id, lock }
        }
    }
}

/// Whether a window names no applications: it lists none, or what every name has.
#[must_use]
pub fn names_none(window: &FreezeWindow) -> bool {
    window.applications.is_empty()
        || window.applications.iter().any(|pattern| pattern.to_string().chars().all(|c| c == '*'))
}

/// Whether a window concerns an application.
#[must_use]
pub fn concerns(window: &FreezeWindow, application: &ApplicationName) -> bool {
    let name: Vec<char> = application.as_str().chars().collect();
    let matching = |pattern: &String| matches(&pattern.chars().collect::<Vec<_>>(), &name);
    names_none(window) || window.applications.iter().map(ToString::to_string).any(|text| matching(&text))
}

/// Whether a name has a pattern, as it is defined.
fn matches(pattern: &[char], name: &[char]) -> bool {
    match (pattern, name) {
        ([], []) => true,
        (['*', rest @ ..], _) => (0..=name.len()).any(|taken| matches(rest, name.split_at(taken).1)),
        (['?', rest @ ..], [_, tail @ ..]) => matches(rest, tail),
        ([first, rest @ ..], [head, tail @ ..]) => first == head && matches(rest, tail),
        _ => false,
    }
}

/// When the first of some windows opens next.
fn first_opening(now: Time, windows: Vec<(usize, FreezeWindow)>) -> Option<Time> {
    windows.into_iter().filter_map(|(_, window)| window.next_opening(now)).min()
}
