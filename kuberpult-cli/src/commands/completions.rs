//! `kuberpult completions`

use super::Session;
use crate::completion::{self, Shell};
use crate::exit::Failure;

/// The shell that is told.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Completions {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

const EXAMPLES: &str = "\
Examples:
  source <(kuberpult completions bash)  in ~/.bashrc
  source <(kuberpult completions zsh)   in ~/.zshrc, after compinit
  kuberpult completions fish | source   in ~/.config/fish/config.fish

The script asks the `kuberpult` on the path for names of environments,
applications, teams, groups, locks and versions. It should come from the same
version, so it is better asked for than kept.";

impl Completions {
    pub(crate) fn run(&self, session: &mut Session<'_>) -> Result<(), Failure> {
        session.output.bytes(&completion::script(self.shell).map_err(Failure::Output)?)
    }
}
