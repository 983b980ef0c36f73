//! `kuberpult env update`

use std::path::PathBuf;

use clap::ArgGroup;
use kuberpult_core::{Command, EnvironmentConfig, EnvironmentName, GroupName};

use super::create::{UpstreamOption, read_config};
use crate::arguments::DryRun;
use crate::commands::Session;
use crate::exit::Failure;

/// Another config for an environment.
///
/// `--config` replaces the whole config by what is in the file. The other options change what they name, and leave the
/// rest of the config as it is.
#[derive(Debug, clap::Args)]
#[command(group = ArgGroup::new("change").args(["upstream", "group", "no_group", "config"]).multiple(true).required(true))]
pub(crate) struct Update {
    /// The environment
    #[arg(value_parser = EnvironmentName::existing)]
    name: EnvironmentName,
    /// `latest`: new releases are deployed at once; or the environment whose versions a release train takes
    #[arg(long, value_name = "latest|ENV", value_parser = UpstreamOption::parse, conflicts_with = "config")]
    upstream: Option<UpstreamOption>,
    /// The environment group that it belongs to from now on
    #[arg(long, value_parser = GroupName::existing, conflicts_with = "config")]
    group: Option<GroupName>,
    /// It belongs to no environment group any more
    #[arg(long, conflicts_with_all = ["config", "group"])]
    no_group: bool,
    /// A kuberpult `config.json`, which replaces the whole config; `-` for standard input
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(flatten)]
    dry_run: DryRun,
}

impl Update {
    pub(super) fn run(&self, session: &mut Session<'_>) -> Result<(), Failure> {
        let environment = self.name.clone();
        let mut repo = session.open()?;
        let context = session.context(&repo)?;
        let config = match &self.config {
            Some(path) => read_config(path)?,
            None => self.changed(super::existing(&repo.state()?, &self.name)?.config.clone()),
        };
        let command = Command::UpdateEnvironment { environment, config };
        session.write_in(&mut repo, &context, &command, self.dry_run).map(drop)
    }

    /// The config with what the options change.
    fn changed(&self, mut config: EnvironmentConfig) -> EnvironmentConfig {
        if let Some(upstream) = &self.upstream {
            config.upstream = Some(upstream.upstream());
        }
        if self.no_group || self.group.is_some() {
            config.environment_group.clone_from(&self.group);
        }
        config
    }
}
