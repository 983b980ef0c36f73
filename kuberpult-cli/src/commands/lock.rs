//! `kuberpult lock` and `kuberpult unlock`

use std::sync::Arc;

use kuberpult_core::{
    ApplicationName, Command, Context, EnvironmentName, GroupName, LockId, NameError, OnUnlock, TeamName,
};

use super::Session;
use crate::arguments::DryRun;
use crate::exit::Failure;

/// What is locked.
#[derive(Debug, clap::Subcommand)]
#[command(after_help = LOCK_EXAMPLES)]
pub(crate) enum Lock {
    /// Lock an environment
    #[command(after_help = LOCK_ENV_EXAMPLES)]
    Env {
        /// The environment
        #[arg(value_name = "ENV", value_parser = EnvironmentName::existing)]
        environment: EnvironmentName,
        #[command(flatten)]
        lock: NewLock,
    },
    /// Lock an application in an environment
    #[command(after_help = LOCK_APP_EXAMPLES)]
    App {
        /// The application
        #[arg(value_name = "APP", value_parser = ApplicationName::existing)]
        application: ApplicationName,
        /// The environment
        #[arg(short, long, value_name = "ENV", value_parser = EnvironmentName::existing)]
        environment: EnvironmentName,
        #[command(flatten)]
        lock: NewLock,
    },
    /// Lock a team's applications in an environment
    #[command(after_help = LOCK_TEAM_EXAMPLES)]
    Team {
        /// The team
        #[arg(value_parser = TeamName::existing)]
        team: TeamName,
        /// The environment
        #[arg(short, long, value_name = "ENV", value_parser = EnvironmentName::existing)]
        environment: EnvironmentName,
        #[command(flatten)]
        lock: NewLock,
    },
    /// Lock each environment that is in a group now
    #[command(after_help = LOCK_GROUP_EXAMPLES)]
    Group {
        /// The environment group
        #[arg(value_parser = GroupName::existing)]
        group: GroupName,
        #[command(flatten)]
        lock: NewLock,
    },
}

const LOCK_EXAMPLES: &str = "\
Examples:
  kuberpult lock env production -m \"peak season\"
  kuberpult lock app cart -e staging --id load-test -m \"load test until noon\"";

/// What a new lock says.
#[derive(Debug, clap::Args)]
pub(crate) struct NewLock {
    /// Why, for people
    #[arg(short, long, value_name = "MESSAGE", default_value = "", hide_default_value = true)]
    message: String,
    /// The lock's id; a lock with this id is replaced [default: made up, and printed]
    #[arg(long, value_parser = LockId::new)]
    id: Option<LockId>,
    /// The CI job that sets the lock
    #[arg(long, value_name = "URL")]
    ci_link: Option<String>,
    /// How long it is meant to stay, such as `2d`; for people, nothing enforces it
    #[arg(long, value_name = "TEXT")]
    lifetime: Option<String>,
    #[command(flatten)]
    dry_run: DryRun,
}

const LOCK_ENV_EXAMPLES: &str = "\
Examples:
  kuberpult lock env production -m \"peak season\"
  kuberpult lock env production --id peak -m \"peak season\" --lifetime 2d";

const LOCK_APP_EXAMPLES: &str = "\
Examples:
  kuberpult lock app cart -e staging -m \"load test until noon\"
  kuberpult lock app cart -e staging --id load-test --lifetime 4h";

const LOCK_TEAM_EXAMPLES: &str = "\
Examples:
  kuberpult lock team shop -e production -m \"the team is away\"";

const LOCK_GROUP_EXAMPLES: &str = "\
Examples:
  kuberpult lock group europe --id maintenance -m \"the database moves\"";

impl Lock {
    pub(crate) fn run(&self, session: &mut Session<'_>) -> Result<(), Failure> {
        let (Self::Env { lock, .. }
        | Self::App { lock, .. }
        | Self::Team { lock, .. }
        | Self::Group { lock, .. }) = self;
        let mut repo = session.open()?;
        let context = session.context(&repo)?;
        let lock_id = match &lock.id {
            Some(id) => id.clone(),
            None => made_up_id(&self.target(), &lock.message, &context).map_err(Failure::MadeUpId)?,
        };
        session.write_in(&mut repo, &context, &self.command(lock_id), lock.dry_run)
    }

