//! Reading trees: directories, texts and links of one commit, with errors that name the path.

use gix::ObjectId;
use gix::bstr::ByteSlice as _;
use gix::objs::tree::EntryKind;

use crate::ReadError;

/// A directory of a commit's tree.
#[derive(Debug)]
pub(crate) struct Directory<'repo> {
    repo: &'repo gix::Repository,
    /// Its path from the root, for errors; empty for the root.
    path: String,
    /// INVARIANT: sorted by name, so that reading each of many by name stays linear.
    entries: Vec<Entry>,
}

#[derive(Debug)]
struct Entry {
    name: String,
    kind: EntryKind,
    id: ObjectId,
}

impl<'repo> Directory<'repo> {
    /// The root directory of a commit; an empty one before the first commit.
    pub(crate) fn root(repo: &'repo gix::Repository, commit: Option<ObjectId>) -> Result<Self, ReadError> {
        let Some(commit) = commit else {
            return Ok(Self { repo, path: String::new(), entries: Vec::new() });
        };
        let tree = repo
            .find_commit(commit)
            .and_then(|commit| commit.tree_id())
            .map_err(|error| ReadError::git(format!("commit {commit}"), error))?;
        Self::read(repo, String::new(), tree.detach())
    }

    fn read(repo: &'repo gix::Repository, path: String, id: ObjectId) -> Result<Self, ReadError> {
        let failed = |error| ReadError::git(format!("directory `{path}` of the manifest repository"), error);
        let tree = repo.find_tree(id).map_err(failed)?;
        let tree = tree.decode().map_err(failed)?;
        // Names that are no UTF-8 are not ours, and none of ours can be among them.
        let ours = tree.entries.iter().filter_map(|entry| {
            let name = entry.filename.to_str().ok()?.to_owned();
            Some(Entry { name, kind: entry.mode.kind(), id: entry.oid.to_owned() })
        });
        let mut entries: Vec<Entry> = ours.collect();
        // Git sorts directories as if their names ended in `/`: nearly sorted, then.
        entries.sort_by(|left, right| left.name.cmp(&right.name));
        Ok(Self { repo, path, entries })
    }

    fn entry(&self, name: &str) -> Option<&Entry> {
        let index = self.entries.binary_search_by(|entry| entry.name.as_str().cmp(name)).ok()?;
        self.entries.get(index)
    }

    fn path_of(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { format!("{}/{name}", self.path) }
    }

    /// An error about an entry of this directory.
    pub(crate) fn not_understood(
        &self,
        name: &str,
        expected: impl Into<String>,
        found: impl Into<String>,
    ) -> ReadError {
        ReadError::NotUnderstood {
            path: self.path_of(name).escape_debug().to_string(),
            expected: expected.into(),
            found: found.into(),
        }
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
        Self::read(self.repo, self.path_of(name), entry.id).map(Some)
    }

    /// The names of the directories in it; files beside them are not ours.
    pub(crate) fn directory_names(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().filter(|entry| entry.kind == EntryKind::Tree).map(|entry| entry.name.as_str())
    }

    /// The names of everything in it that is no directory.
    pub(crate) fn file_names(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().filter(|entry| entry.kind != EntryKind::Tree).map(|entry| entry.name.as_str())
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
        let mut blob = self.repo.find_blob(id).map_err(|error| {
            ReadError::git(format!("`{}` of the manifest repository", self.path_of(name)), error)
        })?;
        String::from_utf8(blob.take_data()).map_err(|error| {
            let position = error.utf8_error().valid_up_to();
            self.not_understood(name, "UTF-8 text", format!("an invalid byte at offset {position}"))
        })
    }
}

fn kind_name(kind: EntryKind) -> &'static str {
    match kind {
        EntryKind::Tree => "a directory",
        EntryKind::Blob | EntryKind::BlobExecutable => "a file",
        EntryKind::Link => "a symbolic link",
        EntryKind::Commit => "a submodule",
    }
}
