//! Section g: starting, and looking at the status.

use std::fs;

use crate::Result;
use crate::commands::kuberpult;
use crate::comparison::{Rounds, Subject};
use crate::helper::measure as measure_job;
use crate::job::Job;
use crate::repository::{Storage, repository};
use crate::results::SectionResults;
use crate::size::Size;
use crate::stream::BRANCH;
use crate::workshop::{Workshop, progress};

/// What `kuberpult --version` may take, in milliseconds.
const TO_START: f64 = 5.0;
/// What `kuberpult status` may take among 100 applications, in milliseconds.
const TO_LOOK: f64 = 30.0;

/// Measures `kuberpult --version` beside `git --version`, and `kuberpult status` beside `git ls-tree -r`.
///
/// # Errors
/// See [`Section::measure`](crate::section::Section::measure).
pub(crate) fn measure(workshop: &Workshop, results: &mut SectionResults) -> Result<()> {
    let program = |line: &[&str]| Job::Program {
        line: line.iter().map(|word| (*word).to_owned()).collect(),
        input: None,
        keep_output: false,
    };
    progress("g: start");
    let nowhere = Size { applications: 0, environments: 10, releases: 2 };
    let ours = program(&[&workshop.kuberpult.to_string_lossy(), "--version"]);
    let git = program(&["git", "--version"]);
    let mib = fs::metadata(&workshop.kuberpult)?.len() as f64 / f64::from(1 << 20);
    let start = Looking { what: "--version", size: nowhere, limit: Some(TO_START), beside: "git --version" };
    start.measure(workshop, &ours, &git, Some(format!("a binary of {mib:.1} MiB")), results)?;

    let sizes: &[usize] = if workshop.quick { &[100] } else { &[100, 1000, 10_000] };
    for size in sizes.iter().copied().map(Size::of) {
        progress(&format!("g: status, {} applications", size.applications));
        let directory = repository(workshop, size, Storage::Packed)?;
        let ours = kuberpult(workshop, &directory, &["status"]);
        let git = program(&["git", "-C", &directory.to_string_lossy(), "ls-tree", "-r", BRANCH]);
        let limit = (size.applications == 100).then_some(TO_LOOK);
        let look = Looking { what: "status", size, limit, beside: "git ls-tree -r" };
        look.measure(workshop, &ours, &git, None, results)?;
    }
    Ok(())
}

/// Two programs that tell what is there.
struct Looking {
    what: &'static str,
    size: Size,
    limit: Option<f64>,
    beside: &'static str,
}

impl Looking {
    fn measure(
        &self,
        workshop: &Workshop,
        ours: &Job,
        git: &Job,
        note: Option<String>,
        results: &mut SectionResults,
    ) -> Result<()> {
        let mut rounds = Rounds::default();
        // The first warms up the system's cache.
        for round in 0..=workshop.times(21, 3) {
            let samples = vec![measure_job(ours)?, measure_job(git)?];
            if round > 0 {
                rounds.add(samples);
            }
        }
        let action = self.what.to_owned();
        let subject =
            Subject { action, commands: 1, size: self.size, storage: Storage::Packed, commits: None };
        let comparison = rounds.compare(subject, &[(self.beside, None)]);
        let mut comparison = comparison.ok_or("nothing was measured")?;
        comparison.limit_milliseconds = self.limit;
        comparison.note = note;
        results.add(comparison);
        Ok(())
    }
}
