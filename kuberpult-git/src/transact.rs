//! Carrying commands out: decide, write one commit, and move the branch if it is where it was.

use std::thread::sleep;
use std::time::Duration;

use gix::ObjectId;
use kuberpult_core::{Actor, Command, Context, Decision, Event, ManifestId, Scope, SmallMap, State};

use crate::commit_message::{commit_message, import_message};
use crate::edit::Edit;
use crate::manifest_blob::blob_of;
use crate::project::project;
use crate::read_state::Snapshot;
use crate::settings_json::RepositorySettings;
use crate::work_tree::WorkTrees;
use crate::write::{self, CommitHeader};
use crate::writer_lock::WriterLock;
use crate::{CommitId, ManifestRepo, ReadError, TransactError, argocd, kept_keys, past};

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
    /// Decides a command on the newest commit and changes nothing: a dry run.
    ///
    /// # Errors
    /// What [`transact`](Self::transact) would refuse, but for what only writing finds out.
    pub fn plan(&self, context: &Context, command: &Command) -> Result<Plan, TransactError> {
        let base = self.head()?;
        let (snapshot, decision) = self.decide(base, context, command)?;
        let prepared = self.project(&snapshot, context, base, decision)?;
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
        self.transact_if(context, command, |_, _, _| Ok(()))
    }

    /// As [`transact`](Self::transact), but only what is agreed to is written. It is asked at each attempt, with the
    /// commit that the decision was made on.
    pub(crate) fn transact_if(
        &mut self,
        context: &Context,
        command: &Command,
        agree: impl Fn(&Self, Option<CommitId>, &Decision) -> Result<(), TransactError>,
    ) -> Result<Receipt, TransactError> {
        let _lock = WriterLock::acquire(self.repo.common_dir())?;
        for attempts in 1..=ATTEMPTS {
            let base = self.head()?;
            self.refuse_to_begin_anew(base)?;
            let (snapshot, decision) = self.decide(base, context, command)?;
            agree(self, base, &decision)?;
            let prepared = self.project(&snapshot, context, base, decision)?;
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
        let there = snapshot.state(&Scope::everything(&snapshot.configs), Default::default())?;
        if !(there.environments.is_empty() && there.applications.is_empty()) {
            return Err(TransactError::NotEmpty {
                directory: self.directory().to_owned(),
                branch: self.branch(),
            });
        }
        let prepared = self.project(
            &snapshot,
            context,
            base,
            Decision::from(State::default().events_to(state, context.now)),
        )?;
        let message = import_message(state);
        let commit =
            self.write(context, message, &prepared)?.ok_or(TransactError::LostRace { attempts: 1 })?;
        self.born = true;
        self.forget_written_manifests(prepared.decision.events());
        Ok(CommitId(commit))
    }

    /// Decides a command on a commit.
    pub(crate) fn decide(
        &self,
        base: Option<CommitId>,
        context: &Context,
        command: &Command,
    ) -> Result<(Snapshot<'_>, Decision), TransactError> {
        let snapshot = Snapshot::open(&self.repo, base.map(|commit| commit.0))?;
        let scope = command.scope(&snapshot.configs);
        let state = snapshot.state(&scope, past::read(&self.repo, &scope)?)?;
        let decision = state.decide(context, command)?;
        Ok((snapshot, decision))
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
        edits.extend(kept_keys::project(snapshot, decision.events())?);
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
        work_trees.refuse_changes(&self.repo, prepared.base)?;
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
                || blob_of(manifest, self.repo.object_hash()).is_some_and(|id| self.repo.has_object(id));
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
        .flat_map(SmallMap::values)
}

/// The committer: upstream's, unless the repository's settings say otherwise.
fn committer(settings: &RepositorySettings) -> Actor {
    let given = settings.committer.as_ref();
    let name = given.and_then(|given| given.name.as_deref()).unwrap_or("kuberpult");
    let email = given.and_then(|given| given.email.as_deref()).unwrap_or("kuberpult@freiheit.com");
    Actor::new(name, email)
}
