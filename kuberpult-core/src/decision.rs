//! [`Decision`]: what a command leads to.

use alloc::vec::Vec;
use core::fmt;

use crate::wording::Listed;
use crate::{ApplicationName, Blocker, EnvironmentName, Event, Finding, TrainReport, Version};

/// What a command leads to: the events, and what did *not* happen and why.
///
/// The events are the plan; applying them is carrying it out.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
pub struct Decision {
    pub(crate) events: Vec<Event>,
    pub(crate) report: Report,
}

impl Decision {
    /// What happens, in order; none when there is nothing to do.
    #[must_use]
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// What else there is to say.
    #[must_use]
    pub fn report(&self) -> &Report {
        &self.report
    }
}

/// A decision about nothing but these events.
impl From<Vec<Event>> for Decision {
    fn from(events: Vec<Event>) -> Self {
        Self { events, report: Report::default() }
    }
}

/// What the events of a decision do not say.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
pub struct Report {
    /// Remarks, in the order in which they came up.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Vec::is_empty"))]
    pub notes: Vec<Note>,
    /// For a release train: what became of each environment and each candidate application.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub train: Option<TrainReport>,
    /// For a batch: the report of each command.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Vec::is_empty"))]
    pub batch: Vec<Report>,
}

/// A remark on a decision: not a reason to refuse, but something that whoever asked should know.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "serde", serde(tag = "note", rename_all = "camelCase", rename_all_fields = "camelCase"))]
#[non_exhaustive]
pub enum Note {
    /// The environment exists with this config already; nothing changed.
    EnvironmentUnchanged {
        /// The environment.
        environment: EnvironmentName,
    },
    /// A finding about the environment's config.
    Finding {
        /// The finding.
        finding: Finding,
    },
    /// The release exists with this content already; nothing changed.
    ReleaseUnchanged {
        /// The application.
        application: ApplicationName,
        /// The version.
        version: Version,
    },
    /// The release is not the newest, so it was deployed nowhere.
    Backfilled {
        /// The application.
        application: ApplicationName,
        /// The version.
        version: Version,
        /// The newest version.
        newest: Version,
    },
    /// The release has a manifest for an environment that does not exist (yet); it is kept.
    ManifestForUnknownEnvironment {
        /// The environment that does not exist.
        environment: EnvironmentName,
    },
    /// The version is in the queue already; nothing changed.
    AlreadyQueued {
        /// The environment.
        environment: EnvironmentName,
        /// The application.
        application: ApplicationName,
        /// The version.
        version: Version,
        /// What it waits for.
        blockers: Vec<Blocker>,
    },
    /// The locked application has no release yet: the lock holds, but the name may be misspelt.
    LockOnUnknownApplication {
        /// The application.
        application: ApplicationName,
    },
    /// The application has nothing in the environment; nothing changed.
    NotInEnvironment {
        /// The environment.
        environment: EnvironmentName,
        /// The application.
        application: ApplicationName,
    },
    /// A train takes the newest releases of now to the environment, although it was asked for versions of the past.
    AsOfHasNoEffect {
        /// The environment, whose upstream is `latest`.
        environment: EnvironmentName,
    },
    /// The lock exists just so already; nothing changed.
    LockUnchanged {
        /// The environment.
        environment: EnvironmentName,
    },
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::EnvironmentUnchanged { environment } => {
                write!(f, "environment {environment:?} exists with this config already")
            }
            Self::Finding { finding } => fmt::Display::fmt(finding, f),
            Self::ReleaseUnchanged { application, version } => {
                write!(f, "version {version} of {application:?} exists with this content already")
            }
            Self::Backfilled { application, version, newest } => {
                write!(
                    f,
                    "version {version} of {application:?} is older than the newest, {newest}: deployed nowhere"
                )
            }
            Self::ManifestForUnknownEnvironment { environment } => {
                write!(f, "there is no environment {environment:?}: its manifest is kept, but not deployed")
            }
            Self::AlreadyQueued { environment, application, version, blockers } => {
                write!(
                    f,
                    "version {version} of {application:?} is queued in {environment:?} already, behind {}",
                    Listed(blockers)
                )
            }
            Self::LockOnUnknownApplication { application } => {
                write!(
                    f,
                    "application {application:?} has no release yet: the lock will hold once it has one"
                )
            }
            Self::NotInEnvironment { environment, application } => {
                write!(f, "application {application:?} has nothing in {environment:?}")
            }
            Self::AsOfHasNoEffect { environment } => {
                write!(
                    f,
                    "the upstream of {environment:?} is latest: it gets the newest releases of now, as of whatever revision the train is"
                )
            }
            Self::LockUnchanged { environment } => {
                write!(f, "the lock on {environment:?} exists just so already")
            }
        }
    }
}
