//! History: what is told of commits that we and others made, and what is read for it.

use std::fs;

use kuberpult_core::{
    Actor, Blocker, Command, Context, Deploy, DeploymentCause, EnvironmentConfig, Event, OnLock,
    ReleaseTrain, Version,
};
use kuberpult_git::{HistoryEntry, HistoryFilter, HistoryGap, ManifestRepo, OpenOptions, ReadError};
use kuberpult_tests::fixture::{Fixture, context, create_environment, deploy, lock_environment};
use kuberpult_tests::git;

fn entries(repo: &ManifestRepo, filter: &HistoryFilter) -> Vec<HistoryEntry> {
    let history = repo.history(filter).expect("a history");
    history.collect::<Result<_, _>>().expect("entries")
}

/// What happened with the newest commits, newest first: each commit's events as lines.
fn told(repo: &ManifestRepo, filter: &HistoryFilter) -> Vec<Vec<String>> {
    let lines = |entry: HistoryEntry| {
        assert!(entry.gaps.is_empty(), "{:?}", entry.gaps);
        entry.events.iter().map(ToString::to_string).collect()
    };
    entries(repo, filter).into_iter().map(lines).collect()
}

/// What happened with the newest commit.
fn newest(fixture: &Fixture) -> HistoryEntry {
    entries(&fixture.repo, &HistoryFilter::default()).remove(0)
}

fn newest_lines(fixture: &Fixture) -> Vec<String> {
    told(&fixture.repo, &HistoryFilter::default()).remove(0)
}

fn filter(application: Option<&str>, environment: Option<&str>) -> HistoryFilter {
    let mut filter = HistoryFilter::default();
    filter.application = application.map(|name| name.parse().expect("a name"));
    filter.environment = environment.map(|name| name.parse().expect("a name"));
    filter
}

/// Adds a commit by hand, without files at some paths and with others.
fn by_hand(fixture: &Fixture, without: &[&str], with: &[(&str, &[u8])]) {
    let path = fixture.path();
    if !without.is_empty() {
        git::run(path, &["read-tree", "main"]);
        git::run(path, &[&["rm", "-rq", "--cached"], without].concat());
        let tree = git::output(path, &["write-tree"]);
        let commit = git::output(path, &["commit-tree", "-m", "by hand", "-p", "main", &tree]);
        git::run(path, &["update-ref", "refs/heads/main", &commit]);
    }
    if !with.is_empty() {
        git::commit_files(path, with);
    }
}

/// Removes the objects at these paths of a commit, a directory with all that is in it, also from what is remembered.
fn forget(fixture: &mut Fixture, commit: &str, paths: &[&str]) {
    for path in paths {
        let id = git::output(fixture.path(), &["rev-parse", &format!("{commit}:{path}")]);
        let file = fixture.path().join("objects").join(&id[..2]).join(&id[2..]);
        // What is in a pack or was forgotten before is not there.
        if file.exists() {
            fs::remove_file(file).expect("removed");
        }
        let gone = git::command(fixture.path()).args(["cat-file", "-e", &id]).output().expect("git");
        assert!(!gone.status.success(), "{path} is still there");
    }
    fixture.repo = ManifestRepo::open(fixture.path(), OpenOptions::default()).expect("a repository");
}

#[test]
fn an_empty_repository_has_no_history() {
    assert!(entries(&Fixture::empty(true).repo, &HistoryFilter::default()).is_empty());
}

