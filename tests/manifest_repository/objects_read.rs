//! How many objects a command reads: as many as it needs, however much else there is.

use std::path::Path;

use kuberpult_core::{Command, EnvironmentConfig, ReleaseTrain};
use kuberpult_git::{ManifestRepo, OnError, OpenOptions};
use kuberpult_tests::fixture::{
    Fixture, context, create_environment, deploy, lock_environment, unlock_environment,
};
use kuberpult_tests::git;

const TARGETS: [&str; 3] = ["staging", "testing", "production"];

/// A repository with development and three environments downstream of it, and `applications` applications of `releases`
/// releases each, of which all but the newest went everywhere.
fn landscape(applications: usize, releases: u64) -> Fixture {
    let mut fixture = Fixture::empty(true);
    fixture.accepted(&create_environment("development", EnvironmentConfig::with_upstream_latest()));
    for target in TARGETS {
        let config = EnvironmentConfig::with_upstream("development".parse().expect("a name"));
        fixture.accepted(&create_environment(target, config));
    }
    let environments = ["development", "staging", "testing", "production"];
    for release in 1..=releases {
        if release == releases {
            for target in TARGETS {
                fixture.accepted(&Command::ReleaseTrain(ReleaseTrain::new(target)));
            }
        }
        let commands: Vec<_> = (0..applications)
            .map(|number| (context(), fixture.release(&format!("app-{number:03}"), &environments)))
            .collect();
        for result in fixture.repo.transact_all(&commands, OnError::Stop) {
            result.expect("accepted");
        }
    }
    git::run(fixture.path(), &["repack", "-a", "-d", "-q"]);
    fixture
}

/// How many objects are read for a command in a repository that was just opened, opening it included.
fn read_for(directory: &Path, command: &Command) -> u64 {
    let mut repo = ManifestRepo::open(directory, OpenOptions::default()).expect("a repository");
    repo.transact(&context(), command).expect("accepted");
    repo.objects_read()
}

#[test]
fn for_one_application_it_does_not_matter_how_much_else_there_is() {
    let mut counts = Vec::new();
    for (applications, releases) in [(2, 2), (2, 12), (60, 2), (60, 12)] {
        let mut fixture = landscape(applications, releases);
        let release = fixture.release("app-001", &["development", "staging"]);
        // An application with manifests that are not in the repository yet.
        fixture.accepted(&release);
        let of_deployment = read_for(fixture.path(), &deploy("app-001", releases, "staging"));
        let lock = lock_environment("staging", "ab", "");
        let of_lock = read_for(fixture.path(), &lock);
        counts.push((of_deployment, of_lock));
    }
    let [first, rest @ ..] = &counts[..] else { panic!("no counts") };
    assert!(rest.iter().all(|count| count == first), "{counts:?}");
    // Directories on the way to four slots and what is in them, to the application and its release; four configs.
    assert!(first.0 < 70, "{counts:?}");
    assert!(first.1 < 20, "{counts:?}");
}

#[test]
fn of_a_history_no_more_is_read_than_its_newest_commit() {
    let mut fixture = landscape(3, 2);
    // It ends as it begins: with directories that are the same in several environments, and so are read once.
    let toggle = |number: u64| deploy("app-001", 1 + number % 2, "testing");
    let short = read_for(fixture.path(), &deploy("app-002", 1, "testing"));
    let commands: Vec<_> = (0..301).map(|number| (context(), toggle(number))).collect();
    assert!(fixture.repo.transact_all(&commands, OnError::Stop).iter().all(Result::is_ok));
    assert_eq!(read_for(fixture.path(), &deploy("app-002", 1, "testing")), short);
}

#[test]
fn trains_and_unlocks_read_each_slot_of_their_environments_once() {
    for (few, many) in [(5, 50), (50, 100)] {
        let [few_read, many_read] = [few, many].map(|applications| {
            let mut fixture = landscape(applications, 2);
            let of_train = read_for(fixture.path(), &Command::ReleaseTrain(ReleaseTrain::new("staging")));
            fixture.repo = ManifestRepo::open(fixture.path(), OpenOptions::default()).expect("a repository");
            fixture.accepted(&lock_environment("testing", "ab", ""));
            let queue: Vec<_> = (0..applications)
                .map(|number| (context(), deploy(&format!("app-{number:03}"), 2, "testing")))
                .collect();
            assert!(fixture.repo.transact_all(&queue, OnError::Stop).iter().all(Result::is_ok));
            let of_unlock = read_for(fixture.path(), &unlock_environment("testing", "ab"));
            (of_train, of_unlock)
        });
        let more = (many - few) as u64;
        // For each application: its slot and a link in each of four environments, the application, its owner, the list of
        // its releases, and of the release that is deployed the directories down to the manifest's; a queued link.
        let [train, unlock] = [many_read.0 - few_read.0, many_read.1 - few_read.1];
        assert!(train.is_multiple_of(more) && train / more <= 16, "{train} for {more}");
        assert!(unlock.is_multiple_of(more) && unlock / more <= 17, "{unlock} for {more}");
    }
}

#[test]
fn an_open_repository_reads_what_others_have_changed_and_no_more() {
    let fixture = landscape(60, 2);
    let open = || ManifestRepo::open(fixture.path(), OpenOptions::default()).expect("a repository");
    let (mine, mut theirs) = (open(), open());
    let train = Command::ReleaseTrain(ReleaseTrain::new("staging"));
    mine.plan(&context(), &train).expect("a plan");
    let known = mine.objects_read();
    mine.plan(&context(), &train).expect("a plan");
    // The commit itself.
    assert_eq!(mine.objects_read() - known, 1);

    theirs.transact(&context(), &deploy("app-007", 2, "staging")).expect("accepted");
    let before = mine.objects_read();
    let plan = mine.plan(&context(), &train).expect("a plan");
    assert!(plan.decision.events().iter().all(|event| !event.to_string().contains("app-007")));
    // The commit, and the directories on the way to the slot, which is now as the one in development.
    assert_eq!(mine.objects_read() - before, 5);
}
