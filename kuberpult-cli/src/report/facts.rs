//! What the page tells, as far as it is read or decided: all of one commit.

use std::collections::{BTreeMap, BTreeSet};

use kuberpult_core::{
    ApplicationName, Command, Context, EnvironmentName, EnvironmentReport, Event, QueueDropCause, Rejection,
    ReleaseTrain, Slot, State, Time, TrainTargetType,
};
use kuberpult_git::{CommitId, HistoryEntry, HistoryFilter, ManifestRepo, QueueChange, ReadError};

use crate::commands::status::filter::Filter;
use crate::commands::status::overview::Overview;
use crate::exit::Failure;
use crate::lock_list::{ListedLock, all_locks};

/// An application in an environment.
type Place = (EnvironmentName, ApplicationName);

/// What is read.
pub(super) struct Read {
    pub(super) source: Source,
    pub(super) state: State,
    pub(super) history: Vec<HistoryEntry>,
    /// Since when versions are queued; not of those that nobody knows.
    pub(super) queued: BTreeMap<Place, QueueChange>,
}

/// Where it was read.
pub(super) struct Source {
    /// What the repository is called, without where it lies on this machine.
    pub(super) repository: String,
    pub(super) remote: Option<String>,
    pub(super) branch: String,
    pub(super) commit: Option<CommitId>,
}

/// How often it is begun anew because others have moved the branch meanwhile.
const ATTEMPTS: usize = 5;

impl Read {
    /// Reads all that is shown, with the newest so many commits.
    pub(super) fn new(repo: &ManifestRepo, commits: usize) -> Result<Self, ReadError> {
        let mut read = Self::once(repo, commits)?;
        for _ in 1..ATTEMPTS {
            if repo.head()? == read.source.commit {
                break;
            }
            read = Self::once(repo, commits)?;
        }
        Ok(read)
    }

    fn once(repo: &ManifestRepo, commits: usize) -> Result<Self, ReadError> {
        let source = Source::of(repo)?;
        let state = repo.overview(None)?;
        let slots = |(name, there): (&EnvironmentName, &kuberpult_core::Environment)| -> Vec<Place> {
            let queued = there.slots.iter().filter(|(_, slot)| slot.queued.is_some());
            queued.map(|(application, _)| (name.clone(), application.clone())).collect()
        };
        let places: BTreeSet<Place> = state.environments.iter().flat_map(slots).collect();
        let queued = repo.queued_since(&places)?;
        let history = repo.history(&HistoryFilter::default())?.take(commits).collect::<Result<_, _>>()?;
        Ok(Self { source, state, history, queued })
    }
}

impl Source {
    fn of(repo: &ManifestRepo) -> Result<Self, ReadError> {
        let directory =
            std::fs::canonicalize(repo.directory()).unwrap_or_else(|_| repo.directory().to_owned());
        let name = directory.file_name().map(|name| name.to_string_lossy().into_owned());
        Ok(Self {
            repository: name.unwrap_or_else(|| "manifests".into()),
            // Code is told from words in another way than in a terminal.
            remote: repo.remote().map(|remote| remote.replace('`', "")),
            branch: repo.branch(),
            commit: repo.head()?,
        })
    }

    /// What the page is about: a remote's address, else what the repository is called.
    pub(super) fn name(&self) -> &str {
        self.remote.as_deref().unwrap_or(&self.repository)
    }
}

/// All that the page tells.
pub(super) struct Facts<'a> {
    pub(super) read: &'a Read,
    pub(super) overview: Overview<'a>,
    pub(super) locks: Vec<ListedLock<'a>>,
    /// What each train would do, in promotion order; one for each environment that has an upstream.
    pub(super) trains: Vec<EnvironmentReport>,
    /// What becomes of what is queued when nothing holds it back any more.
    pub(super) released: BTreeMap<Place, Released>,
    /// For how many days freeze windows are shown.
    pub(super) days: u8,
}

impl<'a> Facts<'a> {
    pub(super) fn new(read: &'a Read, context: &Context, days: u8) -> Result<Self, Failure> {
        let state = &read.state;
        let overview = Overview::new(state, context.now, None, &Filter::default())?;
        let mut trains = Vec::new();
        for there in &overview.environments {
            if there.stage.environment.config.upstream.is_some() {
                trains.extend(train(state, context, there.stage.name)?);
            }
        }
        let locks = all_locks(state, context.now);
        let released = released(state, context)?;
        Ok(Self { read, overview, locks, trains, released, days })
    }

    pub(super) fn now(&self) -> Time {
        self.overview.now
    }
}

/// What a release train to exactly this environment would do.
fn train(
    state: &State,
    context: &Context,
    environment: &EnvironmentName,
) -> Result<Vec<EnvironmentReport>, Rejection> {
    let target_type = Some(TrainTargetType::Environment);
    let train = ReleaseTrain { target_type, ..ReleaseTrain::new(environment.as_str()) };
    let decision = state.decide(context, &Command::ReleaseTrain(train))?;
    Ok(decision.report().train.as_ref().map(|train| train.environments.clone()).unwrap_or_default())
}

/// What becomes of a queued version when nothing holds it back any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Released {
    Deployed,
    Dropped(QueueDropCause),
}

/// Decides the settling of all queues as if there were no locks and no freeze windows: an unlock does the same. What is not among
/// them stays where it is.
fn released(state: &State, context: &Context) -> Result<BTreeMap<Place, Released>, Rejection> {
    let mut free = state.clone();
    for there in free.environments.values_mut() {
        there.locks.clear();
        there.team_locks.clear();
        there.config.freeze_windows.clear();
        there.slots.retain(|_, slot: &mut Slot| {
            slot.locks.clear();
            !slot.is_empty()
        });
    }
    let decision = free.decide(context, &Command::SettleQueue { environment: None })?;
    let released = decision.events().iter().filter_map(|event| match event {
        Event::Deployed { environment, application, .. } => {
            Some(((environment.clone(), application.clone()), Released::Deployed))
        }
        Event::QueueDropped { environment, application, cause, .. } => {
            Some(((environment.clone(), application.clone()), Released::Dropped(*cause)))
        }
        _ => None,
    });
    Ok(released.collect())
}
