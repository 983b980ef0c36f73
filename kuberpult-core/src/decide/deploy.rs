//! Deploying one version of one application to one environment.

use alloc::vec::Vec;

use super::cleanup::append_cleanup;
use super::noted;
use crate::{
    ApplicationName, Context, Decision, Deploy, DeploymentCause, EnvironmentName, Event, ManifestId, Note,
    OnLock, Refusal, Rejection, Slot, State, Version,
};

pub(super) fn decide(state: &State, context: &Context, deploy: &Deploy) -> Result<Decision, Rejection> {
    let manifest = deployable(state, deploy)?;
    let Deploy { environment, application, version, .. } = deploy;
    let slot = state.slot(environment, application);
    let blockers = state.blockers(context.now, environment, application);
    let cause = match deploy.on_lock {
        OnLock::Ignore => DeploymentCause::Manual { overridden: blockers, reason: deploy.reason.clone() },
        OnLock::Queue | OnLock::Fail if blockers.is_empty() => DeploymentCause::Automatic,
        OnLock::Fail => {
            let (application, environment) = (application.clone(), environment.clone());
            return Err(Refusal::Blocked { application, version: *version, environment, blockers }.into());
        }
        OnLock::Queue => {
            let displaced = slot.and_then(|slot| slot.queued);
            let (environment, application, version) = (environment.clone(), application.clone(), *version);
            return Ok(if displaced == Some(version) {
                let note = Note::AlreadyQueued { environment, application, version, blockers };
                noted(Vec::new(), alloc::vec![note])
            } else {
                let queued = Event::Queued { environment, application, version, displaced, blockers };
                alloc::vec![queued].into()
            });
        }
    };
    let mut events = alloc::vec![deployed(slot, environment, application, *version, manifest, cause)];
    append_cleanup(state, &mut events);
    Ok(events.into())
}

/// The manifest to deploy, or everything that is missing.
fn deployable(state: &State, deploy: &Deploy) -> Result<ManifestId, Rejection> {
    let mut refusals = Vec::new();
    refusals.extend(state.known_environment(&deploy.environment).err());
    let manifest = match state.applications.get(&deploy.application) {
        None => Err(Refusal::ApplicationNotFound { application: deploy.application.clone(), nearest: None }),
        Some(application) => match application.releases.get(&deploy.version) {
            None => Err(Refusal::ReleaseNotFound {
                application: deploy.application.clone(),
                version: deploy.version,
                newest: application.newest(),
            }),
            Some(release) => {
                release.manifests.get(&deploy.environment).copied().ok_or_else(|| Refusal::ManifestNotFound {
                    application: deploy.application.clone(),
                    version: deploy.version,
                    environment: deploy.environment.clone(),
                    known: release.manifests.keys().cloned().collect(),
                })
            }
        },
    };
    match manifest {
        Ok(manifest) if refusals.is_empty() => Ok(manifest),
        Ok(_) => Err(Rejection::all(refusals)),
        // That a release has no manifest for an environment that does not exist says nothing new.
        Err(Refusal::ManifestNotFound { .. }) if !refusals.is_empty() => Err(Rejection::all(refusals)),
        Err(refusal) => {
            refusals.push(refusal);
            Err(Rejection::all(refusals))
        }
    }
}

/// The event of a deployment into a slot.
pub(super) fn deployed(
    slot: Option<&Slot>,
    environment: &EnvironmentName,
    application: &ApplicationName,
    version: Version,
    manifest: ManifestId,
    cause: DeploymentCause,
) -> Event {
    Event::Deployed {
        environment: environment.clone(),
        application: application.clone(),
        version,
        from: slot.and_then(|slot| slot.current),
        dequeued: slot.and_then(|slot| slot.queued),
        manifest: Some(manifest),
        cause,
    }
}
