//! Laws about the manifest repository. Each history runs in a bare repository of its own.

use std::collections::BTreeMap;
use std::thread;

use kuberpult_core::{Command, Event, Past, Revision, State};
use kuberpult_git::{HistoryEntry, HistoryFilter, OnError, Receipt, SharedManifestRepo, TransactError};
use kuberpult_tests::generate::histories;
use kuberpult_tests::law::holds_for;
use kuberpult_tests::repository::{Repository, Tagged, commands, context};
use kuberpult_tests::{alphabet, git};
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
        for tagged in commands(&history) {
            remember(&mut state.past, &tagged, &repository.state());
            let command = repository.prepare(tagged);
            if let Ok(decision) = state.decide(&context(), &command) {
                state.apply(decision.events());
            }
            let _ = repository.repo.transact(&context(), &command);
            // What is past is read only when it is asked for.
            prop_assert_eq!(&State { past: state.past.clone(), ..repository.state() }, &state);
        }

        let read = repository.state();
        let mut copy = Repository::with_settings_of(&history);
        repository.share_manifests_with(&mut copy);
        copy.repo.import(&context(), &read).unwrap();
        prop_assert_eq!(copy.state(), read);
        let mut written = git::tree(repository.path(), "main");
        written.retain(|entry| !outlasts_its_config(entry, &state));
        prop_assert_eq!(git::tree(copy.path(), "main"), written);
        prop_assert_eq!(git::fsck(copy.path()), "");
        Ok(())
    });
}

/// Of any number of writers each accepted command is in the branch's history exactly once.
#[test]
fn no_update_is_lost() {
    holds_for(CASES / 3, (histories(), 2..5_usize), |(history, writers)| {
        let mut repository = Repository::with_settings_of(&history);
        let commands: Vec<_> = commands(&history)
            .into_iter()
            .map(|tagged| (context(), repository.prepare(Tagged { tag: None, ..tagged })))
            .collect();
        let (path, manifests) = (repository.path(), repository.manifests());
        let before = git::output(path, &["rev-list", "main"]);
        // Each of them gives all commands, one by one or many together; what one of them has done the others may not do.
        let write = |writer: usize| {
            let mut repo = Repository::opened_by_another(path, &manifests);
            let results =
                commands.chunks(1 + 3 * writer).flat_map(|some| repo.transact_all(some, OnError::GoOn));
            results
                .filter_map(|result| result.ok()?.commit)
                .map(|commit| commit.to_string())
                .collect::<Vec<_>>()
        };
        // And two threads that share a repository.
        let shared = SharedManifestRepo::new(Repository::opened_by_another(path, &manifests));
        let write_shared = || {
            let receipts =
                commands.iter().filter_map(|(context, command)| shared.transact(context, command).ok());
            receipts.filter_map(|receipt| Some(receipt.commit?.to_string())).collect()
        };
        let mut acknowledged: Vec<String> = thread::scope(|scope| {
            let write = &write;
            let mut writers: Vec<_> = (0..writers).map(|writer| scope.spawn(move || write(writer))).collect();
            writers.extend([scope.spawn(write_shared), scope.spawn(write_shared)]);
            writers.into_iter().flat_map(|writer| writer.join().unwrap()).collect()
        });
        acknowledged.extend(before.lines().map(str::to_owned));
        acknowledged.sort();
        let mut written: Vec<_> =
            git::output(path, &["rev-list", "--first-parent", "main"]).lines().map(str::to_owned).collect();
        written.sort();
        prop_assert_eq!(acknowledged, written);
        prop_assert_eq!(git::fsck(path), "");
        Ok(())
    });
}

