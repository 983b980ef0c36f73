//! `kuberpult env create`

use std::io::Read as _;
use std::path::{Path, PathBuf};

use clap::ArgGroup;
use kuberpult_core::{Command, EnvironmentConfig, EnvironmentName, GroupName};
use kuberpult_git::environment_config_from_json;

use crate::arguments::DryRun;
use crate::commands::Session;
use crate::exit::Failure;

/// A new environment.
#[derive(Debug, clap::Args)]
#[command(override_usage = "kuberpult env create [OPTIONS] <--upstream ENV | --config FILE> <NAME>")]
#[command(group = ArgGroup::new("connection").args(["upstream", "config"]).required(true))]
#[command(after_help = EXAMPLES)]
pub(crate) struct Create {
    /// Its name
    #[arg(value_parser = EnvironmentName::new)]
    name: EnvironmentName,
    /// `latest`: new releases are deployed at once; or the environment whose versions a release train takes
    #[arg(long, value_name = "latest|ENV", value_parser = UpstreamOption::parse)]
    upstream: Option<UpstreamOption>,
    /// The environment group that it belongs to
    #[arg(long, value_parser = GroupName::new, conflicts_with = "config")]
    group: Option<GroupName>,
    /// A kuberpult `config.json`; `-` for standard input
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(flatten)]
    dry_run: DryRun,
}

const EXAMPLES: &str = "\
Examples:
  kuberpult env create development --upstream latest  gets releases at once
  kuberpult env create qa --upstream development      gets them by train
  kuberpult env create fr --upstream staging --group europe
  kuberpult env create canary --config canary.json";

impl Create {
    pub(super) fn run(&self, session: &mut Session<'_>) -> Result<(), Failure> {
        let config = match &self.config {
            Some(path) => read_config(path)?,
            None => {
                let mut config = EnvironmentConfig::default();
                config.upstream = self.upstream.as_ref().map(UpstreamOption::upstream);
                config.environment_group.clone_from(&self.group);
                config
            }
        };
        let command = Command::CreateEnvironment { environment: self.name.clone(), config };
        session.write(&command, self.dry_run)
    }
}

/// Where versions come from, as it is typed.
#[derive(Debug, Clone)]
pub(super) enum UpstreamOption {
    Latest,
    Environment(EnvironmentName),
}

impl UpstreamOption {
    pub(super) fn parse(text: &str) -> Result<Self, kuberpult_core::NameError> {
        match text {
            "latest" => Ok(Self::Latest),
            text => EnvironmentName::existing(text).map(Self::Environment),
        }
    }

    pub(super) fn upstream(&self) -> kuberpult_core::Upstream {
        match self {
            Self::Latest => kuberpult_core::Upstream { environment: None, latest: true },
            Self::Environment(environment) => {
                kuberpult_core::Upstream { environment: Some(environment.clone()), latest: false }
            }
        }
    }
}

/// Reads a `config.json`, or standard input for `-`.
pub(super) fn read_config(path: &Path) -> Result<EnvironmentConfig, Failure> {
    let text = if path == Path::new("-") {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text).map(|_| text)
    } else {
        std::fs::read_to_string(path)
    };
    let text = text.map_err(|source| Failure::Input { path: path.into(), source })?;
    environment_config_from_json(&text).map_err(|source| Failure::Config { path: path.into(), source })
}
