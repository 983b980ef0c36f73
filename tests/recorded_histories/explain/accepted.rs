//! Upstream refuses, and we accept: what we write is what the command is about.

use kuberpult_core::{Decision, Note, Report};

use super::Applies;
use super::trains::members;
use super::trees::queue_holds_the_oldest;
use crate::difference::Difference;
use crate::situation::{OurOutcome, Situation};
use crate::tree::PathDifference;

/// What applies.
pub(super) fn applying<'a>(situation: &'a Situation<'_>) -> Vec<Applies<'a>> {
    let OurOutcome::Accepted(decision) = situation.outcome else { return Vec::new() };
    let rules = [
        same_release(situation, decision),
        group_unlock(situation),
        dangling_queue(situation),
        too_old(situation),
        undeploy(situation),
        lock_before_release(situation),
    ];
    rules.into_iter().flatten().collect()
}

fn same_release<'a>(situation: &Situation<'_>, decision: &Decision) -> Option<Applies<'a>> {
    let error = situation.upstream_error();
    let says_so = error.starts_with("already_exists") || error == "release already exists";
    let is_again =
        |report: &Report| report.notes.iter().any(|note| matches!(note, Note::ReleaseUnchanged { .. }));
    let report = decision.report();
    let applies = says_so && (is_again(report) || report.batch.iter().any(is_again));
    // Upstream refuses a whole batch because of it.
    let is_batch = situation.step.transformers.len() > 1;
    applies.then(|| Applies::to_refusal(Difference::SameRelease, move |_| is_batch))
}

fn group_unlock<'a>(situation: &'a Situation<'_>) -> Option<Applies<'a>> {
    let fields = situation.fields_of(&["DeleteEnvironmentGroupLock"]).next()?;
    let members = members(situation, &fields.environment_group);
    let is_locked =
        |member: &String| situation.was_there(&format!("environments/{member}/locks/{}", fields.lock_id));
    let applies = situation.upstream_error().contains("does not exist")
        && members.iter().any(is_locked)
        && !members.iter().all(is_locked);
    applies.then(|| {
        Applies::to_refusal(Difference::GroupUnlock, move |path| {
            let locks = |member| format!("environments/{member}/locks/{}/", fields.lock_id);
            path.ours.is_none() && members.iter().any(|member| path.path.starts_with(&locks(member)))
        })
    })
}

/// Upstream has deleted a queued release, and trips over the link.
fn dangling_queue<'a>(situation: &'a Situation<'_>) -> Option<Applies<'a>> {
    let release = situation.upstream_error().strip_prefix("failed stating \"")?.split('"').next()?;
    let ["applications", application, "releases", version] = *release.split('/').collect::<Vec<_>>() else {
        return None;
    };
    let version: u64 = version.parse().ok()?;
    let is_queued =
        situation.slots(situation.before, application).iter().any(|slot| slot.queued == Some(version));
    let applies = is_queued && !situation.was_there(release);
    let unlocked = situation.fields_of(&["DeleteEnvironmentLock", "DeleteEnvironmentGroupLock"]).next();
    let deployed = situation.fields_of(&["DeployApplicationVersion"]).next();
    applies.then(|| {
        Applies::to_refusal(Difference::QueuedReleases, move |path| {
            let is_lock = unlocked.is_some_and(|fields| {
                path.ours.is_none() && path.path.contains(&format!("/locks/{}/", fields.lock_id))
            });
            let is_deployed = deployed.is_some_and(|fields| {
                let slot =
                    format!("environments/{}/applications/{}/", fields.environment, fields.application);
                let argocd = format!("argocd/v1alpha1/{}.yaml", fields.environment);
                path.path.starts_with(&slot) || path.path == argocd
            });
            is_lock || is_deployed || is_release_of(path, application)
        })
    })
}

/// What is queued is in use, so a release is not too old as long as it is not older than that.
fn too_old<'a>(situation: &'a Situation<'_>) -> Option<Applies<'a>> {
    let fields = situation.fields_of(&["CreateApplicationVersion"]).next()?;
    let says_so =
        ["too_old", "release is too old"].iter().any(|text| situation.upstream_error().starts_with(text));
    let applies = says_so && queue_holds_the_oldest(situation, situation.ours, &fields.application);
    applies.then(|| {
        let application = format!("applications/{}/", fields.application);
        Applies::to_refusal(Difference::QueuedReleases, move |path| path.path.starts_with(&application))
    })
}

fn undeploy<'a>(situation: &'a Situation<'_>) -> Option<Applies<'a>> {
    let fields = situation.fields_of(&["UndeployApplication"]).next()?;
    let error = situation.upstream_error();
    let difference = if error.contains("unlock the application lock in the") {
        Difference::UndeployLocks
    } else if error.contains("is not un-deployed") {
        // The environment that upstream names has no version of the application.
        let environments = situation.git.names(situation.before, "environments");
        let named = environments.iter().find(|environment| error.contains(&format!("'{environment}'")))?;
        if situation.slot(situation.before, named, &fields.application).current.is_some() {
            return None;
        }
        Difference::UndeployWhereDeployed
    } else {
        return None;
    };
    Some(Applies::to_refusal(difference, move |path| {
        let application = &fields.application;
        let is_of_application = path.path.starts_with(&format!("applications/{application}/"))
            || path.path.contains(&format!("/applications/{application}/"));
        path.ours.is_none() && is_of_application
    }))
}

/// The seed-era version looks for the newest release of whatever has a directory in an environment.
fn lock_before_release<'a>(situation: &'a Situation<'_>) -> Option<Applies<'a>> {
    let fields = situation.fields_of(&["CreateEnvironmentApplicationLock"]).next()?;
    let error = situation.upstream_error();
    let missing = error.strip_prefix("repository internal: could not call stat '")?;
    let applies = missing.starts_with(&format!("applications/{}/releases/0'", fields.application))
        && !situation.was_there(&format!("applications/{}", fields.application));
    applies.then(|| {
        Applies::to_refusal(Difference::LockBeforeRelease, move |path| {
            let slot = format!("environments/{}/applications/{}", fields.environment, fields.application);
            path.upstream.is_none() && path.path.starts_with(&format!("{slot}/locks/{}/", fields.lock_id))
        })
    })
}

pub(super) fn is_release_of(path: &PathDifference, application: &str) -> bool {
    path.path.starts_with(&format!("applications/{application}/releases/"))
}
