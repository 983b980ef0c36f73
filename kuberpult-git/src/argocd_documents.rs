//! `argocd/v1alpha1/<environment>.yaml`: an Argo CD project, and one Argo CD application for each application that
//! is deployed in the environment.

use std::borrow::Cow;
use std::collections::BTreeMap;

use kuberpult_core::{
    AccessEntry, ApplicationName, ArgoCd, Destination, EnvironmentName, IgnoreDifference, SyncWindow,
    TeamName,
};

use crate::go_yaml::{Yaml, print};

const API_VERSION: &str = "argoproj.io/v1alpha1";

/// Renders the file: byte for byte what upstream writes for the same environment.
///
/// `applications` are those with a current version, in the order of their names, each with its team.
pub(crate) fn render(
    environment: &EnvironmentName,
    argocd: &ArgoCd,
    applications: &[(ApplicationName, Option<TeamName>)],
    repo_url: &str,
    branch: &str,
) -> String {
    let mut text = String::new();
    print(&mut text, &project(environment, argocd));
    let settings = Settings::new(environment, argocd, repo_url, branch);
    for (application, team) in applications {
        text.push_str("---\n");
        print(&mut text, &settings.application(application, team.as_ref()));
    }
    text
}

fn project<'a>(environment: &'a EnvironmentName, argocd: &'a ArgoCd) -> Yaml<'a> {
    let namespace = argocd.destination.app_project_namespace.as_deref();
    let spec = Entries::default()
        .given("description", environment.as_str())
        .with("sourceRepos", list(&["*"]))
        .with("destinations", Yaml::from_iter([destination(&argocd.destination, namespace)]))
        .not_empty("syncWindows", argocd.sync_windows.iter().map(sync_window))
        .not_empty("clusterResourceWhitelist", argocd.access_list.iter().map(access_entry));
    Entries::default()
        .with("apiVersion", API_VERSION.into())
        .with("kind", "AppProject".into())
        .with("metadata", Entries::default().with("name", environment.as_str().into()).into())
        .with("spec", spec.into())
        .into()
}

/// What the Argo CD applications of an environment have in common, made once.
struct Settings<'a> {
    environment: &'a str,
    annotations: &'a BTreeMap<String, String>,
    repo_url: &'a str,
    branch: &'a str,
    destination: Yaml<'a>,
    sync_policy: Yaml<'a>,
    ignore_differences: Vec<Yaml<'a>>,
}

impl<'a> Settings<'a> {
    fn new(environment: &'a EnvironmentName, argocd: &'a ArgoCd, repo_url: &'a str, branch: &'a str) -> Self {
        let automated = Entries::default()
            .with("prune", Yaml::Bool(true))
            .with("selfHeal", Yaml::Bool(true))
            .with("allowEmpty", Yaml::Bool(true));
        let sync_policy = Entries::default()
            .with("automated", automated.into())
            .not_empty("syncOptions", texts(&argocd.sync_options));
        Self {
            environment: environment.as_str(),
            annotations: &argocd.application_annotations,
            repo_url,
            branch,
            destination: destination(
                &argocd.destination,
                argocd.destination.application_namespace.as_deref(),
            ),
            sync_policy: sync_policy.into(),
            ignore_differences: argocd.ignore_differences.iter().map(ignore_difference).collect(),
        }
    }

