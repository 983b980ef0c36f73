//! [`Rejection`]: why a command is refused.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use crate::blocker::Listed;
use crate::{
    ApplicationName, Blocker, EnvironmentName, GroupName, LockId, LockScope, NameError, TrainTargetType,
    Version,
};

/// Why a command is refused: everything that stands in its way. Nothing has changed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "serde", serde(transparent))]
pub struct Rejection {
    /// INVARIANT: not empty.
    refusals: Vec<Refusal>,
}

impl Rejection {
    /// Each thing that stands in the way; at least one.
    #[must_use]
    pub fn refusals(&self) -> &[Refusal] {
        &self.refusals
    }

    /// The stable reason code of the first refusal.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.refusals.first().map_or("REJECTED", Refusal::code)
    }

    /// Refuses for several reasons at once.
    pub(crate) fn all(refusals: Vec<Refusal>) -> Self {
        Self { refusals }
    }

    /// Refuses if there is anything to refuse.
    pub(crate) fn unless_empty(refusals: Vec<Refusal>) -> Result<(), Self> {
        if refusals.is_empty() { Ok(()) } else { Err(Self { refusals }) }
    }
}

impl From<Refusal> for Rejection {
    fn from(refusal: Refusal) -> Self {
        Self { refusals: alloc::vec![refusal] }
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, refusal) in self.refusals.iter().enumerate() {
            let separator = if index == 0 { "" } else { "; " };
            write!(f, "{separator}{refusal}")?;
        }
        Ok(())
    }
}

impl core::error::Error for Rejection {}

/// One thing that stands in a command's way.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "serde", serde(remote = "Self", untagged, rename_all_fields = "camelCase"))]
#[non_exhaustive]
pub enum Refusal {
    /// A new thing must not have this name.
    #[error("{error}")]
    InvalidName {
        /// What is wrong with it.
        #[cfg_attr(feature = "serde", serde(serialize_with = "as_text"))]
        error: NameError,
    },
    /// There is no such environment.
    #[error("unknown environment `{environment}`{}", Known(known))]
    EnvironmentNotFound {
        /// The name that was given.
        environment: EnvironmentName,
        /// The environments that there are.
        known: Vec<EnvironmentName>,
    },
    /// There is no such application.
    #[error("unknown application `{application}`: it has no release yet")]
    ApplicationNotFound {
        /// The name that was given.
        application: ApplicationName,
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
        Known(known)
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
    #[error("environment `{environment}` exists with another config: {} differ{}", Joined(differing), if differing.len() == 1 { "s" } else { "" })]
    EnvironmentExists {
        /// The environment.
        environment: EnvironmentName,
        /// The keys of the config that differ.
        differing: Vec<&'static str>,
    },
    /// A release without a manifest could be deployed nowhere.
    #[error("a release of `{application}` needs at least one manifest")]
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
    #[error("application `{application}` has the highest version there is; no higher one can follow")]
    NoVersionLeft {
        /// The application.
        application: ApplicationName,
    },
    /// There is no such lock.
    #[error("there is no lock `{lock_id}` on {scope}{}", Known(known))]
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
    #[error("no environment of group `{environment_group}` has a lock `{lock_id}`")]
    GroupLockNotFound {
        /// The group.
        environment_group: GroupName,
        /// The id that was given.
        lock_id: LockId,
    },
    /// No environment belongs to such a group.
    #[error("unknown environment group `{environment_group}`{}", Known(known))]
    GroupNotFound {
        /// The name that was given.
        environment_group: GroupName,
        /// The groups that there are.
        known: Vec<GroupName>,
    },
    /// A train's target is neither an environment group nor an environment.
    #[error("unknown release train target `{target}`: it is no {}{}", Target(target_type.as_ref()), Known(known))]
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

impl Refusal {
    /// The stable reason code. A blocked deployment has the code of its first blocker, as upstream has it.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::InvalidName { .. } => "INVALID_NAME",
            Self::EnvironmentNotFound { .. } => "ENVIRONMENT_NOT_FOUND",
            Self::ApplicationNotFound { .. } => "APPLICATION_NOT_FOUND",
            Self::ReleaseNotFound { .. } => "RELEASE_NOT_FOUND",
            Self::ManifestNotFound { .. } => "MANIFEST_NOT_FOUND",
            Self::Blocked { blockers, .. } => blockers.first().map_or("DEPLOYMENT_BLOCKED", Blocker::code),
            Self::EnvironmentExists { .. } => "ENVIRONMENT_EXISTS",
            Self::NoManifests { .. } => "NO_MANIFESTS",
            Self::ReleaseDiffers { .. } => "RELEASE_EXISTS_WITH_OTHER_CONTENT",
            Self::ReleaseTooOld { .. } => "RELEASE_TOO_OLD",
            Self::NoVersionLeft { .. } => "NO_VERSION_LEFT",
            Self::LockNotFound { .. } => "LOCK_NOT_FOUND",
            Self::GroupLockNotFound { .. } => "GROUP_LOCK_NOT_FOUND",
            Self::GroupNotFound { .. } => "ENVIRONMENT_GROUP_NOT_FOUND",
            Self::TargetNotFound { .. } => "TRAIN_TARGET_NOT_FOUND",
        }
    }
}

/// The fields, and the code beside them.
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
        }

        Coded { code: self.code(), fields: Fields(self) }.serialize(serializer)
    }
}

#[cfg(feature = "serde")]
fn as_text<S: serde::Serializer>(error: &NameError, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(error)
}

/// `a, b and c`
struct Joined<'a, T>(&'a [T]);

impl<T: fmt::Display> fmt::Display for Joined<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, item) in self.0.iter().enumerate() {
            let separator = match index {
                0 => "",
                _ if index + 1 == self.0.len() => " and ",
                _ => ", ",
            };
            write!(f, "{separator}`{item}`")?;
        }
        Ok(())
    }
}

/// `; known: a, b and c`: what would have been found, if anything. Long lists are cut: a line is read in anger.
struct Known<'a, T>(&'a [T]);

impl<T: fmt::Display> fmt::Display for Known<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SHOWN: usize = 10;
        match self.0.split_at_checked(SHOWN) {
            _ if self.0.is_empty() => Ok(()),
            Some((shown, rest)) if !rest.is_empty() => {
                f.write_str("; known:")?;
                shown.iter().try_for_each(|item| write!(f, " `{item}`,"))?;
                write!(f, " and {} more", rest.len())
            }
            _ => write!(f, "; known: {}", Joined(self.0)),
        }
    }
}

struct Newest<'a>(Option<&'a Version>);

impl fmt::Display for Newest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(newest) => write!(f, "its newest is {newest}"),
            None => f.write_str("it has none"),
        }
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