#[test]
fn an_entry_says_who_and_when() {
    let mut fixture = Fixture::with_cart(true);
    let context =
        Context::new("2024-05-04T08:00:00.25-03:30".parse().expect("a time"), Actor::new("Ada", "ada@b"));
    let receipt = fixture.repo.transact(&context, &deploy("cart", 1, "staging")).expect("done");
    let entry = newest(&fixture);
    assert_eq!(Some(entry.commit), receipt.commit);
    assert_eq!(entry.at, Some("2024-05-04T08:00:00-03:30".parse().expect("a time")));
    assert_eq!(entry.author, Actor::new("Ada", "ada@b"));
    assert_eq!(entry.subject, r#"Deployed version 1 of "cart" to "staging""#);
    let [Event::Deployed { manifest: Some(_), cause: DeploymentCause::Unrecorded, .. }] = &entry.events[..]
    else {
        panic!("{:?}", entry.events)
    };
}

/// What is deployed comes with its manifest, which must not be taken for the release.
#[test]
fn a_release_with_one_manifest_is_a_new_release() {
    let mut fixture = Fixture::with_cart(true);
    let release = fixture.release("cart", &["development"]);
    fixture.accepted(&release);
    assert_eq!(
        newest_lines(&fixture),
        [r#"created version 2 of "cart""#, r#"deployed version 2 of "cart" to "development", was 1"#,]
    );
}

#[test]
fn what_is_deployed_again_is_seen() {
    let mut fixture = Fixture::with_cart(true);
    fixture.accepted(&deploy("cart", 1, "staging"));
    let release = fixture.release("cart", &["staging"]);
    fixture.accepted(&release);
    fixture.accepted(&lock_environment("staging", "ab", ""));
    fixture.accepted(&deploy("cart", 2, "staging"));
    let later = Context::new("2024-05-04T08:00:00Z".parse().expect("a time"), Actor::new("Ada", "ada@b"));
    let Command::Deploy(again) = deploy("cart", 1, "staging") else { panic!("a deployment") };
    let again = Command::Deploy(Deploy { on_lock: OnLock::Ignore, ..again });
    fixture.repo.transact(&later, &again).expect("done");
    let [Event::Deployed { version, from, dequeued, manifest, .. }] = &newest(&fixture).events[..] else {
        panic!("one deployment")
    };
    assert_eq!((*from, *version), (Some(Version::FIRST), Version::FIRST));
    assert_eq!(*dequeued, Version::new(2));
    assert!(manifest.is_some());
}

#[test]
fn what_blocks_is_read_where_it_has_not_changed() {
    let mut fixture = Fixture::with_cart(true);
    let config = br#"{"upstream": {"environment": "development"}, "freezeWindows": [{"kind": "deny", "schedule": "0 9 * * *", "duration": "2h"}]}"#;
    by_hand(
        &fixture,
        &[],
        &[("environments/staging/config.json", config), ("applications/cart/team", b"shop")],
    );
    fixture.accepted(&lock_environment("staging", "ab", ""));
    fixture.accepted(&Command::CreateTeamLock {
        environment: "staging".parse().expect("a name"),
        team: "shop".parse().expect("a name"),
        lock_id: "cd".parse().expect("an id"),
        message: "".into(),
        ci_link: None,
        suggested_lifetime: None,
    });
    fixture.accepted(&deploy("cart", 1, "staging"));
    let Event::Queued { blockers, .. } = &newest(&fixture).events[0] else { panic!("queued") };
    let state = fixture.repo.state().expect("a state");
    let (staging, cart) = ("staging".parse().expect("a name"), "cart".parse().expect("a name"));
    assert_eq!(*blockers, state.blockers(context().now, &staging, &cart));
    assert_eq!(blockers.len(), 3, "09:37 in UTC is within the freeze window: {blockers:?}");
    assert!(blockers.iter().any(|blocker| matches!(blocker, Blocker::TeamLock { .. })));
    let only = filter(Some("cart"), Some("staging"));
    assert_eq!(entries(&fixture.repo, &only)[0].events, newest(&fixture).events);
}

#[test]
fn what_is_edited_by_hand_is_told() {
    let mut fixture = Fixture::with_cart(true);
    let slot = "environments/development/applications/cart";
    for (without, with, expected) in [
        (
            &[][..],
            ("applications/cart/team", &b"shop"[..]),
            r#"application "cart" now belongs to team "shop""#,
        ),
        (&["applications/cart/team"], ("", b""), r#"application "cart" now belongs to no team"#),
        (&[], ("applications/cart/sourceRepoUrl", b"a"), r#"application "cart" now comes from "a""#),
        (
            &["applications/cart/sourceRepoUrl"],
            ("", b""),
            r#"application "cart" now comes from no known address"#,
        ),
        (
            &[],
            ("applications/cart/releases/1/display_version", b"v1"),
            r#"created version 1 of "cart" ("v1")"#,
        ),
        (&[slot], ("", b""), r#"removed "cart" from "development", was 1"#),
        (&["applications/cart/releases/1"], ("", b""), r#"removed version 1 of "cart" as cleanup"#),
        (&["environments/staging"], ("", b""), r#"deleted environment "staging""#),
        (&["applications/cart"], ("", b""), r#"undeployed "cart""#),
    ] {
        let before = fixture.repo.state().expect("a state");
        let with = if with.0.is_empty() { vec![] } else { vec![with] };
        // Or else the application would be gone with its last file.
        by_hand(&fixture, &[], &[("applications/cart/README", expected.as_bytes())]);
        by_hand(&fixture, without, &with);
        assert_eq!(newest_lines(&fixture), [expected]);
        let mut replayed = before;
        replayed.apply(&newest(&fixture).events);
        assert_eq!(replayed, fixture.repo.state().expect("a state"));
    }
    fixture.accepted(&lock_environment("development", "ab", ""));
}

#[test]
fn what_is_not_ours_is_no_event() {
    let fixture = Fixture::with_cart(true);
    by_hand(
        &fixture,
        &[],
        &[
            ("kuberpult.json", br#"{"releasesKept": 3}"#),
            ("README.md", b"for people"),
            ("commits/ab/cd/event", b"upstream's"),
            ("environments/README", b"for people"),
            ("environments/staging/locks/.gitkeep", b""),
            ("environments/development/applications/cart/notes/a", b"b"),
            ("applications/cart/releases/README", b"for people"),
        ],
    );
    // Nobody has deployed anything by taking away who did.
    by_hand(&fixture, &["environments/development/applications/cart/deployed_by"], &[]);
    let all = entries(&fixture.repo, &HistoryFilter::default());
    assert_eq!((all.len(), all[0].subject.as_str()), (5, "by hand"));
    for entry in &all[..2] {
        assert!(entry.events.is_empty() && entry.gaps.is_empty(), "{entry:?}");
    }
    assert_eq!(entries(&fixture.repo, &filter(None, Some("development"))).len(), 2);
}

#[test]
fn what_is_not_understood_is_said_and_the_rest_told() {
    let mut fixture = Fixture::with_cart(true);
    by_hand(
        &fixture,
        &[],
        &[
            ("environments/staging/config.json", b"oops"),
            ("environments/development/locks/ab", b"a file"),
            ("applications/cart/releases/2.1/created_at", b""),
            ("applications/cart/team", b"shop"),
        ],
    );
    let config = br#"{"upstream": {"environment": "development"}}"#;
    by_hand(
        &fixture,
        &["environments/development/locks/ab", "applications/cart/releases/2.1"],
        &[("environments/staging/config.json", config)],
    );
    fixture.accepted(&lock_environment("staging", "cd", ""));
    let entries = entries(&fixture.repo, &HistoryFilter::default());
    assert_eq!(entries.len(), 7);
    let broken = &entries[3];
    let lines: Vec<_> = broken.events.iter().map(ToString::to_string).collect();
    assert_eq!(lines, [r#"application "cart" now belongs to team "shop""#]);
    let mut paths: Vec<_> = broken.gaps.iter().map(path_of).collect();
    paths.sort();
    assert_eq!(
        paths,
        [
            "applications/cart/releases/2.1",
            "environments/development/locks/ab",
            "environments/staging/config.json",
        ]
    );
    // What is put right is compared with what was not understood.
    assert_eq!(entries[1].gaps.iter().map(path_of).collect::<Vec<_>>(), ["environments/staging/config.json"]);
    assert!(entries[1].events.is_empty());
    assert_eq!(entries[0].events.len(), 1);
    let only = filter(None, Some("development"));
    let gaps: Vec<_> = self::entries(&fixture.repo, &only)[1].gaps.iter().map(path_of).collect();
    assert_eq!(gaps, ["environments/development/locks/ab"], "a filter leaves out what it does not open");
}

fn path_of(gap: &HistoryGap) -> String {
    let HistoryGap::Read(ReadError::NotUnderstood { path, .. }) = gap else { panic!("{gap:?}") };
    path.clone()
}

#[test]
fn a_shallow_clone_ends_with_a_mark() {
    let mut fixture = Fixture::with_cart(true);
    fixture.accepted(&deploy("cart", 1, "staging"));
    let clone = tempfile::tempdir().expect("a directory");
    let url = format!("file://{}", fixture.path().display());
    git::run(clone.path(), &["clone", "-q", "--bare", "--depth", "2", &url, "."]);
    let repo = ManifestRepo::open(clone.path(), OpenOptions::default()).expect("a repository");
    for filter in [filter(None, None), filter(Some("other"), None)] {
        let entries = entries(&repo, &filter);
        let oldest = entries.last().expect("an entry");
        assert!(oldest.events.is_empty());
        let [HistoryGap::NoParent { parent }] = &oldest.gaps[..] else { panic!("{:?}", oldest.gaps) };
        assert_eq!(parent.to_string(), git::output(fixture.path(), &["rev-parse", "main~2"]));
    }
}

#[test]
fn a_merge_is_what_it_brings_to_the_branch() {
    let mut fixture = Fixture::with_cart(true);
    let path = fixture.path().to_owned();
    let begin = git::output(&path, &["rev-parse", "main"]);
    fixture.accepted(&lock_environment("staging", "ab", ""));
    fixture.accepted(&lock_environment("staging", "cd", ""));
    let side = git::output(&path, &["rev-parse", "main"]);
    let tree = git::output(&path, &["rev-parse", "main^{tree}"]);
    let merge = git::output(&path, &["commit-tree", "-m", "merge", "-p", &begin, "-p", &side, &tree]);
    git::run(&path, &["update-ref", "refs/heads/main", &merge]);
    let told = told(&fixture.repo, &HistoryFilter::default());
    assert_eq!(told[0].len(), 2, "{told:?}");
    assert_eq!(told.len(), 4);
}

#[test]
fn a_period_begins_with_its_first_instant_and_ends_before_its_last() {
    let mut fixture = Fixture::empty(true);
    for (time, id) in [
        ("2024-05-03T10:00:00+02:00", "ab"),
        ("2024-05-03T09:00:00Z", "cd"),
        ("2024-05-03T12:00:00+02:00", "ef"),
    ] {
        let context = Context::new(time.parse().expect("a time"), Actor::new("a", "b"));
        let environment = create_environment(id, EnvironmentConfig::default());
        fixture.repo.transact(&context, &environment).expect("done");
    }
    let within = |since: Option<&str>, until: Option<&str>| {
        let mut filter = HistoryFilter::default();
        filter.since = since.map(|time| time.parse().expect("a time"));
        filter.until = until.map(|time| time.parse().expect("a time"));
        told(&fixture.repo, &filter).concat().join(" ").replace("created environment ", "")
    };
    assert_eq!(within(Some("2024-05-03T08:00:00Z"), None), r#""ef" "cd" "ab""#);
    assert_eq!(within(Some("2024-05-03T11:00:00+02:00"), Some("2024-05-03T10:00:00Z")), r#""cd""#);
    assert_eq!(within(None, Some("2024-05-03T08:00:00Z")), "");
    // What is outside is not opened.
    let root = git::output(fixture.path(), &["rev-parse", "main^{tree}"]);
    fs::remove_file(fixture.path().join("objects").join(&root[..2]).join(&root[2..])).expect("removed");
    assert_eq!(within(None, Some("2024-05-03T11:00:00+02:00")), r#""ab""#);
}

/// Development and staging with eleven applications.
fn landscape() -> Fixture {
    let mut fixture = Fixture::with_cart(true);
    for number in 0..10 {
        let release = fixture.release(&format!("app-{number}"), &["development", "staging"]);
        fixture.accepted(&release);
    }
    fixture
}

#[test]
fn what_is_the_same_is_not_opened() {
    let mut fixture = landscape();
    fixture.accepted(&Command::ReleaseTrain(ReleaseTrain::new("staging")));
    let release = fixture.release("app-3", &["development", "staging"]);
    fixture.accepted(&release);
    fixture.accepted(&lock_environment("staging", "ab", ""));
    fixture.accepted(&deploy("app-3", 2, "staging"));
    let whole = newest_lines(&fixture);
    assert_eq!(whole, [r#"queued version 2 of "app-3" in "staging" behind environment lock "ab""#]);
    let others = [0, 1, 2, 4, 5, 6, 7, 8, 9].map(|number| format!("app-{number}"));
    for other in &others {
        forget(&mut fixture, "main", &[&format!("applications/{other}")]);
        forget(&mut fixture, "main", &[&format!("environments/staging/applications/{other}")]);
    }
    forget(&mut fixture, "main", &["environments/development", "applications/app-3/releases/1"]);
    let newest = entries(&fixture.repo, &HistoryFilter::default()).remove(0);
    assert!(newest.gaps.is_empty(), "{:?}", newest.gaps);
    assert_eq!(newest.events.iter().map(ToString::to_string).collect::<Vec<_>>(), whole);
}

#[test]
fn what_cannot_pass_the_filter_is_not_opened() {
    let mut fixture = landscape();
    fixture.accepted(&Command::ReleaseTrain(ReleaseTrain::new("staging")));
    for number in [0, 1, 2, 4, 5, 6, 7, 8, 9] {
        forget(&mut fixture, "main", &[&format!("environments/staging/applications/app-{number}")]);
    }
    let newest = entries(&fixture.repo, &filter(Some("app-3"), None)).remove(0);
    assert!(newest.gaps.is_empty(), "{:?}", newest.gaps);
    assert_eq!(newest.events.len(), 1);
}

#[test]
fn of_one_environment_no_applications_are_opened() {
    let mut fixture = landscape();
    fixture.accepted(&Command::ReleaseTrain(ReleaseTrain::new("staging")));
    let release = fixture.release("app-4", &["development", "staging"]);
    fixture.accepted(&release);
    forget(&mut fixture, "main", &["applications", "environments/development"]);
    // The newest commit with anything about staging is the train, of which no tree is missing.
    let newest_of = |filter: &HistoryFilter| entries(&fixture.repo, filter).remove(0);
    let train = newest_of(&filter(None, Some("staging")));
    assert!(train.subject.starts_with("Release train") && train.gaps.is_empty(), "{train:?}");
    assert_eq!(newest_of(&filter(None, None)).gaps.len(), 2, "what is missing is said");
}

/// Whether an application is there makes a difference for what happened to a slot without a version.
#[test]
fn a_filter_changes_no_event() {
    let mut fixture = Fixture::with_cart(true);
    let lock = |environment: &str| Command::CreateApplicationLock {
        environment: environment.parse().expect("a name"),
        application: "cart".parse().expect("a name"),
        lock_id: "ab".parse().expect("an id"),
        message: "".into(),
        ci_link: None,
        suggested_lifetime: None,
    };
    fixture.accepted(&lock("staging"));
    let without = ["applications/cart", "environments/staging/applications/cart", "environments/development"];
    by_hand(&fixture, &without, &[]);
    let all = newest(&fixture).events;
    let removed = |event: &&Event| matches!(event, Event::RemovedFromEnvironment { .. });
    assert_eq!(all.iter().filter(removed).count(), 1, "{all:?}");
    let of_staging = entries(&fixture.repo, &filter(None, Some("staging"))).remove(0).events;
    assert_eq!(of_staging, all.iter().filter(removed).cloned().collect::<Vec<_>>());
    let of_cart = entries(&fixture.repo, &filter(Some("cart"), None)).remove(0).events;
    assert_eq!(of_cart.len(), 3, "{of_cart:?}");
    assert_eq!(of_cart, all, "the deletion of development took the application along");
}
