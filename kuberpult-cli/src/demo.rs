//! The tour: a story on a fresh repository, told with real commands and real commits.
//!
//! The demo's directory is the manifest repository. What builds would leave lies in `build/` in it, which git
//! is told to ignore.

mod narrator;
mod services;
mod story;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::arguments::GlobalOptions;
use crate::demo::narrator::Narrator;
use crate::exit::Failure;

/// Makes the repository in a directory that is empty, not there, or made up; and tells the story.
pub(crate) fn tell(directory: Option<&Path>, global: &GlobalOptions) -> Result<(), Failure> {
    let directory = match directory {
        Some(directory) => given(directory)?,
        None => made_up()?,
    };
    // What is shown must be what runs, and people type relative paths.
    std::env::set_current_dir(&directory)
        .map_err(|source| Failure::Demo { path: directory.clone(), source })?;
    story::tell(&mut Narrator::new(directory, global.color))
}

fn given(directory: &Path) -> Result<PathBuf, Failure> {
    let failed = |source| Failure::Demo { path: directory.into(), source };
    fs::create_dir_all(directory).map_err(failed)?;
    if fs::read_dir(directory).map_err(failed)?.next().is_some() {
        return Err(Failure::DemoNotEmpty { directory: directory.into() });
    }
    fs::canonicalize(directory).map_err(failed)
}

fn made_up() -> Result<PathBuf, Failure> {
    let parent = std::env::temp_dir();
    let mut number: u32 = 1;
    loop {
        let path = parent.join(format!("kuberpult-demo-{number}"));
        match fs::create_dir(&path) {
            Ok(()) => return fs::canonicalize(&path).map_err(|source| Failure::Demo { path, source }),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && number < u32::MAX => number += 1,
            Err(source) => return Err(Failure::Demo { path, source }),
        }
    }
}

/// Writes a file, and the directories that it lies in.
fn write_file(path: &Path, content: &str) -> Result<(), Failure> {
    let written = path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(path, content));
    written.map_err(|source| Failure::Demo { path: path.into(), source })
}
