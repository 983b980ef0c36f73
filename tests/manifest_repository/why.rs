//! Why on a repository: when and by whom, from files and from history.

use std::collections::BTreeSet;

use kuberpult_core::{Actor, Command, Context, Placed, Version, Why};
use kuberpult_git::{ManifestRepo, OpenOptions, WhyError};
use kuberpult_tests::fixture::{Fixture, context, deploy, lock_environment};
use kuberpult_tests::git;

fn why(repo: &ManifestRepo, environment: &str) -> Why {
    let (environment, application) = (environment.parse().expect("a name"), "cart".parse().expect("a name"));
    repo.why(&context(), &environment, &application, None).expect("an explanation")
}

fn at(time: &str, name: &str) -> Context {
    Context::new(time.parse().expect("a time"), Actor::new(name, "someone@example.com"))
}

/// Version 1 of `cart` is deployed to staging and version 2 waits there since the commit before the last two.
fn fixture() -> Fixture {
    let mut fixture = Fixture::with_cart(true);
    fixture
        .repo
        .transact(&at("2024-05-04T08:00:00.25+02:00", "Ada"), &deploy("cart", 1, "staging"))
        .expect("done");
    fixture.accepted(&lock_environment("staging", "ab", ""));
    let release = fixture.release("cart", &["staging"]);
    fixture.accepted(&release);
    fixture
        .repo
        .transact(&at("2024-05-06T09:30:00-03:30", "Bob"), &deploy("cart", 2, "staging"))
        .expect("done");
    fixture.accepted(&lock_environment("staging", "cd", ""));
    fixture.accepted(&lock_environment("development", "ef", ""));
    fixture
}

#[test]
fn who_deployed_is_in_the_files_and_who_queued_in_the_history() {
    let fixture = fixture();
    let why = why(&fixture.repo, "staging");
    let placed = |version, time: &str, name| Placed {
        version,
        at: Some(time.parse().expect("a time")),
        by: Some(Actor::new(name, "someone@example.com")),
    };
    assert_eq!(why.current, Some(placed(Version::FIRST, "2024-05-04T06:00:00.25Z", "Ada")));
    let second = Version::new(2).expect("a version");
    assert_eq!(why.queued, Some(placed(second, "2024-05-06T09:30:00-03:30", "Bob")));
    assert_eq!(why.blockers.len(), 2);
}

#[test]
fn the_newest_change_of_the_queue_counts() {
    let mut fixture = fixture();
    let release = fixture.release("cart", &["staging"]);
    fixture.accepted(&release);
    for (version, time, name) in [(3, "2024-05-07T10:00:00Z", "Eve"), (2, "2024-05-08T10:00:00Z", "Joe")] {
        fixture.repo.transact(&at(time, name), &deploy("cart", version, "staging")).expect("done");
        let queued = why(&fixture.repo, "staging").queued.expect("a queued version");
        assert_eq!(queued.version.to_string(), version.to_string());
        assert_eq!(queued.at, Some(time.parse().expect("a time")));
        assert_eq!(queued.by, Some(Actor::new(name, "someone@example.com")));
    }
}

#[test]
fn what_nobody_knows_stays_unknown() {
    let mut fixture = fixture();
    // Upstream's older versions write none of these files; nobody knows what others write.
    let slot = "environments/staging/applications/cart";
    let odd = format!("{slot}/deployed_at_utc");
    git::commit_files(fixture.path(), &[(&odd, b"yesterday")]);
    let current = why(&fixture.repo, "staging").current.expect("a version");
    assert_eq!((current.at, current.by.map(|by| by.name.to_string())), (None, Some("Ada".to_owned())));
    let names = format!("{slot}/deployed_by");
    git::commit_files(fixture.path(), &[(&names, b"\xff")]);
    let current = why(&fixture.repo, "staging").current.expect("a version");
    assert_eq!(current.by, Some(Actor::new("", "someone@example.com")));

    fixture.accepted(&lock_environment("staging", "gh", ""));
    let url = format!("file://{}", fixture.path().display());
    // The sixth newest commit queued it, which only the one before it shows.
    for (depth, is_known) in [("6", false), ("7", true)] {
        let clone = tempfile::tempdir().expect("a directory");
        git::run(clone.path(), &["clone", "-q", "--bare", "--depth", depth, &url, "."]);
        let repo = ManifestRepo::open(clone.path(), OpenOptions::default()).expect("a repository");
        let queued = why(&repo, "staging").queued.expect("a queued version");
        assert_eq!((queued.at.is_some(), queued.by.is_some()), (is_known, is_known), "depth {depth}");
    }

    // A partial clone has that commit and not its tree.
    let queued_at = || {
        let repo = ManifestRepo::open(fixture.path(), OpenOptions::default()).expect("a repository");
        why(&repo, "staging").queued.expect("a queued version").at
    };
    assert!(queued_at().is_some());
    let tree = git::output(fixture.path(), &["rev-parse", "main~6^{tree}"]);
    std::fs::remove_file(fixture.path().join("objects").join(&tree[..2]).join(&tree[2..])).expect("removed");
    assert_eq!(queued_at(), None);
}

