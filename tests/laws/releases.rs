//! Laws about releases.

use kuberpult_core::{
    ApplicationName, Command, CreateRelease, Event, Note, Refusal, Release, State, Version,
};
use kuberpult_tests::alphabet;
use kuberpult_tests::generate::{histories, histories_of_any_start};
use kuberpult_tests::law::holds;
use kuberpult_tests::naive::Naive;
use kuberpult_tests::run::{Run, Step};
use proptest::prelude::any;
use proptest::{prop_assert, prop_assert_eq};

/// A newest release becomes current in each unblocked `latest` environment it has a manifest for.
#[test]
fn newest_release_reaches_latest() {
    holds(histories_of_any_start(), |history| {
        for step in Run::of(&history).single_steps() {
            let Some((application, version, release)) = made(&step) else { continue };
            let (before, after) = (Naive::of(&step.before), Naive::of(&step.after));
            if before.newest(application).is_some_and(|newest| newest > version) {
                continue;
            }
            for (environment, config) in &after.environments {
                let there = (environment, application);
                let reached = config.upstream.as_ref().is_some_and(|upstream| upstream.latest)
                    && release.manifests.contains_key(environment);
                let blocked = !after.blockers(step.context.now, there.0, there.1).is_empty();
                let current =
                    if reached && !blocked { Some(version) } else { before.current_in(there.0, there.1) };
                let queued = match (reached, blocked) {
                    (true, true) => Some(version),
                    (true, false) => None,
                    (false, _) => before.queued_in(there.0, there.1),
                };
                prop_assert_eq!(after.current_in(there.0, there.1), current);
                prop_assert_eq!(after.queued_in(there.0, there.1), queued);
            }
        }
        Ok(())
    });
}

/// A release lower than the newest changes no slot.
#[test]
fn backfill_deploys_nothing() {
    holds(histories_of_any_start(), |history| {
        for step in Run::of(&history).single_steps() {
            let Some((application, version, _)) = made(&step) else { continue };
            let (before, after) = (Naive::of(&step.before), Naive::of(&step.after));
            if before.newest(application).is_some_and(|newest| newest > version) {
                prop_assert_eq!(before.current, after.current);
                prop_assert_eq!(before.queued, after.queued);
            }
        }
        Ok(())
    });
}

/// Creating a release again with the same content changes nothing and succeeds.
#[test]
fn same_release_again_is_unchanged() {
    holds(histories_of_any_start(), |history| {
        let run = Run::of(&history);
        // At once, as it was said, with the version that it got.
        for step in &run.single_steps() {
            let (Command::CreateRelease(create), Some((_, version, _))) = (&step.command, made(step)) else {
                continue;
            };
            unchanged(&step.after, &CreateRelease { version: Some(version), ..create.clone() })?;
        }
        // Later, as it is on record.
        for (create, undeploy) in on_record(&run.state) {
            if !undeploy {
                unchanged(&run.state, &create)?;
            }
        }
        Ok(())
    });
}

fn unchanged(state: &State, create: &CreateRelease) -> kuberpult_tests::law::Holds {
    let command = Command::CreateRelease(create.clone());
    let again = Step::take(state, &alphabet::context(0, true), command);
    prop_assert!(again.result.is_ok(), "{:?}: {}", create, again.result.unwrap_err());
    prop_assert_eq!(&again.after, state);
    let decision = again.result.unwrap();
    prop_assert_eq!(decision.events(), []);
    let told = matches!(*decision.report().notes, [Note::ReleaseUnchanged { .. }]);
    prop_assert!(told, "{:?}", decision.report().notes);
    Ok(())
}

/// Creating a release again with other content is refused and names each difference.
#[test]
fn other_content_under_a_version_is_refused() {
    holds((histories(), any::<[bool; 8]>()), |(history, differ)| {
        let state = Run::of(&history).state;
        for (mut create, undeploy) in on_record(&state) {
            let mut expected: Vec<String> = undeploy.then(|| "undeploy".into()).into_iter().collect();
            let texts = [
                (&mut create.source_commit_id, "sourceCommitId"),
                (&mut create.source_author, "sourceAuthor"),
                (&mut create.source_message, "sourceMessage"),
                (&mut create.display_version, "displayVersion"),
                (&mut create.source_repo_url, "sourceRepoUrl"),
            ];
            for ((text, field), differs) in texts.into_iter().zip(differ) {
                if differs {
                    *text = Some("something else".into());
                    expected.push(field.to_string());
                }
            }
            let [.., other_team, other_manifest, other_environments] = differ;
            if other_team {
                create.team = Some("green".parse().unwrap());
                expected.push("team".into());
            }
            if other_manifest && let Some((environment, manifest)) = create.manifests.iter_mut().next() {
                *manifest = alphabet::manifest(99);
                expected.push(format!("manifests.{environment}"));
            }
            if other_environments {
                if create.manifests.len() > 1 {
                    let (environment, _) = create.manifests.pop_last().unwrap();
                    expected.push(format!("manifests.{environment}"));
                }
                create.manifests.insert("elsewhere".parse().unwrap(), alphabet::manifest(0));
                expected.push("manifests.elsewhere".into());
            }
            expected.sort();
            let step = Step::take(&state, &alphabet::context(0, true), Command::CreateRelease(create));
            match step.result {
                Ok(_) => prop_assert_eq!(expected, Vec::<String>::new()),
                Err(rejection) => {
                    let [Refusal::ReleaseDiffers { differing, .. }] = rejection.refusals() else {
                        prop_assert!(false, "refused for something else: {}", rejection);
                        return Ok(());
                    };
                    let mut differing = differing.clone();
                    differing.sort();
                    prop_assert_eq!(differing, expected);
                }
            }
        }
        Ok(())
    });
}

/// The release that a step made, if it made one.
fn made(step: &Step) -> Option<(&ApplicationName, Version, &Release)> {
    step.events().iter().find_map(|event| match event {
        Event::ReleaseCreated { application, version, release } => Some((application, *version, release)),
        _ => None,
    })
}

/// Each release that is there, as the command that would make it, and whether it is an undeploy release, which no
/// such command makes.
fn on_record(state: &State) -> Vec<(CreateRelease, bool)> {
    let mut commands = Vec::new();
    for (name, application) in &state.applications {
        for (version, release) in &application.releases {
            let create = CreateRelease {
                version: Some(*version),
                team: application.team.clone(),
                source_commit_id: release.source.commit_id.clone(),
                source_author: release.source.author.clone(),
                source_message: release.source.message.clone(),
                display_version: release.source.display_version.clone(),
                source_repo_url: application.source_repo_url.clone(),
                ..CreateRelease::new(name.clone(), release.manifests.clone().into())
            };
            if !create.manifests.is_empty() {
                commands.push((create, release.undeploy));
            }
        }
    }
    commands
}
