//! [`ManagedClone`]: a bare clone in a cache directory, for who has none.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use gix::ObjectId;

use super::fetch_lock::FetchLock;
use super::{Depth, Remote, RemoteBranch, RemoteError, cache_name};
use crate::git_command;

/// What a clone is for: the version of this layout, the address without what is secret, the branch.
const ABOUT: &str = "kuberpult-clone";
const VERSION: u32 = 1;

/// After this time so much may have happened that only the newest commit is fetched, and not what is between.
const LONG_AGO: Duration = Duration::from_secs(24 * 60 * 60);

/// As `gc.autoPackLimit`, and a 256th of `gc.auto`.
const MANY_PACKS: usize = 50;
const MANY_LOOSE_IN_ONE_DIRECTORY: usize = 27;

/// A bare and shallow clone of one branch, which kuberpult makes, shares between processes, repairs, and which may be deleted at
/// any time: nothing is in it that is not at the remote. The address is not stored in it, because there may be a password
/// in it.
#[derive(Debug, Clone)]
pub(crate) struct ManagedClone {
    directory: PathBuf,
    about: String,
    branch: RemoteBranch,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ObjectFormat {
    Sha1,
    Sha256,
}

impl ManagedClone {
    /// Opens the clone for a branch of a remote, or makes an empty one. The network is not used.
    ///
    /// # Errors
    /// There can be no such branch, or the cache directory cannot be written.
    pub(crate) fn open(cache: &Path, remote: Remote, branch: &str) -> Result<Self, RemoteError> {
        let cache = std::path::absolute(cache).map_err(|source| RemoteError::file(cache, source))?;
        make_private_directory(&cache)?;
        let name = cache_name::of(&remote, branch)?;
        let directory = cache.join(&name);
        let about = format!("{VERSION}\n{}\n{branch}\n", remote.identity());
        let lock = cache.join(format!("{name}.lock"));
        let branch = RemoteBranch::of_managed(&directory, remote, branch, lock)?;
        let clone = Self { directory, about, branch };
        if !clone.seems_whole() {
            let lock = clone.branch.lock()?;
            // Somebody else may have made it meanwhile.
            if !clone.seems_whole() {
                clone.make(ObjectFormat::Sha1, &lock)?;
            }
        }
        Ok(clone)
    }

    /// The bare repository.
    pub(crate) fn git_dir(&self) -> &Path {
        &self.directory
    }

    /// The branch, to push to it and to fetch more of its history.
    pub(crate) fn branch(&self) -> &RemoteBranch {
        &self.branch
    }

    /// Fetches the branch, and gives its newest commit; none when there is no such branch. A clone that turns out to be damaged
    /// is made again.
    ///
    /// # Errors
    /// The remote cannot be read, or the cache directory cannot be written.
    pub(crate) fn fetch(&self) -> Result<Option<ObjectId>, RemoteError> {
        let lock = self.branch.lock()?;
        if !self.seems_whole() {
            self.make(ObjectFormat::Sha1, &lock)?;
        }
        let fetched = self.fetch_newest(&lock).or_else(|error| {
            match error {
                RemoteError::OtherObjectFormat { .. } => self.make(self.object_format()?.other(), &lock)?,
                RemoteError::Failed { .. }
                | RemoteError::Malformed { .. }
                | RemoteError::Interrupted { .. }
                | RemoteError::Repository { .. }
                    if !self.is_healthy(&lock)? =>
                {
                    self.make(self.object_format().unwrap_or(ObjectFormat::Sha1), &lock)?;
                }
                _ => return Err(error),
            }
            self.fetch_newest(&lock)
        })?;
        self.tidy(&lock)?;
        Ok(fetched)
    }

    /// Looks whether everything is there and as it was written, and makes the clone again if not; says whether it did. It is
    /// for who could not read something, and reads everything.
    ///
    /// # Errors
    /// The cache directory cannot be written, or git not be run.
    pub(crate) fn repair(&self) -> Result<bool, RemoteError> {
        let lock = self.branch.lock()?;
        if self.is_healthy(&lock)? {
            return Ok(false);
        }
        self.make(self.object_format().unwrap_or(ObjectFormat::Sha1), &lock)?;
        Ok(true)
    }

