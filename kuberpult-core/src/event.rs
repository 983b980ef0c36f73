//! [`Event`]: what happened.

use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

use crate::blocker::WindowInWords;
use crate::wording::Counted;
use crate::{
    ApplicationName, Blocker, Environment, EnvironmentConfig, EnvironmentName, Lock, LockId, LockScope,
    ManifestId, Release, Slot, TeamName, Version,
};

/// What happened, in the past tense: the only thing that changes a state.
///
/// Events do not repeat who and when; that is the [`Context`](crate::Context) of the command they came from.
/// `Display` gives one line for people, which user-given text cannot break.
///
/// What is large and rare is boxed: a train over ten thousand applications makes as many events.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(
    feature = "serde",
    serde(tag = "event", rename_all = "camelCase", rename_all_fields = "camelCase")
)]
pub enum Event {
    /// An environment was made.
    EnvironmentCreated {
        /// Its name.
        environment: EnvironmentName,
        /// What it is connected to.
        config: Box<EnvironmentConfig>,
    },
    /// An environment got another config.
    EnvironmentUpdated {
        /// The environment.
        environment: EnvironmentName,
        /// The config before.
        from: Box<EnvironmentConfig>,
        /// The config now.
        to: Box<EnvironmentConfig>,
    },
    /// An environment was deleted, with all that was in it.
    EnvironmentDeleted {
        /// Its name.
        environment: EnvironmentName,
        /// What was in it.
        deleted: Box<Environment>,
    },
    /// A release was made.
    ReleaseCreated {
        /// The application; this may be its first release.
        application: ApplicationName,
        /// The version.
        version: Version,
        /// The release.
        release: Release,
    },
    /// An application got an owner or another one, or has none any more.
    TeamChanged {
        /// The application.
        application: ApplicationName,
        /// The team before.
        #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
        from: Option<TeamName>,
        /// The team now.
        #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
        to: Option<TeamName>,
    },
    /// An application's source repository became known or moved, or is not known any more.
    SourceRepoUrlChanged {
        /// The application.
        application: ApplicationName,
        /// The address before.
        #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
        from: Option<Arc<str>>,
        /// The address now.
        #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
        to: Option<Arc<str>>,
    },
    /// A version became the current one; the queue is empty now.
    Deployed {
        /// Where.
        environment: EnvironmentName,
        /// What.
        application: ApplicationName,
        /// The version that is current now.
        version: Version,
        /// The version that was current before.
        #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
        from: Option<Version>,
        /// The version that was in the queue.
        #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
        dequeued: Option<Version>,
        /// The content id of the manifest; none if the version has none for the environment, which only a
        /// [difference](crate::State::events_to) finds.
        #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
        manifest: Option<ManifestId>,
        /// What caused it.
        cause: DeploymentCause,
    },
    /// A version went into the queue instead of being deployed.
    Queued {
        /// Where.
        environment: EnvironmentName,
        /// What.
        application: ApplicationName,
        /// The version that waits now.
        version: Version,
        /// The version that waited before and was displaced: *last deployment wins*.
        #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
        displaced: Option<Version>,
        /// What stood in the way. Never empty in a decision; where the event was found as the
        /// [difference](crate::State::events_to) of two states, what blocks there afterwards, if anything does.
        blockers: Vec<Blocker>,
    },
    /// A version left the queue without being deployed.
    QueueDropped {
        /// Where.
        environment: EnvironmentName,
        /// What.
        application: ApplicationName,
        /// The version that waited.
        version: Version,
        /// Why.
        cause: QueueDropCause,
    },
    /// A lock was set, or replaced.
    LockCreated {
        /// What it locks.
        #[cfg_attr(feature = "serde", serde(flatten))]
        scope: LockScope,
        /// Its id.
        lock_id: LockId,
        /// The lock.
        lock: Box<Lock>,
        /// The lock with this id that was there before.
        #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
        replaced: Option<Box<Lock>>,
    },
    /// A lock was removed.
    LockDeleted {
        /// What it locked.
        #[cfg_attr(feature = "serde", serde(flatten))]
        scope: LockScope,
        /// Its id.
        lock_id: LockId,
        /// The lock that was there.
        lock: Box<Lock>,
    },
    /// An application was taken out of an environment, with its queue and its locks there.
    RemovedFromEnvironment {
        /// Where.
        environment: EnvironmentName,
        /// What.
        application: ApplicationName,
        /// What it had there.
        removed: Box<Slot>,
    },
    /// An application was deleted with all its releases; it had been taken out of each environment before.
    ApplicationUndeployed {
        /// The application.
        application: ApplicationName,
    },
    /// A release was removed by cleanup, because it is old and nowhere in use.
    ReleaseCleanedUp {
        /// The application.
        application: ApplicationName,
        /// The version.
        version: Version,
    },
}

