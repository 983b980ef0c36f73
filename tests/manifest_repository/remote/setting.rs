//! A server with a manifest repository, and what the tests do on it.

use std::fs;
use std::path::PathBuf;

use kuberpult_core::{Command, Context, ReleaseTrain};
use kuberpult_git::{ManifestRepo, OpenError, OpenOptions, RemoteError, TransactError};
use kuberpult_test_servers::{Kind, Server, git};
use kuberpult_tests::fixture::{Fixture, context, lock_environment};

/// A server with a manifest repository, and a directory for clones.
pub(super) struct Setting {
    pub(super) server: Server,
    pub(super) local: tempfile::TempDir,
}

impl Setting {
    /// Development, staging, and version 1 of `cart` in development.
    pub(super) fn new(kind: Kind) -> Self {
        let setting = Self { server: Server::start(kind), local: tempfile::tempdir().expect("a directory") };
        let mut repo = setting.open();
        assert_eq!(repo.head().expect("a head"), None);
        repo = Fixture::of_repo(repo, Fixture::fill_with_cart);
        assert_eq!(repo.head().expect("a head").expect("a commit").to_string(), setting.head());
        setting
    }

    pub(super) fn on_a_directory() -> Self {
        Self::new(Kind::Directory)
    }

    pub(super) fn cache(&self) -> PathBuf {
        self.local.path().join("cache")
    }

    pub(super) fn try_open(&self, options: OpenOptions) -> Result<ManifestRepo, OpenError> {
        ManifestRepo::open_remote(&self.cache(), &self.server.url(), options)
    }

    pub(super) fn open(&self) -> ManifestRepo {
        self.try_open(OpenOptions::default()).expect("a remote repository")
    }

    /// The repository as the server sees it.
    pub(super) fn repository(&self) -> PathBuf {
        self.server.repository()
    }

    pub(super) fn head(&self) -> String {
        git(&self.repository(), &["rev-parse", "refs/heads/main"])
    }

    pub(super) fn commits(&self) -> usize {
        git(&self.repository(), &["rev-list", "--count", "main"]).parse().expect("a number")
    }

    /// What somebody else does there.
    pub(super) fn elsewhere(&self, command: &Command) -> String {
        let mut repo = ManifestRepo::open(&self.repository(), OpenOptions::default()).expect("a repository");
        repo.transact(&context(), command).expect("accepted").commit.expect("a commit").to_string()
    }

    pub(super) fn clone_to(&self, name: &str) -> PathBuf {
        git(self.local.path(), &["clone", "--quiet", &self.server.url(), name]);
        self.local.path().join(name)
    }

    /// A hook that counts pushes, and the count.
    pub(super) fn count_pushes(&self) -> impl Fn() -> usize {
        let file = self.server.root().join("pushes");
        self.server.write_hook("post-receive", &format!("#!/bin/sh\necho push >> '{}'\n", file.display()));
        move || fs::read_to_string(&file).unwrap_or_default().lines().count()
    }
}

pub(super) fn through(remote: &str) -> OpenOptions {
    let mut options = OpenOptions::default();
    options.remote = Some(remote.to_owned());
    options
}

pub(super) fn offline() -> OpenOptions {
    let mut options = OpenOptions::default();
    options.offline = true;
    options
}

pub(super) fn locks(count: usize) -> Vec<(Context, Command)> {
    (0..count).map(|number| (context(), lock_environment("staging", &format!("lock-{number}"), ""))).collect()
}

pub(super) fn train() -> Command {
    Command::ReleaseTrain(ReleaseTrain::new("staging"))
}

pub(super) fn as_of(revision: &str) -> Command {
    let as_of = Some(revision.parse().expect("a revision"));
    Command::ReleaseTrain(ReleaseTrain { as_of, ..ReleaseTrain::new("staging") })
}

pub(super) fn lock_count(repo: &ManifestRepo) -> usize {
    repo.state().expect("a state").environments["staging"].locks.len()
}

pub(super) fn refusal(error: TransactError) -> RemoteError {
    match error {
        TransactError::Remote(error) => error,
        other => panic!("no refusal of a remote: {other}"),
    }
}
