//! A work tree that has the branch checked out is never left contradicting it.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use kuberpult_core::{Actor, Context};
use kuberpult_git::TransactError;
use kuberpult_tests::fixture::{Fixture, context, deploy, lock_environment};
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

/// A change that a person makes in a work tree, and what git then calls changed.
type Change = (fn(&Path), &'static [&'static str]);

const CONFIG: &str = "environments/staging/config.json";

#[test]
fn a_dirty_work_tree_is_refused_and_left_alone() {
    let changes: [Change; 6] = [
        (|path| fs::write(path.join(CONFIG), "{}").expect("written"), &[CONFIG]),
        (
            |path| {
                fs::write(path.join(CONFIG), "{}").expect("written");
                git::run(path, &["add", "-A"]);
            },
            &[CONFIG],
        ),
        (|path| fs::remove_file(path.join(CONFIG)).expect("removed"), &[CONFIG]),
        (|path| git::run(path, &["rm", "-q", "--cached", CONFIG]), &[CONFIG]),
        (|path| git::run(path, &["mv", CONFIG, "elsewhere"]), &["elsewhere", CONFIG]),
        (
            |path| {
                fs::write(path.join("new"), "new").expect("written");
                git::run(path, &["add", "--intent-to-add", "new"]);
            },
            &["new"],
        ),
    ];
    for (make_dirty, changed) in changes {
        let mut fixture = Fixture::with_cart(false);
        make_dirty(fixture.path());
        match refused(&mut fixture) {
            TransactError::DirtyWorkTree { paths, .. } => assert_eq!(paths, changed),
            error => panic!("{error}"),
        }
    }
}

/// What can be seen of a repository: the branch, the index, and every file in the work tree.
fn everything(path: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let seen =
        |name: &str, arguments: &[&str]| (PathBuf::from(name), git::output(path, arguments).into_bytes());
    let mut everything = vec![
        seen("branch", &["rev-parse", "refs/heads/main"]),
        seen("index", &["ls-files", "--stage", "-v"]),
        seen("status", &["status", "--porcelain", "--ignored"]),
    ];
    let mut directories = vec![path.to_owned()];
    while let Some(directory) = directories.pop() {
        for entry in fs::read_dir(directory).expect("a directory") {
            let path = entry.expect("an entry").path();
            if path.is_symlink() {
                let target = fs::read_link(&path).expect("a link").into_os_string().into_encoded_bytes();
                everything.push((path, target));
            } else if path.is_dir() {
                directories.extend(Some(path).filter(|path| !path.ends_with(".git")));
            } else {
                everything.push((path.clone(), fs::read(&path).expect("a file")));
            }
        }
    }
    everything.sort();
    everything
}

/// Deploys, which must be refused and change nothing.
fn refused(fixture: &mut Fixture) -> TransactError {
    let before = everything(fixture.path());
    let error = fixture.transact(&deploy("cart", 1, "staging")).expect_err("the work tree cannot follow");
    assert_eq!(everything(fixture.path()), before, "{error}");
    error
}

/// Deploys, which must be accepted; what git says of the work tree is what it said before.
fn follows(fixture: &mut Fixture) {
    let before = status(fixture);
    fixture.accepted(&deploy("cart", 1, "staging"));
    assert_eq!(status(fixture), before);
    assert_eq!(git::output(fixture.path(), &["diff", "HEAD", "--name-only"]), "");
    assert_eq!(git::output(fixture.path(), &["diff", "--cached", "--name-only"]), "");
}

const SLOT: &str = "environments/staging/applications/cart";

fn write(fixture: &Fixture, path: &str, content: &str) {
    let path = fixture.path().join(path);
    fs::create_dir_all(path.parent().expect("a directory")).expect("made");
    fs::write(path, content).expect("written");
}

#[test]
fn an_ignored_file_is_not_overwritten() {
    for (ignored, in_the_way) in [
        (SLOT, format!("{SLOT}/version")),
        (SLOT, SLOT.to_owned()),
        ("version", format!("{SLOT}/version/mine")),
    ] {
        let mut fixture = Fixture::with_cart(false);
        write(&fixture, ".git/info/exclude", ignored);
        write(&fixture, &in_the_way, "mine");
        let error = refused(&mut fixture);
        assert!(error.to_string().contains(SLOT), "{error}");
        assert!(matches!(error, TransactError::WorkTreeInTheWay { .. }), "{error}");
    }
    let mut fixture = Fixture::with_cart(false);
    write(&fixture, ".git/info/exclude", "*.swp");
    write(&fixture, &format!("{SLOT}/.version.swp"), "of an editor");
    follows(&mut fixture);
    assert!(fixture.path().join(SLOT).join(".version.swp").exists());
}

