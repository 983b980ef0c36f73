//! What is the same in both trees and still told: the manifest that was deployed, and what a version was queued behind.

use std::collections::BTreeSet;

use kuberpult_core::{
    ApplicationName, EnvironmentName, ManifestId, ReleasePart, Scope, State, TeamName, Version,
};

use super::{Part, Parts};
use crate::ReadError;
use crate::layout::{APPLICATIONS, ENVIRONMENTS, RELEASES, TEAMS};
use crate::read_state;
use crate::tree::Directory;
use crate::tree_difference::Side;

impl Parts<'_> {
    /// Reads what is the same in both trees and is told with what is not. Freeze windows are read if it is known when the
    /// commit was made.
    pub(super) fn read_surroundings(&mut self, with_windows: bool) {
        let slots = self.changed_slots();
        if slots.is_empty() {
            return;
        }
        let root = self.root.directory(Side::After);
        let Some(root) = self.understood(root).flatten() else { return };
        let applications = self.understood(root.directory(APPLICATIONS)).flatten();
        let environments = self.understood(root.directory(ENVIRONMENTS)).flatten();
        for ChangedSlot { environment, application, deployed, is_queued } in slots {
            if let (Some(applications), Some(version)) = (&applications, deployed) {
                self.manifest(applications, &environment, &application, version);
            }
            if !is_queued {
                continue;
            }
            if let Some(applications) = &applications {
                self.owner_there(applications, &application);
            }
            if let Some(environments) = &environments {
                self.blockers(environments, &environment, &application, with_windows);
            }
        }
    }

    /// The slots in which something was deployed or queued.
    fn changed_slots(&self) -> Vec<ChangedSlot> {
        let mut changed = Vec::new();
        for (name, environment) in &self.after.environments {
            for (application, slot) in &environment.slots {
                let before = self.before.slot(name, application);
                let [current, queued] = before.map_or([None, None], |slot| [slot.current, slot.queued]);
                let deployed = slot.current.filter(|_| slot.current != current);
                // A deployment empties the queue, and what is there after it was queued anew.
                let is_queued = slot.queued.is_some() && (slot.queued != queued || slot.current != current);
                if deployed.is_some() || is_queued {
                    let (environment, application) = (name.clone(), application.clone());
                    changed.push(ChangedSlot { environment, application, deployed, is_queued });
                }
            }
        }
        changed
    }

    fn manifest(
        &mut self,
        applications: &Directory<'_>,
        environment: &EnvironmentName,
        application: &ApplicationName,
        version: Version,
    ) {
        if self.read.contains(&Part::Release(application.clone(), version)) {
            return;
        }
        let manifest = manifest(applications, environment, application, version);
        let Some(manifest) = self.understood(manifest).flatten() else { return };
        for state in [&mut self.before, &mut self.after] {
            let application = state.applications.entry(application.clone()).or_default();
            let release = application.releases.get_or_insert_default(version);
            release.manifests.insert(environment.clone(), manifest);
        }
    }

    fn owner_there(&mut self, applications: &Directory<'_>, name: &ApplicationName) {
        let read = || {
            let application = applications.directory(name.as_str())?;
            Ok(application.map(|application| read_state::team(&application)).transpose()?.flatten())
        };
        self.read_same(Part::Owner(name.clone()), read, |state, team: TeamName| {
            state.applications.entry(name.clone()).or_default().team = Some(team);
        });
    }

    /// Reads what may block an application in an environment, but for locks on the application there.
    fn blockers(
        &mut self,
        environments: &Directory<'_>,
        name: &EnvironmentName,
        application: &ApplicationName,
        with_windows: bool,
    ) {
        let environment = environments.directory(name.as_str());
        let Some(environment) = self.understood(environment).flatten() else { return };
        if with_windows {
            let read = || read_state::config(&environment).map(Some);
            self.read_same(Part::Config(name.clone()), read, |state, config| {
                if let Some(environment) = state.environments.get_mut(name) {
                    environment.config = config;
                }
            });
        }
        let read = || read_state::locks(&environment).map(Some);
        self.read_same(Part::Locks(name.clone()), read, |state, locks| {
            if let Some(environment) = state.environments.get_mut(name) {
                environment.locks = locks;
            }
        });
        let team = self.after.applications.get(application).and_then(|application| application.team.clone());
        let Some(team) = team else { return };
        let read = || {
            let Some(teams) = environment.directory(TEAMS)? else { return Ok(None) };
            let locks = teams.directory(team.as_str())?.map(|team| read_state::locks(&team)).transpose()?;
            Ok(locks.filter(|locks| !locks.is_empty()))
        };
        self.read_same(Part::TeamLocks(name.clone(), team.clone()), read, |state, locks| {
            if let Some(environment) = state.environments.get_mut(name) {
                environment.team_locks.insert(team.clone(), locks);
            }
        });
    }

    /// Reads a part that is the same on both sides, unless it has been read.
    fn read_same<T: Clone>(
        &mut self,
        part: Part,
        read: impl FnOnce() -> Result<Option<T>, ReadError>,
        put: impl Fn(&mut State, T),
    ) {
        if !self.read.insert(part) {
            return;
        }
        if let Some(value) = self.understood(read()).flatten() {
            put(&mut self.before, value.clone());
            put(&mut self.after, value);
        }
    }
}

/// A slot in which something was deployed or queued.
struct ChangedSlot {
    environment: EnvironmentName,
    application: ApplicationName,
    deployed: Option<Version>,
    is_queued: bool,
}

/// The manifest of a version for an environment, if there is one.
fn manifest(
    applications: &Directory<'_>,
    environment: &EnvironmentName,
    application: &ApplicationName,
    version: Version,
) -> Result<Option<ManifestId>, ReadError> {
    let Some(application) = applications.directory(application.as_str())? else { return Ok(None) };
    let Some(releases) = application.directory(RELEASES)? else { return Ok(None) };
    let Some(release) = releases.directory(&version.to_string())? else { return Ok(None) };
    let scope = Scope { environments: BTreeSet::from([environment.clone()]), ..Scope::default() };
    let release = read_state::release(&release, ReleasePart::ManifestsInScope, &scope, &State::default())?;
    Ok(release.manifests.get(environment).copied())
}
