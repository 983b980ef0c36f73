//! Emptying full queues, beside the floor: building the events with nothing decided.

#![expect(clippy::expect_used, reason = "a benchmark that cannot be set up has nothing to measure")]

use std::time::Duration;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use kuberpult_benches::{Landscape, application, context, decide, floor_of_unlock, lock_id, target};
use kuberpult_core::{Command, Lock, State, TeamName};

/// Unlocking the environment, settling it, and unlocking a team that owns every application: linear in what is queued.
fn full(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("queue/full");
    group.sample_size(20).warm_up_time(Duration::from_millis(300)).measurement_time(Duration::from_secs(1));
    for applications in [100, 1_000, 10_000] {
        let landscape = Landscape { queued: true, ..Landscape::of(applications) };
        group.throughput(Throughput::Elements(applications as u64));
        let state = landscape.state();
        group.bench_function(BenchmarkId::new("floor", applications), |bencher| {
            bencher.iter(|| floor_of_unlock(&state, &target(0)));
        });
        let mut bench = |name: &str, state: &State, command: &Command| {
            let settled = decide(state, command).events().len();
            assert!(settled >= applications, "{name} settles {settled} of {applications} queues");
            let context = context();
            group.bench_function(BenchmarkId::new(name, applications), |bencher| {
                bencher.iter(|| state.decide(&context, command));
            });
        };
        bench("settle", &state, &Command::SettleQueue { environment: Some(target(0)) });
        bench("unlock environment", &landscape.state_with_locked_targets(), &unlock_environment());
        let (state, unlock) = team_lock(state);
        bench("unlock team", &state, &unlock);
    }
    group.finish();
}

/// Unlocking one application, in an environment where every other one is queued too: flat.
fn one(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("queue/one");
    group.sample_size(50).warm_up_time(Duration::from_millis(300)).measurement_time(Duration::from_secs(1));
    for applications in [100, 1_000, 10_000] {
        let state = Landscape { queued: true, locked: true, ..Landscape::of(applications) }.state();
        let (environment, application) = (target(0), application(applications / 2));
        let unlock =
            Command::DeleteApplicationLock { environment, application, lock_id: lock_id(), queued: None };
        assert_eq!(decide(&state, &unlock).events().len(), 2, "the lock goes, the queue is settled");
        let context = context();
        group.bench_function(BenchmarkId::new("unlock application", applications), |bencher| {
            bencher.iter(|| state.decide(&context, &unlock));
        });
    }
    group.finish();
}

fn unlock_environment() -> Command {
    Command::DeleteEnvironmentLock { environment: target(0), lock_id: lock_id(), queued: None }
}

/// The state with one team that owns every application and is locked in the target, and the command that unlocks it.
fn team_lock(mut state: State) -> (State, Command) {
    let team: TeamName = "everybody".parse().expect("a name");
    for application in state.applications.values_mut() {
        application.team = Some(team.clone());
    }
    let there = state.environments.get_mut(&target(0)).expect("the target");
    there.team_locks.insert(team.clone(), [(lock_id(), Lock::default())].into());
    (state, Command::DeleteTeamLock { environment: target(0), team, lock_id: lock_id(), queued: None })
}

criterion_group!(benches, full, one);
criterion_main!(benches);
