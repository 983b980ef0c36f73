//! [`Way`]: commands that would bring a version to an environment. Each is tried out before it is named.

use alloc::vec::Vec;
use core::fmt;

use super::{NextTrain, train_to};
use crate::{
    ApplicationName, Blocker, Command, Context, Deploy, EnvironmentName, LockScope, OnLock, OnUnlock, State,
    Time, Version,
};

/// Commands that bring a version to an environment, carried out one after another.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
pub struct Way {
    /// The last of them works from this time on, when freeze windows that are active now have ended; at once if
    /// none is given.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub not_before: Option<Time>,
    /// The commands.
    pub commands: Vec<Command>,
}

/// The ways to a version that is not current, the least intrusive first.
pub(super) fn ways(
    state: &State,
    context: &Context,
    environment: &EnvironmentName,
    application: &ApplicationName,
    version: Version,
    next_train: &NextTrain,
) -> Vec<Way> {
    let slot = state.slot(environment, application);
    if slot.and_then(|slot| slot.current) == Some(version) {
        return Vec::new();
    }
    let goal = Goal { state, context, environment, application, version };
    let queued = slot.and_then(|slot| slot.queued) == Some(version);
    let blockers = state.blockers(context.now, environment, application);
    let mut ways = Vec::new();
    if let Some(opening) = goal.opening() {
        let unlocks: Vec<Command> = blockers.iter().filter_map(|blocker| goal.unlock(blocker)).collect();
        let mut through = |last: Option<Command>| {
            let commands = unlocks.iter().cloned().chain(last).collect();
            ways.extend(goal.reached_by(opening, commands));
        };
        if queued {
            // Settling does what the config says; where that is not to deploy, the last unlock has to wait and say so.
            let on_unlock = state.environments.get(environment).and_then(|there| there.config.on_unlock);
            let settles = on_unlock.unwrap_or_default() == OnUnlock::Deploy && opening.is_some();
            let settle = Command::SettleQueue { environment: Some(environment.clone()) };
            through((settles || unlocks.is_empty()).then_some(settle));
        } else if next_train.version == Some(version) {
            through(Some(Command::ReleaseTrain(train_to(environment))));
        }
    }
    let deploy = |on_lock| {
        let (environment, application) = (environment.clone(), application.clone());
        Command::Deploy(Deploy { environment, application, version, on_lock, reason: None })
    };
    let on_lock = if blockers.is_empty() { OnLock::Queue } else { OnLock::Ignore };
    ways.extend(goal.reached_by(None, alloc::vec![deploy(on_lock)]));
    ways
}

/// A version that shall become current.
struct Goal<'a> {
    state: &'a State,
    context: &'a Context,
    environment: &'a EnvironmentName,
    application: &'a ApplicationName,
    version: Version,
}

impl Goal<'_> {
    /// When no freeze window is in the way any more: at once, from a time on, or (none) not in sight.
    fn opening(&self) -> Option<Option<Time>> {
        /// How many freeze windows, one after the other, are followed.
        const FOLLOWED: usize = 10;
        let mut opening = None;
        for _ in 0..FOLLOWED {
            let blockers =
                self.state.blockers(opening.unwrap_or(self.context.now), self.environment, self.application);
            let mut windows = blockers.iter().filter(|blocker| blocker.lock().is_none()).peekable();
            if windows.peek().is_none() {
                return Some(opening);
            }
            opening = Some(windows.map(Blocker::until).collect::<Option<Vec<Time>>>()?.into_iter().max()?);
        }
        None
    }

    /// The command that takes a lock away; none for what is no lock.
    fn unlock(&self, blocker: &Blocker) -> Option<Command> {
        let config = &self.state.environments.get(self.environment)?.config;
        let queued =
            Some(OnUnlock::Deploy).filter(|_| config.on_unlock.unwrap_or_default() != OnUnlock::Deploy);
        let (scope, lock_id, _) = blocker.lock()?;
        let lock_id = lock_id.clone();
        Some(match scope {
            LockScope::Environment { environment } => {
                Command::DeleteEnvironmentLock { environment, lock_id, queued }
            }
            LockScope::Team { environment, team } => {
                Command::DeleteTeamLock { environment, team, lock_id, queued }
            }
            LockScope::Application { environment, application } => {
                Command::DeleteApplicationLock { environment, application, lock_id, queued }
            }
        })
    }

    /// The way, if it leads there when all but its last command are carried out now.
    fn reached_by(&self, not_before: Option<Time>, commands: Vec<Command>) -> Option<Way> {
        let mut state = self.state.clone();
        let then = Context { now: not_before.unwrap_or(self.context.now), ..self.context.clone() };
        for (index, command) in commands.iter().enumerate() {
            let context = if index + 1 == commands.len() { &then } else { self.context };
            let decision = state.decide(context, command).ok()?;
            state.apply(decision.events());
        }
        let current = state.slot(self.environment, self.application).and_then(|slot| slot.current);
        (current == Some(self.version)).then_some(Way { not_before, commands })
    }
}

/// `delete lock "a" on environment "staging", then release train to "staging"`
impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, command) in self.commands.iter().enumerate() {
            let separator = if index == 0 { "" } else { ", then " };
            f.write_str(separator)?;
            match self.not_before {
                Some(time) if index + 1 == self.commands.len() => write!(f, "from {time} on {command}")?,
                _ => write!(f, "{command}")?,
            }
        }
        Ok(())
    }
}
