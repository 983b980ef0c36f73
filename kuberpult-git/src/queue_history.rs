//! [`ManifestRepo::queued_since`]: who queued versions, and when: the history of links.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use gix::ObjectId;
use gix::objs::TreeRefIter;
use gix::objs::tree::EntryRef;
use kuberpult_core::{Actor, ApplicationName, EnvironmentName, Time};

use crate::commit::Commit;
use crate::layout::{self, QUEUED_VERSION};
use crate::{CommitId, ManifestRepo, ReadError};

/// How many commits are looked at. What has waited for longer waits since nobody knows when: the time it takes to say why
/// must not grow with the history.
const COMMITS: u32 = 10_000;

/// How much is read of trees. One with 10,000 applications has about 400 kB, and takes milliseconds to unpack.
const TREE_BYTES: usize = 128 * 1024 * 1024;

/// An application in an environment.
type Place = (EnvironmentName, ApplicationName);

/// The commit with which the queue of an application became what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct QueueChange {
    /// The commit.
    pub commit: CommitId,
    /// When: the time of its author; unknown if it is none that can be written.
    pub at: Option<Time>,
    /// Who: its author.
    pub by: Actor,
}

impl ManifestRepo {
    /// When and by whom the queues of applications became what they are: for each the newest commit, along first parents,
    /// that changed it. History is walked along once for all of them, up to the last that is found.
    ///
    /// It is looked for as far back as [`why`](Self::why) looks: in the newest 10,000 commits, or in as many of them as have
    /// 128 MiB of directories that changed on the way to these queues. What is further back, or beyond the end of a shallow
    /// clone of one's own, is not among the answers.
    ///
    /// # Errors
    /// Something in the history cannot be read.
    pub fn queued_since(
        &self,
        places: &BTreeSet<(EnvironmentName, ApplicationName)>,
    ) -> Result<BTreeMap<(EnvironmentName, ApplicationName), QueueChange>, ReadError> {
        let Some(head) = self.head()? else { return Ok(BTreeMap::new()) };
        let paths: Vec<(&Place, String)> = places
            .iter()
            .map(|place| (place, format!("{}/{QUEUED_VERSION}", layout::slot(&place.0, &place.1))))
            .collect();
        let mut sought = Sought::default();
        for (place, path) in &paths {
            sought.add(path.split('/'), place);
        }
        let mut found = BTreeMap::new();
        newest_changes(self, head.0, sought, |place, commit| {
            let change =
                QueueChange { commit: CommitId(commit.id), at: commit.at, by: commit.author.clone() };
            found.insert(place.clone(), change);
        })?;
        Ok(found)
    }
}

/// Finds for each queue the newest commit, from `head` along first parents, that changed it; not for those where the history
/// ends before that, as in a partial clone, or is too long to be read. What a remote has of it is fetched.
fn newest_changes<'a>(
    repo: &ManifestRepo,
    head: ObjectId,
    mut sought: Sought<'a>,
    mut found: impl FnMut(&'a Place, &Commit),
) -> Result<(), ReadError> {
    let Some(mut commit) = Commit::find(&repo.store, head)? else { return Ok(()) };
    let mut trees = Trees::new(&repo.store.git);
    for seen in 1..=COMMITS {
        if sought.is_done() || trees.bytes > TREE_BYTES {
            break;
        }
        let before = match commit.parent {
            None => None,
            Some(parent) => match repo.earlier_commit(parent, Some(seen))? {
                None => break,
                before => before,
            },
        };
        let tree_before = before.as_ref().map(|before| before.tree);
        let mut found = |place| found(place, &commit);
        let is_read = trees.changed(&mut sought, Some(commit.tree), tree_before, &mut found)?;
        let Some(before) = before.filter(|_| is_read) else { break };
        trees.next_commit();
        commit = before;
    }
    Ok(())
}

/// The paths whose newest changes are not found yet, name by name.
#[derive(Default)]
struct Sought<'a> {
    /// Whose queue lies here.
    place: Option<&'a Place>,
    below: BTreeMap<&'a [u8], Self>,
}

