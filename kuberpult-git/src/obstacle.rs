//! What stands where something has to be written: it stays, and nothing is written.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use gix::ObjectId;
use gix::bstr::{BStr, ByteSlice as _};

use crate::edit::{Content, Edit};
use crate::limits::{LARGEST_OBJECT, LARGEST_TEXT};
use crate::reader::Reader;
use crate::tree::Directory;
use crate::{ReadError, TransactError, layout};

/// Refuses edits that would replace a directory by a file or the other way round, that lead through a directory that git
/// would not have written so, or that write what could not be read again.
pub(crate) fn refuse(repo: &gix::Repository, base: ObjectId, edits: &[&Edit]) -> Result<(), TransactError> {
    let root = Directory::read(Reader::strict(repo), String::new(), base)?;
    refuse_bad_names(&root)?;
    let mut way = Way { open: BTreeMap::from([(String::new(), Rc::new(root))]), removed: BTreeSet::new() };
    for edit in edits {
        if let Content::Text(text) = &edit.content {
            refuse_long(&edit.path, text)?;
        }
        way.refuse_obstacle(edit)?;
    }
    Ok(())
}

fn refuse_long(path: &str, text: &str) -> Result<(), TransactError> {
    let limit = if layout::is_argocd(path) { LARGEST_OBJECT } else { LARGEST_TEXT };
    if text.len() <= limit {
        return Ok(());
    }
    Err(TransactError::TooLong { what: format!("`{path}`"), size: text.len(), limit: limit as u64 })
}

/// Git takes a tree with such a name for an attack. To write the directory anew would be to spread it.
fn refuse_bad_names(directory: &Directory<'_>) -> Result<(), ReadError> {
    let is_bad = |name: &BStr| {
        name.is_empty()
            || name == "."
            || name == ".."
            || name.eq_ignore_ascii_case(b".git")
            || name.contains(&b'/')
    };
    match directory.entries().iter().map(|entry| entry.name.as_bstr()).find(|name| is_bad(name)) {
        None => Ok(()),
        Some(name) => {
            let expected = "a name that git accepts, in a directory that has to be written";
            Err(directory.not_understood(&name.to_str_lossy(), expected, "another one"))
        }
    }
}

/// The directories of the tree that edits lead through.
struct Way<'repo> {
    open: BTreeMap<String, Rc<Directory<'repo>>>,
    /// Directories that an earlier edit removes. What was in them is in nobody's way.
    removed: BTreeSet<String>,
}

impl<'repo> Way<'repo> {
    fn refuse_obstacle(&mut self, edit: &Edit) -> Result<(), ReadError> {
        let (parent, name) = edit.path.rsplit_once('/').unwrap_or(("", &edit.path));
        let parent = self.directory(parent)?;
        let is_removed = self.removed.contains(&edit.path);
        match (&edit.content, parent) {
            (Content::NoDirectory, parent) => {
                if let Some(parent) = parent.filter(|_| !is_removed) {
                    parent.refuse_file(name)?;
                }
                self.removed.insert(edit.path.clone());
                Ok(())
            }
            (_, Some(parent)) if !is_removed => parent.refuse_directory(name),
            _ => Ok(()),
        }
    }

    /// The directory at a path; none if there is nothing, or nothing any more.
    fn directory(&mut self, path: &str) -> Result<Option<Rc<Directory<'repo>>>, ReadError> {
        if self.removed.contains(path) {
            return Ok(None);
        }
        if let Some(directory) = self.open.get(path) {
            return Ok(Some(Rc::clone(directory)));
        }
        let (parent, name) = path.rsplit_once('/').unwrap_or(("", path));
        let Some(directory) =
            self.directory(parent)?.map(|parent| parent.directory(name)).transpose()?.flatten()
        else {
            return Ok(None);
        };
        refuse_bad_names(&directory)?;
        let directory = Rc::new(directory);
        self.open.insert(path.to_owned(), Rc::clone(&directory));
        Ok(Some(directory))
    }
}
