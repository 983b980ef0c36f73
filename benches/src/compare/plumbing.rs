//! git's own way to a commit, with as few processes as it takes: what kuberpult is compared with.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;
use std::process::Stdio;

use crate::Result;
use crate::child::{git, program};
use crate::tree_change::{FileChange, TreeChange};

/// Makes a commit of a tree that is there and moves a reference to it from the parent.
///
/// # Errors
/// git fails.
pub(crate) fn commit(
    repository: &Path,
    tree: &str,
    parent: &str,
    reference: &str,
    message: &str,
) -> Result<String> {
    let commit = git(repository, &["commit-tree", tree, "-p", parent, "-m", message])?;
    git(repository, &["update-ref", reference, &commit])?;
    Ok(commit)
}

/// Writes the blobs and trees of a change and gives the root.
///
/// One `git hash-object` writes all blobs. Each directory takes one `git ls-tree`, unless it is new, and one `git mktree`,
/// which is told to believe that what the directory names is there.
///
/// # Errors
/// git fails.
pub(crate) fn write_trees(repository: &Path, change: &TreeChange, parent: &str) -> Result<String> {
    let mut entries = changed_entries(repository, change)?;
    for directory in change.directories() {
        let changed = entries.remove(&directory).unwrap_or_default();
        let old = if change.existing.contains(&directory) {
            git(repository, &["ls-tree", &format!("{parent}:{directory}")])?
        } else {
            String::new()
        };
        let new = replaced(&old, &changed);
        let line =
            if new.is_empty() { None } else { Some(format!("040000 tree {}", make_tree(repository, &new)?)) };
        let Some((above, name)) = split(&directory) else {
            let root = line.and_then(|line| Some(line.rsplit_once(' ')?.1.to_owned()));
            return root.ok_or_else(|| "nothing would be left".into());
        };
        entries.entry(above.to_owned()).or_default().insert(name.to_owned(), line);
    }
    Err("nothing changes".into())
}

/// By directory and name: what `git ls-tree` says before the name, or nothing when the entry goes.
type Entries = BTreeMap<String, BTreeMap<String, Option<String>>>;

fn changed_entries(repository: &Path, change: &TreeChange) -> Result<Entries> {
    let mut arguments = vec!["hash-object", "-w", "--no-filters", "--"];
    for file in change.files.values() {
        if let FileChange::Written { content, .. } = file {
            arguments.push(content.to_str().ok_or("a path that is not UTF-8")?);
        }
    }
    let written = git(repository, &arguments)?;
    let mut ids = written.lines();
    let mut entries = Entries::new();
    for (path, file) in &change.files {
        let line = match file {
            FileChange::Gone => None,
            FileChange::Written { mode, .. } => {
                let id = ids.next().ok_or("git hash-object says too little")?;
                Some(format!("{mode} blob {id}"))
            }
        };
        let (directory, name) = split(path).ok_or("a file without a name")?;
        entries.entry(directory.to_owned()).or_default().insert(name.to_owned(), line);
    }
    Ok(entries)
}

/// The directory that something is in, and its name there; nothing for the root.
fn split(path: &str) -> Option<(&str, &str)> {
    if path.is_empty() { None } else { Some(path.rsplit_once('/').unwrap_or(("", path))) }
}

/// The lines of `git ls-tree` with some entries replaced, added or gone; `git mktree` sorts them.
fn replaced(old: &str, changed: &BTreeMap<String, Option<String>>) -> String {
    let mut new = String::with_capacity(old.len() + 1024);
    for line in old.lines() {
        let name = line.split_once('\t').map_or(line, |(_, name)| name);
        if !changed.contains_key(name) {
            new.push_str(line);
            new.push('\n');
        }
    }
    for (name, line) in changed {
        if let Some(line) = line {
            new.push_str(&format!("{line}\t{name}\n"));
        }
    }
    new
}

fn make_tree(repository: &Path, lines: &str) -> Result<String> {
    let mut making = program("git")
        .arg("-C")
        .arg(repository)
        .args(["mktree", "--missing"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    // It prints the id after it has read everything, so neither side waits for the other.
    making.stdin.take().ok_or("git mktree has no standard input")?.write_all(lines.as_bytes())?;
    let output = making.wait_with_output()?;
    if !output.status.success() {
        return Err("git mktree failed".into());
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim_end().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_replaced_added_and_gone() {
        let old = "100644 blob 1\ta\n100644 blob 2\tb\n040000 tree 3\tc\n";
        let changed = [
            ("a".to_owned(), Some("100644 blob 4".to_owned())),
            ("b".to_owned(), None),
            ("d".to_owned(), Some("120000 blob 5".to_owned())),
        ];
        let new = replaced(old, &changed.into());
        assert_eq!(new, "040000 tree 3\tc\n100644 blob 4\ta\n120000 blob 5\td\n");
    }

    #[test]
    fn a_path_is_split_at_its_last_directory() {
        assert_eq!(split("a/b/c"), Some(("a/b", "c")));
        assert_eq!(split("a"), Some(("", "a")));
        assert_eq!(split(""), None);
    }
}
