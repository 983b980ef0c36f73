//! Deciding in an environment with ten freeze windows, beside the same without.

#![expect(clippy::expect_used, reason = "a benchmark that cannot be set up has nothing to measure")]

use std::time::Duration;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use kuberpult_benches::{Landscape, application, context, decide, target};
use kuberpult_core::{Command, Deploy, FreezeKind, FreezeWindow, OnLock, ReleaseTrain, State, Version};

/// Ten windows that are closed now, or open and about other applications: everything is deployed all the same.
fn windows() -> Vec<FreezeWindow> {
    let kinds = [
        ("0 9 * * *", "2h", "Europe/Berlin", ""),
        ("0 20 * * 5", "60h", "Europe/Berlin", ""),
        ("30 8 * * 1-5", "30m", "America/New_York", ""),
        ("0 0 24 12 *", "72h", "UTC", ""),
        ("0 0 * * *", "24h", "Asia/Kathmandu", "payment-*"),
    ];
    let windows = kinds.into_iter().map(|(schedule, duration, zone, applications)| {
        let (schedule, duration) =
            (schedule.parse().expect("a schedule"), duration.parse().expect("a duration"));
        let mut window = FreezeWindow::new(FreezeKind::Deny, schedule, duration);
        window.time_zone = Some(zone.parse().expect("a zone"));
        let patterns = Some(applications).filter(|pattern| !pattern.is_empty());
        window.applications =
            patterns.map(|pattern| pattern.parse().expect("a pattern")).into_iter().collect();
        window
    });
    let windows: Vec<_> = windows.collect();
    windows.iter().chain(&windows).cloned().collect()
}

fn ten_windows(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("freeze_windows");
    group.sample_size(20).warm_up_time(Duration::from_millis(300)).measurement_time(Duration::from_secs(1));
    let state = Landscape::of(1_000).state();
    let mut frozen = state.clone();
    let there = frozen.environments.get_mut(&target(0)).expect("the target");
    there.config.freeze_windows = windows();
    let deploy = Command::Deploy(Deploy {
        environment: target(0),
        application: application(500),
        version: Version::new(2).expect("a version"),
        on_lock: OnLock::Fail,
        reason: None,
    });
    let train = Command::ReleaseTrain(ReleaseTrain::new(target(0).as_str()));
    let context = context();
    for (name, command, elements) in [("deploy", deploy, 1), ("train of 1000", train, 1_000)] {
        group.throughput(Throughput::Elements(elements));
        let mut bench = |windows: usize, state: &State| {
            assert_eq!(decide(state, &command).events().len() as u64, elements, "nothing is frozen now");
            group.bench_function(BenchmarkId::new(name, windows), |bencher| {
                bencher.iter(|| state.decide(&context, &command));
            });
        };
        bench(0, &state);
        bench(10, &frozen);
    }
    group.finish();
}

criterion_group!(benches, ten_windows);
criterion_main!(benches);
