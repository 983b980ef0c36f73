//! The law about what is behind.

use kuberpult_core::{Command, Outcome, ReleaseTrain, Scope, TrainTargetType, Version};
use kuberpult_tests::generate::histories_of_any_start;
use kuberpult_tests::law::holds;
use kuberpult_tests::naive::Naive;
use kuberpult_tests::run::Run;
use proptest::{prop_assert, prop_assert_eq};

/// The upstream's version that an application is measured by in an environment is the one that a release train there finds, and it is behind by the releases up to that one that are newer than what is there.
#[test]
fn behind_is_what_trains_would_bring() {
    holds(histories_of_any_start(), |history| {
        let run = Run::of(&history);
        let (state, context) = (&run.state, run.now());
        let naive = Naive::of(state);
        let overview = state.restricted_to(&Scope::of_overview(state, None));
        let stages = state.stages();
        prop_assert_eq!(stages.len(), state.environments.len());
        for (stage, in_overview) in stages.iter().zip(overview.stages()) {
            let target_type = Some(TrainTargetType::Environment);
            let train = ReleaseTrain { target_type, ..ReleaseTrain::new(stage.name.as_str()) };
            let decision = state.decide(&context, &Command::ReleaseTrain(train)).unwrap();
            let report = &decision.report().train.as_ref().unwrap().environments[0];
            prop_assert_eq!(&stage.upstream, &report.upstream);
            for (application, _) in &naive.applications {
                let standing = stage.standing(application);
                let its = report.applications.iter().find(|its| its.application == *application);
                let found = its.and_then(|its| version_of(&its.outcome));
                prop_assert_eq!(standing.upstream, found);
                let current = naive.current_in(stage.name, application);
                prop_assert_eq!(standing.current, current);
                let newer = naive.releases.iter().filter(|(name, version, _)| {
                    name == application
                        && found.is_some_and(|found| *version <= found)
                        && current.is_none_or(|current| *version > current)
                });
                prop_assert_eq!(standing.behind, newer.count());
                prop_assert!(standing.behind == 0 || standing.ahead == 0);
                prop_assert_eq!(in_overview.standing(application), standing);
                let alone = state.restricted_to(&Scope::of_overview(state, Some(application)));
                let stages = alone.stages();
                let alone = stages.iter().find(|alone| alone.name == stage.name).unwrap();
                prop_assert_eq!(alone.standing(application), standing);
            }
        }
        Ok(())
    });
}

/// The version that a train found upstream and that could be deployed.
fn version_of(outcome: &Outcome) -> Option<Version> {
    use kuberpult_core::ApplicationCause::{AlreadyDeployed, NoVersionUpstream, NotInEnvironment};
    match outcome {
        Outcome::Deployed { to, .. } => Some(*to),
        Outcome::Queued { version, .. }
        | Outcome::Blocked { version, .. }
        | Outcome::Skipped { cause: AlreadyDeployed { version } } => Some(*version),
        Outcome::Skipped { cause: NoVersionUpstream | NotInEnvironment { .. } } => None,
    }
}
