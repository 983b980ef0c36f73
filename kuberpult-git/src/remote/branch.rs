//! [`RemoteBranch`]: one branch of a remote, and the repository here that keeps its commits.

use std::path::{Path, PathBuf};

use gix::ObjectId;

use super::fetch_lock::FetchLock;
use super::words::{self, Words};
use super::{Remote, RemoteError, cache_name, reference};
use crate::plain_text::is_visible;
use crate::{Cause, git_command, open};

/// The file in a user's repository on which processes that fetch wait for each other.
const LOCK: &str = "kuberpult-fetch.lock";

/// One branch of a remote, and the repository here in which its commits are kept.
#[derive(Debug, Clone)]
pub(crate) struct RemoteBranch {
    pub(super) git_dir: PathBuf,
    pub(super) remote: Remote,
    /// The short name.
    pub(super) branch: String,
    /// Where its newest commit is kept here.
    private_reference: String,
    lock: PathBuf,
    /// Whether only kuberpult works in the repository here.
    is_managed: bool,
}

/// What came of running git.
pub(super) struct Run {
    pub(super) success: bool,
    pub(super) stdout: Vec<u8>,
    pub(super) words: Words,
}

impl RemoteBranch {
    /// A branch of a remote of somebody's repository. `git_dir` is its common git directory.
    ///
    /// # Errors
    /// There can be no such branch.
    pub(crate) fn new(git_dir: &Path, remote: Remote, branch: &str) -> Result<Self, RemoteError> {
        // One branch of two remotes is two branches.
        let key = cache_name::of(&remote, branch)?;
        Self::with_lock(git_dir, remote, branch, &key, git_dir.join(LOCK), false)
    }

    /// The same in a repository in which only kuberpult works.
    pub(super) fn of_managed(
        git_dir: &Path,
        remote: Remote,
        branch: &str,
        lock: PathBuf,
    ) -> Result<Self, RemoteError> {
        Self::with_lock(git_dir, remote, branch, branch, lock, true)
    }

    fn with_lock(
        git_dir: &Path,
        remote: Remote,
        branch: &str,
        key: &str,
        lock: PathBuf,
        is_managed: bool,
    ) -> Result<Self, RemoteError> {
        let is_valid = gix::refs::Category::LocalBranch.to_full_name(branch).is_ok();
        if !is_valid || branch.starts_with('-') || !branch.chars().all(is_visible) {
            return Err(RemoteError::InvalidBranch { branch: words::shown(branch) });
        }
        let (git_dir, branch) = (git_dir.to_owned(), branch.to_owned());
        Ok(Self { git_dir, remote, branch, private_reference: reference::private(key), lock, is_managed })
    }

    pub(crate) fn remote(&self) -> &Remote {
        &self.remote
    }

    /// The branch's short name.
    pub(crate) fn name(&self) -> &str {
        &self.branch
    }

    /// The commit that was the newest when it was last fetched or pushed to and was there; none when it never was.
    ///
    /// # Errors
    /// The repository here cannot be read.
    pub(crate) fn last_fetched(&self) -> Result<Option<ObjectId>, RemoteError> {
        reference::read(&self.open()?, &self.private_reference()).map_err(|error| self.unreadable(error))
    }

    /// The branch's name there.
    pub(super) fn reference(&self) -> String {
        format!("refs/heads/{}", self.branch)
    }

    /// Where its newest commit is kept here.
    pub(super) fn private_reference(&self) -> String {
        self.private_reference.clone()
    }

    /// That the branch is gone, whose newest commit was this one.
    pub(crate) fn gone(&self, last: ObjectId) -> RemoteError {
        let (remote, branch, last) = (self.remote.to_string(), self.branch.clone(), last.to_string());
        let forget =
            format!("git -C '{}' update-ref -d {}", self.git_dir.display(), self.private_reference());
        RemoteError::BranchGone { remote, branch, last, forget }
    }

    pub(super) fn open(&self) -> Result<gix::Repository, RemoteError> {
        gix::open_opts(&self.git_dir, open::limited(Default::default()))
            .map_err(|error| self.unreadable(error))
    }

    pub(super) fn unreadable(
        &self,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> RemoteError {
        RemoteError::Repository { git_dir: self.git_dir.clone(), source: Cause::from(source) }
    }

    /// Waits until nobody else fetches into the repository here.
    pub(super) fn lock(&self) -> Result<FetchLock, RemoteError> {
        let lock = FetchLock::acquire(&self.lock, &self.git_dir)?;
        // With the lock, whatever git left locked of what is kuberpult's was left by a process that was killed. Most of the
        // time there is none.
        let remove = |file: &str| drop(std::fs::remove_file(self.git_dir.join(file)));
        remove(&format!("{}.lock", self.private_reference()));
        if self.is_managed {
            ["shallow.lock", "packed-refs.lock", "config.lock"].into_iter().for_each(remove);
        }
        Ok(lock)
    }

    /// The right to change what is kept here, if nobody fetches at the moment.
    pub(super) fn try_lock(&self) -> Option<FetchLock> {
        FetchLock::try_acquire(&self.lock)
    }

    pub(super) fn git(&self, arguments: &[&str], lock: Option<&FetchLock>) -> Result<Run, RemoteError> {
        let lock = lock.map(FetchLock::file);
        let output = git_command::run_with_remote(&self.git_dir, &self.remote.settings, arguments, lock)
            .map_err(|source| RemoteError::no_git(&self.remote, source))?;
        let words = Words::new(&output.stderr, &self.remote.secrets);
        Ok(Run { success: output.success, stdout: output.stdout, words })
    }
}
