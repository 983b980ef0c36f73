//! Pushing: the compare-and-swap of a remote branch.

use gix::ObjectId;

use super::diagnosis::{DISK_FULL, NO_PERMISSION, REFERENCE_NOT_WRITTEN};
use super::push_report::{self, Report};
use super::words::{self, Words};
use super::{RemoteBranch, RemoteError, reference};

/// What came of a push that was not refused.
#[derive(Debug)]
pub(crate) enum PushOutcome {
    /// The branch is at the commit.
    Accepted,
    /// The branch is not where it was expected, or somebody else was moving it: nothing has changed.
    Stale {
        /// What was said about it.
        words: String,
    },
    /// Nobody knows: the answer got lost. [`RemoteBranch::landed`] finds out.
    Unknown {
        /// What happened instead of an answer.
        cause: RemoteError,
    },
}

impl RemoteBranch {
    /// Moves the branch to a commit of the repository here, if it is where it is expected: at a commit, or nowhere yet.
    ///
    /// # Errors
    /// The remote refused it or got nothing at all. The branch was not moved.
    pub(crate) fn push(&self, new: ObjectId, expected: Option<ObjectId>) -> Result<PushOutcome, RemoteError> {
        let reference = self.reference();
        let lease = expected.map(|expected| expected.to_string()).unwrap_or_default();
        let lease = format!("--force-with-lease={reference}:{lease}");
        let refspec = format!("{new}:{reference}");
        let run = self.git(
            &[
                "push",
                "--porcelain",
                "--no-verify",
                "--no-progress",
                "--recurse-submodules=no",
                lease.as_str(),
                "--",
                self.remote.pushed_to(),
                refspec.as_str(),
            ],
            None,
        )?;
        match push_report::of_reference(&run.stdout, &reference) {
            Some(Report::Done) => {
                self.remember(new, expected);
                Ok(PushOutcome::Accepted)
            }
            Some(Report::Rejected(summary)) => Ok(PushOutcome::Stale { words: words::shown(&summary) }),
            Some(Report::RemoteRejected(summary)) => self.refusal(&summary, &run.words),
            Some(Report::NoAnswer) => Ok(PushOutcome::Unknown { cause: self.failure_to_push(&run.words) }),
            None => match self.before_anything_was_accepted(&run.words) {
                Some(error) => Err(error),
                None => Ok(PushOutcome::Unknown { cause: self.failure_to_push(&run.words) }),
            },
        }
    }

    /// Keeps what was accepted as the newest commit, unless somebody fetches or has fetched meanwhile. It spares the next
    /// fetch work, nothing else; so it does not matter when it fails.
    fn remember(&self, new: ObjectId, expected: Option<ObjectId>) {
        // A fetch that runs now would fail if its reference were moved under it.
        if let (Some(_lock), Ok(repo)) = (self.try_lock(), self.open()) {
            let _ = reference::advance(&repo, &self.private_reference(), expected, new);
        }
    }

    /// What it means that the remote refused. The same short reason is given for many things, which only the words tell.
    fn refusal(&self, summary: &str, words: &Words) -> Result<PushOutcome, RemoteError> {
        let reason = summary.to_lowercase();
        let says = |phrases: &[&str]| {
            phrases.iter().any(|phrase| reason.contains(phrase)) || words.server_says(phrases)
        };
        let (remote, branch) = (self.remote.to_string(), self.branch.clone());
        let said = match (words::shown(summary), words.of_server_first()) {
            (summary, said) if said.is_empty() => summary,
            (summary, said) => format!("{said} {summary}"),
        };
        let is_hook = reason.contains("hook declined");
        // Git goes on with `failed to update ref`, as if somebody else had moved the branch.
        Err(if says(DISK_FULL) || says(REFERENCE_NOT_WRITTEN) {
            RemoteError::RemoteDiskFull { remote, words: said }
        } else if says(PROTECTED) {
            RemoteError::ProtectedBranch { remote, branch, words: said }
        } else if is_hook {
            RemoteError::RefusedByHook { remote, branch, words: said }
        } else if reason.contains("checked out") {
            RemoteError::CheckedOut { remote, branch, words: said }
        } else if says(NO_PERMISSION) {
            RemoteError::NoPermission { remote, words: said }
        } else if says(MOVED) && !says(NEVER_POSSIBLE) {
            return Ok(PushOutcome::Stale { words: said });
        } else {
            RemoteError::Refused { remote, branch, words: said }
        })
    }
}

/// How GitHub, GitLab, Gitea, Bitbucket, Gerrit and Azure say it.
const PROTECTED: &[&str] = &[
    "protected branch",
    "protected ref",
    "branch is protected",
    "prohibited by gerrit",
    "pushes to this branch are not permitted",
    "changes must be made through a pull request",
    "hidden ref",
];

/// Somebody else had moved the branch or was moving it when it should be moved.
const MOVED: &[&str] = &[
    "failed to update ref",
    "cannot lock ref",
    "failed to lock",
    "unable to lock",
    "incorrect old value",
    "but expected",
    "reference already exists",
    "stale info",
    "fetch first",
    "non-fast-forward",
];

/// A branch `a` where there is a branch `a/b` can never be made.
const NEVER_POSSIBLE: &[&str] = &["cannot create"];
