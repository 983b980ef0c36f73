//! [`ManifestRepo`]: one branch of one repository.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::thread::sleep;
use std::time::Duration;

use gix::ObjectId;
use gix::refs::FullName;
use kuberpult_core::{Actor, Command, Context, Decision, Event, ManifestId, Past, Revision, Scope, State};

use crate::commit_message::{commit_message, import_message};
use crate::manifest_blob::{blob_of, manifest_of};
use crate::project::{Edit, project};
use crate::read_state::Snapshot;
use crate::settings_json::RepositorySettings;
use crate::work_tree::WorkTrees;
use crate::write::{self, CommitHeader, PendingManifests, branch_commit};
use crate::writer_lock::WriterLock;
use crate::{ReadError, TransactError, argocd};

/// The id of a commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CommitId(pub(crate) ObjectId);

/// All hexadecimal digits.
impl fmt::Display for CommitId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

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
    pub(crate) repo: gix::Repository,
    pub(crate) branch: FullName,
    pub(crate) argocd_repo_url: Option<String>,
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

/// What a command would lead to now.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The decision.
    pub decision: Decision,
    /// The commit that it was decided on; none in an empty repository.
    pub base: Option<CommitId>,
}

/// What a command led to.
#[derive(Debug, Clone)]
pub struct Receipt {
    /// The decision.
    pub decision: Decision,
    /// The commit that was added; none when there was nothing to do.
    pub commit: Option<CommitId>,
    /// How often it was decided; more than once when others moved the branch meanwhile.
    pub attempts: u32,
}

/// How often a command is decided again after others have moved the branch.
const ATTEMPTS: u32 = 20;

impl ManifestRepo {
    /// The repository's directory: the work tree, or the bare repository.
    #[must_use]
    pub fn directory(&self) -> &Path {
        self.repo.workdir().unwrap_or_else(|| self.repo.git_dir())
    }

    /// The branch's short name.
    #[must_use]
    pub fn branch(&self) -> String {
        self.branch.shorten().to_string()
    }

    /// Who git says the user is: `user.name` and `user.email`, or `GIT_AUTHOR_NAME` and `GIT_AUTHOR_EMAIL`.
    #[must_use]
    pub fn git_identity(&self) -> Option<Actor> {
        let author = self.repo.author()?.ok()?;
        Some(Actor::new(&author.name.to_string(), &author.email.to_string()))
    }

    /// The newest commit of the branch; none in an empty repository.
    ///
    /// # Errors
    /// The branch cannot be read.
    pub fn head(&self) -> Result<Option<CommitId>, ReadError> {
        let commit = branch_commit(&self.repo, &self.branch)
            .map_err(|error| ReadError::git(format!("branch `{}`", self.branch()), error))?;
        Ok(commit.map(CommitId))
    }

    /// The whole state at the newest commit.
    ///
    /// # Errors
    /// Something in the repository cannot be read or is not understood.
    pub fn state(&self) -> Result<State, ReadError> {
        let snapshot = Snapshot::open(&self.repo, self.head()?.map(|commit| commit.0))?;
        snapshot.state(&Scope::everything(&snapshot.configs), BTreeMap::new())
    }

    /// Keeps a manifest for a release that will refer to it, and gives its id. It is written with the commit of
    /// that release, and kept in memory until then.
    ///
    /// # Errors
    /// Git cannot compute the id.
    pub fn add_manifest(&mut self, content: &[u8]) -> Result<ManifestId, TransactError> {
        let failed = |error| TransactError::write("a manifest", error);
        let id = gix::objs::compute_hash(self.repo.object_hash(), gix::objs::Kind::Blob, content)
            .map_err(failed)?;
        let Some(manifest) = manifest_of(&id) else {
            return Err(failed(gix::Error::from_error(gix::error::message("the object id is too long"))));
        };
        if manifest != ManifestId::EMPTY {
            self.pending.entry(manifest).or_insert_with(|| content.to_owned());
        }
        Ok(manifest)
    }

    /// Decides a command on the newest commit and changes nothing: a dry run.
    ///
    /// # Errors
    /// What [`transact`](Self::transact) would refuse, but for what only writing finds out.
    pub fn plan(&self, context: &Context, command: &Command) -> Result<Plan, TransactError> {
        let base = self.head()?;
        let prepared = self.prepare(base, context, command)?;
        Ok(Plan { decision: prepared.decision, base })
    }

