//! Applying the events of a train, beside cloning the state that they are applied to.

use std::time::Duration;

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use kuberpult_benches::{Landscape, decide, target};
use kuberpult_core::{Command, ReleaseTrain};

/// Linear in events, but for the depth of the maps.
fn events_of_a_train(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("apply/events_of_a_train");
    group.sample_size(20).warm_up_time(Duration::from_millis(300)).measurement_time(Duration::from_secs(1));
    for applications in [100, 1_000, 10_000] {
        let state = Landscape::of(applications).state();
        let train = Command::ReleaseTrain(ReleaseTrain::new(target(0).as_str()));
        let decision = decide(&state, &train);
        group.throughput(Throughput::Elements(decision.events().len() as u64));
        group.bench_function(BenchmarkId::new("apply", applications), |bencher| {
            bencher.iter_batched_ref(
                || state.clone(),
                |state| state.apply(decision.events()),
                BatchSize::LargeInput,
            );
        });
        group.bench_function(BenchmarkId::new("clone the state", applications), |bencher| {
            bencher.iter_with_large_drop(|| state.clone());
        });
    }
    group.finish();
}

criterion_group!(benches, events_of_a_train);
criterion_main!(benches);
