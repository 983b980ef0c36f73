//! What the check of a repository finds, and that it finds nothing where nothing is wrong.

use std::fs;
use std::path::Path;

use kuberpult_core::{Command, EnvironmentConfig};
use kuberpult_git::{ManifestRepo, OpenOptions};
use kuberpult_tests::fixture::{Fixture, deploy};
use kuberpult_tests::git;

use crate::argocd::{with_argocd, with_url};

const URL: &str = "ssh://git@example.com/manifests.git";
const ARGO_CD_FILE: &str = "argocd/v1alpha1/staging.yaml";
const APPLIED: &str = "environments/staging/applications/cart/manifests/manifests.yaml";

/// Staging has Argo CD settings and version 1 of `cart`.
fn fixture() -> Fixture {
    let mut fixture = Fixture::with_cart(false);
    fixture.repo = with_url(&fixture, Some(URL));
    let config = with_argocd(EnvironmentConfig::with_upstream("development".parse().expect("a name")));
    fixture.accepted(&Command::UpdateEnvironment { environment: "staging".parse().expect("a name"), config });
    fixture.accepted(&deploy("cart", 1, "staging"));
    fixture
}

fn codes(repo: &ManifestRepo) -> Vec<String> {
    let findings = repo.check().expect("a check");
    for finding in &findings {
        let json = serde_json::to_value(finding).expect("JSON");
        assert_eq!(json["code"], finding.code(), "{json}");
        let environment = json["environment"].as_str().expect("an environment");
        assert!(finding.to_string().contains(environment), "{finding}");
    }
    findings.iter().map(|finding| format!("{} {}", finding.code(), finding.is_error())).collect()
}

fn by_hand(fixture: &Fixture, change: impl FnOnce(&Path)) -> Vec<String> {
    change(fixture.path());
    git::run(fixture.path(), &["add", "-A"]);
    git::run(fixture.path(), &["commit", "-q", "-m", "by hand"]);
    codes(&fixture.repo)
}

#[test]
fn nothing_is_found_where_nothing_is_wrong() {
    let mut fixture = fixture();
    assert_eq!(codes(&fixture.repo), [""; 0]);
    assert_eq!(codes(&Fixture::empty(true).repo), [""; 0]);

    // Nothing and a blank are the same manifest.
    let empty = fixture.repo.add_manifest(b"").expect("a manifest");
    let manifests = [("staging".parse().expect("a name"), empty)].into();
    fixture.accepted(&Command::CreateRelease(kuberpult_core::CreateRelease::new(
        "cart".parse().expect("a name"),
        manifests,
    )));
    fixture.accepted(&deploy("cart", 2, "staging"));
    assert_eq!(codes(&fixture.repo), [""; 0]);
    fixture.accepted(&Command::PrepareUndeploy { application: "cart".parse().expect("a name") });
    fixture.accepted(&deploy("cart", 3, "staging"));
    assert_eq!(codes(&fixture.repo), [""; 0]);
    let undo = |root: &Path| fs::write(root.join(APPLIED), "").expect("written");
    assert_eq!(by_hand(&fixture, undo), [""; 0]);
}

#[test]
fn manifests_that_are_not_the_releases_are_found() {
    let fixture = fixture();
    let change = |root: &Path| fs::write(root.join(APPLIED), "kind: Secret\n").expect("written");
    assert_eq!(by_hand(&fixture, change), ["MANIFEST_DIFFERS true"]);
    let remove = |root: &Path| fs::remove_file(root.join(APPLIED)).expect("removed");
    assert_eq!(by_hand(&fixture, remove), ["MANIFEST_MISSING true"]);
}

#[test]
fn argo_cd_files_that_are_not_what_would_be_written_are_found() {
    let fixture = fixture();
    let owner = |root: &Path| fs::write(root.join("applications/cart/team"), "blue").expect("written");
    assert_eq!(by_hand(&fixture, owner), ["ARGO_CD_FILE_OUTDATED true"]);
    let elsewhere = with_url(&fixture, Some("ssh://git@example.org/elsewhere.git"));
    assert_eq!(codes(&elsewhere), ["ARGO_CD_FILE_OUTDATED true"]);
    let remove = |root: &Path| fs::remove_file(root.join(ARGO_CD_FILE)).expect("removed");
    assert_eq!(by_hand(&fixture, remove), ["ARGO_CD_FILE_MISSING true"]);

    let unknown = ManifestRepo::open(fixture.path(), OpenOptions::default()).expect("a repository");
    assert_eq!(codes(&unknown), [""; 0], "without the address nobody knows what would be written");
}

#[test]
fn findings_about_the_state_come_first() {
    let fixture = fixture();
    let change = |root: &Path| {
        fs::remove_file(root.join(ARGO_CD_FILE)).expect("removed");
        fs::remove_dir_all(root.join("applications/cart/releases/1")).expect("removed");
    };
    let dangling = "DANGLING_VERSION true";
    let found = by_hand(&fixture, change);
    assert_eq!(found, [dangling, dangling, "ARGO_CD_FILE_MISSING true"], "development has that version, too");
}
