//! [`ManifestRepo::check`]: the fsck of a manifest repository.

use gix::ObjectId;
use kuberpult_core::{ArgoCd, EnvironmentName, Scope, State, Version, check};

use crate::layout::{self, APPLICATIONS, MANIFEST, MANIFESTS};
use crate::manifest_blob::{applied, manifest_of};
use crate::read_state::Snapshot;
use crate::tree::Directory;
use crate::{ManifestRepo, ReadError, RepositoryFinding, argocd_documents};

impl ManifestRepo {
    /// Checks the whole state at the newest commit, and what belongs to it in the repository: the manifests that Argo CD
    /// applies, and its files. None is the best answer.
    ///
    /// Argo CD's files are left out when nobody said [where it finds the repository](crate::OpenOptions::argocd_repo_url).
    ///
    /// # Errors
    /// Something cannot be read or is not understood.
    pub fn check(&self) -> Result<Vec<RepositoryFinding>, ReadError> {
        let snapshot = Snapshot::open(&self.repo, self.head()?.map(|commit| commit.0))?;
        let state = snapshot.state(&Scope::everything(&snapshot.configs), Default::default())?;
        let mut findings: Vec<_> = check(&state).into_iter().map(RepositoryFinding::State).collect();
        for (name, directory) in &snapshot.environments {
            self.check_manifests(&state, name, directory, &mut findings)?;
        }
        if let Some(repo_url) = self.repo_url(&snapshot) {
            for (name, environment) in &state.environments {
                let Some(argocd) = &environment.config.argocd else { continue };
                findings.extend(self.check_argocd_file(&snapshot, &state, name, argocd, &repo_url)?);
            }
        }
        Ok(findings)
    }

    /// Compares what Argo CD applies in an environment with the manifests of the current releases. A current version
    /// without a release or a manifest is a finding about the state.
    fn check_manifests(
        &self,
        state: &State,
        name: &EnvironmentName,
        directory: &Directory<'_>,
        findings: &mut Vec<RepositoryFinding>,
    ) -> Result<(), ReadError> {
        let Some(environment) = state.environments.get(name) else { return Ok(()) };
        let Some(slots) = directory.directory(APPLICATIONS)? else { return Ok(()) };
        let nothing = ObjectId::empty_blob(self.repo.object_hash());
        for (application, slot) in &environment.slots {
            let Some(version) = slot.current else { continue };
            let manifest = |version: Version| {
                state.applications.get(application)?.releases.get(&version)?.manifests.get(name).copied()
            };
            let Some(expected) = manifest(version) else { continue };
            let slot = slots.directory(application.as_str())?;
            let manifests = slot.map(|slot| slot.directory(MANIFESTS)).transpose()?.flatten();
            let file = manifests.map(|manifests| manifests.file_id(MANIFEST)).transpose()?.flatten();
            let (environment, application) = (name.clone(), application.clone());
            findings.extend(match file {
                None => Some(RepositoryFinding::ManifestMissing { environment, application, version }),
                Some(file) => {
                    let found = manifest_of(&file).map(|found| applied(found, &nothing));
                    (found != Some(applied(expected, &nothing)))
                        .then_some(RepositoryFinding::ManifestDiffers { environment, application, version })
                }
            });
        }
        Ok(())
    }

    fn check_argocd_file(
        &self,
        snapshot: &Snapshot<'_>,
        state: &State,
        name: &EnvironmentName,
        argocd: &ArgoCd,
        repo_url: &str,
    ) -> Result<Option<RepositoryFinding>, ReadError> {
        let Some(file) = snapshot.root.file_at(&layout::argocd(name))? else {
            return Ok(Some(RepositoryFinding::ArgoCdFileMissing { environment: name.clone() }));
        };
        let slots = state.environments.get(name).into_iter().flat_map(|environment| &environment.slots);
        let deployed: Vec<_> = slots
            .filter(|(_, slot)| slot.current.is_some())
            .map(|(application, _)| {
                let team = state.applications.get(application).and_then(|there| there.team.clone());
                (application.clone(), team)
            })
            .collect();
        let yaml = argocd_documents::render(name, argocd, &deployed, repo_url, &self.branch());
        let expected =
            gix::objs::compute_hash(self.repo.object_hash(), gix::objs::Kind::Blob, yaml.as_bytes())
                .map_err(|error| ReadError::git(format!("`{}`", layout::argocd(name)), error))?;
        let environment = name.clone();
        Ok((file != expected).then_some(RepositoryFinding::ArgoCdFileOutdated { environment }))
    }
}