/// A series of commands leads to the same commits as its commands one by one.
#[test]
fn series_equals_its_commands_one_by_one() {
    holds_for(CASES, (histories(), any::<usize>()), |(history, at)| {
        let mut one_by_one = Repository::with_settings_of(&history);
        let mut together = Repository::with_settings_of(&history);
        let mut commands: Vec<Command> = commands(&history)
            .into_iter()
            .map(|tagged| one_by_one.prepare(Tagged { tag: None, ..tagged }))
            .collect();
        one_by_one.share_manifests_with(&mut together);
        let receipts: Vec<_> =
            commands.iter().map(|command| one_by_one.repo.transact(&context(), command)).collect();
        let mut results = Vec::new();
        let rest = commands.split_off(at % (commands.len() + 1));
        for commands in [commands, rest] {
            let commands: Vec<_> = commands.into_iter().map(|command| (context(), command)).collect();
            results.extend(together.repo.transact_all(&commands, OnError::GoOn));
        }
        prop_assert_eq!(together.head(), one_by_one.head());
        prop_assert_eq!(results.len(), receipts.len());
        for (result, receipt) in results.iter().zip(&receipts) {
            match (result, receipt) {
                (Ok(result), Ok(receipt)) => {
                    prop_assert_eq!(result.commit, receipt.commit);
                    prop_assert_eq!(result.decision.events(), receipt.decision.events());
                }
                (Err(result), Err(receipt)) => prop_assert_eq!(result.to_string(), receipt.to_string()),
                (result, receipt) => prop_assert!(false, "{result:?} and {receipt:?}"),
            }
        }
        prop_assert_eq!(git::fsck(together.path()), "");
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
            let command = repository.prepare(command.clone());
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
        let mut deleted = Vec::new();
        for command in after {
            let command = repository.prepare(command.clone());
            if let Ok(receipt) = repository.repo.transact(&context(), &command) {
                deleted.extend(receipt.decision.events().iter().filter_map(deleted_directory));
            }
        }
        let tree = git::tree(repository.path(), "main");
        for entry in foreign {
            let goes = deleted.iter().any(|directory| entry.contains(directory));
            prop_assert!(goes || tree.contains(&entry), "{} is gone or changed", entry);
        }
        Ok(())
    });
}

/// Whether a file is what Argo CD was told of an environment whose config says nothing of Argo CD any more: it stays, or
/// Argo CD would delete what runs there.
fn outlasts_its_config(entry: &str, state: &State) -> bool {
    let of = |name| entry.ends_with(&format!("\targocd/v1alpha1/{name}.yaml"));
    state.environments.iter().any(|(name, there)| there.config.argocd.is_none() && of(name))
}

/// Remembers what is current in a state, if the command comes with a tag.
fn remember(past: &mut BTreeMap<Revision, Past>, tagged: &Tagged, state: &State) {
    past.extend(tagged.tag.iter().map(|tag| (tag.clone(), Past::of(state))));
}

