//! The environments in promotion order, with what holds all of their applications back; and the same as JSON.

use kuberpult_core::{
    Blocker, Blocking, EnvironmentCause, EnvironmentName, GroupName, Stage, State, Time, Upstream,
};
use serde::Serialize;

use crate::lock_list::{ListedLock, environment_locks};

/// An environment, its upstream, and what blocks in it now.
pub(crate) struct Promoted<'a> {
    pub(crate) stage: Stage<'a>,
    /// Its place in the promotion order, from 0.
    pub(crate) order: usize,
    pub(crate) blocking: Blocking<'a>,
}

/// Every environment for which there is a reason to show it.
pub(crate) fn promoted(state: &State, now: Time, shows: impl Fn(&Stage<'_>) -> bool) -> Vec<Promoted<'_>> {
    let stages = state.stages().into_iter().enumerate().filter(|(_, stage)| shows(stage));
    let promoted = stages.map(|(order, stage)| {
        let blocking = stage.environment.blocking(stage.name, now);
        Promoted { stage, order, blocking }
    });
    promoted.collect()
}

impl<'a> Promoted<'a> {
    pub(crate) fn group(&self) -> Option<&'a GroupName> {
        self.stage.environment.config.environment_group.as_ref()
    }

    /// What keeps every application from it now and is no lock.
    pub(crate) fn freezes(&self) -> impl Iterator<Item = &Blocker> {
        self.blocking.environment_level().iter().filter(|blocker| blocker.lock().is_none())
    }

    /// What makes release trains skip it and is a mistake: no upstream at all is none.
    pub(crate) fn problem(&self) -> Option<&EnvironmentCause> {
        self.stage.problem.as_ref().filter(|cause| **cause != EnvironmentCause::NoUpstream)
    }
}

/// An environment of kinds `Status` and `PromotionGraph`.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub(crate) struct PromotedEnvironment<'a> {
    environment: &'a EnvironmentName,
    order: usize,
    upstream: Option<&'a Upstream>,
    environment_group: Option<&'a GroupName>,
    /// Why release trains skip it, whatever is locked and frozen.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<&'a EnvironmentCause>,
    /// On the environment, and on teams in it.
    locks: Vec<ListedLock<'a>>,
    /// What keeps every application from it now and is no lock.
    freezes: Vec<&'a Blocker>,
}

impl<'a> From<&'a Promoted<'_>> for PromotedEnvironment<'a> {
    fn from(promoted: &'a Promoted<'_>) -> Self {
        let (name, environment) = (promoted.stage.name, promoted.stage.environment);
        Self {
            environment: name,
            order: promoted.order,
            upstream: environment.config.upstream.as_ref(),
            environment_group: environment.config.environment_group.as_ref(),
            problem: promoted.problem(),
            locks: environment_locks(name, environment),
            freezes: promoted.freezes().collect(),
        }
    }
}
