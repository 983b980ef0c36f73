//! Release trains that upstream decides on another state.

use super::Applies;
use crate::difference::Difference;
use crate::situation::Situation;
use crate::tree::PathDifference;

/// Upstream finds no versions as of a commit, and deploys nothing.
pub(super) fn as_of<'a>(situation: &'a Situation<'_>) -> Option<Applies<'a>> {
    let fields = situation.fields_of(&["ReleaseTrain"]).find(|fields| !fields.commit_hash.is_empty())?;
    let targets = targets(situation, &fields.target);
    Some(Applies::to_tree(Difference::AsOf, move |path| {
        path.upstream == situation.git.at(situation.before, &path.path)
            && (targets.iter().any(|target| is_of_train_to(path, target)) || is_removed_release(path))
    }))
}

/// A version runs through a member of a group on to the next one: what is current upstream of it is there.
pub(super) fn group_members<'a>(situation: &'a Situation<'_>) -> Option<Applies<'a>> {
    let fields = situation.fields_of(&["ReleaseTrain"]).next()?;
    let members = members(situation, &fields.target);
    Some(Applies::to_tree(Difference::GroupMembers, move |path| {
        let next = members.iter().find(|member| is_of_train_to(path, member));
        let Some((member, before)) = next.and_then(|member| Some((member, upstream_of(situation, member)?)))
        else {
            let is_chained = |member: &String| {
                upstream_of(situation, member).is_some_and(|before| members.contains(&before))
            };
            return is_removed_release(path) && members.iter().any(is_chained);
        };
        let Some(application) = path.path.split('/').nth(3) else { return members.contains(&before) };
        let current = |tree, environment| situation.slot(tree, environment, application).current;
        members.contains(&before)
            && current(situation.upstream, member) == current(situation.upstream, &before)
            && current(situation.before, &before) != current(situation.upstream, &before)
    }))
}

/// The environments that a train goes to.
fn targets(situation: &Situation<'_>, target: &str) -> Vec<String> {
    let members = members(situation, target);
    if members.is_empty() { vec![target.to_owned()] } else { members }
}

fn upstream_of(situation: &Situation<'_>, environment: &str) -> Option<String> {
    Some(config(situation, environment)?["upstream"]["environment"].as_str()?.to_owned())
}

/// Whether a path is one of an environment's slots, or Argo CD's file of it.
fn is_of_train_to(path: &PathDifference, environment: &str) -> bool {
    path.path.starts_with(&format!("environments/{environment}/applications/"))
        || path.path == format!("argocd/v1alpha1/{environment}.yaml")
}

/// Whether one of the two has cleaned up a release after a deployment.
fn is_removed_release(path: &PathDifference) -> bool {
    let is_of_release =
        matches!(*path.path.split('/').collect::<Vec<_>>(), ["applications", _, "releases", ..]);
    is_of_release && (path.upstream.is_none() || path.ours.is_none())
}

/// The environments whose config names a group.
pub(super) fn members(situation: &Situation<'_>, group: &str) -> Vec<String> {
    let mut environments = situation.git.names(situation.before, "environments");
    environments.retain(|environment| {
        config(situation, environment).is_some_and(|config| config["environmentGroup"] == group)
    });
    environments
}

/// The config of an environment before the step.
fn config(situation: &Situation<'_>, environment: &str) -> Option<serde_json::Value> {
    let text = situation.git.text(situation.before, &format!("environments/{environment}/config.json"))?;
    serde_json::Deserializer::from_str(&text).into_iter().next()?.ok()
}
