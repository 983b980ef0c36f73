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
    /// By path.
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
        let raw = git(repository, &["diff-tree", "-r", "--no-renames", from, to])?;
        let mut change = Self::default();
        for (number, line) in raw.lines().enumerate() {
            let unexpected = || format!("unexpected line of git diff-tree: {line}");
            let (information, path) = line.split_once('\t').ok_or_else(unexpected)?;
            let fields: Vec<_> = information.split(' ').collect();
            let [_, mode, _, blob, status] = fields[..] else { return Err(unexpected().into()) };
            let file = if status == "D" {
                FileChange::Gone
            } else {
                let content = contents.join(number.to_string());
                fs::write(&content, git_with(repository, &["cat-file", "blob", blob], Stdio::null())?)?;
                FileChange::Written { mode: mode.to_owned(), content }
            };
            change.files.insert(path.to_owned(), file);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directories_come_before_those_they_are_in() {
        let mut change = TreeChange::default();
        for path in ["a/b/c", "a/d", "e", "a/b/f"] {
            change.files.insert(path.to_owned(), FileChange::Gone);
        }
        assert_eq!(change.directories(), ["a/b", "a", ""]);
    }
}
