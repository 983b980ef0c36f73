//! A manifest repository into which a stranger pushes: what the fuzz target and the property test run.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fs;
use std::path::Path;

use gix::ObjectId;
use gix::objs::{Kind, TreeRefIter, Write as _};
use kuberpult_core::{Command, Version};
use kuberpult_git::{ManifestRepo, OpenError, OpenOptions, ReadError, TransactError, WhyError};

use crate::fixture::{Fixture, context};
use crate::git;
use crate::mutate::{Choices, Entry, Mutated, Mutation, Node, mutate};

mod commands;
mod ours;

/// A repository with a bit of everything, and its tree.
#[derive(Debug)]
pub struct Stranger {
    fixture: Fixture,
    git: GitRepository,
    root: Node,
    head: ObjectId,
    written: BTreeSet<ObjectId>,
    /// Makes the ids of objects that are not there, or are damaged, differ.
    serial: u64,
}

/// How many commands are carried out after each push, one beside the other.
const CARRIED_OUT: usize = 6;

/// Each path of a commit that does not lead on, with mode and id.
type Leaves = BTreeMap<Vec<u8>, (u16, ObjectId)>;

thread_local! {
    /// The repository of this thread, and how many pushes it has seen.
    static STRANGER: RefCell<(usize, Option<Stranger>)> = const { RefCell::new((0, None)) };
}

/// Breaks a repository as the bytes say, as [`Stranger::push`] does. The repository is made anew now and then, because each
/// push leaves objects in it.
pub fn push(bytes: &[u8]) {
    const PUSHES: usize = 1_000;
    STRANGER.with_borrow_mut(|(pushes, stranger)| {
        *pushes += 1;
        if pushes.is_multiple_of(PUSHES) {
            *stranger = None;
        }
        stranger.get_or_insert_with(Stranger::new).push(bytes);
    });
}

/// [`gix::Repository`] says nothing about itself.
struct GitRepository(gix::Repository);

impl std::fmt::Debug for GitRepository {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.git_dir().fmt(f)
    }
}

/// What came of one push.
#[derive(Debug, Default)]
pub struct Outcome {
    /// What the stranger did.
    pub mutations: Vec<Mutation>,
    /// Whether the repository could be opened.
    pub opened: bool,
    /// Whether the whole state could be read.
    pub read: bool,
    /// Whether the check found nothing.
    pub clean: bool,
    /// Whether the command was carried out.
    pub accepted: bool,
    /// What was not understood: each path with what was found there.
    pub not_understood: BTreeSet<String>,
}

impl Stranger {
    /// Makes the repository.
    #[must_use]
    pub fn new() -> Self {
        let mut fixture = Fixture::with_cart(true);
        fixture.repo = ManifestRepo::open(fixture.path(), options()).expect("a manifest repository");
        for command in commands::preparing() {
            fixture.accepted(&command);
        }
        let release = fixture.release("email", &["development", "staging"]);
        fixture.accepted(&release);
        let foreign = [
            ("README.md", &b"not ours"[..]),
            ("kuberpult.json", b"{\"releasesKept\": 20, \"committer\": {\"name\": \"Robot\"}}\n"),
            ("environments/staging/notes.txt", b"not ours"),
            ("environments/staging/locks/.gitkeep", b""),
            ("environments/development/applications/cart/manifests/extra.yaml", b"not ours"),
            ("applications/cart/releases/README", b"not ours"),
            ("commits/ab/cdef/source_message", b"not ours"),
        ];
        git::commit_files(fixture.path(), &foreign);
        let git = GitRepository(gix::open(fixture.path()).expect("a repository"));
        let head = git.0.head_id().expect("a commit").detach();
        let tree = git.0.find_commit(head).expect("a commit").tree_id().expect("a tree").detach();
        let root = read_node(&git.0, Kind::Tree, tree);
        Self { fixture, git, root, head, written: BTreeSet::new(), serial: 0 }
    }

    /// Breaks the repository as the bytes say, runs everything on it, and checks what was promised.
    ///
    /// # Panics
    /// A promise is broken.
    pub fn push(&mut self, bytes: &[u8]) -> Outcome {
        let mut choices = Choices(bytes);
        let mutated = mutate(&self.root, &mut choices);
        let command = choices.below(usize::MAX);
        self.commit(&mutated);
        let mut outcome = Outcome { mutations: mutated.mutations, ..Outcome::default() };
        self.run_everything(command, &mut outcome);
        outcome
    }

    fn path(&self) -> &Path {
        self.fixture.path()
    }

    /// Writes a tree and a commit with it, and moves the branch there.
    fn commit(&mut self, mutated: &Mutated) {
        let tree = self.write(&mutated.root);
        let content = match mutated.commit {
            Some(broken) => broken.replace("TREE", &tree.to_string()),
            None => format!(
                "tree {tree}\nparent {}\nauthor a <a> 1 +0000\ncommitter a <a> 1 +0000\n\npush\n",
                self.head
            ),
        };
        let commit = self.object(Kind::Commit, content.as_bytes());
        self.set_branch(commit);
    }

