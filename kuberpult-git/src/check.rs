//! [`ManifestRepo::check`]: the fsck of a manifest repository.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use gix::ObjectId;
use gix::objs::Kind;
use kuberpult_core::{ApplicationName, ArgoCd, EnvironmentName, Finding, ManifestId, Scope, Slot, State};

use crate::layout::{
    self, APPLICATIONS, DEPLOYED_AT_UTC, DEPLOYED_BY, DEPLOYED_BY_EMAIL, MANIFEST, MANIFESTS, SETTINGS, TEAM,
};
use crate::manifest_blob::{applied, blob_of, manifest_of};
use crate::misunderstandings::Misunderstandings;
use crate::read_state::Snapshot;
use crate::reader::Reader;
use crate::tree::Directory;
use crate::{ManifestRepo, ReadError, RepositoryFinding, argocd_documents};

impl ManifestRepo {
    /// Checks the whole state at the newest commit, and what belongs to it in the repository: the manifests that Argo CD
    /// applies, and its files. None is the best answer.
    ///
    /// First comes all that is not understood or cannot be read, in the order of paths. It is left out of what is looked
    /// at then, and what may follow from it is not found a second time. Then come findings about the state, about the
    /// manifests that are applied, and about Argo CD's files; these are left out when nobody said
    /// [where it finds the repository](crate::OpenOptions::argocd_repo_url).
    ///
    /// # Errors
    /// The branch, its commit or the root directory cannot be read, or there is
    /// [more than is read at once](crate::LARGEST_READING).
    pub fn check(&self) -> Result<Vec<RepositoryFinding>, ReadError> {
        let reader = Reader::collecting(&self.store);
        let tree = self.store.tree_of(self.head()?.map(|commit| commit.0))?;
        let snapshot = Snapshot::open_with(&reader, tree)?;
        let state = snapshot.state(&Scope::everything(&snapshot.configs), Default::default())?;
        let check = Check { repo: &self.store.git, reader, snapshot: &snapshot, state: &state };
        let applied = check.applied_manifests()?;
        check.released_manifests()?;
        let argocd_files = match self.repo_url(&snapshot) {
            Some(repo_url) => check.argocd_files(&repo_url, &self.branch())?,
            None => BTreeMap::new(),
        };

        let misunderstood = Misunderstandings::of(check.reader.collected());
        let of_state = kuberpult_core::check(&state)
            .into_iter()
            .filter(|finding| !may_follow(finding, &misunderstood))
            .map(RepositoryFinding::State);
        let of_state: Vec<_> = of_state.collect();
        let argocd_files = argocd_files
            .into_iter()
            .filter(|(environment, _)| !check.may_follow_in_argocd_file(environment, &misunderstood))
            .map(|(_, finding)| finding);
        let argocd_files: Vec<_> = argocd_files.collect();
        let findings = misunderstood.into_findings().chain(of_state).chain(applied).chain(argocd_files);
        Ok(findings.collect())
    }
}

/// Whether a finding about the state may come from something that was not understood, and so was left out.
fn may_follow(finding: &Finding, misunderstood: &Misunderstandings) -> bool {
    match finding {
        Finding::DanglingVersion { application, .. } => {
            misunderstood.touch(&layout::application(application))
        }
        _ => false,
    }
}

/// What is checked, and with what.
struct Check<'a> {
    repo: &'a gix::Repository,
    reader: Rc<Reader<'a>>,
    snapshot: &'a Snapshot<'a>,
    state: &'a State,
}

