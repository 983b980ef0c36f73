//! States to measure on, and what every benchmark needs.

#![expect(clippy::expect_used, reason = "a benchmark that cannot be set up has nothing to measure")]
#![expect(clippy::missing_panics_doc, reason = "only benchmarks call this, with what is valid")]

mod landscape;
mod output_floor;

pub use landscape::{GROUP, Landscape, target};
pub use output_floor::{floor_of_train, floor_of_unlock};

use kuberpult_core::{Actor, ApplicationName, Command, Context, Decision, EnvironmentName, LockId, State};

/// Somebody at some time.
#[must_use]
pub fn context() -> Context {
    let now = "2024-05-03T11:37:37Z".parse().expect("a time");
    Context::new(now, Actor::new("Jo", "jo@example.com"))
}

/// What the command leads to, which is not refused.
#[must_use]
pub fn decide(state: &State, command: &Command) -> Decision {
    state.decide(&context(), command).expect("a command that is not refused")
}

/// The name of the application of that number; names are in the order of numbers.
#[must_use]
pub fn application(index: usize) -> ApplicationName {
    ApplicationName::new(&format!("application-{index:06}")).expect("a valid name")
}

/// The environment of that name.
#[must_use]
pub fn environment(name: &str) -> EnvironmentName {
    EnvironmentName::new(name).expect("a valid name")
}

/// The id of the lock that benchmarks set and delete.
#[must_use]
pub fn lock_id() -> LockId {
    LockId::new("quarter-end").expect("a valid lock id")
}
