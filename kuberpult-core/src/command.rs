//! [`Command`]: what someone wants.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

use crate::{
    ApplicationName, EnvironmentConfig, EnvironmentName, GroupName, LockId, ManifestId, OnUnlock, Revision,
    TeamName, Version,
};

/// What someone wants done. [`State::decide`](crate::State::decide) says what it leads to.
///
/// With feature `serde`: an object whose key `command` names the command, unknown keys refused.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(
    feature = "serde",
    serde(tag = "command", rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)
)]
pub enum Command {
    /// Makes an environment.
    CreateEnvironment {
        /// Its name.
        environment: EnvironmentName,
        /// What it is connected to.
        config: EnvironmentConfig,
    },
    /// Gives an environment another config.
    UpdateEnvironment {
        /// The environment.
        environment: EnvironmentName,
        /// What it is connected to from now on; replaces the whole config.
        config: EnvironmentConfig,
    },
    /// Deletes an environment, with its locks and slots.
    DeleteEnvironment {
        /// The environment.
        environment: EnvironmentName,
        /// Whether it goes although applications are deployed there, or other environments take their versions
        /// from it.
        #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "core::ops::Not::not"))]
        force: bool,
    },
    /// Makes a release, and deploys it where the upstream is `latest` if it is the newest.
    CreateRelease(CreateRelease),
    /// Deploys one version of one application to one environment.
    Deploy(Deploy),
    /// Locks an environment.
    CreateEnvironmentLock {
        /// The environment.
        environment: EnvironmentName,
        /// The lock's id; a lock with this id is replaced.
        lock_id: LockId,
        /// Why, for people.
        message: Arc<str>,
        /// The CI job that sets the lock.
        #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
        ci_link: Option<Arc<str>>,
        /// How long it is meant to stay, as text.
        #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
        suggested_lifetime: Option<Arc<str>>,
    },
    /// Locks an application in an environment.
    CreateApplicationLock {
        /// The environment.
        environment: EnvironmentName,
        /// The application; it need not be deployed there, nor exist.
        application: ApplicationName,
        /// The lock's id; a lock with this id is replaced.
        lock_id: LockId,
        /// Why, for people.
        message: Arc<str>,
        /// The CI job that sets the lock.
        #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
        ci_link: Option<Arc<str>>,
        /// How long it is meant to stay, as text.
        #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
        suggested_lifetime: Option<Arc<str>>,
    },
    /// Locks a team's applications in an environment.
    CreateTeamLock {
        /// The environment.
        environment: EnvironmentName,
        /// The team.
        team: TeamName,
        /// The lock's id; a lock with this id is replaced.
        lock_id: LockId,
        /// Why, for people.
        message: Arc<str>,
        /// The CI job that sets the lock.
        #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
        ci_link: Option<Arc<str>>,
        /// How long it is meant to stay, as text.
        #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
        suggested_lifetime: Option<Arc<str>>,
    },
    /// Locks each environment that is in a group now.
    CreateGroupLock {
        /// The environment group.
        environment_group: GroupName,
        /// The id of the lock on each member.
        lock_id: LockId,
        /// Why, for people.
        message: Arc<str>,
        /// The CI job that sets the lock.
        #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
        ci_link: Option<Arc<str>>,
        /// How long it is meant to stay, as text.
        #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
        suggested_lifetime: Option<Arc<str>>,
    },
    /// Removes a lock from an environment.
    DeleteEnvironmentLock {
        /// The environment.
        environment: EnvironmentName,
        /// The lock's id.
        lock_id: LockId,
        /// What happens to queued versions that nothing holds back then; what the environment's config says when not given.
        #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
        queued: Option<OnUnlock>,
    },
    /// Removes a lock from an application in an environment.
    DeleteApplicationLock {
        /// The environment.
        environment: EnvironmentName,
        /// The application.
        application: ApplicationName,
        /// The lock's id.
        lock_id: LockId,
        /// As in [`Command::DeleteEnvironmentLock`].
        #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
        queued: Option<OnUnlock>,
    },
    /// Removes a lock from a team in an environment.
    DeleteTeamLock {
        /// The environment.
        environment: EnvironmentName,
        /// The team.
        team: TeamName,
        /// The lock's id.
        lock_id: LockId,
        /// As in [`Command::DeleteEnvironmentLock`].
        #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
        queued: Option<OnUnlock>,
    },
    /// Removes a lock from each environment of a group that has it.
    DeleteGroupLock {
        /// The environment group.
        environment_group: GroupName,
        /// The lock's id.
        lock_id: LockId,
        /// As in [`Command::DeleteEnvironmentLock`].
        #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
        queued: Option<OnUnlock>,
    },
    /// Carries the versions of the upstream to an environment, or to each environment of a group.
    ReleaseTrain(ReleaseTrain),
    /// Settles, as an unlock does, each queue that nothing holds back now. So queues empty after a freeze window
    /// has closed; it is triggered from outside, like a train.
    SettleQueue {
        /// Only the queues of this environment.
        #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
        environment: Option<EnvironmentName>,
    },
    /// Makes an undeploy release: the next version, with an empty manifest for each environment. It travels as any
    /// release does.
    PrepareUndeploy {
        /// The application.
        application: ApplicationName,
    },
    /// Deletes an application everywhere, with its locks and queues, once an undeploy release is current wherever
    /// it is deployed.
    Undeploy {
        /// The application.
        application: ApplicationName,
    },
    /// Deletes what one application has in one environment: version, queue and locks.
    RemoveFromEnvironment {
        /// The environment.
        environment: EnvironmentName,
        /// The application.
        application: ApplicationName,
    },
    /// Several commands, each decided on the state that the ones before it lead to: all of them or none, in one
    /// transition.
    Batch {
        /// The commands, none of them a batch.
        commands: Vec<Command>,
    },
}

