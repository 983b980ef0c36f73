//! Where everything lies in the tree of a manifest repository.

use kuberpult_core::{ApplicationName, EnvironmentName, LockId, LockScope, Version};

pub(crate) const ENVIRONMENTS: &str = "environments";
pub(crate) const APPLICATIONS: &str = "applications";
pub(crate) const RELEASES: &str = "releases";
pub(crate) const LOCKS: &str = "locks";
pub(crate) const TEAMS: &str = "teams";

const ARGOCD: &str = "argocd/v1alpha1";

pub(crate) const SETTINGS: &str = "kuberpult.json";
pub(crate) const CONFIG: &str = "config.json";
pub(crate) const MANIFEST: &str = "manifests.yaml";

pub(crate) const VERSION: &str = "version";
pub(crate) const QUEUED_VERSION: &str = "queued_version";
pub(crate) const MANIFESTS: &str = "manifests";
pub(crate) const DEPLOYED_BY: &str = "deployed_by";
pub(crate) const DEPLOYED_BY_EMAIL: &str = "deployed_by_email";
pub(crate) const DEPLOYED_AT_UTC: &str = "deployed_at_utc";

pub(crate) const TEAM: &str = "team";
pub(crate) const SOURCE_REPO_URL: &str = "sourceRepoUrl";

pub(crate) const SOURCE_COMMIT_ID: &str = "source_commit_id";
pub(crate) const SOURCE_AUTHOR: &str = "source_author";
pub(crate) const SOURCE_MESSAGE: &str = "source_message";
pub(crate) const DISPLAY_VERSION: &str = "display_version";
pub(crate) const CREATED_AT: &str = "created_at";
pub(crate) const UNDEPLOY: &str = "undeploy";

pub(crate) const LOCK_MESSAGE: &str = "message";
pub(crate) const LOCK_CREATED_BY_NAME: &str = "created_by_name";
pub(crate) const LOCK_CREATED_BY_EMAIL: &str = "created_by_email";
pub(crate) const LOCK_CREATED_AT: &str = "created_at";
pub(crate) const LOCK_CI_LINK: &str = "ci_link";
pub(crate) const LOCK_SUGGESTED_LIFETIME: &str = "suggested_lifetime";

/// `environments/<environment>`
pub(crate) fn environment(environment: &EnvironmentName) -> String {
    format!("{ENVIRONMENTS}/{environment}")
}

/// `environments/<environment>/applications/<application>`
pub(crate) fn slot(environment: &EnvironmentName, application: &ApplicationName) -> String {
    format!("{ENVIRONMENTS}/{environment}/{APPLICATIONS}/{application}")
}

/// `environments/<environment>/applications/<application>/manifests/manifests.yaml`
pub(crate) fn deployed_manifest(environment: &EnvironmentName, application: &ApplicationName) -> String {
    format!("{}/{MANIFESTS}/{MANIFEST}", slot(environment, application))
}

/// `applications/<application>`
pub(crate) fn application(application: &ApplicationName) -> String {
    format!("{APPLICATIONS}/{application}")
}

/// `applications/<application>/releases/<version>`
pub(crate) fn release(application: &ApplicationName, version: Version) -> String {
    format!("{APPLICATIONS}/{application}/{RELEASES}/{version}")
}

/// `applications/<application>/releases/<version>/environments/<environment>/manifests.yaml`
pub(crate) fn manifest(
    application: &ApplicationName,
    version: Version,
    environment: &EnvironmentName,
) -> String {
    format!("{}/{ENVIRONMENTS}/{environment}/{MANIFEST}", release(application, version))
}

/// What the links `version` and `queued_version` of a slot point to.
pub(crate) fn link_target(application: &ApplicationName, version: Version) -> String {
    format!("../../../../{}", release(application, version))
}

/// The directory of a lock.
pub(crate) fn lock(scope: &LockScope, id: &LockId) -> String {
    let owner = match scope {
        LockScope::Environment { environment } => self::environment(environment),
        LockScope::Team { environment, team } => format!("{ENVIRONMENTS}/{environment}/{TEAMS}/{team}"),
        LockScope::Application { environment, application } => slot(environment, application),
    };
    format!("{owner}/{LOCKS}/{id}")
}

/// `argocd/v1alpha1/<environment>.yaml`
pub(crate) fn argocd(environment: &EnvironmentName) -> String {
    format!("{ARGOCD}/{environment}.yaml")
}

/// Whether a path is that of a file for Argo CD.
pub(crate) fn is_argocd(path: &str) -> bool {
    path.strip_prefix(ARGOCD).is_some_and(|rest| rest.starts_with('/'))
}
