//! Making and opening: what is a manifest repository, and what is none.

use std::fs;

use kuberpult_git::{InitError, InitOptions, ManifestRepo, OpenError, OpenOptions};
use kuberpult_tests::fixture::Fixture;
use kuberpult_tests::git;

fn branch(name: &str) -> OpenOptions {
    let mut options = OpenOptions::default();
    options.branch = Some(name.to_owned());
    options
}

#[test]
fn an_empty_git_repository_is_an_empty_manifest_repository() {
    let directory = tempfile::tempdir().expect("a directory");
    git::run(directory.path(), &["init", "-q", "-b", "trunk"]);
    let repo = ManifestRepo::open(directory.path(), OpenOptions::default()).expect("a manifest repository");
    assert_eq!((repo.branch().as_str(), repo.head().expect("a head")), ("trunk", None));
    assert_eq!(repo.state().expect("a state"), kuberpult_core::State::default());
}

#[test]
fn a_directory_without_repository_is_refused() {
    let directory = tempfile::tempdir().expect("a directory");
    let error = ManifestRepo::open(directory.path(), OpenOptions::default()).expect_err("there is none");
    assert!(matches!(error, OpenError::NoRepository { .. }), "{error}");
}

#[test]
fn a_repository_of_another_kind_is_refused() {
    let directory = tempfile::tempdir().expect("a directory");
    git::run(directory.path(), &["init", "-q", "--object-format=sha256"]);
    let error = ManifestRepo::open(directory.path(), OpenOptions::default()).expect_err("it has SHA-256 ids");
    assert!(matches!(error, OpenError::CannotOpen { .. }), "{error}");
}

#[test]
fn a_repository_that_holds_something_else_is_refused() {
    let directory = tempfile::tempdir().expect("a directory");
    git::run(directory.path(), &["init", "-q", "-b", "main"]);
    fs::write(directory.path().join("main.c"), "int main;").expect("written");
    git::run(directory.path(), &["add", "-A"]);
    git::run(directory.path(), &["commit", "-q", "-m", "code"]);
    let error = ManifestRepo::open(directory.path(), OpenOptions::default()).expect_err("it holds code");
    assert!(matches!(error, OpenError::NoManifestRepository { .. }), "{error}");

    // As the message says:
    fs::write(directory.path().join("kuberpult.json"), "{}").expect("written");
    git::run(directory.path(), &["add", "-A"]);
    git::run(directory.path(), &["commit", "-q", "-m", "manifests live here too"]);
    assert!(ManifestRepo::open(directory.path(), OpenOptions::default()).is_ok());
}

#[test]
fn a_branch_that_does_not_exist_is_refused() {
    let fixture = Fixture::with_cart(true);
    let error = ManifestRepo::open(fixture.path(), branch("mian")).expect_err("there is none");
    assert_eq!(error.to_string(), format!("`{}` has no branch `mian`", fixture.repo.directory().display()));
    assert!(matches!(ManifestRepo::open(fixture.path(), branch("a b")), Err(OpenError::NoBranch { .. })));
    git::run(fixture.path(), &["branch", "other", "HEAD~1"]);
    let other = ManifestRepo::open(fixture.path(), branch("other")).expect("another branch");
    assert!(other.state().expect("a state").applications.is_empty());
}

#[test]
fn init_makes_a_repository_and_opens_the_one_that_is_there() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("a/b");
    let mut options = InitOptions::default();
    options.branch = Some("trunk".to_owned());
    let repo = ManifestRepo::init(&path, &options).expect("a repository");
    assert_eq!(repo.branch(), "trunk");
    assert_eq!(git::output(&path, &["symbolic-ref", "HEAD"]), "refs/heads/trunk");
    assert!(ManifestRepo::init(&path, &InitOptions::default()).is_ok(), "it is there already");

    fs::write(directory.path().join("something"), "else").expect("written");
    let error = ManifestRepo::init(directory.path(), &InitOptions::default()).expect_err("it is not empty");
    assert!(matches!(error, InitError::NotEmpty { .. }), "{error}");
    options.branch = Some("a..b".to_owned());
    let error = ManifestRepo::init(&directory.path().join("c"), &options).expect_err("no such name");
    assert!(matches!(error, InitError::InvalidBranch { .. }), "{error}");
    assert!(!directory.path().join("c").exists(), "nothing is half done");
}

#[test]
fn a_repository_is_found_from_within_its_work_tree() {
    let fixture = Fixture::with_cart(false);
    let within = fixture.path().join("environments/staging");
    let repo = ManifestRepo::discover(&within, OpenOptions::default()).expect("a repository");
    assert_eq!(repo.head().expect("a head"), fixture.repo.head().expect("a head"));
    assert!(
        ManifestRepo::open(&within, OpenOptions::default()).is_err(),
        "open takes the directory at its word"
    );
}
