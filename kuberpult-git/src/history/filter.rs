//! [`HistoryFilter`]: which part of a history is of interest.

use kuberpult_core::{ApplicationName, EnvironmentName, Event, LockScope, Time};

/// Which part of a history is of interest: what passes all that is given here.
///
/// A commit passes with those of its events that do. Without an application and an environment, commits without any event
/// pass too: somebody may have changed by hand what events do not tell of, such as `kuberpult.json`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct HistoryFilter {
    /// Only what names this application: its releases, its owner, what happened to it in environments, locks on it; and
    /// the deletion of an environment with it.
    pub application: Option<ApplicationName>,
    /// Only what names this environment: the environment itself, locks there, and what happened to applications there.
    pub environment: Option<EnvironmentName>,
    /// Only commits at this time or later, by the time of their authors.
    pub since: Option<Time>,
    /// Only commits before this time, by the time of their authors.
    pub until: Option<Time>,
}

impl HistoryFilter {
    /// Whether what happened at a time is of interest. A time that is unknown is in no period.
    pub(crate) fn covers(&self, at: Option<Time>) -> bool {
        let at = at.map(Time::to_utc);
        self.since.is_none_or(|since| at.is_some_and(|at| since.to_utc() <= at))
            && self.until.is_none_or(|until| at.is_some_and(|at| at < until.to_utc()))
    }

    /// Whether a commit without events is of interest.
    pub(crate) fn passes_without_events(&self) -> bool {
        self.application.is_none() && self.environment.is_none()
    }

    /// Whether an event names what is of interest.
    pub(crate) fn passes(&self, event: &Event) -> bool {
        let (environment, application) = names(event);
        let passes_application = |only: &ApplicationName| match event {
            Event::EnvironmentDeleted { deleted, .. } => deleted.slots.contains_key(only),
            _ => application == Some(only),
        };
        self.environment.as_ref().is_none_or(|only| environment == Some(only))
            && self.application.as_ref().is_none_or(passes_application)
    }
}

/// The environment and the application that an event names.
fn names(event: &Event) -> (Option<&EnvironmentName>, Option<&ApplicationName>) {
    match event {
        Event::EnvironmentCreated { environment, .. }
        | Event::EnvironmentUpdated { environment, .. }
        | Event::EnvironmentDeleted { environment, .. } => (Some(environment), None),
        Event::ReleaseCreated { application, .. }
        | Event::TeamChanged { application, .. }
        | Event::SourceRepoUrlChanged { application, .. }
        | Event::ApplicationUndeployed { application }
        | Event::ReleaseCleanedUp { application, .. } => (None, Some(application)),
        Event::Deployed { environment, application, .. }
        | Event::Queued { environment, application, .. }
        | Event::QueueDropped { environment, application, .. }
        | Event::RemovedFromEnvironment { environment, application, .. } => {
            (Some(environment), Some(application))
        }
        Event::LockCreated { scope, .. } | Event::LockDeleted { scope, .. } => match scope {
            LockScope::Environment { environment } | LockScope::Team { environment, .. } => {
                (Some(environment), None)
            }
            LockScope::Application { environment, application } => (Some(environment), Some(application)),
        },
    }
}
