//! [`Standing`]: whether a report says what was done or what would be.

use std::path::Path;

use kuberpult_core::Context;
use kuberpult_git::CommitId;

use super::blocker::place;
use super::code::code;
use crate::json::LockPlace;

/// Whether a report says what was done or what would be.
pub(crate) enum Standing<'a> {
    /// It was done; no commit means that there was nothing to do.
    Done { commit: Option<CommitId> },
    /// As a saved plan had said.
    PlanDone { commit: Option<CommitId> },
    /// Nothing was written.
    DryRun { base: Option<CommitId> },
    /// Nothing was written, and a saved plan still means the same.
    PlanHolds,
    /// Nothing but a plan was written.
    PlanSaved { base: Option<CommitId>, file: &'a Path },
    /// Nothing was written, and it is assumed that these locks are gone.
    WithoutLocks { base: Option<CommitId>, locks: &'a [LockPlace] },
}

impl Standing<'_> {
    /// Whether nothing was done.
    pub(super) fn is_prognosis(&self) -> bool {
        !matches!(self, Self::Done { .. } | Self::PlanDone { .. })
    }

    /// What it is, when it was decided, for whom and on which commit.
    pub(super) fn paragraph(&self, context: &Context) -> String {
        let decided = format!("Decided {} for {}", code(&context.now), code(&context.actor));
        let on = |base: &Option<CommitId>| match base {
            Some(base) => format!(" on commit {}", code(base)),
            None => " in an empty repository".into(),
        };
        match self {
            Self::Done { commit: Some(commit) } => {
                format!("**Done** in commit {}. {decided}.\n", code(commit))
            }
            Self::Done { commit: None } => format!("**Done: there was nothing to do.** {decided}.\n"),
            Self::PlanDone { commit: Some(commit) } => {
                format!("**Done as the saved plan says** in commit {}. {decided}.\n", code(commit))
            }
            Self::PlanDone { commit: None } => {
                format!("**Done as the saved plan says: there was nothing to do.** {decided}.\n")
            }
            Self::DryRun { base } => format!("**Prognosis: nothing was written.** {decided}{}.\n", on(base)),
            Self::PlanHolds => format!(
                "**Prognosis: nothing was written.** The saved plan still means the same. {decided}.\n"
            ),
            Self::PlanSaved { base, file } => format!(
                "**Prognosis: nothing was written but the plan** {}. `kuberpult apply -f` does just this, or nothing. {decided}{}.\n",
                code(&file.display()),
                on(base)
            ),
            Self::WithoutLocks { base, locks } => {
                let assumed = locks.iter().map(|LockPlace { scope, lock_id }| {
                    format!("- lock {} on {}\n", code(lock_id), place(scope))
                });
                format!(
                    "**Prognosis: nothing was written.** {decided}{}, and as if these locks were not there:\n\n{}",
                    on(base),
                    assumed.collect::<String>()
                )
            }
        }
    }
}
