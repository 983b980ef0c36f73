//! `kuberpult why`

use kuberpult_core::{ApplicationName, EnvironmentName, Time, Version};

use super::Session;
use crate::exit::Failure;
use crate::text;

/// What is asked about.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Why {
    /// The application
    #[arg(value_name = "APP", value_parser = ApplicationName::existing)]
    application: ApplicationName,
    /// The environment
    #[arg(short, long, value_name = "ENV", value_parser = EnvironmentName::existing)]
    environment: EnvironmentName,
    /// What would bring this version there [default: the version that is due]
    #[arg(long = "version", value_name = "V")]
    version: Option<Version>,
}

const EXAMPLES: &str = "\
Examples:
  kuberpult why cart -e production
  kuberpult why cart -e production --version 7";

impl Why {
    pub(crate) fn run(&self, session: &mut Session<'_>) -> Result<(), Failure> {
        let repo = session.open()?;
        let context = crate::context::reading(session.global)?;
        let why = repo.why(&context, &self.environment, &self.application, self.version);
        let mut why = why.map_err(|error| Failure::from(error).suggesting(&repo))?;
        if session.output.is_json() {
            return session.output.document("Why", &why);
        }
        for placed in why.current.iter_mut().chain(&mut why.queued) {
            // Files say it to the nanosecond, which no person reads.
            placed.at = placed.at.map(Time::whole_seconds);
        }
        session.output.data(&format!("{}\n", text::lines(&why.to_string()).trim_end()))
    }
}
