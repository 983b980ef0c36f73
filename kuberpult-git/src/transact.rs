//! Carrying commands out: what is asked for, and what each command leads to on a tree.

use gix::ObjectId;
use kuberpult_core::{Actor, Command, Context, Decision, Event, ManifestId, Scope, SmallMap, State};

use crate::commit_message::{commit_message, import_message};
use crate::edit::Edit;
use crate::manifest_blob::blob_of;
use crate::origin::Landing;
use crate::project::project;
use crate::read_state::Snapshot;
use crate::series::{Chain, OnError};
use crate::settings_json::RepositorySettings;
use crate::write::CommitHeader;
use crate::writer_lock::WriterLock;
use crate::{CommitId, ManifestRepo, TransactError, argocd, kept_keys, tree_edit};

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

impl ManifestRepo {
    /// Decides a command on the newest commit and changes nothing: a dry run.
    ///
    /// # Errors
    /// What [`transact`](Self::transact) would refuse, but for what only writing finds out.
    pub fn plan(&self, context: &Context, command: &Command) -> Result<Plan, TransactError> {
        let base = self.head()?;
        let (snapshot, decision) = self.decide(base, context, command)?;
        self.edits(&snapshot, context, &decision)?;
        Ok(Plan { decision, base })
    }

    /// Decides a command on the newest commit and writes what it leads to: one commit, or none if there is
    /// nothing to do.
    ///
    /// When somebody else moves the branch meanwhile, the command is decided again on what is there then. A work
    /// tree that has the branch checked out follows. With a [remote](crate::OpenOptions::remote), its newest commit is what
    /// counts, and what is written is there when this returns.
    ///
    /// # Errors
    /// A rule refuses the command, or something cannot be read or written. The branch is what it was, except
    /// after [`TransactError::WorkTreeNotUpdated`] and [`TransactError::LocalBranchNotMoved`], and perhaps after
    /// [`TransactError::AnswerLost`].
    pub fn transact(&mut self, context: &Context, command: &Command) -> Result<Receipt, TransactError> {
        self.transact_if(context, command, |_, _, _| Ok(()))
    }

    /// Carries out many commands, in order, as [`transact`](Self::transact) does each: one commit for each that has
    /// something to do. They are written together, which costs a fraction of writing each by itself, and the branch moves
    /// to the last of them at once. (Only of very many, or before a command that names a revision of the repository, what
    /// has been decided is written first.)
    ///
    /// With a [remote](crate::OpenOptions::remote) they share a push. How many land together at most can be
    /// [said](crate::OpenOptions::together).
    ///
    /// There is a result for each command, in order; there are fewer if one failed and `on_error` says to
    /// [stop](OnError::Stop), or if the answer of a remote [got lost](TransactError::AnswerLost). A command whose result is a receipt is on the branch, with all before it.
    ///
    /// ```
    /// use kuberpult_core::{Actor, Command, Context, EnvironmentConfig};
    /// use kuberpult_git::{InitOptions, ManifestRepo, OnError};
    ///
    /// let directory = tempfile::tempdir()?;
    /// let mut repo = ManifestRepo::init(directory.path(), &InitOptions::default())?;
    /// let context = Context::new("2024-05-03T11:37:37Z".parse()?, Actor::new("Jo", "jo@example.com"));
    /// let create = |name: &str| Command::CreateEnvironment {
    ///     environment: name.parse().unwrap(),
    ///     config: EnvironmentConfig::with_upstream_latest(),
    /// };
    /// let commands = ["berlin", "paris", "tokyo"].map(|name| (context.clone(), create(name)));
    /// let results = repo.transact_all(&commands, OnError::Stop);
    /// assert_eq!(results.len(), 3);
    /// assert_eq!(results[2].as_ref().unwrap().commit, repo.head()?);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use = "each command may have failed"]
    pub fn transact_all(
        &mut self,
        commands: &[(Context, Command)],
        on_error: OnError,
    ) -> Vec<Result<Receipt, TransactError>> {
        let commands: Vec<_> = commands.iter().map(|(context, command)| (context, command)).collect();
        self.series(&commands, on_error, |_, _, _| Ok(()))
    }

    /// As [`transact`](Self::transact), but only what is agreed to is written. It is asked at each attempt, with the
    /// commit that the decision was made on.
    pub(crate) fn transact_if(
        &mut self,
        context: &Context,
        command: &Command,
        agree: impl Fn(&Self, Option<CommitId>, &Decision) -> Result<(), TransactError>,
    ) -> Result<Receipt, TransactError> {
        let mut results = self.series(&[(context, command)], OnError::Stop, agree);
        // INVARIANT: a series of one command has one result.
        results.pop().unwrap_or(Err(TransactError::LostRace { attempts: 0, words: String::new() }))
    }

