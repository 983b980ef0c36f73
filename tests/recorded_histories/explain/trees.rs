//! Both accept, or both refuse, and the trees differ, or the way there.

use gix::ObjectId;

use super::accepted::is_release_of;
use super::{Applies, trains};
use crate::difference::Difference;
use crate::situation::Situation;
use crate::tree::PathDifference;

/// What applies.
pub(super) fn applying<'a>(situation: &'a Situation<'_>) -> Vec<Applies<'a>> {
    let mut applying = Vec::new();
    applying.extend(empty_message(situation));
    applying.extend(queued_releases(situation));
    applying.extend(cleanup(situation));
    applying.extend(batch_files(situation));
    applying.extend(backfill(situation));
    applying.extend(outdated_queue(situation));
    applying.extend(trains::as_of(situation));
    applying.extend(trains::group_members(situation));
    applying
}

/// Our message is empty, and upstream's is the one that was there.
fn empty_message<'a>(situation: &'a Situation<'_>) -> Option<Applies<'a>> {
    let kinds = ["CreateEnvironmentLock", "CreateEnvironmentApplicationLock", "CreateEnvironmentGroupLock"];
    let fields = situation.fields_of(&kinds).find(|fields| fields.message.is_empty())?;
    let end = format!("/locks/{}/message", fields.lock_id);
    Some(Applies::to_tree(Difference::EmptyMessage, move |path| {
        path.path.ends_with(&end)
            && path.upstream == situation.git.at(situation.before, &path.path)
            && path.ours.is_some_and(|ours| situation.git.content(ours).is_empty())
    }))
}

/// We keep a release that upstream deletes, because a version that is queued is the oldest in use.
fn queued_releases<'a>(situation: &'a Situation<'_>) -> Option<Applies<'a>> {
    Some(Applies::to_tree(Difference::QueuedReleases, move |path| {
        let ["applications", application, "releases", ..] = *path.path.split('/').collect::<Vec<_>>() else {
            return false;
        };
        path.upstream.is_none() && queue_holds_the_oldest(situation, situation.ours, application)
    }))
}

/// Whether a version of an application is queued somewhere that is older than all that are current, and no more releases
/// are older than that than cleanup leaves.
pub(super) fn queue_holds_the_oldest(situation: &Situation<'_>, tree: ObjectId, application: &str) -> bool {
    const LEFT: usize = 19;
    let slots = situation.slots(tree, application);
    let current = slots.iter().filter_map(|slot| slot.current).min();
    let Some(queued) = slots.iter().filter_map(|slot| slot.queued).min() else { return false };
    let releases = situation.git.names(tree, &format!("applications/{application}/releases"));
    let older =
        releases.iter().filter_map(|name| name.parse::<u64>().ok()).filter(|version| *version < queued);
    current.is_none_or(|current| queued < current) && older.count() <= LEFT
}

/// Upstream cleans up without a deployment.
fn cleanup<'a>(situation: &'a Situation<'_>) -> Option<Applies<'a>> {
    let fields = situation.fields_of(&["CleanupOldApplicationVersions"]).next()?;
    Some(Applies::to_tree(Difference::Cleanup, move |path| {
        path.upstream.is_none() && is_release_of(path, &fields.application)
    }))
}

/// Upstream's text ends with ours, and begins with what was written before in the same batch.
fn batch_files<'a>(situation: &'a Situation<'_>) -> Option<Applies<'a>> {
    let is_appended = |path: &PathDifference| {
        let (Some(upstream), Some(ours)) = (path.upstream, path.ours) else { return false };
        let (upstream, ours) = (situation.git.content(upstream), situation.git.content(ours));
        upstream.len() > ours.len() && upstream.ends_with(&ours)
    };
    (situation.step.transformers.len() > 1).then(|| Applies::to_tree(Difference::BatchFiles, is_appended))
}

/// The seed-era version drops the manifests of a release that is not the newest.
fn backfill<'a>(situation: &'a Situation<'_>) -> Option<Applies<'a>> {
    let fields = situation.fields_of(&["CreateApplicationVersion"]).next()?;
    let releases = format!("applications/{}/releases", fields.application);
    let newest =
        situation.git.names(situation.before, &releases).iter().filter_map(|name| name.parse().ok()).max();
    (newest > Some(fields.version)).then(|| {
        Applies::to_tree(Difference::Backfill, move |path: &PathDifference| {
            let manifests = format!("{releases}/{}/environments/", fields.version);
            path.upstream.is_none() && path.path.starts_with(&manifests)
        })
    })
}

/// While another lock remains, we leave a queued version that is current where it is.
fn outdated_queue<'a>(situation: &'a Situation<'_>) -> Option<Applies<'a>> {
    let kinds = ["DeleteEnvironmentLock", "DeleteEnvironmentApplicationLock", "DeleteEnvironmentGroupLock"];
    situation.fields_of(&kinds).next()?;
    Some(Applies::to_tree(Difference::OutdatedQueue, move |path| {
        let ["environments", environment, "applications", application, "queued_version"] =
            *path.path.split('/').collect::<Vec<_>>()
        else {
            return false;
        };
        let slot = situation.slot(situation.ours, environment, application);
        let is_locked = ["".to_owned(), format!("/applications/{application}")].iter().any(|owner| {
            !situation
                .git
                .names(situation.ours, &format!("environments/{environment}{owner}/locks"))
                .is_empty()
        });
        path.upstream.is_none() && slot.queued.is_some() && slot.queued == slot.current && is_locked
    }))
}
