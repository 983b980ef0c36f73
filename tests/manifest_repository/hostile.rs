//! Whatever somebody pushes into a manifest repository: no panic, no end in sight that never comes, errors that say what is
//! where, and what is not ours stays.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use kuberpult_tests::mutate::Mutation;
use kuberpult_tests::stranger::{Outcome, Stranger};
use proptest::collection::vec;
use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::TestRunner;

/// How many pushes are tried.
const PUSHES: usize = 300;

/// Pushes in a row, from bytes that are the same each time. The last that is printed is the one that breaks a promise.
fn pushes(stranger: &mut Stranger) -> Vec<Outcome> {
    let mut runner = TestRunner::deterministic();
    let bytes = vec(proptest::num::u8::ANY, 16);
    let mut push = || {
        let bytes = bytes.new_tree(&mut runner).expect("bytes").current();
        println!("{bytes:?}");
        stranger.push(&bytes)
    };
    (0..PUSHES).map(|_| push()).collect()
}

/// The promises are checked by [`Stranger::push`]. What is counted here shows that they are checked on something.
#[test]
fn nothing_that_is_pushed_breaks_a_promise() {
    let outcomes = pushes(&mut Stranger::new());
    let count = |wanted: fn(&Outcome) -> bool| outcomes.iter().filter(|outcome| wanted(outcome)).count();
    let counts = [
        ("opened", count(|outcome| outcome.opened), PUSHES / 2),
        ("not opened", count(|outcome| !outcome.opened), PUSHES / 100),
        ("read", count(|outcome| outcome.read), PUSHES / 10),
        ("not read", count(|outcome| outcome.opened && !outcome.read), PUSHES / 10),
        ("carried out", count(|outcome| outcome.accepted), PUSHES / 10),
        (
            "carried out though not all is understood",
            count(|outcome| outcome.accepted && !outcome.read),
            PUSHES / 50,
        ),
        ("clean", count(|outcome| outcome.clean), PUSHES / 100),
    ];
    for (what, count, least) in counts {
        assert!(count >= least, "{what}: {count} of {PUSHES}, expected {least}; all: {counts:?}");
    }
    let mut mutations: BTreeMap<Mutation, (usize, usize)> = BTreeMap::new();
    for outcome in &outcomes {
        for mutation in &outcome.mutations {
            let (often, noticed) = mutations.entry(*mutation).or_default();
            *often += 1;
            *noticed += usize::from(!outcome.not_understood.is_empty());
        }
    }
    for mutation in Mutation::ALL {
        let (often, noticed) = mutations.get(&mutation).copied().unwrap_or_default();
        assert!(often >= 10 && noticed >= 1, "{mutation}: {often} times, noticed {noticed} times");
    }
}

/// What the fuzzer found interesting is tried here, where no fuzzer is needed.
#[test]
fn the_seeds_of_the_fuzzer_break_no_promise() {
    let directory = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../fuzz/seeds/push"));
    let seeds = fs::read_dir(&directory).expect("fuzz/seeds/push is there");
    let mut stranger = Stranger::new();
    let mut tried = 0;
    for seed in seeds {
        let path = seed.expect("an entry").path();
        let bytes = fs::read(&path).expect("a file");
        println!("{}", path.display());
        stranger.push(&bytes);
        tried += 1;
    }
    assert!(tried >= 20, "{tried} seeds in {}", directory.display());
}
