//! Making and opening: what is a manifest repository, and what is none.

use std::fs;

use kuberpult_core::{Command, CreateRelease, ManifestId, ReleaseTrain};
use kuberpult_git::{InitError, InitOptions, ManifestRepo, OpenError, OpenOptions, TransactError};
use kuberpult_tests::fixture::{Fixture, context, deploy};
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
fn a_repository_with_sha_256_ids_works() {
    for bare in [true, false] {
        let directory = tempfile::tempdir().expect("a directory");
        let kind = if bare { "--bare" } else { "--shared=false" };
        git::run(directory.path(), &["init", "-q", "-b", "main", "--object-format=sha256", kind]);
        let repo =
            ManifestRepo::open(directory.path(), OpenOptions::default()).expect("a manifest repository");
        let mut fixture = Fixture::of(directory, repo);
        fixture.fill_with_cart();
        let head = fixture.accepted(&deploy("cart", 1, "staging")).commit.expect("a commit");
        assert_eq!(head.to_string(), git::output(fixture.path(), &["rev-parse", "main"]));
        assert_eq!(head.to_string().len(), 64);
        assert_eq!(head.to_string().parse(), Ok(head));
        fixture.accepted(&Command::PrepareUndeploy { application: "cart".parse().expect("a name") });
        fixture.accepted(&deploy("cart", 2, "staging"));
        assert_eq!(fixture.repo.check().expect("a check"), []);
        assert_eq!(git::fsck(fixture.path()), "");
        let copy = "main:environments/staging/applications/cart/manifests/manifests.yaml";
        assert_eq!(git::command(fixture.path()).args(["show", copy]).output().expect("git").stdout, b" ");
        // What is packed is read as what is loose.
        git::run(fixture.path(), &["gc", "-q"]);
        git::run(fixture.path(), &["pack-refs", "--all"]);
        let repo = ManifestRepo::open(fixture.path(), OpenOptions::default()).expect("a manifest repository");
        assert_eq!(repo.state().expect("a state"), fixture.repo.state().expect("a state"));
        let train = ReleaseTrain {
            as_of: Some("HEAD~2".parse().expect("a revision")),
            ..ReleaseTrain::new("staging")
        };
        fixture.accepted(&Command::ReleaseTrain(train));
        assert_eq!(git::fsck(fixture.path()), "");
        if !bare {
            assert_eq!(git::output(fixture.path(), &["status", "--porcelain"]), "");
        }
    }
}

#[test]
fn a_manifest_of_a_repository_with_other_ids_is_unknown() {
    let sha1: ManifestId = "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391".parse().expect("an id");
    let sha256: ManifestId = "ab".repeat(32).parse().expect("an id");
    for (format, manifest) in [("sha1", sha256), ("sha256", sha1)] {
        let directory = tempfile::tempdir().expect("a directory");
        git::run(directory.path(), &["init", "-q", "--bare", "--object-format", format]);
        let mut repo =
            ManifestRepo::open(directory.path(), OpenOptions::default()).expect("a manifest repository");
        let manifests = [("staging".parse().expect("a name"), manifest)].into();
        let release = CreateRelease::new("cart".parse().expect("a name"), manifests);
        let error =
            repo.transact(&context(), &Command::CreateRelease(release)).expect_err("no such manifest");
        assert!(matches!(error, TransactError::UnknownManifest { .. }), "{error}");
    }
}

#[test]
fn an_extension_of_git_s_format_that_is_not_known_is_refused_by_name() {
    let fixture = Fixture::with_cart(false);
    let open = || ManifestRepo::open(fixture.path(), OpenOptions::default());
    for known in ["noop", "preciousObjects", "relativeWorktrees"] {
        git::run(fixture.path(), &["config", &format!("extensions.{known}"), "true"]);
    }
    git::run(fixture.path(), &["config", "extensions.FUTURE", "true"]);
    assert!(open().is_err(), "`relativeWorktrees` needs format 1");
    git::run(fixture.path(), &["config", "--unset", "extensions.relativeWorktrees"]);
    assert!(open().is_ok(), "in format 0 an extension means nothing");
    git::run(fixture.path(), &["config", "core.repositoryFormatVersion", "1"]);
    let error = open().expect_err("nobody knows that extension");
    let directory = fixture.path().display();
    assert_eq!(
        error.to_string(),
        format!(
            "`{directory}` cannot be used: its git config has `extensions.FUTURE` = `true`, which kuberpult does not know; use a clone without it"
        )
    );

    let fixture = Fixture::with_cart(false);
    git::run(fixture.path(), &["config", "core.repositoryFormatVersion", "1"]);
    for (known, value) in [("refStorage", "files"), ("noop-v1", "true"), ("relativeWorktrees", "true")] {
        git::run(fixture.path(), &["config", &format!("extensions.{known}"), value]);
    }
    assert!(ManifestRepo::open(fixture.path(), OpenOptions::default()).is_ok(), "none changes what is read");
}

#[test]
fn references_in_another_format_are_refused_with_what_to_do() {
    let directory = tempfile::tempdir().expect("a directory");
    let options: [(&str, &[&str]); 2] = [("work", &[]), ("bare", &["--bare"])];
    for (name, options) in options {
        let arguments = [&["init", "-q", "--ref-format=reftable", name], options].concat();
        git::run(directory.path(), &arguments);
        let path = directory.path().join(name);
        fs::create_dir_all(path.join("within")).expect("made");
        let errors = [
            ManifestRepo::open(&path, OpenOptions::default()).expect_err("other references"),
            ManifestRepo::discover(&path, OpenOptions::default()).expect_err("other references"),
        ];
        for error in errors {
            assert!(error.to_string().contains("`git refs migrate --ref-format=files`"), "{error}");
        }
    }
    let within = directory.path().join("work/within");
    let error = ManifestRepo::discover(&within, OpenOptions::default()).expect_err("other references");
    assert!(matches!(error, OpenError::UnknownExtension { .. }), "{error}");
}

#[test]
fn a_partial_clone_works_with_what_it_has() {
    let original = Fixture::with_cart(true);
    git::run(original.path(), &["config", "uploadpack.allowFilter", "true"]);
    let directory = tempfile::tempdir().expect("a directory");
    let url = format!("file://{}", original.path().display());
    git::run(directory.path(), &["clone", "-q", "--filter=blob:none", &url, "clone"]);
    let clone = directory.path().join("clone");
    let mut repo = ManifestRepo::open(&clone, OpenOptions::default()).expect("a manifest repository");
    repo.transact(&context(), &deploy("cart", 1, "staging")).expect("what it needs was checked out");
    assert_eq!(git::output(&clone, &["status", "--porcelain"]), "");
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
    let there = fixture.repo.directory().display();
    let expected =
        format!("`{there}` has no branch `mian`; name another one with `--branch`, or make it with git");
    assert_eq!(error.to_string(), expected);
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
