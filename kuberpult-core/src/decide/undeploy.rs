//! The way out: the undeploy release, the end of an application, and its end in one environment.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use super::cleanup::append_cleanup;
use super::create_release::{next_version, push_deployments};
use super::noted;
use crate::{
    Application, ApplicationName, Context, Decision, EnvironmentName, Event, ManifestId, Note, Refusal,
    Rejection, Release, State, Version,
};

/// Makes the next version as an undeploy release.
pub(super) fn prepare(
    state: &State,
    context: &Context,
    name: &ApplicationName,
) -> Result<Decision, Rejection> {
    let application = known(state, name)?;
    let version = next_version(name, application.newest())?;
    let environments = state.environments.keys();
    let release = Release {
        manifests: environments.map(|environment| (environment.clone(), ManifestId::EMPTY)).collect(),
        undeploy: true,
        ..Release::default()
    };
    let mut events =
        alloc::vec![Event::ReleaseCreated { application: name.clone(), version, release: release.clone() }];
    push_deployments(state, context, name, application.team.as_ref(), version, &release, &mut events);
    append_cleanup(state, &mut events);
    Ok(events.into())
}

/// Deletes the application everywhere.
pub(super) fn decide(state: &State, name: &ApplicationName) -> Result<Decision, Rejection> {
    let application = known(state, name)?;
    let is_undeploy =
        |version: Version| application.releases.get(&version).is_some_and(|release| release.undeploy);
    let mut refusals = Vec::new();
    if let Some(newest) = application.newest().filter(|newest| !is_undeploy(*newest)) {
        refusals.push(Refusal::UndeployNotPrepared { application: name.clone(), newest });
    }
    let slots = state
        .environments
        .iter()
        .filter_map(|(there, environment)| Some((there, environment.slots.get(name)?)));
    let still_deployed: BTreeMap<EnvironmentName, Version> = slots
        .clone()
        .filter_map(|(there, slot)| {
            Some((there.clone(), slot.current.filter(|current| !is_undeploy(*current))?))
        })
        .collect();
    if !still_deployed.is_empty() {
        refusals.push(Refusal::StillDeployed { application: name.clone(), still_deployed });
    }
    Rejection::unless_empty(refusals)?;

    let removals = slots.map(|(environment, slot)| Event::RemovedFromEnvironment {
        environment: environment.clone(),
        application: name.clone(),
        removed: slot.clone().into(),
    });
    let end = Event::ApplicationUndeployed { application: name.clone() };
    Ok(removals.chain([end]).collect::<Vec<_>>().into())
}

/// Deletes one slot. Where there is none, nothing changes; upstream has it so, and a job can try again.
pub(super) fn remove_from_environment(
    state: &State,
    environment: &EnvironmentName,
    application: &ApplicationName,
) -> Result<Decision, Rejection> {
    let slots = &state.known_environment(environment)?.slots;
    let (environment, application) = (environment.clone(), application.clone());
    Ok(match slots.get(&application) {
        Some(slot) => {
            let removed = slot.clone().into();
            alloc::vec![Event::RemovedFromEnvironment { environment, application, removed }].into()
        }
        None => noted(Vec::new(), alloc::vec![Note::NotInEnvironment { environment, application }]),
    })
}

fn known<'a>(state: &'a State, name: &ApplicationName) -> Result<&'a Application, Refusal> {
    state
        .applications
        .get(name)
        .ok_or_else(|| Refusal::ApplicationNotFound { application: name.clone(), nearest: None })
}
