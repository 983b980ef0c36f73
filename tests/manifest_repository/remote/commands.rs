//! Commands on a remote: what is accepted there is done, and nothing else is.

use std::fs;
use std::num::NonZeroUsize;
use std::thread;

use kuberpult_core::{Command, Event, Version};
use kuberpult_git::{
    ManifestRepo, OnError, OpenError, OpenOptions, RemoteError, TransactError, environment_config_from_json,
};
use kuberpult_test_servers::{Kind, git, kinds};
use kuberpult_tests::fixture::{context, deploy, lock_environment};

use super::setting::{Setting, lock_count, locks, offline, refusal, through, train};

#[test]
fn what_is_done_is_on_the_remote_and_in_no_local_branch() {
    for kind in kinds().into_iter().filter(|kind| *kind != Kind::Ssh) {
        println!("on {}", kind.name());
        let setting = Setting::new(kind);
        let mut repo = setting.open();
        let receipt = repo.transact(&context(), &train()).expect("a train");
        assert_eq!(receipt.commit.expect("a commit").to_string(), setting.head());
        assert_eq!(repo.head().expect("a head"), receipt.commit);
        let staging = &setting.open().state().expect("a state").environments["staging"];
        assert_eq!(staging.slots["cart"].current, Some(Version::FIRST));
        assert_eq!(git(repo.directory(), &["for-each-ref", "refs/heads"]), "");
        git(&setting.repository(), &["fsck", "--strict", "--no-dangling"]);
        git(repo.directory(), &["fsck", "--strict", "--no-dangling"]);
    }
}

#[test]
fn nothing_to_do_is_no_push() {
    let setting = Setting::on_a_directory();
    let mut repo = setting.open();
    repo.transact(&context(), &train()).expect("a train");
    let (pushes, before) = (setting.count_pushes(), setting.head());
    let receipt = repo.transact(&context(), &train()).expect("a train");
    assert_eq!((receipt.commit, pushes(), setting.head()), (None, 0, before));
}

#[test]
fn what_others_did_is_there_at_the_next_command() {
    let setting = Setting::on_a_directory();
    let mut repo = setting.open();
    setting.elsewhere(&lock_environment("staging", "theirs", ""));
    assert_eq!(lock_count(&repo), 0, "what was read when it was opened");
    repo.refresh().expect("fetched");
    assert_eq!(lock_count(&repo), 1);
    setting.elsewhere(&lock_environment("staging", "another", ""));
    let receipt = repo.transact(&context(), &deploy("cart", 1, "staging")).expect("a deployment");
    let Event::Queued { blockers: behind, .. } = &receipt.decision.events()[0] else { panic!("{receipt:?}") };
    assert_eq!(behind.len(), 2);
    assert_eq!(receipt.attempts, 1);
}

#[test]
fn who_opens_it_for_one_command_loses_the_race_instead_of_asking_twice() {
    let setting = Setting::on_a_directory();
    let mut options = OpenOptions::default();
    options.for_one_command = true;
    let mut repo = setting.try_open(options).expect("a remote repository");
    setting.elsewhere(&lock_environment("staging", "theirs", ""));
    let receipt = repo.transact(&context(), &deploy("cart", 1, "staging")).expect("a deployment");
    assert_eq!(receipt.attempts, 2);
    assert!(matches!(&receipt.decision.events()[0], Event::Queued { blockers, .. } if blockers.len() == 1));
    setting.elsewhere(&lock_environment("staging", "another", ""));
    let receipt = repo.transact(&context(), &lock_environment("staging", "ours", "")).expect("a lock");
    assert_eq!(receipt.attempts, 1, "the next command asks");
}

