//! Repositories on other machines: what is newest there, and pushing as a compare-and-swap.
//!
//! Everything here runs the `git` executable, so that credentials, ssh and proxies work as the user has them.
//!
//! - A [`Remote`] is what somebody named: a remote of the repository's configuration, or an address.
//! - A [`RemoteBranch`] is one branch there, and a repository here in which its commits are kept. It is
//!   [fetched](RemoteBranch::fetch), [pushed to](RemoteBranch::push), and [looked at](RemoteBranch::landed) when the answer
//!   to a push got lost.
//! - A [`ManagedClone`] is such a repository in a cache directory, for who has no clone.
//!
//! What is fetched is kept in a reference of kuberpult's own, below `refs/kuberpult/remote/`. Branches, tags and remote
//! branches of the user stay as they are.

mod address;
mod branch;
mod cache_name;
mod diagnosis;
mod error;
mod fetch;
mod fetch_lock;
mod landed;
mod managed_clone;
mod named;
mod push;
mod push_report;
mod reference;
mod words;

#[cfg(test)]
mod tests;

pub(crate) use address::Remote;
pub(crate) use branch::RemoteBranch;
pub use error::RemoteError;
pub(crate) use fetch::Depth;
pub(crate) use landed::Landed;
pub(crate) use managed_clone::ManagedClone;
pub(crate) use push::PushOutcome;
