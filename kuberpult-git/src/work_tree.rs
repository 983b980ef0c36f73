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
            if !status.success {
                return Err(self.in_the_way(path, status.message));
            }
            let paths = changed_paths(&status.stdout);
            if !paths.is_empty() {
                let (branch, work_tree) = (self.branch.clone(), path.clone());
                return Err(TransactError::DirtyWorkTree { branch, work_tree, paths });
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
                return Err(self.in_the_way(path, rehearsal.message));
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

    fn in_the_way(&self, path: &Path, message: String) -> TransactError {
        TransactError::WorkTreeInTheWay { branch: self.branch.clone(), work_tree: path.to_owned(), message }
    }
}

/// The paths in what `git status --porcelain=v1 -z` prints: two letters, a blank, the path.
fn changed_paths(status: &[u8]) -> Vec<String> {
    let records = status.split(|byte| *byte == 0).filter_map(|record| record.get(3..));
    records.map(|path| String::from_utf8_lossy(path).into_owned()).collect()
}
