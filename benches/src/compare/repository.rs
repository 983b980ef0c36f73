//! Repositories to measure on: made once, kept, and copied for each measurement.

use std::fs;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::process::{ChildStdin, Stdio};

use serde::{Deserialize, Serialize};

use crate::Result;
use crate::child::{git, git_with, program};
use crate::size::Size;
use crate::stream::{self, BRANCH};
use crate::workshop::{Workshop, progress};

/// How the objects lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Storage {
    /// In one pack.
    Packed,
    /// In one pack, and thousands more by themselves.
    Loose,
}

/// Goes up when what is written changes, so that no repository of an older kind is used.
const FORMAT: u32 = 1;

/// As many deployments on top make at least 5,000 loose objects, seven each.
const LOOSE_COMMITS: usize = 800;

/// The repository of that size. It is not to be changed: see [`copy`].
///
/// # Errors
/// It cannot be made.
pub(crate) fn repository(workshop: &Workshop, size: Size, storage: Storage) -> Result<PathBuf> {
    let Size { applications, environments, releases } = size;
    let kind = match storage {
        Storage::Packed => "packed",
        Storage::Loose => "loose",
    };
    let name = format!("{applications}x{environments}x{releases}-{kind}-v{FORMAT}.git");
    let kept = workshop.cache.join(&name);
    if kept.exists() {
        return Ok(kept);
    }
    progress(&format!("making {name}"));
    // It gets its name only when it is complete.
    let room = workshop.room()?;
    let made = room.path().join("made.git");
    match storage {
        Storage::Packed => make_packed(size, &made)?,
        Storage::Loose => {
            copy(&repository(workshop, size, Storage::Packed)?, &made)?;
            add_loose_objects(size, &made)?;
        }
    }
    fs::rename(&made, &kept)?;
    Ok(kept)
}

/// Copies a repository. Objects are never changed once they are there, so they are shared where the file system can.
///
/// # Errors
/// Something cannot be read or written.
pub(crate) fn copy(from: &Path, to: &Path) -> Result<()> {
    copy_directory(from, to, false)
}

fn copy_directory(from: &Path, to: &Path, shared: bool) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        if entry.file_type()?.is_dir() {
            copy_directory(&source, &target, shared || entry.file_name() == "objects")?;
        } else if !shared || fs::hard_link(&source, &target).is_err() {
            fs::copy(&source, &target)?;
        }
    }
    Ok(())
}

/// The number of loose objects and of packs.
///
/// # Errors
/// git fails.
pub(crate) fn count_objects(directory: &Path) -> Result<(u64, u64)> {
    let counted = git(directory, &["count-objects", "-v"])?;
    let number = |name: &str| {
        let found =
            counted.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": ")?.parse().ok());
        found.ok_or_else(|| format!("git count-objects says no `{name}`"))
    };
    Ok((number("count")?, number("packs")?))
}

fn make_packed(size: Size, directory: &Path) -> Result<()> {
    make(directory, |stream| stream::write_repository(size, stream))?;
    git(directory, &["repack", "-adfq"])?;
    Ok(())
}

/// Makes a repository of what is written for `git fast-import`.
///
/// # Errors
/// git fails.
pub(crate) fn make(
    directory: &Path,
    write: impl FnOnce(&mut BufWriter<ChildStdin>) -> std::io::Result<()>,
) -> Result<()> {
    fs::create_dir_all(directory)?;
    git(directory, &["init", "--quiet", "--bare", "--initial-branch", BRANCH])?;
    // Nobody tidies up while something is measured.
    git(directory, &["config", "gc.auto", "0"])?;
    git(directory, &["config", "maintenance.auto", "false"])?;
    fast_import(directory, &[], write)
}

fn add_loose_objects(size: Size, directory: &Path) -> Result<()> {
    let settings = ["-c", "fastimport.unpackLimit=1000000"];
    fast_import(directory, &settings, |stream| stream::write_deployments(size, LOOSE_COMMITS, stream))?;
    let (loose, _) = count_objects(directory)?;
    if loose < 5000 {
        return Err(format!("only {loose} loose objects came about").into());
    }
    Ok(())
}

/// Brings what is written to `git fast-import`, with some more settings of git.
///
/// # Errors
/// git fails.
pub(crate) fn fast_import(
    directory: &Path,
    settings: &[&str],
    write: impl FnOnce(&mut BufWriter<ChildStdin>) -> std::io::Result<()>,
) -> Result<()> {
    let mut importing = program("git")
        .arg("-C")
        .arg(directory)
        .args(settings)
        .args(["fast-import", "--quiet"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()?;
    let input = importing.stdin.take().ok_or("git fast-import has no standard input")?;
    let mut stream = BufWriter::with_capacity(1 << 20, input);
    let written = write(&mut stream).and_then(|()| stream.flush());
    drop(stream);
    // What git says tells more than that its end of the pipe is closed.
    let status = importing.wait()?;
    if !status.success() {
        return Err("git fast-import failed".into());
    }
    Ok(written?)
}

/// Writes the commits `from..to` of a repository as a stream for `git fast-import` into a file.
///
/// # Errors
/// git fails, or the file cannot be written.
pub(crate) fn export(directory: &Path, from: &str, to: &str, file: &Path) -> Result<()> {
    let output = fs::File::create(file)?;
    let status = program("git")
        .arg("-C")
        .arg(directory)
        .args([
            "fast-export",
            "--reencode=no",
            "--signed-tags=abort",
            "--reference-excluded-parents",
            &format!("{from}..{to}"),
        ])
        .stdin(Stdio::null())
        .stdout(output)
        .status()?;
    if status.success() { Ok(()) } else { Err("git fast-export failed".into()) }
}

/// The commit or tree that a revision names.
///
/// # Errors
/// There is none.
pub(crate) fn id(directory: &Path, revision: &str) -> Result<String> {
    let id = git_with(directory, &["rev-parse", "--verify", revision], Stdio::null())?;
    Ok(String::from_utf8_lossy(&id).trim_end().to_owned())
}