impl<'a> Sought<'a> {
    fn add(&mut self, names: impl Iterator<Item = &'a str>, place: &'a Place) {
        let mut end = self;
        for name in names {
            end = end.below.entry(name.as_bytes()).or_default();
        }
        end.place = Some(place);
    }

    fn is_done(&self) -> bool {
        self.place.is_none() && self.below.is_empty()
    }
}

/// The trees that are read. Those of the earlier commit of a pair are those of the later one of the next pair.
struct Trees<'repo> {
    git: &'repo gix::Repository,
    of_last: BTreeMap<ObjectId, Rc<[u8]>>,
    of_this: BTreeMap<ObjectId, Rc<[u8]>>,
    /// How much was read.
    bytes: usize,
}

impl<'repo> Trees<'repo> {
    fn new(git: &'repo gix::Repository) -> Self {
        Self { git, of_last: BTreeMap::new(), of_this: BTreeMap::new(), bytes: 0 }
    }

    fn next_commit(&mut self) {
        self.of_last = std::mem::take(&mut self.of_this);
    }

    /// A tree as git stores it; none if the repository does not have it.
    fn tree(&mut self, id: ObjectId) -> Result<Option<Rc<[u8]>>, ReadError> {
        let known = self.of_this.get(&id).or_else(|| self.of_last.get(&id));
        if let Some(known) = known.map(Rc::clone) {
            return Ok(Some(known));
        }
        let tree = self.git.try_find_object(id);
        let tree = tree.map_err(|error| ReadError::git(format!("tree {id}"), error))?;
        let Some(tree) = tree else { return Ok(None) };
        self.bytes = self.bytes.saturating_add(tree.data.len());
        let data: Rc<[u8]> = tree.data.as_slice().into();
        self.of_this.insert(id, Rc::clone(&data));
        Ok(Some(data))
    }

    /// Gives what is sought and is not the same in two trees, and has it sought no longer. What is the same is not opened. False
    /// if a tree is not there, so that nobody knows.
    fn changed<'a>(
        &mut self,
        sought: &mut Sought<'a>,
        after: Option<ObjectId>,
        before: Option<ObjectId>,
        found: &mut dyn FnMut(&'a Place),
    ) -> Result<bool, ReadError> {
        if after == before {
            return Ok(true);
        }
        if let Some(place) = sought.place.take() {
            found(place);
        }
        if sought.below.is_empty() {
            return Ok(true);
        }
        let [mut after_tree, mut before_tree] = [None, None];
        for (id, tree) in [(after, &mut after_tree), (before, &mut before_tree)] {
            if let Some(id) = id {
                *tree = self.tree(id)?;
                if tree.is_none() {
                    return Ok(false);
                }
            }
        }
        let hash = self.git.object_hash();
        let [after, before] = [&after_tree, &before_tree].map(|tree| {
            TreeRefIter::from_bytes(tree.as_deref().unwrap_or_default(), hash)
                .filter_map(Result::ok)
                .peekable()
        });
        let (mut after, mut before) = (after, before);
        loop {
            let order = match (after.peek(), before.peek()) {
                (None, None) => return Ok(true),
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some(after), Some(before)) => after.cmp(before),
            };
            let after = after.next_if(|_| order.is_le());
            let before = before.next_if(|_| order.is_ge());
            if after == before {
                continue;
            }
            let Some(name) = after.or(before).map(|entry| entry.filename) else { continue };
            let name: &[u8] = name;
            let Some(below) = sought.below.get_mut(name) else { continue };
            // Something else may lie where a directory should.
            let fits = |entry: &EntryRef<'_>| entry.mode.is_tree() || below.below.is_empty();
            let [after, before] =
                [after, before].map(|entry| entry.filter(fits).map(|entry| entry.oid.to_owned()));
            if !self.changed(below, after, before, found)? {
                return Ok(false);
            }
            if below.is_done() {
                sought.below.remove(name);
            }
        }
    }
}