/// A new release: the content of [`Command::CreateRelease`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase", deny_unknown_fields))]
pub struct CreateRelease {
    /// The application; its first release makes it.
    pub application: ApplicationName,
    /// The version; the highest so far plus one when not given.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub version: Option<Version>,
    /// The manifest for each environment; at least one.
    pub manifests: BTreeMap<EnvironmentName, ManifestId>,
    /// The team that owns the application from now on; unchanged when not given.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub team: Option<TeamName>,
    /// The commit id in the source repository.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub source_commit_id: Option<Arc<str>>,
    /// The commit's author.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub source_author: Option<Arc<str>>,
    /// The commit's message.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub source_message: Option<Arc<str>>,
    /// What people call the version.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub display_version: Option<Arc<str>>,
    /// The address of the application's source repository; unchanged when not given.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub source_repo_url: Option<Arc<str>>,
}

impl CreateRelease {
    /// A release with the next free version and nothing known about its source.
    #[must_use]
    pub fn new(application: ApplicationName, manifests: BTreeMap<EnvironmentName, ManifestId>) -> Self {
        Self {
            application,
            version: None,
            manifests,
            team: None,
            source_commit_id: None,
            source_author: None,
            source_message: None,
            display_version: None,
            source_repo_url: None,
        }
    }
}

/// A deployment: the content of [`Command::Deploy`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase", deny_unknown_fields))]
pub struct Deploy {
    /// Where to.
    pub environment: EnvironmentName,
    /// What.
    pub application: ApplicationName,
    /// Which version.
    pub version: Version,
    /// What happens when something blocks it.
    #[cfg_attr(feature = "serde", serde(default))]
    pub on_lock: OnLock,
    /// Why, for people; kept with a manual deployment.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub reason: Option<Arc<str>>,
}

/// What a deployment does when something blocks it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
pub enum OnLock {
    /// Automatic: waits in the queue.
    #[default]
    Queue,
    /// Automatic: is refused, with every blocker named.
    Fail,
    /// Manual: goes through.
    Ignore,
}

/// A release train: the content of [`Command::ReleaseTrain`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase", deny_unknown_fields))]
pub struct ReleaseTrain {
    /// The name of an environment group or of an environment; a group goes first.
    pub target: String,
    /// Which of the two the target is, whatever else has that name.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub target_type: Option<TrainTargetType>,
    /// Only this team's applications.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub team: Option<TeamName>,
    /// Takes the versions that were current upstream at this revision of the manifest repository; those that are
    /// current now when not given. Newest releases are the newest ones now, whatever is given.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub as_of: Option<Revision>,
    /// What happens to applications that something blocks.
    #[cfg_attr(feature = "serde", serde(default))]
    pub on_lock: TrainOnLock,
}

