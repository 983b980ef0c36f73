//! Checks what is written against recorded histories of upstream, byte for byte.
//!
//! The histories are not part of this repository. `KUBERPULT_CONFORMANCE_DIR` names the directory that holds
//! `layout/*.json` and `upstream-tests/unit-B.json`; without that variable the test is left out and says so. When
//! it is set and there is nothing to read, the test fails.

mod history;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use gix::ObjectId;
use gix::objs::tree::EntryKind;
use kuberpult_core::{
    Actor, ApplicationName, Context, EnvironmentName, Event, ManifestId, Release, Scope, TeamName, Version,
};
use serde::Deserialize;

use crate::argocd_documents;
use crate::config_json::{environment_config_from_existing_json, environment_config_to_json};
use crate::layout;
use crate::project::project;
use crate::read_state::Snapshot;
use crate::write::{self, CommitHeader, PendingManifests};

const DIRECTORY: &str = "KUBERPULT_CONFORMANCE_DIR";
const SYMLINK: &str = "120000";

#[derive(Deserialize)]
struct Trace {
    name: String,
    config: TraceConfig,
    steps: Vec<Step>,
}

#[derive(Deserialize)]
struct TraceConfig {
    url: String,
    branch: String,
}

#[derive(Deserialize)]
struct Step {
    i: u64,
    time: String,
    user: Option<User>,
    transformers: Vec<Transformer>,
    committed: bool,
    diff: Option<Diff>,
}

#[derive(Deserialize)]
struct User {
    name: String,
    email: String,
}

#[derive(Deserialize)]
struct Transformer {
    #[serde(rename = "type")]
    kind: String,
    fields: serde_json::Value,
}

#[derive(Deserialize)]
struct Diff {
    set: BTreeMap<String, Entry>,
    del: Vec<String>,
}

#[derive(Deserialize, Clone)]
struct Entry {
    mode: String,
    content: Option<String>,
    target: Option<String>,
}

#[derive(Debug, Default)]
struct Counts {
    histories: usize,
    steps: usize,
    configs: usize,
    argocd_files: usize,
    argocd_applications: usize,
    undeploy_releases: usize,
    /// Files that upstream cannot have written in one go.
    appended: Vec<String>,
}

#[test]
fn agrees_with_recorded_files() {
    let Some(directory) = directory() else { return };
    let mut counts = Counts::default();
    for trace in traces(&directory) {
        replay(&trace, &mut counts);
    }
    println!("{counts:#?}");
    let compared = [counts.configs, counts.argocd_files, counts.undeploy_releases];
    assert!(!compared.contains(&0), "something was not compared in {}: {compared:?}", directory.display());
}

/// The directory with recorded histories. If there is none, says so.
#[expect(
    clippy::disallowed_methods,
    reason = "the variable names data for these tests, and nothing else reads it"
)]
fn directory() -> Option<PathBuf> {
    let directory = std::env::var_os(DIRECTORY).map(PathBuf::from);
    if directory.is_none() {
        println!("left out: {DIRECTORY} is not set, so there are no recorded histories to compare with");
    }
    directory
}

fn traces(directory: &Path) -> Vec<Trace> {
    let mut traces = layout_traces(directory);
    traces.extend(read::<Vec<Trace>>(&directory.join("upstream-tests/unit-B.json")));
    traces
}

