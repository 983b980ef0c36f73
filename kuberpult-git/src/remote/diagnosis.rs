//! What went wrong, by what was said. Git says it in English because it is run with `LC_ALL=C`; ssh, curl and servers have one
//! language only.

use super::words::Words;
use super::{RemoteBranch, RemoteError};

const NOT_TRUSTED: &[&str] = &[
    "host key verification failed",
    "remote host identification has changed",
    "certificate verification failed",
    "certificate verify failed",
    "ssl certificate problem",
    "self-signed certificate",
    "no alternative certificate subject name",
];

const NOT_AUTHENTICATED: &[&str] = &[
    "authentication failed",
    "permission denied (",
    "could not read username",
    "could not read password",
    "terminal prompts disabled",
    "returned error: 401",
    "invalid username or password",
    "invalid credentials",
    "too many authentication failures",
];

pub(super) const NO_PERMISSION: &[&str] = &[
    "returned error: 403",
    "permission denied",
    "permission to ",
    "insufficient permission",
    "not have permission",
    "access denied",
    "access not granted",
    "not allowed to",
    "unauthorized",
    "read-only file system",
];

const NO_REPOSITORY: &[&str] = &[
    "repository not found",
    "repository not exported",
    "does not appear to be a git repository",
    "returned error: 404",
    "' not found",
    "could not be found",
    "does not exist",
];

/// All of them are about making a connection: nothing was sent then.
const UNREACHABLE: &[&str] = &[
    "could not resolve",
    "unable to look up",
    "connection refused",
    "failed to connect",
    "couldn't connect",
    "unable to connect",
    "ssh: connect to host",
    "no route to host",
    "network is unreachable",
];

pub(super) const DISK_FULL: &[&str] =
    &["no space left on device", "disk quota exceeded", "write error. out of diskspace"];

/// The lock of a reference was made, but what belongs in it could not be written: git does not say that the disk is full.
pub(super) const REFERENCE_NOT_WRITTEN: &[&str] = &["couldn't write '"];

const MALFORMED: &[&str] = &["fsck error", "index-pack failed", "unpack-objects failed"];

const OTHER_OBJECT_FORMAT: &[&str] = &["mismatched algorithms", "does not support this repository's hash"];

const INTERRUPTED: &[&str] = &[
    "hung up",
    "early eof",
    "unexpected disconnect",
    "connection reset",
    "connection closed",
    "closed by remote host",
    "broken pipe",
    "recv failure",
    "empty reply",
    "transfer closed",
    "rpc failed",
    "timed out",
    "sigpipe",
    // The end came where git had not expected it.
    "expected flush after",
    "protocol error",
    "unexpected end",
    // The server ended the connection before it said anything.
    "could not read from remote repository",
];

impl RemoteBranch {
    /// Why a fetch failed.
    pub(super) fn failure_to_fetch(&self, words: &Words) -> RemoteError {
        if let Some(error) = self.before_anything_was_sent(words) {
            return error;
        }
        let (remote, git_dir, said) = (self.remote.to_string(), self.git_dir.clone(), words.to_string());
        if words.server_says(DISK_FULL) {
            RemoteError::RemoteDiskFull { remote, words: said }
        } else if words.git_says(DISK_FULL) || words.git_says(REFERENCE_NOT_WRITTEN) {
            RemoteError::DiskFull { git_dir, words: said }
        // A transfer that breaks also makes `index-pack` fail.
        } else if words.say(INTERRUPTED) {
            RemoteError::Interrupted { remote, words: said }
        } else if words.git_says(MALFORMED) {
            RemoteError::Malformed { remote, words: said }
        } else {
            RemoteError::Failed { remote, words: said }
        }
    }

    /// Why a push or a look at the branch failed.
    pub(super) fn failure_to_push(&self, words: &Words) -> RemoteError {
        let (remote, said) = (self.remote.to_string(), words.to_string());
        self.before_anything_was_sent(words).unwrap_or_else(|| {
            if words.say(DISK_FULL) {
                RemoteError::RemoteDiskFull { remote, words: said }
            } else if words.say(INTERRUPTED) {
                RemoteError::Interrupted { remote, words: said }
            } else {
                RemoteError::Failed { remote, words: said }
            }
        })
    }

    /// The failures after which the remote has certainly accepted nothing.
    pub(super) fn before_anything_was_accepted(&self, words: &Words) -> Option<RemoteError> {
        // A server notes where the history that it gets is cut off, before it looks at any of it.
        if words.git_says_together(&[&["failed to write to"], &["shallow_"], DISK_FULL]) {
            let (remote, words) = (self.remote.to_string(), words.to_string());
            return Some(RemoteError::RemoteDiskFull { remote, words });
        }
        self.before_anything_was_sent(words)
    }

    /// The failures after which the remote has certainly got nothing.
    pub(super) fn before_anything_was_sent(&self, words: &Words) -> Option<RemoteError> {
        let (remote, git_dir, said) = (self.remote.to_string(), self.git_dir.clone(), words.to_string());
        // The most special ones first: ssh's `Permission denied (publickey)` is not about a permission.
        Some(if words.say(NOT_TRUSTED) {
            RemoteError::NotTrusted { remote, words: said }
        } else if words.say(NOT_AUTHENTICATED) {
            RemoteError::NotAuthenticated { remote, words: said }
        } else if words.say(NO_REPOSITORY) {
            RemoteError::NoRepository { remote, words: said }
        } else if words.say(NO_PERMISSION) {
            RemoteError::NoPermission { remote, words: said }
        } else if words.git_says(UNREACHABLE) {
            RemoteError::Unreachable { remote, words: said }
        } else if words.git_says(OTHER_OBJECT_FORMAT) {
            RemoteError::OtherObjectFormat { remote, git_dir, words: said }
        } else {
            return None;
        })
    }
}
