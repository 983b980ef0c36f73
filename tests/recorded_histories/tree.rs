//! Trees of a repository: what upstream's is, and where two differ.

use std::path::Path;

use gix::ObjectId;
use gix::objs::tree::EntryKind;
use gix::refs::transaction::{Change, PreviousValue, RefEdit, RefLog};
use kuberpult_tests::recorded::{Diff, Entry};

/// Upstream's event data, which are not ours.
const EVENT_DATA: &str = "commits/";

/// A repository, opened beside the library to look at it and to commit by hand.
pub(crate) struct Git {
    repo: gix::Repository,
    branch: String,
}

/// What is at a path: its mode, and the id of its content.
pub(crate) type Object = (EntryKind, ObjectId);

/// A path at which two trees differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PathDifference {
    pub(crate) path: String,
    /// What upstream has there.
    pub(crate) upstream: Option<Object>,
    /// What we have there.
    pub(crate) ours: Option<Object>,
}

impl Git {
    pub(crate) fn open(directory: &Path, branch: &str) -> Self {
        let mut repo = gix::open(directory).expect("a repository");
        repo.object_cache_size_if_unset(16 * 1024 * 1024);
        Self { repo, branch: format!("refs/heads/{branch}") }
    }

    pub(crate) fn empty_tree(&self) -> ObjectId {
        self.repo.empty_tree().id
    }

    /// The tree that upstream's tree becomes by a step: without event data and without empty directories.
    pub(crate) fn after(&self, before: ObjectId, diff: &Diff) -> ObjectId {
        let mut editor = self.repo.edit_tree(before).expect("a tree");
        for path in diff.del.iter().filter(|path| is_compared(path)) {
            editor.remove(path.as_str()).expect("a path");
        }
        for (path, entry) in diff.set.iter().filter(|(path, _)| is_compared(path)) {
            if let Some((kind, content)) = kind_and_content(path, entry) {
                let blob = self.repo.write_blob(content).expect("a blob");
                editor.upsert(path.as_str(), kind, blob).expect("a path");
            }
        }
        editor.write().expect("a tree").detach()
    }

    /// The tree that upstream's tree becomes by a step, with all that is in it.
    pub(crate) fn as_it_is_after(&self, before: ObjectId, diff: &Diff) -> ObjectId {
        let mut editor = self.repo.edit_tree(before).expect("a tree");
        for path in &diff.del {
            editor.remove(path.as_str()).expect("a path");
        }
        for (path, entry) in &diff.set {
            let (kind, id) = match kind_and_content(path, entry) {
                Some((kind, content)) => (kind, self.repo.write_blob(content).expect("a blob").detach()),
                None => (EntryKind::Tree, self.empty_tree()),
            };
            editor.upsert(path.as_str(), kind, id).expect("a path");
        }
        editor.write().expect("a tree").detach()
    }

    /// The tree of the newest commit; the empty one before the first.
    pub(crate) fn head_tree(&self) -> ObjectId {
        self.head().map_or_else(
            || self.empty_tree(),
            |commit| self.repo.find_commit(commit).expect("a commit").tree_id().expect("a tree").detach(),
        )
    }

    pub(crate) fn head(&self) -> Option<ObjectId> {
        let reference = self.repo.try_find_reference(self.branch.as_str()).expect("a branch");
        reference.map(|mut reference| reference.peel_to_id().expect("a commit").detach())
    }

    /// Commits a tree as it is.
    pub(crate) fn commit(&self, tree: ObjectId) {
        let parent = self.head();
        let now = gix::actor::Signature {
            name: "Someone Else".into(),
            email: "else@example.com".into(),
            time: gix::date::Time::new(1_714_729_057, 0),
        };
        let commit = gix::objs::Commit {
            tree,
            parents: parent.into_iter().collect(),
            author: now.clone(),
            committer: now,
            encoding: None,
            message: "by hand".into(),
            extra_headers: Vec::new(),
        };
        let commit = self.repo.write_object(&commit).expect("a commit").detach();
        self.move_to(Some(commit));
    }

    /// Sets the branch to a commit, or takes it away.
    pub(crate) fn move_to(&self, commit: Option<ObjectId>) {
        let name = self.branch.as_str().try_into().expect("a branch name");
        let edit = match commit {
            Some(commit) => RefEdit::update(name, commit, PreviousValue::Any, ""),
            None => RefEdit {
                change: Change::Delete { expected: PreviousValue::Any, log: RefLog::AndReference },
                name,
                deref: false,
            },
        };
        self.repo.edit_references_as([edit], None).expect("the branch can be moved");
    }

