//! Reading trees: directories, texts and links of one commit, with errors that name the path.

use std::borrow::Cow;
use std::rc::Rc;

use gix::ObjectId;
use gix::bstr::{BStr, BString, ByteSlice as _};
use gix::objs::TreeRefIter;
use gix::objs::tree::{EntryKind, EntryRef};
use kuberpult_core::NameError;

use crate::ReadError;
use crate::reader::Reader;

/// A directory of a commit's tree.
pub(crate) struct Directory<'repo> {
    reader: Rc<Reader<'repo>>,
    /// Its path from the root, for errors; empty for the root.
    path: String,
    /// INVARIANT: sorted by name, no name twice. So reading each of many by name stays linear.
    entries: Vec<Entry>,
}

/// What a directory has under one name.
pub(crate) struct Entry {
    pub(crate) name: BString,
    pub(crate) kind: EntryKind,
    pub(crate) id: ObjectId,
}

impl<'repo> Directory<'repo> {
    /// The root directory of a commit; an empty one before the first commit.
    pub(crate) fn root(reader: Rc<Reader<'repo>>, commit: Option<ObjectId>) -> Result<Self, ReadError> {
        let Some(commit) = commit else {
            return Ok(Self { reader, path: String::new(), entries: Vec::new() });
        };
        let tree = reader
            .repo()
            .find_commit(commit)
            .and_then(|commit| commit.tree_id())
            .map_err(|error| ReadError::git(format!("commit {commit}"), error))?;
        Self::read(reader, String::new(), tree.detach())
    }

    /// The directory that a tree is, at this path from the root.
    pub(crate) fn read(reader: Rc<Reader<'repo>>, path: String, id: ObjectId) -> Result<Self, ReadError> {
        let malformed = |found: &str| {
            let expected = "a directory as git writes it, with entries in order and no name twice";
            ReadError::not_understood(&path, expected, found)
        };
        let tree = reader.directory(&path, id)?;
        let mut entries = Vec::new();
        let mut before: Option<EntryRef<'_>> = None;
        for entry in TreeRefIter::from_bytes(&tree.data, reader.repo().object_hash()) {
            let entry =
                entry.map_err(|_| malformed(&format!("what is no entry after {} others", entries.len())))?;
            if let Some(before) = before.filter(|before| *before >= entry) {
                return Err(malformed(&format!("`{}` after `{}`", entry.filename, before.filename)));
            }
            before = Some(entry);
            let (name, kind) = (entry.filename.to_owned(), entry.mode.kind());
            entries.push(Entry { name, kind, id: entry.oid.to_owned() });
        }
        // Git sorts directories as if their names ended in `/`: nearly sorted, then.
        entries.sort_by(|left, right| left.name.cmp(&right.name));
        if let Some(twice) = entries.windows(2).find(|pair| is_name_twice(pair)).and_then(<[Entry]>::first) {
            return Err(malformed(&format!("`{}` twice", twice.name)));
        }
        Ok(Self { reader, path, entries })
    }

    fn entry(&self, name: &str) -> Option<&Entry> {
        let index = self.entries.binary_search_by(|entry| entry.name.as_bstr().cmp(BStr::new(name))).ok()?;
        self.entries.get(index)
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
        self.entries.is_empty()
    }

    /// The directory of this name, if there is one.
    pub(crate) fn directory(&self, name: &str) -> Result<Option<Self>, ReadError> {
        let Some(entry) = self.entry(name) else { return Ok(None) };
        if entry.kind != EntryKind::Tree {
            return Err(self.not_understood(name, "a directory", kind_name(entry.kind)));
        }
        Self::read(Rc::clone(&self.reader), self.path_of(name), entry.id).map(Some)
    }

    /// The names of those directories in it that are wanted, where the name of each says what it is. Files beside them
    /// are not ours.
    pub(crate) fn names<N>(
        &self,
        existing: impl Fn(&str) -> Result<N, NameError>,
        wanted: impl Fn(&str) -> bool,
    ) -> Result<Vec<N>, ReadError> {
        let mut names = Vec::new();
        for entry in self.entries.iter().filter(|entry| entry.kind == EntryKind::Tree) {
            let text = entry.name.to_str_lossy();
            if wanted(&text) {
                let name = match text {
                    Cow::Borrowed(text) => existing(text).map_err(|error| error.to_string()),
                    Cow::Owned(_) => Err("bytes that are no UTF-8".to_owned()),
                };
                let name = name
                    .map_err(|found| self.not_understood(&entry.name.to_str_lossy(), "a safe name", found));
                names.extend(self.reader.or_collect(name)?);
            }
        }
        Ok(names)
    }

    /// The names of the directories in it, whatever they are.
    pub(crate) fn directory_names(&self) -> impl Iterator<Item = Cow<'_, str>> {
        let directories = self.entries.iter().filter(|entry| entry.kind == EntryKind::Tree);
        directories.map(|entry| entry.name.to_str_lossy())
    }

    /// The names of everything in it that is no directory.
    pub(crate) fn file_names(&self) -> impl Iterator<Item = Cow<'_, str>> {
        let files = self.entries.iter().filter(|entry| entry.kind != EntryKind::Tree);
        files.map(|entry| entry.name.to_str_lossy())
    }

    /// All that is in it, in name order.
    pub(crate) fn entries(&self) -> &[Entry] {
        &self.entries
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
        let mut blob = self.reader.text(&self.path_of(name), id)?;
        String::from_utf8(std::mem::take(&mut blob.data)).map_err(|error| {
            let position = error.utf8_error().valid_up_to();
            self.not_understood(name, "UTF-8 text", format!("an invalid byte at offset {position}"))
        })
    }
}

/// A file and a directory of one name are in order, and need not be neighbours.
fn is_name_twice(pair: &[Entry]) -> bool {
    matches!(pair, [left, right] if left.name == right.name)
}

pub(crate) fn kind_name(kind: EntryKind) -> &'static str {
    match kind {
        EntryKind::Tree => "a directory",
        EntryKind::Blob | EntryKind::BlobExecutable => "a file",
        EntryKind::Link => "a symbolic link",
        EntryKind::Commit => "a submodule",
    }
}
