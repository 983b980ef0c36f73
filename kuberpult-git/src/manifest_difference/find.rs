//! Finding what is compared: two manifests, and the releases between them.

use std::collections::BTreeMap;

use gix::ObjectId;
use kuberpult_core::{
    Application, ApplicationName, Command, Context, Deploy, EnvironmentCause, EnvironmentName, Event,
    ManifestId, NextTrain, OnLock, ReleaseScope, Scope, State, Version,
};

use super::{ManifestDifference, ReleaseSummary};
use crate::layout::{self, CREATED_AT, MANIFEST, MANIFESTS, RELEASES};
use crate::manifest_blob::{applied, blob_of, manifest_of};
use crate::read_state::Snapshot;
use crate::reader::Reader;
use crate::{DifferenceError, ManifestRepo, ReadError};

impl ManifestRepo {
    /// Compares what Argo CD applies now for an application in an environment with what a version would bring there; if
    /// none is given, with the version that the next release train would take from the upstream, be the train held back
    /// or not.
    ///
    /// ```
    /// use kuberpult_core::{Actor, Command, Context, CreateRelease, EnvironmentConfig, EnvironmentName};
    /// use kuberpult_git::{InitOptions, ManifestRepo};
    ///
    /// let directory = tempfile::tempdir()?;
    /// let mut repo = ManifestRepo::init(directory.path(), &InitOptions::default())?;
    /// let context = Context::new("2024-05-03T11:37:37Z".parse()?, Actor::new("Jo", "jo@example.com"));
    /// let staging: EnvironmentName = "staging".parse()?;
    /// let config = EnvironmentConfig::with_upstream_latest();
    /// repo.transact(&context, &Command::CreateEnvironment { environment: staging.clone(), config })?;
    /// for text in ["replicas: 1\n", "replicas: 2\n"] {
    ///     let manifest = repo.add_manifest(text.as_bytes())?;
    ///     let release = CreateRelease::new("cart".parse()?, [(staging.clone(), manifest)].into());
    ///     repo.transact(&context, &Command::CreateRelease(release))?;
    /// }
    /// let back = repo.manifest_difference(&context, &staging, &"cart".parse()?, Some("1".parse()?))?;
    /// assert!(back.goes_back());
    /// assert!(back.unified_diff(3).ends_with("@@ -1 +1 @@\n-replicas: 2\n+replicas: 1\n"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Deploying the version there by hand would be refused, there is no next train, or something cannot be read.
    pub fn manifest_difference(
        &self,
        context: &Context,
        environment: &EnvironmentName,
        application: &ApplicationName,
        version: Option<Version>,
    ) -> Result<ManifestDifference, DifferenceError> {
        let snapshot = self.snapshot(self.head()?)?;
        let next_train = version.is_none();
        let version = match version {
            Some(version) => version,
            None => next_version(&snapshot, context, environment, application)?,
        };
        let deploy = Command::Deploy(Deploy {
            environment: environment.clone(),
            application: application.clone(),
            version,
            on_lock: OnLock::Ignore,
            reason: None,
        });
        let state = snapshot.state(&deploy.scope(&snapshot.configs), BTreeMap::new())?;
        let decision = state.decide(context, &deploy)?;
        let deployed = decision.events().iter().find_map(|event| match event {
            Event::Deployed { from, manifest, .. } => Some((*from, *manifest)),
            _ => None,
        });
        // INVARIANT: what is not refused is deployed, whatever blocks it.
        let (from, manifest) = deployed.unwrap_or((None, None));
        let releases = Releases::read(&snapshot, environment, application, from, version)?;
        let copy = match from {
            None => None,
            Some(_) => self.deployed_copy(&snapshot, environment, application)?,
        };
        let nothing = ObjectId::empty_blob(self.store.git.object_hash());
        let released = from.and_then(|from| releases.manifest(from, environment));
        let read = copy.as_ref().and_then(manifest_of);
        Ok(ManifestDifference {
            environment: environment.clone(),
            application: application.clone(),
            from: from.map(|from| releases.summary(from)).transpose()?,
            to: releases.summary(version)?,
            next_train,
            before: match copy {
                None => Vec::new(),
                Some(copy) => self.manifest(copy, &layout::deployed_manifest(environment, application))?,
            },
            after: match manifest.and_then(|manifest| blob_of(&manifest, self.store.git.object_hash())) {
                None => Vec::new(),
                Some(blob) => self.manifest(blob, &layout::manifest(application, version, environment))?,
            },
            changed_by_hand: released.is_some_and(|released| {
                read.map(|read| applied(read, &nothing)) != Some(applied(released, &nothing))
            }),
            releases: releases.between(from, version)?,
        })
    }

