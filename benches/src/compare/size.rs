//! [`Size`]: how large a manifest repository is, and what things in it are called.

use serde::{Deserialize, Serialize};

/// How many of what there is in a manifest repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Size {
    /// Applications, each in every environment.
    pub(crate) applications: usize,
    /// Environments: development, and targets downstream of it.
    pub(crate) environments: usize,
    /// Releases of each application, each with a manifest for every environment.
    pub(crate) releases: usize,
}

impl Size {
    /// This many applications in ten environments, with two releases.
    pub(crate) fn of(applications: usize) -> Self {
        Self { applications, environments: 10, releases: 2 }
    }

    /// How many (environment, application) slots there are.
    pub(crate) fn slots(self) -> usize {
        self.applications * self.environments
    }

    /// The version that is current in an environment: development has the newest, the targets are one behind.
    pub(crate) fn current(self, environment: usize) -> usize {
        if environment == 0 { self.releases } else { self.releases.saturating_sub(1).max(1) }
    }
}

/// The name of the application of that number; names are in the order of numbers.
pub(crate) fn application(index: usize) -> String {
    format!("application-{index:06}")
}

/// The name of the environment of that number; the first is development.
pub(crate) fn environment(index: usize) -> String {
    match index.checked_sub(1) {
        None => "development".to_owned(),
        Some(target) => format!("target-{target:03}"),
    }
}
