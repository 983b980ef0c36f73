//! Batches: several commands in one commit.

use kuberpult_core::{Command, EnvironmentConfig};
use kuberpult_git::TransactError;
use kuberpult_tests::fixture::{Fixture, create_environment, deploy, lock_environment};
use kuberpult_tests::git;

use crate::argocd::{with_argocd, with_url};

fn batch(commands: impl Into<Vec<Command>>) -> Command {
    Command::Batch { commands: commands.into() }
}

fn commits(fixture: &Fixture) -> usize {
    git::output(fixture.path(), &["rev-list", "HEAD"]).lines().count()
}

#[test]
fn a_batch_is_one_commit_with_a_line_for_each_event() {
    let mut fixture = Fixture::with_cart(true);
    let before = commits(&fixture);
    fixture.accepted(&batch([lock_environment("staging", "ab", ""), deploy("cart", 1, "staging")]));
    assert_eq!(commits(&fixture), before + 1);
    assert_eq!(
        git::output(fixture.path(), &["log", "-1", "--format=%B"]),
        "Batch of 2 commands\n\n\
         created lock \"ab\" on environment \"staging\"\n\
         queued version 1 of \"cart\" in \"staging\" behind environment lock \"ab\""
    );
}

#[test]
fn a_batch_is_done_as_a_whole_or_not_at_all() {
    let mut fixture = Fixture::with_cart(true);
    let before = fixture.repo.head().expect("a head");
    let refused = batch([lock_environment("staging", "ab", ""), deploy("cart", 7, "staging")]);
    let error = fixture.transact(&refused).expect_err("there is no version 7");
    assert!(matches!(error, TransactError::Rejected(_)), "{error}");
    assert_eq!(fixture.repo.head().expect("a head"), before);
}

/// A batch that leads back to where it began writes what its commands would write one after the other.
#[test]
fn a_batch_writes_the_tree_of_its_commands() {
    let staging = || with_argocd(EnvironmentConfig::with_upstream("development".parse().expect("a name")));
    let delete =
        || Command::DeleteEnvironment { environment: "staging".parse().expect("a name"), force: true };
    let remove = || Command::RemoveFromEnvironment {
        environment: "staging".parse().expect("a name"),
        application: "cart".parse().expect("a name"),
    };
    let prepare = || Command::PrepareUndeploy { application: "cart".parse().expect("a name") };
    let undeploy = || Command::Undeploy { application: "cart".parse().expect("a name") };
    let batches: [Vec<Command>; 4] = [
        // The environment is touched, deleted and made anew: nothing of the old one may come back.
        vec![
            lock_environment("staging", "ab", ""),
            deploy("cart", 1, "staging"),
            delete(),
            create_environment("staging", staging()),
        ],
        vec![
            delete(),
            create_environment("staging", staging()),
            deploy("cart", 1, "staging"),
            lock_environment("staging", "cd", ""),
        ],
        vec![
            deploy("cart", 1, "staging"),
            remove(),
            lock_environment("staging", "ab", ""),
            deploy("cart", 1, "staging"),
        ],
        vec![prepare(), deploy("cart", 2, "staging"), undeploy(), lock_environment("staging", "ab", "")],
    ];
    for commands in batches {
        let [mut at_once, mut one_by_one] = [(); 2].map(|()| {
            let mut fixture = Fixture::with_cart(true);
            fixture.repo = with_url(&fixture, Some("ssh://git@example.com/manifests.git"));
            let environment = "staging".parse().expect("a name");
            fixture.accepted(&Command::UpdateEnvironment { environment, config: staging() });
            fixture.accepted(&deploy("cart", 1, "staging"));
            fixture.accepted(&lock_environment("staging", "before", ""));
            fixture.accepted(&Command::DeleteEnvironmentLock {
                environment: "staging".parse().expect("a name"),
                lock_id: "before".parse().expect("an id"),
                queued: None,
            });
            git::commit_files(
                fixture.path(),
                &[
                    ("environments/staging/notes.txt", b"by hand"),
                    ("applications/cart/notes.txt", b"by hand"),
                ],
            );
            fixture
        });
        for command in &commands {
            one_by_one.accepted(command);
        }
        at_once.accepted(&batch(commands.clone()));
        let tree = |fixture: &Fixture| git::tree(fixture.path(), "HEAD");
        assert_eq!(tree(&at_once), tree(&one_by_one), "{commands:#?}");
        assert_eq!(at_once.repo.state().expect("a state"), one_by_one.repo.state().expect("a state"));
        assert_eq!(git::fsck(at_once.path()), "");
    }
}
