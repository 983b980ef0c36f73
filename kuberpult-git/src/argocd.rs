//! Argo CD's files: which of them a decision changes, and what is in them then.

use std::collections::{BTreeMap, BTreeSet};

use kuberpult_core::{ApplicationName, ArgoCd, EnvironmentName, Event, State, TeamName};

use crate::argocd_documents;
use crate::project::{Content, Edit};
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
    let teams: BTreeMap<&ApplicationName, &TeamName> = events
        .iter()
        .filter_map(|event| match event {
            Event::TeamChanged { application, to, .. } => Some((application, to)),
            _ => None,
        })
        .collect();
    let mut after = snapshot.configs.clone();
    after.apply(events.iter().filter(|event| matches!(event, Event::EnvironmentCreated { .. })));

    let mut edits = Vec::new();
    for (name, environment) in &after.environments {
        let Some(argocd) = &environment.config.argocd else { continue };
        let deployed_first = deployed_for_the_first_time(name, events);
        let config_changed = config_changed(&snapshot.configs, name, argocd);
        if !config_changed && deployed_first.is_empty() && teams.is_empty() {
            continue;
        }
        let before = snapshot.deployed_applications(name)?;
        let team_changed = teams.iter().any(|(application, team)| {
            before.get(*application).is_some_and(|before| before.as_ref() != Some(team))
        });
        if !config_changed && deployed_first.is_empty() && !team_changed {
            continue;
        }
        let mut applications = before;
        for application in deployed_first {
            let team = snapshot.team(application)?;
            applications.insert(application.clone(), team);
        }
        for (application, team) in &mut applications {
            if let Some(changed) = teams.get(application) {
                *team = Some((*changed).clone());
            }
        }
        let repo_url = repo_url.ok_or_else(|| TransactError::NoRepoUrl { environment: name.to_string() })?;
        let applications: Vec<_> = applications.into_iter().collect();
        let yaml = argocd_documents::render(name, argocd, &applications, repo_url, branch);
        edits.push(Edit { path: layout::argocd(name), content: Content::Text(yaml) });
    }
    Ok(edits)
}

fn deployed_for_the_first_time<'a>(
    name: &EnvironmentName,
    events: &'a [Event],
) -> BTreeSet<&'a ApplicationName> {
    events
        .iter()
        .filter_map(|event| match event {
            Event::Deployed { environment, application, from: None, .. } if environment == name => {
                Some(application)
            }
            _ => None,
        })
        .collect()
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
