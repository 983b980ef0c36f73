//! [`ManifestRepo`]: one branch of one repository.

use std::fmt;
use std::path::{Path, PathBuf};

use kuberpult_core::{Actor, Command, Context, Decision, ManifestId, State};

use crate::{InitError, OpenError, ReadError, TransactError};

/// The id of a commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CommitId(gix::ObjectId);

impl fmt::Display for CommitId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// How a manifest repository is made.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct InitOptions {
    /// The branch; `main` when not given.
    pub branch: Option<String>,
    /// Whether it is made without a work tree.
    pub bare: bool,
}

/// How a manifest repository is opened.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct OpenOptions {
    /// The branch; the one that is checked out when not given.
    pub branch: Option<String>,
    /// The address at which Argo CD finds the repository; what `kuberpult.json` says, or the address of the
    /// remote, when not given.
    pub argocd_repo_url: Option<String>,
}

/// One branch of one git repository, as a manifest repository.
#[derive(Debug)]
pub struct ManifestRepo {}

/// What a command would lead to now.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The decision.
    pub decision: Decision,
    /// The commit that it was decided on; none in an empty repository.
    pub base: Option<CommitId>,
}

/// What a command led to.
#[derive(Debug, Clone)]
pub struct Receipt {
    /// The decision.
    pub decision: Decision,
    /// The commit that was added; none when there was nothing to do.
    pub commit: Option<CommitId>,
    /// How often it was decided; more than once when others moved the branch meanwhile.
    pub attempts: u32,
}

impl ManifestRepo {
    /// Makes an empty manifest repository, or marks the one that is there.
    pub fn init(directory: &Path, options: &InitOptions) -> Result<Self, InitError> {
        todo!("{directory:?} {options:?}")
    }

    /// Opens the repository around a directory.
    pub fn open(directory: &Path, options: OpenOptions) -> Result<Self, OpenError> {
        todo!("{directory:?} {options:?}")
    }

    /// The repository's directory: the work tree, or the bare repository.
    #[must_use]
    pub fn directory(&self) -> PathBuf {
        todo!()
    }

    /// The branch's short name.
    #[must_use]
    pub fn branch(&self) -> &str {
        todo!()
    }

    /// Who git says the user is: `user.name` and `user.email`, or `GIT_AUTHOR_NAME` and `GIT_AUTHOR_EMAIL`.
    #[must_use]
    pub fn git_identity(&self) -> Option<Actor> {
        todo!()
    }

    /// The newest commit of the branch; none in an empty repository.
    pub fn head(&self) -> Result<Option<CommitId>, ReadError> {
        todo!()
    }

    /// The whole state at the newest commit.
    pub fn state(&self) -> Result<State, ReadError> {
        todo!()
    }

    /// Keeps a manifest for a release that will refer to it. It is written with the commit of that release.
    pub fn add_manifest(&mut self, content: &[u8]) -> ManifestId {
        todo!("{content:?}")
    }

    /// Decides a command on the newest commit and changes nothing: a dry run.
    pub fn plan(&self, context: &Context, command: &Command) -> Result<Plan, TransactError> {
        todo!("{context:?} {command:?}")
    }

    /// Decides a command on the newest commit and writes what it leads to: one commit, or none if there is
    /// nothing to do.
    pub fn transact(&mut self, context: &Context, command: &Command) -> Result<Receipt, TransactError> {
        todo!("{context:?} {command:?}")
    }
}
