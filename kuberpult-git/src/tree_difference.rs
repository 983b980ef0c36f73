//! Two trees side by side: what is different in a directory. What is the same is not opened.

use std::cmp::Ordering;
use std::rc::Rc;

use gix::ObjectId;
use gix::bstr::ByteSlice as _;
use gix::objs::tree::EntryKind;

use crate::ReadError;
use crate::listing::{Entry, Listing};
use crate::reader::Reader;
use crate::store::Store;
use crate::tree::{Directory, kind_name};

/// A path at which two trees are not the same.
pub(crate) struct Changed<'repo> {
    reader: Rc<Reader<'repo>>,
    /// From the root; empty for the root.
    path: String,
    before: Option<Node>,
    after: Option<Node>,
}

/// What lies at a path in one tree.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Node {
    kind: EntryKind,
    id: ObjectId,
}

/// One of the two trees.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Before,
    After,
}

impl<'repo> Changed<'repo> {
    /// The roots of two trees. Before the first commit there is nothing.
    pub(crate) fn roots(store: &'repo Store, before: Option<ObjectId>, after: ObjectId) -> Self {
        let root = |id| Node { kind: EntryKind::Tree, id };
        let (before, after) = (before.map(root), Some(root(after)));
        Self { reader: Reader::strict(store), path: String::new(), before, after }
    }

    /// The last name of the path.
    pub(crate) fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or_default()
    }

    /// Whether there is anything on a side.
    pub(crate) fn is_there(&self, side: Side) -> bool {
        self.node(side).is_some()
    }

    /// Whether it is a directory on either side.
    pub(crate) fn is_directory(&self) -> bool {
        [self.before, self.after].into_iter().flatten().any(|node| node.kind == EntryKind::Tree)
    }

    /// The directory on a side, if there is one with something in it.
    pub(crate) fn directory(&self, side: Side) -> Result<Option<Directory<'repo>>, ReadError> {
        let Some(node) = self.node(side).filter(|node| node.kind == EntryKind::Tree) else {
            return Ok(None);
        };
        let directory = Directory::read(Rc::clone(&self.reader), self.path.clone(), node.id)?;
        Ok(Some(directory).filter(|directory| !directory.is_empty()))
    }

    /// What is different in the directory, in name order. Where there is none, it is as an empty one; where there is
    /// something else, that is an error: whoever asks knows that there should be a directory.
    pub(crate) fn entries(&self) -> Result<Vec<Self>, ReadError> {
        let [before, after] = [self.before, self.after].map(|node| {
            node.map(|node| match node.kind {
                EntryKind::Tree => Directory::read(Rc::clone(&self.reader), self.path.clone(), node.id),
                other => Err(self.not_understood("a directory", kind_name(other))),
            })
        });
        let (before, after) = (before.transpose()?, after.transpose()?);
        let [before, after] =
            [&before, &after].map(|directory| directory.as_ref().map(|directory| &**directory.listing()));
        Ok(self.different(before, after))
    }

    /// The entries that differ, of which each list is in name order.
    fn different(&self, before: Option<&Listing>, after: Option<&Listing>) -> Vec<Self> {
        let mut different = Vec::new();
        let [mut before, mut after] =
            [before, after].map(|side| side.into_iter().flat_map(Listing::entries).peekable());
        loop {
            let order = match (before.peek(), after.peek()) {
                (None, None) => return different,
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some(before), Some(after)) => before.name.cmp(after.name),
            };
            let (before, after) = (before.next_if(|_| order.is_le()), after.next_if(|_| order.is_ge()));
            // Names that are no UTF-8 are not ours.
            let name = before.or(after).and_then(|entry| entry.name.to_str().ok());
            let (before, after) = (before.map(node), after.map(node));
            if let Some(name) = name.filter(|_| before != after) {
                let path =
                    if self.path.is_empty() { name.to_owned() } else { format!("{}/{name}", self.path) };
                different.push(Self { reader: Rc::clone(&self.reader), path, before, after });
            }
        }
    }

    fn node(&self, side: Side) -> Option<Node> {
        match side {
            Side::Before => self.before,
            Side::After => self.after,
        }
    }

    /// An error about this path.
    pub(crate) fn not_understood(&self, expected: &str, found: impl AsRef<str>) -> ReadError {
        ReadError::not_understood(&self.path, expected, found.as_ref())
    }
}

fn node(entry: Entry<'_>) -> Node {
    Node { kind: entry.kind, id: entry.id }
}
