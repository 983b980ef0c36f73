//! Section b: one cold command, beside git making the same change.

use crate::Result;
use crate::commands;
use crate::comparison::Subject;
use crate::repository::{Storage, repository};
use crate::results::SectionResults;
use crate::same_change;
use crate::size::Size;
use crate::workshop::{Workshop, progress};

/// What a command may take among 10,000 applications in ten environments, in milliseconds.
const LIMIT: f64 = 30.0;

/// Measures a deployment and a lock, by applications and by releases, in packed and loose repositories.
///
/// # Errors
/// See [`Section::measure`](crate::section::Section::measure).
pub(crate) fn measure(workshop: &Workshop, results: &mut SectionResults) -> Result<()> {
    let by_applications: &[usize] = if workshop.quick { &[100] } else { &[100, 1000, 10_000] };
    for storage in [Storage::Packed, Storage::Loose] {
        for size in by_applications.iter().copied().map(Size::of) {
            both(workshop, size, storage, results)?;
        }
    }
    let by_releases: &[usize] = if workshop.quick { &[] } else { &[20, 100] };
    for &releases in by_releases {
        both(workshop, Size { releases, ..Size::of(1000) }, Storage::Packed, results)?;
    }
    Ok(())
}

fn both(workshop: &Workshop, size: Size, storage: Storage, results: &mut SectionResults) -> Result<()> {
    let base = repository(workshop, size, storage)?;
    let room = workshop.room()?;
    let Size { applications, releases, .. } = size;
    for action in ["deploy", "lock an environment"] {
        progress(&format!("b: {action}, {applications} applications, {releases} releases, {storage:?}"));
        let subject = Subject { action: action.to_owned(), commands: 1, size, storage, commits: None };
        let rounds = workshop.times(21, 3);
        let mut comparison =
            same_change::compare(&base, room.path(), subject, rounds, |repository, round| match action {
                "deploy" => commands::cold_deployment(workshop, repository, size, round),
                _ => commands::cold_lock(workshop, repository, round),
            })?;
        comparison.limit_milliseconds = (applications == 10_000).then_some(LIMIT);
        results.add(comparison);
    }
    Ok(())
}
