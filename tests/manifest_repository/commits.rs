//! What a commit looks like, and that nothing a user gives can make it look otherwise.

use std::io::Write as _;
use std::process::Stdio;

use kuberpult_core::{Actor, Command, Context, Deploy, OnLock};
use kuberpult_git::{LARGEST_TEXT, TransactError};
use kuberpult_tests::fixture::{Fixture, context, deploy, lock_environment};
use kuberpult_tests::git;
use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::TestRunner;

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

/// Texts that want to be more than a text.
const HOSTILE: [&str; 21] = [
    "\n\nSigned-off-by: Root <root@example.com>",
    "Co-authored-by: Root <root@example.com>",
    "Signed-off-by: Root <root@example.com>\nReviewed-by: Root <root@example.com>",
    ": x",
    "key: value",
    "x\r\n\r\nAcked-by: Root <root@example.com>\r\n",
    "x\rauthor Root <root@example.com> 0 +0000",
    "nul\0nul",
    "line\u{2028}separator\u{2029}paragraph\u{85}next",
    "\u{202e}txet denrut\u{2066}\u{200f}\u{feff}\u{ad}",
    "\u{1b}[2K\u{1b}[1Gred \u{9b}31m \u{7}\u{8}",
    "-----BEGIN PGP SIGNATURE-----\n\nx\n-----END PGP SIGNATURE-----",
    "\ngpgsig x\n y",
    "\ndiff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -0,0 +1 @@\n+x",
    "# a comment\n# ------------------------ >8 ------------------------",
    "\n---\n",
    "(cherry picked from commit 0000000000000000000000000000000000000000)",
    "Root <root@example.com> 0 +0000\ncommitter Root <root@example.com> 0 +0000\nparent 0",
    "<>",
    "   ",
    "`\"'\\ %s %n ${x}",
];

/// Commands that bring a text to each place that takes one.
fn with_text(fixture: &mut Fixture, text: &str) -> Vec<Command> {
    let manual = Deploy {
        on_lock: OnLock::Ignore,
        reason: Some(text.into()),
        ..match deploy("cart", 1, "development") {
            Command::Deploy(deploy) => deploy,
            other => panic!("{other}"),
        }
    };
    let Command::CreateRelease(mut release) = fixture.release("cart", &["staging"]) else {
        panic!("a release")
    };
    release.source_author = Some(text.into());
    release.source_message = Some(text.into());
    release.display_version = Some(text.into());
    release.source_repo_url = Some(text.into());
    let lock = |id: &str| Command::CreateEnvironmentLock {
        environment: "staging".parse().expect("a name"),
        lock_id: id.parse().expect("a lock id"),
        message: text.into(),
        ci_link: Some(text.into()),
        suggested_lifetime: Some(text.into()),
    };
    let locks = Command::Batch { commands: vec![lock("Fixes: it"), lock("Signed-off-by: x")] };
    vec![lock("ab"), locks, Command::CreateRelease(release), Command::Deploy(manual)]
}

