//! [`Remote`]: which repository is meant, and how it may be shown.

use std::fmt;
use std::path::Path;

use super::RemoteError;
use super::words::{self, Secrets};
use crate::git_command;

mod parse;

pub(super) use parse::Address;

/// A remote repository: a remote of a repository's configuration, or an address.
///
/// It is shown without passwords, and without the user of an `http` address, because tokens are put there.
#[derive(Debug, Clone)]
pub(crate) struct Remote {
    /// What git is given to fetch from.
    fetch: String,
    /// What git is given to push to, and to look at what became of a push.
    push: String,
    shown: String,
    /// The address without what is secret in it.
    identity: String,
    pub(super) secrets: Secrets,
    /// Settings of git for it.
    pub(super) settings: Vec<String>,
}

impl fmt::Display for Remote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

impl Remote {
    /// The remote with this name in a repository's configuration, or the one at this address.
    pub(crate) fn find(git_dir: &Path, text: &str) -> Result<Self, RemoteError> {
        // Only what cannot be a name is an address without asking.
        if !is_name(text) {
            return Self::at(text);
        }
        match Self::named(git_dir, text) {
            Err(RemoteError::UnknownRemote { .. }) if text.contains('/') => Self::at(text),
            other => other,
        }
    }

    /// The remote at an address: a directory, or a URL.
    pub(crate) fn at(text: &str) -> Result<Self, RemoteError> {
        let address = Address::parse(text)?;
        Ok(Self {
            fetch: address.for_git.clone(),
            push: address.for_git,
            shown: format!("`{}`", address.shown),
            identity: address.shown,
            secrets: Secrets::new(address.secrets),
            settings: Vec::new(),
        })
    }

    /// The remote with this name in a repository's configuration.
    pub(crate) fn named(git_dir: &Path, name: &str) -> Result<Self, RemoteError> {
        let unknown = || RemoteError::UnknownRemote { name: words::shown(name), git_dir: git_dir.to_owned() };
        if !is_name(name) {
            return Err(unknown());
        }
        let addresses = |arguments: &[&str]| -> Result<Address, RemoteError> {
            let output = git_command::run_with_remote(git_dir, &[], arguments, None)
                .map_err(|source| RemoteError::no_git(format!("`{name}`"), source))?;
            let printed = String::from_utf8_lossy(&output.stdout);
            let mut lines = printed.lines();
            match (lines.next(), lines.next()) {
                (Some(only), None) if output.success => Address::parse_configured(only),
                (Some(_), Some(_)) if output.success => {
                    Err(RemoteError::SeveralAddresses { name: name.to_owned() })
                }
                _ => Err(unknown()),
            }
        };
        let fetch = addresses(&["remote", "get-url", "--all", "--", name])?;
        let push = addresses(&["remote", "get-url", "--all", "--push", "--", name])?;
        // A name that is unknown to `git remote` by itself is taken for a path by it.
        if fetch.for_git == name {
            return Err(unknown());
        }
        let shown = if fetch.shown == push.shown {
            format!("`{name}` (`{}`)", fetch.shown)
        } else {
            format!("`{name}` (`{}`, pushed to `{}`)", fetch.shown, push.shown)
        };
        Ok(Self {
            fetch: name.to_owned(),
            // What is looked at after a push is where it went, and `git fetch` would go elsewhere by that name.
            push: if fetch.for_git == push.for_git { name.to_owned() } else { push.for_git },
            shown,
            identity: fetch.shown,
            secrets: Secrets::new(fetch.secrets.into_iter().chain(push.secrets).collect()),
            settings: vec![format!("remote.{name}.mirror=false")],
        })
    }

    /// What git is given to fetch from.
    pub(super) fn fetched_from(&self) -> &str {
        &self.fetch
    }

    /// What git is given to push to.
    pub(super) fn pushed_to(&self) -> &str {
        &self.push
    }

    /// The address without what is secret in it: the same whatever token is used today.
    pub(crate) fn identity(&self) -> &str {
        &self.identity
    }

    /// The same remote with a setting of git, such as `core.sshCommand=..`, which tests cannot give otherwise.
    #[cfg(test)]
    pub(super) fn with_setting(mut self, setting: String) -> Self {
        self.settings.push(setting);
        self
    }
}

/// Whether a remote may have this name. Git takes more, but nothing that anybody uses.
fn is_name(name: &str) -> bool {
    let is_usual = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '/' | '+');
    !name.is_empty() && !name.starts_with(['-', '.', '/', '+']) && name.chars().all(is_usual)
}
