//! Commands as JSON: those that make the repository, and one of each kind to run on what became of it.

use kuberpult_core::{Command, ManifestId};

fn parse(lines: &str) -> Vec<Command> {
    lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{line}: {error}")))
        .collect()
}

/// Locks of every kind, a queue, an environment with Argo CD settings and a freeze window.
pub(crate) fn preparing() -> Vec<Command> {
    parse(
        r#"{"command": "createEnvironment", "environment": "production", "config": {"upstream": {"environment": "staging"}, "environmentGroup": "live", "argocd": {"destination": {"name": "production", "server": ""}}, "freezeWindows": [{"kind": "deny", "schedule": "0 9 * * *", "duration": "2h"}]}}
{"command": "deploy", "environment": "staging", "application": "cart", "version": 1, "onLock": "queue"}
{"command": "deploy", "environment": "development", "application": "cart", "version": 1, "onLock": "queue"}
{"command": "createEnvironmentLock", "environment": "staging", "lockId": "env-lock", "message": "no", "ciLink": "https://ci.example.com/1", "suggestedLifetime": "2d"}
{"command": "deploy", "environment": "staging", "application": "cart", "version": 1, "onLock": "queue"}
{"command": "createApplicationLock", "environment": "development", "application": "cart", "lockId": "app-lock", "message": "no"}
{"command": "createTeamLock", "environment": "development", "team": "blue", "lockId": "team-lock", "message": "no"}"#,
    )
}

/// One command of each kind.
pub(crate) fn all(manifest: ManifestId) -> Vec<Command> {
    let lines = r#"{"command": "createEnvironment", "environment": "test", "config": {"upstream": {"latest": true}}}
{"command": "updateEnvironment", "environment": "staging", "config": {"upstream": {"latest": true}}}
{"command": "deleteEnvironment", "environment": "staging", "force": true}
{"command": "createRelease", "application": "cart", "manifests": {"development": MANIFEST, "production": MANIFEST}, "team": "red"}
{"command": "createRelease", "application": "payment", "manifests": {"development": MANIFEST}}
{"command": "deploy", "environment": "development", "application": "cart", "version": 1, "onLock": "ignore"}
{"command": "deploy", "environment": "staging", "application": "email", "version": 1, "onLock": "queue"}
{"command": "createEnvironmentLock", "environment": "staging", "lockId": "env-lock", "message": "again"}
{"command": "createEnvironmentLock", "environment": "production", "lockId": "new", "message": "x"}
{"command": "createApplicationLock", "environment": "development", "application": "email", "lockId": "new", "message": "x"}
{"command": "createTeamLock", "environment": "staging", "team": "blue", "lockId": "new", "message": "x"}
{"command": "createGroupLock", "environmentGroup": "live", "lockId": "new", "message": "x"}
{"command": "deleteEnvironmentLock", "environment": "staging", "lockId": "env-lock"}
{"command": "deleteApplicationLock", "environment": "development", "application": "cart", "lockId": "app-lock"}
{"command": "deleteTeamLock", "environment": "development", "team": "blue", "lockId": "team-lock"}
{"command": "deleteGroupLock", "environmentGroup": "live", "lockId": "new"}
{"command": "releaseTrain", "target": "staging"}
{"command": "releaseTrain", "target": "production", "asOf": "HEAD"}
{"command": "settleQueue"}
{"command": "prepareUndeploy", "application": "email"}
{"command": "undeploy", "application": "email"}
{"command": "removeFromEnvironment", "environment": "staging", "application": "cart"}
{"command": "batch", "commands": [{"command": "settleQueue"}, {"command": "createEnvironment", "environment": "test", "config": {}}]}"#;
    let manifest = serde_json::to_string(&manifest).unwrap_or_else(|error| panic!("{error}"));
    parse(&lines.replace("MANIFEST", &manifest))
}
