//! A cold command of kuberpult, and git making the same change in another copy of the repository.

use std::path::{Path, PathBuf};

use crate::Result;
use crate::comparison::{Comparison, Rounds, Subject};
use crate::helper::measure;
use crate::job::{Job, Sample};
use crate::repository::{copy, id};
use crate::stream::BRANCH;
use crate::tree_change::TreeChange;

/// What a single command may take beside git, as a ratio.
const BUDGET: f64 = 2.0;

/// git with everything there but the commit.
pub(crate) const STRICT: &str = "git commit-tree + update-ref";
/// git with blobs and trees.
pub(crate) const WHOLE: &str = "the whole change with git";

/// Two copies of a repository that go through the same changes.
#[derive(Debug)]
struct Pair {
    ours: PathBuf,
    theirs: PathBuf,
    contents: PathBuf,
}

/// Compares a command, made for the repository and the number of a round, with git. The first round warms up and does not
/// count.
///
/// # Errors
/// Something fails, or kuberpult and git come to different trees.
pub(crate) fn compare(
    base: &Path,
    room: &Path,
    subject: Subject,
    rounds: usize,
    command: impl Fn(&Path, usize) -> Job,
) -> Result<Comparison> {
    let pair = Pair {
        ours: room.join("kuberpult.git"),
        theirs: room.join("git.git"),
        contents: room.join("contents"),
    };
    for copied in [&pair.ours, &pair.theirs] {
        if copied.exists() {
            std::fs::remove_dir_all(copied)?;
        }
        copy(base, copied)?;
    }
    let mut samples = Rounds::default();
    for round in 0..=rounds {
        let sample = one_round(&pair, &command(&pair.ours, round), round)?;
        if round > 0 {
            samples.add(sample);
        }
    }
    let comparison = samples.compare(subject, &[(STRICT, Some(BUDGET)), (WHOLE, Some(BUDGET))]);
    comparison.ok_or_else(|| "nothing was measured".into())
}

fn one_round(pair: &Pair, job: &Job, round: usize) -> Result<Vec<Sample>> {
    let before = id(&pair.ours, BRANCH)?;
    let ours = measure(job)?;
    let after = id(&pair.ours, BRANCH)?;
    if before == after {
        return Err("kuberpult made no commit".into());
    }
    let change = TreeChange::between(&pair.ours, &before, &after, &pair.contents)?;
    let parent = id(&pair.theirs, BRANCH)?;
    let whole = measure(&Job::Change {
        repository: pair.theirs.clone(),
        change,
        parent: parent.clone(),
        reference: format!("refs/heads/{BRANCH}"),
        message: format!("change {round}"),
    })?;
    let tree = id(&pair.theirs, &format!("{BRANCH}^{{tree}}"))?;
    if tree != id(&pair.ours, &format!("{BRANCH}^{{tree}}"))? {
        return Err("kuberpult and git come to different trees".into());
    }
    // A commit and a reference of its own, so that nothing of it is there already.
    let strict = measure(&Job::Commit {
        repository: pair.theirs.clone(),
        tree,
        parent,
        reference: "refs/heads/strict".to_owned(),
        message: format!("only the commit {round}"),
    })?;
    Ok(vec![ours, strict, whole])
}
