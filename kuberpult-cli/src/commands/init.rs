//! `kuberpult init`

use std::path::{Path, PathBuf};

use kuberpult_git::{DEFAULT_BRANCH, InitOptions, ManifestRepo, OpenOptions};

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
        if self.dry_run.dry_run {
            return self.plan(session, directory);
        }
        let mut options = InitOptions::default();
        options.branch.clone_from(&session.global.branch);
        options.bare = self.bare;
        let repo = ManifestRepo::init(directory, &options)?;
        let directory = absolute(repo.directory());
        let branch = repo.branch();
        if session.output.is_json() {
            let repository = Repository { directory, branch: &branch, dry_run: false };
            return session.output.document("Repository", &repository);
        }
        session.output.line(&format!("manifest repository in {directory}, branch {branch}"))
    }

    fn plan(&self, session: &mut Session<'_>, directory: &Path) -> Result<(), Failure> {
        let mut options = OpenOptions::default();
        options.branch.clone_from(&session.global.branch);
        let there = ManifestRepo::open(directory, options).ok();
        let wanted = session.global.branch.as_deref().unwrap_or(DEFAULT_BRANCH);
        let branch = there.as_ref().map_or_else(|| wanted.to_owned(), ManifestRepo::branch);
        let directory = absolute(directory);
        if session.output.is_json() {
            let repository = Repository { directory, branch: &branch, dry_run: true };
            return session.output.document("Repository", &repository);
        }
        let line = format!("would make a manifest repository in {directory}, or open the one there");
        session.output.remark(&line);
        Ok(())
    }
}

fn absolute(directory: &Path) -> String {
    let absolute = std::path::absolute(directory).unwrap_or_else(|_| directory.into());
    absolute.to_string_lossy().into_owned()
}
