//! [`Reader`]: reading objects within limits, and what becomes of those that are not understood.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

use gix::ObjectId;
use gix::objs::Kind;

use crate::ReadError;
use crate::limits::{LARGEST_DIRECTORY, LARGEST_OBJECT, LARGEST_READING, LARGEST_TEXT, in_words};
use crate::listing::Listing;
use crate::store::Store;

/// Reads objects of one commit, for one command or one check.
pub(crate) struct Reader<'repo> {
    store: &'repo Store,
    /// What could not be read, for who asks for all of it. Without it, the first such thing is an error.
    collected: Option<RefCell<Vec<ReadError>>>,
    /// How many bytes may still be read.
    left: Cell<u64>,
}

impl<'repo> Reader<'repo> {
    /// For a command: what is not understood is an error.
    pub(crate) fn strict(store: &'repo Store) -> Rc<Self> {
        Rc::new(Self { store, collected: None, left: Cell::new(LARGEST_READING) })
    }

    /// For a check: what is not understood is collected and left out.
    pub(crate) fn collecting(store: &'repo Store) -> Rc<Self> {
        Rc::new(Self { collected: Some(RefCell::default()), store, left: Cell::new(LARGEST_READING) })
    }

    pub(crate) fn store(&self) -> &'repo Store {
        self.store
    }

    /// What was read; nothing if it could not be, and that was collected.
    pub(crate) fn or_collect<T>(&self, result: Result<T, ReadError>) -> Result<Option<T>, ReadError> {
        match (result, &self.collected) {
            (Ok(value), _) => Ok(Some(value)),
            // What comes after that cannot be read either.
            (Err(error @ ReadError::TooMuch { .. }), _) | (Err(error), None) => Err(error),
            (Err(error), Some(collected)) => {
                collected.borrow_mut().push(error);
                Ok(None)
            }
        }
    }

    /// What was collected so far.
    pub(crate) fn collected(&self) -> Vec<ReadError> {
        self.collected.as_ref().map(RefCell::take).unwrap_or_default()
    }

    /// The content of a directory.
    pub(crate) fn listing(&self, path: &str, id: ObjectId) -> Result<Arc<Listing>, ReadError> {
        if let Some(listing) = self.store.listing(&id) {
            self.count(path, listing.data().len())?;
            return Ok(listing);
        }
        // Git takes the empty directory for there, be it stored or not.
        let data = if id.is_empty_tree() {
            Vec::new()
        } else {
            std::mem::take(&mut self.object(path, id, Kind::Tree, "a directory", LARGEST_DIRECTORY)?.data)
        };
        let listing = Listing::parse(id, data).map_err(|found| {
            let expected = "a directory as git writes it, with entries in order and no name twice";
            ReadError::not_understood(path, expected, &found)
        })?;
        let listing = Arc::new(listing);
        self.store.remember_listing(&listing);
        Ok(listing)
    }

    /// The content of a file or the target of a link.
    pub(crate) fn text(&self, path: &str, id: ObjectId) -> Result<Arc<[u8]>, ReadError> {
        if let Some(text) = self.store.text(&id) {
            self.count(path, text.len())?;
            return Ok(text);
        }
        let object = self.object(path, id, Kind::Blob, "a text", LARGEST_TEXT)?;
        let text = Arc::from(object.data.as_slice());
        self.store.remember_text(id, &text);
        Ok(text)
    }

    /// The content of a manifest.
    pub(crate) fn manifest(&self, path: &str, id: ObjectId) -> Result<gix::Object<'repo>, ReadError> {
        self.object(path, id, Kind::Blob, "a manifest", LARGEST_OBJECT)
    }

    fn object(
        &self,
        path: &str,
        id: ObjectId,
        kind: Kind,
        what: &str,
        largest: usize,
    ) -> Result<gix::Object<'repo>, ReadError> {
        // gix unpacks nothing that says that it is larger than LARGEST_OBJECT, and says so only in words.
        let object = self.store.read(id).map_err(|error| match self.store.git.find_header(id) {
            Ok(header) if header.size() > LARGEST_OBJECT as u64 => {
                too_large(path, what, largest, header.size())
            }
            _ => ReadError::unreadable(path, error),
        })?;
        let size = object.data.len();
        self.count(path, size)?;
        if object.kind != kind {
            let found = format!("an object of kind `{}`", object.kind);
            return Err(ReadError::not_understood(path, format!("an object of kind `{kind}`"), &found));
        }
        if size > largest {
            return Err(too_large(path, what, largest, size as u64));
        }
        Ok(object)
    }

    /// Counts what is read, from git or from memory: what is kept of it takes memory once more.
    fn count(&self, path: &str, size: usize) -> Result<(), ReadError> {
        let left = self.left.get().checked_sub(size as u64).ok_or_else(|| ReadError::too_much(path))?;
        self.left.set(left);
        Ok(())
    }
}

