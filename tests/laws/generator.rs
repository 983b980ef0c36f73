//! A test of the generator: that histories reach everything there is to reach. Otherwise the laws prove nothing.

use std::collections::BTreeMap;

use kuberpult_core::{
    ApplicationCause, Command, Deploy, DeploymentCause, EnvironmentCause, Event, Note, OnLock, OnUnlock,
    Outcome, QueueDropCause, Refusal, ReleaseTrain, Report, TrainOnLock, TrainTargetType,
};
use kuberpult_tests::generate::histories_of_any_start;
use kuberpult_tests::naive::Naive;
use kuberpult_tests::run::{Run, Step};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

const HISTORIES: usize = 800;

/// What must occur, how often at least. What occurs and is not here fails the test too: it is new.
const EXPECTED: &[(usize, &[&str])] = &[
    (
        100,
        &[
            "command CreateEnvironment",
            "command CreateRelease",
            "command Deploy",
            "command CreateEnvironmentLock",
            "command CreateApplicationLock",
            "command CreateTeamLock",
            "command CreateGroupLock",
            "command DeleteEnvironmentLock",
            "command DeleteApplicationLock",
            "command DeleteTeamLock",
            "command ReleaseTrain",
            "event EnvironmentCreated",
            "event ReleaseCreated",
            "event TeamChanged",
            "event SourceRepoUrlChanged",
            "event Deployed",
            "event Queued",
            "event LockCreated",
            "event LockDeleted",
            "event ReleaseCleanedUp",
            "deployment NewRelease",
            "deployment Automatic",
            "deployment Manual",
            "deployment ReleaseTrain",
            "outcome Deployed",
            "outcome Skipped",
            "cause AlreadyDeployed",
            "on lock Queue",
            "on lock Fail",
            "on lock Ignore",
            "on unlock Deploy",
            "on unlock Keep",
            "on unlock Drop",
            "on unlock by config",
            "train on lock Queue",
            "train on lock Skip",
            "train target Environment",
            "train target EnvironmentGroup",
            "train target not given",
            "train for team",
            "environment Blocked",
            "note ManifestForUnknownEnvironment",
            "situation: something is queued",
            "situation: a queue and no blocker",
            "situation: a queue and several blockers",
            "situation: something deployable is blocked",
        ],
    ),
    (
        40,
        &[
            "command DeleteGroupLock",
            "event QueueDropped",
            "deployment Unlock",
            "manual deployment through locks",
            "cause NoVersionUpstream",
            "cause NotInEnvironment",
            "environment NoUpstream",
            "environment NeitherLatestNorEnvironment",
            "environment BothLatestAndEnvironment",
            "environment UpstreamNotFound",
            "environment UpstreamCycle",
            "note Finding",
            "note Backfilled",
            "note LockOnUnknownApplication",
            "note LockUnchanged",
            "refusal INVALID_NAME",
            "refusal ENVIRONMENT_NOT_FOUND",
            "refusal APPLICATION_NOT_FOUND",
            "refusal RELEASE_NOT_FOUND",
            "refusal ENV_IS_LOCKED",
            "refusal ENVIRONMENT_EXISTS",
            "refusal NO_MANIFESTS",
            "refusal RELEASE_EXISTS_WITH_OTHER_CONTENT",
            "refusal LOCK_NOT_FOUND",
            "refusal ENVIRONMENT_GROUP_NOT_FOUND",
            "refusal TRAIN_TARGET_NOT_FOUND",
            "situation: outdated queue",
        ],
    ),
    (
        8,
        &[
            "queue drop AlreadyDeployed",
            "outcome Queued",
            "outcome Blocked",
            "note ReleaseUnchanged",
            "note EnvironmentUnchanged",
            "note AlreadyQueued",
            "refusal MANIFEST_NOT_FOUND",
            "refusal TEAM_IS_LOCKED",
            "refusal APP_IS_LOCKED",
            "refusal GROUP_LOCK_NOT_FOUND",
            "refusal RELEASE_TOO_OLD",
            "queue drop OnUnlock",
            // These two after a start that other tools left behind only.
            "queue drop ReleaseGone",
            "refusal NO_VERSION_LEFT",
        ],
    ),
];

