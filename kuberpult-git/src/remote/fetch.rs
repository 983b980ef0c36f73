//! Fetching: the newest commit of a branch, and more of its history when that is asked for.

use std::num::NonZeroU32;

use gix::ObjectId;

use super::branch::Run;
use super::fetch_lock::FetchLock;
use super::{RemoteBranch, RemoteError, reference};

/// How much history is fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Depth {
    /// What is new since the last fetch. So a clone with its whole history keeps it whole, and a shallow one begins where it
    /// began.
    New,
    /// So many commits, counted from the newest; older history is forgotten.
    Commits(NonZeroU32),
    /// The whole history.
    Everything,
}

impl RemoteBranch {
    /// Fetches the branch, and gives its newest commit; none when there is no such branch.
    ///
    /// # Errors
    /// The remote cannot be read, or the repository here cannot be written.
    pub(crate) fn fetch(&self, depth: Depth) -> Result<Option<ObjectId>, RemoteError> {
        self.fetch_locked(self.remote.fetched_from(), depth, &self.lock()?)
    }

    pub(super) fn fetch_locked(
        &self,
        from: &str,
        depth: Depth,
        lock: &FetchLock,
    ) -> Result<Option<ObjectId>, RemoteError> {
        // As `--unshallow`, but that is refused where everything is there.
        const INFINITE: u32 = i32::MAX as u32;
        let depth = match depth {
            Depth::New => None,
            Depth::Commits(commits) => Some(format!("--depth={commits}")),
            Depth::Everything => Some(format!("--depth={INFINITE}")),
        };
        let (reference, private) = (self.reference(), self.private_reference());
        let run = self.fetch_reference(from, &reference, &private, depth.as_deref(), lock)?;
        if run.success {
            return reference::read(&self.open()?, &self.private_reference())
                .map_err(|error| self.unreadable(error));
        }
        if !run.words.git_says(&["couldn't find remote ref"]) {
            return Err(self.failure_to_fetch(&run.words));
        }
        // What was known of it stays: who comes next must not take it for one that never was.
        Ok(None)
    }

    /// Fetches what one reference there leads to, and keeps it in one here.
    pub(super) fn fetch_reference(
        &self,
        from: &str,
        reference: &str,
        private: &str,
        depth: Option<&str>,
        lock: &FetchLock,
    ) -> Result<Run, RemoteError> {
        let refspec = format!("+{reference}:{private}");
        let mut arguments = vec![
            "-c",
            "core.logAllRefUpdates=false",
            "fetch",
            "--no-tags",
            "--no-prune",
            "--no-recurse-submodules",
            "--no-write-fetch-head",
            "--no-show-forced-updates",
            "--no-progress",
            // A clone of a shallow clone knows no more than that.
            "--update-shallow",
            // Remote branches of the user stay as they are.
            "--refmap=",
        ];
        arguments.extend(depth);
        arguments.extend(["--", from, refspec.as_str()]);
        self.git(&arguments, Some(lock))
    }
}
