//! Stating a law: for each value of a strategy, something holds.

use std::panic::Location;

use proptest::strategy::Strategy;
use proptest::test_runner::{
    Config, FailurePersistence, FileFailurePersistence, RngSeed, TestCaseError, TestError, TestRunner,
};

/// What a law says about one value.
pub type Holds = Result<(), TestCaseError>;

/// How many values a law is tried on, unless `PROPTEST_CASES` says otherwise.
pub const CASES: u32 = 128;

const SEED: u64 = 20_240_503;

/// Fails, with the smallest value that was found, unless the law holds for all values tried.
///
/// The values are the same in each run, so that a run on one machine says something about the next;
/// `PROPTEST_RNG_SEED=<number>` tries others, `PROPTEST_CASES=<number>` tries more. Values that broke a law
/// once are kept in `proptest-regressions/` and tried first.
#[track_caller]
pub fn holds<S: Strategy>(strategy: S, law: impl Fn(S::Value) -> Holds) {
    holds_for(CASES, strategy, law);
}

/// [`holds`], for another number of values.
#[track_caller]
pub fn holds_for<S: Strategy>(cases: u32, strategy: S, law: impl Fn(S::Value) -> Holds) {
    let defaults = Config::default();
    let config = Config {
        cases: if std::env::var_os("PROPTEST_CASES").is_none() { cases } else { defaults.cases },
        rng_seed: match defaults.rng_seed {
            RngSeed::Random => RngSeed::Fixed(SEED),
            fixed @ RngSeed::Fixed(_) => fixed,
        },
        source_file: Some(Location::caller().file()),
        failure_persistence: defaults.failure_persistence.is_some().then(|| {
            let kept: Box<dyn FailurePersistence> =
                Box::new(FileFailurePersistence::Direct("proptest-regressions/laws.txt"));
            kept
        }),
        max_shrink_iters: defaults.max_shrink_iters.min(4000),
        ..defaults
    };
    match TestRunner::new(config).run(&strategy, law) {
        Ok(()) => {}
        Err(TestError::Fail(why, value)) => panic!("the law does not hold: {why}\nfor\n{value:?}"),
        Err(TestError::Abort(why)) => panic!("the law could not be tried: {why}"),
    }
}
