//! Moments at which processes are killed.

use std::time::Duration;

use crate::processes::Kill;

/// Random moments, spread over the time that a process takes.
#[derive(Debug)]
pub(crate) struct Kills {
    random: fastrand::Rng,
    /// In milliseconds.
    longest: u64,
    /// Whether every other one also hits the git that the process has started.
    with_children: bool,
}

impl Kills {
    pub(crate) fn within(milliseconds: u64, seed: u64) -> Self {
        Self { random: fastrand::Rng::with_seed(seed), longest: milliseconds, with_children: false }
    }

    pub(crate) fn with_children(self) -> Self {
        Self { with_children: true, ..self }
    }

    pub(crate) fn next(&mut self) -> Kill {
        let after = Duration::from_millis(self.random.u64(1..=self.longest));
        Kill { after, with_children: self.with_children && self.random.bool() }
    }
}
