//! What is not understood is an error that names path, expected and found; what is not ours is left alone.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use kuberpult_core::{EnvironmentConfig, Version};
use kuberpult_git::ReadError;
use kuberpult_tests::fixture::{Fixture, create_environment, deploy};
use kuberpult_tests::git;

/// Something that somebody does to a work tree.
type Change<'a> = &'a dyn Fn(&Path);

/// What reading says after somebody has committed a change by hand.
fn error_after(change: impl Fn(&Path)) -> String {
    let fixture = Fixture::with_cart(false);
    change(fixture.path());
    git::run(fixture.path(), &["add", "-A"]);
    git::run(fixture.path(), &["commit", "-q", "-m", "by hand"]);
    match fixture.repo.state() {
        Err(error @ ReadError::NotUnderstood { .. }) => error.to_string(),
        other => panic!("expected an error, got {other:?}"),
    }
}

fn replace(path: &Path, content: impl AsRef<[u8]>) {
    let _ = fs::remove_file(path);
    fs::create_dir_all(path.parent().expect("a parent")).expect("made");
    fs::write(path, content).expect("written");
}

#[test]
fn what_is_not_understood_is_named() {
    let slot = "environments/development/applications/cart";
    let cases: [(String, Change<'_>); 9] = [
        (
            format!("`{slot}/version` in the manifest repository is not understood: expected a symbolic link, found a file"),
            &|root| replace(&root.join(slot).join("version"), "1"),
        ),
        (
            format!("`{slot}/version` in the manifest repository is not understood: expected a symbolic link to `../../../../applications/cart/releases/<version>`, found one to `../../../../applications/other/releases/1`"),
            &|root| {
                fs::remove_file(root.join(slot).join("version")).expect("removed");
                symlink("../../../../applications/other/releases/1", root.join(slot).join("version")).expect("linked");
            },
        ),
        (
            "`environments/staging/config.json` in the manifest repository is not understood: expected the config of an environment, found something else: expected value at line 1 column 1".to_owned(),
            &|root| replace(&root.join("environments/staging/config.json"), "oops"),
        ),
        (
            "`environments/staging/locks/ab` in the manifest repository is not understood: expected the directory of a lock, found something else".to_owned(),
            &|root| replace(&root.join("environments/staging/locks/ab"), "x"),
        ),
        (
            "`environments/staging/locks/ab/created_at` in the manifest repository is not understood: expected a time in RFC 3339, such as `2024-05-03T11:37:37+02:00`, found \"yesterday\"".to_owned(),
            &|root| replace(&root.join("environments/staging/locks/ab/created_at"), "yesterday"),
        ),
        (
            "`environments/staging/locks/ab/message` in the manifest repository is not understood: expected UTF-8 text, found an invalid byte at offset 1".to_owned(),
            &|root| replace(&root.join("environments/staging/locks/ab/message"), b"a\xff"),
        ),
        (
            "`applications/cart/releases/2.1` in the manifest repository is not understood: expected a version: a positive integer (later upstream versions write `<version>.<revision>`, which is not supported), found another name".to_owned(),
            &|root| replace(&root.join("applications/cart/releases/2.1/created_at"), ""),
        ),
        (
            "`kuberpult.json` in the manifest repository is not understood: expected kuberpult's settings, found unknown keys: releaseKept".to_owned(),
            &|root| replace(&root.join("kuberpult.json"), r#"{"releaseKept": 3}"#),
        ),
        (
            "`environments` in the manifest repository is not understood: expected a directory, found a file".to_owned(),
            &|root| {
                fs::remove_dir_all(root.join("environments")).expect("removed");
                replace(&root.join("environments"), "x");
            },
        ),
    ];
    for (expected, change) in cases {
        assert_eq!(error_after(change), expected);
    }
}

#[test]
fn what_is_not_ours_is_left_alone() {
    let mut fixture = Fixture::with_cart(false);
    let before = fixture.repo.state().expect("a state");
    for path in [
        "README.md",
        "environments/README.md",
        "environments/staging/notes.txt",
        "environments/staging/locks/.gitkeep",
        "environments/development/applications/cart/manifests/extra.yaml",
        "applications/cart/releases/README",
        "commits/ab/cdef/source_message",
    ] {
        replace(&fixture.path().join(path), path);
    }
    git::run(fixture.path(), &["add", "-A"]);
    git::run(fixture.path(), &["commit", "-q", "-m", "by hand"]);
    assert_eq!(fixture.repo.state().expect("a state"), before);
    let trees = git::tree(fixture.path(), "HEAD");
    fixture.accepted(&deploy("cart", 1, "staging"));
    let after = git::tree(fixture.path(), "HEAD");
    assert!(
        trees.iter().all(|entry| after.contains(entry)),
        "nothing was touched but what the command writes"
    );
}

/// Git sorts directories as if their names ended in `/`, so `dev-2` comes before `dev`.
#[test]
fn names_that_begin_alike_are_told_apart() {
    let mut fixture = Fixture::empty(true);
    let names = ["dev", "dev-2", "dev-20", "dev0", "de"];
    for name in names {
        fixture.accepted(&create_environment(name, EnvironmentConfig::default()));
    }
    for name in names {
        let release = fixture.release(name, &names);
        fixture.accepted(&release);
        for environment in names {
            fixture.accepted(&deploy(name, 1, environment));
        }
    }
    let state = fixture.repo.state().expect("a state");
    for environment in names {
        let slots = &state.environments[environment].slots;
        assert_eq!(slots.len(), names.len(), "{environment}");
        assert!(slots.values().all(|slot| slot.current == Some(Version::FIRST)), "{environment}");
    }
}
