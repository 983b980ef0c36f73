//! `kuberpult env update`

use std::path::PathBuf;

use clap::ArgGroup;
use kuberpult_core::{Command, EnvironmentConfig, EnvironmentName, Event, GroupName};
use kuberpult_git::TransactError;

use super::create::{UpstreamOption, read_config};
use crate::arguments::DryRun;
use crate::commands::{DRY_RUN, Session};
use crate::exit::Failure;

/// How often options are applied to a config that others change at the same time.
const ATTEMPTS: u32 = 20;

/// Another config for an environment.
#[derive(Debug, clap::Args)]
#[command(
    override_usage = "kuberpult env update <NAME> --config FILE\n       kuberpult env update <NAME> [--upstream ENV] [--group G | --no-group]"
)]
#[command(group = ArgGroup::new("change").args(["upstream", "group", "no_group", "config"]).multiple(true).required(true))]
#[command(after_help = EXAMPLES)]
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

const EXAMPLES: &str = "\
Examples:
  kuberpult env update production --group europe
  kuberpult env update staging --upstream latest --dry-run
  kuberpult env update production --config production.json";

impl Update {
    pub(super) fn run(&self, session: &mut Session<'_>) -> Result<(), Failure> {
        let mut repo = session.open()?;
        let context = session.context(&repo)?;
        if let Some(path) = &self.config {
            let command = self.command(read_config(path)?);
            return session.write_in(&mut repo, &context, &command, self.dry_run);
        }
        for _ in 0..ATTEMPTS {
            let existing = super::existing(&repo.state()?, &self.name)?.config.clone();
            let command = self.command(self.changed(existing.clone()));
            let plan = repo.plan(&context, &command)?;
            if plan.decision.events().iter().any(|event| changes_another(event, &existing)) {
                continue;
            }
            if self.dry_run.dry_run {
                return session.print_plan(&plan, None, DRY_RUN);
            }
            // The plan names the config that is changed: who changes it meanwhile does not get undone.
            match repo.carry_out(&context, &plan.saved(&context, &command)) {
                Err(TransactError::PlanOutdated { .. }) => {}
                receipt => return session.print_receipt(&receipt?),
            }
        }
        Err(TransactError::LostRace { attempts: ATTEMPTS, words: String::new() }.into())
    }

    fn command(&self, config: EnvironmentConfig) -> Command {
        Command::UpdateEnvironment { environment: self.name.clone(), config }
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

/// Whether an event changes another config than this one: somebody was faster than we could plan.
fn changes_another(event: &Event, config: &EnvironmentConfig) -> bool {
    matches!(event, Event::EnvironmentUpdated { from, .. } if **from != *config)
}
