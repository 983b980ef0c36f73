//! Git servers for tests, on loopback and for as long as the test has them: a bare directory, `git daemon`, smart HTTP and
//! ssh; and a [`Proxy`] that cuts connections where it hurts.
//!
//! It is a package of its own, which uses nothing of kuberpult: so the unit tests of `kuberpult-git`, whose transport is
//! private, and the tests of the command line can both use it.
//!
//! Which servers a test runs on is said by the environment variable `KUBERPULT_TEST_SERVERS`, a list such as
//! `directory,daemon,http,ssh`. What is in it must be there, or the test fails. Without it, a server whose programs are not
//! on the machine is left out, and the test says so. `KUBERPULT_TEST_FAULTS=full-disk` does the same for tests that fill
//! [small disks](SmallDisk), which not everybody may mount.

#![expect(
    clippy::panic,
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "support for tests: a panic is a failing test"
)]

mod choice;
mod daemon;
mod git;
mod http;
mod port;
mod process;
mod proxy;
mod server;
mod small_disk;
mod ssh;

pub use choice::{Kind, VARIABLE, kinds};
pub use daemon::Daemon;
pub use git::{git, git_command, git_with_input};
pub use http::{Access, HttpServer};
pub use proxy::{Cut, Proxy};
pub use server::{Server, write_hook};
pub use small_disk::{FAULTS, SmallDisk, with_small_disks};
pub use ssh::SshServer;
