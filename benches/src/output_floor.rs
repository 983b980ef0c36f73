//! The floor: what it costs to build a decision and to throw it away, with nothing decided.

use std::collections::BTreeMap;

use kuberpult_core::{
    ApplicationReport, DeploymentCause, EnvironmentName, Event, ManifestId, Outcome, State, Version,
};

/// Builds what a train to one environment makes that deploys every candidate: the two names cloned, an event and an
/// outcome for each.
#[must_use]
pub fn floor_of_train(state: &State, target: &EnvironmentName) -> (Vec<Event>, Vec<ApplicationReport>) {
    let slots = state.environments.get(target).map(|there| &there.slots);
    let outcomes = slots.into_iter().flatten().map(|(application, slot)| ApplicationReport {
        application: application.clone(),
        outcome: Outcome::Deployed { from: slot.current, to: Version::FIRST, dropped: None },
    });
    let mut reports = Vec::with_capacity(slots.map_or(0, BTreeMap::len));
    reports.extend(outcomes);
    (floor_of_unlock(state, target), reports)
}

/// Builds what an unlock makes that deploys everything in the queue: the two names cloned and an event for each.
#[must_use]
pub fn floor_of_unlock(state: &State, target: &EnvironmentName) -> Vec<Event> {
    let slots = state.environments.get(target).map(|there| &there.slots);
    let deployed = slots.into_iter().flatten().map(|(application, slot)| Event::Deployed {
        environment: target.clone(),
        application: application.clone(),
        version: Version::FIRST,
        from: slot.current,
        dequeued: slot.queued,
        manifest: Some(ManifestId::EMPTY),
        cause: DeploymentCause::ReleaseTrain,
    });
    let mut events = Vec::with_capacity(slots.map_or(0, BTreeMap::len));
    events.extend(deployed);
    events
}
