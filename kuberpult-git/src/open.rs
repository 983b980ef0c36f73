//! Making and opening manifest repositories.

use std::num::NonZeroUsize;
use std::path::Path;

use gix::refs::FullName;
use gix::refs::transaction::{PreviousValue, RefEdit};
use gix::sec::Trust;
use gix::sec::trust::{DefaultForLevel as _, Mapping};

use crate::layout::{APPLICATIONS, ENVIRONMENTS, SETTINGS};
use crate::limits::LARGEST_OBJECT;
use crate::origin::Origin;
use crate::reader::Reader;
use crate::remote::{ManagedClone, Remote};
use crate::store::Store;
use crate::tree::Directory;
use crate::tree_edit::PendingManifests;
use crate::write::branch_commit;
use crate::{InitError, ManifestRepo, OpenError, ReadError, extensions};

/// How a manifest repository is made.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct InitOptions {
    /// The branch; `main` when not given.
    pub branch: Option<String>,
    /// Whether it is made without a work tree.
    pub bare: bool,
}

/// How a manifest repository is opened.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct OpenOptions {
    /// The branch; the one that is checked out when not given.
    pub branch: Option<String>,
    /// The address at which Argo CD finds the repository; what `kuberpult.json` says, or the address of the
    /// remote, when not given.
    pub argocd_repo_url: Option<String>,
    /// Where the branch is, if it is not the one of the repository itself: the name of a remote in the repository's
    /// configuration, or an address, which is a directory or a URL such as `https://example.com/manifests.git` or
    /// `ssh://git@example.com/manifests.git`.
    ///
    /// Then everything is read from the newest commit there, and a command is done when the remote has accepted it. The
    /// branch of the repository itself follows, if there is one, with the work trees that have it checked out; it must have
    /// no commits that the remote does not have.
    pub remote: Option<String>,
    /// Whether the network is left alone: what was fetched last from the remote is read, and nothing can be written. Without
    /// a remote it means nothing.
    pub offline: bool,
    /// Whether it is opened for one command that comes at once: the first one is decided on what was found when it was opened,
    /// which spares asking the remote again. Without a remote it means nothing.
    pub for_one_command: bool,
    /// How many commands [land together](ManifestRepo::transact_all) at most: how many share a push. Without it, there is a
    /// bound that keeps the work small that a lost race throws away.
    pub together: Option<NonZeroUsize>,
    /// Whether git's own maintenance is left to somebody else. When not set, `git maintenance run --auto` is started
    /// after a command when there are more loose objects or packs than git's configuration tolerates (`gc.auto`,
    /// `gc.autoPackLimit`); nobody waits for it.
    pub without_maintenance: bool,
}

/// The branch where none is named: of a repository that is made, and of a remote that is given by its address.
pub const DEFAULT_BRANCH: &str = "main";

impl ManifestRepo {
    /// Makes an empty manifest repository, or opens the one that is there.
    ///
    /// The directory and those above it are made when they do not exist.
    ///
    /// # Errors
    /// The directory holds something else, or cannot be written.
    pub fn init(directory: &Path, options: &InitOptions) -> Result<Self, InitError> {
        let failed = |source: Box<dyn std::error::Error + Send + Sync>| InitError::Git {
            directory: directory.to_owned(),
            source,
        };
        let open = OpenOptions { branch: options.branch.clone(), ..OpenOptions::default() };
        if gix::open(directory).is_ok() {
            return Ok(Self::open(directory, open)?);
        }
        let branch = options.branch.as_deref().unwrap_or(DEFAULT_BRANCH);
        let branch = full_name(branch).map_err(|error| InitError::InvalidBranch {
            branch: branch.to_owned(),
            source: Box::new(error),
        })?;
        std::fs::create_dir_all(directory).map_err(|error| failed(error.into()))?;
        let mut entries = std::fs::read_dir(directory).map_err(|error| failed(error.into()))?;
        if entries.next().is_some() {
            return Err(InitError::NotEmpty { directory: directory.to_owned() });
        }
        let repo = if options.bare { gix::init_bare(directory) } else { gix::init(directory) };
        let repo = repo.map_err(|error| failed(error.into()))?;
        let head = FullName::try_from("HEAD").map_err(|error| failed(error.into()))?;
        repo.edit_references_as([RefEdit::update(head, branch, PreviousValue::Any, "")], None)
            .map_err(|error| failed(error.into()))?;
        Ok(Self::open(directory, open)?)
    }

