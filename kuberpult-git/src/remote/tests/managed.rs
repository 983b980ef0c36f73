//! Managed clones: made once, shared, repaired.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use kuberpult_test_servers::{Access, HttpServer, Kind, Server, git};

use super::fixture::{
    Clone, accepted, commit, commits, commits_of_others, head, id, is_sound, managed, on_each, on_each_of,
    remote,
};
use crate::remote::{Depth, ManagedClone, Remote, RemoteError};

#[test]
fn a_clone_is_made_shallow_and_used_again() {
    on_each(|server| {
        let newest = commits_of_others(&server.repository(), "main", 10);
        let cache = tempfile::tempdir().unwrap();
        let clone = managed(cache.path(), server);
        assert_eq!(clone.branch().last_fetched().unwrap(), None);
        assert_eq!(clone.fetch().unwrap(), Some(newest));
        assert_eq!(commits(clone.git_dir(), newest), 1);
        let ours = commit(clone.git_dir(), Some(newest), "ours");
        accepted(clone.branch(), ours, Some(newest));
        let newest = commits_of_others(&server.repository(), "main", 3);
        let again = managed(cache.path(), server);
        assert_eq!(again.git_dir(), clone.git_dir());
        assert_eq!(again.branch().last_fetched().unwrap(), Some(ours));
        assert_eq!(again.fetch().unwrap(), Some(newest));
        // What is between is there, so that a push can be looked up without fetching it anew.
        assert_eq!(commits(clone.git_dir(), newest), 5);
        is_sound(server, clone.git_dir());
    });
}

#[test]
fn whoever_was_away_for_long_fetches_the_newest_commit_alone() {
    on_each_of(&[Kind::Directory], |server| {
        commits_of_others(&server.repository(), "main", 2);
        let cache = tempfile::tempdir().unwrap();
        let clone = managed(cache.path(), server);
        clone.fetch().unwrap();
        let newest = commits_of_others(&server.repository(), "main", 5);
        let lock = lock_file(cache.path());
        let times = fs::FileTimes::new().set_modified(std::time::UNIX_EPOCH);
        fs::File::options().write(true).open(&lock).unwrap().set_times(times).unwrap();
        assert_eq!(clone.fetch().unwrap(), Some(newest));
        assert_eq!(commits(clone.git_dir(), newest), 1);
        // But who has asked for the whole history keeps it.
        clone.branch().fetch(Depth::Everything).unwrap();
        let newest = commits_of_others(&server.repository(), "main", 5);
        fs::File::options().write(true).open(&lock).unwrap().set_times(times).unwrap();
        assert_eq!(clone.fetch().unwrap(), Some(newest));
        assert_eq!(commits(clone.git_dir(), newest), 12);
    });
}

fn lock_file(cache: &Path) -> PathBuf {
    let mut files = fs::read_dir(cache).unwrap().map(|entry| entry.unwrap().path());
    files.find(|file| file.extension().is_some_and(|extension| extension == "lock")).unwrap()
}

#[test]
fn only_its_user_reads_it_and_no_password_is_in_it() {
    on_each_of(&[Kind::Http], |server| {
        let newest = commits_of_others(&server.repository(), "main", 1);
        let http = HttpServer::start(server.root(), Access::Basic("am86aHVudGVyMg==".to_owned()));
        let parent = tempfile::tempdir().unwrap();
        let cache = parent.path().join("cache/kuberpult");
        let open = |user: &str| {
            let remote = Remote::at(&format!("http://{user}@{}/manifests.git", http.address())).unwrap();
            ManagedClone::open(&cache, remote, "main").unwrap()
        };
        let clone = open("jo:hunter2");
        assert_eq!(clone.fetch().unwrap(), Some(newest));
        accepted(clone.branch(), commit(clone.git_dir(), Some(newest), "ours"), Some(newest));
        for directory in [cache.as_path(), clone.git_dir()] {
            assert_eq!(fs::metadata(directory).unwrap().permissions().mode() & 0o777, 0o700);
        }
        let mut files = 0;
        each_file(&cache, &mut |path, bytes| {
            files += 1;
            assert!(!bytes.windows(7).any(|bytes| bytes == b"hunter2"), "{}", path.display());
        });
        assert!(files > 5);
        // Another token is no other clone; a wrong one is an error, and nothing is made again.
        let wrong = open("jo:wrong");
        assert_eq!(wrong.git_dir(), clone.git_dir());
        assert!(matches!(wrong.fetch(), Err(RemoteError::NotAuthenticated { .. })));
        assert!(wrong.branch().last_fetched().unwrap().is_some());
    });
}

fn each_file(directory: &Path, look: &mut impl FnMut(&Path, &[u8])) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { each_file(&path, look) } else { look(&path, &fs::read(&path).unwrap()) }
    }
}

/// An empty file where something should be, as after a power failure.
fn emptied(path: PathBuf) {
    assert!(path.is_file(), "{}", path.display());
    // Git makes objects read-only.
    fs::remove_file(&path).unwrap();
    fs::write(path, "").unwrap();
}

