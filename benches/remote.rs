//! A remote: what threads that share a repository gain, and what opening costs, however long the history is. Beside git itself.

#![expect(clippy::expect_used, reason = "a benchmark that cannot be set up has nothing to measure")]

use std::path::Path;
use std::thread;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use kuberpult_benches::{context, environment};
use kuberpult_core::{Command, Context, EnvironmentConfig};
use kuberpult_git::{InitOptions, ManifestRepo, OnError, OpenOptions, SharedManifestRepo};
use kuberpult_test_servers::{git, write_hook};

const THREADS: usize = 8;
const COMMANDS: usize = 4;

/// A command that always has something to do.
fn toggle(name: &str, number: usize) -> Command {
    let (environment, lock_id) = (environment("staging"), name.parse().expect("a lock id"));
    if number.is_multiple_of(2) {
        let (message, ci_link, suggested_lifetime) = ("".into(), None, None);
        Command::CreateEnvironmentLock { environment, lock_id, message, ci_link, suggested_lifetime }
    } else {
        Command::DeleteEnvironmentLock { environment, lock_id, queued: Default::default() }
    }
}

fn of_thread(thread: usize) -> impl Iterator<Item = (Context, Command)> {
    (0..COMMANDS).map(move |number| (context(), toggle(&format!("lock-{thread}"), number)))
}

/// A bare repository with so many commits.
fn server(directory: &Path, commits: usize) -> String {
    let mut options = InitOptions::default();
    options.bare = true;
    let mut repo = ManifestRepo::init(directory, &options).expect("a repository");
    let create = Command::CreateEnvironment {
        environment: environment("staging"),
        config: EnvironmentConfig::default(),
    };
    let commands = (1..commits).map(|number| (context(), toggle("lock", number - 1)));
    let commands: Vec<_> = std::iter::once((context(), create)).chain(commands).collect();
    assert!(repo.transact_all(&commands, OnError::Stop).iter().all(Result::is_ok));
    directory.display().to_string()
}

fn open(cache: &Path, url: &str) -> ManifestRepo {
    ManifestRepo::open_remote(cache, url, OpenOptions::default()).expect("a repository")
}

/// As many commands from several threads, on a server that takes a tenth of a second for each push.
fn threads(criterion: &mut Criterion) {
    let directory = tempfile::tempdir().expect("a directory");
    let url = server(&directory.path().join("server.git"), 1);
    write_hook(&directory.path().join("server.git"), "pre-receive", "#!/bin/sh\nsleep 0.1\n");
    let mut repo = open(&directory.path().join("cache"), &url);
    let mut group = criterion.benchmark_group("32_commands_on_a_slow_remote");
    group.sample_size(10);
    group.bench_function("one after another", |bencher| {
        bencher.iter(|| {
            for (context, command) in (0..THREADS).flat_map(of_thread) {
                repo.transact(&context, &command).expect("a commit");
            }
        });
    });
    group.bench_function("as one series", |bencher| {
        let commands: Vec<_> = (0..THREADS).flat_map(of_thread).collect();
        bencher.iter(|| assert!(repo.transact_all(&commands, OnError::Stop).iter().all(Result::is_ok)));
    });
    let shared = SharedManifestRepo::new(repo);
    group.bench_function("from 8 threads that share it", |bencher| {
        bencher.iter(|| {
            thread::scope(|scope| {
                for thread in 0..THREADS {
                    let shared = &shared;
                    scope.spawn(move || {
                        for (context, command) in of_thread(thread) {
                            shared.transact(&context, &command).expect("a commit");
                        }
                    });
                }
            });
        });
    });
    let clone = directory.path().join("clone");
    git(directory.path(), &["clone", "--quiet", &url, "clone"]);
    group.bench_function("git commit + push, once", |bencher| {
        bencher.iter(|| {
            git(&clone, &["commit", "--quiet", "--allow-empty", "-m", "a commit"]);
            git(&clone, &["push", "--quiet", "origin", "main"])
        });
    });
    group.finish();
}

/// Opening a remote that was never seen before.
fn opening(criterion: &mut Criterion) {
    let directory = tempfile::tempdir().expect("a directory");
    let mut group = criterion.benchmark_group("opening_a_remote");
    group.sample_size(10);
    for commits in [10, 1_000, 10_000] {
        let server = directory.path().join(format!("{commits}.git"));
        let url = self::server(&server, commits);
        git(&server, &["repack", "-adfq"]);
        let place = || tempfile::tempdir().expect("a directory");
        group.bench_function(format!("kuberpult, {commits} commits"), |bencher| {
            bencher.iter_batched(place, |place| (open(place.path(), &url), place), BatchSize::PerIteration);
        });
        group.bench_function(format!("git clone --depth 1, {commits} commits"), |bencher| {
            let url = format!("file://{url}");
            let clone = ["clone", "--quiet", "--bare", "--depth", "1", &url, "clone"];
            bencher.iter_batched(place, |place| (git(place.path(), &clone), place), BatchSize::PerIteration);
        });
        group.bench_function(format!("git clone, {commits} commits"), |bencher| {
            let url = format!("file://{url}");
            let clone = ["clone", "--quiet", "--bare", &url, "clone"];
            bencher.iter_batched(place, |place| (git(place.path(), &clone), place), BatchSize::PerIteration);
        });
    }
    group.finish();
}

criterion_group!(benches, threads, opening);
criterion_main!(benches);
