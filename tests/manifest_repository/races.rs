//! Several writers on one repository: nothing is lost, whoever they are.

use std::collections::BTreeSet;
use std::path::Path;
use std::thread;

use kuberpult_git::{ManifestRepo, OpenOptions, TransactError};
use kuberpult_tests::fixture::{Fixture, context, lock_environment};
use kuberpult_tests::git;

const WRITERS: usize = 4;
const COMMANDS: usize = 15;

fn lock_from(path: &Path, writer: usize) -> Vec<String> {
    let mut repo = ManifestRepo::open(path, OpenOptions::default()).expect("a repository");
    (0..COMMANDS)
        .map(|command| {
            let id = format!("lock-{writer}-{command}");
            let receipt = repo.transact(&context(), &lock_environment("staging", &id, "")).expect("a lock");
            receipt.commit.expect("a commit").to_string()
        })
        .collect()
}

fn locks(fixture: &Fixture) -> usize {
    fixture.repo.state().expect("a state").environments["staging"].locks.len()
}

#[test]
fn concurrent_writers_lose_nothing() {
    for bare in [true, false] {
        let fixture = Fixture::with_cart(bare);
        let before =
            git::output(fixture.path(), &["rev-list", "--count", "HEAD"]).parse::<usize>().expect("a number");
        let path = fixture.path();
        let acknowledged: BTreeSet<String> = thread::scope(|scope| {
            let writers: Vec<_> =
                (0..WRITERS).map(|writer| scope.spawn(move || lock_from(path, writer))).collect();
            writers.into_iter().flat_map(|writer| writer.join().expect("a writer")).collect()
        });
        assert_eq!(acknowledged.len(), WRITERS * COMMANDS);
        assert_eq!(locks(&fixture), WRITERS * COMMANDS);
        let history = git::output(path, &["rev-list", "--first-parent", "HEAD"]);
        let history: BTreeSet<_> = history.lines().map(ToOwned::to_owned).collect();
        assert!(acknowledged.is_subset(&history), "each acknowledged commit is in the history");
        assert_eq!(history.len(), before + WRITERS * COMMANDS, "and no other");
        assert_eq!(git::fsck(path), "");
        if !bare {
            assert_eq!(git::output(path, &["status", "--porcelain"]), "", "the work tree followed");
        }
    }
}

/// A writer that knows nothing of kuberpult's lock file: it reads the head, makes a commit and moves the branch
/// by git's own compare-and-swap. Gives the number of its commits that made it.
fn foreign_writer(path: &Path, number: usize) -> usize {
    (0..number)
        .filter(|_| {
            let head = git::output(path, &["rev-parse", "HEAD"]);
            let tree = format!("{head}^{{tree}}");
            let commit = git::output(path, &["commit-tree", &tree, "-p", &head, "-m", "something else"]);
            let moved = git::command(path).args(["update-ref", "refs/heads/main", &commit, &head]).output();
            moved.expect("git can be run").status.success()
        })
        .count()
}

#[test]
fn a_command_is_decided_again_when_others_move_the_branch() {
    let fixture = Fixture::with_cart(true);
    let path = fixture.path();
    let before = git::output(path, &["rev-list", "--count", "HEAD"]).parse::<usize>().expect("a number");
    let (acknowledged, foreign) = thread::scope(|scope| {
        let foreign = scope.spawn(|| foreign_writer(path, 60));
        let ours = scope.spawn(|| lock_from(path, 0));
        (ours.join().expect("a writer"), foreign.join().expect("a writer"))
    });
    let history = git::output(path, &["rev-list", "--first-parent", "HEAD"]);
    let history: Vec<_> = history.lines().collect();
    assert!(acknowledged.iter().all(|commit| history.contains(&commit.as_str())));
    assert_eq!(history.len(), before + COMMANDS + foreign);
    assert_eq!(locks(&fixture), COMMANDS);
    assert_eq!(git::fsck(path), "");
}

#[test]
fn a_deleted_branch_is_not_begun_anew() {
    let mut fixture = Fixture::with_cart(true);
    git::run(fixture.path(), &["update-ref", "-d", "refs/heads/main"]);
    let error = fixture.transact(&lock_environment("staging", "ab", "")).expect_err("the branch is gone");
    assert!(matches!(error, TransactError::BranchGone { .. }), "{error}");
    assert_eq!(fixture.repo.head().expect("a head"), None);
}

#[test]
fn a_branch_that_was_reset_is_written_on_where_it_is() {
    let mut fixture = Fixture::with_cart(true);
    fixture.accepted(&lock_environment("staging", "ab", ""));
    git::run(fixture.path(), &["update-ref", "refs/heads/main", "HEAD~1"]);
    let head = fixture.repo.head().expect("a head").expect("a commit").to_string();
    fixture.accepted(&lock_environment("staging", "cd", ""));
    assert_eq!(git::output(fixture.path(), &["rev-parse", "HEAD~1"]), head);
    assert_eq!(locks(&fixture), 1);
}