    fn application(&self, name: &ApplicationName, team: Option<&TeamName>) -> Yaml<'_> {
        let environment = self.environment;
        let team = team.map_or("", TeamName::as_str).to_owned();
        let path = format!("environments/{environment}/applications/{name}/manifests");
        // ours win over annotations of the same name
        let mut annotations: BTreeMap<&str, Yaml<'_>> =
            self.annotations.iter().map(|(key, value)| (key.as_str(), value.as_str().into())).collect();
        annotations.extend([
            // a webhook of the repository then concerns one application, and not all of them
            ("argocd.argoproj.io/manifest-generate-paths", format!("/{path}").into()),
            ("com.freiheit.kuberpult/application", name.as_str().to_owned().into()),
            ("com.freiheit.kuberpult/environment", environment.into()),
            ("com.freiheit.kuberpult/team", team.clone().into()),
        ]);
        let metadata = Entries::default()
            .with("name", format!("{environment}-{name}").into())
            .with("annotations", annotations.into_iter().collect())
            .with("labels", Entries::default().with("com.freiheit.kuberpult/team", team.into()).into())
            .with("finalizers", list(&["resources-finalizer.argocd.argoproj.io"]));
        let source = Entries::default()
            .with("repoURL", self.repo_url.into())
            .with("path", path.into())
            .given("targetRevision", self.branch);
        let spec = Entries::default()
            .with("source", source.into())
            .with("destination", self.destination.clone())
            .with("project", environment.into())
            .with("syncPolicy", self.sync_policy.clone())
            .not_empty("ignoreDifferences", self.ignore_differences.iter().cloned());
        Entries::default()
            .with("apiVersion", API_VERSION.into())
            .with("kind", "Application".into())
            .with("metadata", metadata.into())
            .with("spec", spec.into())
            .into()
    }
}

/// `namespace` for both documents goes before the one for this document.
fn destination<'a>(destination: &'a Destination, own_namespace: Option<&'a str>) -> Yaml<'a> {
    let namespace = destination.namespace.as_deref().or(own_namespace);
    Entries::default()
        .given("name", &destination.name)
        .given("namespace", namespace.unwrap_or_default())
        .given("server", &destination.server)
        .into()
}

fn sync_window(window: &SyncWindow) -> Yaml<'_> {
    let applications = if window.applications.is_empty() { list(&["*"]) } else { list(&window.applications) };
    Entries::default()
        .given("kind", &window.kind)
        .given("schedule", &window.schedule)
        .given("duration", &window.duration)
        .with("applications", applications)
        .with("manualSync", Yaml::Bool(true))
        .into()
}

fn access_entry(entry: &AccessEntry) -> Yaml<'_> {
    Entries::default().given("group", &entry.group).given("kind", &entry.kind).into()
}

fn ignore_difference(difference: &IgnoreDifference) -> Yaml<'_> {
    Entries::default()
        .given("group", &difference.group)
        .with("kind", difference.kind.as_str().into())
        .given("name", &difference.name)
        .given("namespace", &difference.namespace)
        .not_empty("jsonPointers", texts(&difference.json_pointers))
        .not_empty("jqPathExpressions", texts(&difference.jq_path_expressions))
        .not_empty("managedFieldsManagers", texts(&difference.managed_fields_managers))
        .into()
}

fn texts(texts: &[String]) -> impl ExactSizeIterator<Item = Yaml<'_>> {
    texts.iter().map(|text| text.as_str().into())
}

fn list<'a, T: AsRef<str>>(texts: &'a [T]) -> Yaml<'a> {
    texts.iter().map(|text| Yaml::from(text.as_ref())).collect()
}

/// The entries of a mapping, some of which are left out when empty, as Go's `omitempty` does.
#[derive(Default)]
struct Entries<'a>(Vec<(Cow<'a, str>, Yaml<'a>)>);

impl<'a> Entries<'a> {
    fn with(mut self, key: &'static str, value: Yaml<'a>) -> Self {
        self.0.push((Cow::Borrowed(key), value));
        self
    }

    fn given(self, key: &'static str, text: &'a str) -> Self {
        if text.is_empty() { self } else { self.with(key, text.into()) }
    }

    fn not_empty(self, key: &'static str, items: impl ExactSizeIterator<Item = Yaml<'a>>) -> Self {
        if items.len() == 0 { self } else { self.with(key, items.collect()) }
    }
}

