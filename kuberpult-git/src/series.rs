//! Series of commands: each is decided on what those before it lead to, and together they land on the branch.

use std::iter;
use std::mem;
use std::num::NonZeroUsize;
use std::thread::sleep;
use std::time::Duration;

use gix::ObjectId;
use kuberpult_core::{Command, Context, Decision};

use crate::hardening::Hardening;
use crate::origin::Landing;
use crate::read_state::Snapshot;
use crate::work_tree::WorkTrees;
use crate::write::{self, ReflogEntry};
use crate::writer_lock::WriterLock;
use crate::{Cause, CommitId, ManifestRepo, ReadError, Receipt, RemoteError, TransactError, maintenance};

/// What becomes of the commands after one that fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnError {
    /// They are not carried out.
    #[default]
    Stop,
    /// They are carried out all the same; but not after [`TransactError::AnswerLost`], because nobody knows what they would
    /// build on.
    GoOn,
}

/// How often commands are decided again after others have moved the branch.
const ATTEMPTS: u32 = 20;
/// How many commands land together at most: after a lost race they are decided again.
const MOST_COMMANDS: usize = 1_000;
/// How many bytes of objects wait in memory at most, but for those of one command.
const MOST_BYTES: usize = 64 * 1024 * 1024;

type Results = Vec<Result<Receipt, TransactError>>;

/// Why commands did not land, and how many of them share that fate, from the first on: at least one.
struct Failure {
    error: TransactError,
    commands: usize,
}

/// Commits that are made, one after another, and not on the branch yet.
#[derive(Debug)]
pub(crate) struct Chain {
    /// Where the branch was.
    base: Option<ObjectId>,
    /// Where it is to go.
    commit: Option<ObjectId>,
    tree: ObjectId,
    count: usize,
    /// What the branch's log says of the last of them.
    log: Option<ReflogEntry>,
    /// The branch of the repository itself; none if only a remote has it.
    local: Option<LocalBranch>,
}

/// Where the branch of the repository itself is. It is behind where the chain begins if a remote has more.
#[derive(Debug, Clone, Copy)]
struct LocalBranch {
    commit: Option<ObjectId>,
    tree: ObjectId,
}

impl Chain {
    pub(crate) fn commit(&self) -> Option<ObjectId> {
        self.commit
    }

    pub(crate) fn tree(&self) -> ObjectId {
        self.tree
    }

    fn is_empty(&self) -> bool {
        self.count == 0
    }

    pub(crate) fn push(&mut self, commit: ObjectId, tree: ObjectId, log: ReflogEntry) {
        (self.commit, self.tree, self.log) = (Some(commit), tree, Some(log));
        self.count += 1;
    }
}

impl ManifestRepo {
    /// Carries out commands. There is at least one result if there is a command.
    pub(crate) fn series(
        &mut self,
        commands: &[(&Context, &Command)],
        on_error: OnError,
        agree: impl Fn(&Self, Option<CommitId>, &Decision) -> Result<(), TransactError>,
    ) -> Results {
        let mut results = Results::with_capacity(commands.len());
        if commands.is_empty() {
            return results;
        }
        let failing = |error, commands| {
            iter::repeat_n(error, if on_error == OnError::Stop { 1 } else { commands }).map(Err)
        };
        if let Err(error) = self.refuse_offline() {
            return failing(error, commands.len()).collect();
        }
        let lock = match WriterLock::acquire(self.store.git.common_dir()) {
            Ok(lock) => lock,
            Err(error) => return failing(error, commands.len()).collect(),
        };
        let mut limit = self.together.map_or(MOST_COMMANDS, NonZeroUsize::get);
        let mut at_most = limit;
        while let Some(rest) = commands.get(results.len()..).filter(|rest| !rest.is_empty()) {
            let together = rest.get(..at_most).unwrap_or(rest);
            match self.together(&lock, together, on_error, &agree) {
                Ok(landed) => {
                    results.extend(landed);
                    at_most = at_most.saturating_mul(2).min(limit);
                }
                // Which of the commands the remote does not want is found out with fewer of them.
                Err(failure) if together.len() > 1 && refuses_content(&failure.error) => {
                    at_most = together.len() / 2;
                }
                Err(Failure { error, commands }) => {
                    let answer_lost = matches!(error, TransactError::AnswerLost { .. });
                    if fails_alone(&error) {
                        limit = 1;
                    }
                    at_most = if commands == 1 { 1 } else { at_most };
                    results.extend(failing(error, commands));
                    // The others would be decided although nobody knows what became of these.
                    if answer_lost {
                        break;
                    }
                }
            }
            if on_error == OnError::Stop && matches!(results.last(), Some(Err(_))) {
                break;
            }
        }
        let has_written =
            |result: &Result<Receipt, _>| result.as_ref().is_ok_and(|receipt| receipt.commit.is_some());
        if !self.without_maintenance && results.iter().any(has_written) {
            maintenance::start_if_due(&self.store.git);
        }
        results
    }

