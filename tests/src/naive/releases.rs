//! Releases, deployments and cleanup in the naive model.

use std::sync::Arc;

use kuberpult_core::{
    Application, ApplicationName, Blocker, Context, CreateRelease, Deploy, EnvironmentName, OnLock, Release,
    ReleaseSource, Version,
};

use super::{Answer, Naive, refused, unchanged};

impl Naive {
    pub(super) fn create_release(&mut self, context: &Context, create: &CreateRelease) -> Answer {
        let name = &create.application;
        let mut codes = Vec::new();
        if !self.knows(name) && name.check_new().is_err() {
            codes.push("INVALID_NAME");
        }
        if create.team.as_ref().is_some_and(|team| self.team(name) != Some(team) && team.check_new().is_err())
        {
            codes.push("INVALID_NAME");
        }
        if create.manifests.is_empty() {
            codes.push("NO_MANIFESTS");
        }
        if !codes.is_empty() {
            return Answer::Refused(codes);
        }
        let newest = self.newest(name);
        let Some(version) = create.version.or_else(|| self.next_version(name)) else {
            return refused(["NO_VERSION_LEFT"]);
        };
        let release = content(create);
        if let Some(existing) = self.release(name, version) {
            let same = *existing == release
                && create.team.as_ref().is_none_or(|team| self.team(name) == Some(team))
                && given(create.source_repo_url.as_ref()).is_none_or(|url| {
                    let mut applications = self.applications.iter();
                    applications.any(|(known, it)| known == name && it.source_repo_url.as_ref() == Some(&url))
                });
            return if same { unchanged() } else { refused(["RELEASE_EXISTS_WITH_OTHER_CONTENT"]) };
        }
        let known = self.knows(name);
        self.releases.push((name.clone(), version, release));
        if known && self.cleaned_up(name).contains(&version) {
            self.releases.pop();
            return refused(["RELEASE_TOO_OLD"]);
        }
        if !known {
            self.applications.push((name.clone(), Application::default()));
        }
        for (known, application) in &mut self.applications {
            if known == name {
                application.team = create.team.clone().or_else(|| application.team.clone());
                application.source_repo_url =
                    given(create.source_repo_url.as_ref()).or_else(|| application.source_repo_url.clone());
            }
        }
        if newest.is_none_or(|newest| newest < version) {
            self.deploy_newest(context, name);
        }
        unchanged()
    }

    /// The version that a release without one gets; none after the highest there is.
    pub(super) fn next_version(&self, application: &ApplicationName) -> Option<Version> {
        match self.newest(application) {
            None => Some(Version::FIRST),
            Some(newest) => newest.get().checked_add(1).and_then(Version::new),
        }
    }

    /// The newest release, which has just been made, goes to each environment that follows `latest`.
    pub(super) fn deploy_newest(&mut self, context: &Context, application: &ApplicationName) {
        let Some(version) = self.newest(application) else { return };
        let Some(release) = self.release(application, version).cloned() else { return };
        let mut deployed = false;
        for (environment, config) in self.environments.clone() {
            let latest = config.upstream.is_some_and(|upstream| upstream.latest);
            if latest && release.manifests.contains_key(&environment) {
                if self.blockers(context.now, &environment, application).is_empty() {
                    self.make_current(&environment, application, version);
                    deployed = true;
                } else {
                    self.enqueue(&environment, application, version);
                }
            }
        }
        if deployed {
            self.clean_up(application);
        }
    }