#[test]
fn a_touched_file_that_changes_follows() {
    let mut fixture = Fixture::with_cart(false);
    follows(&mut fixture);
    let file = fixture.path().join(SLOT).join("deployed_by");
    let content = fs::read(&file).expect("a file");
    fs::remove_file(&file).expect("removed");
    fs::write(&file, content).expect("written");
    let other = Context::new(context().now, Actor::new("Al", "al@example.com"));
    fixture.repo.transact(&other, &deploy("cart", 1, "staging")).expect("accepted");
    assert_eq!(fs::read_to_string(file).expect("a file"), "Al");
    assert_eq!(status(&fixture), "");
}

#[test]
fn a_sparse_work_tree_does_not_grow() {
    for options in [
        &["--cone", "applications"][..],
        &["--cone", "--sparse-index", "applications"],
        &["--no-cone", "/applications/"],
    ] {
        let mut fixture = Fixture::with_cart(false);
        git::run(fixture.path(), &[&["sparse-checkout", "set"], options].concat());
        assert!(!fixture.path().join("environments").exists());
        follows(&mut fixture);
        assert!(!fixture.path().join("environments").exists(), "{options:?}");
        let known = git::output(fixture.path(), &["ls-files", SLOT]);
        assert!(known.contains("/version"), "{options:?}: {known}");
        git::run(fixture.path(), &["sparse-checkout", "disable"]);
        assert!(fixture.path().join(SLOT).join("version").is_symlink());
        assert_eq!(status(&fixture), "");
    }
}

#[test]
fn settings_of_a_work_tree_are_respected() {
    let settings = [
        "core.autocrlf=true",
        "core.eol=crlf",
        "core.fileMode=false",
        "core.symlinks=false",
        "core.splitIndex=true",
        "core.untrackedCache=true",
        "index.version=4",
        "filter.comment.smudge=sed 's/^/# /'",
    ];
    for setting in settings {
        let mut fixture = Fixture::with_cart(false);
        let (name, value) = setting.split_once('=').expect("a setting");
        git::run(fixture.path(), &["config", name, value]);
        git::run(fixture.path(), &["config", "filter.comment.clean", "sed 's/^# //'"]);
        write(&fixture, ".gitattributes", "*.yaml text filter=comment\n");
        git::run(fixture.path(), &["add", ".gitattributes"]);
        git::run(fixture.path(), &["commit", "-q", "-m", "attributes"]);
        follows(&mut fixture);
        let link = fixture.path().join(SLOT).join("version");
        assert_eq!(link.is_symlink(), setting != "core.symlinks=false", "{setting}");
        if setting.starts_with("filter") {
            let manifest = fixture.path().join(SLOT).join("manifests/manifests.yaml");
            assert!(fs::read_to_string(manifest).expect("a manifest").starts_with("# kind: "));
        }
    }
}

#[test]
fn a_submodule_stays_as_it_is() {
    let mut fixture = Fixture::with_cart(false);
    let commit = format!("160000,{},charts", git::output(fixture.path(), &["rev-parse", "HEAD"]));
    git::run(fixture.path(), &["update-index", "--add", "--cacheinfo", &commit]);
    git::run(fixture.path(), &["commit", "-q", "-m", "a submodule"]);
    fs::create_dir(fixture.path().join("charts")).expect("made");
    follows(&mut fixture);
    assert!(git::tree(fixture.path(), "main").iter().any(|entry| entry.starts_with("160000 commit")));
}

#[test]
fn a_lock_on_the_index_is_found_before_the_branch_moves() {
    let mut fixture = Fixture::with_cart(false);
    write(&fixture, ".git/index.lock", "");
    let error = refused(&mut fixture);
    assert!(error.to_string().contains("index.lock"), "{error}");
    fs::remove_file(fixture.path().join(".git/index.lock")).expect("removed");
    follows(&mut fixture);
}

#[test]
fn a_merge_in_progress_is_left_alone() {
    let mut fixture = Fixture::with_cart(false);
    git::run(fixture.path(), &["checkout", "-q", "-b", "side"]);
    write(&fixture, "README.md", "ours");
    git::run(fixture.path(), &["add", "-A"]);
    git::run(fixture.path(), &["commit", "-q", "-m", "side"]);
    git::run(fixture.path(), &["checkout", "-q", "main"]);
    git::run(fixture.path(), &["merge", "-q", "--no-ff", "--no-commit", "side"]);
    let error = refused(&mut fixture);
    assert!(matches!(error, TransactError::DirtyWorkTree { .. }), "{error}");
}

