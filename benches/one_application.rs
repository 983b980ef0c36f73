//! Commands about one application, and `why`: flat in the number of applications.

#![expect(clippy::expect_used, reason = "a benchmark that cannot be set up has nothing to measure")]

use std::time::Duration;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use kuberpult_benches::{Landscape, application, context, decide, environment, target};
use kuberpult_core::{Command, CreateRelease, Deploy, ManifestId, OnLock, Version};

fn one_application(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("one_application");
    group.sample_size(50).warm_up_time(Duration::from_millis(300)).measurement_time(Duration::from_secs(1));
    for applications in [100, 1_000, 10_000] {
        let state = Landscape { targets: 9, releases: 21, ..Landscape::of(applications) }.state();
        let application = application(applications / 2);
        let deploy = Command::Deploy(Deploy {
            environment: target(0),
            application: application.clone(),
            version: Version::new(21).expect("a version"),
            on_lock: OnLock::Queue,
            reason: None,
        });
        let manifests = [environment("development"), target(0)].map(|name| (name, ManifestId::EMPTY)).into();
        let create = Command::CreateRelease(CreateRelease::new(application.clone(), manifests));
        let batch = Command::Batch { commands: vec![create.clone(), deploy.clone()] };
        let context = context();
        for (name, command) in [("deploy", deploy), ("create release", create), ("batch of both", batch)] {
            drop(decide(&state, &command));
            group.bench_function(BenchmarkId::new(name, applications), |bencher| {
                bencher.iter(|| state.decide(&context, &command));
            });
        }
        group.bench_function(BenchmarkId::new("why", applications), |bencher| {
            bencher.iter(|| state.why(&context, &target(0), &application));
        });
    }
    group.finish();
}

criterion_group!(benches, one_application);
criterion_main!(benches);