    fn branch(&self) -> ObjectId {
        let head = fs::read_to_string(self.path().join("refs/heads/main")).expect("a branch");
        head.trim().parse().expect("an id")
    }

    fn set_branch(&self, commit: ObjectId) {
        fs::write(self.path().join("refs/heads/main"), format!("{commit}\n")).expect("written");
    }

    /// Writes what is there, and gives its id.
    fn write(&mut self, node: &Node) -> ObjectId {
        match node {
            Node::Blob(bytes) => self.object(Kind::Blob, bytes),
            Node::Missing => self.unused_id(),
            Node::Corrupt => {
                let id = self.unused_id();
                let (directory, file) = (id.to_hex_with_len(2).to_string(), id.to_string()[2..].to_owned());
                let directory = self.path().join("objects").join(directory);
                fs::create_dir_all(&directory).expect("made");
                fs::write(directory.join(file), b"x\x01damaged").expect("written");
                id
            }
            Node::Directory(entries) => {
                let mut entries: Vec<&Entry> = entries.iter().collect();
                entries.sort_by_key(|entry| {
                    let is_directory = entry.mode.ends_with(b"40000");
                    [entry.name.as_slice(), if is_directory { &b"/"[..] } else { b"" }].concat()
                });
                let bytes = self.tree_bytes(entries.into_iter());
                self.object(Kind::Tree, &bytes)
            }
            Node::Unordered(entries) => {
                let bytes = self.tree_bytes(entries.iter());
                self.object(Kind::Tree, &bytes)
            }
            Node::Garbage(garbage, entries) => {
                let bytes = [garbage.clone(), self.tree_bytes(entries.iter())].concat();
                self.object(Kind::Tree, &bytes)
            }
        }
    }

    /// Writes an object with whatever bytes, unless it was written before.
    fn object(&mut self, kind: Kind, bytes: &[u8]) -> ObjectId {
        let id = gix::objs::compute_hash(gix::hash::Kind::Sha1, kind, bytes).expect("an id");
        if self.written.insert(id) {
            self.git.0.objects.write_buf(kind, bytes).expect("written");
        }
        id
    }

    fn tree_bytes<'e>(&mut self, entries: impl Iterator<Item = &'e Entry>) -> Vec<u8> {
        let mut bytes = Vec::new();
        for entry in entries {
            let id = self.write(&entry.node);
            bytes.extend([entry.mode.as_slice(), b" ", &entry.name, b"\0", id.as_bytes()].concat());
        }
        bytes
    }

    fn unused_id(&mut self) -> ObjectId {
        self.serial += 1;
        format!("dead{:036x}", self.serial).parse().expect("an id")
    }

    fn run_everything(&mut self, command: usize, outcome: &mut Outcome) {
        let mut repo = match ManifestRepo::open(self.path(), options()) {
            Ok(repo) => repo,
            Err(OpenError::Read(error)) => return outcome.see(&error),
            Err(OpenError::NoManifestRepository { .. }) => return,
            Err(error) => panic!("opening ends otherwise: {error:?}"),
        };
        outcome.opened = true;
        let state = repo.state();
        outcome.read = state.is_ok();
        self.compare_check_with_state(&repo, state.as_ref().err(), outcome);

        let (environment, application) =
            ("development".parse().expect("a name"), "cart".parse().expect("a name"));
        for version in [None, Version::new(1), Version::new(u64::MAX)] {
            match repo.why(&context(), &environment, &application, version) {
                Err(WhyError::Read(error)) => outcome.see(&error),
                Ok(why) => drop(why.to_string()),
                Err(WhyError::Rejected(rejection)) => drop(rejection.to_string()),
                Err(error) => panic!("an explanation ends otherwise: {error:?}"),
            }
        }
        let manifest = repo.add_manifest(b"kind: ConfigMap\n").expect("a manifest");
        let commands = commands::all(manifest);
        let before = self.leaves();
        let pushed = self.branch();
        for command in commands.iter().cycle().skip(command % commands.len()).take(CARRIED_OUT) {
            self.carry_out(&mut repo, command, &before, outcome);
            self.set_branch(pushed);
        }
    }

    /// A state that cannot be read has findings that say why; the check itself needs nothing but a root.
    fn compare_check_with_state(
        &self,
        repo: &ManifestRepo,
        error: Option<&ReadError>,
        outcome: &mut Outcome,
    ) {
        let findings = match repo.check() {
            Ok(findings) => findings,
            Err(error) => return outcome.see(&error),
        };
        outcome.clean = findings.is_empty();
        let texts: Vec<String> = findings.iter().map(ToString::to_string).collect();
        for text in &texts {
            assert!(!text.chars().any(char::is_control), "a finding is one line: {text:?}");
        }
        if let Some(error) = error {
            outcome.see(error);
            let (ReadError::NotUnderstood { path, .. } | ReadError::Unreadable { path, .. }) = error else {
                panic!("no path: {error:?}");
            };
            let named = format!("`{path}` ");
            assert!(texts.iter().any(|text| text.starts_with(&named)), "{path} is not among {texts:#?}");
        }
    }

    /// Carries a command out, or sees it refused. What it must not touch is as before.
    fn carry_out(&self, repo: &mut ManifestRepo, command: &Command, before: &Leaves, outcome: &mut Outcome) {
        let planned = repo.plan(&context(), command);
        match (repo.transact(&context(), command), planned) {
            (Err(error), _) => {
                outcome.see_transact(&error);
                assert_eq!(self.leaves(), *before, "{command} was refused and changed something");
            }
            (Ok(receipt), Ok(plan)) => {
                assert_eq!(receipt.decision.events(), plan.decision.events());
                outcome.accepted = true;
                let after = self.leaves();
                for (path, leaf) in before {
                    if !ours::is_ours(path) && !ours::goes_with(path, command) {
                        let shown = String::from_utf8_lossy(path);
                        assert_eq!(
                            after.get(path),
                            Some(leaf),
                            "{command} changed `{shown}`, which is not ours"
                        );
                    }
                }
            }
            (Ok(_), Err(error)) => panic!("{command} is carried out, and was planned: {error}"),
        }
    }

    /// Each path of the newest commit that does not lead on, with mode and id. Where a directory cannot be read, the
    /// directory is such a path.
    fn leaves(&self) -> Leaves {
        let mut leaves = Leaves::new();
        let tree = self.git.0.find_commit(self.branch()).and_then(|commit| commit.tree_id());
        if let Ok(tree) = tree {
            self.collect_leaves(tree.detach(), &[], &mut leaves);
        }
        leaves
    }

    fn collect_leaves(&self, tree: ObjectId, path: &[u8], leaves: &mut Leaves) -> bool {
        let Ok(tree) = self.git.0.find_tree(tree) else { return false };
        let entries: Result<Vec<_>, _> = TreeRefIter::from_bytes(&tree.data, gix::hash::Kind::Sha1).collect();
        let Ok(entries) = entries else { return false };
        for entry in entries {
            let slash = if path.is_empty() { &b""[..] } else { b"/" };
            let path = [path, slash, entry.filename].concat();
            let id = entry.oid.to_owned();
            if !(entry.mode.is_tree() && self.collect_leaves(id, &path, leaves)) {
                leaves.insert(path, (entry.mode.value(), id));
            }
        }
        true
    }
}

