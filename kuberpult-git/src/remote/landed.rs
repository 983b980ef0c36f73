//! What became of a push whose answer got lost. It is found out by looking.

use std::collections::BTreeSet;
use std::num::NonZeroU32;

use gix::ObjectId;

use super::{Depth, RemoteBranch, RemoteError};

/// What became of a push.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Landed {
    /// The commit is in the branch's history.
    Yes,
    /// It is not, and never will be: the branch is no longer where the push expected it.
    No,
    /// It is not, but the branch is where the push expected it. A server that is still at work may move it yet. To push *the
    /// same commit* once more settles that, because it cannot be in the history twice; to decide again would not.
    NotYet,
}

impl RemoteBranch {
    /// Looks what became of the push of a commit. `expected` is where the push expected the branch.
    ///
    /// # Errors
    /// The remote cannot be read, or the repository here cannot be written.
    pub(crate) fn landed(&self, commit: ObjectId, expected: Option<ObjectId>) -> Result<Landed, RemoteError> {
        let head = self.look()?;
        if head == Some(commit) {
            return Ok(Landed::Yes);
        }
        if head == expected {
            return Ok(Landed::NotYet);
        }
        if head.is_none() {
            return Ok(Landed::No);
        }
        // What is new since `expected` is all that is needed, and all that is fetched, unless another process has made the
        // clone more shallow meanwhile.
        let mut depth = Depth::New;
        let mut commits = NonZeroU32::MIN.saturating_add(63);
        loop {
            let from = self.remote.pushed_to();
            let Some(newest) = self.fetch_locked(from, depth, &self.lock()?)? else { return Ok(Landed::No) };
            match self.has(newest, commit, expected)? {
                Some(true) => return Ok(Landed::Yes),
                Some(false) => return Ok(Landed::No),
                None => {
                    depth = Depth::Commits(commits);
                    commits = commits.saturating_mul(NonZeroU32::MIN.saturating_add(7));
                }
            }
        }
    }

    /// Asks the remote where the branch is; none when there is no such branch. Nothing is fetched.
    ///
    /// # Errors
    /// The remote cannot be read.
    pub(crate) fn look(&self) -> Result<Option<ObjectId>, RemoteError> {
        let reference = self.reference();
        let run = self.git(&["ls-remote", "--", self.remote.pushed_to(), reference.as_str()], None)?;
        if !run.success {
            return Err(self.failure_to_push(&run.words));
        }
        let printed = String::from_utf8_lossy(&run.stdout);
        // Git also prints what ends like this.
        let id = printed.lines().find_map(|line| {
            let (id, name) = line.split_once('\t')?;
            (name == reference).then(|| ObjectId::from_hex(id.as_bytes()).ok())?
        });
        Ok(id)
    }

    /// Whether the remote has any branch at all.
    ///
    /// # Errors
    /// The remote cannot be read.
    pub(crate) fn has_branches(&self) -> Result<bool, RemoteError> {
        let run = self.git(&["ls-remote", "--heads", "--", self.remote.fetched_from()], None)?;
        if run.success { Ok(!run.stdout.is_empty()) } else { Err(self.failure_to_fetch(&run.words)) }
    }

    /// Whether a commit is in the history of another one, as far as that is here: none if it may be in what is not. Nothing
    /// behind `base` is looked at, which is older than the commit.
    fn has(
        &self,
        newest: ObjectId,
        commit: ObjectId,
        base: Option<ObjectId>,
    ) -> Result<Option<bool>, RemoteError> {
        let repo = self.open()?;
        let shallow = repo.shallow_commits().map_err(|error| self.unreadable(error))?;
        let is_shallow = |id: &ObjectId| shallow.as_ref().is_some_and(|commits| commits.contains(id));
        let mut is_cut = false;
        let (mut seen, mut next) = (BTreeSet::new(), vec![newest]);
        while let Some(id) = next.pop() {
            if id == commit {
                return Ok(Some(true));
            }
            if Some(id) == base || !seen.insert(id) {
                continue;
            }
            let found = repo.find_commit(id).map_err(|error| self.unreadable(error))?;
            let mut parents = found.parent_ids().map(gix::Id::detach);
            if is_shallow(&id) {
                is_cut |= parents.next().is_some();
            } else {
                next.extend(parents);
            }
        }
        Ok(if is_cut { None } else { Some(false) })
    }
}