/// What an event deletes with all that is in it, after the tab and before the names of files.
fn deleted_directory(event: &Event) -> Option<String> {
    match event {
        Event::EnvironmentDeleted { environment, .. } => Some(format!("\tenvironments/{environment}/")),
        Event::RemovedFromEnvironment { environment, application, .. } => {
            Some(format!("\tenvironments/{environment}/applications/{application}/"))
        }
        Event::ApplicationUndeployed { application } => Some(format!("\tapplications/{application}/")),
        _ => None,
    }
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
        let mut past = BTreeMap::new();
        for tagged in commands(&history) {
            let state = repository.state();
            remember(&mut past, &tagged, &state);
            let command = repository.prepare(tagged);
            let head = repository.head();
            let decided = State { past: past.clone(), ..state }.decide(&context(), &command);
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

/// The part of `batch_is_all_or_nothing` that is about branch and files.
pub(crate) fn refused_batch_leaves_the_repository_alone() {
    holds_for(CASES, histories(), |history| {
        let mut repository = Repository::with_settings_of(&history);
        let (head, state) = (repository.head(), repository.state());
        let everything = commands(&history).into_iter().map(|tagged| tagged.command);
        let unknown = alphabet::environment(alphabet::VALID_ENVIRONMENTS);
        let refused = Command::DeleteEnvironment { environment: unknown, force: true };
        let mut accepted = Vec::new();
        let mut replayed = state.clone();
        for command in everything.filter(|command| !matches!(command, Command::Batch { .. })) {
            let command = repository.prepare(Tagged { tag: None, command });
            if let Ok(decision) = replayed.decide(&context(), &command) {
                replayed.apply(decision.events());
                accepted.push(command);
            }
        }
        let with_refused = accepted.iter().cloned().chain([refused]).collect();
        let receipt = repository.repo.transact(&context(), &Command::Batch { commands: with_refused });
        let rejected = matches!(receipt, Err(TransactError::Rejected(_)));
        prop_assert!(rejected, "{:?}", receipt);
        let tree = git::tree(repository.path(), &head);
        prop_assert_eq!(repository.head(), head.clone());
        prop_assert_eq!(git::tree(repository.path(), "main"), tree);
        prop_assert_eq!(repository.state(), state);

        let receipt = repository.repo.transact(&context(), &Command::Batch { commands: accepted });
        prop_assert!(receipt.is_ok(), "{:?}", receipt);
        prop_assert_eq!(repository.state(), replayed);
        let parent = git::output(repository.path(), &["rev-parse", "main^"]);
        prop_assert_eq!(parent, head, "all of it is one commit");
        Ok(())
    });
}

/// The events of a history, applied oldest first, lead to the state at the newest commit; a filter lets through what names
/// its environment and application.
#[test]
fn history_leads_to_the_head() {
    holds_for(CASES, histories(), |history| {
        let mut repository = Repository::with_settings_of(&history);
        let mut states = vec![repository.state()];
        for tagged in commands(&history) {
            let command = repository.prepare(tagged);
            if let Ok(Receipt { commit: Some(_), .. }) = repository.repo.transact(&context(), &command) {
                states.push(repository.state());
            }
        }
        let mut entries = entries(&repository, &HistoryFilter::default());
        entries.reverse();
        prop_assert_eq!(entries.len(), states.len());
        let mut replayed = State { settings: repository.state().settings, ..State::default() };
        let mut before = State::default();
        for (entry, state) in entries.iter().zip(&states) {
            prop_assert!(entry.gaps.is_empty(), "{:?}", entry.gaps);
            prop_assert_eq!(&entry.events, &before.events_to(state, context().now));
            replayed.apply(&entry.events);
            prop_assert_eq!(&replayed, state);
            before.clone_from(state);
        }
        for only in 0..alphabet::USUAL_ENVIRONMENTS {
            let mut filter = HistoryFilter::default();
            for (environment, application) in [(true, false), (false, true), (true, true)] {
                filter.environment = environment.then(|| alphabet::environment(only));
                filter.application = application.then(|| alphabet::application(only));
                let mut filtered = self::entries(&repository, &filter);
                filtered.reverse();
                let expected = entries.iter().map(|entry| (entry.commit, named_by(&filter, &entry.events)));
                let expected = expected.filter(|(_, events)| !events.is_empty());
                let filtered: Vec<_> =
                    filtered.into_iter().map(|entry| (entry.commit, entry.events)).collect();
                prop_assert_eq!(filtered, expected.collect::<Vec<_>>());
            }
        }
        Ok(())
    });
}

fn entries(repository: &Repository, filter: &HistoryFilter) -> Vec<HistoryEntry> {
    let history = repository.repo.history(filter).unwrap();
    history.collect::<Result<_, _>>().unwrap()
}

/// The events that name the environment and the application of a filter, by the keys of their JSON.
fn named_by(filter: &HistoryFilter, events: &[Event]) -> Vec<Event> {
    let names = |event: &&Event| {
        let json = serde_json::to_value(event).unwrap();
        let is = |key: &str, only: &str| json.get(key).is_some_and(|name| name == only);
        let takes_along =
            |only: &str| json.pointer("/deleted/slots").is_some_and(|slots| slots.get(only).is_some());
        filter.environment.as_ref().is_none_or(|only| is("environment", only.as_str()))
            && filter
                .application
                .as_ref()
                .is_none_or(|only| is("application", only.as_str()) || takes_along(only.as_str()))
    };
    events.iter().filter(names).cloned().collect()
}
