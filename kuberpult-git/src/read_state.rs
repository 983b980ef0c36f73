//! Reading a state, or the part of it that a command needs, from the tree of a commit.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use gix::ObjectId;
use kuberpult_core::{
    Actor, Application, ApplicationName, Environment, EnvironmentName, Lock, LockId, Locks, NameError, Past,
    Release, ReleasePart, ReleaseSource, Revision, Scope, Settings, Slot, State, TeamName, Version,
};

use crate::ReadError;
use crate::config_json::environment_config_from_existing_json;
use crate::layout::{
    APPLICATIONS, CONFIG, DISPLAY_VERSION, ENVIRONMENTS, LOCK_CI_LINK, LOCK_CREATED_AT,
    LOCK_CREATED_BY_EMAIL, LOCK_CREATED_BY_NAME, LOCK_MESSAGE, LOCK_SUGGESTED_LIFETIME, LOCKS, MANIFEST,
    QUEUED_VERSION, RELEASES, SETTINGS, SOURCE_AUTHOR, SOURCE_COMMIT_ID, SOURCE_MESSAGE, SOURCE_REPO_URL,
    TEAM, TEAMS, UNDEPLOY, VERSION, link_target,
};
use crate::manifest_blob;
use crate::settings_json::RepositorySettings;
use crate::tree::Directory;

/// One commit, opened for reading.
pub(crate) struct Snapshot<'repo> {
    pub(crate) settings: RepositorySettings,
    /// Settings, and the configs of all environments.
    pub(crate) configs: State,
    pub(crate) root: Directory<'repo>,
    pub(crate) environments: BTreeMap<EnvironmentName, Directory<'repo>>,
    applications: Option<Directory<'repo>>,
}

type Slots = BTreeMap<ApplicationName, Slot>;

impl<'repo> Snapshot<'repo> {
    /// Reads what every command needs: the settings, and the config of each environment.
    pub(crate) fn open(repo: &'repo gix::Repository, commit: Option<ObjectId>) -> Result<Self, ReadError> {
        let root = Directory::root(repo, commit)?;
        let settings = match root.text(SETTINGS)? {
            None => RepositorySettings::default(),
            Some(text) => RepositorySettings::from_json(&text)
                .map_err(|error| root.not_understood(SETTINGS, "kuberpult's settings", error.to_string()))?,
        };
        let mut configs = State::default();
        if let Some(releases_kept) = settings.releases_kept {
            configs.settings = Settings { releases_kept };
        }
        let mut environments = BTreeMap::new();
        if let Some(all) = root.directory(ENVIRONMENTS)? {
            for name in all.directory_names() {
                let Some(directory) = all.directory(name)?.filter(|directory| !directory.is_empty()) else {
                    continue;
                };
                let name = EnvironmentName::existing(name).map_err(|error| bad_name(&all, name, &error))?;
                let config = match directory.text(CONFIG)? {
                    None => Default::default(),
                    Some(text) => environment_config_from_existing_json(&text).map_err(|error| {
                        directory.not_understood(CONFIG, "the config of an environment", error.to_string())
                    })?,
                };
                configs.environments.insert(name.clone(), Environment { config, ..Environment::default() });
                environments.insert(name, directory);
            }
        }
        let applications = root.directory(APPLICATIONS)?;
        Ok(Self { settings, configs, root, environments, applications })
    }

    /// Reads the part of the state that a scope names, given the part of the past that it names.
    pub(crate) fn state(&self, scope: &Scope, past: BTreeMap<Revision, Past>) -> Result<State, ReadError> {
        let mut state = State { past, ..self.configs.clone() };
        for (name, environment) in &mut state.environments {
            let Some(directory) = self.environments.get(name) else { continue };
            if scope.environments.contains(name) {
                environment.locks = locks(directory)?;
                environment.team_locks = team_locks(directory)?;
            }
        }
        let names = self.read_slots(scope, &mut state)?;
        for name in names {
            if let Some(application) = self.application(&name, scope, &state)? {
                state.applications.insert(name, application);
            }
        }
        Ok(state)
    }

    /// Reads the slots of the applications in scope, in every environment, and says which applications these are.
    fn read_slots(&self, scope: &Scope, state: &mut State) -> Result<BTreeSet<ApplicationName>, ReadError> {
        let wanted = &scope.applications;
        let names_scope = |name: &EnvironmentName| {
            wanted.all || wanted.with_slot_in.contains(name) || wanted.queued_in.contains(name)
        };
        // First where slots tell which applications are in scope, whole environments; then the others.
        for (name, environment) in state.environments.iter_mut().filter(|(name, _)| names_scope(name)) {
            environment.slots = self.slots_in(name, scope, |_| true)?;
        }
        let names: BTreeSet<ApplicationName> = match wanted.names_in(state) {
            Some(names) => names.into_iter().cloned().collect(),
            None => {
                let with_slot = state.environments.values().flat_map(|environment| environment.slots.keys());
                let released = self.applications.iter().flat_map(Directory::directory_names);
                let released = released.filter_map(|name| ApplicationName::existing(name).ok());
                with_slot.cloned().chain(released).collect()
            }
        };
        for (name, environment) in &mut state.environments {
            if names_scope(name) {
                environment.slots.retain(|application, _| names.contains(application));
            } else if !names.is_empty() {
                let in_scope = |application: &str| names.contains(application);
                environment.slots = self.slots_in(name, scope, in_scope)?;
            }
        }
        Ok(names)
    }

