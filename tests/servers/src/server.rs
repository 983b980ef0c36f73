//! One server of any kind with one bare repository on it.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::git::git;
use crate::{Access, Daemon, HttpServer, Kind, SshServer};

/// The name of the repository in the directory that is served.
const REPOSITORY: &str = "manifests.git";

/// A server with an empty bare repository, whose `HEAD` is `main`.
#[derive(Debug)]
pub struct Server {
    kind: Kind,
    // What runs goes before the directory that it serves.
    running: Running,
    root: TempDir,
}

#[derive(Debug)]
enum Running {
    Directory,
    Daemon(Daemon),
    Http(HttpServer),
    Ssh(Box<SshServer>),
}

impl Server {
    /// Makes the repository and starts the server.
    #[must_use]
    pub fn start(kind: Kind) -> Self {
        let root = tempfile::tempdir().expect("a directory");
        git(root.path(), &["init", "--quiet", "--bare", "--initial-branch=main", REPOSITORY]);
        let running = match kind {
            Kind::Directory => Running::Directory,
            Kind::Daemon => Running::Daemon(Daemon::start(root.path(), true)),
            Kind::Http => Running::Http(HttpServer::start(root.path(), Access::Everybody)),
            Kind::Ssh => Running::Ssh(Box::new(SshServer::start(root.path()))),
        };
        Self { kind, running, root }
    }

    /// What it is.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The directory whose repositories it serves.
    #[must_use]
    pub fn root(&self) -> &Path {
        self.root.path()
    }

    /// The repository as the server sees it.
    #[must_use]
    pub fn repository(&self) -> PathBuf {
        self.root.path().join(REPOSITORY)
    }

    /// The address of the repository.
    #[must_use]
    pub fn url(&self) -> String {
        self.url_of(REPOSITORY)
    }

    /// The address of another repository in its directory.
    #[must_use]
    pub fn url_of(&self, repository: &str) -> String {
        match &self.running {
            Running::Directory => self.root.path().join(repository).display().to_string(),
            Running::Daemon(daemon) => daemon.url(repository),
            Running::Http(http) => http.url(repository),
            Running::Ssh(ssh) => ssh.url(repository),
        }
    }

    /// The address of the repository through a proxy; none for a directory.
    #[must_use]
    pub fn url_through(&self, proxy: SocketAddr) -> Option<String> {
        Some(self.url().replace(&self.address()?.to_string(), &proxy.to_string()))
    }

    /// Where it listens; a directory does not.
    #[must_use]
    pub fn address(&self) -> Option<SocketAddr> {
        match &self.running {
            Running::Directory => None,
            Running::Daemon(daemon) => Some(daemon.address()),
            Running::Http(http) => Some(http.address()),
            Running::Ssh(ssh) => Some(ssh.address()),
        }
    }

    /// The ssh server, for the commands with which git gets in.
    #[must_use]
    pub fn ssh(&self) -> Option<&SshServer> {
        match &self.running {
            Running::Ssh(ssh) => Some(ssh),
            _ => None,
        }
    }

    /// Gives the repository a hook: an executable file, such as `pre-receive`.
    pub fn write_hook(&self, name: &str, script: &str) {
        write_hook(&self.repository(), name, script);
    }
}

/// Gives a bare repository a hook.
pub fn write_hook(repository: &Path, name: &str, script: &str) {
    use std::os::unix::fs::PermissionsExt as _;
    let hooks = repository.join("hooks");
    fs::create_dir_all(&hooks).expect("a directory");
    let hook = hooks.join(name);
    fs::write(&hook, script).expect("written");
    fs::set_permissions(&hook, fs::Permissions::from_mode(0o755)).expect("executable");
}