    /// Writes a whole state into a repository that has neither environments nor applications: one commit. So a
    /// state that was kept elsewhere comes to git.
    ///
    /// Settings stay as they are in the repository. Manifests must have been [added](Self::add_manifest).
    ///
    /// # Errors
    /// The repository has environments or applications, or something cannot be read or written.
    pub fn import(&mut self, context: &Context, state: &State) -> Result<CommitId, TransactError> {
        self.refuse_offline()?;
        let lock = WriterLock::acquire(self.store.git.common_dir())?;
        let mut chain = self.begin()?;
        let snapshot = Snapshot::open(&self.store, chain.tree())?;
        let there = snapshot.state(&Scope::everything(&snapshot.configs), Default::default())?;
        if !(there.environments.is_empty() && there.applications.is_empty()) {
            return Err(TransactError::NotEmpty {
                directory: self.directory().to_owned(),
                branch: self.branch(),
            });
        }
        let decision = Decision::from(State::default().events_to(state, context.now));
        let commit = self.extend(&mut chain, &snapshot, context, &decision, import_message(state))?;
        drop(snapshot);
        if let Landing::Lost { words } = self.land(&chain, &lock)? {
            return Err(TransactError::LostRace { attempts: 1, words });
        }
        self.has_landed([&decision]);
        Ok(commit)
    }

    /// Decides a command on a commit.
    pub(crate) fn decide(
        &self,
        base: Option<CommitId>,
        context: &Context,
        command: &Command,
    ) -> Result<(Snapshot<'_>, Decision), TransactError> {
        let snapshot = self.snapshot(base)?;
        let decision = self.decide_on(&snapshot, &command.scope(&snapshot.configs), context, command)?;
        Ok((snapshot, decision))
    }

    /// Decides a command on what of a tree it can read.
    pub(crate) fn decide_on(
        &self,
        snapshot: &Snapshot<'_>,
        scope: &Scope,
        context: &Context,
        command: &Command,
    ) -> Result<Decision, TransactError> {
        let state = snapshot.state(scope, self.past_in(scope)?)?;
        Ok(state.decide(context, command)?)
    }

    /// Finds out what a decision's events write.
    fn edits(
        &self,
        snapshot: &Snapshot<'_>,
        context: &Context,
        decision: &Decision,
    ) -> Result<Vec<Edit>, TransactError> {
        let events = decision.events();
        self.refuse_unknown_manifests(events)?;
        let empty = ObjectId::empty_blob(self.store.git.object_hash());
        let mut edits: Vec<Edit> = events.iter().flat_map(|event| project(event, context, empty)).collect();
        edits.extend(kept_keys::project(snapshot, events)?);
        let repo_url = self.repo_url(snapshot);
        edits.extend(argocd::project(snapshot, events, repo_url.as_deref(), &self.branch())?);
        Ok(edits)
    }

    /// Makes the commit of a command that has something to do, after those of a chain.
    pub(crate) fn extend_with(
        &self,
        chain: &mut Chain,
        snapshot: &Snapshot<'_>,
        context: &Context,
        command: &Command,
        decision: &Decision,
    ) -> Result<Option<CommitId>, TransactError> {
        if decision.events().is_empty() {
            return Ok(None);
        }
        self.extend(chain, snapshot, context, decision, commit_message(command, decision)).map(Some)
    }

    /// Makes the commit of a decision after those of a chain.
    fn extend(
        &self,
        chain: &mut Chain,
        snapshot: &Snapshot<'_>,
        context: &Context,
        decision: &Decision,
        message: String,
    ) -> Result<CommitId, TransactError> {
        let edits = self.edits(snapshot, context, decision)?;
        let tree = tree_edit::edited(&self.store, chain.tree(), &edits, &self.pending)?;
        let committer = committer(&snapshot.settings);
        let header = CommitHeader { context, committer: &committer, message };
        let commit = header.commit(self.store.git.object_hash(), tree.id, chain.commit())?;
        let id = commit.id;
        self.store.add(tree.objects.into_iter().chain([commit]));
        chain.push(id, tree.id, header.reflog_entry());
        Ok(CommitId(id))
    }

    fn refuse_unknown_manifests(&self, events: &[Event]) -> Result<(), TransactError> {
        for manifest in released_manifests(events) {
            let known = *manifest == ManifestId::EMPTY
                || self.pending.contains_key(manifest)
                || blob_of(manifest, self.store.git.object_hash()).is_some_and(|id| self.store.has(&id));
            if !known {
                return Err(TransactError::UnknownManifest { manifest: *manifest });
            }
        }
        Ok(())
    }

    /// Forgets what was kept for decisions that are on the branch now.
    pub(crate) fn has_landed<'a>(&mut self, decisions: impl IntoIterator<Item = &'a Decision>) {
        self.born = true;
        for decision in decisions {
            for manifest in released_manifests(decision.events()) {
                self.pending.remove(manifest);
            }
        }
    }
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
