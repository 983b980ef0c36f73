//! What can go wrong with a manifest repository.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use kuberpult_core::{
    ApplicationName, EnvironmentCause, EnvironmentName, Event, ManifestId, PlanDifference, Rejection,
    TrainUpstream,
};

use crate::limits::{LARGEST_READING, in_words};
use crate::plain_text::one_line;
use crate::{Cause, CommitId, RemoteError};

/// How many characters of a list of keys are shown.
const LONGEST_LIST: usize = 500;

/// Why a manifest repository could not be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InitError {
    /// The directory holds something else.
    #[error("cannot make a manifest repository in `{}`: it is no git repository and not empty; name a directory that is empty or not there", directory.display())]
    NotEmpty {
        /// The directory.
        directory: PathBuf,
    },
    /// The branch name is not valid.
    #[error("`{branch}` is no valid branch name; expected one such as `main` or `deployments/eu`")]
    InvalidBranch {
        /// The name.
        branch: String,
        /// What is wrong with it.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// Git could not make it.
    #[error("cannot make a git repository in `{}`", directory.display())]
    Git {
        /// The directory.
        directory: PathBuf,
        /// What went wrong.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// It was made, or was there, but could not be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
}

/// Why a manifest repository could not be opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// There is no git repository.
    #[error("`{}` is in no git repository; `kuberpult init` makes one", directory.display())]
    NoRepository {
        /// The directory that was given.
        directory: PathBuf,
        /// What was found.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The repository is of a kind that is not supported: it uses an extension of git's format that kuberpult does not
    /// know, such as references in another format.
    #[error("`{}` cannot be used: its git config has `extensions.{name}`{}, which kuberpult does not know; {}", directory.display(), Value(value), Remedy(name))]
    UnknownExtension {
        /// The directory that was given.
        directory: PathBuf,
        /// The name of the extension.
        name: String,
        /// Its value.
        value: String,
    },
    /// There is a git repository, but not one that can be opened, because it is damaged.
    #[error("cannot open the git repository in `{}`; `git fsck` there says more", directory.display())]
    CannotOpen {
        /// The directory that was given.
        directory: PathBuf,
        /// What is wrong with it.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The repository's branch holds something else.
    #[error(
        "branch `{branch}` of `{}` is no manifest repository: it has neither `environments/` nor `applications/` nor `kuberpult.json`; to make it one, commit a `kuberpult.json` that contains `{{}}`",
        directory.display()
    )]
    NoManifestRepository {
        /// The repository's directory.
        directory: PathBuf,
        /// The branch.
        branch: String,
    },
    /// There is no such branch.
    #[error("`{}` has no branch `{branch}`; name another one with `--branch`, or make it with git", directory.display())]
    NoBranch {
        /// The repository's directory.
        directory: PathBuf,
        /// The branch.
        branch: String,
    },
    /// No branch was given, and none is checked out.
    #[error("no branch is checked out in `{}`; name one with `--branch`", directory.display())]
    NoBranchCheckedOut {
        /// The repository's directory.
        directory: PathBuf,
    },
    /// The remote, or what is kept of it here, cannot be used.
    #[error(transparent)]
    Remote(#[from] RemoteError),
    /// The repository could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
}

/// Why a manifest repository could not be read.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// A file is not what the layout says it is. Nothing is repaired silently.
    #[error("`{path}` in the manifest repository is not understood: expected {expected}, found {found}")]
    NotUnderstood {
        /// The path in the tree; `.` for its root.
        path: String,
        /// What belongs there.
        expected: String,
        /// What is there.
        found: String,
    },
    /// An object is damaged or not there.
    #[error("cannot read `{path}` in the manifest repository; `git fsck` says more")]
    Unreadable {
        /// The path in the tree; `.` for its root.
        path: String,
        /// What went wrong.
        source: Cause,
    },
    /// There is more than is [read at once](crate::LARGEST_READING).
    #[error(
        "the manifest repository is too large: more than {} of directories and texts would have to be read, up to `{path}` alone",
        in_words(*limit)
    )]
    TooMuch {
        /// Where reading stopped: the path in the tree.
        path: String,
        /// How many bytes are read at most.
        limit: u64,
    },
    /// What is not here could not be fetched from the remote.
    #[error(transparent)]
    Remote(#[from] RemoteError),
    /// Git could not read something.
    #[error("cannot read {what}; `git fsck` says more")]
    Git {
        /// What was read.
        what: String,
        /// What went wrong.
        source: Cause,
    },
}