#[test]
fn who_opened_a_clone_for_one_command_is_not_held_up_by_another_process_in_it() {
    let setting = Setting::on_a_directory();
    let path = setting.clone_to("mine");
    let open = || {
        let mut options = through("origin");
        options.for_one_command = true;
        ManifestRepo::open(&path, options).expect("a repository")
    };
    let (mut repo, mut other) = (open(), open());
    other.transact(&context(), &lock_environment("staging", "theirs", "")).expect("a lock");
    // The branch here is where the other one has moved it, which is more than was found when this one was opened.
    let receipt = repo.transact(&context(), &lock_environment("staging", "ours", "")).expect("a lock");
    assert_eq!((receipt.attempts, lock_count(&repo)), (1, 2));
    assert_eq!(git(&path, &["rev-parse", "main"]), setting.head());
}

#[test]
fn writers_with_clones_of_their_own_or_a_shared_one_lose_nothing() {
    const COMMANDS: usize = 6;
    let setting = Setting::on_a_directory();
    let before = setting.commits();
    let caches = ["cache", "cache", "other", "third"].map(|cache| setting.local.path().join(cache));
    let url = setting.server.url();
    let acknowledged: Vec<String> = thread::scope(|scope| {
        let writers = caches.iter().enumerate().map(|(writer, cache)| {
            let url = url.as_str();
            scope.spawn(move || {
                let mut repo =
                    ManifestRepo::open_remote(cache, url, OpenOptions::default()).expect("a repository");
                let lock = |number| lock_environment("staging", &format!("lock-{writer}-{number}"), "");
                let commits = (0..COMMANDS).map(|number| {
                    let receipt = repo.transact(&context(), &lock(number)).expect("a lock");
                    receipt.commit.expect("a commit").to_string()
                });
                commits.collect::<Vec<_>>()
            })
        });
        let writers: Vec<_> = writers.collect();
        writers.into_iter().flat_map(|writer| writer.join().expect("a writer")).collect()
    });
    let history = git(&setting.repository(), &["rev-list", "--first-parent", "main"]);
    for commit in &acknowledged {
        assert_eq!(history.lines().filter(|line| line == commit).count(), 1, "{commit}");
    }
    assert_eq!(setting.commits(), before + acknowledged.len(), "and no other");
    assert_eq!(lock_count(&setting.open()), caches.len() * COMMANDS);
    git(&setting.repository(), &["fsck", "--strict", "--no-dangling"]);
}

/// While the first push is at work, the server's branch goes where somebody else has moved it.
#[test]
fn after_a_lost_race_locks_and_freeze_windows_are_judged_anew() {
    let frozen = r#"{"upstream": {"environment": "development"}, "freezeWindows":
        [{"kind": "deny", "schedule": "0 9 * * *", "duration": "4h", "timeZone": "Europe/Berlin"}]}"#;
    let frozen = Command::UpdateEnvironment {
        environment: "staging".parse().expect("a name"),
        config: environment_config_from_json(frozen).expect("a config"),
    };
    for theirs in [lock_environment("staging", "theirs", ""), frozen] {
        let setting = Setting::on_a_directory();
        let before = setting.head();
        let moved = setting.elsewhere(&theirs);
        git(&setting.repository(), &["update-ref", "refs/heads/main", &before]);
        let once = setting.server.root().join("once");
        fs::write(&once, "").expect("written");
        let (once, update) = (once.display(), format!("git update-ref refs/heads/main {moved}"));
        setting.server.write_hook("update", &format!("#!/bin/sh\nif rm '{once}' 2>&-; then {update}; fi\n"));
        let receipt = setting.open().transact(&context(), &deploy("cart", 1, "staging")).expect("decided");
        assert!(matches!(receipt.decision.events(), [Event::Queued { .. }]), "{theirs}: {receipt:?}");
        assert_eq!(receipt.attempts, 2);
        assert_eq!(
            git(&setting.repository(), &["rev-parse", "main", "main^"]),
            format!("{}\n{moved}", setting.head())
        );
    }
}

#[test]
fn a_race_that_is_never_won_ends_with_what_was_said() {
    let setting = Setting::on_a_directory();
    let lock = setting.repository().join("refs/heads/main.lock");
    fs::write(&lock, "").expect("written");
    let mut repo = setting.open();
    let error = repo.transact(&context(), &train()).expect_err("locked");
    let TransactError::LostRace { words, .. } = &error else { panic!("{error}") };
    assert!(!words.is_empty() && error.to_string().ends_with(words.as_str()), "{error}");
    fs::remove_file(lock).expect("removed");
    repo.transact(&context(), &train()).expect("a train");
}

