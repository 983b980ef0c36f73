//! [`Workshop`]: where everything lies.

use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::Result;

/// What is measured, and where there is room for it.
#[derive(Debug)]
pub(crate) struct Workshop {
    /// The binary `kuberpult`.
    pub(crate) kuberpult: PathBuf,
    /// Repositories that were made once and are kept.
    pub(crate) cache: PathBuf,
    /// How many commands a stream has, if that was said.
    pub(crate) commands: Option<usize>,
    /// Small sizes: to see whether everything works.
    pub(crate) quick: bool,
}

impl Workshop {
    /// The one beside this program: `kuberpult` in the same directory, the cache in the target directory.
    ///
    /// # Errors
    /// `kuberpult` is not there, or the cache cannot be made.
    pub(crate) fn beside_this_program(kuberpult: Option<PathBuf>, quick: bool) -> Result<Self> {
        let this = std::env::current_exe()?;
        let binaries = this.parent().unwrap_or(Path::new("."));
        let kuberpult = kuberpult.unwrap_or_else(|| binaries.join("kuberpult"));
        if !kuberpult.is_file() {
            return Err(
                "the binary `kuberpult` is not there: start `benches/compare`, which builds it".into()
            );
        }
        let cache = binaries.parent().unwrap_or(binaries).join("compare");
        std::fs::create_dir_all(&cache)?;
        Ok(Self { kuberpult: kuberpult.canonicalize()?, cache, commands: None, quick })
    }

    /// A directory that goes when it is dropped, on the file system of the cache.
    ///
    /// # Errors
    /// It cannot be made.
    pub(crate) fn room(&self) -> Result<TempDir> {
        Ok(tempfile::Builder::new().prefix("room-").tempdir_in(&self.cache)?)
    }

    /// What is done `full` times, or `quick` times to see whether it works.
    pub(crate) fn times(&self, full: usize, quick: usize) -> usize {
        if self.quick { quick } else { full }
    }
}

/// Says what goes on, to whoever waits.
pub(crate) fn progress(what: &str) {
    eprintln!("{what}");
}
