//! What a rule refuses.

use kuberpult_core::{Blocker, EnvironmentName, Lock, LockScope, Refusal, Rejection, TrainTargetType};

use super::{Family, Shown, shown};
use crate::exit::Failure;
use crate::unknown_name::{Named, UnknownName};

/// A refusal on its way, with what `Rejection` adds to it: nothing.
fn refused(refusal: &Refusal) -> Shown {
    let failure = Failure::Rejected(refusal.clone().into());
    shown(refusal, &failure)
}

pub(super) fn families() -> Vec<Family> {
    let unknown = |what, name: &str, known: &[&str]| {
        let name = || UnknownName::new(what, name, known.iter().copied());
        shown(&name(), &Failure::UnknownName(name()))
    };
    let rejection = Rejection::from(Refusal::NoVersionLeft { application: "cart".parse().unwrap() });
    vec![
        Family::new("Refusal", "kuberpult-core/src/refusal.rs", of_rules()),
        Family::new(
            "Rejection",
            "kuberpult-core/src/rejection.rs",
            vec![shown(&rejection, &Failure::Rejected(rejection.clone()))],
        ),
        Family::new(
            "UnknownName",
            "kuberpult-cli/src/unknown_name.rs",
            vec![
                unknown(Named::Application, "crat", &["cart", "email"]),
                unknown(Named::Application, "web", &["cart", "email"]),
                unknown(Named::Environment, "prod", &["production", "staging"]),
                unknown(Named::Environment, "qa", &["production", "staging"]),
                unknown(Named::Group, "eu", &[]),
                unknown(Named::Team, "sohp", &["shop"]),
            ],
        ),
    ]
}

fn of_rules() -> Vec<Shown> {
    let cart = || "cart".parse().unwrap();
    let staging = || -> EnvironmentName { "staging".parse().unwrap() };
    let environments = || vec!["development".parse().unwrap(), staging()];
    let version = |version: &str| version.parse().unwrap();
    let lock = |id: &str| id.parse().unwrap();
    let not_found = |name: &str| Refusal::EnvironmentNotFound {
        environment: name.parse().unwrap(),
        known: environments(),
    };
    let on_staging = || LockScope::Environment { environment: staging() };
    let refusals = [
        Refusal::InvalidName { error: kuberpult_core::TeamName::new("The A-Team").unwrap_err() },
        not_found("stagign"),
        not_found("qa"),
        Refusal::EnvironmentNotFound { environment: staging(), known: Vec::new() },
        Refusal::ApplicationNotFound { application: "crat".parse().unwrap(), nearest: Some(cart()) },
        Refusal::ApplicationNotFound { application: "web".parse().unwrap(), nearest: None },
        Refusal::ReleaseNotFound { application: cart(), version: version("9"), newest: Some(version("7")) },
        Refusal::ReleaseNotFound { application: cart(), version: version("9"), newest: None },
        Refusal::ManifestNotFound {
            application: cart(),
            version: version("7"),
            environment: "production".parse().unwrap(),
            known: environments(),
        },
        Refusal::Blocked {
            application: cart(),
            version: version("7"),
            environment: staging(),
            blockers: vec![Blocker::of_lock(
                on_staging(),
                lock("freeze"),
                Lock { message: "peak season".into(), ..Lock::default() },
            )],
        },
        Refusal::EnvironmentExists { environment: staging(), differing: vec!["upstream"] },
        Refusal::EnvironmentIsUpstream {
            environment: staging(),
            downstream: vec!["production".parse().unwrap()],
        },
        Refusal::ApplicationsDeployed { environment: staging(), applications: vec![cart()] },
        Refusal::UndeployNotPrepared { application: cart(), newest: version("7") },
        Refusal::StillDeployed { application: cart(), still_deployed: [(staging(), version("7"))].into() },
        Refusal::RevisionNotFound { revision: "nightly".parse().unwrap() },
        Refusal::BatchInBatch { position: 2 },
        Refusal::InBatch {
            position: 2,
            refused: "deploy version 7 of \"cart\" to \"stagign\"".into(),
            refusal: Box::new(not_found("stagign")),
        },
        Refusal::NoManifests { application: cart() },
        Refusal::ReleaseDiffers {
            application: cart(),
            version: version("7"),
            differing: vec!["sourceMessage".into(), "manifests.staging".into()],
        },
        Refusal::ReleaseTooOld { application: cart(), version: version("1"), oldest: version("3") },
        Refusal::NoVersionLeft { application: cart() },
        Refusal::LockNotFound {
            scope: on_staging(),
            lock_id: lock("laod-test"),
            known: vec![lock("load-test")],
        },
        Refusal::LockNotFound {
            scope: on_staging(),
            lock_id: lock("freeze"),
            known: vec![lock("load-test")],
        },
        Refusal::LockNotFound { scope: on_staging(), lock_id: lock("freeze"), known: Vec::new() },
        Refusal::GroupLockNotFound {
            environment_group: "europe".parse().unwrap(),
            lock_id: lock("freeze"),
            known: vec![lock("holiday")],
        },
        Refusal::GroupNotFound {
            environment_group: "eurpoe".parse().unwrap(),
            known: vec!["europe".parse().unwrap()],
        },
        Refusal::TargetNotFound {
            target: "prod".into(),
            target_type: None,
            known: vec!["production".into()],
        },
        Refusal::TargetNotFound {
            target: "qa".into(),
            target_type: Some(TrainTargetType::EnvironmentGroup),
            known: vec!["europe".into()],
        },
    ];
    refusals.iter().map(refused).collect()
}
