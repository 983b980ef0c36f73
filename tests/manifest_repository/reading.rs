//! What is not understood is an error that names path, expected and found; what is not ours is left alone.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::symlink;
use std::path::Path;

use kuberpult_core::{Command, EnvironmentConfig, Version};
use kuberpult_git::{LARGEST_OBJECT, LARGEST_TEXT, ReadError, TransactError};
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

/// What a command says when a change by hand is in its way; nothing has changed then.
fn refusal_after(change: impl Fn(&Path), command: &Command) -> String {
    let mut fixture = Fixture::with_cart(false);
    change(fixture.path());
    git::run(fixture.path(), &["add", "-A"]);
    git::run(fixture.path(), &["commit", "-q", "-m", "by hand"]);
    let before = git::tree(fixture.path(), "HEAD");
    let error = fixture.transact(command).expect_err("something is in the way");
    assert_eq!(git::tree(fixture.path(), "HEAD"), before);
    error.to_string()
}

#[test]
fn what_is_in_the_way_is_not_replaced() {
    let slot = "environments/development/applications/cart";
    let say = |path: &str, expected: &str, found: &str| {
        format!("`{path}` in the manifest repository is not understood: expected {expected}, found {found}")
    };
    let cases: [(String, Change<'_>, Command); 4] = [
        (
            say(&format!("{slot}/manifests"), "a directory", "a file"),
            &|root| {
                fs::remove_dir_all(root.join(slot).join("manifests")).expect("removed");
                replace(&root.join(slot).join("manifests"), "not ours");
            },
            deploy("cart", 1, "development"),
        ),
        (
            say(&format!("{slot}/deployed_by"), "a file, a link or nothing", "a directory"),
            &|root| {
                fs::remove_file(root.join(slot).join("deployed_by")).expect("removed");
                replace(&root.join(slot).join("deployed_by/notes.txt"), "not ours");
            },
            deploy("cart", 1, "development"),
        ),
        (
            say("environments/test", "a directory", "a file"),
            &|root| replace(&root.join("environments/test"), "not ours"),
            create_environment("test", EnvironmentConfig::default()),
        ),
        (
            say("argocd/v1alpha1", "a directory", "a symbolic link"),
            &|root| {
                fs::create_dir(root.join("argocd")).expect("made");
                symlink("/tmp", root.join("argocd/v1alpha1")).expect("linked");
            },
            Command::DeleteEnvironment { environment: "staging".parse().expect("a name"), force: true },
        ),
    ];
    for (expected, change, command) in cases {
        assert_eq!(refusal_after(change, &command), expected);
    }
}

#[test]
fn a_link_that_is_no_version_is_not_followed() {
    let error = error_after(|root| {
        fs::rename(root.join("applications"), root.join("elsewhere")).expect("moved");
        symlink("elsewhere", root.join("applications")).expect("linked");
    });
    assert_eq!(
        error,
        "`applications` in the manifest repository is not understood: expected a directory, found a symbolic link"
    );
    // What is on disk and not committed does not matter, wherever it leads.
    let mut fixture = Fixture::with_cart(false);
    let before = fixture.repo.state().expect("a state");
    fs::remove_dir_all(fixture.path().join("environments")).expect("removed");
    symlink("/", fixture.path().join("environments")).expect("linked");
    assert_eq!(fixture.repo.state().expect("a state"), before);
    let error = fixture.transact(&deploy("cart", 1, "staging")).expect_err("a work tree with changes");
    assert!(matches!(error, TransactError::DirtyWorkTree { .. }), "{error}");
}

#[test]
fn what_is_larger_than_a_limit_is_an_error_that_says_it() {
    let config = "environments/staging/config.json";
    let say = |size: usize| {
        format!(
            "`{config}` in the manifest repository is not understood: expected a text of at most 1 MiB, found one of {size} bytes"
        )
    };
    for size in [LARGEST_TEXT + 1, LARGEST_OBJECT, LARGEST_OBJECT + 1] {
        let error = error_after(|root| fs::write(root.join(config), vec![b' '; size]).expect("written"));
        assert_eq!(error, say(size));
    }
    let longest = format!("{{}}{}", " ".repeat(LARGEST_TEXT - 2));
    let fixture = Fixture::with_cart(true);
    git::commit_files(fixture.path(), &[(config, longest.as_bytes())]);
    fixture.repo.state().expect("a state");
}

#[test]
fn a_name_that_is_no_text_is_not_overlooked_where_names_mean_something() {
    let error = error_after(|root| {
        let name = OsStr::from_bytes(b"caf\xe9");
        replace(&root.join("environments/staging/locks").join(name).join("message"), "no");
    });
    assert_eq!(
        error,
        "`environments/staging/locks/caf\u{fffd}` in the manifest repository is not understood: expected a safe name, found bytes that are no UTF-8"
    );
}

#[test]
fn versions_and_times_are_read_to_the_letter_or_not_at_all() {
    let release = |name: &'static str| {
        move |root: &Path| replace(&root.join("applications/cart/releases").join(name).join("created_at"), "")
    };
    for name in ["0", "007", "+7", "1.2", "-1", "1e3", "18446744073709551616", "\u{661}"] {
        let error = error_after(release(name));
        let path =
            format!("`applications/cart/releases/{name}` in the manifest repository is not understood");
        assert!(error.starts_with(&path), "{error}");
    }
    for time in
        ["99999-01-01T00:00:00Z", "2024-05-03", "", "2024-05-03T11:37:37+25:00", "9999-12-31T23:59:59Z\n"]
    {
        let error = error_after(|root| replace(&root.join("environments/staging/locks/ab/created_at"), time));
        assert!(error.ends_with(&format!("found {time:?}")), "{error}");
    }
    let mut fixture = Fixture::with_cart(true);
    git::commit_files(fixture.path(), &[("applications/cart/releases/18446744073709551615/created_at", b"")]);
    let state = fixture.repo.state().expect("a state");
    assert_eq!(
        state.applications["cart"].releases.keys().last().map(|version| version.get()),
        Some(u64::MAX)
    );
    let release = fixture.release("cart", &["staging"]);
    let error = fixture.transact(&release).expect_err("there is no higher version");
    assert!(matches!(error, TransactError::Rejected(_)), "{error:?}");
}

#[test]
fn a_config_may_be_hostile() {
    let deep = format!(r#"{{"x": {}"#, "[".repeat(100_000));
    let deep_known = format!(r#"{{"argocd": {}"#, r#"{"destination": "#.repeat(50_000));
    for (text, found) in [
        (deep.as_str(), "EOF while parsing a list"),
        (&deep_known, "EOF while parsing"),
        (r#"{"upstream": {}, "upstream": {}}"#, "duplicate field `upstream`"),
        (r#"{"onUnlock": "\u001b[31m"}"#, r"unknown variant `\u{1b}[31m`"),
        (r#"{"environmentGroup": "../.."}"#, "environment group name"),
        (r#"{"upstream": {"latest": 1e999}}"#, "number out of range"),
    ] {
        let error = error_after(|root| replace(&root.join("environments/staging/config.json"), text));
        assert!(error.contains(found) && error.len() < 1_000, "{error}");
    }
}