    /// The file that Argo CD reads, if it is there.
    fn deployed_copy(
        &self,
        snapshot: &Snapshot<'_>,
        environment: &EnvironmentName,
        application: &ApplicationName,
    ) -> Result<Option<ObjectId>, ReadError> {
        let slot = snapshot.slot_directory(environment, application)?;
        let manifests = slot.map(|slot| slot.directory(MANIFESTS)).transpose()?.flatten();
        Ok(manifests.map(|manifests| manifests.file_id(MANIFEST)).transpose()?.flatten())
    }

    /// What a manifest says; a blank stands for nothing.
    fn manifest(&self, blob: ObjectId, path: &str) -> Result<Vec<u8>, ReadError> {
        if manifest_of(&blob) == Some(ManifestId::EMPTY) {
            return Ok(Vec::new());
        }
        let mut manifest = Reader::strict(&self.store).manifest(path, blob)?;
        Ok(std::mem::take(&mut manifest.data))
    }
}

/// The version that the next release train to the environment would take.
fn next_version(
    snapshot: &Snapshot<'_>,
    context: &Context,
    environment: &EnvironmentName,
    application: &ApplicationName,
) -> Result<Version, DifferenceError> {
    let scope = Scope::of_why(&snapshot.configs, environment, application, None);
    let state = snapshot.state(&scope, BTreeMap::new())?;
    let NextTrain { upstream, version, skipped, .. } =
        state.why(context, environment, application)?.next_train;
    let environment = environment.clone();
    match (version, upstream) {
        (Some(version), _) => Ok(version),
        (None, Some(upstream)) => {
            Err(DifferenceError::NothingUpstream { application: application.clone(), environment, upstream })
        }
        (None, None) => {
            let cause = skipped.unwrap_or(EnvironmentCause::NoUpstream);
            Err(DifferenceError::NoNextTrain { environment, cause })
        }
    }
}

/// An application's releases from one version to another, in either direction.
struct Releases<'a> {
    snapshot: &'a Snapshot<'a>,
    name: &'a ApplicationName,
    application: Application,
}

impl<'a> Releases<'a> {
    fn read(
        snapshot: &'a Snapshot<'a>,
        environment: &EnvironmentName,
        name: &'a ApplicationName,
        from: Option<Version>,
        to: Version,
    ) -> Result<Self, ReadError> {
        let mut scope = Scope::default();
        scope.environments.insert(environment.clone());
        scope.applications.named.insert(name.clone());
        let versions = snapshot.state(&scope, BTreeMap::new())?;
        let versions = versions.applications.get(name).into_iter().flat_map(|there| there.releases.keys());
        let (oldest, newest) = (from.map(|from| from.min(to)), from.map_or(to, |from| from.max(to)));
        let wanted = versions.copied().filter(|version| Some(*version) >= oldest && *version <= newest);
        scope.releases = ReleaseScope { whole: wanted.collect(), ..ReleaseScope::default() };
        let State { mut applications, .. } = snapshot.state(&scope, BTreeMap::new())?;
        let mut application = applications.remove(name).unwrap_or_default();
        application.releases.retain(|version, _| scope.releases.whole.contains(version));
        Ok(Self { snapshot, name, application })
    }

    fn manifest(&self, version: Version, environment: &EnvironmentName) -> Option<ManifestId> {
        self.application.releases.get(&version)?.manifests.get(environment).copied()
    }

    fn summary(&self, version: Version) -> Result<ReleaseSummary, ReadError> {
        let release = self.application.releases.get(&version);
        let directory = self.snapshot.application_directory(self.name.as_str())?;
        let directory = directory.map(|there| there.directory(RELEASES)).transpose()?.flatten();
        let directory = directory.map(|there| there.directory(&version.to_string())).transpose()?.flatten();
        let created_at = directory.and_then(|there| there.text(CREATED_AT).ok().flatten());
        Ok(ReleaseSummary {
            version,
            source: release.map(|release| release.source.clone()).unwrap_or_default(),
            created_at: created_at.and_then(|text| text.parse().ok()),
            undeploy: release.is_some_and(|release| release.undeploy),
        })
    }

    /// What comes, oldest first; or what goes, newest first.
    fn between(&self, from: Option<Version>, to: Version) -> Result<Vec<ReleaseSummary>, ReadError> {
        let goes_back = from.is_some_and(|from| to < from);
        let stays = if goes_back { Some(to) } else { from };
        let versions = self.application.releases.keys().filter(|version| Some(**version) > stays);
        let mut releases = versions.map(|version| self.summary(*version)).collect::<Result<Vec<_>, _>>()?;
        if goes_back {
            releases.reverse();
        }
        Ok(releases)
    }
}