    /// Opens the repository in a directory: its work tree, its `.git`, or the bare repository itself.
    ///
    /// # Errors
    /// There is no repository, it has no such branch, or the branch holds something else.
    pub fn open(directory: &Path, options: OpenOptions) -> Result<Self, OpenError> {
        Self::from_gix(gix::open_opts(directory, limited(Default::default())), directory, options)
    }

    /// Opens the repository around a directory: in it, or in the next directory above that has one.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn discover(directory: &Path, options: OpenOptions) -> Result<Self, OpenError> {
        let by_trust = Mapping {
            full: limited(gix::open::Options::default_for_level(Trust::Full)),
            reduced: limited(gix::open::Options::default_for_level(Trust::Reduced)),
        };
        let opened = gix::ThreadSafeRepository::discover_opts(directory, Default::default(), by_trust);
        Self::from_gix(opened.map(Into::into), directory, options)
    }

    /// Opens a branch of a remote repository, for who has no clone: `main` if the options name none. Everything is read from
    /// the newest commit there, and a command is done when the remote has accepted it.
    ///
    /// The address is a directory or a URL, as in [`OpenOptions::remote`], which is not looked at. In the directory `cache`
    /// there is a small clone for each address and branch, which is made when it is not there. Any number of processes can
    /// share it, and it may be deleted at any time.
    ///
    /// ```
    /// use kuberpult_core::{Actor, Command, Context, EnvironmentConfig};
    /// use kuberpult_git::{InitOptions, ManifestRepo, OpenOptions};
    ///
    /// # let directory = tempfile::tempdir()?;
    /// # let (server, cache) = (directory.path().join("manifests.git"), directory.path().join("cache"));
    /// # let mut bare = InitOptions::default();
    /// # bare.bare = true;
    /// # ManifestRepo::init(&server, &bare)?;
    /// # let url = server.to_str().unwrap();
    /// let mut repo = ManifestRepo::open_remote(&cache, url, OpenOptions::default())?;
    /// let context = Context::new("2024-05-03T11:37:37Z".parse()?, Actor::new("Jo", "jo@example.com"));
    /// let environment = "development".parse()?;
    /// let config = EnvironmentConfig::with_upstream_latest();
    /// let receipt = repo.transact(&context, &Command::CreateEnvironment { environment, config })?;
    /// # assert_eq!(ManifestRepo::open(&server, OpenOptions::default())?.head()?, receipt.commit);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// The remote cannot be read, it has no such branch but others, the branch holds something else, or the cache cannot be
    /// written.
    pub fn open_remote(cache: &Path, address: &str, options: OpenOptions) -> Result<Self, OpenError> {
        let branch = options.branch.as_deref().unwrap_or(DEFAULT_BRANCH);
        let clone = ManagedClone::open(cache, Remote::at(address)?, branch)?;
        let directory = clone.git_dir().to_owned();
        let no_branch = |_| OpenError::NoBranch { directory: directory.clone(), branch: branch.to_owned() };
        let branch = full_name(branch).map_err(no_branch)?;
        let repo = gix::open_opts(&directory, limited(Default::default()))
            .map_err(|error| OpenError::CannotOpen { directory: directory.clone(), source: error.into() })?;
        let origin = Origin::of_clone(clone, options.offline);
        Self::assembled(repo, &directory, branch, Some(origin), options)
    }

    fn from_gix(
        opened: gix::Result<gix::Repository>,
        directory: &Path,
        options: OpenOptions,
    ) -> Result<Self, OpenError> {
        let repo = opened.map_err(|error| {
            let (directory, source) = (directory.to_owned(), error.into());
            if directory.join(".git").exists() || directory.join("objects").exists() {
                OpenError::CannotOpen { directory, source }
            } else {
                OpenError::NoRepository { directory, source }
            }
        })?;
        extensions::refuse_unknown(&repo, directory)?;
        let directory = repo.workdir().unwrap_or_else(|| repo.git_dir()).to_owned();
        let Some(remote) = &options.remote else {
            let branch = branch(&repo, &directory, options.branch.as_deref())?;
            return Self::assembled(repo, &directory, branch, None, options);
        };
        let branch = match options.branch.as_deref() {
            // It need not be here.
            Some(wanted) => full_name(wanted).map_err(|_| OpenError::NoBranch {
                directory: directory.clone(),
                branch: wanted.to_owned(),
            })?,
            None => branch(&repo, &directory, None)?,
        };
        let name = branch.shorten().to_string();
        let origin = Origin::of_repository(repo.common_dir(), remote, &name, options.offline)?;
        Self::assembled(repo, &directory, branch, Some(origin), options)
    }

    fn assembled(
        repo: gix::Repository,
        directory: &Path,
        branch: FullName,
        origin: Option<Origin>,
        options: OpenOptions,
    ) -> Result<Self, OpenError> {
        let mut opened = Self {
            store: Store::new(repo),
            branch,
            argocd_repo_url: options.argocd_repo_url,
            // A clone in the cache is looked after when something is fetched.
            without_maintenance: options.without_maintenance
                || origin.as_ref().is_some_and(Origin::is_managed),
            together: options.together,
            is_fresh: options.for_one_command,
            origin,
            pending: PendingManifests::new(),
            born: false,
        };
        if let Some(origin) = &mut opened.origin {
            origin.connect()?;
            opened.store.reload()?;
        }
        let mut content = opened.refuse_other_content(directory);
        if let (Err(OpenError::Read(_)), Some(origin)) = (&content, &mut opened.origin)
            && origin.repair()?
        {
            opened.store.reload()?;
            content = opened.refuse_other_content(directory);
        }
        content?;
        opened.born = opened.head()?.is_some();
        Ok(opened)
    }

    /// A branch that holds something else, say source code, must not become a manifest repository by mistake.
    fn refuse_other_content(&self, directory: &Path) -> Result<(), OpenError> {
        let head = self.head()?;
        let root =
            Directory::root(Reader::strict(&self.store), self.store.tree_of(head.map(|commit| commit.0))?)?;
        if root.is_empty() || [ENVIRONMENTS, APPLICATIONS, SETTINGS].iter().any(|name| root.has(name)) {
            return Ok(());
        }
        Err(OpenError::NoManifestRepository { directory: directory.to_owned(), branch: self.branch() })
    }
}

