//! `kuberpult deploy`

use kuberpult_core::{ApplicationName, Command, EnvironmentName, OnLock, Version};

use super::Session;
use crate::arguments::DryRun;
use crate::exit::Failure;

/// A deployment.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Deploy {
    /// The application
    #[arg(value_name = "APP", value_parser = ApplicationName::existing)]
    application: ApplicationName,
    /// The version
    version: Version,
    /// Where to
    #[arg(short, long, value_name = "ENV", value_parser = EnvironmentName::existing)]
    environment: EnvironmentName,
    /// What happens if something holds it back
    #[arg(long, value_enum, value_name = "queue|fail", default_value_t, conflicts_with = "manual")]
    on_lock: WhenLocked,
    /// Deploy whatever is in the way
    #[arg(long)]
    manual: bool,
    /// Why it is deployed by hand
    #[arg(long, value_name = "TEXT", requires = "manual")]
    reason: Option<String>,
    #[command(flatten)]
    dry_run: DryRun,
}

const EXAMPLES: &str = "\
Examples:
  kuberpult deploy cart 7 -e staging
  kuberpult deploy cart 7 -e staging --dry-run
  kuberpult deploy cart 6 -e production --manual --reason \"7 loses orders\"";

/// What an automatic deployment does when something holds it back.
#[derive(Debug, Clone, Copy, Default, clap::ValueEnum)]
enum WhenLocked {
    /// It waits in the queue
    #[default]
    Queue,
    /// It is refused
    Fail,
}

impl Deploy {
    pub(crate) fn run(&self, session: &mut Session<'_>) -> Result<(), Failure> {
        let on_lock = match self.on_lock {
            _ if self.manual => OnLock::Ignore,
            WhenLocked::Queue => OnLock::Queue,
            WhenLocked::Fail => OnLock::Fail,
        };
        let command = Command::Deploy(kuberpult_core::Deploy {
            environment: self.environment.clone(),
            application: self.application.clone(),
            version: self.version,
            on_lock,
            reason: self.reason.as_deref().map(Into::into),
        });
        session.write(&command, self.dry_run)
    }
}
