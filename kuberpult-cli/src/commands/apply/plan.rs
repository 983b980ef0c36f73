//! Applying a saved plan: just what it says, or nothing.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use kuberpult_core::{
    ApplicationName, ApplicationReport, Context, EnvironmentName, EnvironmentReport, Event, Outcome,
    PlanDifference, TrainReport,
};
use kuberpult_git::{ManifestRepo, TransactError};
use serde_json::{Value, json};

use super::Answer;
use crate::code::Code;
use crate::exit::{self, Exit, Failure};
use crate::plan_file::{self, PlanFileError};

/// Why a plan was not carried out.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PlanError {
    #[error("{0}")]
    File(PlanFileError),
    #[error(transparent)]
    Context(Box<Failure>),
    #[error(transparent)]
    Transact(#[from] TransactError),
    /// It is outdated, and this is what the train would do now.
    #[error("{error}{}", reasons(train, difference))]
    Outdated { error: TransactError, difference: Box<PlanDifference>, train: Box<TrainReport> },
}

impl PlanError {
    /// The exit code.
    pub(crate) fn exit(&self) -> Exit {
        match self {
            Self::File(_) => Exit::Usage,
            Self::Context(failure) => failure.exit(),
            Self::Transact(error) | Self::Outdated { error, .. } => exit::of_transact(error),
        }
    }

    /// The stable code.
    pub(crate) fn code(&self) -> Code {
        match self {
            Self::File(error) => error.code(),
            Self::Context(failure) => failure.code(),
            Self::Transact(error) | Self::Outdated { error, .. } => exit::code_of_transact(error),
        }
    }

    /// What a program may want to know besides.
    pub(crate) fn details(&self) -> Value {
        match self {
            Self::File(error) => error.details(),
            Self::Context(failure) => failure.details(),
            Self::Transact(error) => exit::details_of_transact(error),
            Self::Outdated { error, train, .. } => {
                let mut details = exit::details_of_transact(error);
                if let Value::Object(details) = &mut details {
                    details.insert("train".into(), json!(train));
                }
                details
            }
        }
    }
}

/// Carries out the plan in a text, or only looks whether it could be.
pub(super) fn carry_out(
    repo: &mut ManifestRepo,
    context: &Context,
    text: &[u8],
    dry_run: bool,
) -> Result<Answer, PlanError> {
    let plan = plan_file::read(text).map_err(PlanError::File)?;
    let carried_out = if dry_run {
        let again = repo.plan_again(context, &plan);
        again.map(|plan| Answer { decision: plan.decision, commit: None })
    } else {
        let receipt = repo.carry_out(context, &plan);
        receipt.map(|receipt| Answer { decision: receipt.decision, commit: receipt.commit })
    };
    carried_out.map_err(|error| {
        let TransactError::PlanOutdated { difference, .. } = &error else { return error.into() };
        let now = repo.plan(context, &plan.command).ok();
        match now.and_then(|now| now.decision.report().train.clone()) {
            Some(train) => {
                let (difference, train) = (difference.clone(), train.into());
                PlanError::Outdated { error, difference, train }
            }
            None => error.into(),
        }
    })
}

/// Why a train does something else now, each reason on a line of its own: no event says that an environment is
/// skipped, or why an application is.
fn reasons(train: &TrainReport, difference: &PlanDifference) -> String {
    let events = difference.no_longer.iter().chain(&difference.instead);
    let differing: BTreeSet<(&EnvironmentName, &ApplicationName)> = events
        .filter_map(|event| match event {
            Event::Deployed { environment, application, .. }
            | Event::Queued { environment, application, .. } => Some((environment, application)),
            _ => None,
        })
        .collect();
    let mut reasons = String::new();
    for EnvironmentReport { environment, skipped, applications, .. } in &train.environments {
        if let Some(cause) = skipped {
            let _ = write!(reasons, "\nbecause {environment:?} is skipped now: {cause}");
            continue;
        }
        for ApplicationReport { application, outcome } in applications {
            let differs = differing.contains(&(environment, application));
            if differs && !matches!(outcome, Outcome::Deployed { .. }) {
                let _ = write!(reasons, "\nbecause {application:?} in {environment:?} would be {outcome}");
            }
        }
    }
    reasons
}
