//! The process from which jobs are started and measured.
//!
//! The system keeps the peak memory of all children of a process together, and counts what the parent had when it made
//! the child. So each job has a parent of its own, which has done nothing before.

use std::fs::File;
use std::io::Read as _;
use std::process::Stdio;
use std::time::Instant;

use nix::sys::resource::{UsageWho, getrusage};

use crate::Result;
use crate::child::program;
use crate::job::{Job, Sample};
use crate::plumbing;

/// The argument that makes this program a helper.
pub(crate) const RUN_JOB: &str = "--run-job";

/// Runs a job once, from a fresh helper process.
///
/// # Errors
/// The job fails.
pub(crate) fn measure(job: &Job) -> Result<Sample> {
    let sample = measure_even_failing(job)?;
    match sample.failure {
        None => Ok(sample),
        Some(failure) => Err(failure.into()),
    }
}

/// Runs a job once, from a fresh helper process. That it fails is a result, too.
///
/// # Errors
/// The helper fails.
pub(crate) fn measure_even_failing(job: &Job) -> Result<Sample> {
    let mut helper = program(std::env::current_exe()?)
        .arg(RUN_JOB)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let input = helper.stdin.take().ok_or("the helper has no standard input")?;
    serde_json::to_writer(input, job)?;
    let output = helper.wait_with_output()?;
    if !output.status.success() {
        return Err("the helper process failed".into());
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// The helper: reads a job from standard input, runs it, prints the sample.
///
/// # Errors
/// There is no job, or the system does not say how much memory was used.
pub(crate) fn run_job() -> Result<()> {
    let mut text = Vec::new();
    std::io::stdin().read_to_end(&mut text)?;
    let job: Job = serde_json::from_slice(&text)?;
    let start = Instant::now();
    let outcome = run(&job);
    let nanoseconds = u64::try_from(start.elapsed().as_nanos())?;
    let peak_kib = peak_of_children()?;
    let (output, failure) = match outcome {
        Ok(output) => (output, None),
        Err(error) => (String::new(), Some(error.to_string())),
    };
    serde_json::to_writer(std::io::stdout(), &Sample { nanoseconds, peak_kib, output, failure })?;
    Ok(())
}

fn run(job: &Job) -> Result<String> {
    match job {
        Job::Program { line, input, keep_output } => run_program(line, input.as_deref(), *keep_output),
        Job::Commit { repository, tree, parent, reference, message } => {
            plumbing::commit(repository, tree, parent, reference, message)
        }
        Job::Change { repository, change, parent, reference, message } => {
            let tree = plumbing::write_trees(repository, change, parent)?;
            plumbing::commit(repository, &tree, parent, reference, message)
        }
    }
}

fn run_program(line: &[String], input: Option<&std::path::Path>, keep_output: bool) -> Result<String> {
    let (name, arguments) = line.split_first().ok_or("no program to run")?;
    let input = input.map(File::open).transpose()?.map_or_else(Stdio::null, Stdio::from);
    let output = if keep_output { Stdio::piped() } else { Stdio::null() };
    let child = program(name).args(arguments).stdin(input).stdout(output).stderr(Stdio::piped()).spawn()?;
    let output = child.wait_with_output()?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        Err(String::from_utf8_lossy(&output.stderr).trim_end().into())
    }
}

fn peak_of_children() -> Result<u64> {
    let peak = u64::try_from(getrusage(UsageWho::RUSAGE_CHILDREN)?.max_rss())?;
    // Linux counts in KiB, macOS in bytes.
    Ok(if cfg!(target_vendor = "apple") { peak / 1024 } else { peak })
}
