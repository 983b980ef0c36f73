//! What goes wrong with a manifest repository.

use kuberpult_core::{EnvironmentCause, Event, PlanDifference, Refusal, Rejection, TrainUpstream};
use kuberpult_git::{
    CommitId, DifferenceError, HistoryGap, InitError, OpenError, ReadError, RemoteError, TransactError,
    WhyError,
};

use super::{Family, Shown, cause, part, path, shown};

const FILE: &str = "kuberpult-git/src/error.rs";

fn commit() -> CommitId {
    "a0c7a1d6bf0f4270d9541fb2f1a88f9e2dbd4452".parse().unwrap()
}

fn rejection() -> Rejection {
    Refusal::BatchInBatch { position: 2 }.into()
}

fn no_git() -> RemoteError {
    RemoteError::NoGit { remote: "`origin`".into(), source: cause().into() }
}

fn unreadable() -> ReadError {
    ReadError::Unreadable { path: "environments/staging".into(), source: cause().into() }
}

pub(super) fn families() -> Vec<Family> {
    vec![
        Family::new("InitError", FILE, init()),
        Family::new("OpenError", FILE, open()),
        Family::new("ReadError", FILE, read()),
        Family::new("TransactError", FILE, transact()),
        Family::new("WhyError", FILE, {
            let errors = || [WhyError::Rejected(rejection()), WhyError::Read(unreadable())];
            errors().into_iter().zip(errors()).map(|(error, same)| shown(&error, &same.into())).collect()
        }),
        Family::new("DifferenceError", FILE, {
            let errors = || {
                [
                    DifferenceError::Rejected(rejection()),
                    DifferenceError::NoNextTrain {
                        environment: "staging".parse().unwrap(),
                        cause: EnvironmentCause::NoUpstream,
                    },
                    DifferenceError::NothingUpstream {
                        application: "cart".parse().unwrap(),
                        environment: "production".parse().unwrap(),
                        upstream: TrainUpstream::Environment("staging".parse().unwrap()),
                    },
                    DifferenceError::Read(unreadable()),
                ]
            };
            errors().into_iter().zip(errors()).map(|(error, same)| shown(&error, &same.into())).collect()
        }),
        Family::new(
            "HistoryGap",
            "kuberpult-git/src/history.rs",
            vec![part(&HistoryGap::NoParent { parent: commit() }), part(&HistoryGap::Read(unreadable()))],
        ),
    ]
}

fn init() -> Vec<Shown> {
    let errors = || {
        [
            InitError::NotEmpty { directory: path("manifests") },
            InitError::InvalidBranch { branch: "a..b".into(), source: Box::new(cause()) },
            InitError::Git { directory: path("manifests"), source: Box::new(cause()) },
            InitError::Open(OpenError::NoBranch { directory: path("manifests"), branch: "main".into() }),
        ]
    };
    errors().into_iter().zip(errors()).map(|(error, same)| shown(&error, &same.into())).collect()
}

fn open() -> Vec<Shown> {
    let errors = || {
        [
            OpenError::NoRepository { directory: path("manifests"), source: Box::new(cause()) },
            OpenError::UnknownExtension {
                directory: path("manifests"),
                name: "refStorage".into(),
                value: "reftable".into(),
            },
            OpenError::CannotOpen { directory: path("manifests"), source: Box::new(cause()) },
            OpenError::NoManifestRepository { directory: path("code"), branch: "main".into() },
            OpenError::NoBranch { directory: path("manifests"), branch: "mian".into() },
            OpenError::NoBranchCheckedOut { directory: path("manifests") },
            OpenError::Remote(no_git()),
            OpenError::Read(unreadable()),
        ]
    };
    errors().into_iter().zip(errors()).map(|(error, same)| shown(&error, &same.into())).collect()
}

