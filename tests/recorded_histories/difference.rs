//! The differences by design, by name, and why each is good for a user.

/// Something in which we differ from upstream on purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Difference {
    GroupUnlock,
    QueuedReleases,
    Cleanup,
    UndeployLocks,
    UndeployWhereDeployed,
    EmptyMessage,
    NoManifests,
    UnknownEnvironment,
    UnsafeName,
    ExistingEnvironment,
    SameRelease,
    GroupMembers,
    BatchFiles,
    Backfill,
    AsOf,
    NotLocked,
    LockBeforeRelease,
    OutdatedQueue,
}

impl Difference {
    pub(crate) const ALL: [Self; 18] = [
        Self::GroupUnlock,
        Self::QueuedReleases,
        Self::Cleanup,
        Self::UndeployLocks,
        Self::UndeployWhereDeployed,
        Self::EmptyMessage,
        Self::NoManifests,
        Self::UnknownEnvironment,
        Self::UnsafeName,
        Self::ExistingEnvironment,
        Self::SameRelease,
        Self::GroupMembers,
        Self::BatchFiles,
        Self::Backfill,
        Self::AsOf,
        Self::NotLocked,
        Self::LockBeforeRelease,
        Self::OutdatedQueue,
    ];

    pub(crate) fn name(self) -> &'static str {
        self.row().0
    }

    /// Why, for a user, in a sentence: what `docs/recorded-histories.md` says.
    pub(crate) fn reason(self) -> &'static str {
        self.row().1
    }

    fn row(self) -> (&'static str, &'static str) {
        match self {
            Self::GroupUnlock => (
                "group unlock removes it where it is",
                "A group that somebody has unlocked in part can still be unlocked as a whole; upstream refuses, and each member has to be unlocked by hand.",
            ),
            Self::QueuedReleases => (
                "cleanup keeps queued releases",
                "A version that waits in a queue can still be deployed when its turn comes; upstream deletes it, and then neither unlocks nor deploys there any more.",
            ),
            Self::Cleanup => (
                "cleanup follows a deployment",
                "Old releases go with the next deployment of their application; upstream's separate cleanup is a command that only its own code gives.",
            ),
            Self::UndeployLocks => (
                "undeploy takes locks along",
                "An application whose undeployment is complete can be deleted although a lock is left on it; the seed-era version refuses even because of the empty directory that a former lock has left.",
            ),
            Self::UndeployWhereDeployed => (
                "undeploy asks where it is deployed",
                "An application that was never deployed to an environment need not be undeployed from it; the seed-era version asks for an undeploy release in each environment that there is.",
            ),
            Self::EmptyMessage => (
                "an empty message replaces the old one",
                "A lock that is set again says what the last one who set it said; upstream keeps the old message beside the new author.",
            ),
            Self::NoManifests => (
                "a release without manifests is refused",
                "A release that can be deployed nowhere is a CI job that went wrong, and is told so.",
            ),
            Self::UnknownEnvironment => (
                "an unknown environment is refused",
                "A misspelt environment is an error; upstream deploys there, and so makes a new environment without a config.",
            ),
            Self::UnsafeName => (
                "an unsafe name is refused",
                "What is new gets a name that is safe in paths, labels and host names; names that exist already stay usable.",
            ),
            Self::ExistingEnvironment => (
                "creating an existing environment is an update",
                "To overwrite a config takes the command that says so; upstream's command for creating does it silently.",
            ),
            Self::SameRelease => (
                "the same release again is a success",
                "A CI job that is run again finds done what it wants done; upstream answers with an error.",
            ),
            Self::GroupMembers => (
                "group members are decided on the state before",
                "A train to a group carries each version one environment further; with upstream it depends on the names of the environments whether a version runs through all of them at once.",
            ),
            Self::BatchFiles => (
                "a batch does not append to files",
                "A file that a batch writes twice holds what was written last; upstream appends the second text to the first.",
            ),
            Self::Backfill => (
                "backfilled releases keep their manifests",
                "An older release that is added later can be deployed; the seed-era version drops its manifests.",
            ),
            Self::AsOf => (
                "as-of trains by tree, not by commit data",
                "A train as of a commit takes what was deployed upstream at that commit; upstream does so only where an environment is alone in a group of its own name, and deploys nothing elsewhere.",
            ),
            Self::NotLocked => (
                "unlocking what is not locked is refused",
                "A misspelt lock id is an error; the seed-era version says that all is well.",
            ),
            Self::LockBeforeRelease => (
                "an application can be locked before its first release",
                "A lock can be in place before the first release arrives; the seed-era version refuses where the environment has Argo CD settings, and accepts elsewhere.",
            ),
            Self::OutdatedQueue => (
                "an outdated queue waits for the last unlock",
                "While a lock remains, an unlock changes no queue; upstream then already drops a queued version that is deployed.",
            ),
        }
    }
}
