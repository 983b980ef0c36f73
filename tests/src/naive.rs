//! The naive model: the rules once more, as flat lists that are searched from end to end.
//!
//! Written from the rules and not from the core, with which it shares names and plain data and no code. It is
//! slow and short, so that a reader can see that it is right; where it and the core disagree, one is wrong.

mod blockers;
mod environments;
mod locks;
mod releases;
mod train;
mod undeploy;

use kuberpult_core::{
    Application, ApplicationName, Command, Context, EnvironmentConfig, EnvironmentName, GroupName, Lock,
    LockId, LockScope, Release, Revision, State, TeamName, Version,
};

pub use blockers::{concerns, names_none};
pub use train::NaiveStop;

/// A version of an application in an environment.
pub type Placed = (EnvironmentName, ApplicationName, Version);

/// A state as flat lists, each in the order of its elements.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Naive {
    /// How many releases cleanup keeps.
    pub releases_kept: usize,
    /// The environments.
    pub environments: Vec<(EnvironmentName, EnvironmentConfig)>,
    /// The applications, without their releases.
    pub applications: Vec<(ApplicationName, Application)>,
    /// All releases.
    pub releases: Vec<(ApplicationName, Version, Release)>,
    /// What is deployed where.
    pub current: Vec<Placed>,
    /// What waits where.
    pub queued: Vec<Placed>,
    /// All locks.
    pub locks: Vec<(LockScope, LockId, Lock)>,
    /// What was deployed where at each revision that is remembered.
    pub past: Vec<(Revision, Vec<Placed>)>,
}

/// What the model says to a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// No, with the code of each reason, in the order of the codes.
    Refused(Vec<&'static str>),
    /// Yes; and, for each train, what became of each environment.
    Accepted(Vec<NaiveStop>),
}

impl Naive {
    /// The flat lists of a state.
    #[must_use]
    pub fn of(state: &State) -> Self {
        let mut naive = Self {
            releases_kept: usize::try_from(state.settings.releases_kept.get()).expect("a small number"),
            environments: Vec::new(),
            applications: Vec::new(),
            releases: Vec::new(),
            current: Vec::new(),
            queued: Vec::new(),
            locks: Vec::new(),
            past: Vec::new(),
        };
        for (environment, there) in &state.environments {
            naive.environments.push((environment.clone(), there.config.clone()));
            let mut locks = |scope: LockScope, locks: &kuberpult_core::Locks| {
                for (lock_id, lock) in locks {
                    naive.locks.push((scope.clone(), lock_id.clone(), lock.clone()));
                }
            };
            locks(LockScope::Environment { environment: environment.clone() }, &there.locks);
            for (team, team_locks) in &there.team_locks {
                let (environment, team) = (environment.clone(), team.clone());
                locks(LockScope::Team { environment, team }, team_locks);
            }
            for (application, slot) in &there.slots {
                let place = |version| (environment.clone(), application.clone(), version);
                naive.current.extend(slot.current.map(place));
                naive.queued.extend(slot.queued.map(place));
                let (environment, application) = (environment.clone(), application.clone());
                locks(LockScope::Application { environment, application }, &slot.locks);
            }
        }
        for (name, application) in &state.applications {
            let without_releases = Application { releases: Default::default(), ..application.clone() };
            naive.applications.push((name.clone(), without_releases));
            for (version, release) in &application.releases {
                naive.releases.push((name.clone(), *version, release.clone()));
            }
        }
        for (revision, past) in &state.past {
            let mut current = Vec::new();
            for (environment, versions) in &past.current {
                for (application, version) in versions {
                    current.push((environment.clone(), application.clone(), *version));
                }
            }
            naive.past.push((revision.clone(), current));
        }
        naive.sort();
        naive
    }

    /// Remembers what is deployed now as what was deployed at a revision.
    pub fn remember(&mut self, revision: &Revision) {
        self.past.retain(|(known, _)| known != revision);
        self.past.push((revision.clone(), self.current.clone()));
        self.sort();
    }

    /// Does what a command asks for, or says why not.
    pub fn carry_out(&mut self, context: &Context, command: &Command) -> Answer {
        let answer = match command {
            Command::CreateEnvironment { environment, config } => {
                self.create_environment(environment, config)
            }
            Command::UpdateEnvironment { environment, config } => {
                self.update_environment(environment, config)
            }
            Command::DeleteEnvironment { environment, force } => self.delete_environment(environment, *force),
            Command::CreateRelease(create) => self.create_release(context, create),
            Command::Deploy(deploy) => self.deploy(context, deploy),
            Command::ReleaseTrain(train) => self.train(context, train),
            Command::SettleQueue { environment } => self.settle_queues(context, environment.as_ref()),
            Command::PrepareUndeploy { application } => self.prepare_undeploy(context, application),
            Command::Undeploy { application } => self.undeploy(application),
            Command::RemoveFromEnvironment { environment, application } => {
                self.remove(environment, application)
            }
            Command::Batch { commands } => self.batch(context, commands),
            Command::CreateEnvironmentLock { .. }
            | Command::CreateApplicationLock { .. }
            | Command::CreateTeamLock { .. }
            | Command::CreateGroupLock { .. }
            | Command::DeleteEnvironmentLock { .. }
            | Command::DeleteApplicationLock { .. }
            | Command::DeleteTeamLock { .. }
            | Command::DeleteGroupLock { .. } => self.lock_or_unlock(context, command),
        };
        self.sort();
        answer
    }