    fn slots_in(
        &self,
        name: &EnvironmentName,
        scope: &Scope,
        wanted: impl Fn(&str) -> bool,
    ) -> Result<Slots, ReadError> {
        let mut slots = Slots::new();
        let environment = self.environments.get(name);
        let Some(applications) =
            environment.map(|environment| environment.directory(APPLICATIONS)).transpose()?.flatten()
        else {
            return Ok(slots);
        };
        let with_locks = scope.environments.contains(name);
        for text in applications.directory_names().filter(|text| wanted(text)) {
            let application =
                ApplicationName::existing(text).map_err(|error| bad_name(&applications, text, &error))?;
            let Some(directory) = applications.directory(text)? else { continue };
            let slot = Slot {
                current: version_link(&directory, VERSION, &application)?,
                queued: version_link(&directory, QUEUED_VERSION, &application)?,
                locks: if with_locks { locks(&directory)? } else { Locks::new() },
            };
            if !slot.is_empty() {
                slots.insert(application, slot);
            }
        }
        Ok(slots)
    }

    fn application(
        &self,
        name: &ApplicationName,
        scope: &Scope,
        state: &State,
    ) -> Result<Option<Application>, ReadError> {
        let directory = self.application_directory(name.as_str())?;
        let Some(directory) = directory.filter(|directory| !directory.is_empty()) else { return Ok(None) };
        let mut application = Application {
            team: team(&directory)?,
            source_repo_url: directory.text(SOURCE_REPO_URL)?.map(Into::into),
            releases: BTreeMap::new(),
        };
        let Some(releases) = directory.directory(RELEASES)? else { return Ok(Some(application)) };
        let versions = releases
            .directory_names()
            .map(|text| {
                let expected = "a version: a positive integer (later upstream versions write `<version>.<revision>`, which is not supported)";
                text.parse().map_err(|_| releases.not_understood(text, expected, "another name"))
            })
            .collect::<Result<BTreeSet<Version>, _>>()?;
        let newest = versions.last().copied();
        for version in versions {
            let part = scope.part_of(state, name, version, newest == Some(version));
            let release = match part {
                ReleasePart::VersionOnly => Release::default(),
                ReleasePart::ManifestsInScope | ReleasePart::Whole => {
                    let directory = releases.directory(&version.to_string())?;
                    directory
                        .map(|directory| release(&directory, part, scope))
                        .transpose()?
                        .unwrap_or_default()
                }
            };
            application.releases.insert(version, release);
        }
        Ok(Some(application))
    }

    /// What lies in a slot, if there is one.
    pub(crate) fn slot_directory(
        &self,
        environment: &EnvironmentName,
        application: &ApplicationName,
    ) -> Result<Option<Directory<'repo>>, ReadError> {
        let Some(environment) = self.environments.get(environment) else { return Ok(None) };
        let slots = environment.directory(APPLICATIONS)?;
        slots.map_or(Ok(None), |slots| slots.directory(application.as_str()))
    }

    pub(crate) fn application_directory(&self, name: &str) -> Result<Option<Directory<'repo>>, ReadError> {
        self.applications.as_ref().map_or(Ok(None), |all| all.directory(name))
    }

    /// The applications that are deployed in an environment, with their teams: what Argo CD is told.
    pub(crate) fn deployed_applications(
        &self,
        environment: &EnvironmentName,
    ) -> Result<BTreeMap<ApplicationName, Option<TeamName>>, ReadError> {
        let mut deployed = BTreeMap::new();
        let environment = self.environments.get(environment);
        let Some(slots) =
            environment.map(|environment| environment.directory(APPLICATIONS)).transpose()?.flatten()
        else {
            return Ok(deployed);
        };
        for text in slots.directory_names() {
            let name = ApplicationName::existing(text).map_err(|error| bad_name(&slots, text, &error))?;
            if slots.directory(text)?.is_some_and(|slot| slot.has(VERSION)) {
                let application = self.application_directory(text)?;
                let team = application.map(|application| team(&application)).transpose()?.flatten();
                deployed.insert(name, team);
            }
        }
        Ok(deployed)
    }
}

pub(crate) fn bad_name(directory: &Directory<'_>, name: &str, error: &NameError) -> ReadError {
    directory.not_understood(name, "a safe name", error.to_string())
}

