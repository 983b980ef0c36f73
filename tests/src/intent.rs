//! [`Intent`]: a command in the abstract, made concrete against the state it meets.
//!
//! Histories are made of choices ("the third of the versions that can be deployed"), not of commands, so that
//! most commands are accepted, and stay so while a failing history shrinks.

use std::sync::Arc;

use kuberpult_core::{
    Command, CreateRelease, Deploy, EnvironmentConfig, LockId, LockScope, OnLock, OnUnlock, ReleaseTrain,
    State, TrainOnLock, TrainTargetType, Version,
};

use crate::alphabet;
use crate::naive::Naive;

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
        /// What happens on locks.
        on_lock: TrainOnLock,
    },
    /// Says the last command once more, in the same breath.
    Again,
}

/// A release in the abstract.
#[derive(Debug, Clone)]
pub struct ReleaseIntent {
    /// Of which application.
    pub application: usize,
    /// The version.
    pub version: VersionIntent,
    /// For which environments, as a bit mask.
    pub manifests: u8,
    /// Which of several contents the manifests have.
    pub content: u8,
    /// The team.
    pub team: Option<usize>,
    /// Which of the texts about the source are given, as a bit mask.
    pub source: u8,
}

/// The version of a release in the abstract.
#[derive(Debug, Clone, Copy)]
pub enum VersionIntent {
    /// The next free one.
    Next,
    /// This one.
    Exactly(u64),
    /// One that is there.
    Existing(usize),
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

/// What a lock locks, in the abstract.
#[derive(Debug, Clone, Copy)]
pub enum LockOn {
    /// An environment.
    Environment(usize),
    /// An application in an environment.
    Application(usize, usize),
    /// A team in an environment.
    Team(usize, usize),
    /// A group.
    Group(usize),
}

impl Intent {
    /// The command that this intent comes to in a state.
    #[must_use]
    pub fn resolve(&self, state: &State, last: Option<&Command>) -> Command {
        match self {
            Self::CreateEnvironment { environment, config } => Command::CreateEnvironment {
                environment: alphabet::environment(*environment),
                config: config.as_ref().clone(),
            },
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
            Self::Train { target, target_type, team, on_lock } => Command::ReleaseTrain(ReleaseTrain {
                target: target.resolve(state),
                target_type: *target_type,
                team: team.map(alphabet::team),
                as_of: None,
                on_lock: *on_lock,
            }),
            Self::Again => {
                last.cloned().unwrap_or_else(|| Command::ReleaseTrain(ReleaseTrain::new("staging")))
            }
        }
    }
}

impl ReleaseIntent {
    fn resolve(&self, state: &State) -> Command {
        let application = alphabet::application(self.application);
        let there: Vec<Version> = state
            .applications
            .get(&application)
            .map(|application| application.releases.keys().copied().collect())
            .unwrap_or_default();
        let environments = (0..alphabet::VALID_ENVIRONMENTS).filter(|index| self.manifests >> index & 1 == 1);
        let manifests = environments
            .map(|index| (alphabet::environment(index), alphabet::manifest(self.content)))
            .collect();
        let text = |bit: u8, text: &str| (self.source >> bit & 1 == 1).then(|| text.into());
        Command::CreateRelease(CreateRelease {
            version: match self.version {
                VersionIntent::Next => None,
                VersionIntent::Exactly(number) => Some(alphabet::version(number)),
                VersionIntent::Existing(pick) => picked(&there, pick).copied(),
            },
            team: self.team.map(alphabet::team),
            source_commit_id: text(0, "C0FFEE0000000000000000000000000000000000"),
            source_author: text(1, "Ada <ada@example.com>"),
            // An empty text is as good as none.
            source_message: text(2, if self.content == 0 { "" } else { "Fix the cart" }),
            display_version: text(3, "v1.2.3"),
            source_repo_url: text(4, if self.content == 0 { "" } else { "https://git.example.com/cart.git" }),
            ..CreateRelease::new(application, manifests)
        })
    }
}

impl TrainTarget {
    fn resolve(self, state: &State) -> String {
        match self {
            Self::Existing(pick) => {
                let naive = Naive::of(state);
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

impl LockOn {
    /// The scope of a lock; none for a group.
    #[must_use]
    pub fn scope(self) -> Option<LockScope> {
        let environment = alphabet::environment;
        match self {
            Self::Environment(index) => Some(LockScope::Environment { environment: environment(index) }),
            Self::Application(index, application) => {
                let application = alphabet::application(application);
                Some(LockScope::Application { environment: environment(index), application })
            }
            Self::Team(index, team) => {
                Some(LockScope::Team { environment: environment(index), team: alphabet::team(team) })
            }
            Self::Group(_) => None,
        }
    }

    /// The command that sets a lock, with one of several texts.
    #[must_use]
    pub fn lock(self, lock_id: LockId, text: u8) -> Command {
        let text = LockText {
            message: if text.is_multiple_of(2) { "why not".into() } else { "because".into() },
            ci_link: (text > 3).then(|| "https://ci.example.com/1".into()),
            // An empty text is as good as none.
            suggested_lifetime: (text > 2).then(|| if text == 3 { "".into() } else { "2d".into() }),
        };
        match (self, self.scope()) {
            (_, Some(scope)) => lock_with(scope, lock_id, text),
            (Self::Group(group), _) => Command::CreateGroupLock {
                environment_group: alphabet::group(group),
                lock_id,
                message: text.message,
                ci_link: text.ci_link,
                suggested_lifetime: text.suggested_lifetime,
            },
            (_, None) => panic!("only a group has no scope"),
        }
    }

    fn unlock(self, lock_id: LockId, queued: Option<OnUnlock>) -> Command {
        match (self, self.scope()) {
            (_, Some(scope)) => unlock(scope, lock_id, queued),
            (Self::Group(group), _) => {
                let environment_group = alphabet::group(group);
                Command::DeleteGroupLock { environment_group, lock_id, queued }
            }
            (_, None) => panic!("only a group has no scope"),
        }
    }
}

/// What a new lock says.
#[derive(Debug, Clone)]
struct LockText {
    message: Arc<str>,
    ci_link: Option<Arc<str>>,
    suggested_lifetime: Option<Arc<str>>,
}

/// The command that sets a lock, with a message and nothing else.
#[must_use]
pub fn lock(scope: LockScope, lock_id: LockId, message: &str) -> Command {
    lock_with(scope, lock_id, LockText { message: message.into(), ci_link: None, suggested_lifetime: None })
}

fn lock_with(scope: LockScope, lock_id: LockId, text: LockText) -> Command {
    let LockText { message, ci_link, suggested_lifetime } = text;
    match scope {
        LockScope::Environment { environment } => {
            Command::CreateEnvironmentLock { environment, lock_id, message, ci_link, suggested_lifetime }
        }
        LockScope::Team { environment, team } => {
            Command::CreateTeamLock { environment, team, lock_id, message, ci_link, suggested_lifetime }
        }
        LockScope::Application { environment, application } => Command::CreateApplicationLock {
            environment,
            application,
            lock_id,
            message,
            ci_link,
            suggested_lifetime,
        },
    }
}

/// The command that removes a lock.
#[must_use]
pub fn unlock(scope: LockScope, lock_id: LockId, queued: Option<OnUnlock>) -> Command {
    match scope {
        LockScope::Environment { environment } => {
            Command::DeleteEnvironmentLock { environment, lock_id, queued }
        }
        LockScope::Team { environment, team } => {
            Command::DeleteTeamLock { environment, team, lock_id, queued }
        }
        LockScope::Application { environment, application } => {
            Command::DeleteApplicationLock { environment, application, lock_id, queued }
        }
    }
}

/// One of several things, whatever the number.
#[must_use]
pub fn picked<T>(things: &[T], pick: usize) -> Option<&T> {
    things.get(pick.checked_rem(things.len())?)
}
