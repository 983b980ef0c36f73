//! The naive model beside the core.

use kuberpult_core::{Command, EnvironmentReport, Finding, Refusal, Report, TrainReport, check};
use kuberpult_tests::generate::histories_of_any_start;
use kuberpult_tests::law::{Holds, holds_for};
use kuberpult_tests::naive::{Answer, Naive, NaiveStop};
use kuberpult_tests::run::{Run, Step};
use proptest::{prop_assert, prop_assert_eq};

/// The core and the naive model answer each command of a history alike, and it leads them to the same state.
#[test]
fn naive_model_agrees() {
    holds_for(512, histories_of_any_start(), |history| {
        let run = Run::of(&history);
        let mut naive = Naive::of(&history.start());
        for step in &run.steps {
            if let Some(revision) = &step.remembered {
                naive.remember(revision);
            }
            let answer = naive.carry_out(&step.context, &step.command);
            prop_assert_eq!(&answer, &answer_of_core(step), "{}", step.command);
            prop_assert_eq!(&naive, &Naive::of(&step.after), "{}", step.command);
            if !history.foreign_start {
                prop_assert!(!check(&step.after).iter().any(Finding::is_error));
            }
            everything_is_told(step)?;
        }
        Ok(())
    });
}

fn answer_of_core(step: &Step) -> Answer {
    match &step.result {
        Err(rejection) => {
            let mut codes: Vec<_> = rejection.refusals().iter().map(Refusal::code).collect();
            codes.sort_unstable();
            Answer::Refused(codes)
        }
        Ok(decision) => {
            let report = decision.report();
            let trains = report.train.iter().chain(report.batch.iter().filter_map(|one| one.train.as_ref()));
            Answer::Accepted(trains.flat_map(stops).collect())
        }
    }
}

fn stops(report: &TrainReport) -> Vec<NaiveStop> {
    let stop = |report: &EnvironmentReport| NaiveStop {
        environment: report.environment.clone(),
        skipped: report.skipped.clone(),
        outcomes: report
            .applications
            .iter()
            .map(|report| (report.application.clone(), report.outcome.clone()))
            .collect(),
    };
    report.environments.iter().map(stop).collect()
}

/// A rejection has something to say, and a train that goes somewhere has a report.
fn everything_is_told(step: &Step) -> Holds {
    match &step.result {
        Err(rejection) => {
            prop_assert!(rejection.refusals().iter().all(|refusal| !refusal.to_string().is_empty()));
        }
        Ok(decision) => {
            let is_train = |command: &Command| matches!(command, Command::ReleaseTrain(_));
            let Report { train, batch, .. } = decision.report();
            prop_assert_eq!(train.is_some(), is_train(&step.command));
            let batched: &[Command] = match &step.command {
                Command::Batch { commands } => commands,
                _ => &[],
            };
            prop_assert_eq!(batch.len(), batched.len());
            for (command, report) in batched.iter().zip(batch) {
                prop_assert_eq!(report.train.is_some(), is_train(command));
            }
        }
    }
    Ok(())
}
