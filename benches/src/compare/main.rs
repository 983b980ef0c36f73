//! Measures kuberpult beside git itself: what `benches/compare` runs.
//!
//! Everything is measured from outside, on the binary `kuberpult` and on repositories that git made, with the same change
//! made by git in the same round. What comes out is written to `benches/results`.

mod arguments;
mod chart;
mod child;
mod cold_command;
mod commands;
mod comparison;
mod fast_import;
mod helper;
mod history;
mod job;
mod looking;
mod machine;
mod markdown;
mod number;
mod plots;
mod plumbing;
mod repository;
mod results;
mod same_change;
mod scale;
mod section;
mod size;
mod statistics;
mod stream;
mod stream_of_commands;
mod train;
mod tree_change;
mod whole_state;
mod workshop;

use std::path::Path;
use std::process::ExitCode;

use clap::Parser as _;

use crate::arguments::Arguments;
use crate::machine::Machine;
use crate::results::{Results, SectionResults};
use crate::workshop::{Workshop, progress};

/// What may fail for whatever reason; whoever started the program reads it.
pub(crate) type Result<T, E = Box<dyn std::error::Error>> = std::result::Result<T, E>;

fn main() -> ExitCode {
    let mut given = std::env::args_os().skip(1);
    let outcome = match (given.next(), given.next()) {
        (Some(first), _) if first == helper::RUN_JOB => helper::run_job(),
        (Some(first), Some(directory)) if first == whole_state::READ_STATE => {
            whole_state::read_state(Path::new(&directory))
        }
        _ => run(&Arguments::parse()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {}", with_causes(error.as_ref()));
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<()> {
    let mut workshop = Workshop::beside_this_program(arguments.kuberpult.clone(), arguments.quick)?;
    workshop.commands = arguments.commands.map(usize::from);
    let directory = arguments.results_directory(&workshop);
    let mut results = Results::read(&directory)?;
    if arguments.render {
        return show(&results, &directory);
    }
    let smallest = helper::measure(&job::Job::Program {
        line: ["git", "--version"].map(ToOwned::to_owned).into(),
        input: None,
        keep_output: false,
    })?;
    for section in arguments.sections() {
        let machine = Machine::this(&workshop.kuberpult, &workshop.cache, smallest.peak_kib);
        let mut measured = SectionResults {
            machine,
            quick: arguments.quick,
            comparisons: Vec::new(),
            growth: Vec::new(),
            failures: Vec::new(),
        };
        section.measure(&workshop, &mut measured)?;
        println!("{}", markdown::short(section, &measured));
        results.sections.insert(section, measured);
        // After each section, so that a run that is interrupted keeps what it has.
        results.write(&directory)?;
        show(&results, &directory)?;
    }
    progress(&format!("written to {}", arguments.results_name()));
    Ok(())
}

/// Writes tables and charts.
fn show(results: &Results, directory: &Path) -> Result<()> {
    markdown::write(results, directory)?;
    plots::write(results, directory)
}

/// An error and what caused it, in one line.
fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(&format!(": {error}"));
        cause = error.source();
    }
    text
}
