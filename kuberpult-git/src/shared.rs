//! [`SharedManifestRepo`]: one manifest repository for many threads, whose commands land together.

use std::collections::{BTreeMap, VecDeque};
use std::iter;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::sleep;
use std::time::Duration;

use gix::hash::Kind;
use kuberpult_core::{Command, Context, ManifestId};

use crate::manifest_blob;
use crate::tree_edit::PendingManifests;
use crate::{ManifestRepo, OnError, Receipt, TransactError};

/// A [`ManifestRepo`] that many threads share.
///
/// Commands that come while others are on their way wait, and then land together: as consecutive commits, with one push if
/// there is a [remote](crate::OpenOptions::remote). So a program with many threads gets more done the longer a push takes,
/// and a command that comes alone waits for nobody. Each thread gets the result of its own command; what one of them gets
/// wrong is no matter for the others.
///
/// Commands land in the order in which they came, and a command is acknowledged when it is on the branch, of the remote if there
/// is one. There is no thread of its own behind it: one of those that wait does the work for all.
///
/// ```
/// use kuberpult_core::{Actor, Command, Context, EnvironmentConfig};
/// use kuberpult_git::{InitOptions, ManifestRepo, SharedManifestRepo};
///
/// let directory = tempfile::tempdir()?;
/// let repo = SharedManifestRepo::new(ManifestRepo::init(directory.path(), &InitOptions::default())?);
/// let context = Context::new("2024-05-03T11:37:37Z".parse()?, Actor::new("Jo", "jo@example.com"));
/// std::thread::scope(|threads| {
///     for name in ["berlin", "paris", "tokyo"] {
///         let (repo, context) = (&repo, &context);
///         threads.spawn(move || {
///             let config = EnvironmentConfig::with_upstream_latest();
///             let create = Command::CreateEnvironment { environment: name.parse().unwrap(), config };
///             repo.transact(context, &create).unwrap();
///         });
///     }
/// });
/// assert_eq!(repo.with(|repo| repo.state())?.environments.len(), 3);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct SharedManifestRepo {
    /// Whose turn it is has it, and nobody waits for it here.
    repo: Mutex<ManifestRepo>,
    queue: Mutex<Queue>,
    /// Rung when a turn has ended.
    turn_ended: Condvar,
    is_remote: bool,
    ids: Kind,
}

/// Who waits, and what they get.
#[derive(Debug, Default)]
struct Queue {
    waiting: VecDeque<Request>,
    results: BTreeMap<Ticket, Result<Receipt, TransactError>>,
    /// Manifests for the releases of commands to come.
    manifests: PendingManifests,
    is_somebodys_turn: bool,
    /// How many commands there would be if all who got a result in the last turn came again.
    expected: usize,
    next: Ticket,
}

/// How often, and for how long, is waited at most for commands that may come in a moment.
const MOMENTS: u32 = 3;
const MOMENT: Duration = Duration::from_millis(1);

type Ticket = u64;

#[derive(Debug)]
struct Request {
    ticket: Ticket,
    context: Context,
    command: Command,
}

impl SharedManifestRepo {
    /// Shares a repository.
    #[must_use]
    pub fn new(repo: ManifestRepo) -> Self {
        let (ids, is_remote) = (repo.store.git.object_hash(), repo.origin.is_some());
        let (repo, queue, turn_ended) = (Mutex::new(repo), Mutex::default(), Condvar::new());
        Self { repo, queue, turn_ended, is_remote, ids }
    }

    /// Carries out a command, as [`ManifestRepo::transact`] does, together with those of other threads.
    ///
    /// # Errors
    /// As for [`ManifestRepo::transact`]. A remote that cannot be reached, or whose answer got lost, is the error of all commands
    /// that shared the push. [`TransactError::Abandoned`] if the thread panicked that did the work.
    pub fn transact(&self, context: &Context, command: &Command) -> Result<Receipt, TransactError> {
        let mut queue = self.lock_queue();
        let ticket = queue.next;
        queue.next += 1;
        queue.waiting.push_back(Request { ticket, context: context.clone(), command: command.clone() });
        loop {
            if let Some(result) = queue.results.remove(&ticket) {
                return result;
            }
            if queue.is_somebodys_turn {
                queue = self.wait(queue);
            } else {
                Turn::begin(self, queue).carry_out();
                queue = self.lock_queue();
            }
        }
    }