#[test]
fn what_a_process_that_died_left_behind_is_explained() {
    let mut fixture = Fixture::with_cart(false);
    let before = git::output(fixture.path(), &["rev-parse", "HEAD"]);
    // The branch moves, and the work tree does not see it.
    git::run(fixture.path(), &["checkout", "-q", "--detach"]);
    fixture.accepted(&lock_environment("development", "ab", ""));
    fixture.accepted(&lock_environment("development", "cd", ""));
    git::run(fixture.path(), &["symbolic-ref", "HEAD", "refs/heads/main"]);
    let error = refused(&mut fixture);
    match &error {
        TransactError::WorkTreeLeftBehind { at, .. } => assert_eq!(at.to_string(), before),
        error => panic!("{error}"),
    }
    let remedy = format!("`git -C '{}' read-tree -m -u {before} HEAD`", fixture.path().display());
    assert!(error.to_string().contains(&remedy), "{error}");

    write(&fixture, CONFIG, "{}");
    let error = refused(&mut fixture);
    assert!(matches!(error, TransactError::DirtyWorkTree { .. }), "there is more to lose: {error}");
    git::run(fixture.path(), &["checkout-index", "-f", CONFIG]);

    git::run(fixture.path(), &["read-tree", "-m", "-u", &before, "HEAD"]);
    assert_eq!(status(&fixture), "");
    follows(&mut fixture);
}

#[test]
fn an_update_that_fails_is_no_secret() {
    let mut fixture = Fixture::with_cart(false);
    write(&fixture, ".gitattributes", "*.yaml filter=broken\n");
    git::run(fixture.path(), &["add", ".gitattributes"]);
    git::run(fixture.path(), &["commit", "-q", "-m", "attributes"]);
    for (key, value) in [("required", "true"), ("clean", "cat"), ("smudge", "false")] {
        git::run(fixture.path(), &["config", &format!("filter.broken.{key}"), value]);
    }
    let error = fixture.transact(&deploy("cart", 1, "staging")).expect_err("files cannot be written");
    let head = fixture.repo.head().expect("a head").expect("a commit");
    assert!(matches!(error, TransactError::WorkTreeNotUpdated { .. }), "{error}");
    assert!(error.to_string().starts_with(&format!("commit {head} is on the branch, but")), "{error}");

    git::run(fixture.path(), &["config", "filter.broken.smudge", "cat"]);
    let error = refused(&mut fixture);
    assert!(matches!(error, TransactError::WorkTreeLeftBehind { .. }), "{error}");
    git::run(fixture.path(), &["reset", "-q", "--hard"]);
    follows(&mut fixture);
}

#[test]
fn no_program_of_the_user_is_run() {
    let mut fixture = Fixture::with_cart(false);
    let ran = fixture.path().join(".git/ran");
    let script = format!("#!/bin/sh\necho \"$0\" >> '{}'\n", ran.display());
    for name in ["hooks/post-index-change", "hooks/post-checkout", "hooks/reference-transaction", "fsmonitor"]
    {
        write(&fixture, &format!(".git/{name}"), &script);
        let path = fixture.path().join(".git").join(name);
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).expect("made executable");
    }
    git::run(fixture.path(), &["config", "core.fsmonitor", ".git/fsmonitor"]);
    git::run(fixture.path(), &["status"]);
    assert!(fs::remove_file(&ran).is_ok(), "git itself runs them");
    fixture.accepted(&deploy("cart", 1, "staging"));
    assert_eq!(fs::read_to_string(&ran).unwrap_or_default(), "");
    assert_eq!(status(&fixture), "");
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
fn all_work_trees_follow_or_none() {
    let mut fixture = Fixture::with_cart(false);
    let elsewhere = tempfile::tempdir().expect("a directory");
    let path = |name: &str| elsewhere.path().join(name);
    let add = |fixture: &Fixture, options: &[&str], name: &str| {
        let path = path(name);
        let path = path.to_str().expect("a path");
        git::run(fixture.path(), &[&["worktree", "add", "-q"], options, &[path, "main"]].concat());
    };
    add(&fixture, &["--force"], "second");
    add(&fixture, &["--force", "--lock"], "locked");
    add(&fixture, &["--force"], "missing");
    fs::remove_dir_all(path("missing")).expect("removed");
    add(&fixture, &["--detach"], "detached");
    let detached = everything(&path("detached"));

    fs::write(path("second").join(CONFIG), "{}").expect("written");
    assert!(refused(&mut fixture).to_string().contains("second"));
    assert_eq!(git::output(&path("locked"), &["status", "--porcelain"]), "");
    git::run(&path("second"), &["checkout", "-q", CONFIG]);

    follows(&mut fixture);
    for name in ["second", "locked"] {
        assert_eq!(git::output(&path(name), &["status", "--porcelain"]), "", "{name}");
        assert!(path(name).join(SLOT).join("version").is_symlink(), "{name}");
    }
    let mut now = everything(&path("detached"));
    now.retain(|(name, _)| name != Path::new("branch"));
    assert!(now.iter().all(|seen| detached.contains(seen)), "it is on no branch");
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
