//! Section f: loading a whole state, cold, beside `git ls-tree -r` of the same commit.

use std::path::Path;

use kuberpult_git::{ManifestRepo, OpenOptions};
use serde::{Deserialize, Serialize};

use crate::Result;
use crate::comparison::{Rounds, Subject};
use crate::helper::{measure as measure_job, measure_even_failing};
use crate::job::Job;
use crate::number::count;
use crate::repository::{Storage, repository};
use crate::results::SectionResults;
use crate::size::Size;
use crate::stream::BRANCH;
use crate::workshop::{Workshop, progress};

/// The argument that makes this program read a state.
pub(crate) const READ_STATE: &str = "--read-state";

/// What was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Loaded {
    slots: usize,
    releases: usize,
    /// Memory that is no part of a mapped file, with the state in it, where the system says so.
    own_kib: Option<u64>,
}

/// Measures loading, at 100,000 and 1,000,000 slots.
///
/// # Errors
/// See [`Section::measure`](crate::section::Section::measure). That the state cannot be read is a result.
pub(crate) fn measure(workshop: &Workshop, results: &mut SectionResults) -> Result<()> {
    let sizes: &[Size] = if workshop.quick {
        &[Size { applications: 100, environments: 10, releases: 2 }]
    } else {
        &[
            Size { applications: 1000, environments: 10, releases: 2 },
            Size { applications: 10_000, environments: 10, releases: 2 },
            Size { applications: 10_000, environments: 100, releases: 2 },
        ]
    };
    for &size in sizes {
        let Size { applications, environments, .. } = size;
        let what = format!("{applications} applications x {environments} environments");
        progress(&format!("f: loading {what}"));
        let directory = repository(workshop, size, Storage::Packed)?;
        if let Err(failure) = load(workshop, size, &directory, results) {
            results.failures.push(format!("{what}: {failure}"));
        }
    }
    Ok(())
}

fn load(workshop: &Workshop, size: Size, directory: &Path, results: &mut SectionResults) -> Result<()> {
    let this = std::env::current_exe()?.to_string_lossy().into_owned();
    let path = directory.to_string_lossy().into_owned();
    let read = Job::Program {
        line: vec![this, READ_STATE.to_owned(), path.clone()],
        input: None,
        keep_output: true,
    };
    let list = Job::Program {
        line: ["git", "-C", &path, "ls-tree", "-r", BRANCH].map(ToOwned::to_owned).into(),
        input: None,
        keep_output: false,
    };
    let mut rounds = Rounds::default();
    let mut own_kib = None;
    for _ in 0..workshop.times(3, 1) {
        let sample = measure_even_failing(&read)?;
        if let Some(failure) = sample.failure {
            let seconds = sample.nanoseconds as f64 / 1e9;
            let mib = sample.peak_kib / 1024;
            return Err(format!("{failure} (after {seconds:.1} s, with a peak of {mib} MiB)").into());
        }
        let loaded: Loaded = serde_json::from_str(&sample.output)?;
        if (loaded.slots, loaded.releases) != (size.slots(), size.applications * size.releases) {
            return Err(format!("read {} slots and {} releases", loaded.slots, loaded.releases).into());
        }
        own_kib = loaded.own_kib;
        rounds.add(vec![sample, measure_job(&list)?]);
    }
    let subject = Subject {
        action: "load the state".to_owned(),
        commands: 1,
        size,
        storage: Storage::Packed,
        commits: None,
    };
    let comparison = rounds.compare(subject, &[("git ls-tree -r", None)]);
    let mut comparison = comparison.ok_or("nothing was measured")?;
    let each = |kib: f64| count((kib * 1024.0 / size.slots() as f64).round() as u64);
    let peak = each(comparison.kuberpult.peak_kib.median);
    let own = own_kib.map_or_else(String::new, |kib| {
        format!(", {} of them its own memory once it is loaded, and not a mapped file", each(kib as f64))
    });
    comparison.note = Some(format!("at its peak {peak} bytes for each slot{own}"));
    results.add(comparison);
    Ok(())
}

/// Reads the state of a repository and prints how much there is.
///
/// # Errors
/// It cannot be read.
pub(crate) fn read_state(directory: &Path) -> Result<()> {
    let state = ManifestRepo::open(directory, OpenOptions::default())?.state()?;
    let loaded = Loaded {
        slots: state.environments.values().map(|there| there.slots.len()).sum(),
        releases: state.applications.values().map(|application| application.releases.len()).sum(),
        own_kib: own_kib(),
    };
    serde_json::to_writer(std::io::stdout(), &loaded)?;
    // To take a state apart is not to load it, and the process ends anyway.
    std::mem::forget(state);
    Ok(())
}

fn own_kib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    status.lines().find_map(|line| line.strip_prefix("RssAnon:")?.trim().split(' ').next()?.parse().ok())
}
