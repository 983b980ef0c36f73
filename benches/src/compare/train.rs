//! Section d: a release train as one cold command, beside `git fast-import` of the commit that it made.

use std::fs;

use crate::Result;
use crate::commands;
use crate::comparison::{Rounds, Subject};
use crate::fast_import::beside_fast_import;
use crate::repository::{Storage, copy, repository};
use crate::results::SectionResults;
use crate::size::Size;
use crate::workshop::{Workshop, progress};

/// What a train over 1,000 applications may take, in milliseconds.
const LIMIT: f64 = 1000.0;

/// Measures a train that deploys every application, at several numbers of applications.
///
/// # Errors
/// See [`Section::measure`](crate::section::Section::measure).
pub(crate) fn measure(workshop: &Workshop, results: &mut SectionResults) -> Result<()> {
    let sizes: &[usize] = if workshop.quick { &[100] } else { &[100, 1000, 10_000] };
    for size in sizes.iter().copied().map(Size::of) {
        progress(&format!("d: a train over {} applications", size.applications));
        let base = repository(workshop, size, Storage::Packed)?;
        let room = workshop.room()?;
        let mut rounds = Rounds::default();
        for _ in 0..workshop.times(7, 2) {
            let (ours, theirs) = (room.path().join("kuberpult.git"), room.path().join("git.git"));
            copy(&base, &ours)?;
            copy(&base, &theirs)?;
            rounds.add(beside_fast_import(
                &commands::cold_train(workshop, &ours),
                &ours,
                &theirs,
                1,
                room.path(),
            )?);
            fs::remove_dir_all(&ours)?;
            fs::remove_dir_all(&theirs)?;
        }
        let subject = Subject {
            action: "release train".to_owned(),
            commands: 1,
            size,
            storage: Storage::Packed,
            commits: None,
        };
        let comparison = rounds.compare(subject, &[("git fast-import", None)]);
        let mut comparison = comparison.ok_or("nothing was measured")?;
        comparison.limit_milliseconds = (size.applications == 1000).then_some(LIMIT);
        results.add(comparison);
    }
    Ok(())
}
