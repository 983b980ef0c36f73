//! What the command line itself finds wrong: files, lines, options, the machine.

use std::io;

use kuberpult_core::{EnvironmentName, LockId, LockScope, PlanDifference, Refusal, TrainReport};
use kuberpult_git::{InitError, OpenError, ReadError, TransactError, environment_config_from_json};

use super::{Family, Shown, cause, part, path, shown};
use crate::commands::apply::PlanError;
use crate::exit::Failure;
use crate::json::LockPlace;
use crate::json_command::LineError;
use crate::manifests::ManifestError;
use crate::plan_file::{self, PlanFileError};
use crate::unknown_name::{Named, UnknownName};
use crate::yaml;

pub(super) fn families() -> Vec<Family> {
    let yaml_error = || yaml::check("kind: [\n").unwrap_err();
    vec![
        Family::new("Failure", "kuberpult-cli/src/exit.rs", failures()),
        Family::new("ManifestError", "kuberpult-cli/src/manifests.rs", manifests()),
        Family::new("YamlError", "kuberpult-cli/src/yaml.rs", vec![part(&yaml_error())]),
        Family::new("LineError", "kuberpult-cli/src/json_command/error.rs", lines()),
        Family::new("PlanFileError", "kuberpult-cli/src/plan_file.rs", plan_files()),
        Family::new("PlanError", "kuberpult-cli/src/commands/apply/plan.rs", plans()),
    ]
}

fn itself(failure: &Failure) -> Shown {
    shown(failure, failure)
}

fn staging() -> EnvironmentName {
    "staging".parse().unwrap()
}

fn lock_id(id: &str) -> LockId {
    id.parse().unwrap()
}

fn failures() -> Vec<Shown> {
    let no_branch = || OpenError::NoBranch { directory: path("manifests"), branch: "main".into() };
    let config = || environment_config_from_json("{").unwrap_err();
    let there =
        LockPlace { scope: LockScope::Environment { environment: staging() }, lock_id: lock_id("freeze") };
    let read = || ReadError::TooMuch { path: "applications".into(), limit: 1 << 30 };
    let no_such_lock =
        |there| Failure::NoSuchLock { lock_id: lock_id("freze"), targets: vec![staging()], there };
    let failures = [
        Failure::Init(InitError::Open(no_branch())),
        Failure::Open(no_branch()),
        Failure::Read(read()),
        Failure::Why(kuberpult_git::WhyError::Read(read())),
        Failure::Difference(kuberpult_git::DifferenceError::Read(read())),
        Failure::Transact(TransactError::Abandoned),
        Failure::Rejected(Refusal::BatchInBatch { position: 2 }.into()),
        Failure::UnknownName(UnknownName::new(Named::Team, "shp", ["shop"])),
        Failure::Manifest(ManifestError::NoneFound { directory: path("build") }),
        Failure::NoIdentity,
        Failure::NoCache,
        Failure::OfflineWithoutRemote,
        Failure::Clock,
        Failure::Input { path: path("commands.jsonl"), source: cause() },
        Failure::Config { path: path("staging.json"), source: config() },
        Failure::Line { line: 3, others: 0, error: Box::new(LineError::NoObject("a list")) },
        Failure::Line { line: 3, others: 2, error: Box::new(LineError::NoObject("a list")) },
        Failure::Plan {
            path: path("plan.json"),
            error: Box::new(PlanError::Transact(TransactError::Abandoned)),
        },
        Failure::SavePlan { path: path("plan.json"), source: cause() },
        Failure::Report { path: path("report.md"), done: false, source: cause() },
        Failure::Report { path: path("report.md"), done: true, source: cause() },
        Failure::ReportOfLines { path: path("commands.jsonl") },
        no_such_lock(vec![there]),
        no_such_lock(Vec::new()),
        Failure::ClosedInApply { line: 3 },
        Failure::NothingToDrawOn { found: "standard output is none" },
        Failure::FormatOfJson,
        Failure::ReportAsJson,
        Failure::UnknownCode { typed: "ENV_IS_LOKED".into(), nearest: vec!["ENV_IS_LOCKED"] },
        Failure::DemoAsJson,
        Failure::DemoNotEmpty { directory: path("tour") },
        Failure::Demo { path: path("tour/cart.yaml"), source: cause() },
        Failure::DemoCommand { message: "unknown option".into() },
        Failure::ManPages { directory: path("man1"), source: cause() },
        Failure::MadeUpId(LockId::new("x").unwrap_err()),
        Failure::NotConfirmed,
        Failure::ChangedWhileAsked {
            difference: Box::new(PlanDifference { no_longer: Vec::new(), instead: Vec::new() }),
        },
        Failure::Output(io::Error::from(io::ErrorKind::StorageFull)),
    ];
    failures.iter().map(itself).collect()
}

