//! One command through an open repository, beside what git itself needs for a commit of the same tree.

#![expect(clippy::expect_used, reason = "a benchmark that cannot be set up has nothing to measure")]

use criterion::{Criterion, criterion_group, criterion_main};
use kuberpult_core::{Actor, Command, Context, EnvironmentConfig};
use kuberpult_git::{InitOptions, ManifestRepo};
use kuberpult_test_servers::git;

fn lock(id: u64) -> Command {
    Command::CreateEnvironmentLock {
        environment: "staging".parse().expect("a name"),
        lock_id: format!("lock-{}", id % 10).parse().expect("a lock id"),
        message: format!("lock number {id}").into(),
        ci_link: None,
        suggested_lifetime: None,
    }
}

fn one_command(criterion: &mut Criterion) {
    let directory = tempfile::tempdir().expect("a directory");
    let mut options = InitOptions::default();
    options.bare = true;
    let mut repo = ManifestRepo::init(directory.path(), &options).expect("a repository");
    let context =
        Context::new("2024-05-03T11:37:37Z".parse().expect("a time"), Actor::new("Jo", "jo@example.com"));
    let create = Command::CreateEnvironment {
        environment: "staging".parse().expect("a name"),
        config: EnvironmentConfig::default(),
    };
    repo.transact(&context, &create).expect("an environment");

    let mut group = criterion.benchmark_group("one_command");
    group.sample_size(20);
    let mut id = 0;
    group.bench_function("transact", |bencher| {
        bencher.iter(|| {
            id += 1;
            repo.transact(&context, &lock(id)).expect("a lock")
        });
    });
    group.bench_function("git commit-tree + update-ref", |bencher| {
        bencher.iter(|| {
            let commit =
                git(directory.path(), &["commit-tree", "HEAD^{tree}", "-p", "HEAD", "-m", "a commit"]);
            git(directory.path(), &["update-ref", "refs/heads/main", &commit])
        });
    });
    group.finish();
}

criterion_group!(benches, one_command);
criterion_main!(benches);
