//! [`RepositoryFinding`]: what a check of a manifest repository finds.

use std::fmt;

use kuberpult_core::{ApplicationName, EnvironmentName, Finding, Version};
use serde::Serialize;

use crate::layout;

/// Something in a manifest repository that is wrong, or that somebody should know.
///
/// As JSON: an object whose key `code` is [`code`](Self::code).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "code", rename_all_fields = "camelCase")]
#[non_exhaustive]
pub enum RepositoryFinding {
    /// A file or a directory is not what the layout says it is. A command that needs it fails.
    #[serde(rename = "NOT_UNDERSTOOD")]
    NotUnderstood {
        /// The path in the tree; `.` for its root.
        path: String,
        /// What belongs there.
        expected: String,
        /// What is there.
        found: String,
    },
    /// Something cannot be read: git's objects are damaged, or are not there. A command that needs it fails.
    #[serde(rename = "CANNOT_READ")]
    CannotRead {
        /// The path in the tree; `.` for its root.
        path: String,
        /// What git says.
        reason: String,
    },
    /// The manifest that Argo CD applies is not the one of the current release.
    #[serde(rename = "MANIFEST_DIFFERS")]
    ManifestDiffers {
        /// The environment.
        environment: EnvironmentName,
        /// The application.
        application: ApplicationName,
        /// The current version.
        version: Version,
    },
    /// There is no manifest for Argo CD, although a version is deployed.
    #[serde(rename = "MANIFEST_MISSING")]
    ManifestMissing {
        /// The environment.
        environment: EnvironmentName,
        /// The application.
        application: ApplicationName,
        /// The current version.
        version: Version,
    },
    /// An environment has Argo CD settings and no file for Argo CD.
    #[serde(rename = "ARGO_CD_FILE_MISSING")]
    ArgoCdFileMissing {
        /// The environment.
        environment: EnvironmentName,
    },
    /// An environment's file for Argo CD is not what would be written now.
    #[serde(rename = "ARGO_CD_FILE_OUTDATED")]
    ArgoCdFileOutdated {
        /// The environment.
        environment: EnvironmentName,
    },
    /// A finding about the state.
    #[serde(untagged)]
    State(Finding),
}

impl RepositoryFinding {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotUnderstood { .. } => "NOT_UNDERSTOOD",
            Self::CannotRead { .. } => "CANNOT_READ",
            Self::ManifestDiffers { .. } => "MANIFEST_DIFFERS",
            Self::ManifestMissing { .. } => "MANIFEST_MISSING",
            Self::ArgoCdFileMissing { .. } => "ARGO_CD_FILE_MISSING",
            Self::ArgoCdFileOutdated { .. } => "ARGO_CD_FILE_OUTDATED",
            Self::State(finding) => finding.code(),
        }
    }

    /// Whether it is an error. A warning is something that was configured so.
    #[must_use]
    pub fn is_error(&self) -> bool {
        match self {
            Self::NotUnderstood { .. }
            | Self::CannotRead { .. }
            | Self::ManifestDiffers { .. }
            | Self::ManifestMissing { .. }
            | Self::ArgoCdFileMissing { .. }
            | Self::ArgoCdFileOutdated { .. } => true,
            Self::State(finding) => finding.is_error(),
        }
    }
}

impl fmt::Display for RepositoryFinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotUnderstood { path, expected, found } => {
                write!(f, "`{path}` is not understood: expected {expected}, found {found}")
            }
            Self::CannotRead { path, reason } => write!(f, "`{path}` cannot be read: {reason}"),
            Self::ManifestDiffers { environment, application, version } => write!(
                f,
                "the manifest that Argo CD applies for {application:?} in {environment:?} is not the one of version {version}, which is current; deploy it again"
            ),
            Self::ManifestMissing { environment, application, version } => write!(
                f,
                "there is no manifest for Argo CD to apply for {application:?} in {environment:?}, although version {version} is current; deploy it again"
            ),
            Self::ArgoCdFileMissing { environment } => {
                write!(
                    f,
                    "`{}` is missing, although environment {environment:?} has Argo CD settings",
                    layout::argocd(environment)
                )
            }
            Self::ArgoCdFileOutdated { environment } => write!(
                f,
                "`{}` is not what the config of environment {environment:?} and what is deployed there lead to",
                layout::argocd(environment)
            ),
            Self::State(finding) => fmt::Display::fmt(finding, f),
        }
    }
}
