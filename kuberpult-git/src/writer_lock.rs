//! One writer at a time on one machine: a file lock, which the system takes away when its process ends.

use std::fs::{self, File, TryLockError};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, SystemTime};

use gix::ObjectId;
use gix::refs::FullNameRef;

use crate::TransactError;

const FILE: &str = "kuberpult.lock";
/// It is taken for every move of a reference where there are packed ones.
const PACKED: &str = "packed-refs.lock";
const PATIENCE: Duration = Duration::from_secs(30);
const LONGEST_PAUSE: Duration = Duration::from_millis(50);
/// How long a lock on a branch that says nothing yet may be somebody else's, who is about to write it.
const SETTLED: Duration = Duration::from_secs(1);
/// The longest note that is read: the name of a branch, and an id.
const LONGEST_NOTE: u64 = 4 * 1024;

/// The right to write to a repository, until it is dropped.
///
/// It is a courtesy among kuberpult's own processes, which would otherwise do work that a race then throws
/// away, and keeps two of them from updating one work tree at once. What protects the branch is the
/// compare-and-swap.
///
/// While a branch is moved, the file says which and where to. A process that is killed then may leave git's own lock on the
/// branch behind, or that on the packed references; the next one finds the note, and takes those locks away.
#[derive(Debug)]
pub(crate) struct WriterLock {
    file: File,
}

impl WriterLock {
    /// Waits for other writers, up to a bound.
    pub(crate) fn acquire(git_directory: &Path) -> Result<Self, TransactError> {
        let path = git_directory.join(FILE);
        let failed = |source| write_error(&path, source);
        let mut options = File::options();
        let file = options.create(true).truncate(false).read(true).write(true).open(&path).map_err(failed)?;
        let mut waited = Duration::ZERO;
        let mut pause = Duration::from_millis(1);
        loop {
            match file.try_lock() {
                Ok(()) => {
                    let lock = Self { file };
                    lock.clean_up_after_another(git_directory).map_err(failed)?;
                    return Ok(lock);
                }
                Err(TryLockError::WouldBlock) if waited < PATIENCE => {
                    sleep(pause);
                    waited += pause;
                    pause = (pause * 2).min(LONGEST_PAUSE);
                }
                Err(TryLockError::WouldBlock) => {
                    let directory = PathBuf::from(git_directory);
                    return Err(TransactError::Busy { directory, seconds: PATIENCE.as_secs() });
                }
                Err(TryLockError::Error(source)) => return Err(failed(source)),
            }
        }
    }
}

impl WriterLock {
    /// Does what moves a branch to a commit, and has it noted meanwhile.
    pub(crate) fn noted<T>(&self, branch: &FullNameRef, commit: ObjectId, moving: impl FnOnce() -> T) -> T {
        let mut file = &self.file;
        // Without a note a lock that is left behind is in the way until somebody removes it, and nothing worse.
        let _ = file
            .rewind()
            .and_then(|()| file.write_all(format!("{} {commit}\n", branch.as_bstr()).as_bytes()));
        let moved = moving();
        let _ = self.file.set_len(0);
        moved
    }

    /// Removes the lock on a branch that a process has left behind which was killed while it moved the branch. It is its
    /// own if it says the same commit as the note. It may also say nothing yet.
    fn clean_up_after_another(&self, git_directory: &Path) -> io::Result<()> {
        let mut note = String::new();
        let file = &self.file;
        if file.take(LONGEST_NOTE).read_to_string(&mut note).is_err() || note.is_empty() {
            return Ok(());
        }
        if let Some((branch, commit)) = note.trim_end().split_once(' ')
            && branch.starts_with("refs/heads/")
            && gix::validate::reference::name(branch.into()).is_ok()
        {
            let lock = git_directory.join(format!("{branch}.lock"));
            let says = fs::read_to_string(&lock);
            let age = lock.metadata().and_then(|file| file.modified()).map(|written| written.elapsed());
            let is_settled = age.is_ok_and(|age| age.is_ok_and(|age| age >= SETTLED));
            match says.as_deref().map(str::trim_end) {
                Ok(there) if there == commit || (there.is_empty() && is_settled) => fs::remove_file(&lock)?,
                Ok("") => {
                    // Nobody takes as long as that to write a line. If it is gone then, somebody else has had it.
                    sleep(SETTLED);
                    if fs::read(&lock).is_ok_and(|there| there.is_empty()) {
                        fs::remove_file(&lock)?;
                    }
                }
                _ => {}
            }
            let noted = file.metadata()?.modified()?;
            remove_if_left_behind(&git_directory.join(PACKED), noted)?;
        }
        self.file.set_len(0)
    }
}

/// Removes a lock that says nothing, if it was taken after the note was written and nobody gives it back. Git holds it for
/// moments only.
fn remove_if_left_behind(lock: &Path, noted: SystemTime) -> io::Result<()> {
    let taken = || lock.metadata().and_then(|file| file.modified()).ok().filter(|taken| *taken >= noted);
    let Some(first) = taken() else { return Ok(()) };
    sleep(SETTLED);
    if taken() == Some(first) { fs::remove_file(lock) } else { Ok(()) }
}

fn write_error(path: &Path, source: std::io::Error) -> TransactError {
    TransactError::write(format!("`{}`", path.display()), source)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_that_was_left_behind_is_taken_away_and_no_other() {
        let directory = tempfile::tempdir().unwrap();
        fs::create_dir_all(directory.path().join("refs/heads")).unwrap();
        let branch = directory.path().join("refs/heads/main.lock");
        let commit = "3b18e512dba79e4c8300dd08aeb37f8e728b8dad";
        let note = format!("refs/heads/main {commit}\n");
        for (noted, says, stays) in [
            (note.as_str(), commit, false),
            (&note, "", false),
            (&note, "ffffffffffffffffffffffffffffffffffffffff", true),
            ("", commit, true),
            ("", "", true),
            ("refs/heads/../../x 3b18", "3b18", true),
        ] {
            fs::write(directory.path().join(FILE), noted).unwrap();
            fs::write(&branch, says).unwrap();
            drop(WriterLock::acquire(directory.path()).unwrap());
            assert_eq!(branch.exists(), stays, "{noted:?} {says:?}");
            assert_eq!(fs::read(directory.path().join(FILE)).unwrap(), b"");
        }
        let packed = directory.path().join(PACKED);
        for (noted, earlier, stays) in [(note.as_str(), 0, false), (&note, 5, true), ("", 0, true)] {
            fs::write(directory.path().join(FILE), noted).unwrap();
            fs::write(&packed, "").unwrap();
            let file = File::options().write(true).open(&packed).unwrap();
            let taken = file.metadata().unwrap().modified().unwrap() - Duration::from_secs(earlier);
            file.set_modified(taken).unwrap();
            drop(WriterLock::acquire(directory.path()).unwrap());
            assert_eq!(packed.exists(), stays, "{noted:?} {earlier}");
        }
        let lock = WriterLock::acquire(directory.path()).unwrap();
        let name: gix::refs::FullName = "refs/heads/main".try_into().unwrap();
        let read = || fs::read_to_string(directory.path().join(FILE)).unwrap();
        let meanwhile = lock.noted(name.as_ref(), ObjectId::from_hex(commit.as_bytes()).unwrap(), read);
        assert_eq!((meanwhile, read()), (note, String::new()));
    }
}
