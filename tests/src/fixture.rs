//! A small manifest repository to test on.

use std::collections::BTreeMap;
use std::path::Path;

use kuberpult_core::{
    Actor, Command, Context, CreateRelease, Deploy, EnvironmentConfig, EnvironmentName, OnLock, Version,
};
use kuberpult_git::{InitOptions, ManifestRepo, Receipt, TransactError};

/// A manifest repository in a directory of its own.
#[derive(Debug)]
pub struct Fixture {
    directory: tempfile::TempDir,
    /// The repository.
    pub repo: ManifestRepo,
}

/// Some time, the same in all tests.
#[must_use]
pub fn context() -> Context {
    Context::new("2024-05-03T11:37:37+02:00".parse().expect("a time"), Actor::new("Jo", "jo@example.com"))
}

/// `createEnvironment`
#[must_use]
pub fn create_environment(name: &str, config: EnvironmentConfig) -> Command {
    Command::CreateEnvironment { environment: name.parse().expect("an environment name"), config }
}

/// `deploy`
#[must_use]
pub fn deploy(application: &str, version: u64, environment: &str) -> Command {
    Command::Deploy(Deploy {
        environment: environment.parse().expect("an environment name"),
        application: application.parse().expect("an application name"),
        version: Version::new(version).expect("a version"),
        on_lock: OnLock::Queue,
        reason: None,
    })
}

/// `createEnvironmentLock`
#[must_use]
pub fn lock_environment(environment: &str, id: &str, message: &str) -> Command {
    Command::CreateEnvironmentLock {
        environment: environment.parse().expect("an environment name"),
        lock_id: id.parse().expect("a lock id"),
        message: message.into(),
        ci_link: None,
        suggested_lifetime: None,
    }
}

/// `deleteEnvironmentLock`
#[must_use]
pub fn unlock_environment(environment: &str, id: &str) -> Command {
    Command::DeleteEnvironmentLock {
        environment: environment.parse().expect("an environment name"),
        lock_id: id.parse().expect("a lock id"),
        queued: None,
    }
}

impl Fixture {
    /// An empty manifest repository.
    #[must_use]
    pub fn empty(bare: bool) -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let mut options = InitOptions::default();
        options.bare = bare;
        let repo = ManifestRepo::init(directory.path(), &options).expect("a manifest repository");
        Self { directory, repo }
    }

    /// One with development (upstream `latest`), staging, and version 1 of `cart` in development.
    #[must_use]
    pub fn with_cart(bare: bool) -> Self {
        let mut fixture = Self::empty(bare);
        fixture.fill_with_cart();
        fixture
    }

    /// A repository that was made otherwise.
    #[must_use]
    pub fn of(directory: tempfile::TempDir, repo: ManifestRepo) -> Self {
        Self { directory, repo }
    }

    /// Does something with a repository that lies elsewhere, and gives it back.
    #[must_use]
    pub fn of_repo(repo: ManifestRepo, act: impl FnOnce(&mut Self)) -> ManifestRepo {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let mut fixture = Self { directory, repo };
        act(&mut fixture);
        fixture.repo
    }

    /// Makes an empty repository what [`with_cart`](Self::with_cart) gives.
    pub fn fill_with_cart(&mut self) {
        let development: EnvironmentName = "development".parse().expect("a name");
        self.accepted(&create_environment("development", EnvironmentConfig::with_upstream_latest()));
        self.accepted(&create_environment("staging", EnvironmentConfig::with_upstream(development)));
        let release = self.release("cart", &["development", "staging"]);
        self.accepted(&release);
    }

    /// `createRelease` with the next version and manifests that are told apart by how many there were.
    #[must_use]
    pub fn release(&mut self, application: &str, environments: &[&str]) -> Command {
        let state = self.repo.state().expect("a state");
        let releases =
            state.applications.get(application).map_or(0, |application| application.releases.len());
        let mut manifests = BTreeMap::new();
        for environment in environments {
            let text = format!("kind: ConfigMap\nmetadata:\n  name: {application}\n  release: {releases}\n");
            let manifest = self.repo.add_manifest(text.as_bytes()).expect("a manifest");
            manifests.insert(environment.parse().expect("an environment name"), manifest);
        }
        Command::CreateRelease(CreateRelease::new(
            application.parse().expect("an application name"),
            manifests,
        ))
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.directory.path()
    }

    /// Carries a command out.
    ///
    /// # Errors
    /// The command is refused, or cannot be carried out.
    pub fn transact(&mut self, command: &Command) -> Result<Receipt, TransactError> {
        self.repo.transact(&context(), command)
    }

    /// Carries a command out that must be accepted.
    pub fn accepted(&mut self, command: &Command) -> Receipt {
        self.transact(command).unwrap_or_else(|error| panic!("{command} was refused: {error}"))
    }
}
