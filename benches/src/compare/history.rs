//! Section c: one cold command as the history grows, and how many objects and packs there are then.

use std::fs;
use std::path::Path;

use crate::Result;
use crate::child::git;
use crate::commands;
use crate::comparison::Subject;
use crate::helper::measure as measure_job;
use crate::repository::{Storage, copy, count_objects, repository};
use crate::results::{Growth, SectionResults};
use crate::same_change;
use crate::size::Size;
use crate::workshop::{Workshop, progress};

/// One process for many commands.
pub(crate) const THROUGH_APPLY: &str = "apply -f";
/// One process for each command.
pub(crate) const ONE_BY_ONE: &str = "one process each";

/// Measures a deployment at several lengths of the history, and counts objects and packs on the way.
///
/// # Errors
/// See [`Section::measure`](crate::section::Section::measure).
pub(crate) fn measure(workshop: &Workshop, results: &mut SectionResults) -> Result<()> {
    through_apply(workshop, results)?;
    one_by_one(workshop, results)
}

fn through_apply(workshop: &Workshop, results: &mut SectionResults) -> Result<()> {
    let size = if workshop.quick { Size::of(100) } else { Size::of(1000) };
    let counted: &[usize] = if workshop.quick {
        &[10, 100]
    } else {
        &[10, 30, 100, 300, 1000, 2000, 3000, 4000, 5000, 6000, 7000, 8000, 9000, 10_000]
    };
    let room = workshop.room()?;
    let growing = growing(workshop, size, room.path())?;
    grown_to(&growing, THROUGH_APPLY, 0, None, results)?;
    let file = room.path().join("commands.jsonl");
    let mut before = 0;
    for &commits in counted {
        progress(&format!("c: {commits} commits through apply"));
        fs::write(&file, commands::lines(&commands::ordinary_day(size, before..commits)))?;
        let sample = measure_job(&commands::apply(workshop, &growing, &file))?;
        let each = sample.nanoseconds as f64 / 1e6 / (commits - before) as f64;
        grown_to(&growing, THROUGH_APPLY, commits, Some(each), results)?;
        before = commits;
        if [10, 100, 1000, 10_000].contains(&commits) {
            sample_at(workshop, &growing, room.path(), size, commits, results)?;
        }
    }
    Ok(())
}

/// A cold deployment in the repository as it is at this point, beside git.
fn sample_at(
    workshop: &Workshop,
    growing: &Path,
    room: &Path,
    size: Size,
    commits: usize,
    results: &mut SectionResults,
) -> Result<()> {
    let still = room.join("still.git");
    copy(growing, &still)?;
    // It grew with git's own maintenance; while it is measured, nobody tidies up.
    no_maintenance(&still)?;
    let (loose, packs) = count_objects(&still)?;
    let subject = Subject {
        action: "deploy".to_owned(),
        commands: 1,
        size,
        storage: Storage::Packed,
        commits: Some(commits as u64),
    };
    let rounds = workshop.times(21, 3);
    let mut comparison = same_change::compare(&still, room, subject, rounds, |repository, round| {
        commands::cold_deployment(workshop, repository, size, round)
    })?;
    comparison.note = Some(format!("{loose} loose objects, packs: {packs}"));
    results.add(comparison);
    fs::remove_dir_all(&still)?;
    Ok(())
}

/// Deployments among few applications, where a process each does not take long.
fn one_by_one(workshop: &Workshop, results: &mut SectionResults) -> Result<()> {
    let size = Size::of(100);
    let room = workshop.room()?;
    let growing = growing(workshop, size, room.path())?;
    grown_to(&growing, ONE_BY_ONE, 0, None, results)?;
    let step = workshop.times(200, 10);
    let mut milliseconds = 0.0;
    for index in 1..=workshop.times(3000, 20) {
        let sample = measure_job(&commands::cold_deployment(workshop, &growing, size, index))?;
        milliseconds += sample.nanoseconds as f64 / 1e6;
        if index.is_multiple_of(step) {
            progress(&format!("c: {index} commits by a process each"));
            grown_to(&growing, ONE_BY_ONE, index, Some(milliseconds / step as f64), results)?;
            milliseconds = 0.0;
        }
    }
    Ok(())
}

/// A copy in which maintenance is as git has it by default, but never in the background: it counts where it occurs.
fn growing(workshop: &Workshop, size: Size, room: &Path) -> Result<std::path::PathBuf> {
    let growing = room.join("growing.git");
    copy(&repository(workshop, size, Storage::Packed)?, &growing)?;
    for setting in ["gc.auto", "maintenance.auto"] {
        git(&growing, &["config", "--unset", setting])?;
    }
    for setting in ["gc.autoDetach", "maintenance.autoDetach"] {
        git(&growing, &["config", setting, "false"])?;
    }
    Ok(growing)
}

fn no_maintenance(repository: &Path) -> Result<()> {
    git(repository, &["config", "gc.auto", "0"])?;
    git(repository, &["config", "maintenance.auto", "false"])?;
    Ok(())
}

fn grown_to(
    repository: &Path,
    how: &str,
    commits: usize,
    milliseconds_per_command: Option<f64>,
    results: &mut SectionResults,
) -> Result<()> {
    let (loose_objects, packs) = count_objects(repository)?;
    let commits = commits as u64;
    let how = how.to_owned();
    results.growth.push(Growth { how, commits, loose_objects, packs, milliseconds_per_command });
    Ok(())
}
