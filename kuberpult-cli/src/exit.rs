//! How a command ends: exit codes, and for each failure its stable code.

mod remote;

use std::error::Error;
use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

use kuberpult_core::{
    ApplicationCause, ApplicationName, EnvironmentName, LockId, NameError, PlanDifference, Refusal,
    Rejection, nearest_name,
};
use kuberpult_git::{
    ConfigError, DifferenceError, InitError, ManifestRepo, OpenError, ReadError, TransactError, WhyError,
};
use serde_json::{Value, json};

use crate::code::Code;
use crate::commands::apply::PlanError;
use crate::json::LockPlace;
use crate::json_command::LineError;
use crate::manifests::ManifestError;
use crate::unknown_name::UnknownName;

/// The exit codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Done, or nothing to do.
    Done = 0,
    /// The world is broken, or a bug.
    Failed = 1,
    /// Wrong usage.
    Usage = 2,
    /// A rule refuses it.
    Refused = 3,
    /// Somebody else was faster, or has put something else there.
    Conflict = 5,
    /// The remote does not answer, or says no.
    Remote = 6,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// Why a command did not end well.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error(transparent)]
    Init(#[from] InitError),
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error(transparent)]
    Why(WhyError),
    #[error(transparent)]
    Difference(DifferenceError),
    #[error(transparent)]
    Transact(#[from] TransactError),
    /// A command that only reads was asked for something that is not there.
    #[error(transparent)]
    Rejected(#[from] Rejection),
    /// The same, with the name that was probably meant.
    #[error(transparent)]
    UnknownName(#[from] UnknownName),
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    #[error(
        "git does not say who you are; give `--author-name` and `--author-email`, or set them with `git config user.name` and `git config user.email`"
    )]
    NoIdentity,
    #[error(
        "it is not known where to keep a clone of the remote; set `KUBERPULT_CACHE_DIR`, or give a clone of yours with `--repo`"
    )]
    NoCache,
    #[error("`--offline` is about a remote; name it with `--remote`, or leave `--offline` out")]
    OfflineWithoutRemote,
    #[error("the clock shows a time that cannot be written; give `--now`")]
    Clock,
    #[error("cannot read `{}`", path.display())]
    Input { path: PathBuf, source: io::Error },
    #[error("cannot use `{}`", path.display())]
    Config { path: PathBuf, source: ConfigError },
    #[error("line {line}: {error}{}", and_others(*others))]
    Line {
        line: usize,
        /// How many lines failed besides.
        others: usize,
        error: Box<LineError>,
    },
    #[error("plan `{}`: {error}", path.display())]
    Plan { path: PathBuf, error: Box<PlanError> },
    #[error("cannot write the plan to `{}`", path.display())]
    SavePlan { path: PathBuf, source: io::Error },
    /// Before the command has done anything, or afterwards.
    #[error("cannot write the report to `{}`{}", path.display(), if *done { "; the command itself has been carried out" } else { "" })]
    Report { path: PathBuf, done: bool, source: io::Error },
    #[error("`--markdown` reports what becomes of a plan, and `{}` is none; `train --save-plan` writes plans", path.display())]
    ReportOfLines { path: PathBuf },
    #[error("there is no lock `{lock_id}` in {}; {}", joined(targets), instead(lock_id, there))]
    NoSuchLock {
        lock_id: LockId,
        /// The train's target environments.
        targets: Vec<EnvironmentName>,
        /// The locks in them.
        there: Vec<LockPlace>,
    },
    #[error(
        "standard output was closed: line {line} has been carried out, what follows it has not; give the lines after it again"
    )]
    ClosedInApply { line: usize },
    #[error(
        "`--watch` draws on a terminal, and {found}; leave it out, and run the command as often as you need it"
    )]
    NothingToDrawOn { found: &'static str },
    #[error(
        "`--format` is about graphs for people and drawing programs; leave it out, or leave `--output` out"
    )]
    FormatOfJson,
    #[error(
        "`report` makes a page for people; leave `--output` out, or use `status`, `locks` and `queue list` for JSON"
    )]
    ReportAsJson,
    #[error("`demo` tells a story, which is neither JSON nor YAML; leave `--output` out")]
    DemoAsJson,
    #[error("cannot make the demo in `{}`: it is there and not empty; name a directory that is empty or not there", directory.display())]
    DemoNotEmpty { directory: PathBuf },
    #[error("cannot write `{}`", path.display())]
    Demo { path: PathBuf, source: io::Error },
    #[error("the demo's own command is not understood: {message}")]
    DemoCommand { message: String },
    #[error("there is no code `{typed}`; {}", nearest_codes(nearest))]
    UnknownCode {
        typed: String,
        /// The codes that look like it.
        nearest: Vec<&'static str>,
    },
    #[error("cannot write manual pages into `{}`", directory.display())]
    ManPages { directory: PathBuf, source: io::Error },
    #[error("cannot make up an id for the lock; give one with `--id`")]
    MadeUpId(#[source] NameError),
    #[error("not confirmed: nothing was done; answer with `y`, or give `--yes`")]
    NotConfirmed,
    /// What was asked about is not what would be done.
    #[error(
        "somebody has changed what would be lost while you were asked: nothing was done; give the command again, and look at it again"
    )]
    ChangedWhileAsked { difference: Box<PlanDifference> },
    #[error("cannot write the result")]
    Output(#[source] io::Error),
}

