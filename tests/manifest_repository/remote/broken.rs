//! A branch that is not what it was: gone, reset, or damaged in the clone.

use std::fs;

use kuberpult_core::Event;
use kuberpult_git::{OnError, OpenError, OpenOptions, RemoteError};
use kuberpult_test_servers::git;
use kuberpult_tests::fixture::{context, lock_environment};

use super::setting::{Setting, lock_count, refusal, train};

#[test]
fn a_branch_that_is_gone_is_not_begun_anew() {
    let setting = Setting::on_a_directory();
    let (mut repo, before) = (setting.open(), setting.head());
    git(&setting.repository(), &["update-ref", "-d", "refs/heads/main"]);
    let error = refusal(repo.transact(&context(), &train()).expect_err("gone"));
    assert!(matches!(error, RemoteError::BranchGone { .. }), "{error:?}");
    // Whoever opens the clone next knows it, too, and who opens it after that.
    for _ in 0..2 {
        let error = setting.try_open(OpenOptions::default()).expect_err("gone");
        let OpenError::Remote(RemoteError::BranchGone { last, .. }) = &error else { panic!("{error:?}") };
        assert_eq!(*last, before);
    }
    assert_eq!(git(&setting.repository(), &["for-each-ref"]), "");
}

#[test]
fn a_branch_that_never_was_is_made_only_where_there_is_no_other() {
    let setting = Setting::on_a_directory();
    let mut options = OpenOptions::default();
    options.branch = Some("next".to_owned());
    let error = setting.try_open(options).expect_err("no such branch");
    assert!(matches!(error, OpenError::Remote(RemoteError::NoBranch { .. })), "{error:?}");
}

#[test]
fn a_branch_that_was_reset_is_worked_on_as_it_is() {
    let setting = Setting::on_a_directory();
    let mut repo = setting.open();
    repo.transact(&context(), &lock_environment("staging", "gone", "")).expect("a lock");
    git(&setting.repository(), &["update-ref", "refs/heads/main", "main^"]);
    let receipt = repo.transact(&context(), &train()).expect("a train");
    assert!(matches!(receipt.decision.events(), [Event::Deployed { .. }]), "{receipt:?}");
    assert_eq!(lock_count(&setting.open()), 0);
}

#[test]
fn a_damaged_clone_is_made_again_and_used() {
    // The root is read when it is opened, and the rest when a command needs it. No fetch looks at either.
    for (path, is_open) in [("", false), ("environments/staging", false), ("environments/staging", true)] {
        let setting = Setting::on_a_directory();
        let mut repo = setting.open();
        let directory = repo.directory().to_owned();
        let tree = git(&directory, &["rev-parse", &format!("{}:{path}", setting.head())]);
        let (first, rest) = tree.split_at(2);
        fs::remove_file(directory.join("objects").join(first).join(rest)).expect("a file of its own");
        if !is_open {
            repo = setting.open();
        }
        let lock = lock_environment("development", "first", "");
        let commands = [(context(), lock), (context(), train())];
        let results = repo.transact_all(&commands, OnError::GoOn);
        assert!(results.iter().all(Result::is_ok), "{path}: {results:?}");
        assert_eq!(git(&directory, &["rev-list", "--all", "-1"]), setting.head());
    }
}