    /// Decides a command on the newest commit and writes what it leads to: one commit, or none if there is
    /// nothing to do.
    ///
    /// When somebody else moves the branch meanwhile, the command is decided again on what is there then. A work
    /// tree that has the branch checked out follows.
    ///
    /// # Errors
    /// A rule refuses the command, or something cannot be read or written. The branch is what it was, except
    /// after [`TransactError::WorkTreeNotUpdated`].
    pub fn transact(&mut self, context: &Context, command: &Command) -> Result<Receipt, TransactError> {
        let _lock = WriterLock::acquire(self.repo.common_dir())?;
        for attempts in 1..=ATTEMPTS {
            let base = self.head()?;
            self.refuse_to_begin_anew(base)?;
            let prepared = self.prepare(base, context, command)?;
            if prepared.decision.events().is_empty() {
                return Ok(Receipt { decision: prepared.decision, commit: None, attempts });
            }
            let message = commit_message(command, &prepared.decision);
            if let Some(commit) = self.write(context, message, &prepared)? {
                self.born = true;
                self.forget_written_manifests(prepared.decision.events());
                return Ok(Receipt { decision: prepared.decision, commit: Some(CommitId(commit)), attempts });
            }
            sleep(Duration::from_millis(fastrand::u64(0..=u64::from(attempts) * 5)));
        }
        Err(TransactError::LostRace { attempts: ATTEMPTS })
    }

    /// Writes a whole state into a repository that has neither environments nor applications: one commit. So a
    /// state that was kept elsewhere comes to git.
    ///
    /// Settings stay as they are in the repository. Manifests must have been [added](Self::add_manifest).
    ///
    /// # Errors
    /// The repository has environments or applications, or something cannot be read or written.
    pub fn import(&mut self, context: &Context, state: &State) -> Result<CommitId, TransactError> {
        let _lock = WriterLock::acquire(self.repo.common_dir())?;
        let base = self.head()?;
        self.refuse_to_begin_anew(base)?;
        let snapshot = Snapshot::open(&self.repo, base.map(|commit| commit.0))?;
        let there = snapshot.state(&Scope::everything(&snapshot.configs), BTreeMap::new())?;
        if !(there.environments.is_empty() && there.applications.is_empty()) {
            return Err(TransactError::NotEmpty {
                directory: self.directory().to_owned(),
                branch: self.branch(),
            });
        }
        let prepared =
            self.project(&snapshot, context, base, Decision::from(state.founding_events(context.now)))?;
        let message = import_message(state);
        let commit =
            self.write(context, message, &prepared)?.ok_or(TransactError::LostRace { attempts: 1 })?;
        self.born = true;
        self.forget_written_manifests(prepared.decision.events());
        Ok(CommitId(commit))
    }

    /// Decides, and finds out what would be written.
    fn prepare(
        &self,
        base: Option<CommitId>,
        context: &Context,
        command: &Command,
    ) -> Result<Prepared, TransactError> {
        let snapshot = Snapshot::open(&self.repo, base.map(|commit| commit.0))?;
        let scope = command.scope(&snapshot.configs);
        let state = snapshot.state(&scope, self.past(&scope)?)?;
        let decision = state.decide(context, command)?;
        self.project(&snapshot, context, base, decision)
    }

    /// Reads the part of the past that a scope names. A revision that is not there is left out: the rules refuse it.
    fn past(&self, scope: &Scope) -> Result<BTreeMap<Revision, Past>, ReadError> {
        let mut past = BTreeMap::new();
        for (revision, environments) in &scope.past {
            let Ok(commit) = self.repo.rev_parse_single(revision.as_str()) else { continue };
            let Ok(commit) = commit.object().map_err(drop).and_then(|it| it.peel_to_commit().map_err(drop))
            else {
                continue;
            };
            let snapshot = Snapshot::open(&self.repo, Some(commit.id))?;
            past.insert(revision.clone(), snapshot.current_in(environments)?);
        }
        Ok(past)
    }

