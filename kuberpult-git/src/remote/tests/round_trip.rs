//! What works: fetching, pushing, the compare-and-swap, history.

use std::num::NonZeroU32;

use kuberpult_test_servers::{Kind, git};

use super::fixture::{
    Clone, commit, commits, commits_of_others, head, is_sound, on_each, on_each_of, remote,
};
use crate::remote::{Depth, Landed, PushOutcome, RemoteBranch};

#[test]
fn what_is_pushed_is_fetched() {
    on_each(|server| {
        let (one, other) = (Clone::of(server), Clone::of(server));
        assert_eq!(one.fetch(), None);
        let first = one.commit(None, "first");
        one.push(first, None);
        assert_eq!(one.branch.last_fetched().unwrap(), Some(first));
        assert_eq!(other.fetch(), Some(first));
        let second = other.commit(Some(first), "second");
        other.push(second, Some(first));
        // Once more changes nothing, whatever is expected by then.
        other.push(second, Some(first));
        assert_eq!((one.fetch(), head(server)), (Some(second), second));
        assert_eq!(one.branch.look().unwrap(), Some(second));
        is_sound(server, one.path());
        is_sound(server, other.path());
    });
}

#[test]
fn nothing_but_the_branch_is_touched() {
    on_each(|server| {
        commits_of_others(&server.repository(), "main", 1);
        commits_of_others(&server.repository(), "other", 1);
        git(&server.repository(), &["tag", "v1", "main"]);
        let clone = Clone::of(server);
        let first = clone.fetch().unwrap();
        // Somebody who has everything set so that more would be fetched, pushed, or started.
        for (key, value) in [
            ("fetch.prune", "true"),
            ("fetch.pruneTags", "true"),
            ("push.followTags", "true"),
            ("gc.auto", "1"),
            ("core.logAllRefUpdates", "always"),
            ("fetch.recurseSubmodules", "true"),
            ("push.recurseSubmodules", "check"),
            ("push.default", "matching"),
        ] {
            git(clone.path(), &["config", key, value]);
        }
        let second = clone.commit(Some(first), "second");
        git(clone.path(), &["tag", "-m", "mine", "mine", &second.to_string()]);
        clone.push(second, Some(first));
        let third = commits_of_others(&server.repository(), "main", 1);
        assert_eq!(clone.fetch(), Some(third));
        let references = |directory| git(directory, &["for-each-ref", "--format=%(refname)"]);
        let private = clone.branch.private_reference();
        assert_eq!(references(clone.path()), format!("{private}\nrefs/tags/mine"));
        assert_eq!(references(&server.repository()), "refs/heads/main\nrefs/heads/other\nrefs/tags/v1");
        assert!(!clone.path().join("FETCH_HEAD").exists());
        // Git would write the address into it, perhaps with a password.
        let log = std::fs::read_to_string(clone.path().join("logs").join(private)).unwrap_or_default();
        assert!(!log.contains("manifests.git"), "{log}");
    });
}

#[test]
fn a_branch_that_somebody_else_moved_is_not_pushed_to() {
    on_each(|server| {
        let clone = Clone::of(server);
        let first = clone.commit(None, "first");
        clone.push(first, None);
        let theirs = commits_of_others(&server.repository(), "main", 1);
        let ours = clone.commit(Some(first), "ours");
        for expected in [Some(first), None] {
            let outcome = clone.branch.push(ours, expected).unwrap();
            let PushOutcome::Stale { words } = outcome else { panic!("{outcome:?}") };
            assert!(words.contains("stale info"), "{words}");
        }
        assert_eq!(head(server), theirs);
        assert_eq!(clone.branch.landed(ours, Some(first)).unwrap(), Landed::No);

        git(&server.repository(), &["update-ref", "-d", "refs/heads/main"]);
        let outcome = clone.branch.push(ours, Some(first)).unwrap();
        assert!(matches!(outcome, PushOutcome::Stale { .. }), "{outcome:?}");
        assert_eq!(clone.branch.landed(ours, Some(first)).unwrap(), Landed::No);
        assert_eq!(clone.branch.last_fetched().unwrap(), Some(theirs));
        assert_eq!(clone.fetch(), None);
        assert_eq!(clone.branch.last_fetched().unwrap(), Some(theirs), "so it is not begun anew");
    });
}

#[test]
fn who_moves_the_branch_while_the_server_is_at_work_wins() {
    on_each(|server| {
        let clone = Clone::of(server);
        let first = clone.commit(None, "first");
        clone.push(first, None);
        let theirs = commit(&server.repository(), Some(first), "theirs");
        // The server has compared by then what the branch is at with what the push expects.
        let script =
            format!("#!/bin/sh\nunset GIT_QUARANTINE_PATH\nexec git update-ref refs/heads/main {theirs}\n");
        server.write_hook("pre-receive", &script);
        let outcome = clone.branch.push(clone.commit(Some(first), "ours"), Some(first)).unwrap();
        let PushOutcome::Stale { words } = outcome else { panic!("{outcome:?}") };
        assert!(words.contains("but expected"), "{words}");
        assert_eq!(head(server), theirs);
    });
}