    /// Carries out as many of some commands as land together, at least one. A failure means that nothing was
    /// written, unless the answer of a remote was lost.
    fn together(
        &mut self,
        lock: &WriterLock,
        commands: &[(&Context, &Command)],
        on_error: OnError,
        agree: &impl Fn(&Self, Option<CommitId>, &Decision) -> Result<(), TransactError>,
    ) -> Result<Results, Failure> {
        let of_all = |error| Failure { error, commands: commands.len() };
        let mut last_words = String::new();
        for attempts in 1..=ATTEMPTS {
            let mut chain = self.begin().map_err(of_all)?;
            let mut results = Results::new();
            // After a lost race fewer at a time, so that they are decided before others move the branch once more.
            let fewer = commands.len().checked_shr(attempts - 1).unwrap_or(0).max(1);
            for (context, command) in commands.iter().take(fewer) {
                let result = match self.next(&mut chain, context, command, agree) {
                    Ok(Some((decision, commit))) => Ok(Receipt { decision, commit, attempts }),
                    Ok(None) => break,
                    // What was decided so far may have read it, too.
                    Err(TransactError::Read(error)) if self.is_repaired(&error).map_err(of_all)? => {
                        return self.together(lock, commands, on_error, agree);
                    }
                    Err(error) => Err(error),
                };
                let failed = result.is_err();
                results.push(result);
                if (failed && on_error == OnError::Stop) || self.store.new_objects().bytes() > MOST_BYTES {
                    break;
                }
            }
            let landed = if chain.is_empty() { Ok(Landing::Done) } else { self.land(&chain, lock) };
            let error = match landed {
                Ok(Landing::Done) => None,
                Ok(Landing::Lost { words }) => {
                    last_words = words;
                    let longest = u64::from(attempts) * self.jitter();
                    sleep(Duration::from_millis(fastrand::u64(0..=longest)));
                    continue;
                }
                // The commands are on the branch, but who waits for the last of them has to know.
                Err(
                    error @ (TransactError::WorkTreeNotUpdated { .. }
                    | TransactError::LocalBranchNotMoved { .. }),
                ) => Some(error),
                Err(error) => {
                    let is_shared =
                        matches!(error, TransactError::Remote(_) | TransactError::AnswerLost { .. });
                    return Err(Failure { error, commands: if is_shared { results.len() } else { 1 } });
                }
            };
            if !chain.is_empty() {
                self.has_landed(results.iter().flatten().map(|receipt| &receipt.decision));
            }
            let last = results
                .iter_mut()
                .rev()
                .find(|result| matches!(result, Ok(receipt) if receipt.commit.is_some()));
            if let (Some(error), Some(last)) = (error, last) {
                *last = Err(error);
            }
            return Ok(results);
        }
        let error = TransactError::LostRace { attempts: ATTEMPTS, words: last_words };
        Err(Failure { error, commands: 1 })
    }

