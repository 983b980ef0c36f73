//! Recorded histories of upstream kuberpult, carried out with our commands.
//!
//! `KUBERPULT_CONFORMANCE_DIR` names the directory of the recordings. Without it the test is left out and says so. What
//! differs by design is named in `difference.rs`, applied as narrowly as `explain/` says, and counted.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "these are tests, their helpers included"
)]

mod difference;
mod explain;
mod hand_made;
mod history;
mod outcome;
mod replay;
mod situation;
mod stand_ins;
mod translate;
mod tree;

use std::sync::Mutex;
use std::thread;

use kuberpult_tests::recorded::{History, Recordings};

use crate::difference::Difference;
use crate::outcome::Report;

/// Recorded upstream histories lead to the same versions, queues and locks, and where the layout is compared, to the same trees.
#[test]
fn agrees_with_recorded_histories() {
    let Some(Recordings { histories, missing }) = Recordings::from_environment() else { return };
    for place in missing {
        println!("no histories in {}", place.display());
    }
    let report = replay_all(histories);
    println!("{report}");
    let unexplained: Vec<_> = report.0.values().flat_map(|outcome| outcome.unexplained.clone()).collect();
    assert!(unexplained.is_empty(), "{} steps differ:\n{}", unexplained.len(), unexplained.join("\n"));
}

#[test]
fn the_page_says_what_differs_and_why() {
    let page = include_str!("../../docs/recorded-histories.md");
    let stated: Vec<_> = page.lines().filter(|line| line.starts_with("| `")).collect();
    let named =
        Difference::ALL.map(|difference| format!("| `{}` | {} |", difference.name(), difference.reason()));
    assert_eq!(stated, named, "the table in docs/recorded-histories.md");
}

/// Replays histories side by side, the longest first.
fn replay_all(mut histories: Vec<History>) -> Report {
    histories.sort_by_key(|history| history.steps.len());
    let report = Mutex::new(Report::default());
    let waiting = Mutex::new(histories);
    let next = || waiting.lock().expect("no thread has failed").pop();
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                while let Some(mut history) = next() {
                    let stand_ins = stand_ins::replace(&mut history);
                    let outcome = replay::replay(&history);
                    let mut report = report.lock().expect("no thread has failed");
                    report.0.entry(history.oracle).or_default().add(outcome, stand_ins);
                }
            });
        }
    });
    report.into_inner().expect("no thread has failed")
}
