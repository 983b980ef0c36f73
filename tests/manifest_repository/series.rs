//! Many commands at once: the same commits as one by one, written together.

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use kuberpult_core::{Command, Context, EnvironmentConfig, ReleaseTrain};
use kuberpult_git::{InitOptions, ManifestRepo, OnError, OpenOptions, Receipt, TransactError};
use kuberpult_tests::fixture::{
    Fixture, context, create_environment, deploy, lock_environment, unlock_environment,
};
use kuberpult_tests::git;

fn with_context(commands: impl IntoIterator<Item = Command>) -> Vec<(Context, Command)> {
    commands.into_iter().map(|command| (context(), command)).collect()
}

fn locks(count: usize) -> Vec<(Context, Command)> {
    with_context((0..count).map(|number| lock_environment("staging", &format!("lock-{number}"), "")))
}

fn head(fixture: &Fixture) -> String {
    git::output(fixture.path(), &["rev-parse", "main"])
}

fn packs(path: &Path) -> usize {
    let entries = fs::read_dir(path.join("objects/pack")).expect("a directory");
    entries
        .filter(|entry| entry.as_ref().expect("an entry").path().extension() == Some("pack".as_ref()))
        .count()
}

fn loose_objects(path: &Path) -> usize {
    let said = git::output(path, &["count-objects"]);
    said.split(' ').next().and_then(|count| count.parse().ok()).expect("a count")
}

/// What git says of each object in the newest pack.
fn packed(path: &Path) -> String {
    let entries = fs::read_dir(path.join("objects/pack")).expect("a directory");
    let indexes = entries
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension() == Some("idx".as_ref()));
    let newest = indexes.max_by_key(|path| path.metadata().and_then(|file| file.modified()).expect("a time"));
    git::output(path, &["verify-pack", "-v", newest.expect("an index").to_str().expect("a path")])
}

#[test]
fn few_objects_are_files_and_many_are_a_pack() {
    let mut fixture = Fixture::with_cart(true);
    let before = loose_objects(fixture.path());
    assert!(fixture.repo.transact_all(&locks(3), OnError::Stop).iter().all(Result::is_ok));
    assert_eq!(packs(fixture.path()), 0);
    let few = loose_objects(fixture.path());
    assert!(few > before);
    let more =
        with_context((0..200).map(|number| lock_environment("staging", &format!("more-{number}"), "")));
    assert!(fixture.repo.transact_all(&more, OnError::Stop).iter().all(Result::is_ok));
    assert_eq!((packs(fixture.path()), loose_objects(fixture.path())), (1, few));
    assert_eq!(git::fsck(fixture.path()), "");
    let state = ManifestRepo::open(fixture.path(), OpenOptions::default()).and_then(|repo| Ok(repo.state()?));
    assert_eq!(state.expect("a state").environments["staging"].locks.len(), 203);
    // The pack is as good as git's own: it says the same of each object, and repacks it.
    git::run(fixture.path(), &["repack", "-a", "-d", "-f", "-q"]);
    assert_eq!(git::fsck(fixture.path()), "");
}

#[test]
fn what_comes_back_is_written_once() {
    // Locks that come and go lead back to the same directories, some of which were replaced meanwhile.
    let mut fixture = Fixture::with_cart(true);
    assert!(fixture.repo.transact_all(&locks(30), OnError::Stop).iter().all(Result::is_ok));
    let toggles = (0..400).map(|number| match number % 4 {
        0 => lock_environment("staging", "ab", ""),
        1 => unlock_environment("staging", "lock-3"),
        2 => lock_environment("staging", "lock-3", ""),
        _ => unlock_environment("staging", "ab"),
    });
    let before = fixture.repo.state().expect("a state");
    assert!(fixture.repo.transact_all(&with_context(toggles), OnError::Stop).iter().all(Result::is_ok));
    assert_eq!(fixture.repo.state().expect("a state"), before);
    assert_eq!(git::fsck(fixture.path()), "");
    let listed = packed(fixture.path());
    let commits = listed.lines().filter(|line| line.contains(" commit ")).count();
    let trees = listed.lines().filter(|line| line.contains(" tree ")).count();
    assert_eq!(commits, 400);
    // Three states besides the one before: of each at most the root, and the directories below it.
    assert!(trees <= 3 * 4, "{trees} trees");
}

#[test]
fn chains_of_deltas_are_no_longer_than_git_makes_them() {
    let mut fixture = Fixture::with_cart(true);
    assert!(fixture.repo.transact_all(&locks(400), OnError::Stop).iter().all(Result::is_ok));
    let listed = packed(fixture.path());
    let depths = listed.lines().filter_map(|line| line.split_whitespace().nth(5)?.parse::<usize>().ok());
    assert_eq!(depths.max(), Some(50), "deltas are made, and chains end");
}