fn read() -> Vec<Shown> {
    let errors = [
        ReadError::NotUnderstood {
            path: "environments/staging/config.json".into(),
            expected: "an environment config".into(),
            found: "something else: `upstream`: expected an object".into(),
        },
        unreadable(),
        ReadError::TooMuch { path: "applications".into(), limit: kuberpult_git::LARGEST_READING },
        ReadError::Remote(no_git()),
        ReadError::Git { what: "branch `main`".into(), source: cause().into() },
    ];
    errors.into_iter().map(|error| shown(&error, &error.clone().into())).collect()
}

fn difference() -> Box<PlanDifference> {
    let deployed = |version: &str| Event::QueueDropped {
        environment: "staging".parse().unwrap(),
        application: "cart".parse().unwrap(),
        version: version.parse().unwrap(),
        cause: kuberpult_core::QueueDropCause::AlreadyDeployed,
    };
    Box::new(PlanDifference { no_longer: vec![deployed("7")], instead: vec![deployed("8")] })
}

fn transact() -> Vec<Shown> {
    let (branch, directory, work_tree) = (String::from("main"), path("manifests"), path("manifests"));
    let (remote, commits) = (String::from("`origin`"), vec!["4f2a9c1 Add staging by hand".into()]);
    let message = String::from("untracked file `environments/staging/config.json` would be overwritten");
    let errors = [
        TransactError::Rejected(rejection()),
        TransactError::Read(unreadable()),
        TransactError::UnknownManifest { manifest: "0a1b".parse().unwrap() },
        TransactError::KeysWouldBeLost {
            path: "environments/staging/config.json".into(),
            keys: vec!["argocd.destination.shard".into()],
        },
        TransactError::NoRepoUrl { environment: "staging".into() },
        TransactError::DirtyWorkTree {
            branch: branch.clone(),
            work_tree: work_tree.clone(),
            paths: vec!["applications/cart/team".into()],
        },
        TransactError::WorkTreeInTheWay {
            branch: branch.clone(),
            work_tree: work_tree.clone(),
            message: message.clone(),
        },
        TransactError::WorkTreeLeftBehind {
            branch: branch.clone(),
            work_tree: work_tree.clone(),
            at: commit(),
        },
        TransactError::WorkTreeNotUpdated {
            commit: commit().to_string(),
            work_tree: work_tree.clone(),
            message,
        },
        TransactError::PlanOutdated { base: Some(commit()), head: Some(commit()), difference: difference() },
        TransactError::PlanNotGenuine { base: Some(commit()), difference: difference() },
        TransactError::PlanBaseNotFound { base: commit() },
        TransactError::NotEmpty { directory: directory.clone(), branch: branch.clone() },
        TransactError::BranchGone { directory: directory.clone(), branch: branch.clone() },
        TransactError::LostRace { attempts: 20, words: String::new() },
        TransactError::Remote(no_git()),
        TransactError::Offline { remote: remote.clone() },
        TransactError::LocalBranchAhead {
            directory: directory.clone(),
            branch: branch.clone(),
            remote: remote.clone(),
            commits,
        },
        TransactError::LocalBranchNotMoved {
            commit: commit(),
            directory: directory.clone(),
            branch: branch.clone(),
            source: cause().into(),
        },
        TransactError::AnswerLost {
            commit: commit(),
            count: 1,
            branch: branch.clone(),
            remote: remote.clone(),
            source: None,
        },
        TransactError::AnswerLost { commit: commit(), count: 12, branch, remote, source: None },
        TransactError::Abandoned,
        TransactError::Busy { directory, seconds: 30 },
        TransactError::TimeBefore1970 { time: "1969-12-31T23:59:59Z".parse().unwrap() },
        TransactError::TooLong {
            what: "`environments/staging/config.json`".into(),
            size: 900_000_000,
            limit: kuberpult_git::LARGEST_OBJECT as u64,
        },
        TransactError::Write { what: "branch `main`".into(), source: cause().into() },
        TransactError::NoGit { work_tree, source: cause().into() },
    ];
    errors.into_iter().map(|error| shown(&error, &error.clone().into())).collect()
}
