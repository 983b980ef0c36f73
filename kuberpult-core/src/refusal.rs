//! [`Refusal`]: one thing that stands in a command's way.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use crate::codes::codes;
use crate::nearest::nearest_of;
use crate::wording::{Joined, Known, Listed};
use crate::{
    ApplicationName, Blocker, EnvironmentName, GroupName, LockId, LockScope, NameError, Revision,
    TrainTargetType, Version,
};

/// One thing that stands in a command's way.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "serde", serde(remote = "Self", untagged, rename_all_fields = "camelCase"))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(transform = crate::schema::with_codes))]
#[non_exhaustive]
pub enum Refusal {
    /// A new thing must not have this name.
    #[error("{error}")]
    InvalidName {
        /// What is wrong with it.
        #[cfg_attr(feature = "serde", serde(serialize_with = "as_text"))]
        #[cfg_attr(feature = "schema", schemars(with = "String"))]
        error: NameError,
    },
    /// There is no such environment.
    #[error("unknown environment `{environment}`{}", Known(environment.as_str(), known))]
    EnvironmentNotFound {
        /// The name that was given.
        environment: EnvironmentName,
        /// The environments that there are.
        known: Vec<EnvironmentName>,
    },
    /// There is no such application.
    #[error("unknown application `{application}`: it has no release yet{}", DidYouMean(nearest.as_ref()))]
    ApplicationNotFound {
        /// The name that was given.
        application: ApplicationName,
        /// The name that was probably meant. A decision leaves that open, since it does not look at all applications; who has
        /// them [can say](crate::Rejection::with_nearest_application).
        #[cfg_attr(feature = "serde", serde(skip))]
        nearest: Option<ApplicationName>,
    },
    /// The application has no such release.
    #[error("application `{application}` has no version {version}; {}", Newest(newest.as_ref()))]
    ReleaseNotFound {
        /// The application.
        application: ApplicationName,
        /// The version that was given.
        version: Version,
        /// The newest version that there is.
        newest: Option<Version>,
    },
    /// The release has no manifest for the environment.
    #[error(
        "version {version} of `{application}` has no manifest for environment `{environment}`{}",
        Known(environment.as_str(), known)
    )]
    ManifestNotFound {
        /// The application.
        application: ApplicationName,
        /// The version.
        version: Version,
        /// The environment that was given.
        environment: EnvironmentName,
        /// The environments that the release has a manifest for.
        known: Vec<EnvironmentName>,
    },
    /// Something blocks the automatic deployment.
    #[error(
        "version {version} of `{application}` cannot be deployed to `{environment}` now: {}; deploy manually to go through, or let it queue",
        Listed(blockers)
    )]
    Blocked {
        /// The application.
        application: ApplicationName,
        /// The version.
        version: Version,
        /// The environment.
        environment: EnvironmentName,
        /// Every blocker.
        blockers: Vec<Blocker>,
    },
    /// An environment of that name exists and is configured otherwise.
    #[error("environment `{environment}` exists with another config: {} differ{}; update it to change that", Joined(differing), if differing.len() == 1 { "s" } else { "" })]
    EnvironmentExists {
        /// The environment.
        environment: EnvironmentName,
        /// The keys of the config that differ.
        differing: Vec<&'static str>,
    },
    /// Other environments take their versions from it.
    #[error("environment `{environment}` cannot be deleted: {} {} from it; give {} another upstream, or force the deletion", Joined(downstream), if downstream.len() == 1 { "takes its versions" } else { "take their versions" }, if downstream.len() == 1 { "it" } else { "them" })]
    EnvironmentIsUpstream {
        /// The environment.
        environment: EnvironmentName,
        /// The environments that name it, or the group whose last member it is, as their upstream.
        downstream: Vec<EnvironmentName>,
    },
    /// Applications are deployed in it.
    #[error("environment `{environment}` cannot be deleted: {} {} deployed there; remove {}, or force the deletion", Joined(applications), if applications.len() == 1 { "is" } else { "are" }, if applications.len() == 1 { "it" } else { "them" })]
    ApplicationsDeployed {
        /// The environment.
        environment: EnvironmentName,
        /// What is deployed there.
        applications: Vec<ApplicationName>,
    },
    /// The newest release is no undeploy release.
    #[error(
        "application `{application}` cannot be undeployed: its newest release, {newest}, is no undeploy release; prepare the undeployment first"
    )]
    UndeployNotPrepared {
        /// The application.
        application: ApplicationName,
        /// The newest version.
        newest: Version,
    },
    /// Somewhere another release than an undeploy release is current.
    #[error(
        "application `{application}` cannot be undeployed: it is still deployed, as {}; deploy an undeploy release there first, or remove it from there",
        Placed(still_deployed)
    )]
    StillDeployed {
        /// The application.
        application: ApplicationName,
        /// The environments where it is, with what is current there.
        still_deployed: BTreeMap<EnvironmentName, Version>,
    },
    /// The state at a revision that a train asks for is not there.
    #[error(
        "unknown revision `{revision}`: it names no commit or tag of the manifest repository, or is short for several; give a commit with more of its digits, or a tag"
    )]
    RevisionNotFound {
        /// The revision that was given.
        revision: Revision,
    },
    /// A batch cannot hold a batch.
    #[error("command {position} of the batch is a batch itself; list its commands instead")]
    BatchInBatch {
        /// Where it stands in the batch, from 1.
        position: usize,
    },
    /// A command of a batch is refused, and so the whole batch.
    #[error("command {position} of the batch, {refused}: {refusal}")]
    InBatch {
        /// Where it stands in the batch, from 1.
        position: usize,
        /// The command, in words.
        refused: String,
        /// What stands in its way.
        refusal: Box<Refusal>,
    },
    /// A release without a manifest could be deployed nowhere.
    #[error(
        "a release of `{application}` needs at least one manifest; give one for each environment that it is meant for"
    )]
    NoManifests {
        /// The application.
        application: ApplicationName,
    },
    /// The version exists with other content.
    #[error("version {version} of `{application}` exists with other content: {} differ{}; release it under a new version", Joined(differing), if differing.len() == 1 { "s" } else { "" })]
    ReleaseDiffers {
        /// The application.
        application: ApplicationName,
        /// The version.
        version: Version,
        /// The fields that differ.
        differing: Vec<String>,
    },
    /// Cleanup would already have removed the release.
    #[error(
        "version {version} of `{application}` is too old: cleanup would remove it at once; the oldest version that can be added is {oldest}"
    )]
    ReleaseTooOld {
        /// The application.
        application: ApplicationName,
        /// The version.
        version: Version,
        /// The oldest version that cleanup would keep.
        oldest: Version,
    },
    /// The application has the highest version that can be written.
    #[error(
        "application `{application}` has the highest version there is; no higher one can follow; give a lower version that is free"
    )]
    NoVersionLeft {
        /// The application.
        application: ApplicationName,
    },
    /// There is no such lock.
    #[error("there is no lock `{lock_id}` on {scope}{}", Known(lock_id.as_str(), known))]
    LockNotFound {
        /// Where it was looked for.
        #[cfg_attr(feature = "serde", serde(flatten))]
        scope: LockScope,
        /// The id that was given.
        lock_id: LockId,
        /// The locks that there are in that scope.
        known: Vec<LockId>,
    },
    /// No member of the group has such a lock.
    #[error("no environment of group `{environment_group}` has a lock `{lock_id}`{}", Known(lock_id.as_str(), known))]
    GroupLockNotFound {
        /// The group.
        environment_group: GroupName,
        /// The id that was given.
        lock_id: LockId,
        /// The locks that there are on environments of the group.
        known: Vec<LockId>,
    },
    /// No environment belongs to such a group.
    #[error("unknown environment group `{environment_group}`{}", Known(environment_group.as_str(), known))]
    GroupNotFound {
        /// The name that was given.
        environment_group: GroupName,
        /// The groups that there are.
        known: Vec<GroupName>,
    },
    /// A train's target is neither an environment group nor an environment.
    #[error("unknown release train target `{target}`: it is no {}{}", Target(target_type.as_ref()), Known(target, known))]
    TargetNotFound {
        /// The name that was given.
        target: String,
        /// What it was looked for as; both when not given.
        #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
        target_type: Option<TrainTargetType>,
        /// The names that would have been found.
        known: Vec<String>,
    },
}

