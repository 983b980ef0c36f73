//! Who queued a version, and when: the history of one link.

use gix::ObjectId;
use gix::objs::TreeRefIter;
use kuberpult_core::{ApplicationName, EnvironmentName};

use crate::commit::Commit;
use crate::layout::{self, QUEUED_VERSION};
use crate::{ManifestRepo, ReadError};

/// How many commits are looked at. What has waited for longer waits since nobody knows when: the time it takes to say why
/// must not grow with the history.
const COMMITS: u32 = 10_000;

/// How much is read of trees. One with 10,000 applications has about 400 kB, and takes milliseconds to unpack.
const TREE_BYTES: usize = 128 * 1024 * 1024;

/// Finds the newest commit, from `head` along first parents, that changed the queue of a slot; none if the history ends
/// before that, as in a partial clone, or is too long to be read. What a remote has of it is fetched.
pub(crate) fn newest_change(
    repo: &ManifestRepo,
    head: ObjectId,
    environment: &EnvironmentName,
    application: &ApplicationName,
) -> Result<Option<Commit>, ReadError> {
    let path = format!("{}/{QUEUED_VERSION}", layout::slot(environment, application));
    let names: Vec<&str> = path.split('/').collect();
    let store = &repo.store;
    let Some(mut commit) = Commit::find(store, head)? else { return Ok(None) };
    let mut bytes = 0;
    let Some(mut ids) = ids_along(&store.git, commit.tree, &names, &[], &mut bytes)? else { return Ok(None) };
    for seen in 1..=COMMITS {
        let Some(parent) = commit.parent else { return Ok(Some(commit)) };
        let Some(before) = repo.earlier_commit(parent, Some(seen))? else { return Ok(None) };
        let ids_before = ids_along(&store.git, before.tree, &names, &ids, &mut bytes)?;
        let Some(ids_before) = ids_before else { return Ok(None) };
        if link(&ids_before, &names) != link(&ids, &names) {
            return Ok(Some(commit));
        }
        if bytes > TREE_BYTES {
            break;
        }
        (commit, ids) = (before, ids_before);
    }
    Ok(None)
}

/// The ids of what lies on a path, from the root to where it ends. Below what is the same in `other`, which are such ids
/// too, nothing is read: it is the same as there. Adds what is read to `bytes`. None if the repository does not have a tree.
fn ids_along(
    repo: &gix::Repository,
    root: ObjectId,
    names: &[&str],
    other: &[ObjectId],
    bytes: &mut usize,
) -> Result<Option<Vec<ObjectId>>, ReadError> {
    let mut ids = vec![root];
    let mut id = root;
    for name in names {
        if other.get(ids.len() - 1) == Some(&id) {
            ids.extend(other.get(ids.len()..).unwrap_or_default());
            break;
        }
        let tree = repo.try_find_object(id).map_err(|error| ReadError::git(format!("tree {id}"), error))?;
        let Some(tree) = tree else { return Ok(None) };
        *bytes = bytes.saturating_add(tree.data.len());
        let entries = TreeRefIter::from_bytes(&tree.data, repo.object_hash());
        let entry = entries.filter_map(Result::ok).find(|entry| entry.filename == *name);
        let Some(entry) = entry else { break };
        id = entry.oid.to_owned();
        ids.push(id);
    }
    Ok(Some(ids))
}

/// The id at the end of a path, if it leads there.
fn link<'a>(ids: &'a [ObjectId], names: &[&str]) -> Option<&'a ObjectId> {
    ids.get(names.len())
}
