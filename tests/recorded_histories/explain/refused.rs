//! Upstream accepts, and we refuse: our tree stays as it is, so every path of the step may differ.

use kuberpult_core::{ApplicationName, EnvironmentName, GroupName, LockId, TeamName};
use kuberpult_tests::recorded::Fields;

use super::Applies;
use crate::difference::Difference;
use crate::situation::Situation;

/// What applies. A code counts only together with what it says of the step.
pub(super) fn applying<'a>(situation: &'a Situation<'_>) -> Vec<Applies<'a>> {
    if situation.ours != situation.ours_before {
        return Vec::new();
    }
    let difference = match *situation.our_codes() {
        ["NO_MANIFESTS"] if has_no_manifests(situation) => Difference::NoManifests,
        ["LOCK_NOT_FOUND"] if is_not_locked(situation) => Difference::NotLocked,
        ["ENVIRONMENT_NOT_FOUND"] if is_environment_unknown(situation) => Difference::UnknownEnvironment,
        ref codes
            if !codes.is_empty()
                && codes.iter().all(|code| *code == "INVALID_NAME")
                && has_unsafe_name(situation) =>
        {
            Difference::UnsafeName
        }
        _ => return Vec::new(),
    };
    vec![Applies::to_refusal(difference, |_| true)]
}

fn has_no_manifests(situation: &Situation<'_>) -> bool {
    let is_empty = |fields: &Fields| fields.manifests.iter().flatten().next().is_none();
    situation.fields_of(&["CreateApplicationVersion"]).any(is_empty)
}

fn is_not_locked(situation: &Situation<'_>) -> bool {
    let of_environment = situation.fields_of(&["DeleteEnvironmentLock"]).any(|fields| {
        !situation.was_there(&format!("environments/{}/locks/{}", fields.environment, fields.lock_id))
    });
    let of_application = situation.fields_of(&["DeleteEnvironmentApplicationLock"]).any(|fields| {
        let slot = format!("environments/{}/applications/{}", fields.environment, fields.application);
        !situation.was_there(&format!("{slot}/locks/{}", fields.lock_id))
    });
    of_environment || of_application
}

fn is_environment_unknown(situation: &Situation<'_>) -> bool {
    let made: Vec<_> =
        situation.fields_of(&["CreateEnvironment"]).map(|fields| &fields.environment).collect();
    situation.step.transformers.iter().any(|transformer| {
        let environment = &transformer.fields.environment;
        !environment.is_empty()
            && !made.contains(&environment)
            && !situation.was_there(&format!("environments/{environment}"))
    })
}

fn has_unsafe_name(situation: &Situation<'_>) -> bool {
    situation.step.transformers.iter().any(|transformer| {
        let fields = &transformer.fields;
        let group =
            fields.config.get("environmentGroup").and_then(|group| group.as_str()).unwrap_or_default();
        [
            (&*fields.environment, EnvironmentName::new(&fields.environment).is_err()),
            (&*fields.application, ApplicationName::new(&fields.application).is_err()),
            (&*fields.team, TeamName::new(&fields.team).is_err()),
            (&*fields.lock_id, LockId::new(&fields.lock_id).is_err()),
            (group, GroupName::new(group).is_err()),
        ]
        .iter()
        .any(|(name, is_unsafe)| !name.is_empty() && *is_unsafe)
    })
}