    /// Finds out what a decision's events write.
    fn project(
        &self,
        snapshot: &Snapshot<'_>,
        context: &Context,
        base: Option<CommitId>,
        decision: Decision,
    ) -> Result<Prepared, TransactError> {
        self.refuse_unknown_manifests(decision.events())?;

        let empty = ObjectId::empty_blob(self.repo.object_hash());
        let mut edits: Vec<Edit> =
            decision.events().iter().flat_map(|event| project(event, context, empty)).collect();
        let repo_url = self.repo_url(snapshot);
        edits.extend(argocd::project(snapshot, decision.events(), repo_url.as_deref(), &self.branch())?);
        let committer = committer(&snapshot.settings);
        Ok(Prepared { base: base.map(|commit| commit.0), decision, edits, committer })
    }

    /// Writes what was prepared; nothing if the branch is no longer where it was.
    fn write(
        &self,
        context: &Context,
        message: String,
        prepared: &Prepared,
    ) -> Result<Option<ObjectId>, TransactError> {
        let base_tree = match prepared.base {
            None => ObjectId::empty_tree(self.repo.object_hash()),
            Some(base) => {
                let tree = self.repo.find_commit(base).and_then(|commit| commit.tree_id());
                tree.map_err(|error| ReadError::git(format!("commit {base}"), error))?.detach()
            }
        };
        let work_trees = WorkTrees::of_branch(&self.repo, &self.branch)?;
        work_trees.refuse_changes()?;
        let tree = write::tree(&self.repo, base_tree, &prepared.edits, &self.pending)?;
        work_trees.refuse_obstacles(base_tree, tree)?;
        let header = CommitHeader { context, committer: &prepared.committer, message };
        let commit = header.write(&self.repo, tree, prepared.base)?;
        if !header.move_branch(&self.repo, &self.branch, prepared.base, commit)? {
            return Ok(None);
        }
        work_trees.follow(base_tree, tree, commit)?;
        Ok(Some(commit))
    }

    /// A branch that had commits and has none now was deleted. A commit without a parent would hide its history.
    fn refuse_to_begin_anew(&mut self, base: Option<CommitId>) -> Result<(), TransactError> {
        if base.is_none() && self.born {
            return Err(TransactError::BranchGone {
                directory: self.directory().to_owned(),
                branch: self.branch(),
            });
        }
        self.born = base.is_some();
        Ok(())
    }

    fn refuse_unknown_manifests(&self, events: &[Event]) -> Result<(), TransactError> {
        for manifest in released_manifests(events) {
            let known = *manifest == ManifestId::EMPTY
                || self.pending.contains_key(manifest)
                || blob_of(manifest).is_some_and(|id| self.repo.has_object(id));
            if !known {
                return Err(TransactError::UnknownManifest { manifest: *manifest });
            }
        }
        Ok(())
    }

    fn forget_written_manifests(&mut self, events: &[Event]) {
        for manifest in released_manifests(events) {
            self.pending.remove(manifest);
        }
    }

    fn repo_url(&self, snapshot: &Snapshot<'_>) -> Option<String> {
        let given = self.argocd_repo_url.clone().or_else(|| snapshot.settings.argocd_repo_url.clone());
        given.or_else(|| {
            let names = self.repo.remote_names();
            let remote = names.iter().find(|name| name.as_slice() == b"origin").or_else(|| names.first())?;
            let url = self.repo.config_snapshot().string(format!("remote.{remote}.url").as_str())?;
            Some(argocd::without_password(&url.to_string()))
        })
    }
}

/// A decision, and what carrying it out writes.
struct Prepared {
    base: Option<ObjectId>,
    decision: Decision,
    edits: Vec<Edit>,
    committer: Actor,
}

fn released_manifests(events: &[Event]) -> impl Iterator<Item = &ManifestId> {
    events
        .iter()
        .flat_map(|event| match event {
            Event::ReleaseCreated { release, .. } => Some(&release.manifests),
            _ => None,
        })
        .flat_map(|manifests| manifests.values())
}

/// The committer: upstream's, unless the repository's settings say otherwise.
fn committer(settings: &RepositorySettings) -> Actor {
    let given = settings.committer.as_ref();
    let name = given.and_then(|given| given.name.as_deref()).unwrap_or("kuberpult");
    let email = given.and_then(|given| given.email.as_deref()).unwrap_or("kuberpult@freiheit.com");
    Actor::new(name, email)
}
