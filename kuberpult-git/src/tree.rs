//! Reading trees: directories, texts and links of one commit, with errors that name the path.

use std::borrow::Cow;
use std::rc::Rc;
use std::sync::Arc;

use gix::ObjectId;
use gix::bstr::ByteSlice as _;
use gix::objs::tree::EntryKind;
use kuberpult_core::NameError;

use crate::ReadError;
use crate::listing::{Entry, Listing};
use crate::reader::Reader;

/// A directory of a commit's tree.
pub(crate) struct Directory<'repo> {
    reader: Rc<Reader<'repo>>,
    /// Its path from the root, for errors; empty for the root.
    path: String,
    listing: Arc<Listing>,
}

impl<'repo> Directory<'repo> {
    /// The root directory of a commit; an empty one before the first commit.
    pub(crate) fn root(reader: Rc<Reader<'repo>>, tree: ObjectId) -> Result<Self, ReadError> {
        Self::read(reader, String::new(), tree)
    }

    /// The directory that a tree is, at this path from the root.
    pub(crate) fn read(reader: Rc<Reader<'repo>>, path: String, id: ObjectId) -> Result<Self, ReadError> {
        let listing = reader.listing(&path, id)?;
        Ok(Self { reader, path, listing })
    }

    fn entry(&self, name: &str) -> Option<Entry<'_>> {
        self.listing.entry(name)
    }

    fn path_of(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { format!("{}/{name}", self.path) }
    }

    /// What reads it.
    pub(crate) fn reader(&self) -> &Reader<'repo> {
        &self.reader
    }

    /// An error about an entry of this directory.
    pub(crate) fn not_understood(
        &self,
        name: &str,
        expected: impl Into<String>,
        found: impl AsRef<str>,
    ) -> ReadError {
        ReadError::not_understood(&self.path_of(name), expected, found.as_ref())
    }

    /// Whether there is an entry of this name, of any kind.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.entry(name).is_some()
    }

    /// Whether there is nothing in it. Git has no empty directories, but upstream writes them.
    pub(crate) fn is_empty(&self) -> bool {
        self.listing.is_empty()
    }

    /// Whether there is a directory of this name.
    pub(crate) fn has_directory(&self, name: &str) -> bool {
        self.entry(name).is_some_and(|entry| entry.kind == EntryKind::Tree)
    }

    /// The directory of this name, if there is one.
    pub(crate) fn directory(&self, name: &str) -> Result<Option<Self>, ReadError> {
        let Some(entry) = self.entry(name) else { return Ok(None) };
        if entry.kind != EntryKind::Tree {
            return Err(self.not_understood(name, "a directory", kind_name(entry.kind)));
        }
        Self::read(Rc::clone(&self.reader), self.path_of(name), entry.id).map(Some)
    }

    /// The names of the directories in it, where the name of each says what it is. Files beside them are not ours.
    pub(crate) fn names<N>(
        &self,
        existing: impl Fn(&str) -> Result<N, NameError>,
    ) -> Result<Vec<N>, ReadError> {
        Ok(self.directories(existing)?.into_iter().map(|(name, _)| name).collect())
    }

    /// The directories in it, where the name of each says what it is.
    pub(crate) fn directories<N>(
        &self,
        existing: impl Fn(&str) -> Result<N, NameError>,
    ) -> Result<Vec<(N, Unopened<'_, 'repo>)>, ReadError> {
        let mut directories = Vec::new();
        for entry in self.listing.entries().filter(|entry| entry.kind == EntryKind::Tree) {
            let text = entry.name.to_str_lossy();
            let name = match &text {
                Cow::Borrowed(text) => existing(text).map_err(|error| error.to_string()),
                Cow::Owned(_) => Err("bytes that are no UTF-8".to_owned()),
            };
            let name = name.map_err(|found| self.not_understood(&text, "a safe name", found));
            let unopened = Unopened { parent: self, entry };
            directories.extend(self.reader.or_collect(name)?.map(|name| (name, unopened)));
        }
        Ok(directories)
    }

    /// The names of the directories in it, whatever they are.
    pub(crate) fn directory_names(&self) -> impl Iterator<Item = Cow<'_, str>> {
        let directories = self.listing.entries().filter(|entry| entry.kind == EntryKind::Tree);
        directories.map(|entry| entry.name.to_str_lossy())
    }

    /// The names of everything in it that is no directory.
    pub(crate) fn file_names(&self) -> impl Iterator<Item = Cow<'_, str>> {
        let files = self.listing.entries().filter(|entry| entry.kind != EntryKind::Tree);
        files.map(|entry| entry.name.to_str_lossy())
    }

    /// What it has, as git stores it.
    pub(crate) fn listing(&self) -> &Arc<Listing> {
        &self.listing
    }

    /// Refuses a directory of this name.
    pub(crate) fn refuse_directory(&self, name: &str) -> Result<(), ReadError> {
        self.refuse(name, "a file, a link or nothing", |kind| kind == EntryKind::Tree)
    }

    /// Refuses what is no directory but has this name.
    pub(crate) fn refuse_file(&self, name: &str) -> Result<(), ReadError> {
        self.refuse(name, "a directory or nothing", |kind| kind != EntryKind::Tree)
    }

    fn refuse(
        &self,
        name: &str,
        expected: &str,
        is_refused: impl Fn(EntryKind) -> bool,
    ) -> Result<(), ReadError> {
        match self.entry(name).filter(|entry| is_refused(entry.kind)) {
            None => Ok(()),
            Some(entry) => Err(self.not_understood(name, expected, kind_name(entry.kind))),
        }
    }

    /// The id of the file of this name, if there is one.
    pub(crate) fn file_id(&self, name: &str) -> Result<Option<ObjectId>, ReadError> {
        let Some(entry) = self.entry(name) else { return Ok(None) };
        match entry.kind {
            EntryKind::Blob | EntryKind::BlobExecutable => Ok(Some(entry.id)),
            other => Err(self.not_understood(name, "a file", kind_name(other))),
        }
    }

    /// The id of the file at this path, with `/` between names, if there is one.
    pub(crate) fn file_at(&self, path: &str) -> Result<Option<ObjectId>, ReadError> {
        match path.split_once('/') {
            None => self.file_id(path),
            Some((name, rest)) => self.directory(name)?.map_or(Ok(None), |directory| directory.file_at(rest)),
        }
    }

    /// The text in the file of this name, if there is one.
    pub(crate) fn text(&self, name: &str) -> Result<Option<String>, ReadError> {
        let Some(id) = self.file_id(name)? else { return Ok(None) };
        self.utf8(name, id).map(Some)
    }

    /// The target of the symbolic link of this name, if there is one.
    pub(crate) fn link(&self, name: &str) -> Result<Option<String>, ReadError> {
        let Some(entry) = self.entry(name) else { return Ok(None) };
        if entry.kind != EntryKind::Link {
            return Err(self.not_understood(name, "a symbolic link", kind_name(entry.kind)));
        }
        self.utf8(name, entry.id).map(Some)
    }

    fn utf8(&self, name: &str, id: ObjectId) -> Result<String, ReadError> {
        let text = self.reader.text(&self.path_of(name), id)?;
        std::str::from_utf8(&text).map(str::to_owned).map_err(|error| {
            let position = error.valid_up_to();
            self.not_understood(name, "UTF-8 text", format!("an invalid byte at offset {position}"))
        })
    }
}

/// A directory that was come across and not opened yet.
pub(crate) struct Unopened<'a, 'repo> {
    parent: &'a Directory<'repo>,
    entry: Entry<'a>,
}

impl<'repo> Unopened<'_, 'repo> {
    pub(crate) fn open(&self) -> Result<Directory<'repo>, ReadError> {
        let path = self.parent.path_of(&self.entry.name.to_str_lossy());
        Directory::read(Rc::clone(&self.parent.reader), path, self.entry.id)
    }
}

pub(crate) fn kind_name(kind: EntryKind) -> &'static str {
    match kind {
        EntryKind::Tree => "a directory",
        EntryKind::Blob | EntryKind::BlobExecutable => "a file",
        EntryKind::Link => "a symbolic link",
        EntryKind::Commit => "a submodule",
    }
}
