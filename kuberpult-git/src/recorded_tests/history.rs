//! Tells the history of what upstream wrote: its trees become commits as they are.

use std::collections::BTreeMap;

use gix::ObjectId;
use gix::objs::tree::EntryKind;
use kuberpult_core::{Actor, Application, Context, State};
use serde_json::Value;

use super::{DIRECTORY, Diff, Step, Trace, directory, layout_traces};
use crate::write::CommitHeader;
use crate::{HistoryEntry, HistoryFilter, InitOptions, ManifestRepo};

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
    let Some(directory) = directory() else { return };
    let mut counts = Counts::default();
    for trace in layout_traces(&directory).into_iter().skip(1).step_by(ONE_OF) {
        let recorded = Recorded::write(&trace);
        recorded.tell(&trace, &mut counts);
    }
    println!("{counts:#?}");
    for (name, ..) in TRANSFORMERS {
        assert!(
            counts.steps_of_one_transformer.contains_key(*name),
            "{DIRECTORY} has no step with {name} alone"
        );
    }
}

/// A history as commits.
struct Recorded<'a> {
    _directory: tempfile::TempDir,
    repo: ManifestRepo,
    /// The steps that were committed, oldest first.
    steps: Vec<(&'a Step, ObjectId)>,
}

impl<'a> Recorded<'a> {
    fn write(trace: &'a Trace) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let options = InitOptions { bare: true, ..InitOptions::default() };
        let repo = ManifestRepo::init(directory.path(), &options).unwrap();
        let mut steps: Vec<(&Step, ObjectId)> = Vec::new();
        let mut tree = ObjectId::empty_tree(repo.repo.object_hash());
        for step in &trace.steps {
            let Some(diff) = step.diff.as_ref().filter(|_| step.committed) else { continue };
            tree = write_tree(&repo.repo, tree, diff);
            let user = step.user.as_ref().map_or(("", ""), |user| (&user.name, &user.email));
            let context = Context::new(step.time.parse().unwrap(), Actor::new(user.0, user.1));
            let header =
                CommitHeader { context: &context, committer: &context.actor, message: String::new() };
            let parent = steps.last().map(|(_, commit)| *commit);
            let commit = header.write(&repo.repo, tree, parent).unwrap();
            assert!(header.move_branch(&repo.repo, &repo.branch, parent, commit).unwrap());
            steps.push((step, commit));
        }
        Self { _directory: directory, repo, steps }
    }

    fn tell(&self, trace: &Trace, counts: &mut Counts) {
        counts.histories += 1;
        let history = self.repo.history(&HistoryFilter::default()).unwrap();
        let mut entries: Vec<HistoryEntry> = history.collect::<Result<_, _>>().unwrap();
        entries.reverse();
        assert_eq!(entries.len(), self.steps.len(), "{}", trace.name);
        if entries.iter().any(|entry| !entry.gaps.is_empty()) {
            counts.with_gaps.push(trace.name.clone());
            return;
        }
        let mut replayed = State::default();
        let distance = entries.len().div_ceil(STATES);
        for (index, (entry, (step, commit))) in entries.iter().zip(&self.steps).enumerate() {
            let at = format!("{} step {}", trace.name, step.i);
            assert_eq!(entry.commit.0, *commit, "{at}");
            counts.commits += 1;
            replayed.apply(&entry.events);
            if index % distance == 0 || index + 1 == entries.len() {
                counts.states += 1;
                assert_eq!(replayed, self.state(*commit), "{at}");
            }
            check(&at, step, entry, counts);
        }
    }

    /// The state at a commit. An application of which upstream has left an empty directory is none.
    fn state(&self, commit: ObjectId) -> State {
        let snapshot = crate::read_state::Snapshot::open(&self.repo.repo, Some(commit)).unwrap();
        let everything = kuberpult_core::Scope::everything(&snapshot.configs);
        let mut state = snapshot.state(&everything, BTreeMap::new()).unwrap();
        state.applications.retain(|_, application| *application != Application::default());
        state
    }
}

/// What is told of a step is what its transformer can have done, and where.
fn check(at: &str, step: &Step, entry: &HistoryEntry, counts: &mut Counts) {
    let events: Vec<Value> = entry.events.iter().map(|event| serde_json::to_value(event).unwrap()).collect();
    for event in &events {
        *counts.events.entry(event["event"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    let [transformer] = &step.transformers[..] else { return };
    *counts.steps_of_one_transformer.entry(transformer.kind.clone()).or_default() += 1;
    let (_, must, kinds) = TRANSFORMERS
        .iter()
        .find(|(name, ..)| *name == transformer.kind)
        .unwrap_or_else(|| panic!("{at}: which events {} leads to is not known", transformer.kind));
    for event in &events {
        let kind = event["event"].as_str().unwrap();
        assert!(kinds.contains(&kind), "{at}: {} led to {event}", transformer.kind);
        for (field, key) in
            [("Environment", "environment"), ("Application", "application"), ("LockId", "lockId")]
        {
            let (wanted, named) = (&transformer.fields[field], &event[key]);
            let is_elsewhere = wanted.is_string() && named.is_string() && wanted != named;
            assert!(!is_elsewhere, "{at}: {} of {wanted} led to {event}", transformer.kind);
        }
    }
    let first = kinds.first().unwrap();
    assert!(
        !must || events.iter().any(|event| event["event"] == *first),
        "{at}: {} led to no {first}",
        transformer.kind
    );
}

fn write_tree(repo: &gix::Repository, before: ObjectId, diff: &Diff) -> ObjectId {
    let mut editor = repo.edit_tree(before).unwrap();
    for path in &diff.del {
        editor.remove(path.as_str()).unwrap();
    }
    for (path, entry) in &diff.set {
        let (kind, id) = match entry.mode.as_str() {
            "040000" => (EntryKind::Tree, ObjectId::empty_tree(repo.object_hash())),
            "120000" => (EntryKind::Link, repo.write_blob(entry.target.as_ref().unwrap()).unwrap().detach()),
            _ => (EntryKind::Blob, repo.write_blob(entry.text()).unwrap().detach()),
        };
        editor.upsert(path.as_str(), kind, id).unwrap();
    }
    editor.write().unwrap().detach()
}