/// What caused a deployment.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "serde", serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase"))]
pub enum DeploymentCause {
    /// The release was made, and the environment's upstream is `latest`.
    NewRelease,
    /// Somebody, or a job, asked for it.
    Automatic,
    /// Somebody asked for it, whatever stood in the way.
    Manual {
        /// What stood in the way.
        overridden: Vec<Blocker>,
        /// Why, for people.
        #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
        reason: Option<Arc<str>>,
    },
    /// A release train brought it.
    ReleaseTrain,
    /// It had been queued, and the last lock went.
    Unlock,
    /// It had been queued, and nothing held it back any more when the queues were settled.
    SettleQueue,
    /// Nobody knows: the event was found as the [difference](crate::State::events_to) of two states.
    Unrecorded,
}

/// Why a queued version was dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
pub enum QueueDropCause {
    /// It is deployed already.
    AlreadyDeployed,
    /// The unlock asked for it, or the environment's config does.
    OnUnlock,
    /// The release, or its manifest for the environment, is gone: upstream's cleanup does not respect queues.
    ReleaseGone,
    /// Nobody knows: the event was found as the [difference](crate::State::events_to) of two states.
    Unrecorded,
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::EnvironmentCreated { environment, .. } => write!(f, "created environment {environment:?}"),
            Self::EnvironmentUpdated { environment, from, to } => {
                write!(f, "updated environment {environment:?}: ")?;
                from.differing_keys(to).enumerate().try_for_each(|(index, key)| {
                    let separator = if index == 0 { "" } else { ", " };
                    write!(f, "{separator}{key}")
                })
            }
            Self::EnvironmentDeleted { environment, deleted } => {
                write!(f, "deleted environment {environment:?}")?;
                let deployed = deleted.slots.values().filter(|slot| slot.current.is_some()).count();
                if deployed == 0 { Ok(()) } else { write!(f, " with {}", Counted(deployed, "application")) }
            }
            Self::ReleaseCreated { application, version, release } => {
                write!(f, "created version {version} of {application:?}")?;
                if release.undeploy {
                    return f.write_str(" to undeploy it");
                }
                match &release.source.display_version {
                    Some(display_version) => write!(f, " ({display_version:?})"),
                    None => Ok(()),
                }
            }
            Self::TeamChanged { application, to: Some(to), .. } => {
                write!(f, "application {application:?} now belongs to team {to:?}")
            }
            Self::TeamChanged { application, to: None, .. } => {
                write!(f, "application {application:?} now belongs to no team")
            }
            Self::SourceRepoUrlChanged { application, to: Some(to), .. } => {
                write!(f, "application {application:?} now comes from {to:?}")
            }
            Self::SourceRepoUrlChanged { application, to: None, .. } => {
                write!(f, "application {application:?} now comes from no known address")
            }
            Self::Deployed { environment, application, version, from, dequeued, cause, .. } => {
                write!(f, "deployed version {version} of {application:?} to {environment:?}{cause}")?;
                match from {
                    Some(from) if from == version => write!(f, " again")?,
                    Some(from) => write!(f, ", was {from}")?,
                    None => {}
                }
                if let Some(dequeued) = dequeued.filter(|dequeued| dequeued != version) {
                    write!(f, ", and dropped version {dequeued} from its queue")?;
                }
                match cause {
                    DeploymentCause::Manual { reason: Some(reason), .. } => write!(f, ": {reason:?}"),
                    _ => Ok(()),
                }
            }
            Self::Queued { environment, application, version, displaced, blockers } => {
                write!(f, "queued version {version} of {application:?} in {environment:?}")?;
                if let Some(displaced) = displaced {
                    write!(f, " in place of {displaced}")?;
                }
                if blockers.is_empty() {
                    return Ok(());
                }
                f.write_str(" behind ")?;
                fmt_blockers(f, blockers)
            }
            Self::QueueDropped { environment, application, version, cause } => {
                write!(f, "dropped queued version {version} of {application:?} in {environment:?}")?;
                f.write_str(match cause {
                    QueueDropCause::AlreadyDeployed => ": it is deployed already",
                    QueueDropCause::OnUnlock => ": what waited here is dropped, not deployed",
                    QueueDropCause::ReleaseGone => ": its release is gone",
                    QueueDropCause::Unrecorded => "",
                })
            }
            Self::LockCreated { scope, lock_id, lock, replaced } => {
                let verb = if replaced.is_some() { "replaced" } else { "created" };
                write!(f, "{verb} lock {lock_id:?} on {scope}")?;
                if lock.message.is_empty() { Ok(()) } else { write!(f, ": {:?}", lock.message) }
            }
            Self::LockDeleted { scope, lock_id, .. } => write!(f, "deleted lock {lock_id:?} on {scope}"),
            Self::RemovedFromEnvironment { environment, application, removed } => {
                write!(f, "removed {application:?} from {environment:?}")?;
                if let Some(current) = removed.current {
                    write!(f, ", was {current}")?;
                }
                if let Some(queued) = removed.queued {
                    write!(f, ", with queued version {queued}")?;
                }
                if removed.locks.is_empty() {
                    Ok(())
                } else {
                    write!(f, ", with {}", Counted(removed.locks.len(), "lock"))
                }
            }
            Self::ApplicationUndeployed { application } => write!(f, "undeployed {application:?}"),
            Self::ReleaseCleanedUp { application, version } => {
                write!(f, "removed version {version} of {application:?} as cleanup")
            }
        }
    }
}

