//! What is said of failures with remotes: exit code and stable code.

use kuberpult_git::RemoteError;

use super::{Exit, is_full_disk};
use crate::code::Code;

/// The exit code.
pub(super) fn of_remote(error: &RemoteError) -> Exit {
    match error {
        RemoteError::InvalidAddress { .. }
        | RemoteError::InvalidBranch { .. }
        | RemoteError::UnknownRemote { .. }
        | RemoteError::SeveralAddresses { .. } => Exit::Usage,
        RemoteError::DiskFull { .. }
        | RemoteError::File { .. }
        | RemoteError::Repository { .. }
        | RemoteError::NoGit { .. } => Exit::Failed,
        RemoteError::Busy { .. } => Exit::Conflict,
        _ => Exit::Remote,
    }
}

/// The stable code.
pub(super) fn code_of_remote(error: &RemoteError) -> Code {
    match error {
        RemoteError::InvalidAddress { .. } => Code::INVALID_ADDRESS,
        RemoteError::InvalidBranch { .. } => Code::INVALID_BRANCH_NAME,
        RemoteError::UnknownRemote { .. } => Code::UNKNOWN_REMOTE,
        RemoteError::SeveralAddresses { .. } => Code::REMOTE_HAS_SEVERAL_ADDRESSES,
        RemoteError::NoRepository { .. } => Code::REMOTE_NO_REPOSITORY,
        RemoteError::NoBranch { .. } => Code::BRANCH_NOT_FOUND,
        RemoteError::BranchGone { .. } => Code::BRANCH_GONE,
        RemoteError::NothingFetched { .. } => Code::NOTHING_FETCHED,
        RemoteError::Unreachable { .. } => Code::REMOTE_UNREACHABLE,
        RemoteError::NotTrusted { .. } => Code::REMOTE_NOT_TRUSTED,
        RemoteError::NotAuthenticated { .. } => Code::REMOTE_AUTHENTICATION,
        RemoteError::NoPermission { .. } => Code::REMOTE_PERMISSION,
        RemoteError::ProtectedBranch { .. } => Code::REMOTE_BRANCH_PROTECTED,
        RemoteError::RefusedByHook { .. } => Code::REMOTE_HOOK,
        RemoteError::CheckedOut { .. } => Code::REMOTE_CHECKED_OUT,
        RemoteError::RemoteDiskFull { .. } => Code::REMOTE_DISK_FULL,
        RemoteError::DiskFull { .. } => Code::DISK_FULL,
        RemoteError::Malformed { .. } => Code::REMOTE_MALFORMED,
        RemoteError::OtherObjectFormat { .. } => Code::REMOTE_OBJECT_FORMAT,
        RemoteError::Interrupted { .. } => Code::REMOTE_INTERRUPTED,
        RemoteError::Refused { .. } => Code::REMOTE_REFUSED,
        RemoteError::Busy { .. } => Code::BUSY,
        RemoteError::File { source, .. } if is_full_disk(&**source) => Code::DISK_FULL,
        RemoteError::File { .. } => Code::CANNOT_WRITE,
        RemoteError::Repository { .. } => Code::CANNOT_READ,
        RemoteError::NoGit { .. } => Code::NO_GIT,
        _ => Code::REMOTE,
    }
}