fn and_others(others: usize) -> String {
    match others {
        0 => String::new(),
        1 => " (and one more line failed)".into(),
        more => format!(" (and {more} more lines failed)"),
    }
}

impl From<WhyError> for Failure {
    fn from(error: WhyError) -> Self {
        match error {
            WhyError::Rejected(rejection) => Self::Rejected(rejection),
            WhyError::Read(error) => Self::Read(error),
            error => Self::Why(error),
        }
    }
}

impl From<DifferenceError> for Failure {
    fn from(error: DifferenceError) -> Self {
        match error {
            DifferenceError::Rejected(rejection) => Self::Rejected(rejection),
            DifferenceError::Read(error) => Self::Read(error),
            error => Self::Difference(error),
        }
    }
}

fn joined(names: &[EnvironmentName]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// The lock that was probably meant.
fn nearest_lock<'a>(lock_id: &LockId, there: &'a [LockPlace]) -> Option<&'a str> {
    nearest_name(lock_id.as_str(), there.iter().map(|lock| lock.lock_id.as_str()))
}

fn instead(lock_id: &LockId, there: &[LockPlace]) -> String {
    if let Some(nearest) = nearest_lock(lock_id, there) {
        return format!("did you mean `{nearest}`?");
    }
    match there {
        [] => "there is none at all".into(),
        [lock] => format!("there is {lock}"),
        locks => {
            format!("there are {}", locks.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "))
        }
    }
}

/// With the application that was probably meant, where one is not known. Whoever cannot be asked leaves it open.
pub(crate) fn suggested(repo: &ManifestRepo, rejection: Rejection) -> Rejection {
    rejection.with_nearest_application(|application| {
        let known = repo.application_names().ok()?;
        let nearest = nearest_name(application.as_str(), known.iter().map(ApplicationName::as_str))?;
        ApplicationName::existing(nearest).ok()
    })
}

/// The same, of a command that writes.
pub(crate) fn suggested_of_transact(repo: &ManifestRepo, error: TransactError) -> TransactError {
    match error {
        TransactError::Rejected(rejection) => suggested(repo, rejection).into(),
        error => error,
    }
}

fn nearest_codes(nearest: &[&str]) -> String {
    match nearest {
        [] => "`kuberpult explain` lists those that there are".into(),
        codes => format!(
            "did you mean {}?",
            codes.iter().map(|code| format!("`{code}`")).collect::<Vec<_>>().join(" or ")
        ),
    }
}

impl Failure {
    /// The same, with the application that was probably meant.
    pub(crate) fn suggesting(self, repo: &ManifestRepo) -> Self {
        match self {
            Self::Rejected(rejection) => suggested(repo, rejection).into(),
            Self::Transact(error) => suggested_of_transact(repo, error).into(),
            failure => failure,
        }
    }

    /// The exit code.
    pub(crate) fn exit(&self) -> Exit {
        match self {
            Self::Init(InitError::InvalidBranch { .. }) => Exit::Usage,
            Self::Transact(error) => of_transact(error),
            Self::Open(OpenError::Remote(error))
            | Self::Open(OpenError::Read(ReadError::Remote(error)))
            | Self::Init(InitError::Open(OpenError::Remote(error)))
            | Self::Read(ReadError::Remote(error))
            | Self::Why(WhyError::Read(ReadError::Remote(error)))
            | Self::Difference(DifferenceError::Read(ReadError::Remote(error))) => remote::of_remote(error),
            Self::Rejected(rejection) => of_rejection(rejection),
            Self::Init(_)
            | Self::Open(_)
            | Self::Read(_)
            | Self::Why(_)
            | Self::SavePlan { .. }
            | Self::Report { .. }
            | Self::Clock
            | Self::NotConfirmed
            | Self::ClosedInApply { .. }
            | Self::DemoNotEmpty { .. }
            | Self::Demo { .. }
            | Self::DemoCommand { .. }
            | Self::ManPages { .. }
            | Self::Output(_) => Exit::Failed,
            Self::Manifest(_)
            | Self::DemoAsJson
            | Self::ReportAsJson
            | Self::NothingToDrawOn { .. }
            | Self::FormatOfJson
            | Self::NoIdentity
            | Self::NoCache
            | Self::OfflineWithoutRemote
            | Self::UnknownCode { .. }
            | Self::MadeUpId(_)
            | Self::ReportOfLines { .. }
            | Self::Input { .. }
            | Self::Config { .. } => Exit::Usage,
            Self::Difference(DifferenceError::Read(_)) => Exit::Failed,
            Self::NoSuchLock { .. } | Self::UnknownName(_) | Self::Difference(_) => Exit::Refused,
            Self::ChangedWhileAsked { .. } => Exit::Conflict,
            Self::Line { error, .. } => error.exit(),
            Self::Plan { error, .. } => error.exit(),
        }
    }

    /// What caused it, as far as its own text does not say it.
    pub(crate) fn cause(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Line { error, .. } => error.source(),
            Self::Plan { error, .. } => error.source(),
            other => other.source(),
        }
    }

    /// The stable code.
    pub(crate) fn code(&self) -> Code {
        match self {
            Self::Init(error) => match error {
                InitError::NotEmpty { .. } => Code::DIRECTORY_NOT_EMPTY,
                InitError::InvalidBranch { .. } => Code::INVALID_BRANCH_NAME,
                InitError::Open(error) => code_of_open(error),
                _ => Code::CANNOT_INITIALISE,
            },
            Self::Open(error) => code_of_open(error),
            Self::Read(error) => code_of_read(error),
            Self::Transact(error) => code_of_transact(error),
            Self::Rejected(rejection) => rejection.into(),
            Self::Manifest(error) => error.code(),
            Self::NoIdentity => Code::NO_IDENTITY,
            Self::NoCache => Code::NO_CACHE_DIRECTORY,
            Self::Clock => Code::CLOCK,
            Self::MadeUpId(_) => Code::INVALID_NAME,
            Self::UnknownCode { .. } => Code::UNKNOWN_CODE,
            Self::UnknownName(unknown) => unknown.code(),
            Self::DemoAsJson
            | Self::ReportAsJson
            | Self::OfflineWithoutRemote
            | Self::NothingToDrawOn { .. }
            | Self::ReportOfLines { .. }
            | Self::FormatOfJson => Code::USAGE,
            Self::Input { .. } => Code::CANNOT_READ_FILE,
            Self::Config { .. } => Code::INVALID_CONFIG,
            Self::NoSuchLock { .. } => Code::LOCK_NOT_FOUND,
            Self::Why(_) => Code::CANNOT_READ,
            Self::Difference(error) => code_of_difference(error),
            Self::SavePlan { .. } | Self::Report { .. } | Self::ManPages { .. } => Code::CANNOT_WRITE_FILE,
            Self::Line { error, .. } => error.code(),
            Self::Plan { error, .. } => error.code(),
            Self::NotConfirmed => Code::NOT_CONFIRMED,
            Self::ChangedWhileAsked { .. } => Code::PLAN_OUTDATED,
            Self::ClosedInApply { .. } | Self::Output(_) => Code::OUTPUT,
            Self::DemoNotEmpty { .. } => Code::DIRECTORY_NOT_EMPTY,
            Self::Demo { .. } | Self::DemoCommand { .. } => Code::DEMO,
        }
    }

    /// What a program may want to know besides.
    pub(crate) fn details(&self) -> Value {
        match self {
            Self::Transact(error) => details_of_transact(error),
            Self::Rejected(rejection) => json!({ "refusals": rejection }),
            Self::Read(error) | Self::Open(OpenError::Read(error)) => details_of_read(error),
            Self::UnknownName(unknown) => unknown.details(),
            Self::UnknownCode { nearest, .. } => json!({ "nearest": nearest }),
            Self::NoSuchLock { lock_id, there, .. } => {
                json!({ "lockId": lock_id, "known": there, "nearest": nearest_lock(lock_id, there).as_slice() })
            }
            Self::ChangedWhileAsked { difference } => json!({ "difference": difference }),
            Self::Plan { error, .. } => error.details(),
            Self::Line { error, line, .. } => {
                let mut details = error.details();
                if let Value::Object(details) = &mut details {
                    details.insert("line".into(), json!(line));
                }
                details
            }
            _ => json!({}),
        }
    }
}

