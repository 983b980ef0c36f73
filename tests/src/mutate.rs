//! Trees of a manifest repository, and ways to break them: bytes in, a tree out that a stranger might push.

mod values;

use std::fmt;

use values::{CONTENTS, HEADERS, LINKS, MODES, NAMES, VERSIONS};

/// An entry of a tree, valid or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The mode, in octal digits as git writes it.
    pub mode: Vec<u8>,
    /// The name, whatever bytes.
    pub name: Vec<u8>,
    /// What is there.
    pub node: Node,
}

/// What a tree's entry leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Node {
    /// A directory, written with its entries in git's order.
    Directory(Vec<Entry>),
    /// A directory with its entries in the order that they have here.
    Unordered(Vec<Entry>),
    /// An object of kind tree with these bytes, then those of a directory with the entries.
    Garbage(Vec<u8>, Vec<Entry>),
    /// A blob.
    Blob(Vec<u8>),
    /// An id without an object.
    Missing,
    /// An object that cannot be unpacked.
    Corrupt,
}

/// One way to break a tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Mutation {
    Remove,
    ChangeMode,
    Link,
    HugeBlob,
    InvalidUtf8,
    HostileContent,
    Rename,
    AddFile,
    AddDirectory,
    FileForDirectory,
    DirectoryForFile,
    Submodule,
    Deep,
    Duplicate,
    FileAndDirectory,
    Unordered,
    EmptyName,
    Truncated,
    Garbage,
    Missing,
    Corrupt,
    WrongKind,
    EmptyDirectory,
    HostileVersion,
    Copy,
    BrokenCommit,
}

impl Mutation {
    /// Each of them.
    pub const ALL: [Self; 26] = [
        Self::Remove,
        Self::ChangeMode,
        Self::Link,
        Self::HugeBlob,
        Self::InvalidUtf8,
        Self::HostileContent,
        Self::Rename,
        Self::AddFile,
        Self::AddDirectory,
        Self::FileForDirectory,
        Self::DirectoryForFile,
        Self::Submodule,
        Self::Deep,
        Self::Duplicate,
        Self::FileAndDirectory,
        Self::Unordered,
        Self::EmptyName,
        Self::Truncated,
        Self::Garbage,
        Self::Missing,
        Self::Corrupt,
        Self::WrongKind,
        Self::EmptyDirectory,
        Self::HostileVersion,
        Self::Copy,
        Self::BrokenCommit,
    ];
}

impl fmt::Display for Mutation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// A source of choices. When it is used up, each choice is the first.
#[derive(Debug)]
pub struct Choices<'a>(pub &'a [u8]);

