//! What can go wrong with a remote.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::Cause;

/// Why something was not read from a remote, or not written to it.
///
/// `remote` is the remote as it may be shown: its name, or its address without passwords. `words` are what git or the
/// server said, in one line of bounded length, without passwords and control characters.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum RemoteError {
    /// An address that is none, or one that is not used.
    #[error(
        "`{address}` is no address of a git repository that can be used: {problem}; give a directory, or a URL such as `https://example.com/manifests.git` or `ssh://git@example.com/manifests.git`"
    )]
    InvalidAddress {
        /// The address, as far as it may be shown.
        address: String,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// The name of a branch that git would not take.
    #[error("`{branch}` is no valid branch name; expected one such as `main` or `deployments/eu`")]
    InvalidBranch {
        /// The name.
        branch: String,
    },
    /// A remote that is not in the repository's configuration.
    #[error("the repository `{}` has no remote `{name}`; `git remote -v` lists those that it has, and a URL is taken as well", git_dir.display())]
    UnknownRemote {
        /// The name.
        name: String,
        /// The repository.
        git_dir: PathBuf,
    },
    /// A push to several repositories is no compare-and-swap.
    #[error("remote `{name}` has several addresses; name the one that counts by its URL")]
    SeveralAddresses {
        /// The name.
        name: String,
    },
    /// There is no repository, or none that this user may see.
    #[error(
        "there is no repository at {remote}, or you may not see it; check the address and who you are there{}",
        Said(words)
    )]
    NoRepository {
        /// The remote.
        remote: String,
        /// What was said.
        words: String,
    },
    /// There is no such branch, but there are others.
    #[error("{remote} has no branch `{branch}`; name another one with `--branch`, or make it there with git")]
    NoBranch {
        /// The remote.
        remote: String,
        /// The branch.
        branch: String,
    },
    /// The branch was there, and is not any more. It is not made anew, which would lose its history, until somebody says
    /// that it was meant to go.
    #[error(
        "branch `{branch}` of {remote} is gone, where commit {last} was the newest that is known here; restore it there; or, if it was meant to be deleted, `{forget}` forgets it, and the next command begins it anew"
    )]
    BranchGone {
        /// The remote.
        remote: String,
        /// The branch.
        branch: String,
        /// The newest commit that is known here.
        last: String,
        /// The command line of git with which the repository here forgets it.
        forget: String,
    },
    /// Without the network there is nothing to read.
    #[error("nothing of branch `{branch}` of {remote} has been fetched yet; leave `--offline` out once")]
    NothingFetched {
        /// The remote.
        remote: String,
        /// The branch.
        branch: String,
    },
    /// The server could not be reached.
    #[error(
        "cannot reach {remote}; check the address, the network and the proxy, and try again{}",
        Said(words)
    )]
    Unreachable {
        /// The remote.
        remote: String,
        /// What was said.
        words: String,
    },
    /// The server is not the one that is known by that name, or it is not known: its ssh host key or its certificate.
    #[error(
        "{remote} does not prove that it is the server you mean; compare its host key or certificate with what its owner says before you add it to `known_hosts` or trust it{}",
        Said(words)
    )]
    NotTrusted {
        /// The remote.
        remote: String,
        /// What was said.
        words: String,
    },
    /// The server does not know who this is.
    #[error(
        "{remote} does not accept who you are; git must have a key or a credential helper that needs no typing (`git ls-remote` with the same address shows what it tries){}",
        Said(words)
    )]
    NotAuthenticated {
        /// The remote.
        remote: String,
        /// What was said.
        words: String,
    },
    /// The user may not do this.
    #[error("you have no permission for this at {remote}; ask its owner for it{}", Said(words))]
    NoPermission {
        /// The remote.
        remote: String,
        /// What was said.
        words: String,
    },
    /// The branch does not take pushes.
    #[error(
        "branch `{branch}` of {remote} is protected against pushes; let its owner allow them for you{}",
        Said(words)
    )]
    ProtectedBranch {
        /// The remote.
        remote: String,
        /// The branch.
        branch: String,
        /// What was said.
        words: String,
    },
    /// A hook of the server refused the push.
    #[error(
        "a hook of {remote} refused the commit for branch `{branch}`; do what it asks for, and try again{}",
        Said(words)
    )]
    RefusedByHook {
        /// The remote.
        remote: String,
        /// The branch.
        branch: String,
        /// What was said.
        words: String,
    },
    /// The remote has a work tree in which the branch is checked out.
    #[error(
        "branch `{branch}` is checked out at {remote}, which therefore takes no pushes to it; push to a bare repository, or work in that one{}",
        Said(words)
    )]
    CheckedOut {
        /// The remote.
        remote: String,
        /// The branch.
        branch: String,
        /// What was said.
        words: String,
    },
    /// The server's disk is full.
    #[error("the disk of {remote} is full; make room there, and try again{}", Said(words))]
    RemoteDiskFull {
        /// The remote.
        remote: String,
        /// What was said.
        words: String,
    },
    /// The disk on which the repository here is.
    #[error("the disk with `{}` is full; make room, and try again{}", git_dir.display(), Said(words))]
    DiskFull {
        /// The repository here.
        git_dir: PathBuf,
        /// What was said.
        words: String,
    },
    /// What the remote sent breaks git's rules.
    #[error(
        "{remote} sent what no git repository may hold, and it was thrown away; `git fsck` there says more{}",
        Said(words)
    )]
    Malformed {
        /// The remote.
        remote: String,
        /// What was said.
        words: String,
    },
    /// The remote has object ids of another kind.
    #[error("{remote} has object ids of another kind than `{}`; use a clone of it{}", git_dir.display(), Said(words))]
    OtherObjectFormat {
        /// The remote.
        remote: String,
        /// The repository here.
        git_dir: PathBuf,
        /// What was said.
        words: String,
    },
    /// The connection was cut.
    #[error("the connection to {remote} broke; try again{}", Said(words))]
    Interrupted {
        /// The remote.
        remote: String,
        /// What was said.
        words: String,
    },
    /// The remote refused the push for another reason.
    #[error("{remote} refused the commit for branch `{branch}`; ask its owner why{}", Said(words))]
    Refused {
        /// The remote.
        remote: String,
        /// The branch.
        branch: String,
        /// What was said.
        words: String,
    },
    /// It failed for another reason.
    #[error(
        "git could not do its work with {remote}; `git ls-remote` with the same address may say more{}",
        Said(words)
    )]
    Failed {
        /// The remote.
        remote: String,
        /// What was said.
        words: String,
    },
    /// Another process is fetching into the same repository.
    #[error("another process has been fetching into `{}` for {seconds} seconds; try again", git_dir.display())]
    Busy {
        /// The repository here.
        git_dir: PathBuf,
        /// How long it was waited for.
        seconds: u64,
    },
    /// A file or directory could not be read or written.
    #[error("cannot use `{}`; check that it can be written and that the disk has room", path.display())]
    File {
        /// The file or directory.
        path: PathBuf,
        /// What went wrong.
        source: Cause,
    },
    /// The repository here could not be read.
    #[error("cannot read the repository `{}`; `git fsck` says more", git_dir.display())]
    Repository {
        /// The repository here.
        git_dir: PathBuf,
        /// What went wrong.
        source: Cause,
    },
    /// The `git` executable could not be run.
    #[error("cannot run `git`, which is needed for {remote}; install it, or put it into `PATH`")]
    NoGit {
        /// The remote.
        remote: String,
        /// What went wrong.
        source: Cause,
    },
}

impl RemoteError {
    pub(super) fn no_git(remote: impl fmt::Display, source: std::io::Error) -> Self {
        Self::NoGit { remote: remote.to_string(), source: source.into() }
    }

    pub(crate) fn file(path: &Path, source: std::io::Error) -> Self {
        Self::File { path: path.to_owned(), source: source.into() }
    }
}

/// What was said, at the end of a sentence.
struct Said<'a>(&'a str);

impl fmt::Display for Said<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() { Ok(()) } else { write!(f, "; git said: {}", self.0) }
    }
}