codes! {
    /// The stable reason code. A blocked deployment has the code of its first blocker, as upstream has it;
    /// a refused command of a batch has its own.
    Refusal {
        InvalidName => "INVALID_NAME",
        EnvironmentNotFound => "ENVIRONMENT_NOT_FOUND",
        ApplicationNotFound => "APPLICATION_NOT_FOUND",
        ReleaseNotFound => "RELEASE_NOT_FOUND",
        ManifestNotFound => "MANIFEST_NOT_FOUND",
        EnvironmentExists => "ENVIRONMENT_EXISTS",
        EnvironmentIsUpstream => "ENVIRONMENT_IS_UPSTREAM",
        ApplicationsDeployed => "APPLICATIONS_DEPLOYED",
        UndeployNotPrepared => "UNDEPLOY_NOT_PREPARED",
        StillDeployed => "STILL_DEPLOYED",
        RevisionNotFound => "REVISION_NOT_FOUND",
        BatchInBatch => "BATCH_IN_BATCH",
        NoManifests => "NO_MANIFESTS",
        ReleaseDiffers => "RELEASE_EXISTS_WITH_OTHER_CONTENT",
        ReleaseTooOld => "RELEASE_TOO_OLD",
        NoVersionLeft => "NO_VERSION_LEFT",
        LockNotFound => "LOCK_NOT_FOUND",
        GroupLockNotFound => "GROUP_LOCK_NOT_FOUND",
        GroupNotFound => "ENVIRONMENT_GROUP_NOT_FOUND",
        TargetNotFound => "TRAIN_TARGET_NOT_FOUND",
    } else {
        Self::Blocked { blockers, .. } => blockers.first().map_or("DEPLOYMENT_BLOCKED", Blocker::code),
        Self::InBatch { refusal, .. } => refusal.code(),
    }
}

