//! What a commit looks like, and that nothing a user gives can make it look otherwise.

use kuberpult_core::{Actor, Context};
use kuberpult_git::TransactError;
use kuberpult_tests::fixture::{Fixture, context, deploy, lock_environment};
use kuberpult_tests::git;

#[test]
fn a_commit_says_who_when_and_what() {
    let mut fixture = Fixture::with_cart(true);
    fixture.accepted(&deploy("cart", 1, "staging"));
    assert_eq!(
        git::output(fixture.path(), &["log", "-1", "--format=%an|%ae|%aI|%cn|%ce|%cI|%B"]),
        "Jo|jo@example.com|2024-05-03T11:37:37+02:00|kuberpult|kuberpult@freiheit.com|2024-05-03T11:37:37+02:00|\
         Deployed version 1 of \"cart\" to \"staging\"\n\ndeployed version 1 of \"cart\" to \"staging\""
    );
    assert_eq!(git::fsck(fixture.path()), "");
}

#[test]
fn hostile_text_forges_no_header_no_line_and_no_trailer() {
    let mut fixture = Fixture::with_cart(true);
    let forged = "x\n\nSigned-off-by: Root <root@example.com>\nparent 0000\u{1b}[31m";
    let actor = Actor::new("Eve\nauthor Root <root@example.com> 0 +0000", "eve@example.com>\ncommitter <x");
    let hostile = Context::new(context().now, actor);
    let commits = git::output(fixture.path(), &["rev-list", "--count", "HEAD"]);
    fixture.repo.transact(&hostile, &lock_environment("staging", "ab", forged)).expect("a lock");

    assert_eq!(git::fsck(fixture.path()), "");
    let raw = git::output(fixture.path(), &["cat-file", "commit", "HEAD"]);
    let (header, message) = raw.split_once("\n\n").expect("a header and a message");
    let fields: Vec<_> = header.lines().filter_map(|line| line.split(' ').next()).collect();
    assert_eq!(fields, ["tree", "parent", "author", "committer"]);
    assert_eq!(message.lines().count(), 3, "a subject, a blank line, one event: {message}");
    assert!(!message.contains('\u{1b}'));
    let trailers = git::output(fixture.path(), &["log", "-1", "--format=%(trailers)"]);
    assert_eq!(trailers, "");
    let after = git::output(fixture.path(), &["rev-list", "--count", "HEAD"]);
    assert_eq!(after.parse::<u32>().ok(), commits.parse::<u32>().ok().map(|commits| commits + 1));

    // The files hold what was given, to the letter.
    let state = fixture.repo.state().expect("a state");
    let lock = state.environments["staging"].locks.values().next().expect("a lock");
    assert_eq!(&*lock.message, forged);
    assert_eq!(lock.created_by.as_ref(), Some(&hostile.actor));
}

#[test]
fn the_same_commands_give_the_same_commits() {
    let head = |bare| {
        let mut fixture = Fixture::with_cart(bare);
        fixture.accepted(&deploy("cart", 1, "staging"));
        fixture.repo.head().expect("a head").expect("a commit").to_string()
    };
    assert_eq!(head(true), head(true));
    assert_eq!(head(true), head(false), "a work tree makes no difference");
}

#[test]
fn a_commit_before_1970_is_refused() {
    let mut fixture = Fixture::with_cart(true);
    let then = Context::new("1969-12-31T23:59:59Z".parse().expect("a time"), context().actor);
    let error = fixture.repo.transact(&then, &deploy("cart", 1, "staging")).expect_err("no such commit");
    assert!(matches!(error, TransactError::TimeBefore1970 { .. }), "{error}");
}

#[test]
fn a_release_with_an_unknown_manifest_is_refused() {
    let mut fixture = Fixture::with_cart(true);
    let release = fixture.release("cart", &["staging"]);
    let mut other =
        kuberpult_git::ManifestRepo::open(fixture.path(), Default::default()).expect("a repository");
    let error = other.transact(&context(), &release).expect_err("it never saw that manifest");
    assert!(matches!(error, TransactError::UnknownManifest { .. }), "{error}");
    fixture.accepted(&release);
}