impl Default for Stranger {
    fn default() -> Self {
        Self::new()
    }
}

impl Outcome {
    fn see(&mut self, error: &ReadError) {
        let mut text = error.to_string();
        let mut cause = error.source();
        while let Some(error) = cause {
            text = format!("{text}: {error}");
            cause = error.source();
        }
        match error {
            ReadError::NotUnderstood { path, expected, found } => {
                assert!(!path.is_empty() && !expected.is_empty() && !found.is_empty(), "{text}");
                let one_line = |text: &String| !text.chars().any(char::is_control) && text.len() < 10_000;
                assert!([path, expected, found].into_iter().all(one_line), "{text:?}");
                self.not_understood.insert(format!("{path}: {found}"));
            }
            ReadError::Unreadable { path, .. } => {
                self.not_understood.insert(path.clone());
            }
            ReadError::Git { what, .. } => assert!(what.starts_with("commit "), "{text}"),
            other => panic!("reading ends otherwise: {other:?}"),
        }
    }

    fn see_transact(&mut self, error: &TransactError) {
        match error {
            TransactError::Read(error) => self.see(error),
            TransactError::Rejected(rejection) => drop(rejection.to_string()),
            TransactError::KeysWouldBeLost { .. } | TransactError::NoRepoUrl { .. } => {}
            // Objects that are not there, or names that git does not write.
            TransactError::Write { .. } | TransactError::UnknownManifest { .. } => {
                self.not_understood.insert(format!("{error}: {:?}", error.source()));
            }
            other => panic!("a command ends otherwise: {other:?}"),
        }
    }
}

fn options() -> OpenOptions {
    let mut options = OpenOptions::default();
    options.argocd_repo_url = Some("ssh://git@example.com/manifests.git".to_owned());
    options
}

/// Reads a tree that git accepts.
fn read_node(repo: &gix::Repository, kind: Kind, id: ObjectId) -> Node {
    let object = repo.find_object(id).expect("an object");
    if kind == Kind::Blob {
        return Node::Blob(object.data.clone());
    }
    let entries = TreeRefIter::from_bytes(&object.data, gix::hash::Kind::Sha1).map(|entry| {
        let entry = entry.expect("an entry");
        let kind = if entry.mode.is_tree() { Kind::Tree } else { Kind::Blob };
        let node = read_node(repo, kind, entry.oid.to_owned());
        let mode = format!("{:o}", entry.mode.value()).into_bytes();
        Entry { mode, name: entry.filename.to_vec(), node }
    });
    Node::Directory(entries.collect())
}