impl Refusal {
    /// The name that was probably meant, where one is like the one that was given.
    #[must_use]
    pub fn nearest(&self) -> Option<String> {
        match self {
            Self::EnvironmentNotFound { environment, known }
            | Self::ManifestNotFound { environment, known, .. } => nearest_of(environment.as_str(), known),
            Self::ApplicationNotFound { nearest, .. } => nearest.as_ref().map(ToString::to_string),
            Self::LockNotFound { lock_id, known, .. } | Self::GroupLockNotFound { lock_id, known, .. } => {
                nearest_of(lock_id.as_str(), known)
            }
            Self::GroupNotFound { environment_group, known } => nearest_of(environment_group.as_str(), known),
            Self::TargetNotFound { target, known, .. } => nearest_of(target, known),
            Self::InBatch { refusal, .. } => refusal.nearest(),
            _ => None,
        }
    }
}

/// The fields, and beside them the code and the name that was probably meant.
#[cfg(feature = "serde")]
impl serde::Serialize for Refusal {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        struct Fields<'a>(&'a Refusal);

        impl serde::Serialize for Fields<'_> {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                Refusal::serialize(self.0, serializer)
            }
        }

        #[derive(serde::Serialize)]
        struct Coded<'a> {
            code: &'static str,
            #[serde(flatten)]
            fields: Fields<'a>,
            #[serde(skip_serializing_if = "Option::is_none")]
            nearest: Option<String>,
        }

        // A refusal within this one says it itself.
        let nearest = if matches!(self, Self::InBatch { .. }) { None } else { self.nearest() };
        Coded { code: self.code(), fields: Fields(self), nearest }.serialize(serializer)
    }
}

#[cfg(feature = "serde")]
fn as_text<S: serde::Serializer>(error: &NameError, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(error)
}

/// `` ; did you mean `cart`? ``
struct DidYouMean<'a>(Option<&'a ApplicationName>);

impl fmt::Display for DidYouMean<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.map_or(Ok(()), |nearest| write!(f, "; did you mean `{nearest}`?"))
    }
}

struct Newest<'a>(Option<&'a Version>);

impl fmt::Display for Newest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(newest) => write!(f, "its newest is {newest}"),
            None => f.write_str("it has none at all"),
        }
    }
}

/// ``version 3 in `staging`, version 2 in `production` ``
struct Placed<'a>(&'a BTreeMap<EnvironmentName, Version>);

impl fmt::Display for Placed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().enumerate().try_for_each(|(index, (environment, version))| {
            let separator = if index == 0 { "" } else { ", " };
            write!(f, "{separator}version {version} in `{environment}`")
        })
    }
}

struct Target<'a>(Option<&'a TrainTargetType>);

impl fmt::Display for Target<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            None => "environment group and no environment",
            Some(TrainTargetType::Environment) => "environment",
            Some(TrainTargetType::EnvironmentGroup) => "environment group",
        })
    }
}