#[test]
fn a_server_that_is_locked_is_tried_again_later() {
    on_each(|server| {
        let clone = Clone::of(server);
        let first = clone.commit(None, "first");
        clone.push(first, None);
        let lock = server.repository().join("refs/heads/main.lock");
        std::fs::write(&lock, "").unwrap();
        let second = clone.commit(Some(first), "second");
        let outcome = clone.branch.push(second, Some(first)).unwrap();
        let PushOutcome::Stale { words } = outcome else { panic!("{outcome:?}") };
        assert!(words.contains("main.lock"), "{words}");
        std::fs::remove_file(lock).unwrap();
        clone.push(second, Some(first));
    });
}

#[test]
fn a_branch_that_was_reset_is_followed() {
    on_each(|server| {
        let newest = commits_of_others(&server.repository(), "main", 5);
        let clone = Clone::of(server);
        assert_eq!(clone.branch.fetch(Depth::Commits(NonZeroU32::MIN)).unwrap(), Some(newest));
        let earlier = git(&server.repository(), &["rev-parse", "main~3"]);
        git(&server.repository(), &["update-ref", "refs/heads/main", &earlier]);
        assert_eq!(clone.fetch().unwrap().to_string(), earlier);
        is_sound(server, clone.path());
    });
}

#[test]
fn history_is_fetched_when_it_is_asked_for() {
    on_each(|server| {
        let newest = commits_of_others(&server.repository(), "main", 20);
        let clone = Clone::of(server);
        let fetched = |depth| {
            assert_eq!(clone.branch.fetch(depth).unwrap(), Some(newest));
            commits(clone.path(), newest)
        };
        assert_eq!(fetched(Depth::Commits(NonZeroU32::MIN)), 1);
        assert_eq!(fetched(Depth::New), 1);
        assert_eq!(fetched(Depth::Commits(NonZeroU32::new(7).unwrap())), 7);
        assert_eq!(fetched(Depth::Everything), 20);
        // Nothing is left to fetch.
        assert_eq!(fetched(Depth::Everything), 20);
        assert_eq!(fetched(Depth::New), 20);
        is_sound(server, clone.path());
    });
}

#[test]
fn a_shallow_clone_pushes() {
    on_each(|server| {
        let newest = commits_of_others(&server.repository(), "main", 3);
        let clone = Clone::of(server);
        clone.branch.fetch(Depth::Commits(NonZeroU32::MIN)).unwrap();
        let ours = clone.commit(Some(newest), "ours");
        clone.push(ours, Some(newest));
        assert_eq!(commits(&server.repository(), ours), 4);
        is_sound(server, clone.path());
    });
}

#[test]
fn a_push_that_was_accepted_is_found_in_history() {
    on_each(|server| {
        let base = commits_of_others(&server.repository(), "main", 3);
        let clone = Clone::of(server);
        clone.branch.fetch(Depth::Commits(NonZeroU32::MIN)).unwrap();
        let ours = clone.commit(Some(base), "ours");
        let landed = || clone.branch.landed(ours, Some(base)).unwrap();
        assert_eq!(landed(), Landed::NotYet);
        clone.push(ours, Some(base));
        assert_eq!(landed(), Landed::Yes);
        let newest = commits_of_others(&server.repository(), "main", 100);
        assert_eq!(landed(), Landed::Yes);
        // Another process has forgotten what is between; and what is between is more than is looked at first.
        let newer = commits_of_others(&server.repository(), "main", 1);
        clone.branch.fetch(Depth::Commits(NonZeroU32::MIN)).unwrap();
        assert_eq!(commits(clone.path(), newer), 1);
        assert_eq!(landed(), Landed::Yes);
        let never = clone.commit(Some(base), "never");
        clone.branch.fetch(Depth::Commits(NonZeroU32::MIN)).unwrap();
        assert_eq!(clone.branch.landed(never, Some(base)).unwrap(), Landed::No);
        assert_ne!(newest, newer);
    });
}

#[test]
fn a_new_branch_may_be_below_an_old_one() {
    on_each_of(&[Kind::Directory], |server| {
        let clone = Clone::of(server);
        let branch = |name| RemoteBranch::new(clone.path(), remote(server), name).unwrap();
        for name in ["a", "a/b", "a%2Fb", "Zoë"] {
            let newest = commits_of_others(&server.repository(), name, 1);
            assert_eq!(branch(name).fetch(Depth::New).unwrap(), Some(newest), "{name}");
            git(&server.repository(), &["update-ref", "-d", &format!("refs/heads/{name}")]);
        }
    });
}

#[test]
fn another_branch_of_a_similar_name_is_not_looked_at() {
    on_each(|server| {
        commits_of_others(&server.repository(), "refs/heads/main", 1);
        let clone = Clone::of(server);
        assert_eq!(clone.branch.look().unwrap(), None);
    });
}
