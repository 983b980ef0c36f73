//! Keeping the number of objects and packs bounded: git's own maintenance, started when it has something to do.

use std::path::Path;
use std::time::Duration;

use crate::git_command;

/// How many loose objects git tolerates by default (`gc.auto`).
const LOOSE_OBJECTS: u64 = 6_700;
/// How many packs git tolerates by default (`gc.autoPackLimit`).
const PACKS: u64 = 50;
/// Objects are spread over as many directories.
const DIRECTORIES: u64 = 256;
/// After this time git no longer believes that somebody is at it.
const LONGEST_RUN: Duration = Duration::from_secs(12 * 60 * 60);

/// Starts `git maintenance run --auto` if there are more loose objects or packs than git's configuration tolerates, and
/// does not wait for it. It is looked first whether it is worth it, the way git does: to start git costs as much as a
/// small command. `maintenance.auto=false` or `gc.auto=0` in git's configuration switch it off.
pub(crate) fn start_if_due(git: &gix::Repository) {
    let config = git.config_snapshot();
    // Git takes what is less than nothing for nothing.
    let limit = |key, default| config.integer(key).map_or(default, |limit| u64::try_from(limit).unwrap_or(0));
    let (loose_objects, packs) = (limit("gc.auto", LOOSE_OBJECTS), limit("gc.autoPackLimit", PACKS));
    if config.boolean("maintenance.auto") == Some(false) || loose_objects == 0 {
        return;
    }
    let objects = git.objects.store_ref().path();
    let is_due = are_more(&objects.join("17"), loose_objects.div_ceil(DIRECTORIES), |_| true)
        || (packs > 0 && are_more(&objects.join("pack"), packs, is_pack));
    let is_running = || {
        let started = git.common_dir().join("gc.pid").metadata().and_then(|file| file.modified());
        started.is_ok_and(|started| started.elapsed().is_ok_and(|for_long| for_long < LONGEST_RUN))
    };
    if is_due && !is_running() {
        // Whoever has no git has to live with many files.
        let _ = git_command::start(git.common_dir(), ["maintenance", "run", "--auto", "--quiet"]);
    }
}

/// Whether a directory has more than this many files of a kind.
fn are_more(directory: &Path, than: u64, is_meant: impl Fn(&Path) -> bool) -> bool {
    let Ok(entries) = directory.read_dir() else { return false };
    let files = entries.filter_map(Result::ok).filter(|entry| is_meant(&entry.path()));
    let most = usize::try_from(than).unwrap_or(usize::MAX);
    files.take(most.saturating_add(1)).count() > most
}

/// Whether it is a pack, and none that somebody wants to keep as it is.
fn is_pack(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "pack") && !path.with_extension("keep").exists()
}