#[test]
fn a_version_that_is_asked_for_is_wanted() {
    let fixture = fixture();
    let (environment, application) = ("staging".parse().expect("a name"), "cart".parse().expect("a name"));
    let ask = |version| fixture.repo.why(&context(), &environment, &application, Version::new(version));
    assert_eq!(ask(1).expect("an explanation").wanted, Some(Version::FIRST));
    let WhyError::Rejected(rejection) = ask(7).expect_err("there is no such version") else {
        panic!("rejected")
    };
    assert_eq!(rejection.code(), "RELEASE_NOT_FOUND");
}

#[test]
fn a_lock_that_goes_leaves_nobody_waiting() {
    let mut fixture = fixture();
    for id in ["ab", "cd"] {
        let (environment, lock_id) = ("staging".parse().expect("a name"), id.parse().expect("an id"));
        fixture.accepted(&Command::DeleteEnvironmentLock { environment, lock_id, queued: None });
    }
    let why = why(&fixture.repo, "staging");
    assert_eq!(why.queued, None);
    let current = why.current.expect("a version");
    assert_eq!((current.version.to_string(), current.at), ("2".to_owned(), Some(context().now.to_utc())));
}

#[test]
fn history_that_is_on_the_remote_alone_is_fetched_for_it() {
    let fixture = fixture();
    let (url, cache) = (fixture.path().to_str().expect("a path"), tempfile::tempdir().expect("a directory"));
    let open = |offline| {
        let mut options = OpenOptions::default();
        options.offline = offline;
        ManifestRepo::open_remote(cache.path(), url, options).expect("a repository")
    };
    drop(open(false));
    let queued = |offline| why(&open(offline), "staging").queued.expect("a queued version");
    assert_eq!(queued(true).at, None, "one commit is there, and the network is left alone");
    assert_eq!(queued(false), why(&fixture.repo, "staging").queued.expect("a queued version"));
    assert!(queued(true).at.is_some(), "and stays");
}

#[test]
fn queues_are_looked_up_together_as_one_by_one() {
    let mut fixture = fixture();
    for application in ["pay", "shop"] {
        let release = fixture.release(application, &["staging"]);
        fixture.accepted(&release);
        fixture.accepted(&deploy(application, 1, "staging"));
    }
    let places: BTreeSet<_> = ["cart", "pay", "shop", "nobody"]
        .map(|name| ("staging".parse().expect("a name"), name.parse().expect("a name")))
        .into();
    let together = fixture.repo.queued_since(&places).expect("read");
    for place in &places {
        let alone = fixture.repo.queued_since(&[place.clone()].into()).expect("read");
        assert_eq!(together.get(place), alone.get(place), "{}", place.1);
        if place.1.as_str() != "nobody" {
            let why = fixture.repo.why(&context(), &place.0, &place.1, None).expect("an explanation");
            let (queued, change) = (why.queued.expect("a queued version"), &together[place]);
            assert_eq!((queued.at, queued.by), (change.at, Some(change.by.clone())));
        }
    }
    let commits: BTreeSet<String> = together.values().map(|change| change.commit.to_string()).collect();
    assert_eq!(commits.len(), 3, "each was queued with a commit of its own");
}
