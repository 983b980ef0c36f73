//! Where a run takes place: a remote, clones in caches, and clones with a work tree.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread::sleep;
use std::time::Duration;

use kuberpult_test_servers::{Kind, Server, git};
use tempfile::TempDir;

use crate::books::{Books, Fate};
use crate::commands::{Wanted, beginning};
use crate::writer::Writer;

/// A remote with a manifest repository, and a directory for all that is not the remote.
pub(crate) struct Place {
    pub(crate) server: Option<Server>,
    pub(crate) url: String,
    /// The repository as the server sees it.
    pub(crate) repository: PathBuf,
    /// Where the run begins.
    pub(crate) base: String,
    directory: TempDir,
}

impl Place {
    pub(crate) fn on(kind: Kind) -> Self {
        let server = Server::start(kind);
        let (url, repository) = (server.url(), server.repository());
        Self::at(Some(server), url, repository)
    }

    /// On an empty bare repository.
    pub(crate) fn at(server: Option<Server>, url: String, repository: PathBuf) -> Self {
        let directory = tempfile::tempdir().unwrap();
        fs::create_dir(directory.path().join("home")).unwrap();
        // It would go on when the test has ended.
        git(&repository, &["config", "receive.autogc", "false"]);
        let mut place = Self { server, url, repository, base: String::new(), directory };
        let mut books = Books::default();
        Writer::with_file("beginning", "end").run(&place, beginning(), None, &mut books);
        assert_eq!(books.acknowledged_commits(), books.commands(), "{books:?}");
        place.base = place.head();
        place
    }

    /// Its history has another beginning.
    pub(crate) fn beginning_at(self, base: &str) -> Self {
        Self { base: base.to_owned(), ..self }
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.directory.path().join(path)
    }

    pub(crate) fn head(&self) -> String {
        git(&self.repository, &["rev-parse", "refs/heads/main"])
    }

    /// A clone with a work tree, without maintenance in the background.
    pub(crate) fn clone_to(&self, name: &str) {
        git(self.directory.path(), &["clone", "--quiet", &self.url, name]);
        git(&self.path(name), &["config", "maintenance.auto", "false"]);
    }

    /// `kuberpult` with nothing but what it needs around it.
    pub(crate) fn kuberpult(&self, words: &[String]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kuberpult"));
        command.env_clear();
        command.env("PATH", std::env::var_os("PATH").unwrap_or_else(|| OsString::from("/usr/bin")));
        command.env("HOME", self.path("home")).env("TMPDIR", self.path("home"));
        command.env("GIT_CONFIG_NOSYSTEM", "1").env("GIT_CONFIG_GLOBAL", "/dev/null");
        command.current_dir(self.directory.path());
        command.args(["-o", "json", "-v"]).args(words);
        command
    }

    /// The clones in caches, and those with a work tree.
    fn clones(&self) -> Vec<PathBuf> {
        let directories = |path: &Path| -> Vec<PathBuf> {
            let entries = fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path());
            entries.filter(|path| path.is_dir()).collect()
        };
        let all = directories(self.directory.path()).into_iter().flat_map(|directory| {
            if directory.join(".git").exists() { vec![directory] } else { directories(&directory) }
        });
        all.filter(|directory| directory.join(".git").exists() || directory.join("objects").exists())
            .collect()
    }

    /// What a person does whose git was killed in the middle of updating a work tree, after having seen that no git is at
    /// work there; says whether there was something to do.
    pub(crate) fn put_in_order(&self, clone: &str) -> bool {
        const LOOKS: usize = 40;
        let (clone, lock) = (self.path(clone), self.path(clone).join(".git/index.lock"));
        let is_in_order = || !lock.exists() && git(&clone, &["status", "--porcelain"]).is_empty();
        for _ in 0..LOOKS {
            if is_in_order() {
                return false;
            }
            sleep(Duration::from_millis(50));
        }
        if lock.exists() {
            fs::remove_file(lock).unwrap();
        }
        git(&clone, &["reset", "--quiet", "--hard"]);
        true
    }

    /// Whoever comes next can work, here and from everywhere else.
    pub(crate) fn next_commands_work(&self, writers: &[Writer], books: &mut Books) {
        for (number, writer) in writers.iter().enumerate() {
            let next = Wanted::lock(&format!("next-{}", writer.name), number);
            let mut book = Books::default();
            writer.run(self, vec![next], None, &mut book);
            let done = |(_, fate): &(Wanted, Fate)| {
                matches!(fate, Fate::Acknowledged { commit: Some(_), events: Ok(_) })
            };
            assert!(book.entries().all(done), "{book:?}");
            books.add(book);
        }
    }

    /// Git finds nothing wrong anywhere, no lock is left, and work trees are what their branch says.
    pub(crate) fn is_clean(&self) {
        let clones = self.clones();
        assert!(!clones.is_empty());
        for repository in clones.iter().chain([&self.repository]) {
            assert_eq!(
                git(repository, &["fsck", "--strict", "--no-dangling"]),
                "",
                "{}",
                repository.display()
            );
            let git_dir = repository.join(".git");
            let is_work_tree = git_dir.exists();
            if is_work_tree {
                assert_eq!(git(repository, &["status", "--porcelain"]), "", "{}", repository.display());
            }
            let mut locks = Vec::new();
            find_locks(if is_work_tree { &git_dir } else { repository }, &mut locks);
            assert!(locks.is_empty(), "{locks:?}");
        }
    }
}

/// Git's locks: those of kuberpult last only as long as a process has them.
fn find_locks(directory: &Path, locks: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()) {
        let name = entry.file_name().unwrap().to_string_lossy().into_owned();
        if entry.is_dir() {
            find_locks(&entry, locks);
        } else if name.ends_with(".lock") && !name.starts_with("kuberpult") {
            locks.push(entry);
        }
    }
}