/// The files of a clone that hold objects.
fn objects(directory: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    each_file(&directory.join("objects"), &mut |path, _| found.push(path.to_owned()));
    found
}

/// What can happen to a clone, and how it is done.
type Damage = (&'static str, fn(&Path));

const DAMAGES: [Damage; 9] = [
    ("no HEAD", |clone| fs::remove_file(clone.join("HEAD")).unwrap()),
    ("empty HEAD", |clone| emptied(clone.join("HEAD"))),
    ("broken config", |clone| fs::write(clone.join("config"), "[core\nbroken").unwrap()),
    ("no objects", |clone| fs::remove_dir_all(clone.join("objects")).unwrap()),
    ("empty reference", |clone| emptied(clone.join("refs/kuberpult/remote/main"))),
    ("broken shallow", |clone| fs::write(clone.join("shallow"), "nonsense\n").unwrap()),
    ("of something else", |clone| fs::write(clone.join("kuberpult-clone"), "1\nx\ny\n").unwrap()),
    ("emptied", |clone| fs::remove_dir_all(clone).and_then(|()| fs::create_dir(clone)).unwrap()),
    ("a file", |clone| fs::remove_dir_all(clone).and_then(|()| fs::write(clone, "")).unwrap()),
];

#[test]
fn a_damaged_clone_is_made_again() {
    on_each_of(&[Kind::Directory, Kind::Daemon], |server| {
        let newest = commits_of_others(&server.repository(), "main", 3);
        let cache = tempfile::tempdir().unwrap();
        for (what, damage) in DAMAGES {
            let clone = managed(cache.path(), server);
            assert_eq!(clone.fetch().unwrap(), Some(newest), "before: {what}");
            damage(clone.git_dir());
            // Whether it was open already or not.
            assert_eq!(clone.fetch().unwrap(), Some(newest), "{what}");
            is_sound(server, clone.git_dir());
            damage(clone.git_dir());
            let clone = managed(cache.path(), server);
            assert_eq!(clone.fetch().unwrap(), Some(newest), "{what}, opened again");
            is_sound(server, clone.git_dir());
        }
        let left = fs::read_dir(cache.path()).unwrap().count();
        assert_eq!(left, 2, "the clone and its lock");
    });
}

#[test]
fn objects_that_are_damaged_are_noticed_by_who_looks() {
    on_each_of(&[Kind::Directory], |server| {
        let newest = commits_of_others(&server.repository(), "main", 3);
        let cache = tempfile::tempdir().unwrap();
        let clone = managed(cache.path(), server);
        clone.fetch().unwrap();
        assert!(!clone.repair().unwrap());
        for object in objects(clone.git_dir()) {
            if !object.is_file() {
                continue;
            }
            emptied(object);
            assert!(clone.repair().unwrap());
            assert_eq!(clone.fetch().unwrap(), Some(newest));
            assert!(!clone.repair().unwrap());
        }
    });
}

#[test]
fn what_a_killed_git_left_locked_is_not_in_the_way() {
    on_each_of(&[Kind::Directory], |server| {
        commits_of_others(&server.repository(), "main", 3);
        let cache = tempfile::tempdir().unwrap();
        let clone = managed(cache.path(), server);
        clone.fetch().unwrap();
        for file in ["shallow.lock", "packed-refs.lock", "config.lock", "refs/kuberpult/remote/main.lock"] {
            fs::write(clone.git_dir().join(file), "").unwrap();
        }
        // And somebody was killed while a clone was made.
        for what in ["new", "old"] {
            fs::create_dir(format!("{}.{what}", clone.git_dir().display())).unwrap();
        }
        let newest = commits_of_others(&server.repository(), "main", 1);
        assert_eq!(clone.fetch().unwrap(), Some(newest));
        assert_eq!(clone.branch().fetch(Depth::Everything).unwrap(), Some(newest));
        fs::remove_file(clone.git_dir().join("HEAD")).unwrap();
        assert_eq!(clone.fetch().unwrap(), Some(newest));
        is_sound(server, clone.git_dir());
    });
}

/// In a repository of somebody's own it is what nobody else ever locks.
#[test]
fn in_somebodys_own_repository_kuberpults_reference_alone_is_unlocked() {
    let server = Server::start(Kind::Directory);
    let theirs = commits_of_others(&server.repository(), "main", 1);
    let clone = Clone::of(&server);
    let ours = clone.path().join(format!("{}.lock", clone.branch.private_reference()));
    let users = clone.path().join("packed-refs.lock");
    fs::create_dir_all(ours.parent().unwrap()).unwrap();
    fs::write(&ours, "").unwrap();
    fs::write(&users, "").unwrap();
    assert_eq!(clone.fetch(), Some(theirs));
    assert!(!ours.exists() && users.exists());
}

#[test]
fn processes_share_one_clone() {
    const WRITERS: usize = 4;
    const COMMITS: usize = 4;
    on_each_of(&[Kind::Directory, Kind::Http], |server| {
        commits_of_others(&server.repository(), "main", 2);
        let cache = tempfile::tempdir().unwrap();
        // Each opens files of its own, as processes do.
        std::thread::scope(|scope| {
            for writer in 0..WRITERS {
                let cache = cache.path();
                scope.spawn(move || {
                    for number in 0..COMMITS {
                        write(&managed(cache, server), &format!("{writer}-{number}"));
                    }
                });
            }
        });
        let clone = managed(cache.path(), server);
        let newest = clone.fetch().unwrap().unwrap();
        assert_eq!(head(server), newest);
        assert_eq!(commits(&server.repository(), newest), 2 + WRITERS * COMMITS);
        let files = git(&server.repository(), &["ls-tree", "--name-only", "main"]);
        assert_eq!(files.lines().count(), 2 + WRITERS * COMMITS);
        is_sound(server, clone.git_dir());
        assert_eq!(fs::read_dir(cache.path()).unwrap().count(), 2, "one clone and its lock");
    });
}

/// Adds a file; after a lost race once more on what is there then.
fn write(clone: &ManagedClone, file: &str) {
    for _ in 0..1_000 {
        let base = clone.fetch().unwrap();
        let ours = commit(clone.git_dir(), base, file);
        match clone.branch().push(ours, base).unwrap() {
            crate::remote::PushOutcome::Accepted => return,
            crate::remote::PushOutcome::Stale { .. } => {}
            other => panic!("{other:?}"),
        }
    }
    panic!("others were faster a thousand times");
}

#[test]
fn many_small_files_are_packed() {
    on_each_of(&[Kind::Directory], |server| {
        let cache = tempfile::tempdir().unwrap();
        let clone = managed(cache.path(), server);
        let base = commit(clone.git_dir(), None, "first");
        accepted(clone.branch(), base, None);
        let loose = clone.git_dir().join("objects/17");
        // Blobs whose ids begin with 17 are found by trying.
        let blobs: Vec<_> = (0..60_000)
            .map(|number| format!("{number}\n"))
            .filter(|text| {
                let id =
                    gix::objs::compute_hash(gix::hash::Kind::Sha1, gix::objs::Kind::Blob, text.as_bytes())
                        .unwrap();
                id.as_slice()[0] == 0x17
            })
            .take(40)
            .collect();
        let mut entries = String::new();
        for blob in &blobs {
            let id = kuberpult_test_servers::git_with_input(
                clone.git_dir(),
                &["hash-object", "-w", "--stdin"],
                blob.as_bytes(),
            );
            entries.push_str(&format!("100644 blob {id}\tf{id}\n"));
        }
        let tree = kuberpult_test_servers::git_with_input(clone.git_dir(), &["mktree"], entries.as_bytes());
        let full = id(&git(clone.git_dir(), &["commit-tree", "-m", "many", "-p", &base.to_string(), &tree]));
        accepted(clone.branch(), full, Some(base));
        assert!(fs::read_dir(&loose).unwrap().count() >= 40);
        assert_eq!(clone.fetch().unwrap(), Some(full));
        assert_eq!(fs::read_dir(&loose).map_or(0, Iterator::count), 0);
        is_sound(server, clone.git_dir());
    });
}

#[test]
fn ids_of_another_kind_are_no_obstacle() {
    on_each_of(&[Kind::Directory, Kind::Daemon, Kind::Http], |server| {
        fs::remove_dir_all(server.repository()).unwrap();
        git(
            server.root(),
            &[
                "init",
                "--quiet",
                "--bare",
                "--initial-branch=main",
                "--object-format=sha256",
                "manifests.git",
            ],
        );
        git(&server.repository(), &["config", "http.receivepack", "true"]);
        let cache = tempfile::tempdir().unwrap();
        let clone = managed(cache.path(), server);
        // Where nothing is yet git does not say of which kind it will be.
        assert_eq!(clone.fetch().unwrap(), None);
        let error = clone.branch().push(commit(clone.git_dir(), None, "first"), None).unwrap_err();
        assert!(matches!(error, RemoteError::OtherObjectFormat { .. }), "{error:?}");
        let base = commits_of_others(&server.repository(), "main", 1);
        assert_eq!(clone.fetch().unwrap(), Some(base));
        let ours = commit(clone.git_dir(), Some(base), "ours");
        accepted(clone.branch(), ours, Some(base));
        assert_eq!(clone.fetch().unwrap(), Some(ours));
        let other = tempfile::tempdir().unwrap();
        assert_eq!(managed(other.path(), server).fetch().unwrap(), Some(ours));
        // A repository of somebody else is not made again.
        let error = super::fixture::Clone::new(remote(server)).branch.fetch(Depth::New).unwrap_err();
        assert!(matches!(error, RemoteError::OtherObjectFormat { .. }), "{error:?}");
    });
}

#[test]
fn a_cache_that_cannot_be_written_is_named() {
    on_each_of(&[Kind::Directory], |server| {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("file");
        fs::write(&file, "").unwrap();
        let error = ManagedClone::open(&file.join("cache"), remote(server), "main").unwrap_err();
        assert!(matches!(error, RemoteError::File { .. }), "{error:?}");
        assert!(error.to_string().contains("cache"), "{error}");
    });
}
