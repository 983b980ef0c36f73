//! A server with a history, and clones of it.

use std::path::Path;

use gix::ObjectId;
use kuberpult_test_servers::{Kind, Server, git, git_with_input, kinds};
use tempfile::TempDir;

use crate::remote::{Depth, ManagedClone, PushOutcome, Remote, RemoteBranch};

/// Runs a test on each server there is, and says on which.
pub(super) fn on_each(test: impl Fn(&Server)) {
    on_each_of(&Kind::ALL, test);
}

/// Runs a test on each server of these kinds that there is.
pub(super) fn on_each_of(wanted: &[Kind], test: impl Fn(&Server)) {
    for kind in kinds().into_iter().filter(|kind| wanted.contains(kind)) {
        println!("on {}", kind.name());
        test(&Server::start(kind));
    }
}

/// The remote that a server is, with what git needs to get in.
pub(super) fn remote(server: &Server) -> Remote {
    remote_at(server, &server.url())
}

/// The same by another address.
pub(super) fn remote_at(server: &Server, url: &str) -> Remote {
    let remote = Remote::at(url).unwrap();
    match server.ssh() {
        Some(ssh) => remote.with_setting(format!("core.sshCommand={}", ssh.command())),
        None => remote,
    }
}

/// A repository of somebody, with a branch of the remote.
#[derive(Debug)]
pub(super) struct Clone {
    pub(super) directory: TempDir,
    pub(super) branch: RemoteBranch,
}

impl Clone {
    pub(super) fn new(remote: Remote) -> Self {
        let directory = tempfile::tempdir().unwrap();
        git(directory.path(), &["init", "--quiet", "--bare", "--initial-branch=main"]);
        let branch = RemoteBranch::new(directory.path(), remote, "main").unwrap();
        Self { directory, branch }
    }

    pub(super) fn of(server: &Server) -> Self {
        Self::new(remote(server))
    }

    pub(super) fn path(&self) -> &Path {
        self.directory.path()
    }

    pub(super) fn fetch(&self) -> Option<ObjectId> {
        self.branch.fetch(Depth::New).unwrap()
    }

    pub(super) fn commit(&self, parent: Option<ObjectId>, file: &str) -> ObjectId {
        commit(self.path(), parent, file)
    }

    /// Pushes what must be accepted.
    pub(super) fn push(&self, new: ObjectId, expected: Option<ObjectId>) {
        accepted(&self.branch, new, expected);
    }
}

/// Pushes what must be accepted.
pub(super) fn accepted(branch: &RemoteBranch, new: ObjectId, expected: Option<ObjectId>) {
    let outcome = branch.push(new, expected);
    assert!(matches!(outcome, Ok(PushOutcome::Accepted)), "{outcome:?}");
}

/// Makes a commit that adds a file of this name and content to those of its parent.
pub(super) fn commit(git_dir: &Path, parent: Option<ObjectId>, file: &str) -> ObjectId {
    let mut entries = parent.map_or_else(String::new, |parent| {
        let tree = format!("{parent}^{{tree}}");
        git(git_dir, &["ls-tree", &tree]) + "\n"
    });
    let blob = git_with_input(git_dir, &["hash-object", "-w", "--stdin"], file.as_bytes());
    entries.push_str(&format!("100644 blob {blob}\t{file}\n"));
    let tree = git_with_input(git_dir, &["mktree"], entries.trim_start().as_bytes());
    let parent = parent.map(|parent| parent.to_string());
    let mut arguments = vec!["commit-tree", "-m", file, tree.as_str()];
    arguments.extend(parent.iter().flat_map(|parent| ["-p", parent.as_str()]));
    id(&git(git_dir, &arguments))
}

/// Adds commits to a branch on the server itself, and gives the newest.
pub(super) fn commits_of_others(repository: &Path, branch: &str, count: usize) -> ObjectId {
    let name = format!("refs/heads/{branch}");
    let mut newest = git(repository, &["for-each-ref", "--format=%(objectname)", &name]).parse().ok();
    for number in 0..count {
        let file =
            format!("{branch}-{number}-after-{}", newest.map_or_else(String::new, short)).replace('/', "-");
        newest = Some(commit(repository, newest, &file));
    }
    let newest = newest.expect("a commit");
    git(repository, &["update-ref", &name, &newest.to_string()]);
    newest
}

fn short(id: ObjectId) -> String {
    id.to_hex_with_len(8).to_string()
}

pub(super) fn id(text: &str) -> ObjectId {
    text.parse().expect("an object id")
}

/// Where the branch is on the server.
pub(super) fn head(server: &Server) -> ObjectId {
    id(&git(&server.repository(), &["rev-parse", "refs/heads/main"]))
}

/// How many commits of the branch are in a repository.
pub(super) fn commits(git_dir: &Path, revision: ObjectId) -> usize {
    git(git_dir, &["rev-list", "--count", &revision.to_string()]).parse().unwrap()
}

/// Both sides are as git wants them, and nothing is locked.
pub(super) fn is_sound(server: &Server, git_dir: &Path) {
    for directory in [server.repository().as_path(), git_dir] {
        git(directory, &["fsck", "--strict", "--no-dangling"]);
        assert_eq!(locks(directory), Vec::<String>::new());
    }
}

/// Git's lock files below a directory.
pub(super) fn locks(directory: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(locks(&path));
        } else if path.extension().is_some_and(|extension| extension == "lock")
            && !path.ends_with("kuberpult-fetch.lock")
        {
            found.push(path.display().to_string());
        }
    }
    found
}

/// A managed clone in a cache of its own.
pub(super) fn managed(cache: &Path, server: &Server) -> ManagedClone {
    ManagedClone::open(cache, remote(server), "main").unwrap()
}