fn too_large(path: &str, what: &str, largest: usize, size: u64) -> ReadError {
    let expected = format!("{what} of at most {}", in_words(largest as u64));
    ReadError::not_understood(path, expected, &format!("one of {size} bytes"))
}

#[cfg(test)]
mod tests {
    use kuberpult_core::{Actor, Command, Context, EnvironmentConfig};

    use super::*;
    use crate::git_command;
    use crate::read_state::Snapshot;
    use crate::{InitOptions, ManifestRepo};

    /// A repository with a small environment, and its commit.
    fn repository() -> (tempfile::TempDir, ManifestRepo, Option<ObjectId>) {
        let directory = tempfile::tempdir().unwrap();
        let mut repo = ManifestRepo::init(directory.path(), &InitOptions::default()).unwrap();
        let context =
            Context::new("2024-05-03T11:37:37Z".parse().unwrap(), Actor::new("Jo", "jo@example.com"));
        let config = EnvironmentConfig::default();
        let create = Command::CreateEnvironment { environment: "staging".parse().unwrap(), config };
        let commit = repo.transact(&context, &create).unwrap().commit.map(|commit| commit.0);
        (directory, repo, commit)
    }

    #[test]
    fn what_is_too_large_is_not_even_unpacked() {
        let (directory, _, _) = repository();
        std::fs::write(directory.path().join("large"), vec![0; LARGEST_OBJECT + 1]).unwrap();
        let written = git_command::run(directory.path(), ["hash-object", "-w", "large"]).unwrap();
        let large: ObjectId = String::from_utf8(written.stdout).unwrap().trim().parse().unwrap();
        let around = directory.path().join("below");
        std::fs::create_dir(&around).unwrap();
        for opened in [
            ManifestRepo::open(directory.path(), Default::default()),
            ManifestRepo::discover(&around, Default::default()),
        ] {
            let opened = opened.unwrap();
            assert!(opened.store.git.find_object(large).is_err());
            let error = Reader::strict(&opened.store).text("a/b", large).err().unwrap().to_string();
            assert!(
                error.ends_with("expected a text of at most 1 MiB, found one of 67108865 bytes"),
                "{error}"
            );
        }
    }

    #[test]
    fn reading_ends_where_there_is_too_much() {
        let (_directory, repo, commit) = repository();
        let read = |left, collected: bool| {
            let collected = collected.then(RefCell::default);
            let reader = Rc::new(Reader { store: &repo.store, collected, left: Cell::new(left) });
            let tree = repo.store.tree_of(commit).unwrap();
            let error = Snapshot::open_with(&reader, tree).err();
            assert!(reader.collected().is_empty(), "it is no finding that something is left out");
            error.map(|error| error.to_string())
        };
        // Three directories and `{}`, with the names `environments`, `staging` and `config.json`.
        let all = [12, 7, 11].map(|name: u64| "40000  ".len() as u64 + name + 20).iter().sum::<u64>() + 1 + 3;
        assert_eq!(read(all, false), None);
        for collected in [false, true] {
            let error = read(all - 1, collected).unwrap();
            let place = "up to `environments/staging/config.json` alone";
            assert!(error.contains("more than 1024 MiB") && error.contains(place), "{error}");
        }
    }
}
