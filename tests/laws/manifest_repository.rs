//! Laws about the manifest repository. Each history runs in a bare repository of its own.

use kuberpult_core::State;
use kuberpult_git::TransactError;
use kuberpult_tests::generate::histories;
use kuberpult_tests::git;
use kuberpult_tests::law::holds_for;
use kuberpult_tests::repository::{Repository, commands, context};
use proptest::collection::vec;
use proptest::prelude::any;
use proptest::{prop_assert, prop_assert_eq};

/// Fewer than for laws about states: each of them is many commits.
const CASES: u32 = 24;

/// Reading what was written gives the same state, and writing what was read gives the same tree.
#[test]
fn tree_round_trip() {
    holds_for(CASES, histories(), |history| {
        let mut repository = Repository::with_settings_of(&history);
        let mut state = repository.state();
        for command in commands(&history) {
            let command = repository.with_manifests(command);
            if let Ok(decision) = state.decide(&context(), &command) {
                state.apply(decision.events());
            }
            let _ = repository.repo.transact(&context(), &command);
            prop_assert_eq!(&repository.state(), &state);
        }

        let read = repository.state();
        let mut copy = Repository::with_settings_of(&history);
        repository.share_manifests_with(&mut copy);
        copy.repo.import(&context(), &read).unwrap();
        prop_assert_eq!(copy.state(), read);
        prop_assert_eq!(git::tree(copy.path(), "main"), git::tree(repository.path(), "main"));
        prop_assert_eq!(git::fsck(copy.path()), "");
        Ok(())
    });
}

/// Files that are not ours are in the next tree, byte for byte.
#[test]
fn foreign_files_are_kept() {
    holds_for(CASES, (histories(), any::<usize>(), vec(any::<u8>(), 0..40)), |(history, when, content)| {
        let mut repository = Repository::with_settings_of(&history);
        let commands = commands(&history);
        let (before, after) = commands.split_at(when % (commands.len() + 1));
        for command in before {
            let command = repository.with_manifests(command.clone());
            let _ = repository.repo.transact(&context(), &command);
        }
        let state = repository.state();
        let paths = foreign_paths(&state);
        let files: Vec<_> = paths.iter().map(|path| (path.as_str(), content.as_slice())).collect();
        git::commit_files(repository.path(), &files);
        prop_assert_eq!(&repository.state(), &state, "foreign files say nothing");

        let foreign: Vec<_> = git::tree(repository.path(), "main")
            .into_iter()
            .filter(|entry| paths.iter().any(|path| entry.ends_with(&format!("\t{path}"))))
            .collect();
        prop_assert_eq!(foreign.len(), paths.len());
        for command in after {
            let command = repository.with_manifests(command.clone());
            let _ = repository.repo.transact(&context(), &command);
        }
        let tree = git::tree(repository.path(), "main");
        for entry in foreign {
            prop_assert!(tree.contains(&entry), "{} is gone or changed", entry);
        }
        Ok(())
    });
}

/// Paths beside everything that lasts: not within locks and releases, which go as a whole.
fn foreign_paths(state: &State) -> Vec<String> {
    let fixed = [
        "README.md",
        "0",
        "environments/notes",
        "applications/notes",
        "argocd/notes",
        "commits/ab/cd/event",
        "zzz/a/b/c",
    ];
    let mut paths: Vec<String> = fixed.map(ToOwned::to_owned).into();
    for (name, environment) in &state.environments {
        for file in
            ["notes", "config.json.orig", "locks.txt", "teams/notes", "applications/notes", "zzz/notes"]
        {
            paths.push(format!("environments/{name}/{file}"));
        }
        paths.push(format!("argocd/v1alpha1/{name}.yaml.orig"));
        for application in environment.slots.keys() {
            for file in ["notes", "version.orig", "manifests/notes", "zzz/notes"] {
                paths.push(format!("environments/{name}/applications/{application}/{file}"));
            }
        }
    }
    for name in state.applications.keys() {
        for file in ["notes", "releases/notes", "zzz/notes"] {
            paths.push(format!("applications/{name}/{file}"));
        }
    }
    paths
}

/// An accepted command with events adds exactly one commit whose parent is the head it was decided on; one without events adds none.
#[test]
fn one_command_one_commit() {
    holds_for(CASES, histories(), |history| {
        let mut repository = Repository::with_settings_of(&history);
        for command in commands(&history) {
            let command = repository.with_manifests(command);
            let head = repository.head();
            let decided = repository.state().decide(&context(), &command);
            let planned = repository.repo.plan(&context(), &command);
            prop_assert_eq!(repository.head(), head.as_str(), "a dry run writes nothing");
            match (decided, planned, repository.repo.transact(&context(), &command)) {
                (Ok(decision), Ok(plan), Ok(receipt)) => {
                    prop_assert_eq!(&receipt.decision, &decision);
                    prop_assert_eq!(&plan.decision, &decision);
                    prop_assert_eq!(plan.base.map(|base| base.to_string()), Some(head.clone()));
                    prop_assert_eq!(receipt.commit.is_some(), !decision.events().is_empty());
                    prop_assert_eq!(
                        repository.head(),
                        receipt.commit.map_or(head.clone(), |commit| commit.to_string())
                    );
                    if receipt.commit.is_some() {
                        let parents =
                            git::output(repository.path(), &["log", "-1", "--format=%P %B", "main"]);
                        prop_assert!(parents.starts_with(&format!("{head} ")), "{} after {}", parents, head);
                        prop_assert_eq!(events_in(&parents), decision.events().len(), "{}", parents);
                    }
                }
                (
                    Err(rejection),
                    Err(TransactError::Rejected(planned)),
                    Err(TransactError::Rejected(transacted)),
                ) => {
                    prop_assert_eq!(&planned, &rejection);
                    prop_assert_eq!(&transacted, &rejection);
                    prop_assert_eq!(repository.head(), head);
                }
                other => prop_assert!(false, "core and repository disagree: {:?}", other),
            }
        }
        prop_assert_eq!(git::fsck(repository.path()), "");
        Ok(())
    });
}

/// The lines of a message behind subject and blank line.
fn events_in(message: &str) -> usize {
    message.lines().count().saturating_sub(2)
}

/// The part of `same_history_gives_same_state` that is about commit ids.
pub(crate) fn same_history_gives_same_commits() {
    holds_for(CASES, histories(), |history| {
        let mut one = Repository::with_settings_of(&history);
        let mut other = Repository::with_settings_of(&history);
        prop_assert_eq!(one.run(&history), other.run(&history));
        Ok(())
    });
}