    /// Keeps a manifest for a release, as [`ManifestRepo::add_manifest`] does. Nobody is waited for.
    ///
    /// # Errors
    /// As for [`ManifestRepo::add_manifest`].
    pub fn add_manifest(&self, content: &[u8]) -> Result<ManifestId, TransactError> {
        let manifest = manifest_blob::id_of(content, self.ids)?;
        if manifest != ManifestId::EMPTY {
            self.lock_queue().manifests.entry(manifest).or_insert_with(|| content.into());
        }
        Ok(manifest)
    }

    /// Does something with the repository alone, for which it waits until the commands that are on their way have landed: reads
    /// the state, plans, or carries out a saved plan. Who waits for it waits for this; who calls this in here waits for ever.
    pub fn with<T>(&self, action: impl FnOnce(&mut ManifestRepo) -> T) -> T {
        let mut queue = self.lock_queue();
        while queue.is_somebodys_turn {
            queue = self.wait(queue);
        }
        let turn = Turn::begin(self, queue);
        let mut repo = turn.repo();
        action(&mut repo)
    }

    /// The repository, when nobody else has it any more.
    #[must_use]
    pub fn into_inner(self) -> ManifestRepo {
        let queue = self.queue.into_inner().unwrap_or_else(PoisonError::into_inner);
        let mut repo = self.repo.into_inner().unwrap_or_else(PoisonError::into_inner);
        repo.pending.extend(queue.manifests);
        repo
    }

    /// A panic does not leave it in the middle of something: its fields are changed without anything that panics.
    fn lock_queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'a>(&self, queue: MutexGuard<'a, Queue>) -> MutexGuard<'a, Queue> {
        self.turn_ended.wait(queue).unwrap_or_else(PoisonError::into_inner)
    }
}

/// The right to work with the repository, with the commands of those that wait for it. It ends when it is dropped, also by a
/// panic.
struct Turn<'a> {
    shared: &'a SharedManifestRepo,
    requests: Vec<Request>,
}

impl<'a> Turn<'a> {
    fn begin(shared: &'a SharedManifestRepo, mut queue: MutexGuard<'_, Queue>) -> Self {
        queue.is_somebodys_turn = true;
        let manifests = std::mem::take(&mut queue.manifests);
        drop(queue);
        let turn = Self { shared, requests: Vec::new() };
        turn.repo().pending.extend(manifests);
        turn
    }

    /// Takes the commands that wait on.
    fn gather(&mut self) {
        let mut queue = self.shared.lock_queue();
        if self.shared.is_remote {
            // Who has just got a result may have its next command in a moment, which is nothing beside a push.
            for _ in 0..MOMENTS {
                if queue.waiting.len() >= queue.expected {
                    break;
                }
                drop(queue);
                sleep(MOMENT);
                queue = self.shared.lock_queue();
            }
        }
        self.requests.extend(queue.waiting.drain(..));
    }

    /// After a panic it is looked at anew what is on the branch: every command begins with that.
    fn repo(&self) -> MutexGuard<'a, ManifestRepo> {
        self.shared.repo.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn carry_out(mut self) {
        self.gather();
        let commands: Vec<_> =
            self.requests.iter().map(|request| (&request.context, &request.command)).collect();
        let results = self.repo().series(&commands, OnError::GoOn, |_, _, _| Ok(()));
        // What was not tried, after an answer that was lost, is the next one's.
        let untried = self.requests.split_off(results.len().min(self.requests.len()));
        let mut queue = self.shared.lock_queue();
        let tickets = self.requests.drain(..).map(|request| request.ticket);
        queue.expected = queue.waiting.len() + tickets.len();
        queue.results.extend(tickets.zip(results));
        for request in untried.into_iter().rev() {
            queue.waiting.push_front(request);
        }
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut queue = self.shared.lock_queue();
        // They have their results, unless this thread panics.
        let abandoned = self.requests.drain(..).map(|request| request.ticket);
        queue.results.extend(abandoned.zip(iter::repeat_with(|| Err(TransactError::Abandoned))));
        queue.is_somebodys_turn = false;
        drop(queue);
        self.shared.turn_ended.notify_all();
    }
}

#[cfg(test)]
mod tests;
