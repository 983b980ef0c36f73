//! `kuberpult prepare-undeploy`, `undeploy` and `remove`: the way out

use kuberpult_core::{ApplicationName, Command, EnvironmentName};

use super::Session;
use super::confirmation::Yes;
use crate::arguments::DryRun;
use crate::exit::Failure;

/// An application that shall go.
#[derive(Debug, clap::Args)]
#[command(after_help = PREPARE_EXAMPLES)]
pub(crate) struct PrepareUndeploy {
    /// The application
    #[arg(value_name = "APP", value_parser = ApplicationName::existing)]
    application: ApplicationName,
    #[command(flatten)]
    dry_run: DryRun,
}

const PREPARE_EXAMPLES: &str = "\
Examples:
  kuberpult prepare-undeploy legacy  then trains, then `undeploy`
  kuberpult prepare-undeploy legacy --dry-run";

impl PrepareUndeploy {
    pub(crate) fn run(&self, session: &mut Session<'_>) -> Result<(), Failure> {
        let command = Command::PrepareUndeploy { application: self.application.clone() };
        session.write(&command, self.dry_run)
    }
}

/// An application that goes.
#[derive(Debug, clap::Args)]
#[command(after_help = UNDEPLOY_EXAMPLES)]
pub(crate) struct Undeploy {
    /// The application
    #[arg(value_name = "APP", value_parser = ApplicationName::existing)]
    application: ApplicationName,
    #[command(flatten)]
    yes: Yes,
    #[command(flatten)]
    dry_run: DryRun,
}

const UNDEPLOY_EXAMPLES: &str = "\
Examples:
  kuberpult undeploy legacy --dry-run  what would be lost
  kuberpult undeploy legacy
  kuberpult undeploy legacy --yes      without being asked";

impl Undeploy {
    pub(crate) fn run(&self, session: &mut Session<'_>) -> Result<(), Failure> {
        let command = Command::Undeploy { application: self.application.clone() };
        session.write_if_confirmed(&command, self.dry_run, self.yes)
    }
}

/// What goes from where.
#[derive(Debug, clap::Args)]
#[command(after_help = REMOVE_EXAMPLES)]
pub(crate) struct Remove {
    /// The application
    #[arg(value_name = "APP", value_parser = ApplicationName::existing)]
    application: ApplicationName,
    /// Where from
    #[arg(short, long, value_name = "ENV", value_parser = EnvironmentName::existing)]
    environment: EnvironmentName,
    #[command(flatten)]
    yes: Yes,
    #[command(flatten)]
    dry_run: DryRun,
}

const REMOVE_EXAMPLES: &str = "\
Examples:
  kuberpult remove cart -e sandbox --dry-run  what would be lost
  kuberpult remove cart -e sandbox
  kuberpult remove cart -e sandbox --yes      without being asked";

impl Remove {
    pub(crate) fn run(&self, session: &mut Session<'_>) -> Result<(), Failure> {
        let (environment, application) = (self.environment.clone(), self.application.clone());
        let command = Command::RemoveFromEnvironment { environment, application };
        session.write_if_confirmed(&command, self.dry_run, self.yes)
    }
}