    /// Decides the next command and makes its commit. Nothing if the commits before it have to land first: it names
    /// revisions, which may be any of theirs.
    fn next(
        &self,
        chain: &mut Chain,
        context: &Context,
        command: &Command,
        agree: &impl Fn(&Self, Option<CommitId>, &Decision) -> Result<(), TransactError>,
    ) -> Result<Option<(Decision, Option<CommitId>)>, TransactError> {
        let snapshot = Snapshot::open(&self.store, chain.tree)?;
        let scope = command.scope(&snapshot.configs);
        if !scope.past.is_empty() && !chain.is_empty() {
            return Ok(None);
        }
        let decision = self.decide_on(&snapshot, &scope, context, command)?;
        agree(self, chain.commit.map(CommitId), &decision)?;
        let commit = self.extend_with(chain, &snapshot, context, command, &decision)?;
        Ok(Some((decision, commit)))
    }

    /// An empty chain at the newest commit.
    pub(crate) fn begin(&mut self) -> Result<Chain, TransactError> {
        drop(self.store.take_new());
        if mem::take(&mut self.is_fresh) {
            match self.begin_at_newest() {
                // Another process has pushed since, and moved the branch here.
                Err(TransactError::LocalBranchAhead { .. }) => {}
                begun => return begun,
            }
        }
        self.refresh().map_err(unwrapped)?;
        self.begin_at_newest()
    }

    /// An empty chain at the newest commit that is known.
    fn begin_at_newest(&mut self) -> Result<Chain, TransactError> {
        let base = self.head()?.map(|commit| commit.0);
        self.refuse_to_begin_anew(base)?;
        let tree = self.store.tree_of(base)?;
        let local = match &self.origin {
            None => Some(LocalBranch { commit: base, tree }),
            Some(origin) if origin.is_managed() => None,
            Some(origin) => self.local_branch(&origin.remote().to_string(), base)?,
        };
        Ok(Chain { base, commit: base, tree, count: 0, log: None, local })
    }

    /// The branch of somebody's own repository, which follows that of a remote; none if there is no such branch. It must
    /// have no commits of its own.
    fn local_branch(
        &self,
        remote: &str,
        base: Option<ObjectId>,
    ) -> Result<Option<LocalBranch>, TransactError> {
        const MOST: usize = 100;
        let git = &self.store.git;
        let commit = self.local_head()?.map(|commit| commit.0);
        let failed = |error| ReadError::git(format!("the history of branch `{}`", self.branch()), error);
        let Some(commit) = commit else {
            // It is made with its first commit where it is checked out, as after a clone of an empty repository.
            let is_checked_out = git.head_name().map_err(failed)?.as_ref() == Some(&self.branch);
            let tree = self.store.tree_of(None)?;
            return Ok(is_checked_out.then_some(LocalBranch { commit: None, tree }));
        };
        if Some(commit) != base {
            let ahead = git.rev_walk([commit]).with_hidden(base).all().map_err(failed)?;
            let ahead = ahead.take(MOST).map(|found| Ok(found?.id.to_string()));
            let commits = ahead.collect::<Result<Vec<_>, gix::Error>>().map_err(failed)?;
            if !commits.is_empty() {
                let (directory, branch) = (self.directory().to_owned(), self.branch());
                let remote = remote.to_owned();
                return Err(TransactError::LocalBranchAhead { directory, branch, remote, commits });
            }
        }
        Ok(Some(LocalBranch { commit: Some(commit), tree: self.store.tree_of(Some(commit))? }))
    }

