//! The `git` executable: the only place where a process is started.

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Stdio};

/// What came of running git.
#[derive(Debug)]
pub(crate) struct Output {
    pub(crate) success: bool,
    pub(crate) stdout: Vec<u8>,
    /// What git said, in one line.
    pub(crate) message: String,
}

/// Variables that would make git work on another repository, index or work tree than the one in the directory: those
/// that `git rev-parse --local-env-vars` lists, but for configuration that somebody gives on purpose.
const OF_AN_OUTER_GIT: [&str; 12] = [
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_DIR",
    "GIT_GRAFT_FILE",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_NO_REPLACE_OBJECTS",
    "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX",
    "GIT_REPLACE_REF_BASE",
    "GIT_SHALLOW_FILE",
    "GIT_WORK_TREE",
];

/// What a user's configuration must not add: programs that watch the work tree or an index that changes. Filters of
/// file contents stay, because without them files would be wrong.
const WITHOUT_PROGRAMS: [&str; 4] = ["-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null"];

/// Git in a directory, for [`run`] and [`start`].
fn git_in(directory: &Path, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Command {
    let mut command = Command::new("git");
    for variable in OF_AN_OUTER_GIT {
        command.env_remove(variable);
    }
    command.args(WITHOUT_PROGRAMS).arg("-C").arg(directory).args(arguments);
    command.env("LC_ALL", "C").stdin(Stdio::null());
    command
}

/// Starts git in a directory and does not wait for it. It may outlive this process.
pub(crate) fn start(
    directory: &Path,
    arguments: impl IntoIterator<Item = impl AsRef<OsStr>>,
) -> Result<(), std::io::Error> {
    let mut child = git_in(directory, arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
    // Somebody has to take notice of its end, or the system remembers it for as long as this process runs.
    std::thread::Builder::new().spawn(move || child.wait())?;
    Ok(())
}

/// Runs git in a work tree. No shell is involved, and nothing of an outer git's environment gets in.
pub(crate) fn run(
    work_tree: &Path,
    arguments: impl IntoIterator<Item = impl AsRef<OsStr>>,
) -> Result<Output, std::io::Error> {
    let output = git_in(work_tree, arguments).output()?;
    let message = String::from_utf8_lossy(&output.stderr);
    let message =
        message.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("; ");
    Ok(Output { success: output.status.success(), stdout: output.stdout, message })
}
