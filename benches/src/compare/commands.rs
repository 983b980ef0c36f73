//! Commands for kuberpult: as lines of JSON for `apply -f`, and as arguments.

use std::path::Path;

use serde_json::{Value, json};

use crate::job::Job;
use crate::size::{Size, application, environment};
use crate::stream::manifest;
use crate::workshop::Workshop;

/// A stream of commands of one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stream {
    /// Releases, with a manifest for each environment; each is deployed to development at once.
    Releases,
    /// Deployments to targets.
    Deployments,
    /// Deployments that queue behind a lock, with the lock before, and the unlock that deploys them after.
    Queue,
}

impl Stream {
    /// What it is called.
    pub(crate) fn action(self) -> &'static str {
        match self {
            Self::Releases => "releases",
            Self::Deployments => "deployments",
            Self::Queue => "queued deployments",
        }
    }

    /// That many commands on a repository of that size; of a queue, at most one for each application, and two more.
    pub(crate) fn commands(self, size: Size, count: usize) -> Vec<Value> {
        let commands: Vec<_> = match self {
            Self::Releases => (0..count).map(|index| release(size, index)).collect(),
            Self::Deployments => (0..count).map(|index| deployment(size, index)).collect(),
            Self::Queue => queue(size, count.min(size.applications)),
        };
        timed(commands, 0)
    }
}

/// Commands as they come in an ordinary day: of twenty, sixteen deployments, two releases, a lock and its unlock.
pub(crate) fn ordinary_day(size: Size, indices: std::ops::Range<usize>) -> Vec<Value> {
    let command = |index| match index % 20 {
        0 | 10 => release(size, index / 10),
        5 => environment_lock(&lock_id(index)),
        6 => environment_unlock(&lock_id(index - 1)),
        _ => deployment(size, index),
    };
    timed(indices.clone().map(command).collect(), indices.start)
}

/// Each command a second after the one before.
fn timed(mut commands: Vec<Value>, first: usize) -> Vec<Value> {
    for (index, command) in commands.iter_mut().enumerate() {
        if let Some(keys) = command.as_object_mut() {
            keys.insert("at".to_owned(), second(first + index).into());
        }
    }
    commands
}

/// A second of a day, so that no two commands leave the same files behind.
fn second(index: usize) -> String {
    format!("2024-06-02T{:02}:{:02}:{:02}Z", index / 3600 % 24, index / 60 % 60, index % 60)
}

/// As lines of a file.
pub(crate) fn lines(commands: &[Value]) -> String {
    commands.iter().map(|command| format!("{command}\n")).collect()
}

/// `kuberpult apply -f FILE`.
pub(crate) fn apply(workshop: &Workshop, repository: &Path, file: &Path) -> Job {
    kuberpult(workshop, repository, &["apply", "-f", &file.to_string_lossy()])
}

/// A deployment to the first target of one application after another: of the newest of two or more releases; the next time
/// around of the one that was there.
pub(crate) fn cold_deployment(workshop: &Workshop, repository: &Path, size: Size, index: usize) -> Job {
    let application = application(spread(size, index));
    let newest = (index / size.applications).is_multiple_of(2);
    let version = if newest { size.releases } else { size.current(1) }.to_string();
    let now = second(index);
    let arguments = ["--now", &now, "deploy", &application, &version, "-e", &locked()];
    kuberpult(workshop, repository, &arguments)
}

/// A lock on the first target.
pub(crate) fn cold_lock(workshop: &Workshop, repository: &Path, index: usize) -> Job {
    kuberpult(workshop, repository, &["lock", "env", &locked(), "--id", &lock_id(index), "-m", "measuring"])
}

/// A release train to the first target.
pub(crate) fn cold_train(workshop: &Workshop, repository: &Path) -> Job {
    kuberpult(workshop, repository, &["train", &locked()])
}

pub(crate) fn kuberpult(workshop: &Workshop, repository: &Path, arguments: &[&str]) -> Job {
    let program = workshop.kuberpult.to_string_lossy();
    let repository = repository.to_string_lossy();
    let identity = ["--author-name", "Jo", "--author-email", "jo@example.com"];
    let line = [&program, "-R", &repository].into_iter().chain(identity).chain(arguments.iter().copied());
    Job::Program { line: line.map(ToOwned::to_owned).collect(), input: None, keep_output: false }
}

/// The environment that locks are set in: the first target.
fn locked() -> String {
    environment(1)
}

fn lock_id(index: usize) -> String {
    format!("measuring-{index}")
}

/// An application for each index: all of them in turn, neighbours far apart.
fn spread(size: Size, index: usize) -> usize {
    // No size here is a multiple of this prime.
    index * 7919 % size.applications
}

fn release(size: Size, index: usize) -> Value {
    let name = application(spread(size, index));
    // What distinguishes it from those before; the version is kuberpult's to choose.
    let version = size.releases + 1 + index / size.applications;
    let manifests = (0..size.environments)
        .map(environment)
        .map(|there| (there.clone(), Value::from(manifest(&name, &there, version))));
    json!({
        "command": "createRelease",
        "application": name,
        "manifests": manifests.collect::<serde_json::Map<_, _>>(),
        "team": format!("team-{:02}", spread(size, index) % 50),
        "sourceCommitId": format!("{index:040x}"),
    })
}

/// To all applications in the second target, then in the third, and so on; the next time around the other version.
fn deployment(size: Size, index: usize) -> Value {
    let targets = size.environments.saturating_sub(2).max(1);
    let around = index / size.applications;
    let there = (1 + (1 + around % targets)).min(size.environments.saturating_sub(1));
    let version = if (around / targets).is_multiple_of(2) { size.releases } else { size.current(1) };
    json!({
        "command": "deploy",
        "application": application(spread(size, index)),
        "environment": environment(there),
        "version": version,
        "onLock": "queue",
    })
}

fn queue(size: Size, count: usize) -> Vec<Value> {
    let waiting = |index| {
        json!({
            "command": "deploy",
            "application": application(spread(size, index)),
            "environment": locked(),
            "version": size.releases,
            "onLock": "queue",
        })
    };
    let id = lock_id(0);
    let mut commands = vec![environment_lock(&id)];
    commands.extend((0..count).map(waiting));
    commands.push(environment_unlock(&id));
    commands
}

fn environment_lock(id: &str) -> Value {
    json!({
        "command": "createEnvironmentLock",
        "environment": locked(),
        "lockId": id,
        "message": "measuring",
    })
}

fn environment_unlock(id: &str) -> Value {
    json!({ "command": "deleteEnvironmentLock", "environment": locked(), "lockId": id })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_application_has_its_turn() {
        for applications in [20, 100, 1000, 10_000] {
            let size = Size::of(applications);
            let seen: BTreeSet<_> = (0..applications).map(|index| spread(size, index)).collect();
            assert_eq!(seen.len(), applications);
        }
    }

    #[test]
    fn a_queue_has_room_for_each_application_once() {
        assert_eq!(Stream::Queue.commands(Size::of(100), 1000).len(), 102);
        assert_eq!(Stream::Deployments.commands(Size::of(100), 1000).len(), 1000);
    }
}
