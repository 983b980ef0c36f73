//! Tells the history of what upstream wrote: its trees become commits as they are.

use std::collections::BTreeMap;

use gix::ObjectId;
use kuberpult_core::{Application, State};
use kuberpult_git::{HistoryEntry, HistoryFilter, InitOptions, ManifestRepo};
use kuberpult_tests::recorded::{DIRECTORY, History, Oracle, Recordings, Step};
use serde_json::Value;

use crate::tree::Git;

/// The kinds of events that a transformer can lead to; the first one must be there if it is marked so.
const TRANSFORMERS: &[(&str, bool, &[&str])] = &[
    ("CreateEnvironment", false, &["environmentCreated", "environmentUpdated"]),
    ("CreateEnvironmentLock", true, &["lockCreated"]),
    ("CreateEnvironmentApplicationLock", true, &["lockCreated"]),
    ("CreateEnvironmentGroupLock", true, &["lockCreated"]),
    ("DeleteEnvironmentLock", false, &["lockDeleted", "queueDropped"]),
    ("DeleteEnvironmentApplicationLock", false, &["lockDeleted", "queueDropped"]),
    ("DeleteEnvironmentGroupLock", false, &["lockDeleted", "queueDropped"]),
    (
        "CreateApplicationVersion",
        true,
        &["releaseCreated", "teamChanged", "sourceRepoUrlChanged", "deployed", "queued", "releaseCleanedUp"],
    ),
    ("CreateUndeployApplicationVersion", true, &["releaseCreated", "deployed", "queued", "releaseCleanedUp"]),
    ("DeployApplicationVersion", false, &["deployed", "queued", "releaseCleanedUp"]),
    ("ReleaseTrain", false, &["deployed", "queued", "releaseCleanedUp"]),
    ("UndeployApplication", true, &["applicationUndeployed", "removedFromEnvironment"]),
    ("DeleteEnvFromApp", false, &["removedFromEnvironment", "lockDeleted", "queueDropped"]),
    ("CleanupOldApplicationVersions", false, &["releaseCleanedUp"]),
];

/// Shorter histories, such as those of upstream's unit tests, are not told.
const STEPS: usize = 50;

/// Of so many histories one is told: to write them all, commit by commit, takes minutes.
const ONE_OF: usize = 6;

/// How many states are compared of a history; each of them is read as a whole.
const STATES: usize = 15;

#[derive(Debug, Default)]
struct Counts {
    histories: usize,
    commits: usize,
    states: usize,
    steps_of_one_transformer: BTreeMap<String, usize>,
    events: BTreeMap<String, usize>,
    /// Histories in which there is something at some time that is not understood.
    with_gaps: Vec<String>,
}

#[test]
fn history_leads_to_the_recorded_state() {
    let Some(Recordings { histories, .. }) = Recordings::from_environment() else { return };
    let is_told = |history: &History| history.oracle == Oracle::B && history.steps.len() >= STEPS;
    let mut counts = Counts::default();
    for history in histories.iter().filter(|history| is_told(history)).skip(1).step_by(ONE_OF) {
        Recorded::write(history).tell(&history.name, &mut counts);
    }
    println!("{counts:#?}");
    for (name, ..) in TRANSFORMERS {
        let told = counts.steps_of_one_transformer.contains_key(*name);
        assert!(told || counts.histories == 0, "{DIRECTORY} has no step with {name} alone");
    }
}

/// A history as commits.
struct Recorded<'a> {
    _directory: tempfile::TempDir,
    repo: ManifestRepo,
    /// Those that were committed, oldest first.
    steps: Vec<Committed<'a>>,
}

/// A step of a history that became a commit.
struct Committed<'a> {
    step: &'a Step,
    commit: String,
    /// The state then, of some of them.
    state: Option<State>,
}

impl<'a> Recorded<'a> {
    fn write(history: &'a History) -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let mut options = InitOptions::default();
        options.bare = true;
        options.branch = Some(history.config.branch.clone());
        let repo = ManifestRepo::init(directory.path(), &options).expect("a repository");
        let git = Git::open(directory.path(), &history.config.branch);
        let distance = history.steps.len().div_ceil(STATES);
        let last = history.steps.iter().filter(|step| step.committed).count();
        let mut steps: Vec<Committed<'_>> = Vec::new();
        let mut tree: ObjectId = git.empty_tree();
        for step in &history.steps {
            let Some(diff) = step.diff.as_ref().filter(|_| step.committed) else { continue };
            tree = git.as_it_is_after(tree, diff);
            git.commit(tree);
            let commit = repo.head().expect("a head").expect("a commit").to_string();
            let is_compared = steps.len().is_multiple_of(distance) || steps.len() + 1 == last;
            steps.push(Committed { step, commit, state: is_compared.then(|| state(&repo)) });
        }
        Self { _directory: directory, repo, steps }
    }

    fn tell(&self, name: &str, counts: &mut Counts) {
        counts.histories += 1;
        let history = self.repo.history(&HistoryFilter::default()).expect("a head");
        let mut entries: Vec<HistoryEntry> = history.collect::<Result<_, _>>().expect("commits");
        entries.reverse();
        assert_eq!(entries.len(), self.steps.len(), "{name}");
        if entries.iter().any(|entry| !entry.gaps.is_empty()) {
            counts.with_gaps.push(name.to_owned());
            return;
        }
        let mut replayed = State::default();
        for (entry, Committed { step, commit, state }) in entries.iter().zip(&self.steps) {
            let at = format!("{name} step {}", step.i);
            assert_eq!(entry.commit.to_string(), *commit, "{at}");
            counts.commits += 1;
            replayed.apply(&entry.events);
            if let Some(state) = state {
                counts.states += 1;
                assert_eq!(replayed, *state, "{at}");
            }
            check(&at, step, entry, counts);
        }
    }
}

/// The state now. An application of which upstream has left an empty directory is none.
fn state(repo: &ManifestRepo) -> State {
    let mut state = repo.state().expect("a state");
    state.applications.retain(|_, application| *application != Application::default());
    state
}

/// What is told of a step is what its transformer can have done, and where.
fn check(at: &str, step: &Step, entry: &HistoryEntry, counts: &mut Counts) {
    let events: Vec<Value> =
        entry.events.iter().map(|event| serde_json::to_value(event).expect("JSON")).collect();
    let kind_of = |event: &Value| event["event"].as_str().expect("a kind").to_owned();
    for event in &events {
        *counts.events.entry(kind_of(event)).or_default() += 1;
    }
    let [transformer] = &step.transformers[..] else { return };
    let (kind, fields) = (&transformer.kind, &transformer.fields);
    *counts.steps_of_one_transformer.entry(kind.clone()).or_default() += 1;
    let (_, must, kinds) = TRANSFORMERS
        .iter()
        .find(|(name, ..)| name == kind)
        .unwrap_or_else(|| panic!("{at}: which events {kind} leads to is not known"));
    for event in &events {
        assert!(kinds.contains(&kind_of(event).as_str()), "{at}: {kind} led to {event}");
        let places = [
            (&fields.environment, "environment"),
            (&fields.application, "application"),
            (&fields.lock_id, "lockId"),
        ];
        for (wanted, key) in places {
            let named = event[key].as_str();
            let is_elsewhere = !wanted.is_empty() && named.is_some_and(|named| named != wanted);
            assert!(!is_elsewhere, "{at}: {kind} of {wanted} led to {event}");
        }
    }
    let first = kinds[0];
    let is_there = events.iter().any(|event| kind_of(event) == first);
    assert!(!must || is_there, "{at}: {kind} led to no {first}");
}
