//! Argo CD's files: which of them a decision changes, and what is in them then.

use std::collections::{BTreeMap, BTreeSet};

use kuberpult_core::{ApplicationName, ArgoCd, EnvironmentName, Event, State, TeamName};

use crate::argocd_documents;
use crate::edit::{Content, Edit};
use crate::read_state::Snapshot;
use crate::{ReadError, TransactError, layout};

/// The edits of Argo CD's files that a decision's events lead to.
///
/// A file is rendered only when its inputs change: the environment's config, the set of applications deployed
/// there, or one of their teams. With thousands of applications it is megabytes.
pub(crate) fn project(
    snapshot: &Snapshot<'_>,
    events: &[Event],
    repo_url: Option<&str>,
    branch: &str,
) -> Result<Vec<Edit>, TransactError> {
    let mut after = snapshot.configs.clone();
    after.apply(events.iter().filter(|event| {
        matches!(
            event,
            Event::EnvironmentCreated { .. }
                | Event::EnvironmentUpdated { .. }
                | Event::EnvironmentDeleted { .. }
        )
    }));
    let changes = Changes::of(events);
    let mut edits = Vec::new();
    for (name, environment) in &after.environments {
        // A config that loses `argocd` keeps its file, as upstream has it. Without it Argo CD would take what runs for
        // no longer wanted and delete it; whoever wants that deletes the environment.
        let Some(argocd) = &environment.config.argocd else { continue };
        let is_new = changes.deleted.contains(name);
        let config_changed = is_new || config_changed(&snapshot.configs, name, argocd);
        let deployed_changed = changes.deployed.get(name);
        if !config_changed && deployed_changed.is_none() && changes.teams.is_empty() {
            continue;
        }
        let before = if is_new { BTreeMap::new() } else { snapshot.deployed_applications(name)? };
        let mut applications = before.clone();
        for (application, is_deployed) in deployed_changed.into_iter().flatten() {
            if !is_deployed {
                applications.remove(*application);
            } else if !applications.contains_key(*application) {
                applications.insert((*application).clone(), snapshot.team(application)?);
            }
        }
        for (application, team) in &mut applications {
            if let Some(changed) = changes.teams.get(application) {
                *team = changed.cloned();
            }
        }
        if !config_changed && applications == before {
            continue;
        }
        let repo_url = repo_url.ok_or_else(|| TransactError::NoRepoUrl { environment: name.to_string() })?;
        let applications: Vec<_> = applications.into_iter().collect();
        let yaml = argocd_documents::render(name, argocd, &applications, repo_url, branch);
        edits.push(Edit { path: layout::argocd(name), content: Content::Text(yaml) });
    }
    Ok(edits)
}

/// What a decision's events change of what Argo CD is told.
#[derive(Default)]
struct Changes<'a> {
    /// Environments that were deleted, and perhaps made again.
    deleted: BTreeSet<&'a EnvironmentName>,
    /// For each environment the applications that came or went: whether they are deployed now.
    deployed: BTreeMap<&'a EnvironmentName, BTreeMap<&'a ApplicationName, bool>>,
    /// The owner of applications whose owner changed.
    teams: BTreeMap<&'a ApplicationName, Option<&'a TeamName>>,
}

impl<'a> Changes<'a> {
    fn of(events: &'a [Event]) -> Self {
        let mut changes = Self::default();
        for event in events {
            match event {
                Event::EnvironmentDeleted { environment, .. } => {
                    changes.deleted.insert(environment);
                    changes.deployed.remove(environment);
                }
                Event::Deployed { environment, application, from: None, .. } => {
                    changes.deployed.entry(environment).or_default().insert(application, true);
                }
                Event::RemovedFromEnvironment { environment, application, .. } => {
                    changes.deployed.entry(environment).or_default().insert(application, false);
                }
                Event::TeamChanged { application, to, .. } => {
                    changes.teams.insert(application, to.as_ref());
                }
                Event::ApplicationUndeployed { application } => {
                    changes.teams.insert(application, None);
                }
                Event::EnvironmentCreated { .. }
                | Event::EnvironmentUpdated { .. }
                | Event::ReleaseCreated { .. }
                | Event::SourceRepoUrlChanged { .. }
                | Event::Deployed { .. }
                | Event::Queued { .. }
                | Event::QueueDropped { .. }
                | Event::LockCreated { .. }
                | Event::LockDeleted { .. }
                | Event::ReleaseCleanedUp { .. } => {}
            }
        }
        changes
    }
}

fn config_changed(before: &State, name: &EnvironmentName, argocd: &ArgoCd) -> bool {
    before.environments.get(name).and_then(|environment| environment.config.argocd.as_ref()) != Some(argocd)
}

/// The address to write into the files: without a password, which would be readable by whoever reads the files.
pub(crate) fn without_password(url: &str) -> String {
    match gix::url::parse(url) {
        Ok(mut parsed) if parsed.password().is_some() => {
            parsed.set_password(None);
            parsed.to_bstring().to_string()
        }
        _ => url.to_owned(),
    }
}

impl Snapshot<'_> {
    fn team(&self, application: &ApplicationName) -> Result<Option<TeamName>, ReadError> {
        self.application_directory(application.as_str())?
            .map_or(Ok(None), |directory| crate::read_state::team(&directory))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_stay_out_of_files() {
        for (url, expected) in [
            ("https://jo:secret@example.com/manifests.git", "https://jo@example.com/manifests.git"),
            ("https://jo:se:c@ret@example.com/m.git", "https://jo@example.com/m.git"),
            ("ssh://git@example.com/manifests.git", "ssh://git@example.com/manifests.git"),
            ("git@example.com:manifests.git", "git@example.com:manifests.git"),
            ("https://example.com/a@b:c/d", "https://example.com/a@b:c/d"),
        ] {
            assert_eq!(without_password(url), expected);
        }
    }
}
