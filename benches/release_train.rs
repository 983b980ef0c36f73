//! Planning a release train: the budget is 100 ns for each candidate application.

#![expect(clippy::expect_used, reason = "a benchmark that cannot be set up has nothing to measure")]

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use kuberpult_benches::{STAGING, promotion};
use kuberpult_core::{Actor, Command, Context, ReleaseTrain};

fn context() -> Context {
    Context::new("2024-05-03T11:37:37Z".parse().expect("a time"), Actor::new("Jo", "jo@example.com"))
}

/// Every candidate is deployed: linear in candidates.
fn candidates(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("plan_train/candidates");
    let train = Command::ReleaseTrain(ReleaseTrain::new(STAGING));
    for applications in [100, 1_000, 10_000] {
        let state = promotion(applications, 2);
        group.throughput(Throughput::Elements(applications as u64));
        group.bench_with_input(BenchmarkId::from_parameter(applications), &state, |bencher, state| {
            bencher.iter(|| state.decide(&context(), &train).expect("a decision"));
        });
    }
    group.finish();
}

/// The same candidates with more releases kept: flat.
fn releases_kept(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("plan_train/releases_kept");
    let train = Command::ReleaseTrain(ReleaseTrain::new(STAGING));
    for releases in [2, 10, 20] {
        let state = promotion(1_000, releases);
        group.throughput(Throughput::Elements(1_000));
        group.bench_with_input(BenchmarkId::from_parameter(releases), &state, |bencher, state| {
            bencher.iter(|| state.decide(&context(), &train).expect("a decision"));
        });
    }
    group.finish();
}

criterion_group!(benches, candidates, releases_kept);
criterion_main!(benches);
