//! What goes wrong with a remote.

use kuberpult_git::{OpenError, RemoteError};

use super::{Family, cause, path, shown};
use crate::exit::Failure;

pub(super) fn families() -> Vec<Family> {
    let remote = || String::from("`https://example.com/manifests.git`");
    let branch = || String::from("main");
    let words = || String::from("fatal: what the server said");
    let git_dir = || path("manifests/.git");
    let errors = [
        RemoteError::InvalidAddress { address: "ext:sh".into(), problem: "it would run a program" },
        RemoteError::InvalidBranch { branch: "a..b".into() },
        RemoteError::UnknownRemote { name: "orgin".into(), git_dir: git_dir() },
        RemoteError::SeveralAddresses { name: "origin".into() },
        RemoteError::NoRepository { remote: remote(), words: words() },
        RemoteError::NoBranch { remote: remote(), branch: "mian".into() },
        RemoteError::BranchGone {
            remote: remote(),
            branch: branch(),
            last: "3b18e512dba79e4c8300dd08aeb37f8e728b8dad".into(),
            forget: "git -C 'cache/manifests' update-ref -d refs/kuberpult/remote/main".into(),
        },
        RemoteError::NothingFetched { remote: remote(), branch: branch() },
        RemoteError::Unreachable { remote: remote(), words: words() },
        RemoteError::NotTrusted { remote: remote(), words: words() },
        RemoteError::NotAuthenticated { remote: remote(), words: words() },
        RemoteError::NoPermission { remote: remote(), words: words() },
        RemoteError::ProtectedBranch { remote: remote(), branch: branch(), words: words() },
        RemoteError::RefusedByHook { remote: remote(), branch: branch(), words: words() },
        RemoteError::CheckedOut { remote: remote(), branch: branch(), words: words() },
        RemoteError::RemoteDiskFull { remote: remote(), words: words() },
        RemoteError::DiskFull { git_dir: git_dir(), words: words() },
        RemoteError::Malformed { remote: remote(), words: words() },
        RemoteError::OtherObjectFormat { remote: remote(), git_dir: git_dir(), words: words() },
        RemoteError::Interrupted { remote: remote(), words: words() },
        RemoteError::Refused { remote: remote(), branch: branch(), words: words() },
        RemoteError::Failed { remote: remote(), words: words() },
        RemoteError::Busy { git_dir: git_dir(), seconds: 30 },
        RemoteError::File { path: git_dir(), source: cause().into() },
        RemoteError::Repository { git_dir: git_dir(), source: cause().into() },
        RemoteError::NoGit { remote: remote(), source: cause().into() },
    ];
    let shown = errors.into_iter().map(|error| {
        let failure = Failure::Open(OpenError::Remote(error.clone()));
        shown(&error, &failure)
    });
    vec![Family::new("RemoteError", "kuberpult-git/src/remote/error.rs", shown.collect())]
}