    pub(super) fn deploy(&mut self, context: &Context, deploy: &Deploy) -> Answer {
        let Deploy { environment, application, version, on_lock, .. } = deploy;
        let there = self.config(environment).is_some();
        let mut codes = Vec::new();
        if !there {
            codes.push("ENVIRONMENT_NOT_FOUND");
        }
        match self.release(application, *version) {
            _ if !self.knows(application) => codes.push("APPLICATION_NOT_FOUND"),
            None => codes.push("RELEASE_NOT_FOUND"),
            Some(release) if there && !release.manifests.contains_key(environment) => {
                codes.push("MANIFEST_NOT_FOUND");
            }
            Some(_) => {}
        }
        if !codes.is_empty() {
            codes.sort_unstable();
            return Answer::Refused(codes);
        }
        match (on_lock, self.blockers(context.now, environment, application).first()) {
            (OnLock::Ignore, _) | (OnLock::Queue | OnLock::Fail, None) => {
                self.make_current(environment, application, *version);
                self.clean_up(application);
                unchanged()
            }
            (OnLock::Queue, Some(_)) => {
                self.enqueue(environment, application, *version);
                unchanged()
            }
            (OnLock::Fail, Some(Blocker::EnvironmentLock { .. })) => refused(["ENV_IS_LOCKED"]),
            (OnLock::Fail, Some(Blocker::TeamLock { .. })) => refused(["TEAM_IS_LOCKED"]),
            (OnLock::Fail, Some(Blocker::ApplicationLock { .. })) => refused(["APP_IS_LOCKED"]),
            (OnLock::Fail, Some(Blocker::FreezeWindow { .. })) => refused(["FREEZE_WINDOW_IS_ACTIVE"]),
            (OnLock::Fail, Some(Blocker::OutsideAllowWindows { .. })) => {
                refused(["NO_ALLOW_WINDOW_IS_ACTIVE"])
            }
        }
    }

    /// The version becomes current, and the queue is emptied.
    pub(super) fn make_current(
        &mut self,
        there: &EnvironmentName,
        application: &ApplicationName,
        version: Version,
    ) {
        self.current.retain(|(environment, name, _)| environment != there || name != application);
        self.current.push((there.clone(), application.clone(), version));
        self.dequeue(there, application);
    }

    /// The version takes the place in the queue.
    pub(super) fn enqueue(
        &mut self,
        there: &EnvironmentName,
        application: &ApplicationName,
        version: Version,
    ) {
        self.dequeue(there, application);
        self.queued.push((there.clone(), application.clone(), version));
    }

    pub(super) fn dequeue(&mut self, there: &EnvironmentName, application: &ApplicationName) {
        self.queued.retain(|(environment, name, _)| environment != there || name != application);
    }

    pub(super) fn clean_up(&mut self, application: &ApplicationName) {
        let gone = self.cleaned_up(application);
        self.releases.retain(|(name, version, _)| name != application || !gone.contains(version));
    }

    /// Of the releases older than the oldest in use, all but the newest of those that are kept. While none is in
    /// use, the newest release stands for the oldest in use.
    fn cleaned_up(&self, application: &ApplicationName) -> Vec<Version> {
        let placed = self.current.iter().chain(&self.queued);
        let in_use = placed.filter(|(_, name, _)| name == application).map(|(_, _, version)| *version);
        let Some(oldest) = in_use.min().or_else(|| self.newest(application)) else { return Vec::new() };
        let mut older: Vec<Version> = self
            .releases
            .iter()
            .filter(|(name, version, _)| name == application && *version < oldest)
            .map(|(_, version, _)| *version)
            .collect();
        older.sort_unstable();
        for _ in 1..self.releases_kept {
            older.pop();
        }
        older
    }
}

/// A text that is given and not empty.
fn given(text: Option<&Arc<str>>) -> Option<Arc<str>> {
    text.filter(|text| !text.is_empty()).cloned()
}

fn content(create: &CreateRelease) -> Release {
    Release {
        manifests: create.manifests.clone().into(),
        source: ReleaseSource {
            commit_id: given(create.source_commit_id.as_ref()).map(|id| id.to_lowercase().into()),
            author: given(create.source_author.as_ref()),
            message: given(create.source_message.as_ref()),
            display_version: given(create.display_version.as_ref()),
        },
        undeploy: false,
    }
}