#[test]
fn what_is_replaced_in_one_place_is_still_there_in_another() {
    // Environments that are made alike, and so are one directory to git.
    let names: Vec<String> = (0..4).map(|number| format!("env-{number}")).collect();
    let make = || {
        let mut fixture = Fixture::empty(true);
        let mut commands: Vec<Command> = names
            .iter()
            .map(|name| create_environment(name, EnvironmentConfig::with_upstream_latest()))
            .collect();
        let environments: Vec<&str> = names.iter().map(String::as_str).collect();
        commands.extend((0..30).map(|number| fixture.release(&format!("app-{number}"), &environments)));
        // One after another goes another way, and the others are as they were.
        for (index, name) in names.iter().enumerate() {
            let locked = (0..10 * index).map(|number| lock_environment(name, &format!("lock-{number}"), ""));
            commands.extend(locked);
            commands.extend((0..30).map(|number| deploy(&format!("app-{number}"), 1, name)));
        }
        (fixture, with_context(commands))
    };
    let (mut together, commands) = make();
    assert!(together.repo.transact_all(&commands, OnError::Stop).iter().all(Result::is_ok));
    let (mut one_by_one, commands) = make();
    for (context, command) in &commands {
        one_by_one.repo.transact(context, command).expect("accepted");
    }
    assert_eq!(head(&together), head(&one_by_one));
    assert_eq!(git::fsck(together.path()), "");
}

#[test]
fn in_a_repository_with_sha256_ids_too() {
    let directory = tempfile::tempdir().expect("a directory");
    git::run(directory.path(), &["init", "-q", "-b", "main", "--object-format=sha256", "--bare"]);
    let repo = ManifestRepo::open(directory.path(), OpenOptions::default()).expect("a repository");
    let mut fixture = Fixture::of(directory, repo);
    fixture.fill_with_cart();
    assert!(fixture.repo.transact_all(&locks(100), OnError::Stop).iter().all(Result::is_ok));
    assert_eq!(packs(fixture.path()), 1);
    assert_eq!(git::fsck(fixture.path()), "");
}

#[test]
fn after_a_command_that_fails_it_stops_or_goes_on() {
    for (on_error, results, locks) in [(OnError::Stop, 3, 2), (OnError::GoOn, 5, 4)] {
        let mut fixture = Fixture::with_cart(true);
        let commands = with_context([
            lock_environment("staging", "a1", ""),
            lock_environment("staging", "a2", ""),
            lock_environment("nowhere", "a3", ""),
            lock_environment("staging", "a4", ""),
            lock_environment("staging", "a5", ""),
        ]);
        let given = fixture.repo.transact_all(&commands, on_error);
        assert_eq!(given.len(), results);
        assert!(matches!(given[2], Err(TransactError::Rejected(_))));
        assert_eq!(given.iter().filter(|result| result.is_ok()).count(), locks);
        assert_eq!(fixture.repo.state().expect("a state").environments["staging"].locks.len(), locks);
        let last = given.iter().rev().find_map(|result| result.as_ref().ok()).expect("a receipt");
        assert_eq!(last.commit.map(|commit| commit.to_string()), Some(head(&fixture)));
        assert_eq!(git::fsck(fixture.path()), "");
    }
    let mut fixture = Fixture::with_cart(true);
    assert!(fixture.repo.transact_all(&[], OnError::Stop).is_empty());
}

#[test]
fn what_cannot_land_fails_for_each_command() {
    let mut fixture = Fixture::with_cart(false);
    let file = fixture.path().join("environments/staging/config.json");
    fs::write(&file, "{}").expect("written");
    let before = head(&fixture);
    let results = fixture.repo.transact_all(&locks(3), OnError::GoOn);
    assert_eq!(results.len(), 3);
    assert!(results.iter().all(|result| matches!(result, Err(TransactError::DirtyWorkTree { .. }))));
    assert_eq!(fixture.repo.transact_all(&locks(3), OnError::Stop).len(), 1);
    assert_eq!(head(&fixture), before);
    // And then it goes on.
    git::run(fixture.path(), &["checkout", "-q", "--", "."]);
    assert!(fixture.repo.transact_all(&locks(3), OnError::Stop).iter().all(Result::is_ok));
    assert_eq!(git::output(fixture.path(), &["status", "--porcelain"]), "", "the work tree followed");
}

