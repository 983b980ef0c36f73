//! One writer at a time on one machine: a file lock, which the system takes away when its process ends.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::Duration;

use crate::TransactError;

const FILE: &str = "kuberpult.lock";
const PATIENCE: Duration = Duration::from_secs(30);
const LONGEST_PAUSE: Duration = Duration::from_millis(50);

/// The right to write to a repository, until it is dropped.
///
/// It is a courtesy among kuberpult's own processes, which would otherwise do work that a race then throws
/// away, and keeps two of them from updating one work tree at once. What protects the branch is the
/// compare-and-swap.
#[derive(Debug)]
pub(crate) struct WriterLock {
    _file: File,
}

impl WriterLock {
    /// Waits for other writers, up to a bound.
    pub(crate) fn acquire(git_directory: &Path) -> Result<Self, TransactError> {
        let path = git_directory.join(FILE);
        let failed = |source| write_error(&path, source);
        let file = File::options().create(true).truncate(false).write(true).open(&path).map_err(failed)?;
        let mut waited = Duration::ZERO;
        let mut pause = Duration::from_millis(1);
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Self { _file: file }),
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

fn write_error(path: &Path, source: std::io::Error) -> TransactError {
    TransactError::Write { what: format!("`{}`", path.display()), source: Box::new(source) }
}
