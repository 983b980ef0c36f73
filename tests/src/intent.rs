//! [`Intent`]: a command in the abstract, made concrete against the state it meets.
//!
//! Histories are made of choices ("the third of the versions that can be deployed"), not of commands, so that
//! most commands are accepted, and stay so while a failing history shrinks.

mod locks;
mod release;
mod way_out;

use kuberpult_core::{
    Command, Context, CreateRelease, Deploy, EnvironmentConfig, LockScope, OnLock, OnUnlock, ReleaseTrain,
    Revision, State, TrainOnLock, TrainTargetType,
};

use crate::alphabet;
use crate::naive::Naive;
use crate::run::Step;

pub use locks::{LockOn, lock, unlock};
pub use release::{ReleaseIntent, VersionIntent};

/// What somebody has in mind; [`resolve`](Intent::resolve) makes a command of it.
#[derive(Debug, Clone)]
pub enum Intent {
    /// Makes an environment.
    CreateEnvironment {
        /// Which.
        environment: usize,
        /// Its config.
        config: Box<EnvironmentConfig>,
    },
    /// Gives an environment another config.
    UpdateEnvironment {
        /// Which.
        environment: usize,
        /// Another config.
        config: Box<EnvironmentConfig>,
        /// Which parts of it replace those of the environment's config, as a bit mask.
        parts: u8,
    },
    /// Deletes an environment.
    DeleteEnvironment {
        /// Which.
        environment: usize,
        /// Whatever depends on it.
        force: bool,
    },
    /// Makes a release.
    CreateRelease(ReleaseIntent),
    /// Deploys something that can be deployed; if there is nothing, releases something.
    Deploy {
        /// Which of the things that can be deployed.
        pick: usize,
        /// What happens on locks.
        on_lock: OnLock,
        /// Whether a reason is given.
        reason: bool,
    },
    /// Deploys whatever is named, be it there or not.
    DeployAnything {
        /// Where to.
        environment: usize,
        /// What.
        application: usize,
        /// Which version.
        version: u64,
        /// What happens on locks.
        on_lock: OnLock,
    },
    /// Sets a lock.
    Lock {
        /// What it locks.
        on: LockOn,
        /// Its id.
        lock_id: usize,
        /// Which of several texts it carries.
        text: u8,
    },
    /// Removes a lock that is there; if there is none, sets one.
    Unlock {
        /// Which of those that are there.
        pick: usize,
        /// From the whole group, if the lock's environment is in one.
        from_group: bool,
        /// What happens to queued versions.
        queued: Option<OnUnlock>,
    },
    /// Removes a lock, be it there or not.
    UnlockAnything {
        /// What it locks.
        on: LockOn,
        /// Its id.
        lock_id: usize,
        /// What happens to queued versions.
        queued: Option<OnUnlock>,
    },
    /// Runs a release train.
    Train {
        /// Where it goes.
        target: TrainTarget,
        /// What the target is said to be.
        target_type: Option<TrainTargetType>,
        /// The team.
        team: Option<usize>,
        /// Which of the revisions that are remembered gives the versions; one number stands for one that is not.
        as_of: Option<usize>,
        /// What happens on locks.
        on_lock: TrainOnLock,
    },
    /// Settles the queues of an environment, or all.
    SettleQueue {
        /// Of which environment.
        environment: Option<usize>,
    },
    /// Takes the next step on an application's way out: preparing, deploying the undeploy release, undeploying.
    WayOut {
        /// Which of the applications on their way out, or of all if none is.
        pick: usize,
    },
    /// Undeploys an application, be it prepared or not.
    Undeploy {
        /// Which.
        application: usize,
    },
    /// Takes an application out of an environment, be it there or not.
    Remove {
        /// Out of which environment.
        environment: usize,
        /// Which application.
        application: usize,
    },
    /// Wants several things as one.
    Batch(Vec<Intent>),
    /// Says the last command once more, in the same breath.
    Again,
}

/// Where a train goes, in the abstract.
#[derive(Debug, Clone, Copy)]
pub enum TrainTarget {
    /// To an environment or a group that is there.
    Existing(usize),
    /// To an environment, be it there or not.
    Environment(usize),
    /// To a group, be it there or not.
    Group(usize),
}

