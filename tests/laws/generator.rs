//! A test of the generator: that histories reach everything there is to reach. Otherwise the laws prove nothing.

use std::collections::BTreeMap;

use kuberpult_core::{
    ApplicationCause, ApplicationReport, Blocker, Command, Deploy, DeploymentCause, EnvironmentCause, Event,
    Finding, Note, OnLock, OnUnlock, Outcome, QueueDropCause, Refusal, ReleaseTrain, Report, TrainOnLock,
    TrainTargetType, TrainUpstream, check,
};
use kuberpult_tests::generate::histories_of_any_start;
use kuberpult_tests::naive::Naive;
use kuberpult_tests::run::{Run, Step};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

const HISTORIES: usize = 1200;

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
            "note ManifestForUnknownEnvironment",
            "note AsOfHasNoEffect",
            "note NotInEnvironment",
            "command UpdateEnvironment",
            "command DeleteEnvironment",
            "command SettleQueue",
            "command PrepareUndeploy",
            "command Undeploy",
            "command RemoveFromEnvironment",
            "command Batch",
            "event EnvironmentUpdated",
            "event RemovedFromEnvironment",
            "event ApplicationUndeployed",
            "train as of a revision",
            "settle one environment",
            "settle all",
            "blocker EnvironmentLock",
            "blocker ApplicationLock",
            "blocker FreezeWindow for all applications",
            "blocker OutsideAllowWindows for all applications",
            "finding TrainsSkipEnvironment",
            "refusal in a batch",
            "situation: a batch with events",
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
            "manual deployment through blockers",
            "event EnvironmentDeleted",
            "deletion by force",
            "deletion if nothing is in the way",
            "blocker TeamLock",
            "blocker FreezeWindow for some applications",
            "blocker OutsideAllowWindows for one application",
            "environment Locked",
            "environment Frozen",
            "refusal BATCH_IN_BATCH",
            "refusal REVISION_NOT_FOUND",
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
            "note LockUnchanged",
            "deployment SettleQueue",
            "refusal FREEZE_WINDOW_IS_ACTIVE",
            "refusal NO_ALLOW_WINDOW_IS_ACTIVE",
            "refusal ENVIRONMENT_IS_UPSTREAM",
            "refusal APPLICATIONS_DEPLOYED",
            "refusal UNDEPLOY_NOT_PREPARED",
            "refusal STILL_DEPLOYED",
            "refusal MANIFEST_NOT_FOUND",
            "refusal APP_IS_LOCKED",
            "refusal GROUP_LOCK_NOT_FOUND",
            "refusal RELEASE_TOO_OLD",
            "queue drop OnUnlock",
            "situation: a train finds what is current upstream no longer",
            // These after a start that other tools left behind only.
            "finding DanglingVersion",
            "finding EmptyEntry",
            "queue drop ReleaseGone",
            "refusal NO_VERSION_LEFT",
        ],
    ),
    // The code of the first blocker: nothing may block the environment as a whole.
    (4, &["refusal TEAM_IS_LOCKED"]),
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
        check(&step.after).iter().for_each(|finding| self.finding(finding));
        self.situations(step);
    }

    fn command(&mut self, command: &Command) {
        let name = match command {
            Command::CreateEnvironment { .. } => "CreateEnvironment",
            Command::UpdateEnvironment { .. } => "UpdateEnvironment",
            Command::DeleteEnvironment { force, .. } => {
                self.count("deletion", if *force { "by force" } else { "if nothing is in the way" });
                "DeleteEnvironment"
            }
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
            Command::SettleQueue { environment } => {
                self.count("settle", if environment.is_some() { "one environment" } else { "all" });
                "SettleQueue"
            }
            Command::PrepareUndeploy { .. } => "PrepareUndeploy",
            Command::Undeploy { .. } => "Undeploy",
            Command::RemoveFromEnvironment { .. } => "RemoveFromEnvironment",
            Command::Batch { commands } => {
                commands.iter().for_each(|command| self.command(command));
                "Batch"
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
        if train.as_of.is_some() {
            self.count("train", "as of a revision");
        }
    }

    fn event(&mut self, event: &Event) {
        let name = match event {
            Event::EnvironmentCreated { .. } => "EnvironmentCreated",
            Event::EnvironmentUpdated { .. } => "EnvironmentUpdated",
            Event::EnvironmentDeleted { .. } => "EnvironmentDeleted",
            Event::RemovedFromEnvironment { .. } => "RemovedFromEnvironment",
            Event::ApplicationUndeployed { .. } => "ApplicationUndeployed",
            Event::ReleaseCreated { .. } => "ReleaseCreated",
            Event::TeamChanged { .. } => "TeamChanged",
            Event::SourceRepoUrlChanged { .. } => "SourceRepoUrlChanged",
            Event::Deployed { cause, .. } => {
                let cause = match cause {
                    DeploymentCause::NewRelease => "NewRelease",
                    DeploymentCause::Automatic => "Automatic",
                    DeploymentCause::Manual { overridden, .. } => {
                        if !overridden.is_empty() {
                            self.count("manual deployment", "through blockers");
                        }
                        self.blockers(overridden);
                        "Manual"
                    }
                    DeploymentCause::ReleaseTrain => "ReleaseTrain",
                    DeploymentCause::Unlock => "Unlock",
                    DeploymentCause::SettleQueue => "SettleQueue",
                    DeploymentCause::Unrecorded => "Unrecorded",
                };
                self.count("deployment", cause);
                "Deployed"
            }
            Event::Queued { blockers, .. } => {
                self.blockers(blockers);
                "Queued"
            }
            Event::QueueDropped { cause, .. } => {
                let cause = match cause {
                    QueueDropCause::AlreadyDeployed => "AlreadyDeployed",
                    QueueDropCause::OnUnlock => "OnUnlock",
                    QueueDropCause::ReleaseGone => "ReleaseGone",
                    QueueDropCause::Unrecorded => "Unrecorded",
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
                Note::Finding { finding } => {
                    self.finding(finding);
                    "Finding"
                }
                Note::ReleaseUnchanged { .. } => "ReleaseUnchanged",
                Note::Backfilled { .. } => "Backfilled",
                Note::ManifestForUnknownEnvironment { .. } => "ManifestForUnknownEnvironment",
                Note::AlreadyQueued { .. } => "AlreadyQueued",
                Note::LockOnUnknownApplication { .. } => "LockOnUnknownApplication",
                Note::LockUnchanged { .. } => "LockUnchanged",
                Note::AsOfHasNoEffect { .. } => "AsOfHasNoEffect",
                Note::NotInEnvironment { .. } => "NotInEnvironment",
                // A note may come to be without breaking whoever reads notes; it must be counted here then.
                _ => "that is new",
            };
            self.count("note", name);
        }
        report.batch.iter().for_each(|report| self.report(report));
        for environment in report.train.iter().flat_map(|train| &train.environments) {
            if let Some(cause) = &environment.skipped {
                let cause = match cause {
                    EnvironmentCause::NoUpstream => "NoUpstream",
                    EnvironmentCause::NeitherLatestNorEnvironment => "NeitherLatestNorEnvironment",
                    EnvironmentCause::BothLatestAndEnvironment => "BothLatestAndEnvironment",
                    EnvironmentCause::UpstreamNotFound { .. } => "UpstreamNotFound",
                    EnvironmentCause::UpstreamCycle { .. } => "UpstreamCycle",
                    EnvironmentCause::Locked { blockers } => {
                        self.blockers(blockers);
                        "Locked"
                    }
                    EnvironmentCause::Frozen { blockers } => {
                        self.blockers(blockers);
                        "Frozen"
                    }
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
            Outcome::Blocked { blockers, .. } => {
                self.blockers(blockers);
                "Blocked"
            }
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

    /// By its code, which every refusal has; that of a batch's command also as such.
    fn refusal(&mut self, refusal: &Refusal) {
        match refusal {
            Refusal::InBatch { .. } => self.count("refusal", "in a batch"),
            Refusal::Blocked { blockers, .. } => self.blockers(blockers),
            _ => {}
        }
        self.count("refusal", refusal.code());
    }

    fn blockers(&mut self, blockers: &[Blocker]) {
        for blocker in blockers {
            let name = match blocker {
                Blocker::EnvironmentLock { .. } => "EnvironmentLock",
                Blocker::TeamLock { .. } => "TeamLock",
                Blocker::ApplicationLock { .. } => "ApplicationLock",
                Blocker::FreezeWindow { .. } if blocker.is_environment_level() => {
                    "FreezeWindow for all applications"
                }
                Blocker::FreezeWindow { .. } => "FreezeWindow for some applications",
                Blocker::OutsideAllowWindows { application: None, .. } => {
                    "OutsideAllowWindows for all applications"
                }
                Blocker::OutsideAllowWindows { application: Some(_), .. } => {
                    "OutsideAllowWindows for one application"
                }
            };
            self.count("blocker", name);
        }
    }

    fn finding(&mut self, finding: &Finding) {
        let name = match finding {
            Finding::TrainsSkipEnvironment { .. } => "TrainsSkipEnvironment",
            Finding::DanglingVersion { .. } => "DanglingVersion",
            Finding::EmptyEntry { .. } => "EmptyEntry",
            // As with notes.
            _ => "that is new",
        };
        self.count("finding", name);
    }

    /// What a train as of a revision finds and one without would not.
    fn past_versions(&mut self, step: &Step) {
        let before = Naive::of(&step.before);
        let report = step.result.as_ref().ok().and_then(|decision| decision.report().train.as_ref());
        for stop in report.into_iter().flat_map(|train| &train.environments) {
            let Some(TrainUpstream::Environment(upstream)) = &stop.upstream else { continue };
            for ApplicationReport { application, outcome } in &stop.applications {
                let version = match outcome {
                    Outcome::Deployed { to: version, .. }
                    | Outcome::Queued { version, .. }
                    | Outcome::Blocked { version, .. } => Some(*version),
                    Outcome::Skipped { .. } => None,
                };
                if version.is_some() && version != before.current_in(upstream, application) {
                    self.count("situation:", "a train finds what is current upstream no longer");
                }
            }
        }
    }

    /// What the laws about queues and locks need to find.
    fn situations(&mut self, step: &Step) {
        if let Command::ReleaseTrain(ReleaseTrain { as_of: Some(_), .. }) = step.command {
            self.past_versions(step);
        }
        if matches!(step.command, Command::Batch { .. }) && !step.events().is_empty() {
            self.count("situation:", "a batch with events");
        }
        let naive = Naive::of(&step.after);
        let now = step.context.now;
        for (environment, application, version) in &naive.queued {
            self.count("situation:", "something is queued");
            match naive.blockers(now, environment, application).len() {
                0 => self.count("situation:", "a queue and no blocker"),
                1 => {}
                _ => self.count("situation:", "a queue and several blockers"),
            }
            if naive.current_in(environment, application) == Some(*version) {
                self.count("situation:", "outdated queue");
            }
        }
        if naive.deployable().iter().any(|placed| !naive.blockers(now, &placed.0, &placed.1).is_empty()) {
            self.count("situation:", "something deployable is blocked");
        }
    }
}
