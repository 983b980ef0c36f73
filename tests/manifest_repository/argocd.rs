//! Argo CD's files follow what is deployed, and change only then.

use kuberpult_core::{ArgoCd, Command, CreateRelease, Destination, EnvironmentConfig};
use kuberpult_git::{ManifestRepo, OpenOptions, TransactError};
use kuberpult_tests::fixture::{Fixture, context, create_environment, deploy, lock_environment};
use kuberpult_tests::git;

/// The config with Argo CD settings.
pub(super) fn with_argocd(mut config: EnvironmentConfig) -> EnvironmentConfig {
    let mut argocd = ArgoCd::default();
    argocd.destination =
        Destination { server: "https://kubernetes.default.svc".to_owned(), ..Destination::default() };
    config.argocd = Some(argocd);
    config
}

/// The fixture's repository, opened with or without an address for Argo CD.
pub(super) fn with_url(fixture: &Fixture, url: Option<&str>) -> ManifestRepo {
    let mut options = OpenOptions::default();
    options.argocd_repo_url = url.map(ToOwned::to_owned);
    ManifestRepo::open(fixture.path(), options).expect("a repository")
}

const FILE: &str = "argocd/v1alpha1/production.yaml";

#[test]
fn files_are_written_when_their_inputs_change() {
    let mut fixture = Fixture::with_cart(true);
    fixture.repo = with_url(&fixture, Some("ssh://git@example.com/manifests.git"));
    let staging = "staging".parse().expect("a name");
    fixture
        .accepted(&create_environment("production", with_argocd(EnvironmentConfig::with_upstream(staging))));
    let file = |fixture: &Fixture| git::output(fixture.path(), &["show", &format!("HEAD:{FILE}")]);
    assert!(file(&fixture).contains("kind: AppProject") && !file(&fixture).contains("kind: Application\n"));

    let release = fixture.release("cart", &["production", "development"]);
    fixture.accepted(&release);
    let changed = |fixture: &Fixture| {
        let paths = git::output(fixture.path(), &["diff", "--name-only", "HEAD~1", "HEAD"]);
        paths.lines().any(|path| path == FILE)
    };
    fixture.accepted(&deploy("cart", 2, "production"));
    assert!(changed(&fixture), "the set of deployed applications changed");
    let yaml = file(&fixture);
    assert!(yaml.contains("repoURL: ssh://git@example.com/manifests.git\n"), "{yaml}");
    assert!(yaml.contains("targetRevision: main\n"), "{yaml}");
    assert!(yaml.contains("com.freiheit.kuberpult/team: \"\"\n"), "{yaml}");

    fixture.accepted(&deploy("cart", 2, "production"));
    assert!(!changed(&fixture), "it is the same set");

    let Command::CreateRelease(release) = fixture.release("cart", &["development"]) else {
        panic!("a release")
    };
    let team = Some("blue".parse().expect("a name"));
    fixture.accepted(&Command::CreateRelease(CreateRelease { team, ..release }));
    assert!(changed(&fixture), "the team changed");
    assert!(file(&fixture).contains("com.freiheit.kuberpult/team: blue\n"));
}

#[test]
fn files_are_not_rendered_while_their_inputs_stay() {
    const EDITED: &str = "edited by hand";
    let mut fixture = Fixture::with_cart(true);
    fixture.repo = with_url(&fixture, Some("ssh://git@example.com/manifests.git"));
    let staging = "staging".parse().expect("a name");
    fixture
        .accepted(&create_environment("production", with_argocd(EnvironmentConfig::with_upstream(staging))));
    let release = fixture.release("cart", &["production", "development"]);
    fixture.accepted(&release);
    fixture.accepted(&deploy("cart", 2, "production"));
    git::commit_files(fixture.path(), &[(FILE, EDITED.as_bytes())]);
    let file = |fixture: &Fixture| git::output(fixture.path(), &["show", &format!("HEAD:{FILE}")]);

    let release = fixture.release("cart", &["production", "development"]);
    let Command::CreateRelease(elsewhere) = fixture.release("mailer", &["development"]) else {
        panic!("a release")
    };
    let team = Some("blue".parse().expect("a name"));
    for command in [
        release,
        Command::CreateRelease(CreateRelease { team, ..elsewhere }),
        deploy("cart", 3, "production"),
        deploy("cart", 3, "production"),
        lock_environment("production", "holidays", ""),
        deploy("cart", 2, "production"),
        create_environment("other", EnvironmentConfig::default()),
    ] {
        fixture.accepted(&command);
        assert_eq!(file(&fixture), EDITED, "after {command}");
    }

    let production = "production".parse().expect("a name");
    let remove = Command::RemoveFromEnvironment {
        environment: production,
        application: "cart".parse().expect("a name"),
    };
    fixture.accepted(&remove);
    assert!(file(&fixture).contains("kind: AppProject\n"), "the set of deployed applications changed");
}

#[test]
fn without_an_address_such_a_command_is_refused() {
    let mut fixture = Fixture::with_cart(true);
    let config = with_argocd(EnvironmentConfig::default());
    let create = create_environment("production", config);
    let error = fixture.transact(&create).expect_err("the address is not known");
    assert!(matches!(error, TransactError::NoRepoUrl { .. }), "{error}");

    git::run(fixture.path(), &["remote", "add", "origin", "https://jo:secret@example.com/m.git"]);
    fixture.repo = with_url(&fixture, None);
    fixture.accepted(&create);
    let release = fixture.release("cart", &["production"]);
    fixture.repo.transact(&context(), &release).expect("a release");
    fixture.accepted(&deploy("cart", 2, "production"));
    let yaml = git::output(fixture.path(), &["show", &format!("HEAD:{FILE}")]);
    assert!(yaml.contains("repoURL: https://jo@example.com/m.git\n"), "no password: {yaml}");
}
