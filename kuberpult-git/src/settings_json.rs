//! `kuberpult.json`: settings of the repository.

use std::num::NonZeroU32;

use serde::Deserialize;

use crate::unread_keys::{Misread, only_document};

/// What `kuberpult.json` says. Every key is optional.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct RepositorySettings {
    /// The address at which Argo CD finds the repository: `argocd.repoUrl`.
    pub(crate) argocd_repo_url: Option<String>,
    /// How many releases of an application cleanup keeps: `releasesKept`.
    pub(crate) releases_kept: Option<NonZeroU32>,
    /// Who commits: `committer`.
    pub(crate) committer: Option<Committer>,
}

/// Who commits; the author of a commit is whoever gave the command.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Committer {
    /// The name, when it is given.
    pub(crate) name: Option<String>,
    /// The mail address, when it is given.
    pub(crate) email: Option<String>,
}

/// Why a text is no `kuberpult.json`. Reads well after "found".
#[derive(Debug, thiserror::Error)]
pub(crate) enum SettingsError {
    /// It is no JSON, or a value has the wrong form.
    #[error("something else: {0}")]
    Malformed(Misread),
    /// It has keys that nothing reads, each with its path.
    #[error("unknown keys: {}", keys.join(", "))]
    UnknownKeys {
        /// The keys.
        keys: Vec<String>,
    },
}

/// The file's form.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct File {
    argocd: ArgoCd,
    releases_kept: Option<NonZeroU32>,
    committer: Option<Committer>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct ArgoCd {
    repo_url: Option<String>,
}

impl RepositorySettings {
    /// Reads `kuberpult.json`.
    ///
    /// # Errors
    /// The text is no such file, or has keys that mean nothing.
    pub(crate) fn from_json(text: &str) -> Result<Self, SettingsError> {
        let (file, keys): (File, _) = only_document(text).map_err(SettingsError::Malformed)?;
        if !keys.is_empty() {
            return Err(SettingsError::UnknownKeys { keys });
        }
        Ok(Self {
            argocd_repo_url: file.argocd.repo_url,
            releases_kept: file.releases_kept,
            committer: file.committer,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_is_read() {
        let text = r#"{"argocd": {"repoUrl": "ssh://git@example.com/m.git"}, "releasesKept": 20,
            "committer": {"name": "Jo", "email": "jo@example.com"}}"#;
        let settings = RepositorySettings::from_json(text).unwrap();
        assert_eq!(settings.argocd_repo_url.as_deref(), Some("ssh://git@example.com/m.git"));
        assert_eq!(settings.releases_kept, NonZeroU32::new(20));
        let committer = Committer { name: Some("Jo".into()), email: Some("jo@example.com".into()) };
        assert_eq!(settings.committer, Some(committer));
    }

    #[test]
    fn every_key_is_optional() {
        assert_eq!(RepositorySettings::from_json("{}\n").unwrap(), RepositorySettings::default());
        assert_eq!(
            RepositorySettings::from_json(r#"{"argocd": {}}"#).unwrap(),
            RepositorySettings::default()
        );
        let settings = RepositorySettings::from_json(r#"{"committer": {"name": "Jo"}}"#).unwrap();
        assert_eq!(settings.committer, Some(Committer { name: Some("Jo".into()), email: None }));
    }

    #[test]
    fn unknown_keys_are_refused_by_name_and_path() {
        let text = r#"{"argocd": {"repoURL": "x"}, "releaseskept": 3, "committer": {"mail": "x"}}"#;
        assert_eq!(
            RepositorySettings::from_json(text).unwrap_err().to_string(),
            "unknown keys: argocd.repoURL, releaseskept, committer.mail"
        );
    }

    #[test]
    fn what_is_no_settings_file_is_refused() {
        for text in
            ["", "[1]", "{} {}", r#"{"releasesKept": 0}"#, r#"{"releasesKept": -1}"#, r#"{"argocd": 1}"#]
        {
            let error = RepositorySettings::from_json(text).unwrap_err();
            assert!(matches!(error, SettingsError::Malformed(_)), "{text}: {error}");
        }
        assert_eq!(
            RepositorySettings::from_json(r#"{"releasesKept": 0}"#).unwrap_err().to_string(),
            "something else: `releasesKept`: invalid value: integer `0`, expected a positive integer at line 1 column 18"
        );
    }
}
