//! Reading what was current at earlier commits.

use std::collections::{BTreeMap, BTreeSet};

use gix::ObjectId;
use kuberpult_core::{
    ApplicationName, Command, EnvironmentName, Past, ReleaseTrain, Revision, Scope, State, Version,
};

use crate::layout::{APPLICATIONS, ENVIRONMENTS, VERSION};
use crate::read_state::version_link;
use crate::reader::Reader;
use crate::store::Store;
use crate::tree::Directory;
use crate::{ManifestRepo, ReadError};

impl ManifestRepo {
    /// What was current at the revisions that a command refers to: what [`State::past`] has to hold for who decides
    /// the command on a state of their own. Of the state given here only the names and configs of environments count.
    ///
    /// A revision that the repository does not have is left out: the rules refuse it.
    ///
    /// ```
    /// use kuberpult_core::{Command, ReleaseTrain};
    /// # use kuberpult_core::{Actor, Context, EnvironmentConfig};
    /// # use kuberpult_git::{InitOptions, ManifestRepo};
    /// # let directory = tempfile::tempdir()?;
    /// # let mut repo = ManifestRepo::init(directory.path(), &InitOptions::default())?;
    /// # let context = Context::new("2024-05-03T11:37:37Z".parse()?, Actor::new("Jo", "jo@example.com"));
    /// # let config = EnvironmentConfig::with_upstream("development".parse()?);
    /// # repo.transact(&context, &Command::CreateEnvironment { environment: "staging".parse()?, config })?;
    /// let mut state = repo.state()?;
    /// let train = ReleaseTrain { as_of: Some("HEAD".parse()?), ..ReleaseTrain::new("staging") };
    /// let train = Command::ReleaseTrain(train);
    /// state.past = repo.past(&state, &train)?;
    /// assert_eq!(state.past.len(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Something at such a revision cannot be read or is not understood.
    pub fn past(&self, state: &State, command: &Command) -> Result<BTreeMap<Revision, Past>, ReadError> {
        self.past_in(&command.scope(state))
    }

    /// The command with each revision replaced by the full id of the commit that it names now: a plan of it means the
    /// same when a tag or a branch has moved. A revision that is not there stays as it is.
    #[must_use]
    pub fn pinned(&self, command: &Command) -> Command {
        match command {
            Command::ReleaseTrain(train) => {
                let pinned = |revision: Revision| {
                    // What cannot be fetched is said when the command is decided.
                    let commit = self.commit_of(&revision).ok().flatten();
                    commit.and_then(|commit| commit.to_string().parse().ok()).unwrap_or(revision)
                };
                Command::ReleaseTrain(ReleaseTrain {
                    as_of: train.as_of.clone().map(pinned),
                    ..train.clone()
                })
            }
            Command::Batch { commands } => {
                Command::Batch { commands: commands.iter().map(|command| self.pinned(command)).collect() }
            }
            other => other.clone(),
        }
    }

    /// Reads the part of the past that a scope names. A revision that is not there is left out: the rules refuse it.
    pub(crate) fn past_in(&self, scope: &Scope) -> Result<BTreeMap<Revision, Past>, ReadError> {
        let mut past = BTreeMap::new();
        for (revision, environments) in &scope.past {
            if let Some(commit) = self.commit_of(revision)? {
                past.insert(revision.clone(), current_at(&self.store, commit, environments)?);
            }
        }
        Ok(past)
    }

    /// The commit that a revision names, through a tag if need be. The history is fetched if it is not there.
    fn commit_of(&self, revision: &Revision) -> Result<Option<ObjectId>, ReadError> {
        let revision = revision.as_str();
        let revision = match &self.origin {
            Some(origin) => origin.revision(revision)?,
            None => Some(revision.into()),
        };
        let Some(revision) = revision else { return Ok(None) };
        match commit_of(&self.store.git, &revision) {
            // Nobody knows how far back it is.
            None => self.deepened(None, || Ok(commit_of(&self.store.git, &revision))),
            found => Ok(found),
        }
    }
}

fn commit_of(repo: &gix::Repository, revision: &str) -> Option<ObjectId> {
    let object = repo.rev_parse_single(revision).ok()?.object().ok()?;
    Some(object.peel_to_commit().ok()?.id)
}

/// What was current in some environments at a commit. Nothing else is read: in an old commit there may be what is no
/// longer understood.
fn current_at(
    store: &Store,
    commit: ObjectId,
    environments: &BTreeSet<EnvironmentName>,
) -> Result<Past, ReadError> {
    let mut past = Past::default();
    let all =
        Directory::root(Reader::strict(store), store.tree_of(Some(commit))?)?.directory(ENVIRONMENTS)?;
    for name in environments {
        let environment = all.as_ref().map(|all| all.directory(name.as_str())).transpose()?.flatten();
        let slots = environment.map(|there| there.directory(APPLICATIONS)).transpose()?.flatten();
        past.current.insert(name.clone(), slots.as_ref().map_or_else(|| Ok(BTreeMap::new()), current_in)?);
    }
    Ok(past)
}

fn current_in(slots: &Directory<'_>) -> Result<BTreeMap<ApplicationName, Version>, ReadError> {
    let mut current = BTreeMap::new();
    for name in slots.names(ApplicationName::existing)? {
        let slot = slots.directory(name.as_str())?;
        if let Some(version) = slot.map(|slot| version_link(&slot, VERSION, &name)).transpose()?.flatten() {
            current.insert(name, version);
        }
    }
    Ok(current)
}
