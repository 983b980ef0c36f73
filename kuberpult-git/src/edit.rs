//! [`Edit`]: a change of one path of a tree, and which of several count.

use std::collections::BTreeSet;
use std::ops::Bound;

use kuberpult_core::ManifestId;

/// An edit of a tree: what is at a path afterwards. Later edits of a path win.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Edit {
    /// From the root, with `/` between names.
    pub(crate) path: String,
    pub(crate) content: Content,
}

/// What an edit leaves at its path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Content {
    /// A file with this text.
    Text(String),
    /// A file with this content, which is in the repository already or is added with the commit.
    Manifest(ManifestId),
    /// A symbolic link.
    Link(String),
    /// Nothing: the file or the link is removed.
    NoFile,
    /// Nothing: the directory is removed with all that is in it.
    NoDirectory,
}

/// The edits, in order, without those in a directory that is removed later on: what is written into a directory that
/// is made anew must not bring back what was in the old one.
pub(crate) fn without_undone(edits: &[Edit]) -> Vec<&Edit> {
    let mut kept: Vec<&Edit> = Vec::with_capacity(edits.len());
    let mut removed = Removed::default();
    for edit in edits.iter().rev() {
        let is_undone = !removed.0.is_empty() && removed.contains(&edit.path);
        if is_undone {
            continue;
        }
        if edit.content == Content::NoDirectory {
            removed.insert(&edit.path);
        }
        kept.push(edit);
    }
    kept.reverse();
    kept
}

/// Removed directories, each with a `/` at its end.
#[derive(Default)]
struct Removed(
    /// INVARIANT: none lies in another one.
    BTreeSet<String>,
);

impl Removed {
    /// Whether the path is one of the directories, or lies in one.
    fn contains(&self, path: &str) -> bool {
        let path = format!("{path}/");
        let before = self.0.range::<str, _>((Bound::Unbounded, Bound::Included(path.as_str())));
        before.last().is_some_and(|directory| path.starts_with(directory.as_str()))
    }

    /// Adds a directory that none contains.
    fn insert(&mut self, path: &str) {
        let directory = format!("{path}/");
        let after = self.0.range(directory.clone()..);
        let inner: Vec<String> = after.take_while(|other| other.starts_with(&directory)).cloned().collect();
        for inner in inner {
            self.0.remove(&inner);
        }
        self.0.insert(directory);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_removal_undoes_is_left_out() {
        let edit = |path: &str, content| Edit { path: path.to_owned(), content };
        let text = |path| edit(path, Content::Text(String::new()));
        let edits = [
            text("a/b/c"),
            text("a/b-x/c"),
            edit("a/b/d", Content::NoDirectory),
            edit("a/b", Content::NoDirectory),
            text("a/b/e/f"),
            edit("a/b/e", Content::NoDirectory),
            text("a/b/e/g"),
            text("a"),
        ];
        let kept: Vec<_> = without_undone(&edits).into_iter().cloned().collect();
        let [_, sibling, _, removal, _, inner_removal, inner, other] = edits;
        assert_eq!(kept, [sibling, removal, inner_removal, inner, other]);
    }
}
