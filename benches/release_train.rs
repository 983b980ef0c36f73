//! Planning a release train, beside the floor: building events and outcomes with nothing decided.

#![expect(clippy::expect_used, reason = "a benchmark that cannot be set up has nothing to measure")]

use std::num::NonZero;
use std::time::Duration;

use criterion::measurement::WallTime;
use criterion::{
    BatchSize, Bencher, BenchmarkGroup, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main,
};
use kuberpult_benches::{
    GROUP, Landscape, application, context, decide, environment, floor_of_train, target,
};
use kuberpult_core::{Command, Environment, ReleaseTrain, Slot, State, Version};

/// Measures a train to the first target, or to the group of all, per candidate.
fn train(group: &mut BenchmarkGroup<'_, WallTime>, id: BenchmarkId, landscape: Landscape, state: &State) {
    let targets = if landscape.targets == 1 { target(0).to_string() } else { GROUP.to_owned() };
    let train = Command::ReleaseTrain(ReleaseTrain::new(targets));
    let candidates = landscape.applications * landscape.targets;
    group.throughput(Throughput::Elements(candidates as u64));
    let context = context();
    drop(decide(state, &train));
    group.bench_function(id, |bencher| planning(bencher, || state.decide(&context, &train)));
}

/// Measures how long it takes to make a plan, and not to throw it away.
fn planning<T>(bencher: &mut Bencher<'_, WallTime>, mut plan: impl FnMut() -> T) {
    bencher.iter_batched(|| (), |()| plan(), BatchSize::PerIteration);
}

fn group<'a>(criterion: &'a mut Criterion, name: &str) -> BenchmarkGroup<'a, WallTime> {
    let mut group = criterion.benchmark_group(format!("train/{name}"));
    group.sample_size(20).warm_up_time(Duration::from_millis(300)).measurement_time(Duration::from_secs(1));
    group
}

/// To one environment: linear in candidates, whatever the number of releases.
fn candidates(criterion: &mut Criterion) {
    let mut group = group(criterion, "candidates");
    for applications in [100, 1_000, 10_000] {
        let landscape = Landscape::of(applications);
        let state = landscape.state();
        group.throughput(Throughput::Elements(applications as u64));
        group.bench_function(BenchmarkId::new("floor", applications), |bencher| {
            planning(bencher, || floor_of_train(&state, &target(0)));
        });
        train(&mut group, BenchmarkId::new("all deploy", applications), landscape, &state);
        let more = Landscape { releases: 20, ..landscape };
        train(&mut group, BenchmarkId::new("all deploy, of 20 releases", applications), more, &more.state());
        let up_to_date = Landscape { behind: 0, ..landscape };
        train(&mut group, BenchmarkId::new("none deploys", applications), up_to_date, &up_to_date.state());
        let locked = Landscape { locked: true, ..landscape };
        train(&mut group, BenchmarkId::new("all locked", applications), locked, &locked.state());
        let state = landscape.state_with_locked_targets();
        train(&mut group, BenchmarkId::new("environment locked", applications), landscape, &state);
    }
    group.finish();
}

/// To a group: linear in environments.
fn environments(criterion: &mut Criterion) {
    let mut group = group(criterion, "environments");
    for targets in [1, 10, 100] {
        let landscape = Landscape { targets, ..Landscape::of(1_000) };
        train(&mut group, BenchmarkId::new("all deploy", targets), landscape, &landscape.state());
        let locked = Landscape { locked: true, ..landscape };
        train(&mut group, BenchmarkId::new("all locked", targets), locked, &locked.state());
    }
    group.finish();
}

/// The same candidates with more releases kept: flat.
///
/// Either because one more environment still has the first release, so that cleanup looks and removes nothing; or
/// because the setting says so, and each deployment makes cleanup remove the oldest.
fn releases_kept(criterion: &mut Criterion) {
    let mut group = group(criterion, "releases_kept");
    for releases in [2, 20, 100] {
        let landscape = Landscape { releases, ..Landscape::of(1_000) };
        let mut state = landscape.state();
        state.environments.insert(environment("left-behind"), left_behind(landscape));
        train(&mut group, BenchmarkId::new("none removed", releases), landscape, &state);
    }
    for releases in [2, 20, 100] {
        let landscape = Landscape { releases, ..Landscape::of(1_000) };
        let mut state = landscape.state();
        state.settings.releases_kept =
            u32::try_from(releases - 1).ok().and_then(NonZero::new).expect("a number");
        train(&mut group, BenchmarkId::new("one removed", releases), landscape, &state);
    }
    group.finish();
}

/// An environment in which every application has its first release.
fn left_behind(landscape: Landscape) -> Environment {
    let slot = Slot { current: Some(Version::FIRST), ..Slot::default() };
    let slots = (0..landscape.applications).map(|index| (application(index), slot.clone()));
    Environment { slots: slots.collect(), ..Environment::default() }
}

criterion_group!(benches, candidates, environments, releases_kept);
criterion_main!(benches);
