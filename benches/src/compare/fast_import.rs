//! A job of kuberpult, and the commits that it made once more through `git fast-import`.

use std::path::Path;

use crate::Result;
use crate::helper::measure;
use crate::job::{Job, Sample};
use crate::repository::{export, id};
use crate::stream::BRANCH;

/// Runs a job that makes that many commits in one repository, and brings these commits to another, which is as the first was
/// before. Both must end with the same commit. Gives a sample of each.
///
/// # Errors
/// Something fails, or they end with different commits.
pub(crate) fn beside_fast_import(
    job: &Job,
    ours: &Path,
    theirs: &Path,
    commits: usize,
    room: &Path,
) -> Result<Vec<Sample>> {
    let sample = measure(job)?;
    let (before, after) = (id(theirs, BRANCH)?, id(ours, BRANCH)?);
    let made = crate::child::git(ours, &["rev-list", "--count", &format!("{before}..{after}")])?;
    if made != commits.to_string() {
        return Err(format!("kuberpult made {made} commits, and not {commits}").into());
    }
    let file = room.join("stream");
    export(ours, &before, BRANCH, &file)?;
    let line = ["git", "-C", &theirs.to_string_lossy(), "fast-import", "--quiet"].map(ToOwned::to_owned);
    let import = Job::Program { line: line.into(), input: Some(file), keep_output: false };
    let imported = measure(&import)?;
    let there = id(theirs, BRANCH)?;
    if there != after {
        return Err(format!("kuberpult ends with commit {after}, git with {there}").into());
    }
    Ok(vec![sample, imported])
}