/// Why a command was not carried out. Nothing has changed, unless the variant says otherwise.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum TransactError {
    /// A rule refuses the command.
    #[error(transparent)]
    Rejected(#[from] Rejection),
    /// The repository could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// A release refers to a manifest that was never given to [`add_manifest`](crate::ManifestRepo::add_manifest)
    /// and that the repository does not have.
    #[error("manifest `{manifest}` is not in the repository; add it before the release that refers to it")]
    UnknownManifest {
        /// The manifest.
        manifest: ManifestId,
    },
    /// An update would replace a value of an environment's config within which there are keys that nothing reads.
    #[error(
        "`{path}` has keys that kuberpult does not know, and the update would lose them: {}; take them out of the file first, or change it by hand",
        one_line(&in_backticks(keys), LONGEST_LIST)
    )]
    KeysWouldBeLost {
        /// The file, from the root of the repository.
        path: String,
        /// The path of each key in it, such as `argocd.destination.shard`.
        keys: Vec<String>,
    },
    /// An environment has Argo CD settings, and nobody said where Argo CD finds the repository.
    #[error(
        "environment `{environment}` has Argo CD settings, but the address at which Argo CD finds this repository is not known; give it with `--argocd-repo-url`, as `argocd.repoUrl` in `kuberpult.json`, or add a remote"
    )]
    NoRepoUrl {
        /// The environment.
        environment: String,
    },
    /// The branch is checked out in a work tree that has changes of its own.
    #[error(
        "branch `{branch}` is checked out in `{}`, which has changes that are not committed: {}; commit, stash or undo them first",
        work_tree.display(), FirstFew(paths)
    )]
    DirtyWorkTree {
        /// The branch.
        branch: String,
        /// The work tree.
        work_tree: PathBuf,
        /// What is changed, as paths in the work tree.
        paths: Vec<String>,
    },
    /// The branch is checked out in a work tree that git could not bring to the new commit.
    #[error(
        "branch `{branch}` is checked out in `{}`, which cannot follow: {message}; clear the way and try again",
        work_tree.display()
    )]
    WorkTreeInTheWay {
        /// The branch.
        branch: String,
        /// The work tree.
        work_tree: PathBuf,
        /// What git said.
        message: String,
    },
    /// The branch is checked out in a work tree that is at an earlier commit, with no change of its own: the branch was
    /// moved without it, by a push or by a process that died before it was done. Somebody who goes back to that commit
    /// and has staged, but not committed it, leaves the same picture.
    #[error(
        "branch `{branch}` is checked out in `{}`, where the files are still those of commit {at}: the branch was moved, and they did not follow; `git -C '{}' read-tree -m -u {at} HEAD` brings them up to date, or `git reset --hard` if it may overwrite what is in the way",
        work_tree.display(), work_tree.display()
    )]
    WorkTreeLeftBehind {
        /// The branch.
        branch: String,
        /// The work tree.
        work_tree: PathBuf,
        /// The commit that it is at.
        at: CommitId,
    },
    /// The commit was made and is on the branch, but a work tree that has the branch checked out could not follow.
    #[error(
        "commit {commit} is on the branch, but the work tree `{}` could not be updated: {message}; when that is solved, `git -C '{}' reset --hard` brings it up to date",
        work_tree.display(), work_tree.display()
    )]
    WorkTreeNotUpdated {
        /// The commit.
        commit: String,
        /// The work tree.
        work_tree: PathBuf,
        /// What git said.
        message: String,
    },
    /// A saved plan's command leads to something else by now.
    #[error(
        "the plan was made {}, and does not hold {} any more; plan again\n{difference}",
        At(base),
        At(head)
    )]
    PlanOutdated {
        /// The commit that the plan was made on; none in an empty repository.
        base: Option<CommitId>,
        /// The newest commit; none in an empty repository.
        head: Option<CommitId>,
        /// What is different now.
        difference: Box<PlanDifference>,
    },
    /// A saved plan does not hold what its command led to.
    #[error(
        "the plan does not hold what its command leads to {}: it was changed after it was made, was made by another version, or names a revision that has moved; plan again\n{}",
        At(base),
        Forgery(difference)
    )]
    PlanNotGenuine {
        /// The commit that the plan says it was made on; none in an empty repository.
        base: Option<CommitId>,
        /// `no_longer`: what only the plan holds; `instead`: what the command leads to there and the plan does not hold.
        difference: Box<PlanDifference>,
    },
    /// A saved plan's command leads to something else now, and the commit that it was made on is not there.
    #[error(
        "the plan does not hold here: the repository does not have commit {base}, on which the plan was made; fetch it, or plan again"
    )]
    PlanBaseNotFound {
        /// The commit that the plan says it was made on.
        base: CommitId,
    },
    /// A state can be imported only where there is none.
    #[error("branch `{branch}` of `{}` has environments or applications already; import into an empty repository", directory.display())]
    NotEmpty {
        /// The repository's directory.
        directory: PathBuf,
        /// The branch.
        branch: String,
    },
    /// The branch is gone. It is not made anew, which would lose its history.
    #[error("branch `{branch}` of `{}` is gone; restore it, or make it anew with git", directory.display())]
    BranchGone {
        /// The repository's directory.
        directory: PathBuf,
        /// The branch.
        branch: String,
    },
    /// Others were faster each time.
    #[error("the branch was moved by others {attempts} times in a row; try again{}", Words(words))]
    LostRace {
        /// How often it was tried.
        attempts: u32,
        /// What a remote said about it the last time, in one line; empty if it said nothing, or if there is none.
        words: String,
    },
    /// The remote refused it, or could not be reached.
    #[error(transparent)]
    Remote(#[from] RemoteError),
    /// The repository was opened to be offline, and only read.
    #[error("nothing is written without {remote}; leave `--offline` out")]
    Offline {
        /// The remote.
        remote: String,
    },
    /// The local branch has commits of its own, and could not follow what is pushed.
    #[error(
        "branch `{branch}` of `{}` has commits that {remote} does not have: {}; push them or take them off the branch first",
        directory.display(), FirstFew(commits)
    )]
    LocalBranchAhead {
        /// The repository's directory.
        directory: PathBuf,
        /// The branch.
        branch: String,
        /// The remote.
        remote: String,
        /// The newest of these commits, at most a hundred.
        commits: Vec<String>,
    },
    /// The remote has accepted the commit, but the local branch could not follow.
    #[error(
        "commit {commit} is on the branch of the remote, but branch `{branch}` of `{}` could not be moved there; when that is solved, `git pull` does it",
        directory.display()
    )]
    LocalBranchNotMoved {
        /// The commit.
        commit: CommitId,
        /// The repository's directory.
        directory: PathBuf,
        /// The branch.
        branch: String,
        /// What went wrong.
        source: Cause,
    },
    /// The connection broke before the remote said whether it has accepted the commits, and it could not be found out
    /// afterwards. **They may be on the branch, or come there yet.**
    #[error(
        "it is not known whether {remote} has accepted {}; before you repeat it, look whether that commit is on branch `{branch}`, as `kuberpult log` shows it",
        Pushed(commit, *count)
    )]
    AnswerLost {
        /// The last of the commits.
        commit: CommitId,
        /// How many there are.
        count: usize,
        /// The branch.
        branch: String,
        /// The remote.
        remote: String,
        /// What happened instead of an answer, or when it was looked for.
        source: Option<Arc<RemoteError>>,
    },
    /// The thread panicked that did the work for several, who [share](crate::SharedManifestRepo) a repository. **The command may be
    /// on the branch.**
    #[error(
        "it is not known whether the command was carried out: the thread that did it has panicked; look at the branch before you repeat it"
    )]
    Abandoned,
    /// Another writer on this machine holds the repository.
    #[error("another process has been writing to `{}` for {seconds} seconds; try again", directory.display())]
    Busy {
        /// The repository's directory.
        directory: PathBuf,
        /// How long it was waited for.
        seconds: u64,
    },
    /// The time of the command cannot be the time of a commit.
    #[error("a commit cannot be made at {time}: git's time begins in 1970")]
    TimeBefore1970 {
        /// The time.
        time: kuberpult_core::Time,
    },
    /// Something is longer than what could be read again.
    #[error("{what} has {size} bytes; at most {} are written; make it shorter", in_words(*limit))]
    TooLong {
        /// What: a path of the tree in backticks, or `the message of the commit`.
        what: String,
        /// Its length in bytes.
        size: usize,
        /// How many bytes are written at most.
        limit: u64,
    },
    /// Git could not write something.
    #[error("cannot write {what}; check that the repository can be written and that the disk has room")]
    Write {
        /// What was written.
        what: String,
        /// What went wrong.
        source: Cause,
    },
    /// The `git` executable is needed for a work tree, and could not be run.
    #[error("cannot run `git`, which is needed to keep the work tree `{}` up to date; install it, or put it into `PATH`", work_tree.display())]
    NoGit {
        /// The work tree.
        work_tree: PathBuf,
        /// What went wrong.
        source: Cause,
    },
}