fn manifests() -> Vec<Shown> {
    let error = yaml::check("kind: [\n").unwrap_err();
    let errors = || {
        [
            ManifestError::Unreadable { file: path("staging.yaml"), source: cause() },
            ManifestError::NotUtf8 { file: path("staging.yaml"), offset: 9 },
            ManifestError::NotYaml { file: path("staging.yaml"), error: error.clone() },
            ManifestError::InvalidName {
                path: path("build/.yaml"),
                source: EnvironmentName::existing("").unwrap_err(),
            },
            ManifestError::Twice {
                environment: staging(),
                first: path("staging.yaml"),
                second: path("build/staging.yaml"),
            },
            ManifestError::NoneFound { directory: path("build") },
        ]
    };
    errors().into_iter().zip(errors()).map(|(error, same)| shown(&error, &same.into())).collect()
}

fn lines() -> Vec<Shown> {
    let not_json = || serde_json::from_str::<serde_json::Value>("{\"command\": ").unwrap_err();
    let missing = || serde_json::from_str::<kuberpult_core::Command>(r#"{"command": "deploy"}"#).unwrap_err();
    let errors = || {
        [
            LineError::NotUtf8 { offset: 12 },
            LineError::NotJson(not_json()),
            LineError::NoObject("a list"),
            LineError::UnknownCommand("`deplyo`, expected one of `deploy`, `releaseTrain`".into()),
            LineError::NoCommandName("a number"),
            LineError::NotUnderstood(missing()),
            LineError::Key {
                key: "version".into(),
                problem: "invalid type: string \"x\", expected a positive integer".into(),
            },
            LineError::NoObjectInKey { key: "config", found: "a list" },
            LineError::NoCommandList { found: "an object" },
            LineError::KeyOfLine { key: "at" },
            LineError::InBatch { position: 2, error: Box::new(LineError::NoObject("a text")) },
            LineError::ManifestNoText { environment: "staging".into() },
            LineError::ManifestName(EnvironmentName::existing("a/b").unwrap_err()),
            LineError::ManifestNotYaml {
                environment: staging(),
                error: yaml::check("kind: [\n").unwrap_err(),
            },
            LineError::Config { error: environment_config_from_json(r#"{"upstream": 7}"#).unwrap_err() },
            LineError::Context(Box::new(Failure::NoIdentity)),
            LineError::Transact(TransactError::Rejected(Refusal::BatchInBatch { position: 2 }.into())),
        ]
    };
    let failed = |(error, same)| shown(&error, &Failure::Line { line: 3, others: 0, error: Box::new(same) });
    errors().into_iter().zip(errors()).map(failed).collect()
}

fn plan_files() -> Vec<Shown> {
    let plan = |rest: &str| {
        format!(
            r#"{{"apiVersion": "kuberpult/v1", "kind": "SavedPlan", "at": "2024-05-03T11:37:37Z", "author": {{"name": "a", "email": "b"}}, {rest}}}"#
        )
    };
    let texts = [
        b"\xff".to_vec(),
        b"{".to_vec(),
        br#"{"apiVersion": "kuberpult/v2"}"#.to_vec(),
        br#"{"apiVersion": "kuberpult/v1", "kind": "SavedPlan"}"#.to_vec(),
        br#"{"apiVersion": "kuberpult/v1", "kind": "SavedPlan", "commited": 1}"#.to_vec(),
        plan(
            r#""command": {"command": "releaseTrain", "target": "staging"}, "commit": "HEAD", "events": []"#,
        )
        .into_bytes(),
        plan(r#""command": {"command": "deploy"}"#).into_bytes(),
    ];
    let errors = |text: &[u8]| -> PlanFileError { plan_file::read(text).unwrap_err() };
    let failed = |text: &Vec<u8>| {
        let failure =
            Failure::Plan { path: path("plan.json"), error: Box::new(PlanError::File(errors(text))) };
        shown(&errors(text), &failure)
    };
    texts.iter().map(failed).collect()
}

fn plans() -> Vec<Shown> {
    let outdated = || TransactError::PlanOutdated {
        base: None,
        head: None,
        difference: Box::new(PlanDifference { no_longer: Vec::new(), instead: Vec::new() }),
    };
    let errors = || {
        [
            PlanError::File(plan_file::read(b"{").unwrap_err()),
            PlanError::Context(Box::new(Failure::NoIdentity)),
            PlanError::Transact(TransactError::Abandoned),
            PlanError::Outdated {
                error: outdated(),
                difference: Box::new(PlanDifference { no_longer: Vec::new(), instead: Vec::new() }),
                train: Box::new(train()),
            },
        ]
    };
    let failed =
        |(error, same)| shown(&error, &Failure::Plan { path: path("plan.json"), error: Box::new(same) });
    errors().into_iter().zip(errors()).map(failed).collect()
}

fn train() -> TrainReport {
    serde_json::from_str(r#"{"target": "staging", "targetType": "environment", "environments": []}"#).unwrap()
}
