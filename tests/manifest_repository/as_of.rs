//! Trains as of an earlier commit of the manifest repository.

use kuberpult_core::{Command, ReleaseTrain, Version};
use kuberpult_git::TransactError;
use kuberpult_tests::fixture::Fixture;
use kuberpult_tests::git;

fn train(revision: &str) -> Command {
    let as_of = Some(revision.parse().expect("a revision"));
    Command::ReleaseTrain(ReleaseTrain { as_of, ..ReleaseTrain::new("staging") })
}

/// Development had version 1 of `cart` at the commit that is given, and has version 2 now.
fn fixture() -> (Fixture, String) {
    let mut fixture = Fixture::with_cart(true);
    let then = git::output(fixture.path(), &["rev-parse", "HEAD"]);
    let release = fixture.release("cart", &["development", "staging"]);
    fixture.accepted(&release);
    (fixture, then)
}

fn in_staging(fixture: &Fixture) -> Option<Version> {
    fixture.repo.state().expect("a state").environments["staging"].slots.get("cart")?.current
}

#[test]
fn a_train_takes_what_was_current_then() {
    let (_, then) = fixture();
    for revision in
        [&then, &then[..10], &then[..4], "main~1", "HEAD~1", "HEAD^", "light", "annotated", "tag-of-tag"]
    {
        let (mut fixture, same) = fixture();
        assert_eq!(then, same, "the same commands give the same commits");
        git::run(fixture.path(), &["tag", "light", &then]);
        git::run(fixture.path(), &["tag", "-a", "-m", "then", "annotated", &then]);
        git::run(fixture.path(), &["tag", "-a", "-m", "then", "tag-of-tag", "annotated"]);
        fixture.accepted(&train(revision));
        assert_eq!(in_staging(&fixture), Some(Version::FIRST), "{revision}");
    }
    let (mut fixture, _) = fixture();
    fixture.accepted(&train("main"));
    assert_eq!(in_staging(&fixture), Version::new(2));
}

#[test]
fn an_unknown_revision_is_refused() {
    let (mut fixture, then) = fixture();
    let refs = |fixture: &Fixture| git::output(fixture.path(), &["for-each-ref"]);
    let before = refs(&fixture);
    let made_up = "0123456789abcdef0123456789abcdef01234567";
    let tree = format!("{then}^{{tree}}");
    for revision in ["yesterday", made_up, &tree, "HEAD~1000"] {
        for error in [
            fixture.transact(&train(revision)).expect_err(revision),
            fixture.repo.plan(&kuberpult_tests::fixture::context(), &train(revision)).expect_err(revision),
        ] {
            let TransactError::Rejected(rejection) = error else { panic!("{revision}: {error}") };
            assert_eq!(rejection.code(), "REVISION_NOT_FOUND");
            assert!(rejection.to_string().contains(revision), "{rejection}");
        }
    }
    assert_eq!(refs(&fixture), before);
}

#[test]
fn of_an_old_commit_nothing_is_read_but_versions() {
    let (mut fixture, _) = fixture();
    let config = "environments/staging/config.json";
    git::commit_files(fixture.path(), &[(config, b"oops")]);
    git::run(fixture.path(), &["tag", "odd"]);
    git::commit_files(fixture.path(), &[(config, br#"{"upstream": {"environment": "development"}}"#)]);
    fixture.accepted(&train("odd"));
    assert_eq!(in_staging(&fixture), Version::new(2));
}

#[test]
fn a_revision_that_may_be_one_of_several_is_refused() {
    let (mut fixture, _) = fixture();
    let mut stream = String::new();
    // So many that two of their ids begin with the same four digits.
    for number in 0..2000 {
        let from = if number == 0 { "from refs/heads/main^0\n" } else { "" };
        let committer = format!("committer a <b> {} +0000", 1_714_729_100 + number);
        stream.push_str(&format!("commit refs/heads/other\n{committer}\ndata 7\nby hand\n{from}\n"));
    }
    git::fast_import(fixture.path(), stream.as_bytes());
    let ids = git::output(fixture.path(), &["rev-list", "--all"]);
    let mut short: Vec<&str> = ids.lines().map(|id| &id[..4]).collect();
    short.sort_unstable();
    let twice = short.windows(2).find(|pair| pair[0] == pair[1]).expect("two of them")[0];
    let TransactError::Rejected(rejection) = fixture.transact(&train(twice)).expect_err("ambiguous") else {
        panic!("rejected")
    };
    assert_eq!(rejection.code(), "REVISION_NOT_FOUND");
    assert!(rejection.to_string().contains(twice), "{rejection}");
}

/// Upstream writes empty directories, `commits/` and files that we do not.
#[test]
fn what_upstream_wrote_is_read() {
    let (mut fixture, then) = fixture();
    let slot = "environments/development/applications/cart";
    git::commit_files(
        fixture.path(),
        &[
            ("commits/ab/cd/events/1/eventType", b"deployment"),
            (&format!("{slot}/deployed_by_email"), b"someone@example.com"),
            ("environments/development/applications/other/locks/ab/message", b"not yet"),
        ],
    );
    git::run(fixture.path(), &["tag", "-a", "-m", "by upstream", "upstream"]);
    let release = fixture.release("cart", &["development", "staging"]);
    fixture.accepted(&release);
    let train = train("upstream");
    let plan = fixture.repo.plan(&kuberpult_tests::fixture::context(), &train).expect("a plan");
    assert!(plan.decision.report().train.is_some());
    fixture.accepted(&train);
    assert_eq!(in_staging(&fixture), Version::new(2));
    assert_ne!(git::output(fixture.path(), &["rev-parse", "upstream^{commit}"]), then);
}
