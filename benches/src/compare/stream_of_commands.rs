//! Section a: many commands through one process, beside `git fast-import` of the commits that they made.

use std::fs;

use crate::Result;
use crate::commands::{self, Stream};
use crate::comparison::{Rounds, Subject};
use crate::fast_import::beside_fast_import;
use crate::repository::{Storage, copy, repository};
use crate::results::SectionResults;
use crate::size::Size;
use crate::workshop::{Workshop, progress};

/// How many times the time of `git fast-import` it may take.
const BUDGET: f64 = 1.5;

/// Measures releases, deployments and a queue at several numbers of applications.
///
/// # Errors
/// See [`Section::measure`](crate::section::Section::measure).
pub(crate) fn measure(workshop: &Workshop, results: &mut SectionResults) -> Result<()> {
    let sizes: &[usize] = if workshop.quick { &[100] } else { &[100, 1000, 10_000] };
    let count = workshop.commands.unwrap_or_else(|| workshop.times(1000, 20));
    for size in sizes.iter().copied().map(Size::of) {
        let base = repository(workshop, size, Storage::Packed)?;
        for stream in [Stream::Releases, Stream::Deployments, Stream::Queue] {
            let room = workshop.room()?;
            let commands = stream.commands(size, count);
            let subject = Subject {
                action: stream.action().to_owned(),
                commands: commands.len(),
                size,
                storage: Storage::Packed,
                commits: None,
            };
            progress(&format!(
                "a: {} {}, {} applications",
                subject.commands, subject.action, size.applications
            ));
            let file = room.path().join("commands.jsonl");
            fs::write(&file, commands::lines(&commands))?;
            let mut rounds = Rounds::default();
            for _ in 0..workshop.times(3, 1) {
                let (ours, theirs) = (room.path().join("kuberpult.git"), room.path().join("git.git"));
                copy(&base, &ours)?;
                copy(&base, &theirs)?;
                let job = commands::apply(workshop, &ours, &file);
                rounds.add(beside_fast_import(&job, &ours, &theirs, subject.commands, room.path())?);
                fs::remove_dir_all(&ours)?;
                fs::remove_dir_all(&theirs)?;
            }
            let comparison = rounds.compare(subject, &[("git fast-import", Some(BUDGET))]);
            results.add(comparison.ok_or("nothing was measured")?);
        }
    }
    Ok(())
}