    /// What is locked, in words that no other lock's target has.
    fn target(&self) -> String {
        match self {
            Self::Env { environment, .. } => format!("env {environment}"),
            Self::App { application, environment, .. } => format!("app {application}/{environment}"),
            Self::Team { team, environment, .. } => format!("team {team}/{environment}"),
            Self::Group { group, .. } => format!("group {group}"),
        }
    }

    fn command(&self, lock_id: LockId) -> Command {
        let text = |text: &Option<String>| text.as_deref().map(Arc::from);
        match self {
            Self::Env { environment, lock } => Command::CreateEnvironmentLock {
                environment: environment.clone(),
                lock_id,
                message: lock.message.as_str().into(),
                ci_link: text(&lock.ci_link),
                suggested_lifetime: text(&lock.lifetime),
            },
            Self::App { application, environment, lock } => Command::CreateApplicationLock {
                environment: environment.clone(),
                application: application.clone(),
                lock_id,
                message: lock.message.as_str().into(),
                ci_link: text(&lock.ci_link),
                suggested_lifetime: text(&lock.lifetime),
            },
            Self::Team { team, environment, lock } => Command::CreateTeamLock {
                environment: environment.clone(),
                team: team.clone(),
                lock_id,
                message: lock.message.as_str().into(),
                ci_link: text(&lock.ci_link),
                suggested_lifetime: text(&lock.lifetime),
            },
            Self::Group { group, lock } => Command::CreateGroupLock {
                environment_group: group.clone(),
                lock_id,
                message: lock.message.as_str().into(),
                ci_link: text(&lock.ci_link),
                suggested_lifetime: text(&lock.lifetime),
            },
        }
    }
}

/// An id from what is known: the time to read, and a few digits that tell locks of one second apart.
fn made_up_id(target: &str, message: &str, context: &Context) -> Result<LockId, NameError> {
    let now = context.now.to_string();
    let digits = |from: usize, to: usize| -> String {
        now.chars().skip(from).take(to - from).filter(char::is_ascii_digit).collect()
    };
    let author = context.actor.to_string();
    let hash = fnv1a([target, &author, message, &now]);
    LockId::new(&format!("lock-{}-{}-{:04x}", digits(0, 10), digits(11, 19), hash & 0xffff))
}

/// FNV-1a, 64 bits: the same on every machine and in every version, unlike the standard library's hasher.
fn fnv1a<'a>(texts: impl IntoIterator<Item = &'a str>) -> u64 {
    let bytes = texts.into_iter().flat_map(|text| text.bytes().chain([0xff]));
    let hash = bytes.fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    // The low bits of a product see the low bits only.
    hash ^ (hash >> 32)
}

/// What is unlocked.
#[derive(Debug, clap::Subcommand)]
#[command(after_help = UNLOCK_EXAMPLES)]
pub(crate) enum Unlock {
    /// Remove a lock from an environment
    #[command(after_help = UNLOCK_ENV_EXAMPLES)]
    Env {
        /// The environment
        #[arg(value_name = "ENV", value_parser = EnvironmentName::existing)]
        environment: EnvironmentName,
        #[command(flatten)]
        lock: OldLock,
    },
    /// Remove a lock from an application in an environment
    #[command(after_help = UNLOCK_APP_EXAMPLES)]
    App {
        /// The application
        #[arg(value_name = "APP", value_parser = ApplicationName::existing)]
        application: ApplicationName,
        /// The environment
        #[arg(short, long, value_name = "ENV", value_parser = EnvironmentName::existing)]
        environment: EnvironmentName,
        #[command(flatten)]
        lock: OldLock,
    },
    /// Remove a lock from a team in an environment
    #[command(after_help = UNLOCK_TEAM_EXAMPLES)]
    Team {
        /// The team
        #[arg(value_parser = TeamName::existing)]
        team: TeamName,
        /// The environment
        #[arg(short, long, value_name = "ENV", value_parser = EnvironmentName::existing)]
        environment: EnvironmentName,
        #[command(flatten)]
        lock: OldLock,
    },
    /// Remove a lock from each environment of a group that has it
    #[command(after_help = UNLOCK_GROUP_EXAMPLES)]
    Group {
        /// The environment group
        #[arg(value_parser = GroupName::existing)]
        group: GroupName,
        #[command(flatten)]
        lock: OldLock,
    },
}

