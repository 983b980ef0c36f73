//! [`ManifestRepo::queued_since`]: who queued versions, and when: the history of links.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use gix::ObjectId;
use gix::objs::TreeRefIter;
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
    let store = &repo.store;
    let Some(mut commit) = Commit::find(store, head)? else { return Ok(()) };
    let mut trees = Trees { git: &store.git, bytes: 0 };
    let Some(mut trail) = trees.trail(commit.tree, &sought, None)? else { return Ok(()) };
    for seen in 1..=COMMITS {
        if sought.is_done() || trees.bytes > TREE_BYTES {
            break;
        }
        let Some(parent) = commit.parent else {
            sought.changed(Some(&trail), None, &mut |place| found(place, &commit));
            break;
        };
        let Some(before) = repo.earlier_commit(parent, Some(seen))? else { break };
        let Some(trail_before) = trees.trail(before.tree, &sought, Some(&trail))? else { break };
        sought.changed(Some(&trail), Some(&trail_before), &mut |place| found(place, &commit));
        (commit, trail) = (before, trail_before);
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

    /// Gives those that are not the same in two trees, and looks for them no longer.
    fn changed(
        &mut self,
        after: Option<&Rc<Trail>>,
        before: Option<&Rc<Trail>>,
        found: &mut impl FnMut(&'a Place),
    ) {
        if after.map(|trail| trail.id) == before.map(|trail| trail.id) {
            return;
        }
        if let Some(place) = self.place.take() {
            found(place);
        }
        self.below.retain(|name, sought| {
            let [after, before] = [after, before].map(|trail| trail?.below.get(*name));
            sought.changed(after, before, found);
            !sought.is_done()
        });
    }
}

/// What lies on sought paths in one tree. What is the same in two trees is shared.
struct Trail {
    id: ObjectId,
    below: BTreeMap<Vec<u8>, Rc<Self>>,
}

/// The trees that are read.
struct Trees<'repo> {
    git: &'repo gix::Repository,
    /// How much was read.
    bytes: usize,
}

impl Trees<'_> {
    /// What lies on the sought paths below a tree. Below what is the same in `other` nothing is read: it is the same as there.
    /// None if the repository does not have a tree.
    fn trail(
        &mut self,
        id: ObjectId,
        sought: &Sought<'_>,
        other: Option<&Rc<Trail>>,
    ) -> Result<Option<Rc<Trail>>, ReadError> {
        if let Some(other) = other.filter(|other| other.id == id) {
            return Ok(Some(Rc::clone(other)));
        }
        let mut below = BTreeMap::new();
        let wanted = &sought.below;
        if !wanted.is_empty() {
            let tree =
                self.git.try_find_object(id).map_err(|error| ReadError::git(format!("tree {id}"), error))?;
            let Some(tree) = tree else { return Ok(None) };
            self.bytes = self.bytes.saturating_add(tree.data.len());
            for entry in TreeRefIter::from_bytes(&tree.data, self.git.object_hash()).filter_map(Result::ok) {
                let name: &[u8] = entry.filename;
                let Some(sought) = wanted.get(name) else { continue };
                // Something else may lie where a directory should.
                if !entry.mode.is_tree() && !sought.below.is_empty() {
                    continue;
                }
                let other = other.and_then(|other| other.below.get(name));
                let Some(trail) = self.trail(entry.oid.to_owned(), sought, other)? else { return Ok(None) };
                below.insert(name.to_owned(), trail);
                if below.len() == wanted.len() {
                    break;
                }
            }
        }
        Ok(Some(Rc::new(Trail { id, below })))
    }
}
