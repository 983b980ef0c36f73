//! A work tree that has the branch checked out is never left contradicting it.

use std::fs;

use kuberpult_git::TransactError;
use kuberpult_tests::fixture::{Fixture, deploy, lock_environment};
use kuberpult_tests::git;

fn status(fixture: &Fixture) -> String {
    git::output(fixture.path(), &["status", "--porcelain"])
}

#[test]
fn a_clean_work_tree_follows() {
    let mut fixture = Fixture::with_cart(false);
    fixture.accepted(&deploy("cart", 1, "staging"));
    assert_eq!(status(&fixture), "");
    let slot = fixture.path().join("environments/staging/applications/cart");
    assert_eq!(
        fs::read_link(slot.join("version")).expect("a link").to_str(),
        Some("../../../../applications/cart/releases/1")
    );
    assert!(fs::read_to_string(slot.join("version/created_at")).is_ok(), "the link leads to the release");
}

#[test]
fn touched_but_unchanged_files_are_no_changes() {
    let mut fixture = Fixture::with_cart(false);
    let config = fixture.path().join("environments/staging/config.json");
    let content = fs::read(&config).expect("a config");
    fs::remove_file(&config).expect("removed");
    fs::write(&config, content).expect("written");
    fixture.accepted(&deploy("cart", 1, "staging"));
    assert_eq!(status(&fixture), "");
}

#[test]
fn a_dirty_work_tree_is_refused_and_left_alone() {
    let change = |fixture: &Fixture| {
        fs::write(fixture.path().join("environments/staging/config.json"), "{}").expect("written");
    };
    let stage = |fixture: &Fixture| {
        change(fixture);
        git::run(fixture.path(), &["add", "-A"]);
    };
    let delete = |fixture: &Fixture| {
        fs::remove_file(fixture.path().join("environments/staging/config.json")).expect("removed");
    };
    let kinds: [&dyn Fn(&Fixture); 3] = [&change, &stage, &delete];
    for make_dirty in kinds {
        let mut fixture = Fixture::with_cart(false);
        let head = fixture.repo.head().expect("a head");
        make_dirty(&fixture);
        let before = status(&fixture);
        let error = fixture.transact(&deploy("cart", 1, "staging")).expect_err("the work tree is dirty");
        assert!(matches!(error, TransactError::DirtyWorkTree { .. }), "{error}");
        assert!(error.to_string().contains("environments/staging/config.json"), "{error}");
        assert_eq!(fixture.repo.head().expect("a head"), head);
        assert_eq!(status(&fixture), before);
    }
}

#[test]
fn an_untracked_file_stays_and_is_refused_only_when_it_is_in_the_way() {
    let mut fixture = Fixture::with_cart(false);
    let swap_file = fixture.path().join("environments/staging/.config.json.swp");
    fs::write(&swap_file, "swap").expect("written");
    fixture.accepted(&deploy("cart", 1, "staging"));
    assert_eq!(fs::read_to_string(&swap_file).expect("it is there"), "swap");

    let in_the_way = fixture.path().join("environments/staging/locks");
    fs::write(&in_the_way, "mine").expect("written");
    let head = fixture.repo.head().expect("a head");
    let error = fixture.transact(&lock_environment("staging", "ab", "")).expect_err("a file is in the way");
    assert!(matches!(error, TransactError::WorkTreeInTheWay { .. }), "{error}");
    assert_eq!(fixture.repo.head().expect("a head"), head);
    assert_eq!(fs::read_to_string(&in_the_way).expect("it is there"), "mine");
}

#[test]
fn a_linked_work_tree_follows_too() {
    let mut fixture = Fixture::with_cart(true);
    let elsewhere = tempfile::tempdir().expect("a directory");
    let linked = elsewhere.path().join("linked");
    let linked_text = linked.to_str().expect("a path");
    git::run(fixture.path(), &["worktree", "add", "-q", linked_text, "main"]);
    fixture.accepted(&deploy("cart", 1, "staging"));
    assert_eq!(git::output(&linked, &["status", "--porcelain"]), "");
    assert!(linked.join("environments/staging/applications/cart/version").is_symlink());

    fs::write(linked.join("environments/staging/config.json"), "{}").expect("written");
    let error = fixture.transact(&lock_environment("staging", "ab", "")).expect_err("the work tree is dirty");
    assert!(error.to_string().contains(linked_text), "{error}");
}

#[test]
fn a_work_tree_on_another_branch_is_left_alone() {
    let mut fixture = Fixture::with_cart(false);
    git::run(fixture.path(), &["checkout", "-q", "-b", "mine"]);
    fs::write(fixture.path().join("environments/staging/config.json"), "{}").expect("written");
    let before = status(&fixture);
    fixture.accepted(&deploy("cart", 1, "staging"));
    assert_eq!(status(&fixture), before);
}