pub(crate) fn of_transact(error: &TransactError) -> Exit {
    match error {
        TransactError::Rejected(rejection) => of_rejection(rejection),
        TransactError::Remote(error) | TransactError::Read(ReadError::Remote(error)) => {
            remote::of_remote(error)
        }
        TransactError::AnswerLost { .. } => Exit::Remote,
        TransactError::LostRace { .. }
        | TransactError::LocalBranchAhead { .. }
        | TransactError::Busy { .. }
        | TransactError::PlanOutdated { .. }
        | TransactError::PlanBaseNotFound { .. } => Exit::Conflict,
        TransactError::NoRepoUrl { .. }
        | TransactError::Offline { .. }
        | TransactError::KeysWouldBeLost { .. }
        | TransactError::TimeBefore1970 { .. }
        | TransactError::PlanNotGenuine { .. } => Exit::Usage,
        _ => Exit::Failed,
    }
}

fn of_rejection(rejection: &Rejection) -> Exit {
    rejection.refusals().first().map_or(Exit::Refused, of_refusal)
}

fn of_refusal(refusal: &Refusal) -> Exit {
    match refusal {
        Refusal::InvalidName { .. } | Refusal::BatchInBatch { .. } => Exit::Usage,
        Refusal::EnvironmentExists { .. } | Refusal::ReleaseDiffers { .. } => Exit::Conflict,
        Refusal::InBatch { refusal, .. } => of_refusal(refusal),
        _ => Exit::Refused,
    }
}

