//! Many threads that share a repository: their commands land together, and each is acknowledged for itself.

use std::fs;
use std::thread;

use kuberpult_git::{ManifestRepo, OpenOptions, RemoteError, SharedManifestRepo, TransactError};
use kuberpult_test_servers::{Kind, Server, git, kinds};
use kuberpult_tests::fixture::{Fixture, context, deploy, lock_environment, unlock_environment};

/// A server whose repository has version 1 of `cart` in development, and a shared repository that works on it.
fn setting(kind: Kind) -> (Server, tempfile::TempDir, SharedManifestRepo) {
    let (server, cache) = (Server::start(kind), tempfile::tempdir().expect("a directory"));
    let repo = ManifestRepo::open_remote(cache.path(), &server.url(), OpenOptions::default());
    let repo = Fixture::of_repo(repo.expect("a repository"), Fixture::fill_with_cart);
    (server, cache, SharedManifestRepo::new(repo))
}

fn commits(server: &Server) -> Vec<String> {
    let log = git(&server.repository(), &["log", "--first-parent", "--format=%H", "main"]);
    log.lines().map(str::to_owned).collect()
}

#[test]
fn what_is_acknowledged_is_on_the_remote_and_pushes_are_shared() {
    const THREADS: usize = 8;
    const COMMANDS: usize = 10;
    for kind in kinds().into_iter().filter(|kind| *kind != Kind::Ssh) {
        let (server, _cache, shared) = setting(kind);
        let before = commits(&server);
        let pushes = server.root().join("pushes");
        // A server that takes its time, as they do: who comes meanwhile waits together.
        server.write_hook("pre-receive", "#!/bin/sh\nsleep 0.1\n");
        server.write_hook("post-receive", &format!("#!/bin/sh\necho push >> '{}'\n", pushes.display()));
        let acknowledged: Vec<Vec<String>> = thread::scope(|scope| {
            let (shared, server) = (&shared, &server);
            let write = move |number: usize| {
                let command = match number % 2 {
                    0 => lock_environment("staging", &format!("lock-{number}"), ""),
                    _ => unlock_environment("staging", &format!("lock-{}", number - 1)),
                };
                let receipt = shared.transact(&context(), &command).expect("accepted");
                let commit = receipt.commit.expect("a commit").to_string();
                // When it is acknowledged, and not some time later.
                git(&server.repository(), &["merge-base", "--is-ancestor", &commit, "main"]);
                commit
            };
            let threads: Vec<_> = (0..THREADS)
                .map(|thread| {
                    let numbers = thread * COMMANDS..(thread + 1) * COMMANDS;
                    scope.spawn(move || numbers.map(write).collect())
                })
                .collect();
            threads.into_iter().map(|thread| thread.join().expect("a writer")).collect()
        });
        let mut history = commits(&server);
        history.truncate(history.len() - before.len());
        for of_thread in &acknowledged {
            let places = of_thread.iter().map(|commit| history.iter().rposition(|other| other == commit));
            let places: Vec<_> = places.map(|place| place.expect("it is there")).collect();
            assert!(places.is_sorted_by(|one, next| one > next), "those of a thread come in their order");
        }
        history.sort();
        let mut all = acknowledged.concat();
        all.sort();
        assert_eq!(history, all, "each once, and no other");
        let pushes = fs::read_to_string(pushes).expect("a count").lines().count();
        println!("on {}: {} commands of {THREADS} threads, {pushes} pushes", kind.name(), all.len());
        assert!(2 * pushes <= all.len(), "{pushes} pushes");
        git(&server.repository(), &["fsck", "--strict", "--no-dangling"]);
    }
}

#[test]
fn what_a_hook_refuses_of_one_thread_is_no_matter_for_the_others() {
    let (server, _cache, shared) = setting(Kind::Directory);
    server.write_hook(
        "update",
        "#!/bin/sh\nsleep 0.1\nif git log --format=%s \"$2..$3\" | grep -q forbidden; then echo no; exit 1; fi\n",
    );
    thread::scope(|scope| {
        for thread in 0..6 {
            let shared = &shared;
            scope.spawn(move || {
                for number in 0..3 {
                    let name = if thread == 0 { "forbidden" } else { "wanted" };
                    let lock = lock_environment("staging", &format!("{name}-{thread}-{number}"), "");
                    let result = shared.transact(&context(), &lock);
                    if thread == 0 {
                        let is_refused =
                            matches!(result, Err(TransactError::Remote(RemoteError::RefusedByHook { .. })));
                        assert!(is_refused, "{result:?}");
                    } else {
                        result.expect("accepted");
                    }
                    let wrong = deploy("cart", 9, "staging");
                    let result = shared.transact(&context(), &wrong);
                    assert!(matches!(result, Err(TransactError::Rejected(_))), "{result:?}");
                }
            });
        }
    });
    let locks = shared.with(|repo| repo.state()).expect("a state").environments["staging"].locks.len();
    assert_eq!(locks, 15);
    git(&server.repository(), &["fsck", "--strict", "--no-dangling"]);
}
