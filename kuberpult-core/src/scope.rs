//! [`Scope`]: which part of a state a command can read.

use alloc::collections::{BTreeMap, BTreeSet};

use crate::{ApplicationName, EnvironmentName, Revision, Slot, State, Version};

/// Which part of a state a command can read: [`Command::scope`](crate::Command::scope).
///
/// Deciding on a state [restricted](State::restricted_to) to the scope gives what deciding on the whole state
/// gives. A storage therefore reads no more than this, plus what is small: settings and the configs of all
/// environments.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Scope {
    /// The environments whose locks are read: on the environment, on teams, and on the applications in scope.
    pub environments: BTreeSet<EnvironmentName>,
    /// The applications that are read: team, source repository, version numbers, and in *every* environment
    /// the current and the queued version.
    pub applications: ApplicationScope,
    /// The releases whose content is read.
    pub releases: ReleaseScope,
    /// For each revision the environments whose current versions at that time are read.
    pub past: BTreeMap<Revision, BTreeSet<EnvironmentName>>,
}

/// Which applications a command can read: those that any of these fields names.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ApplicationScope {
    /// All.
    pub all: bool,
    /// These.
    pub named: BTreeSet<ApplicationName>,
    /// Those with a slot in any of these environments.
    pub with_slot_in: BTreeSet<EnvironmentName>,
    /// Those with a queued version in any of these environments.
    pub queued_in: BTreeSet<EnvironmentName>,
}

/// The releases, of the applications in scope, whose content a command can read: those that any of these fields
/// names. Of all others it reads the version number only.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ReleaseScope {
    /// Every one in full.
    pub every: bool,
    /// These versions in full.
    pub whole: BTreeSet<Version>,
    /// The newest; manifests for the scope's environments.
    pub newest: bool,
    /// What is current in these environments; manifests for the scope's environments. What was current there in the
    /// scope's past counts too.
    pub current_in: BTreeSet<EnvironmentName>,
    /// What is queued in these environments; manifests for the scope's environments.
    pub queued_in: BTreeSet<EnvironmentName>,
}

/// How much of a release a command can read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ReleasePart {
    /// That it exists.
    VersionOnly,
    /// Its manifests for the scope's environments.
    ManifestsInScope,
    /// Everything.
    Whole,
}

impl Scope {
    /// All there is now, and nothing of the past. Of the state given here only the names of environments count.
    #[must_use]
    pub fn everything(state: &State) -> Self {
        Self {
            environments: state.environments.keys().cloned().collect(),
            applications: ApplicationScope { all: true, ..ApplicationScope::default() },
            releases: ReleaseScope { every: true, ..ReleaseScope::default() },
            past: BTreeMap::new(),
        }
    }

    /// How much of a release is read, in a state with the slots of the applications in scope and with its past.
    #[must_use]
    pub fn part_of(
        &self,
        state: &State,
        application: &ApplicationName,
        version: Version,
        is_newest: bool,
    ) -> ReleasePart {
        let slot_has = |environments: &BTreeSet<EnvironmentName>, of: fn(&Slot) -> Option<Version>| {
            environments
                .iter()
                .any(|environment| state.slot(environment, application).and_then(of) == Some(version))
        };
        let was_current = || {
            self.past.iter().any(|(revision, environments)| {
                let past = state.past.get(revision);
                let mut current =
                    environments.iter().filter_map(|environment| past?.current.get(environment));
                current.any(|versions| versions.get(application) == Some(&version))
            })
        };
        let releases = &self.releases;
        if releases.every || releases.whole.contains(&version) {
            ReleasePart::Whole
        } else if (releases.newest && is_newest)
            || slot_has(&releases.current_in, |slot| slot.current)
            || slot_has(&releases.queued_in, |slot| slot.queued)
            || was_current()
        {
            ReleasePart::ManifestsInScope
        } else {
            ReleasePart::VersionOnly
        }
    }

    /// Adds what another scope names.
    pub(crate) fn extend(&mut self, other: Self) {
        self.environments.extend(other.environments);
        let (applications, releases) = (other.applications, other.releases);
        self.applications.all |= applications.all;
        self.applications.named.extend(applications.named);
        self.applications.with_slot_in.extend(applications.with_slot_in);
        self.applications.queued_in.extend(applications.queued_in);
        self.releases.every |= releases.every;
        self.releases.whole.extend(releases.whole);
        self.releases.newest |= releases.newest;
        self.releases.current_in.extend(releases.current_in);
        self.releases.queued_in.extend(releases.queued_in);
        for (revision, environments) in other.past {
            self.past.entry(revision).or_default().extend(environments);
        }
    }
}

impl ApplicationScope {
    /// The names of the applications in scope, some of which the state may not have; none for all. Of the state, the
    /// slots of the environments that the scope names count.
    #[must_use]
    pub fn names_in<'a>(&'a self, state: &'a State) -> Option<BTreeSet<&'a ApplicationName>> {
        let slots =
            |environment| state.environments.get(environment).into_iter().flat_map(|there| &there.slots);
        let with_slot = self.with_slot_in.iter().flat_map(slots);
        let queued = self.queued_in.iter().flat_map(slots).filter(|(_, slot)| slot.queued.is_some());
        let names = with_slot.chain(queued).map(|(application, _)| application);
        (!self.all).then(|| self.named.iter().chain(names).collect())
    }
}
