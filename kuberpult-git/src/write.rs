//! Writing: objects, one commit, and the move of the branch.

use std::collections::BTreeMap;

use gix::ObjectId;
use gix::objs::tree::EntryKind;
use gix::refs::transaction::{PreviousValue, RefEdit};
use gix::refs::{FullName, Target};
use kuberpult_core::{Actor, Context, ManifestId};

use crate::TransactError;
use crate::commit_message::header_identity;
use crate::edit::{Content, Edit, without_undone};
use crate::limits::LARGEST_OBJECT;
use crate::manifest_blob::{self, blob_of};
use crate::obstacle;

/// Manifests that were added and not yet written, by id.
pub(crate) type PendingManifests = BTreeMap<ManifestId, Vec<u8>>;

/// The longest message of a commit, in bytes. The headers have to fit into the object, too.
const LONGEST_MESSAGE: usize = LARGEST_OBJECT / 2;

/// Writes the tree that edits of another tree lead to. What the edits do not touch stays as it is.
pub(crate) fn tree(
    repo: &gix::Repository,
    base: ObjectId,
    edits: &[Edit],
    pending: &PendingManifests,
) -> Result<ObjectId, TransactError> {
    let failed = |error| TransactError::write("a directory of the manifest repository", error);
    let blob = |bytes: &[u8]| {
        let written = repo.write_blob(bytes).map_err(|error| TransactError::write("a file", error))?;
        Ok::<_, TransactError>(written.detach())
    };
    let edits = without_undone(edits);
    obstacle::refuse(repo, base, &edits)?;
    let mut editor = repo.edit_tree(base).map_err(failed)?;
    for Edit { path, content } in edits {
        let (kind, id) = match content {
            Content::NoFile | Content::NoDirectory => {
                editor.remove(path.as_str()).map_err(failed)?;
                continue;
            }
            Content::Text(text) => (EntryKind::Blob, blob(text.as_bytes())?),
            Content::Link(target) => (EntryKind::Link, blob(target.as_bytes())?),
            Content::Manifest(ManifestId::EMPTY) => (EntryKind::Blob, blob(manifest_blob::EMPTY.as_bytes())?),
            Content::Manifest(manifest) => {
                let unknown = || TransactError::UnknownManifest { manifest: *manifest };
                match pending.get(manifest) {
                    Some(bytes) => (EntryKind::Blob, blob(bytes)?),
                    None => (EntryKind::Blob, blob_of(manifest, repo.object_hash()).ok_or_else(unknown)?),
                }
            }
        };
        editor.upsert(path.as_str(), kind, id).map_err(failed)?;
    }
    Ok(editor.write().map_err(failed)?.detach())
}

/// What goes into a commit besides its tree.
pub(crate) struct CommitHeader<'a> {
    pub(crate) context: &'a Context,
    pub(crate) committer: &'a Actor,
    pub(crate) message: String,
}

impl CommitHeader<'_> {
    fn signature(&self, actor: &Actor) -> gix::actor::Signature {
        let (name, email) = header_identity(actor);
        let now = self.context.now;
        let time = gix::date::Time::new(now.unix_seconds(), now.offset_seconds());
        gix::actor::Signature { name: name.into(), email: email.into(), time }
    }

    /// Writes the commit. The same header, tree and parent give the same id.
    pub(crate) fn write(
        &self,
        repo: &gix::Repository,
        tree: ObjectId,
        parent: Option<ObjectId>,
    ) -> Result<ObjectId, TransactError> {
        if self.context.now.unix_seconds() < 0 {
            return Err(TransactError::TimeBefore1970 { time: self.context.now });
        }
        let (size, limit) = (self.message.len(), LONGEST_MESSAGE);
        if size > limit {
            let what = "the message of the commit".to_owned();
            return Err(TransactError::TooLong { what, size, limit: limit as u64 });
        }
        let commit = gix::objs::Commit {
            tree,
            parents: parent.into_iter().collect(),
            author: self.signature(&self.context.actor),
            committer: self.signature(self.committer),
            encoding: None,
            message: self.message.as_str().into(),
            extra_headers: Vec::new(),
        };
        let written = repo.write_object(&commit).map_err(|error| TransactError::write("a commit", error))?;
        Ok(written.detach())
    }

    /// Moves the branch from its old commit to the new one, if it still is at the old one: a compare-and-swap.
    /// Returns whether it was.
    pub(crate) fn move_branch(
        &self,
        repo: &gix::Repository,
        branch: &FullName,
        from: Option<ObjectId>,
        to: ObjectId,
    ) -> Result<bool, TransactError> {
        let expected = match from {
            Some(from) => PreviousValue::MustExistAndMatch(Target::Object(from)),
            None => PreviousValue::MustNotExist,
        };
        let subject = self.message.lines().next().unwrap_or_default();
        let edit = RefEdit::update(branch.clone(), to, expected, format!("kuberpult: {subject}"));
        let committer = self.signature(self.committer);
        let mut time = gix::date::parse::TimeBuf::default();
        match repo.edit_references_as([edit], Some(committer.to_ref(&mut time))) {
            Ok(_) => Ok(true),
            // The error does not say why. That the branch is no longer where it was is the one good reason.
            Err(error) => match branch_commit(repo, branch) {
                Ok(now) if now != from => Ok(false),
                _ => Err(TransactError::write(format!("branch `{}`", branch.shorten()), error)),
            },
        }
    }
}

/// The commit that a branch is at; none before its first commit.
pub(crate) fn branch_commit(
    repo: &gix::Repository,
    branch: &FullName,
) -> Result<Option<ObjectId>, gix::Error> {
    match repo.try_find_reference(branch.as_ref())? {
        None => Ok(None),
        Some(mut reference) => Ok(Some(reference.peel_to_id()?.detach())),
    }
}
