//! `sshd`, with keys and a configuration of its own, as the user who runs the test.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

use crate::port::on_a_free_port;
use crate::process::{Process, program};

/// An ssh server; all that it needs is in a directory of its own.
#[derive(Debug)]
pub struct SshServer {
    _process: Process,
    address: SocketAddr,
    root: PathBuf,
    keys: TempDir,
}

impl SshServer {
    /// Starts it for the repositories in a directory.
    #[must_use]
    pub fn start(root: &Path) -> Self {
        // Debian's sshd wants this directory when it is run by root; the service makes it, which may never have run.
        let _ = fs::create_dir("/run/sshd");
        let keys = tempfile::tempdir().expect("a directory");
        for key in ["host", "other_host", "user", "stranger"] {
            make_key(&keys.path().join(key));
        }
        fs::copy(keys.path().join("user.pub"), keys.path().join("authorized")).expect("copied");
        let program = program("sshd").expect("sshd is there");
        let (process, address) = on_a_free_port(|port| {
            let config = keys.path().join("sshd_config");
            fs::write(&config, server_config(keys.path(), port)).expect("written");
            let log = fs::File::create(keys.path().join("log")).expect("a log");
            let mut command = Command::new(&program);
            command.arg("-D").arg("-e").arg("-f").arg(&config).stdin(Stdio::null()).stdout(Stdio::null());
            command.stderr(log);
            Process::start(command)
        });
        let server = Self { _process: process, address, root: root.to_owned(), keys };
        server.write_known_hosts("known_hosts", "host");
        server.write_known_hosts("wrong_hosts", "other_host");
        fs::write(server.keys.path().join("no_hosts"), "").expect("written");
        server
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The URL of a repository in its directory.
    #[must_use]
    pub fn url(&self, repository: &str) -> String {
        format!("ssh://{}{}/{repository}", self.address, self.root.display())
    }

    /// The ssh command with which git gets in, for `core.sshCommand` or `GIT_SSH_COMMAND`.
    #[must_use]
    pub fn command(&self) -> String {
        self.command_with("user", "known_hosts")
    }

    /// One that knows another host key for the server.
    #[must_use]
    pub fn command_with_wrong_host_key(&self) -> String {
        self.command_with("user", "wrong_hosts")
    }

    /// One that knows no host key.
    #[must_use]
    pub fn command_without_host_key(&self) -> String {
        self.command_with("user", "no_hosts")
    }

    /// One whose key the server does not know.
    #[must_use]
    pub fn command_of_a_stranger(&self) -> String {
        self.command_with("stranger", "known_hosts")
    }

    fn command_with(&self, key: &str, known_hosts: &str) -> String {
        let file = |name: &str| self.keys.path().join(name).display().to_string();
        format!(
            "ssh -F /dev/null -o BatchMode=yes -o StrictHostKeyChecking=yes -o IdentitiesOnly=yes -o IdentityAgent=none \
             -o GlobalKnownHostsFile=/dev/null -o UserKnownHostsFile={} -i {}",
            file(known_hosts),
            file(key)
        )
    }

    fn write_known_hosts(&self, name: &str, key: &str) {
        let key = fs::read_to_string(self.keys.path().join(format!("{key}.pub"))).expect("a key");
        let line = format!("[{}]:{} {key}", self.address.ip(), self.address.port());
        fs::write(self.keys.path().join(name), line).expect("written");
    }
}

fn make_key(file: &Path) {
    let mut command = Command::new(program("ssh-keygen").expect("ssh-keygen is there"));
    command.args(["-q", "-t", "ed25519", "-N", "", "-C", "test", "-f"]).arg(file);
    assert!(command.status().expect("ssh-keygen can be run").success(), "ssh-keygen failed");
}

/// Keys are the only way in. `StrictModes` would look at who else may write to the directories above.
fn server_config(keys: &Path, port: u16) -> String {
    let keys = keys.display();
    format!(
        "ListenAddress 127.0.0.1\nPort {port}\nHostKey {keys}/host\nAuthorizedKeysFile {keys}/authorized\n\
         PidFile none\nStrictModes no\nUsePAM no\nPasswordAuthentication no\nKbdInteractiveAuthentication no\n\
         PubkeyAuthentication yes\nPermitRootLogin prohibit-password\nAcceptEnv GIT_PROTOCOL\nMaxStartups 100\n"
    )
}
