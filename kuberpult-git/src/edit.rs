//! [`Edit`]: a change of one path of a tree.

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
