//! [`ManifestRepo::history`]: what happened, told from the trees of consecutive commits.

mod difference;
mod filter;

use kuberpult_core::{Actor, Event, Time};

use crate::commit::Commit;
use crate::{CommitId, ManifestRepo, ReadError};

pub use filter::HistoryFilter;

/// One commit, and what happened with it.
#[derive(Debug)]
#[non_exhaustive]
pub struct HistoryEntry {
    /// The commit.
    pub commit: CommitId,
    /// When: the time of its author; unknown if it is none that can be written.
    pub at: Option<Time>,
    /// Who: its author.
    pub author: Actor,
    /// The title of its message, on one line: what its author says that happened.
    pub subject: String,
    /// What happened, as the trees of the commit and of its first parent show it, and as far as the filter lets it
    /// pass. None for a commit that changes nothing that events tell of.
    pub events: Vec<Event>,
    /// What may be missing among the events.
    pub gaps: Vec<HistoryGap>,
}

/// Why it is not known all that happened with a commit.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HistoryGap {
    /// The commit before is not there, as in a shallow clone. The history ends here. (A clone of a
    /// [remote](crate::OpenOptions::remote) fetches it, unless it is offline.)
    #[error(
        "what changed is not known: the commit before, {parent}, is not in this repository; `git fetch --unshallow` brings it"
    )]
    NoParent {
        /// The commit before.
        parent: CommitId,
    },
    /// Something cannot be read or is not understood, in this commit or in the one before. It counts as not there in both.
    #[error(transparent)]
    Read(#[from] ReadError),
}

/// The history of a branch, newest first: an iterator over its commits along first parents.
///
/// Each is read when it is asked for. It gives an error, and ends, where a commit itself cannot be read; what is wrong
/// with its content is said by its [entry](HistoryEntry::gaps), and the history goes on.
#[derive(Debug)]
pub struct History<'repo> {
    repo: &'repo ManifestRepo,
    filter: HistoryFilter,
    next: Option<Commit>,
    /// How many commits were read.
    seen: u32,
}

impl ManifestRepo {
    /// What happened on the branch, newest first.
    ///
    /// Events are told from the difference of each commit's tree and that of its first parent, so this also
    /// works for what other tools wrote. Trees do not show everything: causes are
    /// [unrecorded](kuberpult_core::DeploymentCause::Unrecorded), and what a version was queued behind is what blocked it
    /// after the commit. No more is opened than what is different and can pass the filter.
    ///
    /// ```
    /// use kuberpult_core::{Actor, Command, Context, EnvironmentConfig};
    /// use kuberpult_git::{HistoryFilter, InitOptions, ManifestRepo};
    ///
    /// let directory = tempfile::tempdir()?;
    /// let mut repo = ManifestRepo::init(directory.path(), &InitOptions::default())?;
    /// let context = Context::new("2024-05-03T11:37:37Z".parse()?, Actor::new("Jo", "jo@example.com"));
    /// let environment = "development".parse()?;
    /// let config = EnvironmentConfig::with_upstream_latest();
    /// repo.transact(&context, &Command::CreateEnvironment { environment, config })?;
    ///
    /// for entry in repo.history(&HistoryFilter::default())? {
    ///     let entry = entry?;
    ///     assert_eq!(entry.author.name.as_ref(), "Jo");
    ///     assert_eq!(entry.events[0].to_string(), r#"created environment "development""#);
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// The branch or its newest commit cannot be read.
    pub fn history(&self, filter: &HistoryFilter) -> Result<History<'_>, ReadError> {
        let head = self.head()?;
        let next = head.map(|head| Commit::find(&self.store, head.0)).transpose()?.flatten();
        Ok(History { repo: self, filter: filter.clone(), next, seen: 0 })
    }
}

impl Iterator for History<'_> {
    type Item = Result<HistoryEntry, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let commit = self.next.take()?;
            self.seen = self.seen.saturating_add(1);
            let before =
                commit.parent.map(|parent| self.repo.earlier_commit(parent, Some(self.seen))).transpose();
            let before = match before {
                Ok(before) => before.flatten(),
                Err(error) => return Some(Err(error)),
            };
            let entry = self.filter.covers(commit.at).then(|| self.entry(&commit, before.as_ref())).flatten();
            self.next = before;
            if let Some(entry) = entry {
                return Some(Ok(entry));
            }
        }
    }
}

impl History<'_> {
    /// What happened with a commit; nothing if nothing of it passes the filter.
    fn entry(&self, commit: &Commit, before: Option<&Commit>) -> Option<HistoryEntry> {
        let (mut events, gaps) = match commit.parent {
            Some(parent) if before.is_none() => {
                (Vec::new(), vec![HistoryGap::NoParent { parent: CommitId(parent) }])
            }
            _ => {
                let before = before.map(|before| before.tree);
                let (events, errors) =
                    difference::events(&self.repo.store, before, commit.tree, commit.at, &self.filter);
                (events, errors.into_iter().map(HistoryGap::Read).collect())
            }
        };
        events.retain(|event| self.filter.passes(event));
        if events.is_empty() && gaps.is_empty() && !self.filter.passes_without_events() {
            return None;
        }
        Some(HistoryEntry {
            commit: CommitId(commit.id),
            at: commit.at,
            author: commit.author.clone(),
            subject: commit.subject.clone(),
            events,
            gaps,
        })
    }
}
