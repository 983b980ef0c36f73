//! The way out in the naive model.

use kuberpult_core::{ApplicationName, Context, LockScope, ManifestId, Release, Version};

use super::{Answer, Naive, refused, unchanged};

impl Naive {
    pub(super) fn prepare_undeploy(&mut self, context: &Context, application: &ApplicationName) -> Answer {
        if !self.knows(application) {
            return refused(["APPLICATION_NOT_FOUND"]);
        }
        let Some(version) = self.next_version(application) else { return refused(["NO_VERSION_LEFT"]) };
        let mut release = Release { undeploy: true, ..Release::default() };
        for (environment, _) in &self.environments {
            release.manifests.insert(environment.clone(), ManifestId::EMPTY);
        }
        self.releases.push((application.clone(), version, release));
        self.deploy_newest(context, application);
        unchanged()
    }

    pub(super) fn undeploy(&mut self, application: &ApplicationName) -> Answer {
        if !self.knows(application) {
            return refused(["APPLICATION_NOT_FOUND"]);
        }
        let is_undeploy =
            |version: Version| self.release(application, version).is_some_and(|release| release.undeploy);
        let mut codes = Vec::new();
        if self.current.iter().any(|(_, name, version)| name == application && !is_undeploy(*version)) {
            codes.push("STILL_DEPLOYED");
        }
        if self.newest(application).is_some_and(|newest| !is_undeploy(newest)) {
            codes.push("UNDEPLOY_NOT_PREPARED");
        }
        if !codes.is_empty() {
            return Answer::Refused(codes);
        }
        self.applications.retain(|(name, _)| name != application);
        self.releases.retain(|(name, _, _)| name != application);
        self.current.retain(|(_, name, _)| name != application);
        self.queued.retain(|(_, name, _)| name != application);
        self.locks.retain(|(scope, _, _)| {
            !matches!(scope, LockScope::Application { application: locked, .. } if locked == application)
        });
        unchanged()
    }
}