    /// What was new a moment ago is fetched with what came since, which git does in one go and without looking at everything.
    /// After a long time, or for the first time, it is the newest commit alone: its cost does not depend on how much
    /// happened. A clone with the whole history keeps it.
    fn fetch_newest(&self, lock: &FetchLock) -> Result<Option<ObjectId>, RemoteError> {
        let is_recent = lock.since_last().is_some_and(|since| since < LONG_AGO);
        let depth = match self.branch.last_fetched()? {
            Some(_) if is_recent || !self.directory.join("shallow").exists() => Depth::New,
            _ => Depth::Commits(std::num::NonZeroU32::MIN),
        };
        self.branch.fetch_locked(self.branch.remote.fetched_from(), depth, lock)
    }

    /// What can be seen without reading everything.
    fn seems_whole(&self) -> bool {
        fs::read_to_string(self.directory.join(ABOUT)).is_ok_and(|about| about == self.about)
            && self.branch.last_fetched().is_ok()
    }

    fn is_healthy(&self, lock: &FetchLock) -> Result<bool, RemoteError> {
        let fsck = ["fsck", "--no-dangling", "--no-progress", "--no-reflogs"];
        Ok(self.seems_whole() && self.branch.git(&fsck, Some(lock))?.success)
    }

    fn object_format(&self) -> Result<ObjectFormat, RemoteError> {
        let repo = self.branch.open()?;
        let is_sha256 = repo.object_hash() == gix::hash::Kind::Sha256;
        Ok(if is_sha256 { ObjectFormat::Sha256 } else { ObjectFormat::Sha1 })
    }

    /// Makes an empty clone, in place of the one that may be there. It is made beside its place and moved there, so that
    /// nobody ever sees half of one.
    fn make(&self, format: ObjectFormat, lock: &FetchLock) -> Result<(), RemoteError> {
        let (new, old) = (self.beside("new"), self.beside("old"));
        remove(&new)?;
        remove(&old)?;
        make_private_directory(&new)?;
        let format = match format {
            ObjectFormat::Sha1 => "--object-format=sha1",
            ObjectFormat::Sha256 => "--object-format=sha256",
        };
        let branch = format!("--initial-branch={}", self.branch.branch);
        let files = ["init.defaultRefFormat=files".to_owned()];
        let init = ["init", "--quiet", "--bare", "--template=", format, branch.as_str()];
        let run = git_command::run_with_remote(&new, &files, &init, Some(lock.file()));
        let run = run.map_err(|source| RemoteError::no_git(&self.branch.remote, source))?;
        if !run.success {
            let words = super::words::shown(String::from_utf8_lossy(&run.stderr).trim());
            return Err(RemoteError::file(&new, std::io::Error::other(words)));
        }
        fs::write(new.join(ABOUT), &self.about).map_err(|source| RemoteError::file(&new, source))?;
        if self.directory.symlink_metadata().is_ok() {
            fs::rename(&self.directory, &old).map_err(|source| RemoteError::file(&self.directory, source))?;
        }
        fs::rename(&new, &self.directory).map_err(|source| RemoteError::file(&self.directory, source))?;
        remove(&old)
    }

    /// A path beside the clone, which belongs to who has the lock.
    fn beside(&self, what: &str) -> PathBuf {
        let mut name = self.directory.as_os_str().to_owned();
        name.push(".");
        name.push(what);
        PathBuf::from(name)
    }

    /// Packs what has become many files. Nothing that was used in the last two weeks is thrown away by that.
    fn tidy(&self, lock: &FetchLock) -> Result<(), RemoteError> {
        let entries = |path: &str| fs::read_dir(self.directory.join(path)).map_or(0, Iterator::count);
        // Each pack has an index.
        let is_untidy =
            entries("objects/pack") / 2 > MANY_PACKS || entries("objects/17") > MANY_LOOSE_IN_ONE_DIRECTORY;
        if is_untidy {
            // The clone can be used as it is; so it is no matter if that fails.
            self.branch.git(
                &["-c", "gc.auto=1", "-c", "gc.autoDetach=false", "gc", "--auto", "--quiet"],
                Some(lock),
            )?;
        }
        Ok(())
    }
}

impl ObjectFormat {
    fn other(self) -> Self {
        match self {
            Self::Sha1 => Self::Sha256,
            Self::Sha256 => Self::Sha1,
        }
    }
}

/// A directory that only this user can read. One that is there stays as it is.
fn make_private_directory(path: &Path) -> Result<(), RemoteError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(|source| RemoteError::file(path, source))
}

/// Removes a file or directory, if it is there.
fn remove(path: &Path) -> Result<(), RemoteError> {
    let removed = match path.symlink_metadata() {
        Err(_) => return Ok(()),
        Ok(there) if there.is_dir() => fs::remove_dir_all(path),
        Ok(_) => fs::remove_file(path),
    };
    removed.map_err(|source| RemoteError::file(path, source))
}
