//! [`Code`]: the stable codes of errors.

use kuberpult_core::{ApplicationCause, EnvironmentCause, Rejection};
use serde::Serialize;

/// The stable code of an error. Programs tell errors apart by it, and `kuberpult explain` has a page on each.
///
/// It is one of those that are listed here, or one of the core's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub(crate) struct Code(&'static str);

/// Makes a constant of each code. One that nothing uses any more is found by the compiler.
macro_rules! codes {
    ($($code:ident,)*) => {
        impl Code {
            $(pub(crate) const $code: Self = Self(stringify!($code));)*

            /// Every code that is listed here.
            #[cfg(test)]
            pub(crate) const LISTED: &'static [&'static str] = &[$(stringify!($code)),*];
        }
    };
}

codes! {
    ANSWER_LOST,
    APPLICATION_NOT_FOUND,
    ARGOCD_REPO_URL_NOT_KNOWN,
    BRANCH_GONE,
    BRANCH_NOT_FOUND,
    BUSY,
    CANNOT_INITIALISE,
    CANNOT_OPEN,
    CANNOT_OPEN_REPOSITORY,
    CANNOT_READ,
    CANNOT_READ_FILE,
    CANNOT_WRITE,
    CANNOT_WRITE_FILE,
    CLOCK,
    DEMO,
    DIRECTORY_NOT_EMPTY,
    DIRTY_WORK_TREE,
    DISK_FULL,
    ENVIRONMENT_GROUP_NOT_FOUND,
    ENVIRONMENT_NOT_FOUND,
    INVALID_ADDRESS,
    INVALID_BRANCH_NAME,
    INVALID_COMMAND,
    INVALID_CONFIG,
    INVALID_MANIFEST,
    INVALID_NAME,
    KEYS_WOULD_BE_LOST,
    LOCAL_BRANCH_AHEAD,
    LOCAL_BRANCH_NOT_MOVED,
    LOCK_NOT_FOUND,
    LOST_RACE,
    MALFORMED_LINE,
    MALFORMED_PLAN,
    NOTHING_FETCHED,
    NOT_A_MANIFEST_REPOSITORY,
    NOT_A_REPOSITORY,
    NOT_UNDERSTOOD,
    NO_BRANCH_CHECKED_OUT,
    NOT_CONFIRMED,
    NO_CACHE_DIRECTORY,
    NO_GIT,
    NO_IDENTITY,
    NO_MANIFESTS,
    OFFLINE,
    OTHER_PLAN_VERSION,
    OUTPUT,
    PARENT_NOT_FOUND,
    PLAN_BASE_NOT_FOUND,
    PLAN_NOT_GENUINE,
    PLAN_OUTDATED,
    REMOTE,
    REMOTE_AUTHENTICATION,
    REMOTE_BRANCH_PROTECTED,
    REMOTE_CHECKED_OUT,
    REMOTE_DISK_FULL,
    REMOTE_HAS_SEVERAL_ADDRESSES,
    REMOTE_HOOK,
    REMOTE_INTERRUPTED,
    REMOTE_MALFORMED,
    REMOTE_NOT_TRUSTED,
    REMOTE_NO_REPOSITORY,
    REMOTE_OBJECT_FORMAT,
    REMOTE_PERMISSION,
    REMOTE_REFUSED,
    REMOTE_UNREACHABLE,
    TEAM_NOT_FOUND,
    TIME_BEFORE_1970,
    UNKNOWN_CODE,
    UNKNOWN_COMMAND,
    UNKNOWN_EXTENSION,
    UNKNOWN_MANIFEST,
    UNKNOWN_REMOTE,
    USAGE,
    WORK_TREE_IN_THE_WAY,
    WORK_TREE_LEFT_BEHIND,
    WORK_TREE_NOT_UPDATED,
}

impl Code {
    /// The code as it is written.
    pub(crate) fn as_str(self) -> &'static str {
        self.0
    }
}

impl From<&Rejection> for Code {
    fn from(rejection: &Rejection) -> Self {
        Self(rejection.code())
    }
}

impl From<&EnvironmentCause> for Code {
    fn from(cause: &EnvironmentCause) -> Self {
        Self(cause.code())
    }
}

impl From<&ApplicationCause> for Code {
    fn from(cause: &ApplicationCause) -> Self {
        Self(cause.code())
    }
}
