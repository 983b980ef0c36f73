//! What is said of failures with remotes: exit code and stable code.

use kuberpult_git::RemoteError;

use super::{Exit, is_full_disk};

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
pub(super) fn code_of_remote(error: &RemoteError) -> &'static str {
    match error {
        RemoteError::InvalidAddress { .. } => "INVALID_ADDRESS",
        RemoteError::InvalidBranch { .. } => "INVALID_BRANCH_NAME",
        RemoteError::UnknownRemote { .. } => "UNKNOWN_REMOTE",
        RemoteError::SeveralAddresses { .. } => "REMOTE_HAS_SEVERAL_ADDRESSES",
        RemoteError::NoRepository { .. } => "REMOTE_NO_REPOSITORY",
        RemoteError::NoBranch { .. } => "BRANCH_NOT_FOUND",
        RemoteError::BranchGone { .. } => "BRANCH_GONE",
        RemoteError::NothingFetched { .. } => "NOTHING_FETCHED",
        RemoteError::Unreachable { .. } => "REMOTE_UNREACHABLE",
        RemoteError::NotTrusted { .. } => "REMOTE_NOT_TRUSTED",
        RemoteError::NotAuthenticated { .. } => "REMOTE_AUTHENTICATION",
        RemoteError::NoPermission { .. } => "REMOTE_PERMISSION",
        RemoteError::ProtectedBranch { .. } => "REMOTE_BRANCH_PROTECTED",
        RemoteError::RefusedByHook { .. } => "REMOTE_HOOK",
        RemoteError::CheckedOut { .. } => "REMOTE_CHECKED_OUT",
        RemoteError::RemoteDiskFull { .. } => "REMOTE_DISK_FULL",
        RemoteError::DiskFull { .. } => "DISK_FULL",
        RemoteError::Malformed { .. } => "REMOTE_MALFORMED",
        RemoteError::OtherObjectFormat { .. } => "REMOTE_OBJECT_FORMAT",
        RemoteError::Interrupted { .. } => "REMOTE_INTERRUPTED",
        RemoteError::Refused { .. } => "REMOTE_REFUSED",
        RemoteError::Busy { .. } => "BUSY",
        RemoteError::File { source, .. } if is_full_disk(&**source) => "DISK_FULL",
        RemoteError::File { .. } => "CANNOT_WRITE",
        RemoteError::Repository { .. } => "CANNOT_READ",
        RemoteError::NoGit { .. } => "NO_GIT",
        _ => "REMOTE",
    }
}
