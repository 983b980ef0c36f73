//! A clone of one's own: its branch and its work tree follow, or are in the way before anything is pushed.

use std::fs;

use kuberpult_git::{ManifestRepo, OpenOptions, TransactError};
use kuberpult_test_servers::{Kind, Server, git};
use kuberpult_tests::fixture::{Fixture, context, deploy, lock_environment};

use super::setting::{Setting, lock_count, through, train};

#[test]
fn a_clone_of_ones_own_follows() {
    let setting = Setting::on_a_directory();
    let clone = setting.clone_to("mine");
    setting.elsewhere(&lock_environment("staging", "theirs", ""));
    let (old, pushes) = (git(&clone, &["rev-parse", "main"]), setting.count_pushes());
    let mut repo = ManifestRepo::open(&clone, through("origin")).expect("a repository");
    assert_eq!(lock_count(&repo), 1, "the remote's state is what counts");
    assert_eq!(git(&clone, &["rev-parse", "main"]), old, "reading moves nothing");
    let ours = lock_environment("staging", "ours", "");
    let commit = repo.transact(&context(), &ours).expect("a lock").commit.expect("a commit").to_string();
    assert_eq!((setting.head(), pushes()), (commit.clone(), 1));
    assert_eq!(git(&clone, &["rev-parse", "HEAD", "main"]), format!("{commit}\n{commit}"));
    assert_eq!(git(&clone, &["status", "--porcelain"]), "");
    for lock in ["theirs", "ours"] {
        assert!(clone.join(format!("environments/staging/locks/{lock}")).exists(), "{lock}");
    }
    assert!(git(&clone, &["reflog", "-1", "main"]).contains("kuberpult: "));
}

#[test]
fn a_branch_that_is_not_in_a_clone_is_not_made_there() {
    let setting = Setting::on_a_directory();
    let clone = setting.clone_to("mine");
    git(&clone, &["checkout", "--quiet", "-b", "topic"]);
    git(&clone, &["branch", "--quiet", "-D", "main"]);
    let mut options = through(&setting.server.url());
    options.branch = Some("main".to_owned());
    let mut repo = ManifestRepo::open(&clone, options).expect("a repository");
    let commit = repo.transact(&context(), &train()).expect("a train").commit.expect("a commit");
    assert_eq!(setting.head(), commit.to_string());
    assert_eq!(git(&clone, &["for-each-ref", "--format=%(refname)", "refs/heads"]), "refs/heads/topic");
}

#[test]
fn a_clone_of_an_empty_remote_gets_its_first_commit() {
    let server = Server::start(Kind::Directory);
    let setting = Setting { server, local: tempfile::tempdir().expect("a directory") };
    let clone = setting.clone_to("mine");
    let repo = ManifestRepo::open(&clone, through("origin")).expect("a repository");
    let repo = Fixture::of_repo(repo, Fixture::fill_with_cart);
    assert_eq!(git(&clone, &["rev-parse", "main"]), setting.head());
    assert_eq!(repo.head().expect("a head").expect("a commit").to_string(), setting.head());
    assert_eq!(git(&clone, &["status", "--porcelain"]), "");
}

#[test]
fn commits_that_the_remote_does_not_have_are_in_the_way() {
    let setting = Setting::on_a_directory();
    let clone = setting.clone_to("mine");
    let mut here = ManifestRepo::open(&clone, OpenOptions::default()).expect("a repository");
    let ours = here.transact(&context(), &lock_environment("staging", "ours", "")).expect("a lock");
    let ours = ours.commit.expect("a commit").to_string();
    let there = setting.elsewhere(&lock_environment("staging", "theirs", ""));
    let mut repo = ManifestRepo::open(&clone, through("origin")).expect("a repository");
    let error = repo.transact(&context(), &train()).expect_err("ahead");
    let TransactError::LocalBranchAhead { commits, .. } = &error else { panic!("{error}") };
    assert_eq!(commits.join(" "), ours);
    assert!(error.to_string().contains(&ours), "{error}");
    assert_eq!((setting.head(), git(&clone, &["rev-parse", "main"])), (there.clone(), ours));
    git(&clone, &["reset", "--quiet", "--hard", "HEAD^"]);
    let receipt = repo.transact(&context(), &deploy("cart", 1, "staging")).expect("queued");
    assert_eq!(git(&clone, &["rev-parse", "main"]), receipt.commit.expect("a commit").to_string());
    assert_eq!(git(&clone, &["rev-parse", "main^"]), there);
}

#[test]
fn a_dirty_work_tree_is_in_the_way_before_anything_is_pushed() {
    let setting = Setting::on_a_directory();
    let clone = setting.clone_to("mine");
    fs::write(clone.join("environments/staging/config.json"), "mine").expect("written");
    let before = setting.head();
    let mut repo = ManifestRepo::open(&clone, through("origin")).expect("a repository");
    let error = repo.transact(&context(), &train()).expect_err("dirty");
    assert!(matches!(error, TransactError::DirtyWorkTree { .. }), "{error:?}");
    assert_eq!(setting.head(), before);
}