impl Check<'_> {
    /// Compares what Argo CD applies with the manifests of the current releases.
    fn applied_manifests(&self) -> Result<Vec<RepositoryFinding>, ReadError> {
        let mut findings = Vec::new();
        for (name, directory) in &self.snapshot.environments {
            let Some(environment) = self.state.environments.get(name) else { continue };
            let slots = self.reader.or_collect(directory.directory(APPLICATIONS))?.flatten();
            let Some(slots) = slots else { continue };
            for (application, slot) in &environment.slots {
                let directory = self.reader.or_collect(slots.directory(application.as_str()))?.flatten();
                let Some(directory) = directory else { continue };
                for file in [DEPLOYED_BY, DEPLOYED_BY_EMAIL, DEPLOYED_AT_UTC] {
                    self.reader.or_collect(directory.file_id(file))?;
                }
                let finding = self.applied_manifest(name, application, slot, &directory);
                findings.extend(self.reader.or_collect(finding)?.flatten());
            }
        }
        Ok(findings)
    }

    /// A current version without a release or a manifest is a finding about the state.
    fn applied_manifest(
        &self,
        environment: &EnvironmentName,
        application: &ApplicationName,
        slot: &Slot,
        directory: &Directory<'_>,
    ) -> Result<Option<RepositoryFinding>, ReadError> {
        let nothing = ObjectId::empty_blob(self.repo.object_hash());
        let manifests = directory.directory(MANIFESTS)?;
        let file = manifests.map(|manifests| manifests.file_id(MANIFEST)).transpose()?.flatten();
        let releases = self.state.applications.get(application).map(|application| &application.releases);
        let Some(version) = slot.current else { return Ok(None) };
        let expected = releases
            .and_then(|releases| releases.get(&version))
            .and_then(|release| release.manifests.get(environment).copied());
        let Some(expected) = expected else { return Ok(None) };
        let found = file.map(|file| manifest_of(&file).map(|found| applied(found, &nothing)));
        let (environment, application) = (environment.clone(), application.clone());
        Ok(match found {
            None => Some(RepositoryFinding::ManifestMissing { environment, application, version }),
            Some(found) if found == Some(applied(expected, &nothing)) => None,
            Some(_) => Some(RepositoryFinding::ManifestDiffers { environment, application, version }),
        })
    }

    /// Looks whether the manifests of releases are there. Nothing else reads them before they are deployed.
    fn released_manifests(&self) -> Result<(), ReadError> {
        let mut there: BTreeSet<&ManifestId> = BTreeSet::new();
        for (application, releases) in &self.state.applications {
            for (version, release) in &releases.releases {
                for (environment, manifest) in &release.manifests {
                    if there.contains(manifest) {
                        continue;
                    }
                    let path = layout::manifest(application, *version, environment);
                    if self.reader.or_collect(self.released_manifest(manifest, &path))?.is_some() {
                        there.insert(manifest);
                    }
                }
            }
        }
        Ok(())
    }

    fn released_manifest(&self, manifest: &ManifestId, path: &str) -> Result<(), ReadError> {
        let Some(id) = blob_of(manifest, self.repo.object_hash()) else { return Ok(()) };
        let header = self.repo.find_header(id).map_err(|error| ReadError::unreadable(path, error))?;
        if header.kind() == Kind::Blob {
            return Ok(());
        }
        let found = format!("an object of kind `{}`", header.kind());
        Err(ReadError::not_understood(path, "an object of kind `blob`", &found))
    }

    /// Compares Argo CD's files with what would be written now.
    fn argocd_files(
        &self,
        repo_url: &str,
        branch: &str,
    ) -> Result<BTreeMap<EnvironmentName, RepositoryFinding>, ReadError> {
        let mut findings = BTreeMap::new();
        for (name, environment) in &self.state.environments {
            let Some(argocd) = &environment.config.argocd else { continue };
            let finding = self.argocd_file(name, argocd, repo_url, branch);
            let finding = self.reader.or_collect(finding)?.flatten();
            findings.extend(finding.map(|finding| (name.clone(), finding)));
        }
        Ok(findings)
    }

    fn argocd_file(
        &self,
        name: &EnvironmentName,
        argocd: &ArgoCd,
        repo_url: &str,
        branch: &str,
    ) -> Result<Option<RepositoryFinding>, ReadError> {
        let Some(file) = self.snapshot.root.file_at(&layout::argocd(name))? else {
            return Ok(Some(RepositoryFinding::ArgoCdFileMissing { environment: name.clone() }));
        };
        let slots = self.state.environments.get(name).into_iter().flat_map(|environment| &environment.slots);
        let deployed: Vec<_> = slots
            .filter(|(_, slot)| slot.current.is_some())
            .map(|(application, _)| {
                let team = self.state.applications.get(application).and_then(|there| there.team.clone());
                (application.clone(), team)
            })
            .collect();
        let yaml = argocd_documents::render(name, argocd, &deployed, repo_url, branch);
        let expected =
            gix::objs::compute_hash(self.repo.object_hash(), gix::objs::Kind::Blob, yaml.as_bytes())
                .map_err(|error| ReadError::git(format!("`{}`", layout::argocd(name)), error))?;
        let environment = name.clone();
        Ok((file != expected).then_some(RepositoryFinding::ArgoCdFileOutdated { environment }))
    }

    /// Whether something that goes into an environment's file for Argo CD was not understood, and so was left out.
    fn may_follow_in_argocd_file(
        &self,
        environment: &EnvironmentName,
        misunderstood: &Misunderstandings,
    ) -> bool {
        let slots = self.state.environments.get(environment).into_iter().flat_map(|there| there.slots.keys());
        let mut owners = slots.map(|application| format!("{}/{TEAM}", layout::application(application)));
        misunderstood.touch(SETTINGS)
            || misunderstood.touch(&layout::environment(environment))
            || owners.any(|path| misunderstood.touch(&path))
    }
}