    /// What is at a path of a tree.
    pub(crate) fn at(&self, tree: ObjectId, path: &str) -> Option<Object> {
        let entry =
            self.repo.find_tree(tree).expect("a tree").lookup_entry_by_path(path).expect("readable")?;
        Some((entry.mode().kind(), entry.object_id()))
    }

    /// The content of a file or a link.
    pub(crate) fn content(&self, object: Object) -> Vec<u8> {
        self.repo.find_blob(object.1).expect("a blob").take_data()
    }

    /// The text of the file or link at a path of a tree.
    pub(crate) fn text(&self, tree: ObjectId, path: &str) -> Option<String> {
        let text = String::from_utf8(self.content(self.at(tree, path)?));
        Some(text.expect("UTF-8"))
    }

    /// The names in a directory of a tree.
    pub(crate) fn names(&self, tree: ObjectId, path: &str) -> Vec<String> {
        match self.at(tree, path) {
            Some((EntryKind::Tree, directory)) => {
                self.entries(Some(directory)).into_iter().map(|(name, _)| name).collect()
            }
            _ => Vec::new(),
        }
    }

    /// A difference in words.
    pub(crate) fn describe(&self, difference: &PathDifference) -> String {
        const SHOWN: usize = 120;
        let side = |object: Option<Object>| match object {
            None => "nothing".to_owned(),
            Some((kind, id)) => {
                let content = self.content((kind, id));
                let shown = String::from_utf8_lossy(content.get(..SHOWN).unwrap_or(&content)).into_owned();
                format!("{kind:?} of {} bytes {shown:?}", content.len())
            }
        };
        format!("{}: upstream {}, ours {}", difference.path, side(difference.upstream), side(difference.ours))
    }

    /// Each file and link at which our tree is not upstream's.
    pub(crate) fn differences(&self, upstream: ObjectId, ours: ObjectId) -> Vec<PathDifference> {
        let mut differences = Vec::new();
        self.compare("", Some(upstream), Some(ours), &mut differences);
        differences
    }

    fn compare(
        &self,
        directory: &str,
        upstream: Option<ObjectId>,
        ours: Option<ObjectId>,
        differences: &mut Vec<PathDifference>,
    ) {
        if upstream == ours {
            return;
        }
        let upstream: std::collections::BTreeMap<_, _> = self.entries(upstream).into_iter().collect();
        let ours: std::collections::BTreeMap<_, _> = self.entries(ours).into_iter().collect();
        let names: std::collections::BTreeSet<&String> = upstream.keys().chain(ours.keys()).collect();
        for name in names {
            let path = format!("{directory}{name}");
            let both = [upstream.get(name).copied(), ours.get(name).copied()];
            if both[0] == both[1] {
                continue;
            }
            let trees =
                both.map(|object| object.filter(|(kind, _)| *kind == EntryKind::Tree).map(|(_, id)| id));
            self.compare(&format!("{path}/"), trees[0], trees[1], differences);
            let [upstream, ours] = both.map(|object| object.filter(|(kind, _)| *kind != EntryKind::Tree));
            if upstream != ours {
                differences.push(PathDifference { path, upstream, ours });
            }
        }
    }

    fn entries(&self, tree: Option<ObjectId>) -> Vec<(String, Object)> {
        let Some(tree) = tree else { return Vec::new() };
        let tree = self.repo.find_tree(tree).expect("a tree");
        let entries = tree.iter().map(|entry| entry.expect("an entry"));
        entries
            .map(|entry| (entry.filename().to_string(), (entry.mode().kind(), entry.object_id())))
            .collect()
    }
}

fn is_compared(path: &str) -> bool {
    !path.starts_with(EVENT_DATA) && format!("{path}/") != EVENT_DATA
}

/// What git keeps of an entry; nothing of an empty directory.
fn kind_and_content(path: &str, entry: &Entry) -> Option<(EntryKind, Vec<u8>)> {
    match (entry.mode.as_str(), entry.bytes()) {
        ("100644", Some(content)) => Some((EntryKind::Blob, content)),
        ("120000", Some(target)) => Some((EntryKind::Link, target)),
        ("040000", None) => None,
        _ => panic!("`{path}` is not understood: {entry:?}"),
    }
}
