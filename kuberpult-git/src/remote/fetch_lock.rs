//! One fetch at a time into one repository.

use std::fs::{File, TryLockError};
use std::io::Write as _;
use std::path::Path;
use std::thread::sleep;
use std::time::Duration;

use super::RemoteError;

/// As long as the first clone of a large repository may take somebody else.
const PATIENCE: Duration = Duration::from_secs(600);
const LONGEST_PAUSE: Duration = Duration::from_millis(50);

/// The right to fetch into a repository, until it is dropped.
///
/// Two fetches at the same time would be in each other's way: git locks references and the list of shallow commits, and gives
/// up when they are locked already. Git gets the file as well, so that the right lasts as long as git runs, even if this
/// process is killed.
#[derive(Debug)]
pub(super) struct FetchLock {
    file: File,
    since_last: Option<Duration>,
}

impl FetchLock {
    /// Waits for others, up to a bound.
    pub(super) fn acquire(path: &Path, git_dir: &Path) -> Result<Self, RemoteError> {
        let failed = |source| RemoteError::file(path, source);
        let file =
            File::options().create(true).truncate(false).read(true).write(true).open(path).map_err(failed)?;
        let mut waited = Duration::ZERO;
        let mut pause = Duration::from_millis(1);
        loop {
            match file.try_lock() {
                Ok(()) => break,
                Err(TryLockError::WouldBlock) if waited < PATIENCE => {
                    sleep(pause);
                    waited += pause;
                    pause = (pause * 2).min(LONGEST_PAUSE);
                }
                Err(TryLockError::WouldBlock) => {
                    let git_dir = git_dir.to_owned();
                    return Err(RemoteError::Busy { git_dir, seconds: PATIENCE.as_secs() });
                }
                Err(TryLockError::Error(source)) => return Err(failed(source)),
            }
        }
        let since_last = mark(&file).map_err(failed)?;
        Ok(Self { file, since_last })
    }

    /// Does not wait; none when somebody else has the right, or there is no file to lock.
    pub(super) fn try_acquire(path: &Path) -> Option<Self> {
        let file = File::options().read(true).write(true).open(path).ok()?;
        file.try_lock().ok()?;
        let since_last = mark(&file).ok()?;
        Some(Self { file, since_last })
    }

    pub(super) fn file(&self) -> &File {
        &self.file
    }

    /// How long ago somebody had it before; none when nobody had, or nobody knows.
    pub(super) fn since_last(&self) -> Option<Duration> {
        self.since_last
    }
}

/// Marks the file as used now, and says how long ago that was done before. It is the file system's time, on which no
/// decision depends, only what is fetched how.
fn mark(mut file: &File) -> std::io::Result<Option<Duration>> {
    let before = file.metadata()?;
    file.write_all(b"\n")?;
    let after = file.metadata()?.modified()?;
    Ok(if before.len() == 0 { None } else { after.duration_since(before.modified()?).ok() })
}