#[test]
fn generator_reaches_everything() {
    let mut counts = Counts::default();
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let (mut commands, mut accepted) = (0, 0);
    for _ in 0..HISTORIES {
        let history = histories_of_any_start().new_tree(&mut runner).unwrap().current();
        for step in Run::of(&history).steps {
            commands += 1;
            accepted += usize::from(step.result.is_ok());
            counts.step(&step);
        }
    }
    let share = accepted * 100 / commands;
    println!("{HISTORIES} histories, {commands} commands, {share} % accepted");
    for (what, count) in &counts.0 {
        println!("{count:7}  {what}");
    }
    assert!(share >= 60, "only {share} % of the commands are accepted");
    for (least, names) in EXPECTED {
        for name in *names {
            let count = counts.0.remove(*name).unwrap_or_default();
            assert!(count >= *least, "{name} occurs {count} times, at least {least} are wanted");
        }
    }
    assert!(counts.0.is_empty(), "these are new, say how often they should occur: {:?}", counts.0);
}

#[derive(Default)]
struct Counts(BTreeMap<String, usize>);

impl Counts {
    fn count(&mut self, kind: &str, what: &str) {
        *self.0.entry(format!("{kind} {what}")).or_default() += 1;
    }

    fn step(&mut self, step: &Step) {
        self.command(&step.command);
        match &step.result {
            Err(rejection) => rejection.refusals().iter().for_each(|refusal| self.refusal(refusal)),
            Ok(decision) => {
                decision.events().iter().for_each(|event| self.event(event));
                self.report(decision.report());
            }
        }
        self.situations(step);
    }

    fn command(&mut self, command: &Command) {
        let name = match command {
            Command::CreateEnvironment { .. } => "CreateEnvironment",
            Command::CreateRelease(_) => "CreateRelease",
            Command::Deploy(Deploy { on_lock, .. }) => {
                let on_lock = match on_lock {
                    OnLock::Queue => "Queue",
                    OnLock::Fail => "Fail",
                    OnLock::Ignore => "Ignore",
                };
                self.count("on lock", on_lock);
                "Deploy"
            }
            Command::CreateEnvironmentLock { .. } => "CreateEnvironmentLock",
            Command::CreateApplicationLock { .. } => "CreateApplicationLock",
            Command::CreateTeamLock { .. } => "CreateTeamLock",
            Command::CreateGroupLock { .. } => "CreateGroupLock",
            Command::DeleteEnvironmentLock { queued, .. } => {
                self.on_unlock(*queued);
                "DeleteEnvironmentLock"
            }
            Command::DeleteApplicationLock { queued, .. } => {
                self.on_unlock(*queued);
                "DeleteApplicationLock"
            }
            Command::DeleteTeamLock { queued, .. } => {
                self.on_unlock(*queued);
                "DeleteTeamLock"
            }
            Command::DeleteGroupLock { queued, .. } => {
                self.on_unlock(*queued);
                "DeleteGroupLock"
            }
            Command::ReleaseTrain(train) => {
                self.train(train);
                "ReleaseTrain"
            }
        };
        self.count("command", name);
    }

    fn on_unlock(&mut self, queued: Option<OnUnlock>) {
        let name = match queued {
            None => "by config",
            Some(OnUnlock::Deploy) => "Deploy",
            Some(OnUnlock::Keep) => "Keep",
            Some(OnUnlock::Drop) => "Drop",
        };
        self.count("on unlock", name);
    }

    fn train(&mut self, train: &ReleaseTrain) {
        let on_lock = match train.on_lock {
            TrainOnLock::Queue => "Queue",
            TrainOnLock::Skip => "Skip",
        };
        self.count("train on lock", on_lock);
        let target = match train.target_type {
            None => "not given",
            Some(TrainTargetType::Environment) => "Environment",
            Some(TrainTargetType::EnvironmentGroup) => "EnvironmentGroup",
        };
        self.count("train target", target);
        if train.team.is_some() {
            self.count("train", "for team");
        }
    }

