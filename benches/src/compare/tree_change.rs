//! [`TreeChange`]: what a commit changed, so that something else can change the same.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use serde::{Deserialize, Serialize};

use crate::Result;
use crate::child::{git, git_with};

/// The files that a commit changed.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct TreeChange {
    /// By path. A directory that goes as a whole stands for all that is in it.
    pub(crate) files: BTreeMap<String, FileChange>,
    /// The directories of these files that are there before, the root as an empty path.
    pub(crate) existing: Vec<String>,
}

/// What becomes of a file.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) enum FileChange {
    /// It goes.
    Gone,
    /// It has this content now.
    Written {
        /// As git writes it: `100644` or `120000`.
        mode: String,
        /// A file that has the content.
        content: PathBuf,
    },
}

impl TreeChange {
    /// What is different between two commits. The contents are written to files in a directory.
    ///
    /// # Errors
    /// git fails, or a file cannot be written.
    pub(crate) fn between(repository: &Path, from: &str, to: &str, contents: &Path) -> Result<Self> {
        fs::create_dir_all(contents)?;
        // With directories, so that one that goes as a whole is one line, and not all that was in it.
        let raw = git(repository, &["diff-tree", "-r", "-t", "--no-renames", from, to])?;
        let mut change = Self::default();
        let mut gone = None;
        for (number, line) in raw.lines().enumerate() {
            let entry =
                Entry::read(line).ok_or_else(|| format!("unexpected line of git diff-tree: {line}"))?;
            if gone.is_some_and(|directory| is_in(entry.path, directory)) {
                continue;
            }
            let file = match entry {
                Entry { gone: true, tree, path, .. } => {
                    gone = tree.then_some(path).or(gone);
                    FileChange::Gone
                }
                Entry { tree: true, .. } => continue,
                Entry { mode, id, .. } => {
                    let content = contents.join(number.to_string());
                    fs::write(&content, git_with(repository, &["cat-file", "blob", id], Stdio::null())?)?;
                    FileChange::Written { mode: mode.to_owned(), content }
                }
            };
            change.files.insert(entry.path.to_owned(), file);
        }
        change.existing = change
            .directories()
            .into_iter()
            .filter(|directory| {
                git(repository, &["rev-parse", "--verify", "--quiet", &format!("{from}:{directory}")]).is_ok()
            })
            .collect();
        Ok(change)
    }

    /// The directories whose content changes, the deepest first, the root as an empty path.
    pub(crate) fn directories(&self) -> Vec<String> {
        let mut directories: Vec<String> = Vec::new();
        for path in self.files.keys() {
            let mut path = path.as_str();
            while !path.is_empty() {
                path = path.rsplit_once('/').map_or("", |(directory, _)| directory);
                directories.push(path.to_owned());
            }
        }
        let depth =
            |directory: &String| if directory.is_empty() { 0 } else { directory.matches('/').count() + 1 };
        directories.sort_by(|one, other| depth(other).cmp(&depth(one)).then_with(|| one.cmp(other)));
        directories.dedup();
        directories
    }
}

/// A line of `git diff-tree -r -t`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Entry<'a> {
    path: &'a str,
    mode: &'a str,
    id: &'a str,
    tree: bool,
    gone: bool,
}

impl<'a> Entry<'a> {
    fn read(line: &'a str) -> Option<Self> {
        const TREE: &str = "040000";
        let (information, path) = line.strip_prefix(':')?.split_once('\t')?;
        let fields: Vec<_> = information.split(' ').collect();
        let [old_mode, mode, _, id, status] = fields[..] else { return None };
        Some(Self { path, mode, id, tree: old_mode == TREE || mode == TREE, gone: status == "D" })
    }
}

fn is_in(path: &str, directory: &str) -> bool {
    path.strip_prefix(directory).is_some_and(|rest| rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repository::{fast_import, make};
    use crate::size::Size;
    use crate::stream;

    #[test]
    fn a_line_says_what_becomes_of_an_entry() {
        let removed = Entry::read(":040000 000000 1 0 D\ta/b").unwrap();
        assert_eq!(removed, Entry { path: "a/b", mode: "000000", id: "0", tree: true, gone: true });
        let changed = Entry::read(":100644 120000 1 2 T\ta").unwrap();
        assert_eq!(changed, Entry { path: "a", mode: "120000", id: "2", tree: false, gone: false });
        assert_eq!(Entry::read("bogus"), None);
    }

    #[test]
    fn plumbing_makes_the_tree_that_the_change_was_taken_from() {
        let directory = tempfile::tempdir().unwrap();
        let (repository, contents) = (directory.path().join("a.git"), directory.path().join("contents"));
        let size = Size { applications: 2, environments: 2, releases: 2 };
        make(&repository, |stream| stream::write_repository(size, stream)).unwrap();
        // One directory goes, one file goes, one is new in a new directory, one is changed.
        let commit = "commit refs/heads/other\ncommitter Jo <jo@example.com> 1714736258 +0000\ndata 0\n\n\
                      from refs/heads/main^0\nD applications/application-000000/releases/1\n\
                      D applications/application-000001/team\nM 100644 inline new/file\ndata 3\nnew\n\
                      M 100644 inline environments/development/config.json\ndata 2\n{}\n\n";
        fast_import(&repository, &[], |stream| std::io::Write::write_all(stream, commit.as_bytes())).unwrap();
        let change = TreeChange::between(&repository, "main", "other", &contents).unwrap();
        assert_eq!(
            change.files.keys().collect::<Vec<_>>(),
            [
                "applications/application-000000/releases/1",
                "applications/application-000001/team",
                "environments/development/config.json",
                "new/file",
            ]
        );
        let written = crate::plumbing::write_trees(&repository, &change, "main").unwrap();
        assert_eq!(written, crate::repository::id(&repository, "other^{tree}").unwrap());
    }

    #[test]
    fn directories_come_before_those_they_are_in() {
        let mut change = TreeChange::default();
        for path in ["a/b/c", "a/d", "e", "a/b/f"] {
            change.files.insert(path.to_owned(), FileChange::Gone);
        }
        assert_eq!(change.directories(), ["a/b", "a", ""]);
    }
}
