//! Reading a state, or the part of it that a command needs, from the tree of a commit.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

use gix::ObjectId;
use kuberpult_core::{
    Actor, Application, ApplicationName, Environment, EnvironmentConfig, EnvironmentName, Lock, LockId,
    Locks, ManifestId, Past, Release, ReleasePart, ReleaseSource, Revision, Scope, Settings, Slot, State,
    TeamName, Time, Version,
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
use crate::reader::Reader;
use crate::settings_json::RepositorySettings;
use crate::store::Store;
use crate::tree::{Directory, Unopened};

/// The tree of one commit, opened for reading.
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
    pub(crate) fn open(store: &'repo Store, tree: ObjectId) -> Result<Self, ReadError> {
        Self::open_with(&Reader::strict(store), tree)
    }

    /// As [`open`](Self::open), with a reader that says what becomes of what is not understood.
    pub(crate) fn open_with(reader: &Rc<Reader<'repo>>, tree: ObjectId) -> Result<Self, ReadError> {
        let root = Directory::root(Rc::clone(reader), tree)?;
        let settings = reader.or_collect(settings(&root))?.unwrap_or_default();
        let mut configs = State::default();
        if let Some(releases_kept) = settings.releases_kept {
            configs.settings = Settings { releases_kept };
        }
        let mut environments = BTreeMap::new();
        if let Some(all) = reader.or_collect(root.directory(ENVIRONMENTS))?.flatten() {
            for name in all.names(EnvironmentName::existing)? {
                let directory = reader.or_collect(all.directory(name.as_str()))?.flatten();
                if directory.as_ref().is_some_and(Directory::is_empty) {
                    continue;
                }
                // One that cannot be read is there all the same.
                let config = directory.as_ref().map(|directory| reader.or_collect(config(directory)));
                let config = config.transpose()?.flatten().unwrap_or_default();
                configs.environments.insert(name.clone(), Environment { config, ..Environment::default() });
                environments.extend(directory.map(|directory| (name, directory)));
            }
        }
        let applications = reader.or_collect(root.directory(APPLICATIONS))?.flatten();
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
        let mut released = Vec::new();
        if wanted.all
            && let Some(all) = &self.applications
        {
            released = all.names(ApplicationName::existing)?;
        }
        for (name, environment) in state.environments.iter_mut().filter(|(name, _)| names_scope(name)) {
            environment.slots = self.all_slots_in(name, scope, &released)?;
        }
        let names: BTreeSet<ApplicationName> = match wanted.names_in(state) {
            Some(names) => names.into_iter().cloned().collect(),
            None => {
                let with_slot = state.environments.values().flat_map(|environment| environment.slots.keys());
                released.into_iter().chain(with_slot.cloned()).collect()
            }
        };
        for (name, environment) in &mut state.environments {
            if wanted.all {
                continue;
            }
            if names_scope(name) {
                environment.slots.retain(|application, _| names.contains(application));
            } else if !names.is_empty() {
                environment.slots = self.slots_in(name, scope, &names)?;
            }
        }
        Ok(names)
    }

    /// Reads all slots in an environment. Names are those that are known where they are among them: one in memory for all
    /// environments.
    fn all_slots_in(
        &self,
        name: &EnvironmentName,
        scope: &Scope,
        known: &[ApplicationName],
    ) -> Result<Slots, ReadError> {
        let Some(applications) = self.slots_directory(name)? else { return Ok(Slots::new()) };
        let reader = applications.reader();
        let with_locks = scope.environments.contains(name);
        let mut known = known.iter().peekable();
        let mut slots = Vec::new();
        for (application, directory) in applications.directories(ApplicationName::existing)? {
            while known.next_if(|known| **known < application).is_some() {}
            let application = known.next_if(|known| **known == application).cloned().unwrap_or(application);
            let Some(directory) = reader.or_collect(directory.open())? else { continue };
            slots.push((slot(&directory, &application, with_locks)?, application));
        }
        let slots = slots.into_iter().filter(|(slot, _)| !slot.is_empty());
        Ok(slots.map(|(slot, application)| (application, slot)).collect())
    }

    /// Reads the slots of some applications in an environment. They are looked up, so that a few cost the same among many.
    fn slots_in(
        &self,
        name: &EnvironmentName,
        scope: &Scope,
        wanted: &BTreeSet<ApplicationName>,
    ) -> Result<Slots, ReadError> {
        let mut slots = Slots::new();
        let Some(applications) = self.slots_directory(name)? else { return Ok(slots) };
        let reader = applications.reader();
        let with_locks = scope.environments.contains(name);
        for application in wanted.iter().filter(|name| applications.has_directory(name.as_str())) {
            let directory = reader.or_collect(applications.directory(application.as_str()))?.flatten();
            let Some(directory) = directory else { continue };
            let slot = slot(&directory, application, with_locks)?;
            if !slot.is_empty() {
                slots.insert(application.clone(), slot);
            }
        }
        Ok(slots)
    }

    fn slots_directory(&self, name: &EnvironmentName) -> Result<Option<Directory<'repo>>, ReadError> {
        let Some(environment) = self.environments.get(name) else { return Ok(None) };
        Ok(environment.reader().or_collect(environment.directory(APPLICATIONS))?.flatten())
    }

    fn application(
        &self,
        name: &ApplicationName,
        scope: &Scope,
        state: &State,
    ) -> Result<Option<Application>, ReadError> {
        let Some(all) = &self.applications else { return Ok(None) };
        let reader = all.reader();
        let directory = reader.or_collect(all.directory(name.as_str()))?.flatten();
        let Some(directory) = directory.filter(|directory| !directory.is_empty()) else { return Ok(None) };
        let mut application = Application {
            team: reader.or_collect(team(&directory))?.flatten(),
            source_repo_url: reader.or_collect(directory.text(SOURCE_REPO_URL))?.flatten().map(Into::into),
            releases: Default::default(),
        };
        let releases = reader.or_collect(directory.directory(RELEASES))?.flatten();
        let Some(releases) = releases else { return Ok(Some(application)) };
        let versions = versions(&releases)?;
        let newest = versions.last().copied();
        for version in versions {
            let part = scope.part_of(state, name, version, newest == Some(version));
            let release = match part {
                ReleasePart::VersionOnly => Release::default(),
                ReleasePart::ManifestsInScope | ReleasePart::Whole => {
                    let directory = reader.or_collect(releases.directory(&version.to_string()))?.flatten();
                    let release = directory.map(|directory| release(&directory, part, scope, state));
                    release.transpose()?.unwrap_or_default()
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

    /// The names of the applications that have a release.
    pub(crate) fn application_names(&self) -> Result<Vec<ApplicationName>, ReadError> {
        self.applications.as_ref().map_or_else(|| Ok(Vec::new()), |all| all.names(ApplicationName::existing))
    }

    /// The teams that own an application.
    pub(crate) fn owners(&self) -> Result<BTreeSet<TeamName>, ReadError> {
        let Some(all) = &self.applications else { return Ok(BTreeSet::new()) };
        let directories = all.directories(ApplicationName::existing)?;
        let owners = directories.into_iter().map(|(_, directory)| team(&directory.open()?));
        owners.filter_map(Result::transpose).collect()
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
        for name in slots.names(ApplicationName::existing)? {
            if slots.directory(name.as_str())?.is_some_and(|slot| slot.has(VERSION)) {
                let application = self.application_directory(name.as_str())?;
                let team = application.map(|application| team(&application)).transpose()?.flatten();
                deployed.insert(name, team);
            }
        }
        Ok(deployed)
    }
}

fn settings(root: &Directory<'_>) -> Result<RepositorySettings, ReadError> {
    let Some(text) = root.text(SETTINGS)? else { return Ok(RepositorySettings::default()) };
    RepositorySettings::from_json(&text)
        .map_err(|error| root.not_understood(SETTINGS, "kuberpult's settings", error.to_string()))
}

/// The config of an environment; the default one if there is no file.
pub(crate) fn config(environment: &Directory<'_>) -> Result<EnvironmentConfig, ReadError> {
    let (Some(id), Some(text)) = (environment.file_id(CONFIG)?, environment.text(CONFIG)?) else {
        return Ok(EnvironmentConfig::default());
    };
    let store = environment.reader().store();
    if let Some(config) = store.config(&id) {
        return Ok((*config).clone());
    }
    let config = environment_config_from_existing_json(&text).map_err(|error| {
        environment.not_understood(CONFIG, "the config of an environment", error.to_string())
    })?;
    store.remember_config(id, &Arc::new(config.clone()), text.len());
    Ok(config)
}

/// What an application has in the directory of a slot.
pub(crate) fn slot(
    directory: &Directory<'_>,
    application: &ApplicationName,
    with_locks: bool,
) -> Result<Slot, ReadError> {
    let version = |link| {
        let version = directory.reader().or_collect(version_link(directory, link, application));
        Ok::<_, ReadError>(version?.flatten())
    };
    Ok(Slot {
        current: version(VERSION)?,
        queued: version(QUEUED_VERSION)?,
        locks: if with_locks { locks(directory)? } else { Locks::new() },
    })
}

/// What the name of a directory of releases has to be.
pub(crate) const A_VERSION: &str = "a version: a positive integer (later upstream versions write `<version>.<revision>`, which is not supported)";

/// The versions that an application has releases of.
fn versions(releases: &Directory<'_>) -> Result<BTreeSet<Version>, ReadError> {
    let mut versions = BTreeSet::new();
    for text in releases.directory_names() {
        let version =
            text.parse::<Version>().map_err(|_| releases.not_understood(&text, A_VERSION, "another name"));
        versions.extend(releases.reader().or_collect(version)?);
    }
    Ok(versions)
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
        slot.not_understood(link, expected, format!("one to `{target}`"))
    })
}

/// Reads a release. Names of environments are those of the state where it has them: one in memory for all releases.
pub(crate) fn release(
    directory: &Directory<'_>,
    part: ReleasePart,
    scope: &Scope,
    state: &State,
) -> Result<Release, ReadError> {
    let mut release = Release::default();
    let reader = directory.reader();
    if let Some(environments) = reader.or_collect(directory.directory(ENVIRONMENTS))?.flatten() {
        for (name, directory) in environments.directories(EnvironmentName::existing)? {
            if part != ReleasePart::Whole && !scope.environments.contains(&name) {
                continue;
            }
            let manifest = reader.or_collect(manifest(&directory))?.flatten();
            let known = state.environments.get_key_value(&name).map(|(known, _)| known.clone());
            let name = known.unwrap_or(name);
            release.manifests.extend(manifest.map(|manifest| (name, manifest)));
        }
    }
    if part == ReleasePart::Whole {
        release.undeploy = directory.has(UNDEPLOY);
        let text = |name| {
            let text = reader.or_collect(directory.text(name))?.flatten();
            Ok::<_, ReadError>(text.filter(|text| !text.is_empty()).map(Arc::from))
        };
        release.source = ReleaseSource {
            commit_id: text(SOURCE_COMMIT_ID)?,
            author: text(SOURCE_AUTHOR)?,
            message: text(SOURCE_MESSAGE)?,
            display_version: text(DISPLAY_VERSION)?,
        };
    }
    Ok(release)
}

/// The manifest of a release in the directory of an environment.
fn manifest(environment: &Unopened<'_, '_>) -> Result<Option<ManifestId>, ReadError> {
    Ok(environment.open()?.file_id(MANIFEST)?.and_then(|id| manifest_blob::manifest_of(&id)))
}

fn team_locks(environment: &Directory<'_>) -> Result<BTreeMap<TeamName, Locks>, ReadError> {
    let mut team_locks = BTreeMap::new();
    let reader = environment.reader();
    let Some(teams) = reader.or_collect(environment.directory(TEAMS))?.flatten() else {
        return Ok(team_locks);
    };
    for team in teams.names(TeamName::existing)? {
        let Some(directory) = reader.or_collect(teams.directory(team.as_str()))?.flatten() else { continue };
        let locks = locks(&directory)?;
        if !locks.is_empty() {
            team_locks.insert(team, locks);
        }
    }
    Ok(team_locks)
}

/// The locks in `locks/` of an environment, a slot or a team.
pub(crate) fn locks(owner: &Directory<'_>) -> Result<Locks, ReadError> {
    let mut locks = Locks::new();
    let reader = owner.reader();
    let Some(directory) = reader.or_collect(owner.directory(LOCKS))?.flatten() else { return Ok(locks) };
    // To overlook a lock would be to deploy through it.
    for file in directory.file_names().filter(|name| !name.starts_with('.')) {
        let error = directory.not_understood(&file, "the directory of a lock", "something else");
        reader.or_collect(Err::<(), _>(error))?;
    }
    for id in directory.names(LockId::existing)? {
        let Some(lock) = reader.or_collect(directory.directory(id.as_str()))?.flatten() else { continue };
        locks.insert(id, self::lock(&lock)?);
    }
    Ok(locks)
}

fn lock(directory: &Directory<'_>) -> Result<Lock, ReadError> {
    let reader = directory.reader();
    let text = |name| {
        let text = reader.or_collect(directory.text(name))?.flatten();
        Ok::<_, ReadError>(text.map(Arc::from))
    };
    let created_by = match (text(LOCK_CREATED_BY_NAME)?, text(LOCK_CREATED_BY_EMAIL)?) {
        (None, None) => None,
        (name, email) => Some(Actor { name: name.unwrap_or_default(), email: email.unwrap_or_default() }),
    };
    Ok(Lock {
        message: text(LOCK_MESSAGE)?.unwrap_or_default(),
        created_by,
        created_at: reader.or_collect(created_at(directory))?.flatten(),
        ci_link: text(LOCK_CI_LINK)?,
        suggested_lifetime: text(LOCK_SUGGESTED_LIFETIME)?,
    })
}

fn created_at(lock: &Directory<'_>) -> Result<Option<Time>, ReadError> {
    let Some(text) = lock.text(LOCK_CREATED_AT)? else { return Ok(None) };
    text.parse().map(Some).map_err(|_| {
        let expected = "a time in RFC 3339, such as `2024-05-03T11:37:37+02:00`";
        lock.not_understood(LOCK_CREATED_AT, expected, format!("{text:?}"))
    })
}
