//! `kuberpult demo`

use std::path::PathBuf;

use super::Session;
use crate::exit::Failure;

/// The whole story, on a fresh repository.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Demo {
    /// A directory that is empty or not there [default: a new one among the system's temporary files]
    #[arg(value_name = "DIR")]
    directory: Option<PathBuf>,
}

const EXAMPLES: &str = "\
Examples:
  kuberpult demo       in a temporary directory
  kuberpult demo tour  in ./tour";

impl Demo {
    pub(crate) fn run(&self, session: &mut Session<'_>) -> Result<(), Failure> {
        if session.output.is_json() {
            return Err(Failure::DemoAsJson);
        }
        crate::demo::tell(self.directory.as_deref(), session.global)
    }
}