pub(crate) fn team(application: &Directory<'_>) -> Result<Option<TeamName>, ReadError> {
    let Some(text) = application.text(TEAM)?.filter(|text| !text.is_empty()) else { return Ok(None) };
    TeamName::existing(&text)
        .map(Some)
        .map_err(|error| application.not_understood(TEAM, "the name of a team", error.to_string()))
}

/// The version that a slot's link points to.
pub(crate) fn version_link(
    slot: &Directory<'_>,
    link: &str,
    application: &ApplicationName,
) -> Result<Option<Version>, ReadError> {
    let Some(target) = slot.link(link)? else { return Ok(None) };
    let parse = || {
        let (_, version) = target.rsplit_once('/')?;
        let version = version.parse().ok()?;
        (target == link_target(application, version)).then_some(version)
    };
    parse().map(Some).ok_or_else(|| {
        let expected =
            format!("a symbolic link to `../../../../applications/{application}/releases/<version>`");
        slot.not_understood(link, expected, format!("one to `{}`", target.escape_debug()))
    })
}

fn release(directory: &Directory<'_>, part: ReleasePart, scope: &Scope) -> Result<Release, ReadError> {
    let mut release = Release::default();
    if let Some(environments) = directory.directory(ENVIRONMENTS)? {
        for text in environments.directory_names() {
            let name =
                EnvironmentName::existing(text).map_err(|error| bad_name(&environments, text, &error))?;
            if part != ReleasePart::Whole && !scope.environments.contains(&name) {
                continue;
            }
            let manifest =
                environments.directory(text)?.map(|there| there.file_id(MANIFEST)).transpose()?.flatten();
            if let Some(manifest) = manifest.and_then(|id| manifest_blob::manifest_of(&id)) {
                release.manifests.insert(name, manifest);
            }
        }
    }
    if part == ReleasePart::Whole {
        release.undeploy = directory.has(UNDEPLOY);
        let text =
            |name| Ok::<_, ReadError>(directory.text(name)?.filter(|text| !text.is_empty()).map(Arc::from));
        release.source = ReleaseSource {
            commit_id: text(SOURCE_COMMIT_ID)?,
            author: text(SOURCE_AUTHOR)?,
            message: text(SOURCE_MESSAGE)?,
            display_version: text(DISPLAY_VERSION)?,
        };
    }
    Ok(release)
}

fn team_locks(environment: &Directory<'_>) -> Result<BTreeMap<TeamName, Locks>, ReadError> {
    let mut team_locks = BTreeMap::new();
    let Some(teams) = environment.directory(TEAMS)? else { return Ok(team_locks) };
    for text in teams.directory_names() {
        let team = TeamName::existing(text).map_err(|error| bad_name(&teams, text, &error))?;
        let Some(directory) = teams.directory(text)? else { continue };
        let locks = locks(&directory)?;
        if !locks.is_empty() {
            team_locks.insert(team, locks);
        }
    }
    Ok(team_locks)
}

/// The locks in `locks/` of an environment, a slot or a team.
fn locks(owner: &Directory<'_>) -> Result<Locks, ReadError> {
    let mut locks = Locks::new();
    let Some(directory) = owner.directory(LOCKS)? else { return Ok(locks) };
    // To overlook a lock would be to deploy through it.
    if let Some(file) = directory.file_names().find(|name| !name.starts_with('.')) {
        return Err(directory.not_understood(file, "the directory of a lock", "something else"));
    }
    for text in directory.directory_names() {
        let id = LockId::existing(text).map_err(|error| bad_name(&directory, text, &error))?;
        let Some(lock) = directory.directory(text)? else { continue };
        locks.insert(id, self::lock(&lock)?);
    }
    Ok(locks)
}

fn lock(directory: &Directory<'_>) -> Result<Lock, ReadError> {
    let text = |name| Ok::<_, ReadError>(directory.text(name)?.map(Arc::from));
    let created_at = match directory.text(LOCK_CREATED_AT)? {
        None => None,
        Some(text) => Some(text.parse().map_err(|_| {
            let expected = "a time in RFC 3339, such as `2024-05-03T11:37:37+02:00`";
            directory.not_understood(LOCK_CREATED_AT, expected, format!("{text:?}"))
        })?),
    };
    let created_by = match (text(LOCK_CREATED_BY_NAME)?, text(LOCK_CREATED_BY_EMAIL)?) {
        (None, None) => None,
        (name, email) => Some(Actor { name: name.unwrap_or_default(), email: email.unwrap_or_default() }),
    };
    Ok(Lock {
        message: text(LOCK_MESSAGE)?.unwrap_or_default(),
        created_by,
        created_at,
        ci_link: text(LOCK_CI_LINK)?,
        suggested_lifetime: text(LOCK_SUGGESTED_LIFETIME)?,
    })
}
