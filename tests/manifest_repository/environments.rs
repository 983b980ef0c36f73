//! Environments on disk: what changes with their configs, and what goes with them.

use kuberpult_core::{Command, EnvironmentConfig};
use kuberpult_tests::fixture::{Fixture, create_environment, deploy};
use kuberpult_tests::git;

use crate::argocd::{with_argocd, with_url};

const ARGO_CD_FILE: &str = "argocd/v1alpha1/staging.yaml";

fn update(name: &str, config: EnvironmentConfig) -> Command {
    Command::UpdateEnvironment { environment: name.parse().expect("a name"), config }
}

fn delete(name: &str, force: bool) -> Command {
    Command::DeleteEnvironment { environment: name.parse().expect("a name"), force }
}

/// The paths that the newest commit changed.
fn changed(fixture: &Fixture) -> Vec<String> {
    let paths = git::output(fixture.path(), &["diff", "--name-only", "HEAD~1", "HEAD"]);
    paths.lines().map(ToOwned::to_owned).collect()
}

fn file(fixture: &Fixture, path: &str) -> String {
    git::output(fixture.path(), &["show", &format!("HEAD:{path}")])
}

/// The fixture with Argo CD settings on staging, where version 1 of `cart` is deployed.
fn fixture() -> Fixture {
    let mut fixture = Fixture::with_cart(true);
    fixture.repo = with_url(&fixture, Some("ssh://git@example.com/manifests.git"));
    let config = EnvironmentConfig::with_upstream("development".parse().expect("a name"));
    fixture.accepted(&update("staging", with_argocd(config)));
    fixture.accepted(&deploy("cart", 1, "staging"));
    fixture
}

#[test]
fn an_update_writes_the_config_and_what_follows_from_it() {
    let mut fixture = fixture();
    let mut config = with_argocd(EnvironmentConfig::with_upstream_latest());
    fixture.accepted(&update("staging", config.clone()));
    assert_eq!(changed(&fixture), ["environments/staging/config.json"], "Argo CD's settings are the same");
    assert!(file(&fixture, "environments/staging/config.json").contains("\"latest\": true"));

    if let Some(argocd) = &mut config.argocd {
        argocd.destination.namespace = Some("shop".to_owned());
    }
    fixture.accepted(&update("staging", config));
    assert_eq!(changed(&fixture), [ARGO_CD_FILE, "environments/staging/config.json"]);
    assert_eq!(file(&fixture, ARGO_CD_FILE).matches("namespace: shop").count(), 2, "project and application");
}

#[test]
fn a_config_that_loses_argo_cd_keeps_the_file() {
    let mut fixture = fixture();
    let before = file(&fixture, ARGO_CD_FILE);
    fixture.accepted(&update("staging", EnvironmentConfig::with_upstream_latest()));
    assert_eq!(changed(&fixture), ["environments/staging/config.json"]);
    assert_eq!(file(&fixture, ARGO_CD_FILE), before);
}

#[test]
fn a_deleted_environment_takes_everything_in_it_along() {
    let mut fixture = fixture();
    git::commit_files(
        fixture.path(),
        &[("environments/staging/notes.txt", b"by hand"), ("argocd/notes.txt", b"by hand")],
    );
    let before = git::tree(fixture.path(), "HEAD");
    fixture.transact(&delete("staging", false)).expect_err("an application is deployed there");
    assert_eq!(git::tree(fixture.path(), "HEAD"), before);

    fixture.accepted(&delete("staging", true));
    let of_staging =
        |entry: &String| entry.contains("\tenvironments/staging/") || entry.ends_with(ARGO_CD_FILE);
    let others: Vec<_> = before.into_iter().filter(|entry| !of_staging(entry)).collect();
    assert_eq!(git::tree(fixture.path(), "HEAD"), others, "all of it goes, and nothing else");
    assert_eq!(git::fsck(fixture.path()), "");
}

#[test]
fn an_environment_that_is_created_and_deleted_leaves_nothing() {
    let mut fixture = fixture();
    let before = git::output(fixture.path(), &["rev-parse", "HEAD^{tree}"]);
    fixture.accepted(&create_environment("qa", with_argocd(EnvironmentConfig::default())));
    assert!(file(&fixture, "argocd/v1alpha1/qa.yaml").contains("kind: AppProject"));
    fixture.accepted(&delete("qa", false));
    assert_eq!(git::output(fixture.path(), &["rev-parse", "HEAD^{tree}"]), before);
}
