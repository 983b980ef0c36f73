//! Programs: where they are, and processes that end with what started them.

use std::path::PathBuf;
use std::process::{Child, Command};

/// A process that is ended when it is dropped.
#[derive(Debug)]
pub(crate) struct Process(Child);

impl Process {
    pub(crate) fn start(mut command: Command) -> Self {
        let child = command.spawn();
        Self(child.unwrap_or_else(|error| panic!("{command:?} cannot be run: {error}")))
    }

    /// Whether it ended by itself.
    pub(crate) fn has_ended(&mut self) -> bool {
        self.0.try_wait().expect("a child").is_some()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A program in `PATH`, or where servers are that are not in a user's `PATH`.
pub(crate) fn program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let directories = std::env::split_paths(&path);
    let of_servers = ["/usr/sbin", "/usr/local/sbin", "/sbin"].map(PathBuf::from);
    directories.chain(of_servers).map(|directory| directory.join(name)).find(|file| file.is_file())
}

/// A program that comes with git. It is run itself and not as a command of git, because it would outlive that.
pub(crate) fn git_program(name: &str) -> Option<PathBuf> {
    let output = Command::new("git").arg("--exec-path").output().ok()?;
    let directory = PathBuf::from(String::from_utf8(output.stdout).ok()?.trim());
    Some(directory.join(name)).filter(|file| file.is_file()).or_else(|| program(name))
}
