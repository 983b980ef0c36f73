//! Commands that wait together: they fail together as far as they have to, and no further.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::thread::{self, ScopedJoinHandle, yield_now};

use kuberpult_core::{Actor, Command, Context, EnvironmentConfig};
use kuberpult_test_servers::{Cut, Kind, Proxy, Server, git, kinds};

use super::{SharedManifestRepo, Turn};
use crate::{InitOptions, ManifestRepo, OpenOptions, Receipt, RemoteError, TransactError};

fn context() -> Context {
    Context::new("2024-05-03T11:37:37Z".parse().unwrap(), Actor::new("Jo", "jo@example.com"))
}

fn create(environment: &str) -> Command {
    let config = EnvironmentConfig::with_upstream_latest();
    Command::CreateEnvironment { environment: environment.parse().unwrap(), config }
}

fn in_directory(directory: &Path) -> SharedManifestRepo {
    SharedManifestRepo::new(ManifestRepo::init(directory, &InitOptions::default()).unwrap())
}

/// What came of commands, all of which have waited, in this order, until `meanwhile` was done.
fn waiting_for(
    shared: &SharedManifestRepo,
    commands: &[Command],
    meanwhile: impl FnOnce(&mut ManifestRepo),
) -> Vec<Result<Receipt, TransactError>> {
    thread::scope(|scope| {
        let mut threads: Vec<ScopedJoinHandle<'_, _>> = Vec::new();
        shared.with(|repo| {
            for command in commands {
                threads.push(scope.spawn(|| shared.transact(&context(), command)));
                while shared.lock_queue().waiting.len() < threads.len() {
                    yield_now();
                }
            }
            meanwhile(repo);
        });
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

fn nothing(_: &mut ManifestRepo) {}

#[test]
fn who_waits_together_lands_together_and_in_order() {
    let directory = tempfile::tempdir().unwrap();
    let shared = in_directory(directory.path());
    let refused = Command::DeleteEnvironment { environment: "nowhere".parse().unwrap(), force: false };
    let results = waiting_for(&shared, &[create("berlin"), create("paris"), refused], nothing);
    let commits: Vec<String> =
        results.iter().flatten().map(|receipt| receipt.commit.unwrap().to_string()).collect();
    assert_eq!(commits.len(), 2, "{results:?}");
    assert!(matches!(results[2], Err(TransactError::Rejected(_))), "{:?}", results[2]);
    let history = git(directory.path(), &["log", "--format=%H", "--reverse", "main"]);
    assert_eq!(history.lines().collect::<Vec<_>>(), commits);
    let moves = git(directory.path(), &["reflog", "main"]);
    assert_eq!(moves.lines().count(), 1, "the branch has moved once: {moves}");
    let repo = shared.into_inner();
    assert_eq!(repo.head().unwrap(), results[1].as_ref().unwrap().commit);
}

#[test]
fn without_a_remote_all_who_waited_are_told() {
    let server = Server::start(Kind::Directory);
    let cache = tempfile::tempdir().unwrap();
    let repo = ManifestRepo::open_remote(cache.path(), &server.url(), OpenOptions::default()).unwrap();
    let shared = SharedManifestRepo::new(repo);
    let away = server.root().join("away");
    let results = waiting_for(&shared, &["berlin", "paris", "oslo"].map(create), |_| {
        std::fs::rename(server.repository(), &away).unwrap();
    });
    let words = |result: &Result<Receipt, TransactError>| match result {
        Err(TransactError::Remote(error @ RemoteError::NoRepository { .. })) => error.to_string(),
        other => panic!("{other:?}"),
    };
    assert_eq!(words(&results[0]), words(&results[2]));
    std::fs::rename(&away, server.repository()).unwrap();
    assert!(shared.transact(&context(), &create("berlin")).is_ok(), "and then it goes on");
}

#[test]
fn a_connection_that_is_cut_is_so_for_those_who_shared_it_alone() {
    for kind in kinds().into_iter().filter(|kind| *kind == Kind::Daemon) {
        let server = Server::start(kind);
        let cache = tempfile::tempdir().unwrap();
        let proxy = Proxy::start(server.address().unwrap(), Cut::Nowhere);
        let together = std::num::NonZeroUsize::new(2);
        let two = OpenOptions { together, ..OpenOptions::default() };
        let url = server.url_through(proxy.address()).unwrap();
        let shared = SharedManifestRepo::new(ManifestRepo::open_remote(cache.path(), &url, two).unwrap());
        shared.transact(&context(), &create("berlin")).unwrap();
        let results = waiting_for(&shared, &["paris", "oslo"].map(create), |_| proxy.set(Cut::AtOnce));
        assert!(results.iter().all(|result| matches!(result, Err(TransactError::Remote(_)))), "{results:?}");
        assert_eq!(proxy.cuts(), 1, "the server was asked once for both");
        let results =
            waiting_for(&shared, &["paris", "oslo", "rome"].map(create), |_| proxy.set(Cut::DuringPack));
        let lost = |result: &Result<Receipt, TransactError>| match result {
            Err(TransactError::AnswerLost { commit, count, .. }) => (*commit, *count),
            other => panic!("{other:?}"),
        };
        // The third was tried by itself, after the others.
        assert_eq!(lost(&results[0]), lost(&results[1]));
        assert_eq!((lost(&results[0]).1, lost(&results[2]).1), (2, 1));
        assert_ne!(lost(&results[0]).0, lost(&results[2]).0);
        proxy.set(Cut::Nowhere);
        assert!(shared.transact(&context(), &create("paris")).is_ok(), "and then it goes on");
        assert_eq!(git(&server.repository(), &["rev-list", "--count", "main"]), "2");
    }
}

#[test]
fn a_panic_strands_nobody() {
    let directory = tempfile::tempdir().unwrap();
    let shared = in_directory(directory.path());
    let panicked = catch_unwind(AssertUnwindSafe(|| shared.with(|_| panic!("on purpose"))));
    assert!(panicked.is_err());
    assert!(shared.transact(&context(), &create("berlin")).is_ok());
    // And one that panics while it does the work of others.
    thread::scope(|scope| {
        let mut queue = shared.lock_queue();
        queue.is_somebodys_turn = true;
        drop(queue);
        let waiting = scope.spawn(|| shared.transact(&context(), &create("paris")));
        while shared.lock_queue().waiting.is_empty() {
            yield_now();
        }
        let panicked = catch_unwind(AssertUnwindSafe(|| {
            let mut turn = Turn::begin(&shared, shared.lock_queue());
            turn.gather();
            panic!("on purpose");
        }));
        assert!(panicked.is_err());
        let result = waiting.join().unwrap();
        assert!(matches!(result, Err(TransactError::Abandoned)), "{result:?}");
    });
    assert!(shared.transact(&context(), &create("oslo")).is_ok());
    assert!(shared.lock_queue().results.is_empty(), "nobody's result stays behind");
}

#[test]
fn manifests_are_kept_for_the_next_release() {
    let directory = tempfile::tempdir().unwrap();
    let shared = in_directory(directory.path());
    // It waits for nobody.
    let manifest = shared.with(|_| shared.add_manifest(b"kind: ConfigMap\n").unwrap());
    assert!(shared.with(|repo| repo.pending.contains_key(&manifest)));
    let other = shared.add_manifest(b"kind: Secret\n").unwrap();
    assert!(shared.into_inner().pending.contains_key(&other));
}
