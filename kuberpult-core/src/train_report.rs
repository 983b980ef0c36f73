//! [`TrainReport`]: what became of each environment and each candidate application of a release train.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use crate::codes::codes;
use crate::wording::Listed;
use crate::{ApplicationName, Blocker, EnvironmentName, Revision, TeamName, TrainTargetType, Version};

/// What became of a release train: per target environment, in name order.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
pub struct TrainReport {
    /// The target that was asked for.
    pub target: String,
    /// What it turned out to be.
    pub target_type: TrainTargetType,
    /// The team whose applications alone were candidates.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub team: Option<TeamName>,
    /// The revision whose versions were taken.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub as_of: Option<Revision>,
    /// Each target environment.
    pub environments: Vec<EnvironmentReport>,
}

/// What became of one target environment of a train.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
pub struct EnvironmentReport {
    /// The environment.
    pub environment: EnvironmentName,
    /// Where the versions came from, if the config says so in a way that works.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub upstream: Option<TrainUpstream>,
    /// Why the environment was skipped, if it was. The outcomes then say what each application would have had.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub skipped: Option<EnvironmentCause>,
    /// Each candidate application with its one outcome, in name order.
    pub applications: Vec<ApplicationReport>,
}

/// Where a train takes its versions from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
pub enum TrainUpstream {
    /// The newest releases.
    Latest,
    /// What is current in an environment.
    Environment(EnvironmentName),
}

impl fmt::Display for TrainUpstream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Latest => f.write_str("latest"),
            Self::Environment(environment) => environment.fmt(f),
        }
    }
}

/// Why a train skipped an environment.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "serde", serde(tag = "code", rename_all_fields = "camelCase"))]
pub enum EnvironmentCause {
    /// Its config has no upstream.
    #[cfg_attr(feature = "serde", serde(rename = "ENV_HAS_NO_UPSTREAM"))]
    NoUpstream,
    /// Its upstream is neither `latest` nor an environment.
    #[cfg_attr(feature = "serde", serde(rename = "ENV_HAS_NO_UPSTREAM_LATEST_OR_UPSTREAM_ENV"))]
    NeitherLatestNorEnvironment,
    /// Its upstream is both `latest` and an environment.
    #[cfg_attr(feature = "serde", serde(rename = "ENV_HAS_BOTH_UPSTREAM_LATEST_AND_UPSTREAM_ENV"))]
    BothLatestAndEnvironment,
    /// Its upstream environment does not exist.
    #[cfg_attr(feature = "serde", serde(rename = "UPSTREAM_ENV_CONFIG_NOT_FOUND"))]
    UpstreamNotFound {
        /// The environment that does not exist.
        upstream: EnvironmentName,
    },
    /// Going upstream from it leads back to it.
    #[cfg_attr(feature = "serde", serde(rename = "UPSTREAM_ENVS_FORM_A_CYCLE"))]
    UpstreamCycle {
        /// The environments of the cycle, from this one upstream.
        cycle: Vec<EnvironmentName>,
    },
    /// It is locked.
    #[cfg_attr(feature = "serde", serde(rename = "ENV_IS_LOCKED"))]
    Locked {
        /// Every environment-level blocker; at least one is a lock.
        blockers: Vec<Blocker>,
    },
    /// Freeze windows keep every application from it.
    #[cfg_attr(feature = "serde", serde(rename = "ENV_IS_FROZEN"))]
    Frozen {
        /// Every environment-level blocker; none is a lock.
        blockers: Vec<Blocker>,
    },
}

codes! {
    /// The stable reason code, upstream's where it has one.
    EnvironmentCause {
        NoUpstream => "ENV_HAS_NO_UPSTREAM",
        NeitherLatestNorEnvironment => "ENV_HAS_NO_UPSTREAM_LATEST_OR_UPSTREAM_ENV",
        BothLatestAndEnvironment => "ENV_HAS_BOTH_UPSTREAM_LATEST_AND_UPSTREAM_ENV",
        UpstreamNotFound => "UPSTREAM_ENV_CONFIG_NOT_FOUND",
        UpstreamCycle => "UPSTREAM_ENVS_FORM_A_CYCLE",
        Locked => "ENV_IS_LOCKED",
        Frozen => "ENV_IS_FROZEN",
    }
}

impl EnvironmentCause {
    /// The cause that environment-level blockers are; none if there are none.
    pub(crate) fn of_blockers(blockers: &[Blocker]) -> Option<Self> {
        let locked = blockers.first()?.lock().is_some();
        let blockers = blockers.to_vec();
        Some(if locked { Self::Locked { blockers } } else { Self::Frozen { blockers } })
    }
}