/// Why it could not be said why an application is where it is.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WhyError {
    /// The environment, the application or the version is unknown.
    #[error(transparent)]
    Rejected(#[from] Rejection),
    /// The repository could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
}

/// Why manifests could not be compared.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DifferenceError {
    /// Deploying the version would be refused, because something in it is unknown.
    #[error(transparent)]
    Rejected(#[from] Rejection),
    /// No version was given, and no release train could bring one.
    #[error("no release train goes to `{environment}`: {cause}; name what to compare with `--version`")]
    NoNextTrain {
        /// The environment.
        environment: EnvironmentName,
        /// Why there is none.
        cause: EnvironmentCause,
    },
    /// No version was given, and the upstream has none.
    #[error(
        "the next release train would bring nothing of `{application}` to `{environment}`: upstream `{upstream}` has no version of it; name what to compare with `--version`"
    )]
    NothingUpstream {
        /// The application.
        application: ApplicationName,
        /// The environment.
        environment: EnvironmentName,
        /// Where the train would take its versions from.
        upstream: TrainUpstream,
    },
    /// The repository could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
}

impl ReadError {
    pub(crate) fn git(what: impl Into<String>, source: gix::Error) -> Self {
        Self::Git { what: what.into(), source: source.into() }
    }

    /// Something at a path of the tree, empty for its root, is not what it should be. The path and what was found may
    /// come from a stranger.
    pub(crate) fn not_understood(path: &str, expected: impl Into<String>, found: &str) -> Self {
        const LONGEST: usize = 500;
        Self::NotUnderstood {
            path: shown_path(path),
            expected: expected.into(),
            found: one_line(found, LONGEST),
        }
    }

