//! `kuberpult prepare-undeploy`, `undeploy` and `remove`: the way out

use kuberpult_core::{ApplicationName, Command, EnvironmentName};

use super::Session;
use crate::arguments::DryRun;
use crate::exit::Failure;

/// An application that shall go.
#[derive(Debug, clap::Args)]
pub(crate) struct PrepareUndeploy {
    /// The application
    #[arg(value_name = "APP", value_parser = ApplicationName::existing)]
    application: ApplicationName,
    #[command(flatten)]
    dry_run: DryRun,
}

impl PrepareUndeploy {
    pub(crate) fn run(&self, session: &mut Session<'_>) -> Result<(), Failure> {
        let command = Command::PrepareUndeploy { application: self.application.clone() };
        session.write(&command, self.dry_run)
    }
}

/// An application that goes.
#[derive(Debug, clap::Args)]
pub(crate) struct Undeploy {
    /// The application
    #[arg(value_name = "APP", value_parser = ApplicationName::existing)]
    application: ApplicationName,
    #[command(flatten)]
    dry_run: DryRun,
}

impl Undeploy {
    pub(crate) fn run(&self, session: &mut Session<'_>) -> Result<(), Failure> {
        let command = Command::Undeploy { application: self.application.clone() };
        session.write(&command, self.dry_run)
    }
}

/// What goes from where.
#[derive(Debug, clap::Args)]
pub(crate) struct Remove {
    /// The application
    #[arg(value_name = "APP", value_parser = ApplicationName::existing)]
    application: ApplicationName,
    /// Where from
    #[arg(short, long, value_name = "ENV", value_parser = EnvironmentName::existing)]
    environment: EnvironmentName,
    #[command(flatten)]
    dry_run: DryRun,
}

impl Remove {
    pub(crate) fn run(&self, session: &mut Session<'_>) -> Result<(), Failure> {
        let (environment, application) = (self.environment.clone(), self.application.clone());
        let command = Command::RemoveFromEnvironment { environment, application };
        session.write(&command, self.dry_run)
    }
}
