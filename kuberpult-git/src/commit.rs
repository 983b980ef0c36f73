//! [`Commit`]: what is read of a commit when history is followed.

use gix::ObjectId;
use gix::objs::CommitRef;
use kuberpult_core::{Actor, Time};

use crate::ReadError;
use crate::store::Store;

/// What is read of a commit when history is followed.
#[derive(Debug)]
pub(crate) struct Commit {
    pub(crate) id: ObjectId,
    pub(crate) tree: ObjectId,
    /// The first parent, which the repository may not have.
    pub(crate) parent: Option<ObjectId>,
    /// The time of the author; unknown if it is none that can be written.
    pub(crate) at: Option<Time>,
    pub(crate) author: Actor,
    /// The title of the message, on one line.
    pub(crate) subject: String,
}

impl Commit {
    /// Reads a commit; none if the repository does not have it.
    pub(crate) fn find(store: &Store, id: ObjectId) -> Result<Option<Self>, ReadError> {
        let failed = |error| ReadError::git(format!("commit {id}"), error);
        let Some(object) = store.git.try_find_object(id).map_err(failed)? else { return Ok(None) };
        let commit = CommitRef::from_bytes(&object.data, store.git.object_hash()).map_err(failed)?;
        let author = commit.author().map_err(failed)?;
        Ok(Some(Self {
            id,
            tree: commit.tree(),
            parent: commit.parents().next(),
            at: author.time().ok().and_then(time_of),
            author: Actor::new(&author.name.to_string(), &author.email.to_string()),
            subject: commit.message().summary().to_string(),
        }))
    }
}

/// A time of git, which has an offset of whole minutes.
fn time_of(time: gix::date::Time) -> Option<Time> {
    let text = time.format(gix::date::time::format::ISO8601_STRICT).ok()?;
    text.parse().ok()
}