impl fmt::Display for EnvironmentCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoUpstream => f.write_str("its config has no upstream"),
            Self::NeitherLatestNorEnvironment => {
                f.write_str("its upstream is neither `latest` nor an environment")
            }
            Self::BothLatestAndEnvironment => f.write_str("its upstream is both `latest` and an environment"),
            Self::UpstreamNotFound { upstream } => write!(f, "its upstream {upstream:?} does not exist"),
            Self::UpstreamCycle { cycle } => {
                f.write_str("its upstreams form a cycle: ")?;
                cycle.iter().try_for_each(|environment| write!(f, "{environment} <- "))?;
                cycle.first().map_or(Ok(()), |first| first.fmt(f))
            }
            Self::Locked { blockers } | Self::Frozen { blockers } => Listed(blockers).fmt(f),
        }
    }
}

/// What became of one candidate application of a train.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
pub struct ApplicationReport {
    /// The application.
    pub application: ApplicationName,
    /// Its outcome.
    #[cfg_attr(feature = "serde", serde(flatten))]
    pub outcome: Outcome,
}

/// What a train does with a candidate application. Each candidate has exactly one outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(
    feature = "serde",
    serde(tag = "outcome", rename_all = "camelCase", rename_all_fields = "camelCase")
)]
pub enum Outcome {
    /// Its upstream version becomes current.
    Deployed {
        /// The version that was current before.
        #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
        from: Option<Version>,
        /// The upstream version.
        to: Version,
        /// Another version that waited in the queue and leaves it without being deployed.
        #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
        dropped: Option<Version>,
    },
    /// Its upstream version waits in the queue.
    Queued {
        /// The upstream version.
        version: Version,
        /// Another version that waited before and was displaced.
        #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
        displaced: Option<Version>,
        /// Everything it waits for.
        blockers: Vec<Blocker>,
    },
    /// Something blocks it, and the train was told not to queue: it stays as it is.
    Blocked {
        /// The upstream version.
        version: Version,
        /// Everything that stands in the way.
        blockers: Vec<Blocker>,
    },
    /// There is nothing to do, or nothing that could be done.
    Skipped {
        /// Why.
        cause: ApplicationCause,
    },
}

/// Why a train left a candidate application alone.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "serde", serde(tag = "code", rename_all_fields = "camelCase"))]
pub enum ApplicationCause {
    /// Upstream has no version of it: locks only, or a queued version only.
    #[cfg_attr(feature = "serde", serde(rename = "APP_HAS_NO_VERSION_IN_UPSTREAM_ENV"))]
    NoVersionUpstream,
    /// The upstream version has no manifest for the environment.
    #[cfg_attr(feature = "serde", serde(rename = "APP_DOES_NOT_EXIST_IN_ENV"))]
    NotInEnvironment {
        /// The upstream version.
        version: Version,
    },
    /// The upstream version is deployed already.
    #[cfg_attr(feature = "serde", serde(rename = "APP_ALREADY_IN_UPSTREAM_VERSION"))]
    AlreadyDeployed {
        /// The upstream version.
        version: Version,
    },
}

codes! {
    /// The stable reason code, upstream's.
    ApplicationCause {
        NoVersionUpstream => "APP_HAS_NO_VERSION_IN_UPSTREAM_ENV",
        NotInEnvironment => "APP_DOES_NOT_EXIST_IN_ENV",
        AlreadyDeployed => "APP_ALREADY_IN_UPSTREAM_VERSION",
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Deployed { from, to, dropped } => {
                f.write_str("deployed ")?;
                if let Some(from) = from {
                    write!(f, "{from} -> ")?;
                }
                write!(f, "{to}")?;
                dropped.map_or(Ok(()), |dropped| write!(f, ", and dropped {dropped} from its queue"))
            }
            Self::Queued { version, displaced, blockers } => {
                write!(f, "queued {version}")?;
                if let Some(displaced) = displaced {
                    write!(f, " in place of {displaced}")?;
                }
                write!(f, " behind {}", Listed(blockers))
            }
            Self::Blocked { version, blockers } => {
                write!(f, "left alone, {version} is blocked by {}", Listed(blockers))
            }
            Self::Skipped { cause: ApplicationCause::NoVersionUpstream } => {
                f.write_str("skipped: no version upstream")
            }
            Self::Skipped { cause: ApplicationCause::NotInEnvironment { version } } => {
                write!(f, "skipped: version {version} has no manifest for this environment")
            }
            Self::Skipped { cause: ApplicationCause::AlreadyDeployed { version } } => {
                write!(f, "skipped: version {version} is deployed already")
            }
        }
    }
}
