//! [`ManifestRepo`]: one branch of one repository.

use std::fmt;
use std::num::NonZeroUsize;
use std::path::Path;

use gix::refs::FullName;
use kuberpult_core::{Actor, ApplicationName, ManifestId, Scope, State};

use crate::manifest_blob;
use crate::origin::Origin;
use crate::read_state::Snapshot;
use crate::store::Store;
use crate::tree_edit::PendingManifests;
use crate::write::branch_commit;
use crate::{CommitId, ReadError, TransactError, argocd};

/// One branch of one git repository, as a manifest repository.
///
/// ```
/// use kuberpult_core::{Actor, Command, Context, EnvironmentConfig};
/// use kuberpult_git::{InitOptions, ManifestRepo};
///
/// let directory = tempfile::tempdir()?;
/// let mut repo = ManifestRepo::init(directory.path(), &InitOptions::default())?;
/// let context = Context::new("2024-05-03T11:37:37Z".parse()?, Actor::new("Jo", "jo@example.com"));
/// let receipt = repo.transact(
///     &context,
///     &Command::CreateEnvironment {
///         environment: "development".parse()?,
///         config: EnvironmentConfig::with_upstream_latest(),
///     },
/// )?;
/// assert_eq!(receipt.commit, repo.head()?);
/// assert_eq!(repo.state()?.environments.len(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct ManifestRepo {
    pub(crate) store: Store,
    pub(crate) branch: FullName,
    pub(crate) argocd_repo_url: Option<String>,
    pub(crate) without_maintenance: bool,
    /// How many commands land together at most.
    pub(crate) together: Option<NonZeroUsize>,
    /// Where the branch is, if it is not here.
    pub(crate) origin: Option<Origin>,
    /// Whether what is known of the remote is new enough for the next command.
    pub(crate) is_fresh: bool,
    pub(crate) pending: PendingManifests,
    /// Whether the branch was ever seen with a commit.
    pub(crate) born: bool,
}

impl fmt::Debug for ManifestRepo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ManifestRepo")
            .field("directory", &self.directory())
            .field("branch", &self.branch())
            .finish_non_exhaustive()
    }
}

impl ManifestRepo {
    /// The repository's directory: the work tree, or the bare repository.
    #[must_use]
    pub fn directory(&self) -> &Path {
        self.store.git.workdir().unwrap_or_else(|| self.store.git.git_dir())
    }

    /// The branch's short name.
    #[must_use]
    pub fn branch(&self) -> String {
        self.branch.shorten().to_string()
    }

    /// Who git says the user is: `user.name` and `user.email`, or `GIT_AUTHOR_NAME` and `GIT_AUTHOR_EMAIL`.
    #[must_use]
    pub fn git_identity(&self) -> Option<Actor> {
        let author = self.store.git.author()?.ok()?;
        Some(Actor::new(&author.name.to_string(), &author.email.to_string()))
    }

    /// The newest commit of the branch; none in an empty repository. Of a branch of a remote, it is the newest that is known:
    /// since it was opened, something was written, or [`refresh`](Self::refresh).
    ///
    /// # Errors
    /// The branch cannot be read.
    pub fn head(&self) -> Result<Option<CommitId>, ReadError> {
        match &self.origin {
            Some(origin) => Ok(origin.newest().map(CommitId)),
            None => self.local_head(),
        }
    }

    /// The commit that the branch of the repository itself is at.
    pub(crate) fn local_head(&self) -> Result<Option<CommitId>, ReadError> {
        let commit = branch_commit(&self.store.git, &self.branch)
            .map_err(|error| ReadError::git(format!("branch `{}`", self.branch()), error))?;
        Ok(commit.map(CommitId))
    }

    /// How many objects were read from git since the repository was opened: what was read before and is remembered does not
    /// count. It tells what a command costs, whatever else the machine does.
    #[must_use]
    pub fn objects_read(&self) -> u64 {
        self.store.reads()
    }

    /// The whole state at the newest commit.
    ///
    /// # Errors
    /// Something in the repository cannot be read or is not understood.
    pub fn state(&self) -> Result<State, ReadError> {
        let snapshot = self.snapshot(self.head()?)?;
        snapshot.state(&Scope::everything(&snapshot.configs), Default::default())
    }

    /// The state of one application or of all at the newest commit, without what no overview shows: of releases the versions, and of those that are current,
    /// queued or newest the manifests that they have ([`Scope::of_overview`]).
    ///
    /// # Errors
    /// Something that is read cannot be, or is not understood.
    pub fn overview(&self, application: Option<&ApplicationName>) -> Result<State, ReadError> {
        let snapshot = self.snapshot(self.head()?)?;
        snapshot.state(&Scope::of_overview(&snapshot.configs, application), Default::default())
    }

    /// The environments at the newest commit, with their configs and the locks on them and on teams; and no application.
    ///
    /// # Errors
    /// Something that is read cannot be, or is not understood.
    pub fn environments(&self) -> Result<State, ReadError> {
        let snapshot = self.snapshot(self.head()?)?;
        let environments = snapshot.configs.environments.keys().cloned().collect();
        snapshot.state(&Scope { environments, ..Scope::default() }, Default::default())
    }

    /// Keeps a manifest for a release that will refer to it, and gives its id. It is written with the commit of
    /// that release, and kept in memory until then.
    ///
    /// # Errors
    /// It has more than [`LARGEST_OBJECT`](crate::LARGEST_OBJECT) bytes, or git cannot compute the id.
    pub fn add_manifest(&mut self, content: &[u8]) -> Result<ManifestId, TransactError> {
        let manifest = manifest_blob::id_of(content, self.store.git.object_hash())?;
        if manifest != ManifestId::EMPTY {
            self.pending.entry(manifest).or_insert_with(|| content.into());
        }
        Ok(manifest)
    }

    /// A commit of the branch, opened for reading.
    pub(crate) fn snapshot(&self, commit: Option<CommitId>) -> Result<Snapshot<'_>, ReadError> {
        Snapshot::open(&self.store, self.store.tree_of(commit.map(|commit| commit.0))?)
    }

    /// Where Argo CD finds the repository, if somebody said so.
    pub(crate) fn repo_url(&self, snapshot: &Snapshot<'_>) -> Option<String> {
        let given = self.argocd_repo_url.clone().or_else(|| snapshot.settings.argocd_repo_url.clone());
        given.or_else(|| {
            if let Some(origin) = &self.origin {
                return Some(origin.remote().identity().to_owned());
            }
            let names = self.store.git.remote_names();
            let remote = names.iter().find(|name| name.as_slice() == b"origin").or_else(|| names.first())?;
            let url = self.store.git.config_snapshot().string(format!("remote.{remote}.url").as_str())?;
            Some(argocd::without_password(&url.to_string()))
        })
    }
}