/// With the limit for the size of objects, which gix compares with what they say of themselves.
pub(crate) fn limited(options: gix::open::Options) -> gix::open::Options {
    options.config_overrides([format!("gitoxide.objects.allocLimit={LARGEST_OBJECT}")])
}

fn full_name(branch: &str) -> Result<FullName, gix::validate::reference::name::Error> {
    gix::refs::Category::LocalBranch.to_full_name(branch)
}

/// The branch that was asked for, or the one that is checked out. It must exist, unless it is the one on which
/// the first commit will be made.
fn branch(repo: &gix::Repository, directory: &Path, wanted: Option<&str>) -> Result<FullName, OpenError> {
    let checked_out = repo.head_name().map_err(|error| ReadError::git("`HEAD`", error))?;
    let Some(wanted) = wanted else {
        return checked_out.ok_or_else(|| OpenError::NoBranchCheckedOut { directory: directory.to_owned() });
    };
    let no_branch = || OpenError::NoBranch { directory: directory.to_owned(), branch: wanted.to_owned() };
    let branch = full_name(wanted).map_err(|_| no_branch())?;
    let commit =
        branch_commit(repo, &branch).map_err(|error| ReadError::git(format!("branch `{wanted}`"), error))?;
    if commit.is_none() && checked_out.as_ref() != Some(&branch) {
        return Err(no_branch());
    }
    Ok(branch)
}
