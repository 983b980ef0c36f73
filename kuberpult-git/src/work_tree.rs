//! Work trees that have the branch checked out: they follow it, or nothing is done.

use std::path::{Path, PathBuf};

use gix::ObjectId;

use crate::{CommitId, ReadError, TransactError, git_command};

/// How many commits before the branch's a work tree that was left behind is looked for at.
const COMMITS_LOOKED_AT: usize = 1_000;

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

    /// Refuses when a work tree has changes to files that git knows, or is not at the branch's commit. `head` is that
    /// commit.
    pub(crate) fn refuse_changes(
        &self,
        repo: &gix::Repository,
        head: Option<ObjectId>,
    ) -> Result<(), TransactError> {
        const STATUS: [&str; 6] = [
            "status",
            "--porcelain=v1",
            "-z",
            "--no-renames",
            "--untracked-files=no",
            "--ignore-submodules=all",
        ];
        for path in &self.paths {
            let status = self.git(path, &STATUS)?;
            if !status.success {
                return Err(self.in_the_way(path, status.message));
            }
            let paths = changed_paths(&status.stdout);
            if paths.is_empty() {
                continue;
            }
            let (branch, work_tree) = (self.branch.clone(), path.clone());
            return Err(match self.left_behind_at(repo, path, head)? {
                Some(at) => TransactError::WorkTreeLeftBehind { branch, work_tree, at: CommitId(at) },
                None => TransactError::DirtyWorkTree { branch, work_tree, paths },
            });
        }
        Ok(())
    }

    /// The earlier commit that a work tree is at without any change of its own, if there is one among the newest: the
    /// branch was moved, and the work tree did not follow.
    fn left_behind_at(
        &self,
        repo: &gix::Repository,
        path: &Path,
        head: Option<ObjectId>,
    ) -> Result<Option<ObjectId>, TransactError> {
        let Some(head) = head else { return Ok(None) };
        let unchanged = self.git(path, &["diff-files", "--quiet", "--ignore-submodules=all"])?;
        let index = self.git(path, &["write-tree"])?;
        let tree = index.stdout.trim_ascii_end();
        if !(unchanged.success && index.success) {
            return Ok(None);
        }
        let mut commit = repo.find_commit(head).ok();
        for _ in 0..COMMITS_LOOKED_AT {
            let parent = commit.and_then(|commit| commit.parent_ids().next());
            commit = parent.and_then(|parent| repo.find_commit(parent).ok());
            let Some(at) = &commit else { return Ok(None) };
            if at.tree_id().is_ok_and(|there| there.to_string().as_bytes() == tree) {
                return Ok(Some(at.id));
            }
        }
        Ok(None)
    }

    /// Refuses when a work tree has files that git does not know where the next tree has its own. Git itself would
    /// overwrite those that are ignored.
    pub(crate) fn refuse_obstacles(&self, from: ObjectId, to: ObjectId) -> Result<(), TransactError> {
        let (from, to) = (from.to_string(), to.to_string());
        for path in &self.paths {
            let rehearsal = self.git(path, &["read-tree", "-n", "-m", "-u", &from, &to])?;
            if !rehearsal.success {
                return Err(self.in_the_way(path, rehearsal.message));
            }
            let added =
                ["diff-tree", "-r", "-z", "--no-renames", "--diff-filter=A", "--name-only", &from, &to];
            let added = self.git(path, &added)?;
            if !added.success {
                return Err(self.in_the_way(path, added.message));
            }
            let mut added = added.stdout.split(|byte| *byte == 0).filter(|file| !file.is_empty());
            if let Some(obstacle) = added.find_map(|file| obstacle(path, &String::from_utf8_lossy(file))) {
                let message = format!("`{}` is there, and git does not know it", obstacle.display());
                return Err(self.in_the_way(path, message));
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
            .map_err(|source| TransactError::NoGit { work_tree: path.to_owned(), source: source.into() })
    }

    fn in_the_way(&self, path: &Path, message: String) -> TransactError {
        TransactError::WorkTreeInTheWay { branch: self.branch.clone(), work_tree: path.to_owned(), message }
    }
}

/// What is in the way of a file that is to be written into a work tree: something of its name, or something that is no
/// directory where one is needed.
fn obstacle(work_tree: &Path, file: &str) -> Option<PathBuf> {
    let file = work_tree.join(file);
    let directories = file.ancestors().skip(1).take_while(|directory| *directory != work_tree);
    let in_the_way = directories
        .filter(|directory| directory.symlink_metadata().is_ok_and(|there| !there.is_dir()))
        .map(Path::to_owned)
        .last();
    in_the_way.or_else(|| file.symlink_metadata().is_ok().then_some(file))
}

/// The paths in what `git status --porcelain=v1 -z` prints: two letters, a blank, the path.
fn changed_paths(status: &[u8]) -> Vec<String> {
    let records = status.split(|byte| *byte == 0).filter_map(|record| record.get(3..));
    records.map(|path| String::from_utf8_lossy(path).into_owned()).collect()
}
