//! History that is on the remote alone.

use std::path::{Path, PathBuf};

use kuberpult_core::{Revision, Version};
use kuberpult_git::{HistoryFilter, HistoryGap, ManifestRepo, OnError, OpenOptions, TransactError};
use kuberpult_test_servers::{Kind, git, kinds};
use kuberpult_tests::fixture::{Fixture, context, lock_environment, unlock_environment};

use super::setting::{Setting, as_of, locks, offline};

fn shallow_clone(setting: &Setting) -> (PathBuf, ManifestRepo) {
    let cache = setting.local.path().join("shallow");
    let repo = ManifestRepo::open_remote(&cache, &setting.server.url(), OpenOptions::default());
    let repo = repo.expect("a repository");
    assert_eq!(
        git(repo.directory(), &["rev-list", "--all"]),
        setting.head(),
        "one commit is enough to open it"
    );
    (cache, repo)
}

#[test]
fn history_is_fetched_when_it_is_read() {
    // A directory alone would be cloned as a whole.
    let Some(kind) = kinds().into_iter().find(|kind| *kind == Kind::Daemon) else { return };
    let setting = Setting::new(kind);
    let mut repo = setting.open();
    assert!(repo.transact_all(&locks(100), OnError::Stop).iter().all(Result::is_ok));
    let (cache, repo) = shallow_clone(&setting);
    let there = |directory: &Path| git(directory, &["rev-list", "--all"]).lines().count();
    let newest: Vec<_> = repo.history(&HistoryFilter::default()).expect("a history").take(10).collect();
    assert!(newest.iter().all(|entry| entry.as_ref().is_ok_and(|entry| entry.gaps.is_empty())), "{newest:?}");
    assert_eq!(there(repo.directory()), 64, "and no more than that");
    let ids = |repo: &ManifestRepo| {
        let entries = repo.history(&HistoryFilter::default()).expect("a history");
        entries.map(|entry| entry.expect("an entry").commit.to_string()).collect::<Vec<_>>().join("\n")
    };
    let offline = ManifestRepo::open_remote(&cache, &setting.server.url(), offline()).expect("a repository");
    let last = offline.history(&HistoryFilter::default()).expect("a history").last();
    let last = last.expect("an entry").expect("readable");
    assert!(matches!(last.gaps.as_slice(), [HistoryGap::NoParent { .. }]), "{last:?}");
    assert_eq!(ids(&repo), git(&setting.repository(), &["rev-list", "main"]));
    assert_eq!(there(repo.directory()), setting.commits());
}

#[test]
fn revisions_are_fetched_when_they_are_named() {
    for revision in ["HEAD~1", "@~1", "main^", "refs/heads/main~1", "the id"] {
        let setting = Setting::on_a_directory();
        let then = setting.head();
        let repo = setting.open();
        let repo = Fixture::of_repo(repo, |fixture| {
            let release = fixture.release("cart", &["development", "staging"]);
            fixture.accepted(&release);
        });
        assert_ne!(setting.head(), then);
        drop(repo);
        let (cache, mut repo) = shallow_clone(&setting);
        let revision = if revision == "the id" { then.as_str() } else { revision };
        let without =
            ManifestRepo::open_remote(&cache, &setting.server.url(), offline()).expect("a repository");
        let error = without.plan(&context(), &as_of(revision)).expect_err("it is not there");
        assert!(matches!(error, TransactError::Rejected(_)), "{error:?}");
        repo.transact(&context(), &as_of(revision)).expect("a train");
        let current = repo.state().expect("a state").environments["staging"].slots["cart"].current;
        assert_eq!(current, Some(Version::FIRST), "{revision}");
        let error = repo.transact(&context(), &as_of("HEAD~1000")).expect_err("there is no such commit");
        assert!(matches!(error, TransactError::Rejected(_)), "{error:?}");
    }
}

#[test]
fn tags_and_branches_of_the_remote_are_fetched_by_name() {
    for (name, revision) in [
        ("refs/tags/tested", "tested"),
        ("refs/tags/tested/lately", "tested/lately"),
        ("refs/heads/before", "before"),
        ("refs/tags/tested", "refs/tags/tested"),
        ("refs/tags/tested", "tested~1"),
    ] {
        let setting = Setting::on_a_directory();
        let then = setting.head();
        for _ in 0..3 {
            setting.elsewhere(&lock_environment("staging", "ab", ""));
            setting.elsewhere(&unlock_environment("staging", "ab"));
        }
        let repo = Fixture::of_repo(setting.open(), |fixture| {
            let release = fixture.release("cart", &["development", "staging"]);
            fixture.accepted(&release);
        });
        drop(repo);
        let at =
            if revision == "tested~1" { git(&setting.repository(), &["rev-parse", "main~1"]) } else { then };
        if name.starts_with("refs/tags") {
            // An annotated one, which is an object of its own.
            git(&setting.repository(), &["tag", "-m", "tested", name.trim_start_matches("refs/tags/"), &at]);
        } else {
            git(&setting.repository(), &["update-ref", name, &at]);
        }
        let (cache, mut repo) = shallow_clone(&setting);
        let train = as_of(revision);
        let train_offline = || {
            let repo = ManifestRepo::open_remote(&cache, &setting.server.url(), offline());
            repo.expect("a repository").plan(&context(), &train)
        };
        assert!(matches!(train_offline(), Err(TransactError::Rejected(_))));
        repo.transact(&context(), &train).expect("a train");
        let current = repo.state().expect("a state").environments["staging"].slots["cart"].current;
        assert_eq!(current, Some(Version::FIRST), "{revision}");
        train_offline().expect("it is known by now");
        if !revision.contains('~') {
            let there = git(repo.directory(), &["rev-list", "--all"]).lines().count();
            assert!(there <= 3, "{there} commits: no history came with it");
        }
        // It is what the remote says now, and not what it once was.
        git(&setting.repository(), &["update-ref", "-d", name]);
        let error = repo.transact(&context(), &train).expect_err("it is gone");
        assert!(matches!(error, TransactError::Rejected(_)), "{error:?}");
    }
}

#[test]
fn for_a_name_that_is_not_there_no_history_is_fetched() {
    let setting = Setting::on_a_directory();
    setting.elsewhere(&lock_environment("staging", "ab", ""));
    let (_cache, mut repo) = shallow_clone(&setting);
    for revision in ["nevr", "v1.2.3", "nevr~3", "--upload-pack=x", "a..b"] {
        let Ok(revision) = revision.parse::<Revision>() else { continue };
        let error = repo.transact(&context(), &as_of(revision.as_str())).expect_err("it is not there");
        assert!(matches!(error, TransactError::Rejected(_)), "{error:?}");
        if revision.as_str() != "a..b" {
            assert_eq!(git(repo.directory(), &["rev-list", "--all"]).lines().count(), 1, "{revision}");
        }
    }
}
