//! A bare manifest repository on which a history is run.

use std::collections::BTreeMap;
use std::path::Path;

use kuberpult_core::{Command, Context, CreateRelease, ManifestId, Revision, State};
use kuberpult_git::{InitOptions, ManifestRepo, OpenOptions};
use tempfile::TempDir;

use crate::generate::{History, Turn};
use crate::run::Run;
use crate::{alphabet, git};

/// A bare manifest repository in a directory of its own.
#[derive(Debug)]
pub struct Repository {
    directory: TempDir,
    /// The repository.
    pub repo: ManifestRepo,
    /// The ids that the repository gave the manifests of the alphabet.
    manifests: BTreeMap<ManifestId, ManifestId>,
}

/// The context of all commands: with one time and one actor, what a state does not hold is the same everywhere.
#[must_use]
pub fn context() -> Context {
    alphabet::context(0, false)
}

/// One command of a history, and the tag that the newest commit gets before it.
#[derive(Debug, Clone)]
pub struct Tagged {
    /// The tag.
    pub tag: Option<Revision>,
    /// The command.
    pub command: Command,
}

/// The commands of a history, resolved against the states that they lead to in this one context.
#[must_use]
pub fn commands(history: &History) -> Vec<Tagged> {
    let mut run = Run::of(&History { turns: Vec::new(), foreign_start: false, ..history.clone() });
    for turn in &history.turns {
        run.turn(&Turn { minutes: 0, second_actor: false, ..turn.clone() });
    }
    run.steps.into_iter().map(|step| Tagged { tag: step.remembered, command: step.command }).collect()
}

fn options() -> OpenOptions {
    let mut options = OpenOptions::default();
    options.argocd_repo_url = Some("ssh://git@example.com/manifests.git".to_owned());
    options
}

/// The content of a manifest of the alphabet. One of them is empty.
fn content(manifest: &ManifestId) -> String {
    if *manifest == alphabet::manifest(0) { String::new() } else { format!("manifest: {manifest}\n") }
}

impl Repository {
    /// A repository with no more than the settings of a history.
    #[must_use]
    pub fn with_settings_of(history: &History) -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let mut bare = InitOptions::default();
        bare.bare = true;
        ManifestRepo::init(directory.path(), &bare).expect("a repository");
        let settings = format!(r#"{{"releasesKept": {}}}"#, history.releases_kept);
        git::commit_files(directory.path(), &[("kuberpult.json", settings.as_bytes())]);
        let repo = ManifestRepo::open(directory.path(), options()).expect("a repository");
        Self { directory, repo, manifests: BTreeMap::new() }
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.directory.path()
    }

    /// The newest commit.
    #[must_use]
    pub fn head(&self) -> String {
        self.repo.head().expect("a head").map(|commit| commit.to_string()).expect("a commit")
    }

    /// The state at the newest commit.
    #[must_use]
    pub fn state(&self) -> State {
        self.repo.state().expect("a state")
    }

    /// Sets the tag, and gives the command with manifests that the repository knows.
    pub fn prepare(&mut self, tagged: Tagged) -> Command {
        if let Some(tag) = tagged.tag {
            git::run(self.path(), &["tag", "--force", tag.as_str(), "main"]);
        }
        self.with_manifests(tagged.command)
    }

    /// The command with manifests that the repository knows.
    fn with_manifests(&mut self, command: Command) -> Command {
        let create = match command {
            Command::CreateRelease(create) => create,
            Command::Batch { commands } => {
                let commands = commands.into_iter().map(|command| self.with_manifests(command)).collect();
                return Command::Batch { commands };
            }
            other => return other,
        };
        let mut manifests = create.manifests.clone();
        for manifest in manifests.values_mut() {
            let id = self.repo.add_manifest(content(manifest).as_bytes()).expect("a manifest");
            self.manifests.insert(*manifest, id);
            *manifest = id;
        }
        Command::CreateRelease(CreateRelease { manifests, ..create })
    }

    /// What another program has that opens the same repository and was given the same manifests.
    #[must_use]
    pub fn opened_by_another(path: &Path, manifests: &[ManifestId]) -> ManifestRepo {
        let mut repo = ManifestRepo::open(path, options()).expect("a repository");
        for manifest in manifests {
            repo.add_manifest(content(manifest).as_bytes()).expect("a manifest");
        }
        repo
    }

    /// The manifests of the alphabet that it was given.
    #[must_use]
    pub fn manifests(&self) -> Vec<ManifestId> {
        self.manifests.keys().copied().collect()
    }

    /// Gives another repository the manifests that this one was given.
    pub fn share_manifests_with(&self, other: &mut Self) {
        for manifest in self.manifests.keys() {
            let empty = CreateRelease::new(alphabet::application(0), BTreeMap::default());
            let manifests = BTreeMap::from([(alphabet::environment(0), *manifest)]);
            let _ = other.with_manifests(Command::CreateRelease(CreateRelease { manifests, ..empty }));
        }
    }

    /// Carries out what is accepted of a history, and gives the newest commit.
    pub fn run(&mut self, history: &History) -> String {
        for tagged in commands(history) {
            let command = self.prepare(tagged);
            let _ = self.repo.transact(&context(), &command);
        }
        self.head()
    }
}
