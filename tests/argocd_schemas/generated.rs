//! Argo CD settings with every key, and the file that is rendered from them.

use kuberpult_core::{
    AccessEntry, ArgoCd, Command, CreateRelease, Destination, EnvironmentConfig, IgnoreDifference, SyncWindow,
};
use kuberpult_git::{InitOptions, ManifestRepo, OpenOptions};
use kuberpult_tests::fixture::{context, create_environment};
use kuberpult_tests::git;
use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::{Strategy, any};

/// Texts that YAML could take for something else, or has to fold or to quote.
fn text() -> impl Strategy<Value = String> {
    proptest::string::string_regex("(true|null|~|0x1f|1e3|2024-05-01|- |# |[ -~äß☃\\n]{0,90})")
        .expect("a pattern")
}

fn list() -> impl Strategy<Value = Vec<String>> {
    vec(text(), 0..3)
}

/// Any settings.
pub(crate) fn argocd() -> impl Strategy<Value = ArgoCd> {
    let lists = (
        vec(sync_window(), 0..3),
        vec((text(), text()).prop_map(|(group, kind)| AccessEntry { group, kind }), 0..3),
        btree_map("[a-z]{1,8}/[a-z]{1,8}", text(), 0..3),
        vec(ignore_difference(), 0..3),
        list(),
    );
    (destination(), lists).prop_map(|(destination, lists)| {
        let mut argocd = ArgoCd::default();
        argocd.destination = destination;
        (
            argocd.sync_windows,
            argocd.access_list,
            argocd.application_annotations,
            argocd.ignore_differences,
            argocd.sync_options,
        ) = lists;
        argocd
    })
}

fn destination() -> impl Strategy<Value = Destination> {
    let namespaces = [option::of(text()), option::of(text()), option::of(text())];
    (text(), text(), namespaces).prop_map(
        |(name, server, [namespace, app_project_namespace, application_namespace])| Destination {
            name,
            server,
            namespace,
            app_project_namespace,
            application_namespace,
        },
    )
}

fn sync_window() -> impl Strategy<Value = SyncWindow> {
    (text(), text(), any::<bool>(), list()).prop_map(|(schedule, duration, allow, applications)| SyncWindow {
        schedule,
        duration,
        kind: if allow { "allow" } else { "deny" }.to_owned(),
        applications,
    })
}

fn ignore_difference() -> impl Strategy<Value = IgnoreDifference> {
    let texts = [text(), text(), text(), text()];
    (texts, [list(), list(), list()]).prop_map(
        |([group, kind, name, namespace], [json_pointers, jq_path_expressions, managed_fields_managers])| {
            IgnoreDifference {
                group,
                kind,
                name,
                namespace,
                json_pointers,
                jq_path_expressions,
                managed_fields_managers,
            }
        },
    )
}

/// The file of an environment with these settings and two applications, one of them with a team.
pub(crate) fn rendered(argocd: &ArgoCd) -> String {
    let directory = tempfile::tempdir().expect("a directory");
    let mut options = InitOptions::default();
    options.bare = true;
    ManifestRepo::init(directory.path(), &options).expect("a repository");
    let mut options = OpenOptions::default();
    options.argocd_repo_url = Some("ssh://git@example.com/manifests.git".to_owned());
    let mut repo = ManifestRepo::open(directory.path(), options).expect("a repository");
    let mut config = EnvironmentConfig::with_upstream_latest();
    config.argocd = Some(argocd.clone());
    let manifest = repo.add_manifest(b"kind: ConfigMap\n").expect("a manifest");
    let release = |application: &str, team: Option<&str>| {
        let environment = "production".parse().expect("a name");
        let create =
            CreateRelease::new(application.parse().expect("a name"), [(environment, manifest)].into());
        let team = team.map(|team| team.parse().expect("a name"));
        Command::CreateRelease(CreateRelease { team, ..create })
    };
    let commands = vec![
        create_environment("production", config),
        release("cart", None),
        release("checkout", Some("blue")),
    ];
    repo.transact(&context(), &Command::Batch { commands }).expect("the commands are accepted");
    git::output(directory.path(), &["show", "HEAD:argocd/v1alpha1/production.yaml"])
}