fn layout_traces(directory: &Path) -> Vec<Trace> {
    let layout = directory.join("layout");
    let files = std::fs::read_dir(&layout)
        .unwrap_or_else(|error| panic!("{DIRECTORY}: {}: {error}", layout.display()));
    let mut files: Vec<PathBuf> = files
        .map(|file| file.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .collect();
    assert!(!files.is_empty(), "no history in {}", layout.display());
    files.sort();
    files.iter().map(|path| read(path)).collect()
}

fn read<T: serde::de::DeserializeOwned>(path: &Path) -> T {
    let text = std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_slice(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn replay(trace: &Trace, counts: &mut Counts) {
    counts.histories += 1;
    let mut tree = Tree::default();
    for step in trace.steps.iter().filter(|step| step.committed) {
        let Some(diff) = &step.diff else { continue };
        counts.steps += 1;
        for path in &diff.del {
            tree.0.remove(path);
        }
        tree.0.extend(diff.set.iter().map(|(path, entry)| (path.clone(), entry.clone())));
        for (path, entry) in &diff.set {
            let at = format!("{} step {} {path}", trace.name, step.i);
            match path.split('/').collect::<Vec<_>>()[..] {
                ["environments", _, "config.json"] => check_config(&at, entry.text(), counts),
                ["argocd", "v1alpha1", file] => {
                    let environment = EnvironmentName::existing(file.strip_suffix(".yaml").unwrap()).unwrap();
                    check_argocd(&at, entry.text(), &environment, &tree, &trace.config, counts);
                }
                ["applications", application, "releases", version, "undeploy"] => {
                    let application = ApplicationName::existing(application).unwrap();
                    check_undeploy_release(&at, &application, version.parse().unwrap(), &tree);
                    counts.undeploy_releases += 1;
                }
                _ => {}
            }
        }
    }
}

fn check_config(at: &str, text: &str, counts: &mut Counts) {
    // a second document can be appended by several transformers in one commit
    if serde_json::Deserializer::from_str(text).into_iter::<serde_json::Value>().count() > 1 {
        counts.appended.push(at.to_owned());
        return;
    }
    let config = environment_config_from_existing_json(text).unwrap_or_else(|error| panic!("{at}: {error}"));
    assert_eq!(environment_config_to_json(&config), text, "{at}");
    counts.configs += 1;
}

fn check_argocd(
    at: &str,
    text: &str,
    environment: &EnvironmentName,
    tree: &Tree,
    trace: &TraceConfig,
    counts: &mut Counts,
) {
    let config = tree.0[&format!("environments/{environment}/config.json")].text();
    let config =
        environment_config_from_existing_json(config).unwrap_or_else(|error| panic!("{at}: {error}"));
    let argocd = config.argocd.unwrap_or_else(|| panic!("{at}: the config has no argocd"));
    let applications = tree.deployed(environment);
    let rendered = argocd_documents::render(environment, &argocd, &applications, &trace.url, &trace.branch);
    assert_eq!(rendered, text, "{at}");
    counts.argocd_files += 1;
    counts.argocd_applications += applications.len();
}

/// Reads an undeploy release, and writes what was read: the files are the same.
fn check_undeploy_release(at: &str, application: &ApplicationName, version: Version, tree: &Tree) {
    let directory = tempfile::tempdir().unwrap();
    let repo = gix::init_bare(directory.path()).unwrap();
    let path = layout::release(application, version);
    let recorded = tree.write(&repo, |file| file.starts_with(&path) || file.ends_with("/config.json"));

    let now = tree.0[&format!("{path}/created_at")].text().parse().unwrap();
    let context = Context::new(now, Actor::new("", ""));
    let header = CommitHeader { context: &context, committer: &context.actor, message: String::new() };
    let commit = header.write(&repo, recorded, None).unwrap();
    let snapshot = Snapshot::open(&repo, Some(commit)).unwrap();
    let state = snapshot.state(&Scope::everything(&snapshot.configs), BTreeMap::new()).unwrap();
    let release = &state.applications[application].releases[&version];
    let manifests = state.environments.keys().map(|name| (name.clone(), ManifestId::EMPTY)).collect();
    assert_eq!(*release, Release { manifests, undeploy: true, ..Release::default() }, "{at}");

    let (application, release) = (application.clone(), release.clone());
    let created = Event::ReleaseCreated { application, version, release };
    let edits = project(&created, &context, ObjectId::empty_blob(repo.object_hash()));
    let empty = ObjectId::empty_tree(repo.object_hash());
    let written = write::tree(&repo, empty, &edits, &PendingManifests::new()).unwrap();
    let release_in = |tree: ObjectId| {
        repo.find_tree(tree).unwrap().lookup_entry_by_path(&path).unwrap().unwrap().object_id()
    };
    assert_eq!(release_in(written), release_in(recorded), "{at}");
}

impl Entry {
    fn text(&self) -> &str {
        self.content.as_deref().unwrap()
    }
}

/// The files of a commit by path.
#[derive(Default)]
struct Tree(BTreeMap<String, Entry>);

impl Tree {
    /// Writes the files whose path is wanted.
    fn write(&self, repo: &gix::Repository, wanted: impl Fn(&str) -> bool) -> ObjectId {
        let mut editor = repo.edit_tree(ObjectId::empty_tree(repo.object_hash())).unwrap();
        for (path, entry) in self.0.iter().filter(|(path, entry)| entry.content.is_some() && wanted(path)) {
            editor.upsert(path.as_str(), EntryKind::Blob, repo.write_blob(entry.text()).unwrap()).unwrap();
        }
        editor.write().unwrap().detach()
    }

    /// The applications with a current version, and their teams.
    fn deployed(&self, environment: &EnvironmentName) -> Vec<(ApplicationName, Option<TeamName>)> {
        let directory = format!("environments/{environment}/applications/");
        let mut deployed: Vec<(ApplicationName, Option<TeamName>)> = self
            .0
            .range(directory.clone()..)
            .take_while(|(path, _)| path.starts_with(&directory))
            .filter(|(_, entry)| entry.mode == SYMLINK)
            .filter_map(|(path, _)| path.strip_prefix(&directory)?.strip_suffix("/version"))
            .map(|name| (ApplicationName::existing(name).unwrap(), self.team(name)))
            .collect();
        deployed.sort();
        deployed
    }

    fn team(&self, application: &str) -> Option<TeamName> {
        let team = self.0.get(&format!("applications/{application}/team"))?.text();
        Some(TeamName::existing(team).unwrap())
    }
}
