//! Undeployment and removal on disk.

use kuberpult_core::{Command, EnvironmentConfig};
use kuberpult_tests::fixture::{Fixture, create_environment, deploy, lock_environment};
use kuberpult_tests::git;

use crate::argocd::{with_argocd, with_url};

fn prepare() -> Command {
    Command::PrepareUndeploy { application: "cart".parse().expect("a name") }
}

fn tree_id(fixture: &Fixture) -> String {
    git::output(fixture.path(), &["rev-parse", "HEAD^{tree}"])
}

/// The raw content of a file of the newest commit.
fn content(fixture: &Fixture, path: &str) -> Vec<u8> {
    let object = format!("HEAD:{path}");
    let output = git::command(fixture.path()).args(["cat-file", "blob", &object]).output();
    let output = output.expect("git can be run");
    assert!(output.status.success(), "{path} is not there");
    output.stdout
}

#[test]
fn an_undeploy_release_is_written_as_upstream_does() {
    let mut fixture = Fixture::with_cart(true);
    fixture.accepted(&prepare());
    let release = "applications/cart/releases/2";
    let listed = git::output(fixture.path(), &["ls-tree", "-r", "--name-only", "HEAD", release]);
    let expected = ["created_at", "environments/development/manifests.yaml"]
        .into_iter()
        .chain(["environments/staging/manifests.yaml", "undeploy"])
        .map(|file| format!("{release}/{file}"));
    assert_eq!(listed.lines().collect::<Vec<_>>(), expected.collect::<Vec<_>>());
    assert_eq!(content(&fixture, &format!("{release}/undeploy")), b"");
    assert_eq!(content(&fixture, &format!("{release}/created_at")), b"2024-05-03T11:37:37+02:00");
    for environment in ["development", "staging"] {
        let path = format!("{release}/environments/{environment}/manifests.yaml");
        assert_eq!(content(&fixture, &path), b" ", "a blank, because upstream cannot write nothing");
    }
    let applied = "environments/development/applications/cart/manifests/manifests.yaml";
    assert_eq!(content(&fixture, applied), b" ", "it was deployed where the upstream is `latest`");

    let state = fixture.repo.state().expect("a state");
    assert!(state.applications["cart"].releases.values().last().expect("a release").undeploy);
}

#[test]
fn an_undeployed_application_leaves_no_trace() {
    let mut fixture = Fixture::empty(true);
    fixture.repo = with_url(&fixture, Some("ssh://git@example.com/manifests.git"));
    fixture.accepted(&create_environment("development", EnvironmentConfig::with_upstream_latest()));
    let staging = EnvironmentConfig::with_upstream("development".parse().expect("a name"));
    fixture.accepted(&create_environment("staging", with_argocd(staging)));
    let never_had_it = tree_id(&fixture);

    let release = fixture.release("cart", &["development", "staging"]);
    fixture.accepted(&release);
    fixture.accepted(&deploy("cart", 1, "staging"));
    fixture.accepted(&Command::CreateApplicationLock {
        environment: "staging".parse().expect("a name"),
        application: "cart".parse().expect("a name"),
        lock_id: "ab".parse().expect("an id"),
        message: "".into(),
        ci_link: None,
        suggested_lifetime: None,
    });
    fixture.accepted(&prepare());
    let undeploy = Command::Undeploy { application: "cart".parse().expect("a name") };
    fixture.transact(&undeploy).expect_err("staging still has version 1");
    let manually = kuberpult_core::OnLock::Ignore;
    let Command::Deploy(to_staging) = deploy("cart", 2, "staging") else { panic!("a deployment") };
    fixture.accepted(&Command::Deploy(kuberpult_core::Deploy { on_lock: manually, ..to_staging }));
    assert!(!fixture.accepted(&undeploy).decision.events().is_empty());
    assert_eq!(tree_id(&fixture), never_had_it, "Argo CD's file follows, too");
    assert_eq!(git::fsck(fixture.path()), "");
}

#[test]
fn a_removal_takes_one_slot_and_nothing_else() {
    let mut fixture = Fixture::with_cart(true);
    let before = tree_id(&fixture);
    fixture.accepted(&deploy("cart", 1, "staging"));
    let in_slot = "environments/staging/applications/cart/notes.txt";
    git::commit_files(fixture.path(), &[(in_slot, b"by hand")]);
    fixture.accepted(&lock_environment("staging", "ab", ""));
    let release = fixture.release("cart", &["staging"]);
    fixture.accepted(&release);
    fixture.accepted(&deploy("cart", 2, "staging"));
    let slot = &fixture.repo.state().expect("a state").environments["staging"].slots["cart"];
    assert!(slot.queued.is_some(), "it waits behind the lock");

    fixture.accepted(&Command::RemoveFromEnvironment {
        environment: "staging".parse().expect("a name"),
        application: "cart".parse().expect("a name"),
    });
    let left = git::output(fixture.path(), &["ls-tree", "-r", "--name-only", "HEAD", "environments/staging"]);
    assert_eq!(
        left.lines().filter(|path| !path.contains("/locks/")).collect::<Vec<_>>(),
        ["environments/staging/config.json"],
        "foreign files in the slot go with it"
    );
    let same = ["diff", "--name-only", &before, "HEAD", "--", "environments/development"];
    assert_eq!(git::output(fixture.path(), &same), "");
}