    /// One after another; if one is refused, none.
    fn batch(&mut self, context: &Context, commands: &[Command]) -> Answer {
        let before = self.clone();
        let mut stops = Vec::new();
        for command in commands {
            let answer = match command {
                Command::Batch { .. } => refused(["BATCH_IN_BATCH"]),
                _ => self.carry_out(context, command),
            };
            match answer {
                Answer::Accepted(more) => stops.extend(more),
                Answer::Refused(_) => {
                    *self = before;
                    return answer;
                }
            }
        }
        Answer::Accepted(stops)
    }

    fn sort(&mut self) {
        self.environments.sort_by(|(one, _), (other, _)| one.cmp(other));
        self.applications.sort_by(|(one, _), (other, _)| one.cmp(other));
        self.releases.sort_by(|(a, one, _), (b, other, _)| (a, one).cmp(&(b, other)));
        self.current.sort();
        self.queued.sort();
        self.locks.sort();
        self.past.sort();
    }
}

/// Looking things up.
impl Naive {
    /// An environment's config.
    #[must_use]
    pub fn config(&self, environment: &EnvironmentName) -> Option<&EnvironmentConfig> {
        self.environments.iter().find(|(name, _)| name == environment).map(|(_, config)| config)
    }

    /// A group's members.
    #[must_use]
    pub fn members(&self, group: &GroupName) -> Vec<EnvironmentName> {
        let members =
            self.environments.iter().filter(|(_, config)| config.environment_group.as_ref() == Some(group));
        members.map(|(name, _)| name.clone()).collect()
    }

    /// Whether an application has ever had a release.
    #[must_use]
    pub fn knows(&self, application: &ApplicationName) -> bool {
        self.applications.iter().any(|(name, _)| name == application)
    }

    /// The team that owns an application.
    #[must_use]
    pub fn team(&self, application: &ApplicationName) -> Option<&TeamName> {
        self.applications.iter().find(|(name, _)| name == application)?.1.team.as_ref()
    }

    /// A release.
    #[must_use]
    pub fn release(&self, application: &ApplicationName, version: Version) -> Option<&Release> {
        let mut releases = self.releases.iter();
        let found = releases.find(|(name, number, _)| name == application && *number == version);
        found.map(|(_, _, release)| release)
    }

    /// The newest version of an application.
    #[must_use]
    pub fn newest(&self, application: &ApplicationName) -> Option<Version> {
        let releases = self.releases.iter().filter(|(name, _, _)| name == application);
        releases.map(|(_, version, _)| *version).max()
    }

    /// What is deployed.
    #[must_use]
    pub fn current_in(&self, there: &EnvironmentName, application: &ApplicationName) -> Option<Version> {
        find(&self.current, there, application)
    }

    /// What waits.
    #[must_use]
    pub fn queued_in(&self, there: &EnvironmentName, application: &ApplicationName) -> Option<Version> {
        find(&self.queued, there, application)
    }

    /// Everything that a deployment could be asked for: a version and an environment it has a manifest for.
    #[must_use]
    pub fn deployable(&self) -> Vec<Placed> {
        let mut found = Vec::new();
        for (environment, _) in &self.environments {
            for (application, version, release) in &self.releases {
                if release.manifests.contains_key(environment) {
                    found.push((environment.clone(), application.clone(), *version));
                }
            }
        }
        found
    }

    /// Every pair of an environment and an application with a version or a lock there.
    #[must_use]
    pub fn slots(&self) -> Vec<(EnvironmentName, ApplicationName)> {
        let versions = self.current.iter().chain(&self.queued);
        let mut slots: Vec<_> = versions
            .map(|(environment, application, _)| (environment.clone(), application.clone()))
            .chain(self.locks.iter().filter_map(|(scope, _, _)| match scope {
                LockScope::Application { environment, application } => {
                    Some((environment.clone(), application.clone()))
                }
                LockScope::Environment { .. } | LockScope::Team { .. } => None,
            }))
            .collect();
        slots.sort();
        slots.dedup();
        slots
    }
}

fn find(placed: &[Placed], there: &EnvironmentName, wanted: &ApplicationName) -> Option<Version> {
    let found =
        placed.iter().find(|(environment, application, _)| environment == there && application == wanted);
    found.map(|(_, _, version)| *version)
}

fn unchanged() -> Answer {
    Answer::Accepted(Vec::new())
}

fn refused<const N: usize>(codes: [&'static str; N]) -> Answer {
    Answer::Refused(codes.to_vec())
}