#[test]
fn a_command_that_names_a_revision_sees_those_before_it() {
    let mut fixture = Fixture::with_cart(true);
    let train = Command::ReleaseTrain(ReleaseTrain {
        as_of: Some("main".parse().expect("a revision")),
        ..ReleaseTrain::new("staging")
    });
    let release = fixture.release("cart", &["development", "staging"]);
    let commands = with_context([release, train, lock_environment("staging", "ab", "")]);
    let results = fixture.repo.transact_all(&commands, OnError::Stop);
    let train = results[1].as_ref().expect("accepted");
    // Without the release before it, it would bring version 1.
    assert_eq!(train.decision.events()[0].to_string(), r#"deployed version 2 of "cart" to "staging""#);
    assert_eq!(results.len(), 3);
    assert_eq!(results[2].as_ref().expect("accepted").commit.expect("a commit").to_string(), head(&fixture));
}

#[test]
fn after_a_lost_race_all_are_decided_again() {
    let mut fixture = Fixture::with_cart(true);
    let path = fixture.path().to_owned();
    let is_done = AtomicBool::new(false);
    let (results, foreign) = thread::scope(|scope| {
        let foreign = scope.spawn(|| {
            let mut moved = 0;
            while !is_done.load(Ordering::Relaxed) {
                let head = git::output(&path, &["rev-parse", "main"]);
                let commit = git::output(
                    &path,
                    &["commit-tree", &format!("{head}^{{tree}}"), "-p", &head, "-m", "something else"],
                );
                let update = ["update-ref", "refs/heads/main", &commit, &head];
                let update = git::command(&path).args(update).output().expect("git can be run");
                moved += usize::from(update.status.success());
                thread::sleep(Duration::from_millis(100));
            }
            moved
        });
        let mut results = Vec::new();
        let lost = |result: &Result<Receipt, TransactError>| {
            result.as_ref().is_ok_and(|receipt| receipt.attempts > 1)
        };
        for round in 0.. {
            if round >= 5 && results.iter().any(lost) {
                break;
            }
            let name = |number| format!("lock-{round}-{number}");
            let commands = (0..40).map(|number| lock_environment("staging", &name(number), ""));
            results.extend(fixture.repo.transact_all(&with_context(commands), OnError::Stop));
        }
        is_done.store(true, Ordering::Relaxed);
        (results, foreign.join().expect("a writer"))
    });
    let history = git::output(fixture.path(), &["rev-list", "--first-parent", "main"]);
    let history: Vec<_> = history.lines().collect();
    for result in &results {
        let commit = result.as_ref().expect("accepted").commit.expect("a commit").to_string();
        assert_eq!(history.iter().filter(|other| **other == commit).count(), 1);
    }
    let commits_before = 3;
    assert_eq!(history.len(), commits_before + results.len() + foreign, "and no other");
    assert_eq!(git::fsck(fixture.path()), "");
}

#[test]
fn maintenance_keeps_objects_bounded() {
    let fixture = Fixture::with_cart(true);
    git::run(fixture.path(), &["config", "gc.auto", "300"]);
    // As somebody who types commands: each in a process of its own, so in a repository that was just opened.
    let lock = |number: usize, options: &OpenOptions| {
        let mut repo = ManifestRepo::open(fixture.path(), options.clone()).expect("a repository");
        let command = match number % 2 {
            0 => lock_environment("staging", "ab", &format!("{number}")),
            _ => unlock_environment("staging", "ab"),
        };
        repo.transact(&context(), &command).expect("accepted");
    };
    let mut without = OpenOptions::default();
    without.without_maintenance = true;
    for number in 0..200 {
        lock(number, &without);
    }
    let unbounded = loose_objects(fixture.path());
    assert!(unbounded > 600, "{unbounded}");
    // Maintenance goes on while commands do; so it is enough that it has happened by some later time.
    let has_happened = (0..600).any(|number| {
        lock(number, &OpenOptions::default());
        thread::sleep(Duration::from_millis(20));
        packs(fixture.path()) > 0 && loose_objects(fixture.path()) < 600
    });
    assert!(has_happened, "{} objects", loose_objects(fixture.path()));
    // It may be running still, and must not lose its directory.
    while fixture.path().join("gc.pid").exists() {
        thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(git::fsck(fixture.path()), "");
    git::run(fixture.path(), &["config", "maintenance.auto", "false"]);
    let packs_before = packs(fixture.path());
    for number in 0..200 {
        lock(number, &OpenOptions::default());
    }
    assert_eq!(packs(fixture.path()), packs_before, "it can be switched off");
}

#[test]
fn what_configuration_wants_on_the_disk_does_not_change_the_result() {
    let mut heads = Vec::new();
    for fsync in ["", "all", "none", "committed,reference"] {
        let directory = tempfile::tempdir().expect("a directory");
        let mut options = InitOptions::default();
        options.bare = true;
        ManifestRepo::init(directory.path(), &options).expect("a repository");
        git::run(directory.path(), &["config", "core.fsync", fsync]);
        let repo = ManifestRepo::open(directory.path(), OpenOptions::default()).expect("a repository");
        let mut fixture = Fixture::of(directory, repo);
        fixture.fill_with_cart();
        fixture.accepted(&deploy("cart", 1, "staging"));
        assert!(fixture.repo.transact_all(&locks(50), OnError::Stop).iter().all(Result::is_ok));
        assert_eq!(git::fsck(fixture.path()), "");
        heads.push(head(&fixture));
    }
    heads.dedup();
    assert_eq!(heads.len(), 1);
}