fn code_of_open(error: &OpenError) -> Code {
    match error {
        OpenError::NoRepository { .. } => Code::NOT_A_REPOSITORY,
        OpenError::UnknownExtension { .. } => Code::UNKNOWN_EXTENSION,
        OpenError::CannotOpen { .. } => Code::CANNOT_OPEN_REPOSITORY,
        OpenError::NoManifestRepository { .. } => Code::NOT_A_MANIFEST_REPOSITORY,
        OpenError::NoBranch { .. } => Code::BRANCH_NOT_FOUND,
        OpenError::NoBranchCheckedOut { .. } => Code::NO_BRANCH_CHECKED_OUT,
        OpenError::Remote(error) => remote::code_of_remote(error),
        OpenError::Read(error) => code_of_read(error),
        _ => Code::CANNOT_OPEN,
    }
}

/// Of a train that cannot bring anything, the code that its report has.
fn code_of_difference(error: &DifferenceError) -> Code {
    match error {
        DifferenceError::NoNextTrain { cause, .. } => cause.into(),
        DifferenceError::NothingUpstream { .. } => (&ApplicationCause::NoVersionUpstream).into(),
        _ => Code::CANNOT_READ,
    }
}

pub(crate) fn code_of_read(error: &ReadError) -> Code {
    match error {
        ReadError::NotUnderstood { .. } => Code::NOT_UNDERSTOOD,
        ReadError::Remote(error) => remote::code_of_remote(error),
        _ => Code::CANNOT_READ,
    }
}

