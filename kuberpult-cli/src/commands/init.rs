//! `kuberpult init`

use std::path::{Path, PathBuf};

use kuberpult_git::{InitOptions, ManifestRepo};

use super::Session;
use crate::arguments::DryRun;
use crate::exit::Failure;
use crate::json::Repository;

/// What is made, and where.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Init {
    /// The directory; made if it is not there [default: the one of `--repo`, or the current directory]
    #[arg(value_name = "DIR")]
    directory: Option<PathBuf>,
    /// Make it without a work tree
    #[arg(long)]
    bare: bool,
    #[command(flatten)]
    dry_run: DryRun,
}

const EXAMPLES: &str = "\
Examples:
  kuberpult init manifests             in a new directory
  kuberpult init --bare manifests.git  without a work tree, as on a server";

impl Init {
    pub(crate) fn run(&self, session: &mut Session<'_>) -> Result<(), Failure> {
        let directory =
            self.directory.as_deref().or(session.global.repo.as_deref()).unwrap_or(Path::new("."));
        let mut options = InitOptions::default();
        options.branch.clone_from(&session.global.branch);
        options.bare = self.bare;
        if self.dry_run.dry_run {
            let directory = std::path::absolute(directory).unwrap_or_else(|_| directory.to_owned());
            let line =
                format!("would make a manifest repository in {}, or open the one there", directory.display());
            session.output.remark(&line);
            return Ok(());
        }
        let repo = ManifestRepo::init(directory, &options)?;
        let directory = std::path::absolute(repo.directory()).unwrap_or_else(|_| repo.directory().into());
        let directory = directory.to_string_lossy().into_owned();
        let branch = repo.branch();
        if session.output.is_json() {
            return session.output.document("Repository", &Repository { directory, branch: &branch });
        }
        session.output.line(&format!("manifest repository in {directory}, branch {branch}"))
    }
}
