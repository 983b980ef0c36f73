//! The reference in which the newest commit of a remote branch is kept.

use gix::ObjectId;
use gix::refs::transaction::{PreviousValue, RefEdit};
use gix::refs::{FullName, Target};

/// Where the newest commit of a branch is kept. Its name is one level deep: a branch `a` that is gone must not be in the
/// way of a branch `a/b`.
pub(super) fn private(branch: &str) -> String {
    format!("refs/kuberpult/remote/{}", flat(branch))
}

/// Where the commit of a tag, or of another branch, is kept.
pub(super) fn of_name(name: &str) -> String {
    format!("refs/kuberpult/named/{}", flat(name))
}

fn flat(name: &str) -> String {
    name.replace('%', "%25").replace('/', "%2F")
}

/// The commit that a reference is at; none when there is no such reference.
pub(super) fn read(repo: &gix::Repository, name: &str) -> Result<Option<ObjectId>, gix::Error> {
    let Some(mut reference) = repo.try_find_reference(name)? else { return Ok(None) };
    let id = reference.peel_to_id()?.detach();
    repo.find_commit(id)?;
    Ok(Some(id))
}

/// Moves a reference from one commit to another one, if it is where it was.
pub(super) fn advance(
    repo: &gix::Repository,
    name: &str,
    from: Option<ObjectId>,
    to: ObjectId,
) -> Result<(), gix::Error> {
    let expected = match from {
        Some(from) => PreviousValue::MustExistAndMatch(Target::Object(from)),
        None => PreviousValue::MustNotExist,
    };
    edit(repo, |name| RefEdit::update(name, to, expected, "kuberpult: pushed"), name)
}

fn edit(
    repo: &gix::Repository,
    edit: impl FnOnce(FullName) -> RefEdit,
    name: &str,
) -> Result<(), gix::Error> {
    let name = FullName::try_from(name).map_err(gix::Error::from_error)?;
    // No log is kept, so nobody has to be named.
    let nobody = gix::actor::SignatureRef { name: "".into(), email: "".into(), time: "0 +0000" };
    repo.edit_references_as([edit(name)], Some(nobody)).map(drop)
}
