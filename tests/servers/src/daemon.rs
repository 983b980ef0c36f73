//! `git daemon`: git's own protocol, without any authentication.

use std::net::SocketAddr;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::git::hermetic;
use crate::port::on_a_free_port;
use crate::process::{Process, git_program};

/// A `git daemon` that serves the repositories in a directory.
#[derive(Debug)]
pub struct Daemon {
    _process: Process,
    address: SocketAddr,
}

impl Daemon {
    /// Starts it; with or without the right to push.
    #[must_use]
    pub fn start(root: &Path, push: bool) -> Self {
        let program = git_program("git-daemon").expect("git-daemon is there");
        let (process, address) = on_a_free_port(|port| {
            let mut command = Command::new(&program);
            hermetic(&mut command)
                .args(["--export-all", "--reuseaddr", "--listen=127.0.0.1", &format!("--port={port}")])
                .arg(format!("--base-path={}", root.display()))
                .args(push.then_some("--enable=receive-pack"))
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::null());
            Process::start(command)
        });
        Self { _process: process, address }
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The URL of a repository in its directory.
    #[must_use]
    pub fn url(&self, repository: &str) -> String {
        format!("git://{}/{repository}", self.address)
    }
}
