//! `kuberpult release`

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::ArgGroup;
use kuberpult_core::{ApplicationName, Command, CreateRelease, TeamName, Version};

use super::Session;
use crate::arguments::DryRun;
use crate::exit::Failure;
use crate::manifests::{ManifestFile, Manifests};

/// A new release.
#[derive(Debug, clap::Args)]
#[command(group = ArgGroup::new("content").args(["manifest", "manifests"]).multiple(true).required(true))]
#[command(override_usage = "kuberpult release [OPTIONS] <--manifest ENV=FILE | --manifests DIR> <APP>")]
#[command(after_help = EXAMPLES)]
pub(crate) struct Release {
    /// The application; its first release makes it
    #[arg(value_name = "APP", value_parser = ApplicationName::existing)]
    application: ApplicationName,
    /// The version [default: the highest so far plus one]
    #[arg(long = "version", value_name = "N")]
    version: Option<Version>,
    /// The manifest for one environment; can be given several times
    #[arg(long, value_name = "ENV=FILE")]
    manifest: Vec<ManifestFile>,
    /// A directory with manifests: `ENV.yaml`, or `ENV/*.yaml`, which are joined
    #[arg(long, value_name = "DIR")]
    manifests: Option<PathBuf>,
    /// The team that owns the application from now on
    #[arg(long, value_parser = TeamName::existing)]
    team: Option<TeamName>,
    /// The commit id in the source repository
    #[arg(long, value_name = "ID")]
    source_commit: Option<String>,
    /// The author of that commit
    #[arg(long, value_name = "AUTHOR")]
    source_author: Option<String>,
    /// The message of that commit
    #[arg(long, value_name = "TEXT")]
    source_message: Option<String>,
    /// What people call the version, such as `v1.4.2`
    #[arg(long, value_name = "TEXT")]
    display_version: Option<String>,
    /// The address of the application's source repository
    #[arg(long, value_name = "URL")]
    source_repo_url: Option<String>,
    #[command(flatten)]
    dry_run: DryRun,
}

const EXAMPLES: &str = "\
Examples:
  kuberpult release cart --manifests build/manifests --team shop
  kuberpult release cart --version 12 --manifest staging=cart.yaml
  kuberpult release cart --manifests build/manifests --source-commit 4f2a9c1";

impl Release {
    pub(crate) fn run(&self, session: &mut Session<'_>) -> Result<(), Failure> {
        let manifests = Manifests::read(&self.manifest, self.manifests.as_deref())?;
        for file in &manifests.ignored {
            session.output.note(&format!("`{}` is no manifest and is ignored", file.display()));
        }
        let mut repo = session.open()?;
        let context = session.context(&repo)?;
        let mut ids = BTreeMap::new();
        for (environment, text) in manifests.texts() {
            ids.insert(environment.clone(), repo.add_manifest(text.as_bytes())?);
        }
        let release = CreateRelease {
            version: self.version,
            team: self.team.clone(),
            source_commit_id: self.source_commit.as_deref().map(Into::into),
            source_author: self.source_author.as_deref().map(Into::into),
            source_message: self.source_message.as_deref().map(Into::into),
            display_version: self.display_version.as_deref().map(Into::into),
            source_repo_url: self.source_repo_url.as_deref().map(Into::into),
            ..CreateRelease::new(self.application.clone(), ids)
        };
        session.write_in(&mut repo, &context, &Command::CreateRelease(release), self.dry_run)
    }
}