/// How it came about, to follow what was deployed; nothing for what is usual.
impl fmt::Display for DeploymentCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NewRelease | Self::Automatic | Self::ReleaseTrain | Self::Unrecorded => Ok(()),
            Self::Manual { overridden, .. } if overridden.is_empty() => f.write_str(" manually"),
            Self::Manual { overridden, .. } => {
                f.write_str(" manually through ")?;
                fmt_blockers(f, overridden)
            }
            Self::Unlock | Self::SettleQueue => f.write_str(" from the queue"),
        }
    }
}

/// `environment lock "a", lock "b" on team "blue"`, without who and when.
fn fmt_blockers(f: &mut fmt::Formatter<'_>, blockers: &[Blocker]) -> fmt::Result {
    for (index, blocker) in blockers.iter().enumerate() {
        let separator = if index == 0 { "" } else { ", " };
        match blocker {
            Blocker::EnvironmentLock { lock_id, .. } => {
                write!(f, "{separator}environment lock {lock_id:?}")?;
            }
            Blocker::TeamLock { lock_id, team, .. } => {
                write!(f, "{separator}lock {lock_id:?} on team {team:?}")?;
            }
            Blocker::ApplicationLock { lock_id, .. } => {
                write!(f, "{separator}application lock {lock_id:?}")?;
            }
            Blocker::FreezeWindow { window, .. } => {
                write!(f, "{separator}{}", WindowInWords(window))?;
            }
            Blocker::OutsideAllowWindows { .. } => write!(f, "{separator}closed allow windows")?,
        }
    }
    Ok(())
}
