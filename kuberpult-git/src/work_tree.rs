//! Work trees that have the branch checked out: they follow it, or nothing is done.

use std::path::{Path, PathBuf};

use gix::ObjectId;

use crate::{ReadError, TransactError, git_command};

/// The work trees that have a branch checked out, and what they must not lose.
pub(crate) struct WorkTrees {
    branch: String,
    paths: Vec<PathBuf>,
}

impl WorkTrees {
    /// Finds the work trees that have the branch checked out, linked ones included.
    pub(crate) fn of_branch(repo: &gix::Repository, branch: &gix::refs::FullName) -> Result<Self, ReadError> {
        let failed = |error| ReadError::git("the list of work trees", error);
        let mut paths = Vec::new();
        for repo in repo.worktrees_including_main().map_err(failed)? {
            let repo = repo.map_err(failed)?;
            let Some(path) = repo.workdir().filter(|path| path.exists()) else { continue };
            if repo.head_name().map_err(failed)?.as_ref() == Some(branch) {
                paths.push(path.to_owned());
            }
        }
        paths.sort();
        paths.dedup();
        Ok(Self { branch: branch.shorten().to_string(), paths })
    }

    /// Refuses when a work tree has changes to files that git knows.
    pub(crate) fn refuse_changes(&self) -> Result<(), TransactError> {
        const STATUS: [&str; 5] =
            ["status", "--porcelain=v1", "-z", "--untracked-files=no", "--ignore-submodules=all"];
        for path in &self.paths {
            let status = self.git(path, &STATUS)?;
            let changed = if status.success { changed_paths(&status.stdout) } else { vec![status.message] };
            if !changed.is_empty() {
                return Err(self.dirty(path, changed));
            }
        }
        Ok(())
    }

    /// Refuses when a work tree has files that git does not know where the next tree has its own.
    pub(crate) fn refuse_obstacles(&self, from: ObjectId, to: ObjectId) -> Result<(), TransactError> {
        for path in &self.paths {
            let rehearsal =
                self.git(path, &["read-tree", "-n", "-m", "-u", &from.to_string(), &to.to_string()])?;
            if !rehearsal.success {
                return Err(self.dirty(path, vec![rehearsal.message]));
            }
        }
        Ok(())
    }

    /// Brings the work trees from one tree to the next. The branch is at its commit already.
    pub(crate) fn follow(&self, from: ObjectId, to: ObjectId, commit: ObjectId) -> Result<(), TransactError> {
        for path in &self.paths {
            let update = self.git(path, &["read-tree", "-m", "-u", &from.to_string(), &to.to_string()])?;
            if !update.success {
                return Err(TransactError::WorkTreeNotUpdated {
                    commit: commit.to_string(),
                    work_tree: path.clone(),
                    message: update.message,
                });
            }
        }
        Ok(())
    }

    fn git(&self, path: &Path, arguments: &[&str]) -> Result<git_command::Output, TransactError> {
        git_command::run(path, arguments)
            .map_err(|source| TransactError::NoGit { work_tree: path.to_owned(), source })
    }

    fn dirty(&self, path: &Path, paths: Vec<String>) -> TransactError {
        TransactError::DirtyWorkTree { branch: self.branch.clone(), work_tree: path.to_owned(), paths }
    }
}

/// The first few paths of `git status --porcelain=v1 -z`: two letters, a blank, the path.
fn changed_paths(status: &[u8]) -> Vec<String> {
    const SHOWN: usize = 5;
    let mut paths = status.split(|byte| *byte == 0).filter_map(|record| record.get(3..));
    let mut shown: Vec<String> = paths
        .by_ref()
        .take(SHOWN)
        .map(|path| format!("`{}`", String::from_utf8_lossy(path).escape_debug()))
        .collect();
    let more = paths.count();
    if more > 0 {
        shown.push(format!("{more} more"));
    }
    shown
}