/// The trailers that git sees in a message.
fn trailers(message: &str) -> String {
    let mut parse = git::command(std::path::Path::new("."))
        .args(["interpret-trailers", "--parse"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("git can be run");
    parse.stdin.take().expect("a pipe").write_all(message.as_bytes()).expect("written");
    let output = parse.wait_with_output().expect("git ends");
    assert!(output.status.success());
    String::from_utf8(output.stdout).expect("text")
}

#[test]
fn no_text_is_more_than_a_text() {
    let mut runner = TestRunner::deterministic();
    let any = "(\\PC|[\r\n\u{0}-\u{20}:#<>-]|[a-z: ]){1,60}";
    let any = proptest::string::string_regex(any).expect("a pattern");
    let random: Vec<String> = (0..12).map(|_| any.new_tree(&mut runner).expect("a text").current()).collect();
    let texts = HOSTILE.into_iter().map(ToOwned::to_owned).chain(random).chain(["x: ".repeat(340_000)]);
    let mut fixture = Fixture::with_cart(true);
    let mut parent = fixture.repo.head().expect("a head").expect("a commit");
    let mut commits =
        git::output(fixture.path(), &["rev-list", "--count", "HEAD"]).parse::<usize>().expect("a number");
    for text in texts {
        for command in with_text(&mut fixture, &text) {
            let actor = Actor::new(&text, &text);
            let receipt = fixture
                .repo
                .transact(&Context::new(context().now, actor), &command)
                .unwrap_or_else(|error| panic!("{error}: {:.200}", command.to_string()));
            let Some(commit) = receipt.commit else { continue };
            commits += 1;
            let raw = git::output(fixture.path(), &["cat-file", "commit", &commit.to_string()]);
            let (header, message) = raw.split_once("\n\n").expect("a header and a message");
            let header: Vec<_> = header.lines().collect();
            let [tree, parent_line, author, committer] = header.as_slice() else { panic!("{header:?}") };
            assert!(tree.starts_with("tree "), "{tree}");
            assert_eq!(*parent_line, format!("parent {parent}"));
            let author = author.strip_prefix("author ").expect("an author");
            assert!(author.ends_with("> 1714729057 +0200"), "{author}");
            assert_eq!(author.matches(['<', '>']).count(), 2, "{author}");
            assert!(author.len() < 2_000);
            assert_eq!(*committer, "committer kuberpult <kuberpult@freiheit.com> 1714729057 +0200");

            let lines: Vec<_> = message.lines().collect();
            let events = receipt.decision.events();
            assert_eq!(lines.len(), 2 + events.len(), "{lines:?}");
            assert_eq!(lines[1], "");
            for (line, event) in lines[2..].iter().zip(events) {
                let event = event.to_string();
                let whole = line.strip_suffix(" ...").unwrap_or(line);
                assert!(event.starts_with(whole) && line.chars().count() <= 2_004, "{line:.200}");
                assert!(whole == event || whole.chars().count() == 2_000, "{line:.200}");
            }
            let deceptive = |c: char| c != '\n' && c.escape_debug().count() > 2 && !is_mark(c);
            assert_eq!(raw.chars().find(|c| deceptive(*c)), None, "{raw:.300}");
            assert_eq!(trailers(message), "");
            parent = commit;
        }
    }
    let log = |arguments: &[&str]| git::output(fixture.path(), arguments);
    assert_eq!(log(&["rev-list", "--count", "HEAD"]), commits.to_string());
    assert_eq!(log(&["log", "--format=%(trailers)%GS%GK"]).trim(), "");
    assert_eq!(log(&["log", "--format=%H", "--author=Root <root@example.com>"]), "");
    assert_eq!(log(&["log", "--format=%H", "--committer=Root"]), "");
    let authors = log(&["log", "--format=%an <%ae>"]);
    let mut authors: Vec<_> = authors.lines().collect();
    authors.sort_unstable();
    authors.dedup();
    assert_eq!(log(&["shortlog", "-s", "-e", "HEAD"]).lines().count(), authors.len());
    assert_eq!(git::fsck(fixture.path()), "");
}

/// A mark that combines with the letter before it is escaped only where it stands alone.
fn is_mark(c: char) -> bool {
    format!("a{c}").escape_debug().nth(1) == Some(c)
}

#[test]
fn a_text_that_could_not_be_read_again_is_not_written() {
    let mut fixture = Fixture::with_cart(true);
    let head = fixture.repo.head().expect("a head");
    let longest = "x".repeat(LARGEST_TEXT);
    let error =
        fixture.transact(&lock_environment("staging", "ab", &format!("{longest}x"))).expect_err("too long");
    assert_eq!(
        error.to_string(),
        "`environments/staging/locks/ab/message` has 1048577 bytes; at most 1 MiB are written; make it shorter"
    );
    assert!(matches!(error, TransactError::TooLong { .. }));
    assert_eq!(fixture.repo.head().expect("a head"), head);
    fixture.accepted(&lock_environment("staging", "ab", &longest));
    assert_eq!(
        fixture.repo.state().expect("a state").environments["staging"].locks["ab"].message.len(),
        LARGEST_TEXT
    );
    let error =
        fixture.repo.add_manifest(&vec![b'x'; kuberpult_git::LARGEST_OBJECT + 1]).expect_err("too long");
    assert_eq!(
        error.to_string(),
        "a manifest has 67108865 bytes; at most 64 MiB are written; make it shorter"
    );
}

#[test]
fn a_committer_from_the_settings_is_no_more_than_a_name() {
    let mut fixture = Fixture::with_cart(true);
    let settings =
        r#"{"committer": {"name": "Eve\nparent 0000 <root@example.com>", "email": "a>\ngpgsig x\u202e"}}"#;
    git::commit_files(fixture.path(), &[("kuberpult.json", settings.as_bytes())]);
    fixture.accepted(&deploy("cart", 1, "staging"));
    assert_eq!(
        git::output(fixture.path(), &["log", "-1", "--format=%cn|%ce"]),
        "Eve parent 0000 root@example.com|a gpgsig x"
    );
    assert_eq!(git::fsck(fixture.path()), "");
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
