//! The `git` executable: the only place where a process is started.

use std::ffi::OsStr;
use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;

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
const OF_AN_OUTER_GIT: [&str; 13] = [
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_DEFAULT_REF_FORMAT",
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

/// Where the network is, what it may do: no protocol that runs programs of its own; nothing is asked on a terminal or in a
/// window; what comes is looked at; no work is left behind in the background. Credential helpers, `GIT_ASKPASS`, proxies and
/// the ssh command are the user's, and stay.
const WITH_A_REMOTE: [&str; 9] = [
    "protocol.ext.allow=never",
    "protocol.fd.allow=never",
    "protocol.file.allow=always",
    "transfer.fsckObjects=true",
    "maintenance.auto=false",
    "gc.auto=0",
    "fetch.writeCommitGraph=false",
    "submodule.recurse=false",
    "push.followTags=false",
];

/// How much is kept of what git writes to one of its outputs: that many bytes from the beginning, and from the end. A server
/// can say as much as it likes.
const KEPT: usize = 64 * 1024;

/// What came of running git with a remote. What it said is not fit to be shown: there may be passwords in it, and
/// whatever a server says.
#[derive(Debug)]
pub(crate) struct RawOutput {
    pub(crate) success: bool,
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: Vec<u8>,
}

/// Runs git in a work tree. No shell is involved, and nothing of an outer git's environment gets in.
pub(crate) fn run(
    work_tree: &Path,
    arguments: impl IntoIterator<Item = impl AsRef<OsStr>>,
) -> Result<Output, std::io::Error> {
    let mut command = hermetic();
    command.arg("-C").arg(work_tree).args(arguments);
    let output = command.stdin(Stdio::null()).output()?;
    let message = String::from_utf8_lossy(&output.stderr);
    let message =
        message.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("; ");
    Ok(Output { success: output.status.success(), stdout: output.stdout, message })
}

/// Starts git in a directory and does not wait for it. It may outlive this process.
pub(crate) fn start(
    directory: &Path,
    arguments: impl IntoIterator<Item = impl AsRef<OsStr>>,
) -> Result<(), std::io::Error> {
    let mut command = hermetic();
    command.arg("-C").arg(directory).args(arguments);
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
    // Somebody has to take notice of its end, or the system remembers it for as long as this process runs.
    thread::Builder::new().spawn(move || child.wait())?;
    Ok(())
}

/// Runs git on a repository, perhaps with a remote. `settings` are given as `-c` does.
///
/// The process gets `lock` as its standard input, from which it reads nothing: a lock on that file then lasts until git
/// has ended, even if this process is killed before.
pub(crate) fn run_with_remote(
    git_dir: &Path,
    settings: &[String],
    arguments: &[&str],
    lock: Option<&File>,
) -> Result<RawOutput, std::io::Error> {
    let mut command = hermetic();
    for setting in WITH_A_REMOTE.into_iter().chain(settings.iter().map(String::as_str)) {
        command.args(["-c", setting]);
    }
    command.arg("--git-dir").arg(git_dir).args(arguments);
    let stdin = lock.map(File::try_clone).transpose()?.map_or_else(Stdio::null, Stdio::from);
    command
        // A relative path in a remote's configuration begins at the work tree, or in the bare repository.
        .current_dir(git_dir.parent().filter(|_| git_dir.ends_with(".git")).unwrap_or(git_dir))
        // Of the protocols that git does not know by itself, those which the user allows by name.
        .env("GIT_PROTOCOL_FROM_USER", "0")
        .env("GIT_TERMINAL_PROMPT", "0")
        .env_remove("SSH_ASKPASS")
        .env("SSH_ASKPASS_REQUIRE", "never")
        .env("GIT_REFLOG_ACTION", "kuberpult")
        .env("GIT_ADVICE", "0")
        .stdin(stdin)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn()?;
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let (stdout, stderr) = thread::scope(|scope| {
        let said = scope.spawn(move || kept(stderr));
        (kept(stdout), said.join().unwrap_or_default())
    });
    let status = child.wait()?;
    let mut output = RawOutput { success: status.success(), stdout, stderr };
    if status.code().is_none() {
        // A connection that breaks while git writes to it ends git without a word.
        output.stderr.extend(format!("\ngit was ended by {status}\n").bytes());
    }
    Ok(output)
}

/// Git in the language that we can read, without hooks and without an outer git's environment.
fn hermetic() -> Command {
    let mut command = Command::new("git");
    for variable in OF_AN_OUTER_GIT {
        command.env_remove(variable);
    }
    command.args(WITHOUT_PROGRAMS).env("LC_ALL", "C");
    command
}

/// Reads everything, and keeps the beginning and the end.
fn kept(output: Option<impl Read>) -> Vec<u8> {
    let Some(mut output) = output else { return Vec::new() };
    let (mut kept, mut end) = (Vec::<u8>::new(), Vec::<u8>::new());
    let mut buffer = [0; 8 * 1024];
    loop {
        let read = match output.read(&mut buffer) {
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            // An output that breaks is one that ends: what matters is said by the exit code.
            Ok(0) | Err(_) => break,
            Ok(read) => read,
        };
        let bytes = buffer.get(..read).unwrap_or_default();
        let (first, rest) = bytes.split_at(bytes.len().min(KEPT.saturating_sub(kept.len())));
        kept.extend(first);
        end.extend(rest);
        if end.len() > 2 * KEPT {
            end.drain(..end.len() - KEPT);
        }
    }
    kept.extend(end);
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beginning_and_end_are_kept_of_what_has_no_end() {
        let short = b"a short text".repeat(1_000);
        assert_eq!(kept(Some(short.as_slice())), short);
        let mut long = b"the beginning".to_vec();
        long.extend(b"noise".repeat(1_000_000));
        long.extend(b"the end");
        let kept = kept(Some(long.as_slice()));
        assert!(kept.starts_with(b"the beginning") && kept.ends_with(b"the end"));
        assert!(kept.len() <= 3 * KEPT, "{}", kept.len());
    }
}