impl ReleaseTrain {
    /// A train for all applications that queues what is blocked.
    pub fn new(target: impl Into<String>) -> Self {
        Self {
            target: target.into(),
            target_type: None,
            team: None,
            as_of: None,
            on_lock: TrainOnLock::Queue,
        }
    }
}

/// What a train's target is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
pub enum TrainTargetType {
    /// One environment.
    Environment,
    /// The environments of a group.
    EnvironmentGroup,
}

/// What a train does with an application that something blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
pub enum TrainOnLock {
    /// Puts its upstream version into the queue.
    #[default]
    Queue,
    /// Leaves it and its queue as they are, as later upstream versions do.
    Skip,
}

/// What is asked for, in a few words: the subject of a commit before it is known what came of it.
///
/// ```
/// use kuberpult_core::{Command, ReleaseTrain};
/// assert_eq!(Command::ReleaseTrain(ReleaseTrain::new("staging")).to_string(), r#"release train to "staging""#);
/// ```
impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CreateEnvironment { environment, .. } => write!(f, "create environment {environment:?}"),
            Self::UpdateEnvironment { environment, .. } => write!(f, "update environment {environment:?}"),
            Self::DeleteEnvironment { environment, .. } => write!(f, "delete environment {environment:?}"),
            Self::CreateRelease(CreateRelease { application, version: Some(version), .. }) => {
                write!(f, "create release {version} of {application:?}")
            }
            Self::CreateRelease(CreateRelease { application, version: None, .. }) => {
                write!(f, "create a release of {application:?}")
            }
            Self::Deploy(Deploy { environment, application, version, on_lock, .. }) => {
                write!(f, "deploy version {version} of {application:?} to {environment:?}")?;
                if *on_lock == OnLock::Ignore { f.write_str(" manually") } else { Ok(()) }
            }
            Self::CreateEnvironmentLock { environment, lock_id, .. } => {
                write!(f, "create lock {lock_id:?} on environment {environment:?}")
            }
            Self::CreateApplicationLock { environment, application, lock_id, .. } => {
                write!(
                    f,
                    "create lock {lock_id:?} on application {application:?} in environment {environment:?}"
                )
            }
            Self::CreateTeamLock { environment, team, lock_id, .. } => {
                write!(f, "create lock {lock_id:?} on team {team:?} in environment {environment:?}")
            }
            Self::CreateGroupLock { environment_group, lock_id, .. } => {
                write!(f, "create lock {lock_id:?} on environment group {environment_group:?}")
            }
            Self::DeleteEnvironmentLock { environment, lock_id, .. } => {
                write!(f, "delete lock {lock_id:?} on environment {environment:?}")
            }
            Self::DeleteApplicationLock { environment, application, lock_id, .. } => {
                write!(
                    f,
                    "delete lock {lock_id:?} on application {application:?} in environment {environment:?}"
                )
            }
            Self::DeleteTeamLock { environment, team, lock_id, .. } => {
                write!(f, "delete lock {lock_id:?} on team {team:?} in environment {environment:?}")
            }
            Self::DeleteGroupLock { environment_group, lock_id, .. } => {
                write!(f, "delete lock {lock_id:?} on environment group {environment_group:?}")
            }
            Self::ReleaseTrain(ReleaseTrain { target, team, as_of, .. }) => {
                write!(f, "release train to {target:?}")?;
                if let Some(team) = team {
                    write!(f, " for team {team:?}")?;
                }
                as_of.as_ref().map_or(Ok(()), |as_of| write!(f, " as of {as_of:?}"))
            }
            Self::SettleQueue { environment: None } => f.write_str("settle the queues"),
            Self::SettleQueue { environment: Some(environment) } => {
                write!(f, "settle the queues of environment {environment:?}")
            }
            Self::PrepareUndeploy { application } => write!(f, "prepare to undeploy {application:?}"),
            Self::Undeploy { application } => write!(f, "undeploy {application:?}"),
            Self::RemoveFromEnvironment { environment, application } => {
                write!(f, "remove {application:?} from {environment:?}")
            }
            Self::Batch { commands } => write!(f, "batch of {} commands", commands.len()),
        }
    }
}
