//! [`Origin`]: the remote branch that a repository works on, with what is known of it here.

use std::borrow::Cow;
use std::num::NonZeroU32;
use std::path::Path;
use std::sync::Arc;
use std::thread::sleep;
use std::time::Duration;

use gix::ObjectId;

use crate::commit::Commit;
use crate::remote::{Depth, Landed, ManagedClone, PushOutcome, Remote, RemoteBranch};
use crate::{CommitId, ManifestRepo, ReadError, RemoteError, TransactError};

/// How often a commit is pushed whose answer gets lost.
const PUSHES: u32 = 5;
/// How long a server is left alone that may be still at work, after the first push.
const PAUSE: Duration = Duration::from_millis(100);
/// How many commits are fetched at least when older ones are needed.
const COMMITS: u32 = 64;
/// What is as long as that, and of hexadecimal digits, is no name but the beginning of an id.
const SHORTEST_ID: usize = 4;
/// Who has read so many wants all.
const MANY_COMMITS: u32 = 100_000;

/// The remote branch that a repository works on: its newest commit is what commands are decided on, and a command is done
/// when the remote has accepted it.
#[derive(Debug)]
pub(crate) struct Origin {
    branch: RemoteBranch,
    /// The clone in the cache directory; none in somebody's own repository.
    clone: Option<ManagedClone>,
    is_offline: bool,
    newest: Option<ObjectId>,
}

/// What became of commits that were to land on a branch.
#[derive(Debug)]
pub(crate) enum Landing {
    /// They are on it.
    Done,
    /// The branch was not where they begin. Nothing has changed.
    Lost {
        /// What a remote said about it.
        words: String,
    },
}

impl Origin {
    /// A branch of a remote of somebody's repository.
    pub(crate) fn of_repository(
        git_dir: &Path,
        remote: &str,
        branch: &str,
        is_offline: bool,
    ) -> Result<Self, RemoteError> {
        // Git is not started in the directory of this process.
        let git_dir = std::path::absolute(git_dir).map_err(|source| RemoteError::file(git_dir, source))?;
        let branch = RemoteBranch::new(&git_dir, Remote::find(&git_dir, remote)?, branch)?;
        Ok(Self { branch, clone: None, is_offline, newest: None })
    }

    /// A branch that has a clone in a cache directory.
    pub(crate) fn of_clone(clone: ManagedClone, is_offline: bool) -> Self {
        Self { branch: clone.branch().clone(), clone: Some(clone), is_offline, newest: None }
    }

    pub(crate) fn remote(&self) -> &Remote {
        self.branch.remote()
    }

    pub(crate) fn is_offline(&self) -> bool {
        self.is_offline
    }

    pub(crate) fn is_managed(&self) -> bool {
        self.clone.is_some()
    }

    /// The newest commit that is known; none before the first one.
    pub(crate) fn newest(&self) -> Option<ObjectId> {
        self.newest
    }

    /// Finds out for the first time what there is. A branch that is not there is one that will be made only where there
    /// is no other one: as in a new repository.
    pub(crate) fn connect(&mut self) -> Result<(), RemoteError> {
        let known = self.branch.last_fetched()?;
        let place = || (self.branch.remote().to_string(), self.branch.name().to_owned());
        if self.is_offline {
            if known.is_none() {
                let (remote, branch) = place();
                return Err(RemoteError::NothingFetched { remote, branch });
            }
            self.newest = known;
            return Ok(());
        }
        let newest = self.fetched()?;
        if newest.is_none() {
            let (remote, branch) = place();
            if let Some(last) = known {
                return Err(self.branch.gone(last));
            }
            if self.branch.has_branches()? {
                return Err(RemoteError::NoBranch { remote, branch });
            }
        }
        self.newest = newest;
        Ok(())
    }

    /// Finds out where the branch is now. A branch that was there and is gone is not begun anew.
    pub(crate) fn fetch(&mut self) -> Result<(), RemoteError> {
        let newest = self.fetched()?;
        if let (None, Some(last)) = (newest, self.newest) {
            return Err(self.branch.gone(last));
        }
        self.newest = newest;
        Ok(())
    }

    fn fetched(&self) -> Result<Option<ObjectId>, RemoteError> {
        match &self.clone {
            Some(clone) => clone.fetch(),
            None => self.branch.fetch(Depth::New),
        }
    }

    /// For who could not read something: makes a clone in the cache again if it is damaged, and says whether it did.
    pub(crate) fn repair(&mut self) -> Result<bool, RemoteError> {
        match &self.clone {
            Some(clone) if !self.is_offline && clone.repair()? => self.fetch().map(|()| true),
            _ => Ok(false),
        }
    }