impl Choices<'_> {
    fn byte(&mut self) -> usize {
        let Some((first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        usize::from(*first)
    }

    /// A number below `count`, which is at most 65,536.
    pub fn below(&mut self, count: usize) -> usize {
        let number = if count > 256 { self.byte() * 256 + self.byte() } else { self.byte() };
        number.checked_rem(count).unwrap_or(0)
    }

    /// One of several.
    ///
    /// # Panics
    /// There is none.
    pub fn one_of<T: Copy>(&mut self, all: &[T]) -> T {
        all.get(self.below(all.len())).copied().expect("one of several")
    }
}

/// What came of mutations: the tree, and which header of the commit is broken.
#[derive(Debug, Clone)]
pub struct Mutated {
    /// The root directory.
    pub root: Node,
    /// What replaces the commit's content, if that is broken; `TREE` stands for the id of the tree.
    pub commit: Option<&'static str>,
    /// What was done.
    pub mutations: Vec<Mutation>,
}

/// Breaks a tree in up to four ways that the bytes choose.
#[must_use]
pub fn mutate(root: &Node, choices: &mut Choices<'_>) -> Mutated {
    let mut mutated = Mutated { root: root.clone(), commit: None, mutations: Vec::new() };
    for _ in 0..=choices.below(4) {
        let mutation = choices.one_of(&Mutation::ALL);
        mutated.mutations.push(mutation);
        if mutation == Mutation::BrokenCommit {
            mutated.commit = Some(choices.one_of(&HEADERS));
        } else {
            let chosen = choices.below(mutated.root.entries_below());
            mutated.root.with_entry(chosen, &mut |siblings, index| apply(mutation, siblings, index, choices));
        }
    }
    mutated
}

impl Node {
    fn entries(&self) -> &[Entry] {
        match self {
            Self::Directory(entries) | Self::Unordered(entries) | Self::Garbage(_, entries) => entries,
            Self::Blob(_) | Self::Missing | Self::Corrupt => &[],
        }
    }

    fn entries_below(&self) -> usize {
        self.entries().iter().map(|entry| 1 + entry.node.entries_below()).sum()
    }

    /// Calls with the siblings and the place among them of the entry of this number, in the order of a walk.
    fn with_entry(&mut self, number: usize, call: &mut dyn FnMut(&mut Self, usize)) {
        let mut left = number;
        for index in 0..self.entries().len() {
            if left == 0 {
                return call(self, index);
            }
            left -= 1;
            let Some(entry) = self.entries_mut().and_then(|entries| entries.get_mut(index)) else { return };
            let below = entry.node.entries_below();
            if left < below {
                return entry.node.with_entry(left, call);
            }
            left -= below;
        }
    }

    fn entries_mut(&mut self) -> Option<&mut Vec<Entry>> {
        match self {
            Self::Directory(entries) | Self::Unordered(entries) | Self::Garbage(_, entries) => Some(entries),
            Self::Blob(_) | Self::Missing | Self::Corrupt => None,
        }
    }
}

const FILE: &[u8] = b"100644";
const LINK: &[u8] = b"120000";
const DIRECTORY: &[u8] = b"40000";
const SUBMODULE: &[u8] = b"160000";

fn entry(mode: &[u8], name: &[u8], node: Node) -> Entry {
    Entry { mode: mode.into(), name: name.into(), node }
}

fn blob(text: &[u8]) -> Node {
    Node::Blob(text.into())
}

/// Breaks what is at a place of a directory.
fn apply(mutation: Mutation, directory: &mut Node, index: usize, choices: &mut Choices<'_>) {
    let Some(entries) = directory.entries_mut() else { return };
    let Some(here) = entries.get_mut(index) else { return };
    match mutation {
        Mutation::Remove => drop(entries.remove(index)),
        Mutation::ChangeMode => here.mode = choices.one_of(&MODES).to_vec(),
        Mutation::Link => *here = entry(LINK, &here.name, blob(choices.one_of(&LINKS))),
        Mutation::HugeBlob => {
            *here = entry(FILE, &here.name, Node::Blob(vec![b'7'; kuberpult_git::LARGEST_TEXT + 1]));
        }
        Mutation::InvalidUtf8 => *here = entry(&here.mode.clone(), &here.name, blob(b"a\xff\xfe\xc0\xaf")),
        Mutation::HostileContent => {
            *here = entry(&here.mode.clone(), &here.name, blob(choices.one_of(&CONTENTS)));
        }
        Mutation::Rename => here.name = choices.one_of(&NAMES).to_vec(),
        Mutation::AddFile => entries.push(entry(FILE, choices.one_of(&NAMES), blob(b"not ours"))),
        Mutation::AddDirectory => {
            let inner = entry(FILE, b"file", blob(b"not ours"));
            entries.push(entry(DIRECTORY, choices.one_of(&NAMES), Node::Directory(vec![inner])));
        }
        Mutation::FileForDirectory => *here = entry(FILE, &here.name, blob(b"not ours")),
        Mutation::DirectoryForFile => {
            let inner = entry(FILE, b"file", blob(b"not ours"));
            *here = entry(DIRECTORY, &here.name, Node::Directory(vec![inner]));
        }
        Mutation::Submodule => *here = entry(SUBMODULE, &here.name, Node::Missing),
        Mutation::Deep => {
            let mut node = blob(b"the end");
            let mut mode = FILE;
            for _ in 0..50 * (1 + choices.below(4)) {
                node = Node::Directory(vec![entry(mode, &here.name, node)]);
                mode = DIRECTORY;
            }
            *here = entry(DIRECTORY, &here.name, node);
        }
        Mutation::Duplicate => {
            let other = Entry { node: blob(b"another"), mode: FILE.into(), ..here.clone() };
            let twice = if here.mode == DIRECTORY { here.clone() } else { other };
            entries.insert(index, twice);
        }
        Mutation::FileAndDirectory => {
            let other = if here.mode == DIRECTORY {
                entry(FILE, &here.name, blob(b"a file"))
            } else {
                let inner = entry(FILE, b"file", blob(b"not ours"));
                entry(DIRECTORY, &here.name, Node::Directory(vec![inner]))
            };
            let between = entry(FILE, &[&here.name, &b".between"[..]].concat(), blob(b"not ours"));
            entries.extend([other, between]);
        }
        Mutation::Unordered => {
            entries.reverse();
            *directory = Node::Unordered(std::mem::take(entries));
        }
        Mutation::EmptyName => here.name = Vec::new(),
        Mutation::Truncated => here.node = Node::Garbage(b"40000 cut\0only ten by".to_vec(), Vec::new()),
        Mutation::Garbage => {
            let bytes = choices.one_of(&[&b"\0"[..], b"9 x\0", b"100644 a\nb", b"100644", b"\xff "]);
            *directory = Node::Garbage(bytes.into(), std::mem::take(entries));
        }
        Mutation::Missing => here.node = Node::Missing,
        Mutation::Corrupt => here.node = Node::Corrupt,
        Mutation::WrongKind => {
            here.node = match here.node {
                Node::Blob(_) => Node::Directory(Vec::new()),
                _ => blob(b"no directory"),
            };
        }
        Mutation::EmptyDirectory => *here = entry(DIRECTORY, &here.name, Node::Directory(Vec::new())),
        Mutation::HostileVersion => here.name = choices.one_of(&VERSIONS).to_vec(),
        Mutation::Copy => {
            let copy =
                entry(&here.mode, choices.one_of(&[&b"copy"[..], b"3", b"staging-2"]), here.node.clone());
            entries.push(copy);
        }
        // It breaks the commit, not the tree.
        Mutation::BrokenCommit => {}
    }
}
