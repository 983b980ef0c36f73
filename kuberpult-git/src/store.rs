//! [`Store`]: a git repository, with what is remembered of it and what is not written yet.

use std::cell::{Cell, RefCell};
use std::sync::Arc;

use gix::ObjectId;
use gix::objs::Kind;
use kuberpult_core::EnvironmentConfig;

use crate::ReadError;
use crate::listing::Listing;
use crate::memory::Memory;
use crate::new_objects::{Body, NewObject, NewObjects};

/// How much is remembered of directories: enough for 200 with 10,000 entries each.
const BYTES_OF_LISTINGS: usize = 128 * 1024 * 1024;
/// How much is remembered of texts and links.
const BYTES_OF_TEXTS: usize = 32 * 1024 * 1024;
/// The longest text that is remembered.
const LONGEST_TEXT: usize = 4 * 1024;
/// How much is remembered of configs, by the length of their texts.
const BYTES_OF_CONFIGS: usize = 4 * 1024 * 1024;
/// What an entry of a memory takes besides its value.
const BYTES_OF_ENTRY: usize = 128;

/// A git repository, with what is remembered of it and what is not written yet.
///
/// Whoever reads sees what is to be written as if it were there.
pub(crate) struct Store {
    pub(crate) git: gix::Repository,
    listings: RefCell<Memory<Arc<Listing>>>,
    texts: RefCell<Memory<Arc<[u8]>>>,
    configs: RefCell<Memory<Arc<EnvironmentConfig>>>,
    new: RefCell<NewObjects>,
    reads: Cell<u64>,
}

impl Store {
    pub(crate) fn new(git: gix::Repository) -> Self {
        Self {
            git,
            listings: RefCell::new(Memory::of_bytes(BYTES_OF_LISTINGS)),
            texts: RefCell::new(Memory::of_bytes(BYTES_OF_TEXTS)),
            configs: RefCell::new(Memory::of_bytes(BYTES_OF_CONFIGS)),
            new: RefCell::default(),
            reads: Cell::new(0),
        }
    }

    /// Opens the repository anew, for what others have written: packs, shallow commits. What is remembered stays, because it
    /// goes by id.
    pub(crate) fn reload(&mut self) -> Result<(), ReadError> {
        self.git.reload().map(drop).map_err(|error| ReadError::git("the repository", error))
    }

    /// How many objects were read from git so far.
    pub(crate) fn reads(&self) -> u64 {
        self.reads.get()
    }

    /// Reads an object from git itself.
    pub(crate) fn read(&self, id: ObjectId) -> gix::Result<gix::Object<'_>> {
        self.reads.set(self.reads.get() + 1);
        self.git.find_object(id)
    }

    /// The root directory of a commit; an empty one before the first commit.
    pub(crate) fn tree_of(&self, commit: Option<ObjectId>) -> Result<ObjectId, ReadError> {
        let Some(commit) = commit else { return Ok(ObjectId::empty_tree(self.git.object_hash())) };
        let failed = |error| ReadError::git(format!("commit {commit}"), error);
        let object = self.read(commit).and_then(gix::Object::try_into_commit).map_err(failed)?;
        Ok(object.tree_id().map_err(failed)?.detach())
    }

    /// A directory that is remembered or not written yet.
    pub(crate) fn listing(&self, id: &ObjectId) -> Option<Arc<Listing>> {
        let remembered = self.listings.borrow_mut().get(id);
        remembered.or_else(|| {
            let new = self.new.borrow();
            let listing = match new.body(id) {
                Some(Body::Listing(listing)) => Arc::clone(listing),
                _ => Arc::new(Listing::parse(*id, new.directory(id)?).ok()?),
            };
            self.remember_listing(&listing);
            Some(listing)
        })
    }

    pub(crate) fn remember_listing(&self, listing: &Arc<Listing>) {
        let bytes = listing.data().len() * 3 / 2 + BYTES_OF_ENTRY;
        self.listings.borrow_mut().insert(listing.id(), Arc::clone(listing), bytes);
    }

    /// A text or link that is remembered or not written yet.
    pub(crate) fn text(&self, id: &ObjectId) -> Option<Arc<[u8]>> {
        let remembered = self.texts.borrow_mut().get(id);
        remembered.or_else(|| match self.new.borrow().body(id) {
            Some(Body::Bytes(Kind::Blob, bytes)) => Some(Arc::clone(bytes)),
            _ => None,
        })
    }

    pub(crate) fn remember_text(&self, id: ObjectId, text: &Arc<[u8]>) {
        if text.len() <= LONGEST_TEXT {
            self.texts.borrow_mut().insert(id, Arc::clone(text), text.len() + BYTES_OF_ENTRY);
        }
    }

    /// The config that a text is, if it was read before.
    pub(crate) fn config(&self, id: &ObjectId) -> Option<Arc<EnvironmentConfig>> {
        self.configs.borrow_mut().get(id)
    }

    pub(crate) fn remember_config(&self, id: ObjectId, config: &Arc<EnvironmentConfig>, bytes: usize) {
        self.configs.borrow_mut().insert(id, Arc::clone(config), bytes + BYTES_OF_ENTRY);
    }

    /// Whether an object is in the repository or is about to be written.
    pub(crate) fn has(&self, id: &ObjectId) -> bool {
        self.new.borrow().contains(id) || self.git.has_object(id)
    }

    /// Takes objects that are to be written, as far as they are not there.
    pub(crate) fn add(&self, objects: impl IntoIterator<Item = NewObject>) {
        let mut new = self.new.borrow_mut();
        for object in objects {
            if let Body::Listing(listing) = &object.body {
                self.remember_listing(listing);
            }
            if let Some((replaced, _)) = &object.replaces {
                self.listings.borrow_mut().forget(replaced);
            }
            if !new.contains(&object.id) && self.git.objects.exists_without_refresh(&object.id) {
                continue;
            }
            new.add(object);
        }
    }

    /// What is to be written. Until it is, it must be kept.
    pub(crate) fn take_new(&self) -> NewObjects {
        self.new.take()
    }

    /// What is to be written.
    pub(crate) fn new_objects(&self) -> std::cell::Ref<'_, NewObjects> {
        self.new.borrow()
    }
}
