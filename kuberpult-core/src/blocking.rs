//! What blocks in one environment at one time: found out once, asked for many applications.

use alloc::vec::Vec;

use crate::{
    ApplicationName, Blocker, Environment, EnvironmentName, FreezeKind, FreezeWindow, LockScope, Locks,
    Opening, Slot, State, TeamName, Time,
};

/// What blocks in one environment at one time: [`Environment::blocking`]. Freeze windows are looked up once, however many
/// applications are asked about.
#[derive(Debug, Clone)]
pub struct Blocking<'a> {
    name: &'a EnvironmentName,
    environment: &'a Environment,
    environment_level: Vec<Blocker>,
    /// The open deny windows that name applications.
    open_denials: Vec<(&'a FreezeWindow, Blocker)>,
    allow_windows: Vec<AllowWindow<'a>>,
}

#[derive(Debug, Clone)]
struct AllowWindow<'a> {
    window: &'a FreezeWindow,
    is_open: bool,
    next_opening: Option<Time>,
}

impl Environment {
    /// What blocks in this environment of that name at a time.
    ///
    /// ```
    /// use kuberpult_core::*;
    /// let staging: EnvironmentName = "staging".parse()?;
    /// let environment = Environment::default();
    /// let blocking = environment.blocking(&staging, "2024-05-03T11:37:37Z".parse()?);
    /// assert!(blocking.environment_level().is_empty());
    /// assert!(blocking.application_level(&"cart".parse()?, None, None).is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn blocking<'a>(&'a self, name: &'a EnvironmentName, now: Time) -> Blocking<'a> {
        let locks = lock_blockers(&self.locks, move || LockScope::Environment { environment: name.clone() });
        let mut environment_level: Vec<Blocker> = locks.collect();
        let mut open_denials = Vec::new();
        let mut allow_windows = Vec::new();
        for (index, window) in self.config.freeze_windows.iter().enumerate() {
            let opening = window.opening_at(now);
            match window.kind {
                FreezeKind::Deny => {
                    let Some(Opening { since, until }) = opening else { continue };
                    let (environment, copy) = (name.clone(), window.clone());
                    let blocker = Blocker::FreezeWindow { environment, index, window: copy, since, until };
                    if window.names_no_applications() {
                        environment_level.push(blocker);
                    } else {
                        open_denials.push((window, blocker));
                    }
                }
                FreezeKind::Allow => allow_windows.push(AllowWindow {
                    window,
                    is_open: opening.is_some(),
                    next_opening: window.next_opening(now),
                }),
            }
        }
        let for_all = allow_windows.iter().filter(|allow| allow.window.names_no_applications());
        if let Some(until) = closed_until(for_all)
            && !allow_windows.iter().any(|allow| allow.is_open)
        {
            let environment = name.clone();
            environment_level.push(Blocker::OutsideAllowWindows { environment, application: None, until });
        }
        Blocking { name, environment: self, environment_level, open_denials, allow_windows }
    }
}

/// If there are allow windows and all of them are closed: when the next one opens, as far as that is known.
fn closed_until<'a>(windows: impl Iterator<Item = &'a AllowWindow<'a>>) -> Option<Option<Time>> {
    let mut closed = None;
    for window in windows {
        if window.is_open {
            return None;
        }
        let before: Option<Time> = closed.flatten();
        closed = Some(before.into_iter().chain(window.next_opening).min());
    }
    closed
}

impl Blocking<'_> {
    /// The environment-level blockers, in the order in which they are reported.
    #[must_use]
    pub fn environment_level(&self) -> &[Blocker] {
        &self.environment_level
    }

    /// The blockers that concern one application and not all, in the order in which they are reported. The slot is
    /// the application's here; a train that walks along the slots has it at hand.
    #[must_use]
    pub fn application_level(
        &self,
        application: &ApplicationName,
        team: Option<&TeamName>,
        slot: Option<&Slot>,
    ) -> Vec<Blocker> {
        let mut blockers = Vec::new();
        if let Some((team, locks)) = team.and_then(|team| self.environment.team_locks.get_key_value(team)) {
            let scope = || LockScope::Team { environment: self.name.clone(), team: team.clone() };
            blockers.extend(lock_blockers(locks, scope));
        }
        if let Some(slot) = slot {
            let scope = || LockScope::Application {
                environment: self.name.clone(),
                application: application.clone(),
            };
            blockers.extend(lock_blockers(&slot.locks, scope));
        }
        let denials = self.open_denials.iter().filter(|(window, _)| window.concerns(application));
        blockers.extend(denials.map(|(_, blocker)| blocker.clone()));
        blockers.extend(self.outside_allow_windows(application));
        blockers
    }

    /// That no allow window is open for an application, unless none is open for any.
    fn outside_allow_windows(&self, application: &ApplicationName) -> Option<Blocker> {
        let for_all =
            |blocker: &Blocker| matches!(blocker, Blocker::OutsideAllowWindows { application: None, .. });
        if self.allow_windows.is_empty() || self.environment_level.iter().any(for_all) {
            return None;
        }
        let its = self.allow_windows.iter().filter(|allow| allow.window.concerns(application));
        let until = closed_until(its)?;
        let (environment, application) = (self.name.clone(), Some(application.clone()));
        Some(Blocker::OutsideAllowWindows { environment, application, until })
    }

    /// Every blocker of an application, in the order in which they are reported.
    pub(crate) fn all(
        &self,
        application: &ApplicationName,
        team: Option<&TeamName>,
        slot: Option<&Slot>,
    ) -> Vec<Blocker> {
        let mut blockers = self.environment_level.clone();
        blockers.extend(self.application_level(application, team, slot));
        blockers
    }
}

/// The locks of a scope as blockers.
fn lock_blockers(locks: &Locks, scope: impl Fn() -> LockScope) -> impl Iterator<Item = Blocker> {
    locks.iter().map(move |(lock_id, lock)| Blocker::of_lock(scope(), lock_id.clone(), lock.clone()))
}

impl State {
    /// What holds automatic deployments of every application to an environment back at a time. Empty for an unknown
    /// environment.
    #[must_use]
    pub fn environment_blockers(&self, now: Time, environment: &EnvironmentName) -> Vec<Blocker> {
        let there = self.environments.get(environment);
        there.map_or_else(Vec::new, |there| there.blocking(environment, now).environment_level)
    }

    /// Everything that holds automatic deployments of an application to an environment back at a time, by reach:
    /// first what concerns the whole environment. Empty for an unknown environment.
    #[must_use]
    pub fn blockers(
        &self,
        now: Time,
        environment: &EnvironmentName,
        application: &ApplicationName,
    ) -> Vec<Blocker> {
        let team = self.applications.get(application).and_then(|application| application.team.as_ref());
        let Some(there) = self.environments.get(environment) else { return Vec::new() };
        let slot = there.slots.get(application);
        there.blocking(environment, now).all(application, team, slot)
    }
}
