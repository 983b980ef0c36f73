//! Which paths of the tree kuberpult writes, and which go with a command.

use kuberpult_core::Command;

/// Whether kuberpult writes a file at this path.
pub(crate) fn is_ours(path: &[u8]) -> bool {
    let Ok(path) = std::str::from_utf8(path) else { return false };
    let names: Vec<&str> = path.split('/').collect();
    match names.as_slice() {
        ["environments", _, "config.json"] | ["argocd", "v1alpha1", _] => true,
        ["environments", _, rest @ ..] => match rest {
            ["applications", _, rest @ ..] => {
                matches!(
                    rest,
                    ["version"]
                        | ["queued_version"]
                        | ["deployed_by"]
                        | ["deployed_by_email"]
                        | ["deployed_at_utc"]
                        | ["manifests", "manifests.yaml"]
                ) || is_lock(rest)
            }
            ["teams", _, rest @ ..] | rest => is_lock(rest),
        },
        ["applications", _, "team" | "sourceRepoUrl"] => true,
        ["applications", _, "releases", _, rest @ ..] => matches!(
            rest,
            ["created_at"]
                | ["source_commit_id"]
                | ["source_author"]
                | ["source_message"]
                | ["display_version"]
                | ["undeploy"]
                | ["environments", _, "manifests.yaml"]
        ),
        _ => false,
    }
}

fn is_lock(names: &[&str]) -> bool {
    matches!(
        names,
        [
            "locks",
            _,
            "message"
                | "created_by_name"
                | "created_by_email"
                | "created_at"
                | "ci_link"
                | "suggested_lifetime"
        ]
    )
}

/// Whether a path goes with what a command removes: deleting is by directory.
pub(crate) fn goes_with(path: &[u8], command: &Command) -> bool {
    let path = String::from_utf8_lossy(path);
    let names: Vec<&str> = path.split('/').collect();
    match command {
        Command::DeleteEnvironment { environment, .. } => {
            matches!(names.as_slice(), ["environments", name, ..] if *name == environment.as_str())
        }
        Command::Undeploy { application } => {
            matches!(names.as_slice(), ["applications", name, ..] | ["environments", _, "applications", name, ..] if *name == application.as_str())
        }
        Command::RemoveFromEnvironment { application, .. } => {
            matches!(names.as_slice(), ["environments", _, "applications", name, ..] if *name == application.as_str())
        }
        Command::DeleteEnvironmentLock { .. }
        | Command::DeleteApplicationLock { .. }
        | Command::DeleteTeamLock { .. }
        | Command::DeleteGroupLock { .. } => names.contains(&"locks"),
        // Old releases go after each deployment.
        Command::Deploy(_)
        | Command::CreateRelease(_)
        | Command::PrepareUndeploy { .. }
        | Command::ReleaseTrain(_)
        | Command::SettleQueue { .. } => {
            matches!(names.as_slice(), ["applications", _, "releases", _, _, ..])
        }
        _ => false,
    }
}