    /// Writes the objects of a chain and moves the branch to its end, if the branch is where it began.
    ///
    /// INVARIANT: a branch here moves only after the remote has accepted the commits, if there is a remote.
    pub(crate) fn land(&mut self, chain: &Chain, lock: &WriterLock) -> Result<Landing, TransactError> {
        let (Some(commit), Some(log)) = (chain.commit, &chain.log) else { return Ok(Landing::Done) };
        let git = &self.store.git;
        let hardening = Hardening::of(git);
        let Some(local) = chain.local else {
            write::objects(git, &self.store.take_new(), hardening)?;
            return self.push(chain, commit);
        };
        let work_trees = WorkTrees::of_branch(git, &self.branch)?;
        work_trees.refuse_changes(git, local.commit)?;
        write::objects(git, &self.store.take_new(), hardening)?;
        work_trees.refuse_obstacles(local.tree, chain.tree)?;
        let branch = self.branch.clone();
        // What was pushed is remembered in a reference of this repository, too.
        if let lost @ Landing::Lost { .. } =
            lock.noted(branch.as_ref(), commit, || self.push(chain, commit))?
        {
            return Ok(lost);
        }
        let git = &self.store.git;
        let moved = lock.noted(branch.as_ref(), commit, || {
            log.move_branch(git, &branch, local.commit, commit, chain.count, hardening)
        });
        match moved {
            Ok(true) => work_trees.follow(local.tree, chain.tree, commit)?,
            Ok(false) if self.origin.is_none() => return Ok(Landing::Lost { words: String::new() }),
            // Somebody has moved it meanwhile. The next command looks where it is.
            Ok(false) => {}
            Err(error) if self.origin.is_none() => return Err(error),
            Err(error) => {
                return Err(TransactError::LocalBranchNotMoved {
                    commit: CommitId(commit),
                    directory: self.directory().to_owned(),
                    branch: self.branch(),
                    source: Cause::from(error),
                });
            }
        }
        Ok(Landing::Done)
    }

    /// Gets the commits of a chain to the remote, if there is one.
    fn push(&mut self, chain: &Chain, commit: ObjectId) -> Result<Landing, TransactError> {
        match &mut self.origin {
            Some(origin) => origin.push(commit, chain.base, chain.count),
            None => Ok(Landing::Done),
        }
    }

    /// Nothing is written without the remote.
    pub(crate) fn refuse_offline(&self) -> Result<(), TransactError> {
        match &self.origin {
            Some(origin) if origin.is_offline() => {
                Err(TransactError::Offline { remote: origin.remote().to_string() })
            }
            _ => Ok(()),
        }
    }

    /// Whether something could not be read because a clone in the cache was damaged, and is not any more.
    fn is_repaired(&mut self, error: &ReadError) -> Result<bool, TransactError> {
        let is_damage = matches!(error, ReadError::Unreadable { .. } | ReadError::Git { .. });
        let Some(origin) = self.origin.as_mut().filter(|_| is_damage) else { return Ok(false) };
        Ok(origin.repair()?)
    }

    /// By how many milliseconds more is waited at most after each race that was lost. A push takes longer than the move of a
    /// branch here.
    fn jitter(&self) -> u64 {
        if self.origin.is_some() { 25 } else { 5 }
    }

    /// A branch that had commits and has none now was deleted. A commit without a parent would hide its history.
    fn refuse_to_begin_anew(&mut self, base: Option<ObjectId>) -> Result<(), TransactError> {
        if base.is_none() && self.born {
            return Err(TransactError::BranchGone {
                directory: self.directory().to_owned(),
                branch: self.branch(),
            });
        }
        self.born = base.is_some();
        Ok(())
    }
}

/// Whether a remote refuses what is in a commit, and may accept another one.
fn refuses_content(error: &TransactError) -> bool {
    matches!(error, TransactError::Remote(RemoteError::RefusedByHook { .. } | RemoteError::Refused { .. }))
}

/// Whether an error of commands that could not land may be that of one of them, without which the others land.
fn fails_alone(error: &TransactError) -> bool {
    !matches!(
        error,
        TransactError::Remote(_) | TransactError::AnswerLost { .. } | TransactError::LostRace { .. }
    )
}

/// A remote's failure is the command's, and not one of reading.
fn unwrapped(error: ReadError) -> TransactError {
    match error {
        ReadError::Remote(error) => error.into(),
        error => error.into(),
    }
}
