//! Series of commands: each is decided on what those before it lead to, and together they land on the branch.

use std::thread::sleep;
use std::time::Duration;

use gix::ObjectId;
use kuberpult_core::{Command, Context, Decision};

use crate::hardening::Hardening;
use crate::read_state::Snapshot;
use crate::work_tree::WorkTrees;
use crate::write::{self, ReflogEntry};
use crate::writer_lock::WriterLock;
use crate::{CommitId, ManifestRepo, Receipt, TransactError, maintenance};

/// What becomes of the commands after one that fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnError {
    /// They are not carried out.
    #[default]
    Stop,
    /// They are carried out all the same.
    GoOn,
}

/// How often commands are decided again after others have moved the branch.
const ATTEMPTS: u32 = 20;
/// How many commands land together at most: after a lost race they are decided again.
const MOST_COMMANDS: usize = 1_000;
/// How many bytes of objects wait in memory at most, but for those of one command.
const MOST_BYTES: usize = 64 * 1024 * 1024;

type Results = Vec<Result<Receipt, TransactError>>;

/// Commits that are made, one after another, and not on the branch yet.
#[derive(Debug)]
pub(crate) struct Chain {
    /// Where the branch was.
    base: Option<ObjectId>,
    base_tree: ObjectId,
    /// Where it is to go.
    commit: Option<ObjectId>,
    tree: ObjectId,
    count: usize,
    /// What the branch's log says of the last of them.
    log: Option<ReflogEntry>,
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
        let lock = match WriterLock::acquire(self.store.git.common_dir()) {
            Ok(lock) => lock,
            Err(error) => return vec![Err(error)],
        };
        let mut at_most = MOST_COMMANDS;
        while let Some(rest) = commands.get(results.len()..).filter(|rest| !rest.is_empty()) {
            let together = rest.get(..at_most).unwrap_or(rest);
            match self.together(&lock, together, on_error, &agree) {
                Ok(landed) => results.extend(landed),
                // It is the first command's, for which there is no other. With the others it may be another one.
                Err(error) => {
                    results.push(Err(error));
                    at_most = 1;
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

    /// Carries out as many of some commands as land together, at least one. An error means that nothing was written.
    fn together(
        &mut self,
        lock: &WriterLock,
        commands: &[(&Context, &Command)],
        on_error: OnError,
        agree: &impl Fn(&Self, Option<CommitId>, &Decision) -> Result<(), TransactError>,
    ) -> Result<Results, TransactError> {
        for attempts in 1..=ATTEMPTS {
            let mut chain = self.begin()?;
            let mut results = Results::new();
            // After a lost race fewer at a time, so that they are decided before others move the branch once more.
            let fewer = commands.len().checked_shr(attempts - 1).unwrap_or(0).max(1);
            for (context, command) in commands.iter().take(fewer) {
                let result = match self.next(&mut chain, context, command, agree) {
                    Ok(Some((decision, commit))) => Ok(Receipt { decision, commit, attempts }),
                    Ok(None) => break,
                    Err(error) => Err(error),
                };
                let failed = result.is_err();
                results.push(result);
                if (failed && on_error == OnError::Stop) || self.store.new_objects().bytes() > MOST_BYTES {
                    break;
                }
            }
            let landed = if chain.is_empty() { Ok(true) } else { self.land(&chain, lock) };
            let error = match landed {
                Ok(true) => None,
                Ok(false) => {
                    sleep(Duration::from_millis(fastrand::u64(0..=u64::from(attempts) * 5)));
                    continue;
                }
                // The commands are on the branch, but who waits for the last of them has to know.
                Err(error @ TransactError::WorkTreeNotUpdated { .. }) => Some(error),
                Err(error) => return Err(error),
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
        Err(TransactError::LostRace { attempts: ATTEMPTS })
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
        let base = self.head()?.map(|commit| commit.0);
        self.refuse_to_begin_anew(base)?;
        let tree = self.store.tree_of(base)?;
        Ok(Chain { base, base_tree: tree, commit: base, tree, count: 0, log: None })
    }

    /// Writes the objects of a chain and moves the branch to its end. Returns whether the branch was where it began.
    pub(crate) fn land(&self, chain: &Chain, lock: &WriterLock) -> Result<bool, TransactError> {
        let (Some(commit), Some(log)) = (chain.commit, &chain.log) else { return Ok(true) };
        let git = &self.store.git;
        let work_trees = WorkTrees::of_branch(git, &self.branch)?;
        work_trees.refuse_changes(git, chain.base)?;
        let hardening = Hardening::of(git);
        write::objects(git, &self.store.take_new(), hardening)?;
        work_trees.refuse_obstacles(chain.base_tree, chain.tree)?;
        let moved = lock.noted(self.branch.as_ref(), commit, || {
            log.move_branch(git, &self.branch, chain.base, commit, chain.count, hardening)
        });
        let failed = |source: std::io::Error| TransactError::Write {
            what: "a note of what is written".to_owned(),
            source: Box::new(source),
        };
        if !moved.map_err(failed)?? {
            return Ok(false);
        }
        work_trees.follow(chain.base_tree, chain.tree, commit)?;
        Ok(true)
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
