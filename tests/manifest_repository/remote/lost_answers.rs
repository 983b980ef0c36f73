//! Answers that get lost.

use std::num::NonZeroUsize;

use kuberpult_git::{ManifestRepo, OnError, OpenOptions, TransactError};
use kuberpult_test_servers::{Cut, Kind, Proxy, kinds};
use kuberpult_tests::fixture::context;

use super::setting::{Setting, lock_count, locks, train};

/// A server on a connection that the proxy cuts.
fn cut(setting: &Setting, proxy: &Proxy, options: OpenOptions) -> Option<ManifestRepo> {
    let url = setting.server.url_through(proxy.address())?;
    let cache = setting.local.path().join("through the proxy");
    Some(ManifestRepo::open_remote(&cache, &url, options).expect("a repository"))
}

#[test]
fn a_lost_answer_is_found_out_by_looking() {
    for kind in kinds().into_iter().filter(|kind| matches!(kind, Kind::Daemon | Kind::Http)) {
        println!("on {}", kind.name());
        let setting = Setting::new(kind);
        let proxy = Proxy::start(setting.server.address().expect("an address"), Cut::BeforeAnswer);
        let mut repo = cut(&setting, &proxy, OpenOptions::default()).expect("a server with an address");
        let before = setting.commits();
        let receipt = repo.transact(&context(), &train()).expect("a train");
        assert!(proxy.cuts() > 0);
        assert_eq!(receipt.commit.expect("a commit").to_string(), setting.head());
        assert_eq!((setting.commits(), receipt.attempts), (before + 1, 1), "it is there once");
    }
}

#[test]
fn an_answer_that_cannot_be_found_out_is_said_and_ends_a_series() {
    for kind in kinds().into_iter().filter(|kind| matches!(kind, Kind::Daemon | Kind::Http)) {
        println!("on {}", kind.name());
        let setting = Setting::new(kind);
        let proxy = Proxy::start(setting.server.address().expect("an address"), Cut::DuringPack);
        let mut three = OpenOptions::default();
        three.together = NonZeroUsize::new(3);
        let mut repo = cut(&setting, &proxy, three).expect("a server with an address");
        let before = setting.head();
        // Nobody knows of any of the three, and the fourth is not begun.
        for (on_error, told) in [(OnError::Stop, 1), (OnError::GoOn, 3)] {
            let results = repo.transact_all(&locks(4), on_error);
            assert_eq!(results.len(), told);
            for result in &results {
                let Err(error @ TransactError::AnswerLost { commit, count: 3, source: Some(_), .. }) = result
                else {
                    panic!("{results:?}")
                };
                assert!(error.to_string().contains(&commit.to_string()), "{error}");
            }
            assert_eq!(setting.head(), before);
        }
        proxy.set(Cut::Nowhere);
        assert!(repo.transact_all(&locks(3), OnError::GoOn).iter().all(Result::is_ok));
        assert_eq!(lock_count(&repo), 3);
    }
}