const UNLOCK_EXAMPLES: &str = "\
Examples:
  kuberpult locks  which locks there are
  kuberpult unlock env production peak
  kuberpult unlock app cart -e staging load-test";

/// A lock to remove.
#[derive(Debug, clap::Args)]
pub(crate) struct OldLock {
    /// The lock's id
    #[arg(value_parser = LockId::existing)]
    id: LockId,
    /// What happens to a queued version that nothing holds back any more [default: what the environment's
    /// config says, else deploy]
    #[arg(long, value_enum, value_name = "deploy|keep|drop")]
    queued: Option<Queued>,
    #[command(flatten)]
    dry_run: DryRun,
}

/// What happens to a queued version that nothing holds back any more.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Queued {
    /// It is deployed
    Deploy,
    /// It stays queued until the next deployment
    Keep,
    /// It leaves the queue, and nothing is deployed
    Drop,
}

const UNLOCK_ENV_EXAMPLES: &str = "\
Examples:
  kuberpult unlock env production peak
  kuberpult unlock env production peak --queued keep";

const UNLOCK_APP_EXAMPLES: &str = "\
Examples:
  kuberpult unlock app cart -e staging load-test
  kuberpult unlock app cart -e staging load-test --queued drop";

const UNLOCK_TEAM_EXAMPLES: &str = "\
Examples:
  kuberpult unlock team shop -e production away";

const UNLOCK_GROUP_EXAMPLES: &str = "\
Examples:
  kuberpult unlock group europe maintenance";

impl Unlock {
    pub(crate) fn run(&self, session: &mut Session<'_>) -> Result<(), Failure> {
        let (Self::Env { lock, .. }
        | Self::App { lock, .. }
        | Self::Team { lock, .. }
        | Self::Group { lock, .. }) = self;
        let queued = lock.queued.map(|queued| match queued {
            Queued::Deploy => OnUnlock::Deploy,
            Queued::Keep => OnUnlock::Keep,
            Queued::Drop => OnUnlock::Drop,
        });
        let lock_id = lock.id.clone();
        let command = match self {
            Self::Env { environment, .. } => {
                Command::DeleteEnvironmentLock { environment: environment.clone(), lock_id, queued }
            }
            Self::App { application, environment, .. } => {
                let (environment, application) = (environment.clone(), application.clone());
                Command::DeleteApplicationLock { environment, application, lock_id, queued }
            }
            Self::Team { team, environment, .. } => {
                let (environment, team) = (environment.clone(), team.clone());
                Command::DeleteTeamLock { environment, team, lock_id, queued }
            }
            Self::Group { group, .. } => {
                Command::DeleteGroupLock { environment_group: group.clone(), lock_id, queued }
            }
        };
        session.write(&command, lock.dry_run)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kuberpult_core::Actor;

    #[test]
    fn a_made_up_id_says_when_and_tells_locks_apart() {
        let context =
            Context::new("2024-05-03T11:37:37.5+02:00".parse().unwrap(), Actor::new("Jo", "jo@example.com"));
        let id = |target, message| made_up_id(target, message, &context).unwrap().to_string();
        assert!(id("env a", "m").starts_with("lock-20240503-113737-"), "{}", id("env a", "m"));
        assert_eq!(id("env a", "m").len(), "lock-20240503-113737-4f2a".len());
        assert_eq!(id("env a", "m"), id("env a", "m"));
        assert_ne!(id("env a", "m"), id("env b", "m"));
        assert_ne!(id("env a", "m"), id("env a", "n"));
    }
}