    fn event(&mut self, event: &Event) {
        let name = match event {
            Event::EnvironmentCreated { .. } => "EnvironmentCreated",
            Event::ReleaseCreated { .. } => "ReleaseCreated",
            Event::TeamChanged { .. } => "TeamChanged",
            Event::SourceRepoUrlChanged { .. } => "SourceRepoUrlChanged",
            Event::Deployed { cause, .. } => {
                let cause = match cause {
                    DeploymentCause::NewRelease => "NewRelease",
                    DeploymentCause::Automatic => "Automatic",
                    DeploymentCause::Manual { overridden, .. } => {
                        if !overridden.is_empty() {
                            self.count("manual deployment", "through locks");
                        }
                        "Manual"
                    }
                    DeploymentCause::ReleaseTrain => "ReleaseTrain",
                    DeploymentCause::Unlock => "Unlock",
                };
                self.count("deployment", cause);
                "Deployed"
            }
            Event::Queued { .. } => "Queued",
            Event::QueueDropped { cause, .. } => {
                let cause = match cause {
                    QueueDropCause::AlreadyDeployed => "AlreadyDeployed",
                    QueueDropCause::OnUnlock => "OnUnlock",
                    QueueDropCause::ReleaseGone => "ReleaseGone",
                };
                self.count("queue drop", cause);
                "QueueDropped"
            }
            Event::LockCreated { .. } => "LockCreated",
            Event::LockDeleted { .. } => "LockDeleted",
            Event::ReleaseCleanedUp { .. } => "ReleaseCleanedUp",
        };
        self.count("event", name);
    }

    fn report(&mut self, report: &Report) {
        for note in &report.notes {
            let name = match note {
                Note::EnvironmentUnchanged { .. } => "EnvironmentUnchanged",
                Note::Finding { .. } => "Finding",
                Note::ReleaseUnchanged { .. } => "ReleaseUnchanged",
                Note::Backfilled { .. } => "Backfilled",
                Note::ManifestForUnknownEnvironment { .. } => "ManifestForUnknownEnvironment",
                Note::AlreadyQueued { .. } => "AlreadyQueued",
                Note::LockOnUnknownApplication { .. } => "LockOnUnknownApplication",
                Note::LockUnchanged { .. } => "LockUnchanged",
                // A note may come to be without breaking whoever reads notes; it must be counted here then.
                _ => "that is new",
            };
            self.count("note", name);
        }
        for environment in report.train.iter().flat_map(|train| &train.environments) {
            if let Some(cause) = &environment.skipped {
                let cause = match cause {
                    EnvironmentCause::NoUpstream => "NoUpstream",
                    EnvironmentCause::NeitherLatestNorEnvironment => "NeitherLatestNorEnvironment",
                    EnvironmentCause::BothLatestAndEnvironment => "BothLatestAndEnvironment",
                    EnvironmentCause::UpstreamNotFound { .. } => "UpstreamNotFound",
                    EnvironmentCause::UpstreamCycle { .. } => "UpstreamCycle",
                    EnvironmentCause::Blocked { .. } => "Blocked",
                };
                self.count("environment", cause);
            }
            environment.applications.iter().for_each(|report| self.outcome(&report.outcome));
        }
    }

    fn outcome(&mut self, outcome: &Outcome) {
        let name = match outcome {
            Outcome::Deployed { .. } => "Deployed",
            Outcome::Queued { .. } => "Queued",
            Outcome::Blocked { .. } => "Blocked",
            Outcome::Skipped { cause } => {
                let cause = match cause {
                    ApplicationCause::NoVersionUpstream => "NoVersionUpstream",
                    ApplicationCause::NotInEnvironment { .. } => "NotInEnvironment",
                    ApplicationCause::AlreadyDeployed { .. } => "AlreadyDeployed",
                };
                self.count("cause", cause);
                "Skipped"
            }
        };
        self.count("outcome", name);
    }

    /// By its code, which every refusal has.
    fn refusal(&mut self, refusal: &Refusal) {
        self.count("refusal", refusal.code());
    }

    /// What the laws about queues and locks need to find.
    fn situations(&mut self, step: &Step) {
        let naive = Naive::of(&step.after);
        for (environment, application, version) in &naive.queued {
            self.count("situation:", "something is queued");
            match naive.blockers(environment, application).len() {
                0 => self.count("situation:", "a queue and no blocker"),
                1 => {}
                _ => self.count("situation:", "a queue and several blockers"),
            }
            if naive.current_in(environment, application) == Some(*version) {
                self.count("situation:", "outdated queue");
            }
        }
        if naive.deployable().iter().any(|placed| !naive.blockers(&placed.0, &placed.1).is_empty()) {
            self.count("situation:", "something deployable is blocked");
        }
    }
}