pub(crate) fn code_of_transact(error: &TransactError) -> Code {
    match error {
        TransactError::Rejected(rejection) => rejection.into(),
        TransactError::Read(error) => code_of_read(error),
        TransactError::UnknownManifest { .. } => Code::UNKNOWN_MANIFEST,
        TransactError::NoRepoUrl { .. } => Code::ARGOCD_REPO_URL_NOT_KNOWN,
        TransactError::KeysWouldBeLost { .. } => Code::KEYS_WOULD_BE_LOST,
        TransactError::DirtyWorkTree { .. } => Code::DIRTY_WORK_TREE,
        TransactError::WorkTreeLeftBehind { .. } => Code::WORK_TREE_LEFT_BEHIND,
        TransactError::WorkTreeInTheWay { .. } => Code::WORK_TREE_IN_THE_WAY,
        TransactError::WorkTreeNotUpdated { .. } => Code::WORK_TREE_NOT_UPDATED,
        TransactError::PlanOutdated { .. } => Code::PLAN_OUTDATED,
        TransactError::PlanNotGenuine { .. } => Code::PLAN_NOT_GENUINE,
        TransactError::PlanBaseNotFound { .. } => Code::PLAN_BASE_NOT_FOUND,
        TransactError::BranchGone { .. } => Code::BRANCH_GONE,
        TransactError::Remote(error) => remote::code_of_remote(error),
        TransactError::Offline { .. } => Code::OFFLINE,
        TransactError::LocalBranchAhead { .. } => Code::LOCAL_BRANCH_AHEAD,
        TransactError::LocalBranchNotMoved { .. } => Code::LOCAL_BRANCH_NOT_MOVED,
        TransactError::AnswerLost { .. } => Code::ANSWER_LOST,
        TransactError::LostRace { .. } => Code::LOST_RACE,
        TransactError::Busy { .. } => Code::BUSY,
        TransactError::TimeBefore1970 { .. } => Code::TIME_BEFORE_1970,
        TransactError::NoGit { .. } => Code::NO_GIT,
        TransactError::Write { source, .. } if is_full_disk(&**source) => Code::DISK_FULL,
        _ => Code::CANNOT_WRITE,
    }
}

/// Whether something could not be written because the disk has no room for it.
fn is_full_disk(error: &(dyn Error + 'static)) -> bool {
    let is_full =
        |error: &io::Error| matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded);
    error.downcast_ref().is_some_and(is_full) || error.source().is_some_and(is_full_disk)
}

pub(crate) fn details_of_transact(error: &TransactError) -> Value {
    match error {
        TransactError::Rejected(rejection) => json!({ "refusals": rejection }),
        TransactError::Read(error) => details_of_read(error),
        TransactError::DirtyWorkTree { branch, work_tree, paths } => {
            json!({ "branch": branch, "workTree": work_tree.to_string_lossy(), "paths": paths })
        }
        TransactError::WorkTreeLeftBehind { branch, work_tree, at } => {
            json!({ "branch": branch, "workTree": work_tree.to_string_lossy(), "at": at })
        }
        TransactError::WorkTreeNotUpdated { commit, work_tree, .. } => {
            json!({ "commit": commit, "workTree": work_tree.to_string_lossy() })
        }
        TransactError::LocalBranchAhead { branch, commits, .. } => {
            json!({ "branch": branch, "commits": commits })
        }
        TransactError::LocalBranchNotMoved { commit, branch, .. } => {
            json!({ "commit": commit, "branch": branch })
        }
        TransactError::AnswerLost { commit, count, branch, .. } => {
            json!({ "commit": commit, "commands": count, "branch": branch })
        }
        TransactError::PlanOutdated { base, head, difference } => {
            json!({ "base": base, "head": head, "difference": difference })
        }
        TransactError::PlanNotGenuine { base, difference } => {
            json!({ "base": base, "difference": difference })
        }
        TransactError::PlanBaseNotFound { base } => json!({ "base": base }),
        TransactError::KeysWouldBeLost { path, keys } => json!({ "path": path, "keys": keys }),
        _ => json!({}),
    }
}

pub(crate) fn details_of_read(error: &ReadError) -> Value {
    match error {
        ReadError::NotUnderstood { path, expected, found } => {
            json!({ "path": path, "expected": expected, "found": found })
        }
        _ => json!({}),
    }
}
