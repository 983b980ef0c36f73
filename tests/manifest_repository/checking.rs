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

/// The texts of all findings after somebody has committed a change by hand.
fn texts(fixture: &Fixture, change: impl FnOnce(&Path)) -> Vec<String> {
    change(fixture.path());
    git::run(fixture.path(), &["add", "-A"]);
    git::run(fixture.path(), &["commit", "-q", "-m", "by hand"]);
    fixture.repo.check().expect("a check").iter().map(ToString::to_string).collect()
}

fn write(path: &Path, content: impl AsRef<[u8]>) {
    let parent = path.parent().expect("a parent");
    if parent.is_file() {
        fs::remove_file(parent).expect("removed");
    }
    fs::create_dir_all(parent).expect("made");
    fs::write(path, content).expect("written");
}

#[test]
fn everything_that_is_not_understood_is_found_in_one_run_in_the_order_of_paths() {
    let fixture = fixture();
    let found = texts(&fixture, |root| {
        write(&root.join("applications/cart/releases/1.2/created_at"), "");
        write(&root.join("applications/cart/releases/007/created_at"), "");
        write(&root.join("applications/cart/team"), b"bl\xffe");
        write(&root.join("applications/.git2/team"), "../..");
        write(&root.join("environments/development/config.json"), r#"{"upstream": 1}"#);
        fs::remove_file(root.join("environments/development/applications/cart/version")).expect("removed");
        write(&root.join("environments/development/applications/cart/version"), "1");
        write(&root.join("environments/development/locks/ab/message/x"), "");
        write(&root.join("environments/development/locks/ab/created_at"), "99999-01-01T00:00:00Z");
        write(&root.join("environments/staging/locks/note.txt"), "");
        write(&root.join("environments/staging/teams/blue/locks"), "");
        write(&root.join("environments/staging/applications/cart/deployed_by/x"), "");
        write(&root.join("kuberpult.json"), r#"{"releasesKept": 0, "\u001b[31m": 1}"#);
    });
    insta::assert_snapshot!(found.join("\n"), @r#"
    `applications/.git2/team` is not understood: expected the name of a team, found team name `../..` is not valid; expected a text that is safe as a file name: not empty, without `/` and control characters, and not `.`, `..` or `.git`
    `applications/cart/releases/007` is not understood: expected a version: a positive integer (later upstream versions write `<version>.<revision>`, which is not supported), found another name
    `applications/cart/releases/1.2` is not understood: expected a version: a positive integer (later upstream versions write `<version>.<revision>`, which is not supported), found another name
    `applications/cart/team` is not understood: expected UTF-8 text, found an invalid byte at offset 2
    `environments/development/applications/cart/version` is not understood: expected a symbolic link, found a file
    `environments/development/config.json` is not understood: expected the config of an environment, found something else: `upstream`: invalid type: integer `1`, expected an object at line 1 column 14
    `environments/development/locks/ab/created_at` is not understood: expected a time in RFC 3339, such as `2024-05-03T11:37:37+02:00`, found "99999-01-01T00:00:00Z"
    `environments/development/locks/ab/message` is not understood: expected a file, found a directory
    `environments/staging/applications/cart/deployed_by` is not understood: expected a file, found a directory
    `environments/staging/locks/note.txt` is not understood: expected the directory of a lock, found something else
    `environments/staging/teams/blue/locks` is not understood: expected a directory, found a file
    `kuberpult.json` is not understood: expected kuberpult's settings, found something else: `releasesKept`: invalid value: integer `0`, expected a positive integer at line 1 column 18
    "#);
    assert_eq!(
        codes_of(&fixture.repo),
        ["NOT_UNDERSTOOD"; 12],
        "what follows from it is not found a second time"
    );
}

fn codes_of(repo: &ManifestRepo) -> Vec<&'static str> {
    repo.check().expect("a check").iter().map(kuberpult_git::RepositoryFinding::code).collect()
}

#[test]
fn what_may_follow_from_what_is_not_understood_is_not_found_again() {
    // Without the release's manifests the current versions would be none.
    let found = texts(&fixture(), |root| {
        fs::remove_dir_all(root.join("applications/cart/releases/1/environments")).expect("removed");
        write(&root.join("applications/cart/releases/1/environments"), "");
    });
    let path = "`applications/cart/releases/1/environments`";
    assert_eq!(found, [format!("{path} is not understood: expected a directory, found a file")]);
    // Without the team Argo CD's file would be another one, and without the config there would be none.
    for path in ["applications/cart/team", "environments/staging/config.json", "kuberpult.json"] {
        let found = texts(&fixture(), |root| write(&root.join(path), b"\xff"));
        assert_eq!(
            found,
            [format!("`{path}` is not understood: expected UTF-8 text, found an invalid byte at offset 0")]
        );
    }
}

#[test]
fn commands_that_do_not_need_what_is_broken_go_on() {
    let mut fixture = fixture();
    let found = texts(&fixture, |root| {
        write(&root.join("environments/staging/locks/ab"), "");
        write(&root.join("applications/other/releases/x/created_at"), "");
        write(&root.join("applications/cart/notes/team"), "not ours");
    });
    assert_eq!(found.len(), 2, "{found:#?}");
    fixture.accepted(&deploy("cart", 1, "development"));
    let error = fixture.transact(&deploy("cart", 1, "staging")).expect_err("there may be a lock");
    assert!(
        error.to_string().starts_with("`environments/staging/locks/ab` in the manifest repository"),
        "{error}"
    );
}

#[test]
fn objects_that_are_not_there_or_damaged_are_found() {
    let fixture = fixture();
    let object = |path: &str| {
        let id = git::output(fixture.path(), &["rev-parse", &format!("HEAD:{path}")]);
        fixture.path().join(".git/objects").join(&id[..2]).join(&id[2..])
    };
    let paths = [
        "applications/cart/releases/1/environments/development/manifests.yaml",
        "applications/cart/releases/1/environments/staging/manifests.yaml",
        "environments/development/applications/cart/version",
        "environments/development/config.json",
        "environments/staging/applications/cart/version",
    ];
    let objects: std::collections::BTreeSet<_> = paths.into_iter().map(object).collect();
    assert_eq!(objects.len(), 3, "what is the same is one object");
    for (index, object) in objects.iter().enumerate() {
        fs::remove_file(object).expect("removed");
        if index == 1 {
            fs::write(object, "damaged").expect("written");
        }
    }
    let findings = with_url(&fixture, Some(URL)).check().expect("a check");
    let texts: Vec<_> = findings.iter().map(ToString::to_string).collect();
    assert_eq!(texts.len(), paths.len(), "{texts:#?}");
    for (text, path) in texts.iter().zip(paths) {
        assert!(text.starts_with(&format!("`{path}` cannot be read: ")), "{text}");
    }
    assert!(findings.iter().all(|finding| finding.code() == "CANNOT_READ" && finding.is_error()));
}
