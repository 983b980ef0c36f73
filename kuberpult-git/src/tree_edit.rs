//! Carrying edits out on a tree: which directories are written anew, and what stands in the way.

use std::collections::BTreeMap;
use std::sync::Arc;

use gix::ObjectId;
use gix::bstr::ByteSlice as _;
use gix::objs::Kind;
use gix::objs::tree::EntryKind;
use kuberpult_core::ManifestId;

use crate::edit::{Content, Edit};
use crate::limits::{LARGEST_OBJECT, LARGEST_TEXT};
use crate::listing::{Listing, NewEntry};
use crate::manifest_blob::{self, blob_of};
use crate::new_objects::{Body, NewObject};
use crate::reader::Reader;
use crate::store::Store;
use crate::tree::Directory;
use crate::{ReadError, TransactError, layout};

/// Manifests that were added and not yet written, by id.
pub(crate) type PendingManifests = BTreeMap<ManifestId, Arc<[u8]>>;

/// A tree that edits have led to.
pub(crate) struct EditedTree {
    pub(crate) id: ObjectId,
    /// What it has that the tree before may not have had, what an object refers to before it.
    pub(crate) objects: Vec<NewObject>,
}

/// Carries edits out, in order. What they do not touch stays as it is.
///
/// # Errors
/// An edit would replace a directory by a file or the other way round, leads through a directory that git would not have
/// written so, or writes what could not be read again.
pub(crate) fn edited(
    store: &Store,
    base: ObjectId,
    edits: &[Edit],
    pending: &PendingManifests,
) -> Result<EditedTree, TransactError> {
    let mut root = Change::default();
    for edit in edits {
        root.add(edit)?;
    }
    let mut editor = Editor { store, pending, objects: Vec::new() };
    let directory = Directory::root(Reader::strict(store), base)?;
    let id = match editor.directory(&root, "", Some(&directory))? {
        Some(id) => id,
        None => editor.add(Kind::Tree, Vec::new())?,
    };
    Ok(EditedTree { id, objects: editor.objects })
}

/// What edits do at a path.
#[derive(Default)]
struct Change<'a> {
    /// Nothing stays of what was there before.
    is_cleared: bool,
    /// What is there afterwards, if that is no directory.
    content: Option<&'a Content>,
    /// What they do below.
    below: BTreeMap<&'a str, Change<'a>>,
}

impl<'a> Change<'a> {
    fn add(&mut self, edit: &'a Edit) -> Result<(), TransactError> {
        if let Content::Text(text) = &edit.content {
            refuse_long(&edit.path, text)?;
        }
        let mut change = self;
        for name in edit.path.split('/') {
            change = change.below.entry(name).or_default();
        }
        if edit.content == Content::NoDirectory {
            // What is written into a directory that is made anew must not bring back what was in the old one.
            *change = Change { is_cleared: true, ..Self::default() };
        } else {
            change.content = Some(&edit.content);
        }
        Ok(())
    }
}

fn refuse_long(path: &str, text: &str) -> Result<(), TransactError> {
    let limit = if layout::is_argocd(path) { LARGEST_OBJECT } else { LARGEST_TEXT };
    if text.len() <= limit {
        return Ok(());
    }
    Err(TransactError::TooLong { what: format!("`{path}`"), size: text.len(), limit: limit as u64 })
}

/// Makes the objects of a tree.
struct Editor<'a> {
    store: &'a Store,
    pending: &'a PendingManifests,
    objects: Vec<NewObject>,
}

impl Editor<'_> {
    /// What a change makes of the directory at a path: the id of the new one, or none if there is nothing in it.
    fn directory(
        &mut self,
        change: &Change<'_>,
        path: &str,
        before: Option<&Directory<'_>>,
    ) -> Result<Option<ObjectId>, TransactError> {
        let kept = before.filter(|_| !change.is_cleared);
        if let Some(kept) = kept {
            refuse_bad_names(kept)?;
        }
        let mut entries = Vec::new();
        for (name, below) in &change.below {
            let path = if path.is_empty() { (*name).to_owned() } else { format!("{path}/{name}") };
            if let Some(content) = below.content {
                if let Some(kept) = kept.filter(|_| !below.is_cleared) {
                    kept.refuse_directory(name)?;
                }
                entries.push((*name, self.content(content)?));
                continue;
            }
            if below.is_cleared
                && let Some(kept) = kept
            {
                kept.refuse_file(name)?;
            }
            let inner = kept.map(|kept| kept.directory(name)).transpose()?.flatten();
            let id = self.directory(below, &path, inner.as_ref())?;
            entries.push((*name, id.map(|id| (EntryKind::Tree, id))));
        }
        self.listing(kept.map(|kept| &**kept.listing()), &entries)
    }

    /// What an edit leaves at its path.
    fn content(&mut self, content: &Content) -> Result<Option<(EntryKind, ObjectId)>, TransactError> {
        Ok(Some(match content {
            Content::NoFile | Content::NoDirectory => return Ok(None),
            Content::Text(text) => (EntryKind::Blob, self.add(Kind::Blob, text.as_bytes())?),
            Content::Link(target) => (EntryKind::Link, self.add(Kind::Blob, target.as_bytes())?),
            Content::Manifest(ManifestId::EMPTY) => {
                (EntryKind::Blob, self.add(Kind::Blob, manifest_blob::EMPTY.as_bytes())?)
            }
            Content::Manifest(manifest) => match self.pending.get(manifest) {
                Some(bytes) => (EntryKind::Blob, self.add(Kind::Blob, Arc::clone(bytes))?),
                None => {
                    let unknown = || TransactError::UnknownManifest { manifest: *manifest };
                    (EntryKind::Blob, blob_of(manifest, self.store.git.object_hash()).ok_or_else(unknown)?)
                }
            },
        }))
    }

    /// The listing that changed entries make of another one: its id, or none if it is empty.
    fn listing(
        &mut self,
        before: Option<&Listing>,
        entries: &[NewEntry<'_>],
    ) -> Result<Option<ObjectId>, TransactError> {
        let Some(mut draft) = Listing::draft(before, entries) else {
            return Ok(before.filter(|before| !before.is_empty()).map(Listing::id));
        };
        if draft.data().is_empty() {
            return Ok(None);
        }
        let id = self.id_of(Kind::Tree, draft.data())?;
        let back = std::mem::take(&mut draft.back);
        let replaces = before.map(|before| (before.id(), back));
        self.objects.push(NewObject { id, body: Body::Listing(Arc::new(draft.into_listing(id))), replaces });
        Ok(Some(id))
    }

    fn add(&mut self, kind: Kind, bytes: impl Into<Arc<[u8]>>) -> Result<ObjectId, TransactError> {
        let bytes = bytes.into();
        let id = self.id_of(kind, &bytes)?;
        self.objects.push(NewObject { id, body: Body::Bytes(kind, bytes), replaces: None });
        Ok(id)
    }

    fn id_of(&self, kind: Kind, bytes: &[u8]) -> Result<ObjectId, TransactError> {
        gix::objs::compute_hash(self.store.git.object_hash(), kind, bytes)
            .map_err(|error| TransactError::write("a file", error))
    }
}

/// Git takes a tree with such a name for an attack. To write the directory anew would be to spread it.
fn refuse_bad_names(directory: &Directory<'_>) -> Result<(), ReadError> {
    match directory.listing().bad_name() {
        None => Ok(()),
        Some(name) => {
            let expected = "a name that git accepts, in a directory that has to be written";
            Err(directory.not_understood(&name.to_str_lossy(), expected, "another one"))
        }
    }
}
