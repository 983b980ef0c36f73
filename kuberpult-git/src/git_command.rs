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

/// Runs git in a work tree. No shell is involved, and nothing of an outer git's environment gets in.
pub(crate) fn run(
    work_tree: &Path,
    arguments: impl IntoIterator<Item = impl AsRef<OsStr>>,
) -> Result<Output, std::io::Error> {
    let mut command = Command::new("git");
    // These would make git work on another repository, index or work tree than the one in `work_tree`.
    for variable in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_OBJECT_DIRECTORY"] {
        command.env_remove(variable);
    }
    let output =
        command.arg("-C").arg(work_tree).args(arguments).env("LC_ALL", "C").stdin(Stdio::null()).output()?;
    let message =
        String::from_utf8_lossy(&output.stderr).lines().map(str::trim).collect::<Vec<_>>().join("; ");
    Ok(Output { success: output.status.success(), stdout: output.stdout, message })
}