    pub(crate) fn unreadable(path: &str, source: gix::Error) -> Self {
        Self::Unreadable { path: shown_path(path), source: source.into() }
    }

    pub(crate) fn too_much(path: &str) -> Self {
        Self::TooMuch { path: shown_path(path), limit: LARGEST_READING }
    }
}

impl TransactError {
    pub(crate) fn write(
        what: impl Into<String>,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        Self::Write { what: what.into(), source: Cause::from(source) }
    }
}

/// `` `a`, `b` ``
pub(crate) fn in_backticks(names: &[String]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// A path of the tree, which may come from a stranger; `.` for the root, as git has it.
fn shown_path(path: &str) -> String {
    const LONGEST: usize = 2_000;
    if path.is_empty() { ".".to_owned() } else { one_line(path, LONGEST) }
}

/// Where a plan was decided, in a sentence.
struct At<'a>(&'a Option<CommitId>);

impl fmt::Display for At<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(commit) => write!(f, "at commit {commit}"),
            None => f.write_str("in an empty repository"),
        }
    }
}

/// `` = `reftable` ``
struct Value<'a>(&'a str);

impl fmt::Display for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() { Ok(()) } else { write!(f, " = `{}`", self.0) }
    }
}

/// What to do about an extension.
struct Remedy<'a>(&'a str);

impl fmt::Display for Remedy<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.eq_ignore_ascii_case("refStorage") {
            "`git refs migrate --ref-format=files` brings its references to a format that it does"
        } else {
            "use a clone without it"
        })
    }
}

/// One line for each event that a plan holds or lacks without reason.
struct Forgery<'a>(&'a PlanDifference);

impl fmt::Display for Forgery<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let line = |label: &'static str| move |event: &'_ Event| format!("{label}: {event}");
        let wrong = self.0.no_longer.iter().map(line("only in the plan"));
        let missing = self.0.instead.iter().map(line("not in the plan"));
        f.write_str(&wrong.chain(missing).collect::<Vec<_>>().join("\n"))
    }
}

/// What was said, at the end of a sentence.
struct Words<'a>(&'a str);

impl fmt::Display for Words<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() { Ok(()) } else { write!(f, "; git said: {}", self.0) }
    }
}

/// What was pushed: one command, or many.
struct Pushed<'a>(&'a CommitId, usize);

impl fmt::Display for Pushed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.1 {
            1 => write!(f, "the command, which is commit {}", self.0),
            count => write!(f, "{count} commands, the last of which is commit {}", self.0),
        }
    }
}

/// Paths or commits in a sentence; many are counted, not listed.
struct FirstFew<'a>(&'a [String]);

impl fmt::Display for FirstFew<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SHOWN: usize = 5;
        for (index, path) in self.0.iter().take(SHOWN).enumerate() {
            let separator = if index == 0 { "" } else { ", " };
            write!(f, "{separator}`{}`", path.escape_debug())?;
        }
        match self.0.len().checked_sub(SHOWN) {
            None | Some(0) => Ok(()),
            Some(more) => write!(f, " and {more} more"),
        }
    }
}