#[test]
fn what_a_hook_refuses_leaves_nothing_behind() {
    let setting = Setting::on_a_directory();
    setting.server.write_hook("pre-receive", "#!/bin/sh\necho 'no Friday, please' >&2\nexit 1\n");
    let before = setting.head();
    let mut repo = setting.open();
    let error = refusal(repo.transact(&context(), &train()).expect_err("refused"));
    assert!(matches!(error, RemoteError::RefusedByHook { .. }), "{error:?}");
    assert!(error.to_string().contains("no Friday, please"), "{error}");
    assert_eq!(setting.head(), before);
    assert_eq!(repo.head().expect("a head").expect("a commit").to_string(), before);
    fs::remove_file(setting.repository().join("hooks/pre-receive")).expect("removed");
    let receipt = repo.transact(&context(), &train()).expect("a train");
    assert_eq!(receipt.commit.expect("a commit").to_string(), setting.head());
}

#[test]
fn of_many_commands_only_those_are_refused_that_a_hook_does_not_want() {
    for on_error in [OnError::Stop, OnError::GoOn] {
        let setting = Setting::on_a_directory();
        let no = "#!/bin/sh\nread old new ref\nif git log --format=%s $old..$new | grep -q lock-5; then exit 1; fi\n";
        setting.server.write_hook("pre-receive", no);
        let mut repo = setting.open();
        let results = repo.transact_all(&locks(10), on_error);
        let refused: Vec<_> = results.iter().map(Result::is_err).collect();
        let there = if on_error == OnError::Stop { 6 } else { 10 };
        assert_eq!(refused, (0..there).map(|number| number == 5).collect::<Vec<_>>());
        assert_eq!(lock_count(&setting.open()), there - 1);
    }
}

#[test]
fn offline_is_for_reading_what_was_fetched() {
    let setting = Setting::on_a_directory();
    let error =
        ManifestRepo::open_remote(&setting.local.path().join("new"), &setting.server.url(), offline());
    let error = error.expect_err("nothing was fetched");
    assert!(matches!(error, OpenError::Remote(RemoteError::NothingFetched { .. })), "{error:?}");
    let before = setting.head();
    setting.elsewhere(&lock_environment("staging", "theirs", ""));
    fs::rename(setting.repository(), setting.server.root().join("away")).expect("renamed");
    let mut repo = setting.try_open(offline()).expect("what was fetched");
    assert_eq!(repo.head().expect("a head").expect("a commit").to_string(), before);
    assert_eq!(lock_count(&repo), 0);
    repo.refresh().expect("nothing to do");
    repo.plan(&context(), &train()).expect("a plan");
    let error = repo.transact(&context(), &train()).expect_err("offline");
    assert!(matches!(error, TransactError::Offline { .. }), "{error:?}");
    let error = repo.import(&context(), &Default::default()).expect_err("offline");
    assert!(matches!(error, TransactError::Offline { .. }), "{error:?}");
    let error = setting.try_open(OpenOptions::default()).expect_err("nothing is there");
    assert!(matches!(error, OpenError::Remote(RemoteError::NoRepository { .. })), "{error:?}");
}

#[test]
fn commands_share_a_push_as_far_as_that_is_wanted() {
    for (together, expected) in [(None, 1), (Some(1), 7), (Some(3), 3), (Some(usize::MAX), 1)] {
        let setting = Setting::on_a_directory();
        let pushes = setting.count_pushes();
        let mut options = OpenOptions::default();
        options.together = together.and_then(NonZeroUsize::new);
        let mut repo = setting.try_open(options).expect("a repository");
        assert!(repo.transact_all(&locks(7), OnError::Stop).iter().all(Result::is_ok));
        assert_eq!(pushes(), expected, "{together:?}");
        assert_eq!(lock_count(&repo), 7);
    }
}
