//! Moments at which processes are killed.

use std::time::Duration;

use crate::processes::{Ended, Kill};

/// Random moments, spread over the time that a process takes, which is learnt.
#[derive(Debug)]
pub(crate) struct Kills {
    random: fastrand::Rng,
    /// In milliseconds.
    longest: u64,
    /// Whether every other one also hits the git that the process has started.
    with_children: bool,
}

impl Kills {
    /// The same ones for the same name.
    pub(crate) fn of(name: &str) -> Self {
        let seed = name.bytes().fold(11, |seed: u64, byte| seed * 31 + u64::from(byte));
        Self { random: fastrand::Rng::with_seed(seed), longest: 400, with_children: false }
    }

    pub(crate) fn with_children(self) -> Self {
        Self { with_children: true, ..self }
    }

    pub(crate) fn next(&mut self) -> Kill {
        let after = Duration::from_millis(self.random.u64(1..=self.longest));
        Kill { after, with_children: self.with_children && self.random.bool() }
    }

    /// Who is killed too often gets more time, and who is not gets less.
    pub(crate) fn learn(&mut self, ended: &Ended) {
        let longer = if ended.killed { self.longest * 3 / 2 } else { self.longest * 4 / 5 };
        self.longest = longer.clamp(20, 10_000);
    }
}