    /// Moves the branch to the last of `count` commits, if it is where they begin. When it returns, it is known what became
    /// of them, or it is an [`AnswerLost`](TransactError::AnswerLost).
    pub(crate) fn push(
        &mut self,
        commit: ObjectId,
        base: Option<ObjectId>,
        count: usize,
    ) -> Result<Landing, TransactError> {
        // What happened to the last push of which nobody knows whether it was accepted.
        let mut lost: Option<RemoteError> = None;
        for push in 0..PUSHES {
            match self.branch.push(commit, base) {
                Ok(PushOutcome::Accepted) => {
                    self.newest = Some(commit);
                    return Ok(Landing::Done);
                }
                // That the branch has moved may be the doing of an earlier push.
                Ok(PushOutcome::Stale { words }) if lost.is_none() => return Ok(Landing::Lost { words }),
                Err(error) if lost.is_none() => return Err(error.into()),
                Ok(PushOutcome::Stale { .. }) => {}
                Ok(PushOutcome::Unknown { cause }) | Err(cause) => lost = Some(cause),
            }
            match self.branch.landed(commit, base) {
                Ok(Landed::Yes) => {
                    self.newest = Some(commit);
                    return Ok(Landing::Done);
                }
                Ok(Landed::No) => return Ok(Landing::Lost { words: String::new() }),
                Ok(Landed::NotYet) => {}
                Err(error) => lost = Some(error),
            }
            sleep(PAUSE * push);
        }
        let (remote, branch) = (self.branch.remote().to_string(), self.branch.name().to_owned());
        let source = lost.map(Arc::new);
        Err(TransactError::AnswerLost { commit: CommitId(commit), count, branch, remote, source })
    }

    /// A revision in terms that the repository knows; none if the remote has nothing of that name. A clone in the cache has no
    /// branches and tags: there `HEAD`, `@` and the branch's name are the newest commit, and other names are asked for.
    pub(crate) fn revision<'a>(&self, revision: &'a str) -> Result<Option<Cow<'a, str>>, RemoteError> {
        let Some(newest) = self.newest.filter(|_| self.is_managed()) else {
            return Ok(Some(revision.into()));
        };
        let end = revision.find(['~', '^', '@', ':']).filter(|end| *end > 0);
        let end = end.unwrap_or(if revision.starts_with('@') { 1 } else { revision.len() });
        let Some((name, rest)) = revision.split_at_checked(end) else { return Ok(Some(revision.into())) };
        let short = name.strip_prefix("refs/heads/").unwrap_or(name);
        let is_id = name.len() >= SHORTEST_ID && name.bytes().all(|byte| byte.is_ascii_hexdigit());
        let commit = if matches!(name, "HEAD" | "@") || short == self.branch.name() {
            Some(newest)
        } else if is_id || gix::refs::Category::Tag.to_full_name(name).is_err() {
            return Ok(Some(revision.into()));
        } else if self.is_offline {
            self.branch.named_before(name)?
        } else {
            self.branch.named(name)?
        };
        Ok(commit.map(|commit| format!("{commit}{rest}").into()))
    }

    /// How much is fetched, one after the other, when something is missing behind so many commits that are there. The
    /// history of somebody's own repository is never cut off elsewhere, and where nobody knows how far back something is, it
    /// is looked for everywhere.
    fn deeper(&self, seen: Option<u32>) -> impl Iterator<Item = Depth> {
        let seen = seen.filter(|seen| self.is_managed() && *seen < MANY_COMMITS);
        let more = seen.and_then(|seen| NonZeroU32::new((seen * 8).max(COMMITS)));
        more.map(Depth::Commits).into_iter().chain([Depth::Everything])
    }
}

impl ManifestRepo {
    /// The remote that commands are carried out on, as it may be shown; none for a branch of the repository itself.
    #[must_use]
    pub fn remote(&self) -> Option<String> {
        Some(self.origin.as_ref()?.remote().to_string())
    }

    /// Finds out what the remote's newest state is, for who reads for longer; whatever writes does that by itself. Nothing is
    /// done if there is no remote, or if it was opened to be offline.
    ///
    /// # Errors
    /// The remote cannot be read, or its branch is gone.
    pub fn refresh(&mut self) -> Result<(), ReadError> {
        let Some(origin) = self.origin.as_mut().filter(|origin| !origin.is_offline()) else { return Ok(()) };
        origin.fetch()?;
        self.store.reload()
    }

    /// A commit in the history, which is fetched if it is not there. `seen` is how many of those after it are there, if
    /// somebody knows.
    pub(crate) fn earlier_commit(
        &self,
        id: ObjectId,
        seen: Option<u32>,
    ) -> Result<Option<Commit>, ReadError> {
        let found = Commit::find(&self.store, id)?;
        if found.is_some() {
            return Ok(found);
        }
        self.deepened(seen, || Commit::find(&self.store, id))
    }

    /// What is found in more of the history; none if there is no more.
    pub(crate) fn deepened<T>(
        &self,
        seen: Option<u32>,
        find: impl Fn() -> Result<Option<T>, ReadError>,
    ) -> Result<Option<T>, ReadError> {
        let Some(origin) = self.origin.as_ref().filter(|origin| !origin.is_offline) else { return Ok(None) };
        for depth in origin.deeper(seen) {
            if !self.is_shallow()? {
                break;
            }
            origin.branch.fetch(depth)?;
            if let Some(found) = find()? {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    fn is_shallow(&self) -> Result<bool, ReadError> {
        self.store.git.is_shallow().map_err(|error| ReadError::git("the list of shallow commits", error))
    }
}
