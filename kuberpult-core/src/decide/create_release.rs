//! Making a release, and deploying it where the upstream is `latest`.

use alloc::sync::Arc;
use alloc::vec::Vec;

use super::cleanup::{self, append_cleanup};
use super::deploy::deployed;
use super::noted;
use crate::{
    Application, ApplicationName, Context, CreateRelease, Decision, DeploymentCause, Event, Note, Refusal,
    Rejection, Release, ReleaseSource, State, TeamName, Version,
};

pub(super) fn decide(
    state: &State,
    context: &Context,
    create: &CreateRelease,
) -> Result<Decision, Rejection> {
    let application = state.applications.get(&create.application);
    Rejection::unless_empty(refusals(create, application))?;

    let newest = application.and_then(Application::newest);
    let version = match create.version {
        Some(version) => version,
        None => next_version(&create.application, newest)?,
    };
    let release = release(create);
    if let Some(application) = application {
        if let Some(existing) = application.releases.get(&version) {
            return again(create, version, &release, application, existing);
        }
        refuse_too_old(state, create, version, application)?;
    }

    let mut events = alloc::vec![Event::ReleaseCreated {
        application: create.application.clone(),
        version,
        release: release.clone(),
    }];
    events.extend(ownership(create, application));
    let mut notes: Vec<Note> = release
        .manifests
        .keys()
        .filter(|environment| !state.environments.contains_key(*environment))
        .map(|environment| Note::ManifestForUnknownEnvironment { environment: environment.clone() })
        .collect();
    match newest {
        Some(newest) if version < newest => {
            notes.push(Note::Backfilled { application: create.application.clone(), version, newest });
        }
        _ => {
            let team = create.team.as_ref().or_else(|| state.team_of(&create.application));
            push_deployments(state, context, &create.application, team, version, &release, &mut events);
        }
    }
    append_cleanup(state, &mut events);
    Ok(noted(events, notes))
}

fn refusals(create: &CreateRelease, existing: Option<&Application>) -> Vec<Refusal> {
    let mut refusals = Vec::new();
    if existing.is_none() {
        refusals.extend(create.application.check_new().err().map(|error| Refusal::InvalidName { error }));
    }
    let same_team = existing.is_some_and(|existing| existing.team == create.team);
    if let Some(team) = create.team.as_ref().filter(|_| !same_team) {
        refusals.extend(team.check_new().err().map(|error| Refusal::InvalidName { error }));
    }
    if create.manifests.is_empty() {
        refusals.push(Refusal::NoManifests { application: create.application.clone() });
    }
    refusals
}

fn release(create: &CreateRelease) -> Release {
    let not_empty = |text: &Option<Arc<str>>| text.clone().filter(|text| !text.is_empty());
    Release {
        manifests: create.manifests.clone().into(),
        source: ReleaseSource {
            commit_id: not_empty(&create.source_commit_id).map(|id| id.to_lowercase().into()),
            author: not_empty(&create.source_author),
            message: not_empty(&create.source_message),
            display_version: not_empty(&create.display_version),
        },
        undeploy: false,
    }
}

/// The same version once more: a success when a CI job tries again, a conflict when two jobs mean different things.
fn again(
    create: &CreateRelease,
    version: Version,
    release: &Release,
    application: &Application,
    existing: &Release,
) -> Result<Decision, Rejection> {
    let mut differing = existing.differing_fields(release);
    if create.team.is_some() && create.team != application.team {
        differing.push("team".into());
    }
    let url = create.source_repo_url.as_ref().filter(|url| !url.is_empty());
    if url.is_some() && url != application.source_repo_url.as_ref() {
        differing.push("sourceRepoUrl".into());
    }
    if differing.is_empty() {
        let unchanged = Note::ReleaseUnchanged { application: create.application.clone(), version };
        Ok(noted(Vec::new(), alloc::vec![unchanged]))
    } else {
        Err(Refusal::ReleaseDiffers { application: create.application.clone(), version, differing }.into())
    }
}

fn refuse_too_old(
    state: &State,
    create: &CreateRelease,
    version: Version,
    application: &Application,
) -> Result<(), Refusal> {
    match cleanup::oldest_kept(state, &create.application, application) {
        Some(oldest) if version < oldest => {
            Err(Refusal::ReleaseTooOld { application: create.application.clone(), version, oldest })
        }
        _ => Ok(()),
    }
}

/// What the release says about its application.
fn ownership(create: &CreateRelease, application: Option<&Application>) -> impl Iterator<Item = Event> {
    let team_before = application.and_then(|application| application.team.clone());
    let team = create.team.clone().filter(|team| team_before.as_ref() != Some(team)).map(|to| {
        Event::TeamChanged { application: create.application.clone(), from: team_before, to: Some(to) }
    });
    let url_before = application.and_then(|application| application.source_repo_url.clone());
    let url =
        create.source_repo_url.clone().filter(|url| !url.is_empty() && url_before.as_ref() != Some(url)).map(
            |to| Event::SourceRepoUrlChanged {
                application: create.application.clone(),
                from: url_before,
                to: Some(to),
            },
        );
    team.into_iter().chain(url)
}

/// The version after the newest one.
pub(super) fn next_version(
    application: &ApplicationName,
    newest: Option<Version>,
) -> Result<Version, Refusal> {
    match newest {
        None => Ok(Version::FIRST),
        Some(newest) => {
            newest.next().ok_or_else(|| Refusal::NoVersionLeft { application: application.clone() })
        }
    }
}

/// The newest release goes to each environment whose upstream is `latest` and that it has a manifest for; where
/// something blocks it, it waits.
pub(super) fn push_deployments(
    state: &State,
    context: &Context,
    application: &ApplicationName,
    team: Option<&TeamName>,
    version: Version,
    release: &Release,
    events: &mut Vec<Event>,
) {
    for (name, manifest) in &release.manifests {
        let Some(environment) = state.environments.get(name) else { continue };
        if !environment.config.follows_latest() {
            continue;
        }
        let slot = environment.slots.get(application);
        let blockers = environment.blocking(name, context.now).all(application, team, slot);
        events.push(if blockers.is_empty() {
            deployed(slot, name, application, version, *manifest, DeploymentCause::NewRelease)
        } else {
            Event::Queued {
                environment: name.clone(),
                application: application.clone(),
                version,
                displaced: slot.and_then(|slot| slot.queued),
                blockers,
            }
        });
    }
}