impl<'a> From<Entries<'a>> for Yaml<'a> {
    fn from(entries: Entries<'a>) -> Self {
        Self::Mapping(entries.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rendered(argocd: &ArgoCd, applications: &[(&str, Option<&str>)]) -> String {
        let applications: Vec<_> = applications
            .iter()
            .map(|(name, team)| (name.parse().unwrap(), team.map(|team| team.parse().unwrap())))
            .collect();
        render(&"dev".parse().unwrap(), argocd, &applications, "ssh://git@example.com/m.git", "main")
    }

    #[test]
    fn an_environment_without_applications_has_its_project() {
        let expected = "\
apiVersion: argoproj.io/v1alpha1
kind: AppProject
metadata:
  name: dev
spec:
  description: dev
  destinations:
  - {}
  sourceRepos:
  - '*'
";
        assert_eq!(rendered(&ArgoCd::default(), &[]), expected);
    }

    #[test]
    fn every_setting_has_its_place() {
        let mut argocd = ArgoCd::default();
        argocd.destination.server = "https://example.com".into();
        argocd.destination.app_project_namespace = Some("*".into());
        argocd.destination.application_namespace = Some("apps".into());
        argocd.sync_windows = vec![
            SyncWindow {
                schedule: "0 9 * * *".into(),
                duration: "2h".into(),
                kind: "deny".into(),
                ..SyncWindow::default()
            },
            SyncWindow { applications: vec!["cart".into()], ..SyncWindow::default() },
        ];
        argocd.access_list = vec![AccessEntry { group: "*".into(), kind: "ClusterRole".into() }];
        argocd.application_annotations =
            [("com.freiheit.kuberpult/team", "x"), ("note", "yes")].map(|(k, v)| (k.into(), v.into())).into();
        argocd.ignore_differences = vec![IgnoreDifference {
            group: "apps".into(),
            kind: "Deployment".into(),
            json_pointers: vec!["/spec/replicas".into()],
            ..IgnoreDifference::default()
        }];
        argocd.sync_options = vec!["ApplyOutOfSyncOnly=true".into()];
        let expected = "\
apiVersion: argoproj.io/v1alpha1
kind: AppProject
metadata:
  name: dev
spec:
  clusterResourceWhitelist:
  - group: '*'
    kind: ClusterRole
  description: dev
  destinations:
  - namespace: '*'
    server: https://example.com
  sourceRepos:
  - '*'
  syncWindows:
  - applications:
    - '*'
    duration: 2h
    kind: deny
    manualSync: true
    schedule: 0 9 * * *
  - applications:
    - cart
    manualSync: true
---
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  annotations:
    argocd.argoproj.io/manifest-generate-paths: /environments/dev/applications/cart/manifests
    com.freiheit.kuberpult/application: cart
    com.freiheit.kuberpult/environment: dev
    com.freiheit.kuberpult/team: blue
    note: \"yes\"
  finalizers:
  - resources-finalizer.argocd.argoproj.io
  labels:
    com.freiheit.kuberpult/team: blue
  name: dev-cart
spec:
  destination:
    namespace: apps
    server: https://example.com
  ignoreDifferences:
  - group: apps
    jsonPointers:
    - /spec/replicas
    kind: Deployment
  project: dev
  source:
    path: environments/dev/applications/cart/manifests
    repoURL: ssh://git@example.com/m.git
    targetRevision: main
  syncPolicy:
    automated:
      allowEmpty: true
      prune: true
      selfHeal: true
    syncOptions:
    - ApplyOutOfSyncOnly=true
";
        assert_eq!(rendered(&argocd, &[("cart", Some("blue"))]), expected);
    }

    #[test]
    fn one_namespace_serves_both_documents() {
        let mut argocd = ArgoCd::default();
        argocd.destination.namespace = Some("all".into());
        argocd.destination.app_project_namespace = Some("x".into());
        argocd.destination.application_namespace = Some("y".into());
        let text = rendered(&argocd, &[("cart", None), ("shop", None)]);
        assert_eq!(text.matches("namespace: all\n").count(), 3);
        assert_eq!(text.matches("namespace:").count(), 3);
        assert_eq!(text.matches("com.freiheit.kuberpult/team: \"\"\n").count(), 4);
        assert_eq!(text.matches("---\n").count(), 2);
    }
}