impl Intent {
    /// The command that this intent comes to in a state.
    #[must_use]
    pub fn resolve(&self, state: &State, context: &Context, last: Option<&Command>) -> Command {
        match self {
            Self::CreateEnvironment { environment, config } => Command::CreateEnvironment {
                environment: alphabet::environment(*environment),
                config: config.as_ref().clone(),
            },
            Self::UpdateEnvironment { environment, config, parts } => {
                let environment = alphabet::environment(*environment);
                let existing = state.environments.get(&environment).map(|there| there.config.clone());
                let config = with_parts(existing.unwrap_or_default(), config, *parts);
                Command::UpdateEnvironment { environment, config }
            }
            Self::DeleteEnvironment { environment, force } => {
                Command::DeleteEnvironment { environment: alphabet::environment(*environment), force: *force }
            }
            Self::CreateRelease(release) => release.resolve(state),
            Self::Deploy { pick, on_lock, reason } => {
                let deployable = Naive::of(state).deployable();
                let Some((environment, application, version)) = picked(&deployable, *pick).cloned() else {
                    let (application, manifest) = (alphabet::application(*pick), alphabet::manifest(1));
                    let usual = (0..alphabet::USUAL_ENVIRONMENTS).map(alphabet::environment);
                    let manifests = usual.map(|environment| (environment, manifest)).collect();
                    return Command::CreateRelease(CreateRelease::new(application, manifests));
                };
                let reason = reason.then(|| "because".into());
                Command::Deploy(Deploy { environment, application, version, on_lock: *on_lock, reason })
            }
            Self::DeployAnything { environment, application, version, on_lock } => Command::Deploy(Deploy {
                environment: alphabet::environment(*environment),
                application: alphabet::application(*application),
                version: alphabet::version(*version),
                on_lock: *on_lock,
                reason: None,
            }),
            Self::Lock { on, lock_id, text } => on.lock(alphabet::lock_id(*lock_id), *text),
            Self::Unlock { pick, from_group, queued } => {
                let naive = Naive::of(state);
                let Some((scope, lock_id, _)) = picked(&naive.locks, *pick) else {
                    let (there, locked) = (*pick % alphabet::USUAL_ENVIRONMENTS, *pick);
                    return LockOn::Application(there, locked).lock(alphabet::lock_id(0), 0);
                };
                let group = naive
                    .config(scope.environment())
                    .and_then(|config| config.environment_group.clone())
                    .filter(|_| *from_group && matches!(scope, LockScope::Environment { .. }));
                match group {
                    Some(environment_group) => {
                        let lock_id = lock_id.clone();
                        Command::DeleteGroupLock { environment_group, lock_id, queued: *queued }
                    }
                    None => unlock(scope.clone(), lock_id.clone(), *queued),
                }
            }
            Self::UnlockAnything { on, lock_id, queued } => on.unlock(alphabet::lock_id(*lock_id), *queued),
            Self::Train { target, target_type, team, as_of, on_lock } => {
                Command::ReleaseTrain(ReleaseTrain {
                    target: target.resolve(state, as_of.is_some()),
                    target_type: *target_type,
                    team: team.map(alphabet::team),
                    as_of: as_of.and_then(|pick| revision(state, pick)),
                    on_lock: *on_lock,
                })
            }
            Self::SettleQueue { environment } => {
                Command::SettleQueue { environment: environment.map(alphabet::environment) }
            }
            Self::WayOut { pick } => way_out::next_step(state, *pick),
            Self::Undeploy { application } => {
                Command::Undeploy { application: alphabet::application(*application) }
            }
            Self::Remove { environment, application } => Command::RemoveFromEnvironment {
                environment: alphabet::environment(*environment),
                application: alphabet::application(*application),
            },
            Self::Batch(intents) => {
                let mut commands: Vec<Command> = Vec::new();
                let mut state = state.clone();
                for intent in intents {
                    let command = intent.resolve(&state, context, commands.last().or(last));
                    state = Step::take(&state, context, command.clone()).after;
                    commands.push(command);
                }
                Command::Batch { commands }
            }
            Self::Again => {
                last.cloned().unwrap_or_else(|| Command::ReleaseTrain(ReleaseTrain::new("staging")))
            }
        }
    }
}

/// One of the revisions that are remembered, if any are; or the one that never is.
fn revision(state: &State, pick: usize) -> Option<Revision> {
    if pick == alphabet::VALID_REVISIONS {
        return Some(alphabet::revision(pick));
    }
    let remembered: Vec<_> = state.past.keys().collect();
    picked(&remembered, pick).map(|revision| (*revision).clone())
}

/// A config with some parts of another.
fn with_parts(mut config: EnvironmentConfig, other: &EnvironmentConfig, parts: u8) -> EnvironmentConfig {
    let has = |bit: u8| parts >> bit & 1 == 1;
    if has(0) {
        config.freeze_windows.clone_from(&other.freeze_windows);
    }
    if has(1) {
        config.on_unlock = other.on_unlock;
    }
    if has(2) {
        config.environment_group.clone_from(&other.environment_group);
    }
    if has(3) {
        config.upstream.clone_from(&other.upstream);
    }
    if has(4) {
        config.argocd.clone_from(&other.argocd);
    }
    config
}

impl TrainTarget {
    /// The name of the target. A train as of a revision has something to do where the upstream is an environment.
    fn resolve(self, state: &State, has_revision: bool) -> String {
        match self {
            Self::Existing(pick) => {
                let mut naive = Naive::of(state);
                naive
                    .environments
                    .retain(|(_, config)| !has_revision || config.upstream_environment().is_some());
                let groups = naive.environments.iter().filter_map(|(_, it)| it.environment_group.as_ref());
                let mut targets: Vec<String> = groups.map(ToString::to_string).collect();
                targets.extend(naive.environments.iter().map(|(name, _)| name.to_string()));
                picked(&targets, pick).cloned().unwrap_or_default()
            }
            Self::Environment(environment) => alphabet::environment(environment).to_string(),
            Self::Group(group) => alphabet::group(group).to_string(),
        }
    }
}

/// One of several things, whatever the number.
#[must_use]
pub fn picked<T>(things: &[T], pick: usize) -> Option<&T> {
    things.get(pick.checked_rem(things.len())?)
}
