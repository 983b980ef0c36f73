//! Which servers a test runs on.

use crate::process::{git_program, program};

/// The environment variable that names the servers which must be there.
pub const VARIABLE: &str = "KUBERPULT_TEST_SERVERS";

/// A kind of server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// No server: a bare repository in a directory.
    Directory,
    /// `git daemon`.
    Daemon,
    /// `git http-backend` behind a small HTTP server.
    Http,
    /// `sshd`.
    Ssh,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Directory, Self::Daemon, Self::Http, Self::Ssh];

    /// What it is called in the variable.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Directory => "directory",
            Self::Daemon => "daemon",
            Self::Http => "http",
            Self::Ssh => "ssh",
        }
    }

    /// The programs it needs that are not on this machine.
    #[must_use]
    pub fn missing(self) -> Vec<&'static str> {
        let of_git = |names: &[&'static str]| -> Vec<&'static str> {
            names.iter().copied().filter(|name| git_program(name).is_none()).collect()
        };
        match self {
            Self::Directory => Vec::new(),
            Self::Daemon => of_git(&["git-daemon"]),
            Self::Http => of_git(&["git-http-backend", "git-remote-http"]),
            Self::Ssh => {
                ["sshd", "ssh", "ssh-keygen"].into_iter().filter(|name| program(name).is_none()).collect()
            }
        }
    }
}

/// The servers to test on: those that [`VARIABLE`] names, or all whose programs are there.
///
/// # Panics
/// The variable names a server that does not exist, or whose programs are not there.
#[must_use]
pub fn kinds() -> Vec<Kind> {
    let Ok(wanted) = std::env::var(VARIABLE) else {
        return Kind::ALL.into_iter().filter(|kind| is_there(*kind)).collect();
    };
    let names = wanted.split(',').map(str::trim).filter(|name| !name.is_empty());
    let kinds: Vec<Kind> = names.map(named).collect();
    for kind in &kinds {
        let missing = kind.missing();
        assert!(
            missing.is_empty(),
            "{VARIABLE} asks for {}, which needs {}",
            kind.name(),
            missing.join(", ")
        );
    }
    kinds
}

fn named(name: &str) -> Kind {
    let found = Kind::ALL.into_iter().find(|kind| kind.name() == name);
    found.unwrap_or_else(|| panic!("{VARIABLE} names `{name}`; there are directory, daemon, http and ssh"))
}

fn is_there(kind: Kind) -> bool {
    let missing = kind.missing();
    if !missing.is_empty() {
        eprintln!("left out: {}, because there is no {}", kind.name(), missing.join(", no "));
    }
    missing.is_empty()
}
