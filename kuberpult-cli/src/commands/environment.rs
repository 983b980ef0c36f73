//! `kuberpult env list`, `show`, `create`

use std::io::Read as _;
use std::path::{Path, PathBuf};

use clap::ArgGroup;
use kuberpult_core::{Command, EnvironmentConfig, EnvironmentName, GroupName, Refusal, Rejection};
use kuberpult_git::{environment_config_from_json, environment_config_to_json};

use super::Session;
use crate::arguments::DryRun;
use crate::exit::Failure;
use crate::json::{EnvironmentItem, List};
use crate::lock_list::{environment_locks, in_promotion_order};
use crate::table::Table;
use crate::text;

/// What is done with environments.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Environment {
    /// List the environments, upstream before downstream
    List,
    /// Show one environment: its config and its locks
    Show {
        /// The environment
        #[arg(value_parser = EnvironmentName::existing)]
        name: EnvironmentName,
    },
    /// Make an environment
    Create(Create),
}

/// A new environment.
#[derive(Debug, clap::Args)]
#[command(group = ArgGroup::new("connection").args(["upstream", "config"]).required(true))]
pub(crate) struct Create {
    /// Its name
    #[arg(value_parser = EnvironmentName::new)]
    name: EnvironmentName,
    /// `latest`: new releases are deployed at once; or the environment whose versions a release train takes
    #[arg(long, value_name = "latest|ENV", value_parser = Upstream::parse)]
    upstream: Option<Upstream>,
    /// The environment group that it belongs to
    #[arg(long, value_parser = GroupName::new, conflicts_with = "config")]
    group: Option<GroupName>,
    /// A kuberpult `config.json`; `-` for standard input
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(flatten)]
    dry_run: DryRun,
}

/// Where versions come from.
#[derive(Debug, Clone)]
enum Upstream {
    Latest,
    Environment(EnvironmentName),
}

impl Upstream {
    fn parse(text: &str) -> Result<Self, kuberpult_core::NameError> {
        match text {
            "latest" => Ok(Self::Latest),
            text => EnvironmentName::existing(text).map(Self::Environment),
        }
    }

    fn config(&self) -> EnvironmentConfig {
        match self {
            Self::Latest => EnvironmentConfig::with_upstream_latest(),
            Self::Environment(environment) => EnvironmentConfig::with_upstream(environment.clone()),
        }
    }
}

impl Environment {
    pub(crate) fn run(&self, session: &mut Session<'_>) -> Result<(), Failure> {
        match self {
            Self::List => list(session),
            Self::Show { name } => show(session, name),
            Self::Create(create) => {
                let environment = create.name.clone();
                let config = create.read_config()?;
                let command = Command::CreateEnvironment { environment, config };
                session.write(&command, create.dry_run).map(drop)
            }
        }
    }
}

impl Create {
    fn read_config(&self) -> Result<EnvironmentConfig, Failure> {
        let Some(path) = &self.config else {
            let mut config = self.upstream.as_ref().map(Upstream::config).unwrap_or_default();
            config.environment_group.clone_from(&self.group);
            return Ok(config);
        };
        let text = if path == Path::new("-") {
            let mut text = String::new();
            std::io::stdin().read_to_string(&mut text).map(|_| text)
        } else {
            std::fs::read_to_string(path)
        };
        let text = text.map_err(|source| Failure::Input { path: path.clone(), source })?;
        environment_config_from_json(&text).map_err(|source| Failure::Config { path: path.clone(), source })
    }
}

fn list(session: &mut Session<'_>) -> Result<(), Failure> {
    let state = session.open()?.state()?;
    let environments = in_promotion_order(&state);
    if session.output.is_json() {
        let items = environments.into_iter().map(|(name, environment)| item(name, environment)).collect();
        return session.output.document("EnvironmentList", &List { items });
    }
    if environments.is_empty() {
        session.output.remark("there is no environment; `kuberpult env create` makes one");
        return Ok(());
    }
    let mut table = Table::new(["ENVIRONMENT", "UPSTREAM", "GROUP", "LOCKS"]);
    for (name, environment) in environments {
        let group = environment.config.environment_group.as_ref().map_or("-", GroupName::as_str);
        let locks: Vec<String> =
            environment_locks(name, environment).iter().map(|lock| lock.lock_id.to_string()).collect();
        let locks = if locks.is_empty() { "-".into() } else { locks.join(", ") };
        table.row([name.as_str(), &upstream(&environment.config), group, &locks]);
    }
    session.output.data(&table.to_string())
}

fn show(session: &mut Session<'_>, name: &EnvironmentName) -> Result<(), Failure> {
    let state = session.open()?.state()?;
    let Some(environment) = state.environments.get(name) else {
        let known = state.environments.keys().cloned().collect();
        let refusal = Refusal::EnvironmentNotFound { environment: name.clone(), known };
        return Err(Rejection::from(refusal).into());
    };
    if session.output.is_json() {
        return session.output.document("Environment", &item(name, environment));
    }
    session.output.line(&format!("environment {name}, upstream {}", upstream(&environment.config)))?;
    for listed in environment_locks(name, environment) {
        session.output.line(&listed.to_string())?;
    }
    let config = environment_config_to_json(&environment.config);
    session.output.data(&format!("{}\n", text::lines(&config).trim_end()))
}

fn item<'a>(environment: &'a EnvironmentName, there: &'a kuberpult_core::Environment) -> EnvironmentItem<'a> {
    EnvironmentItem { environment, config: &there.config, locks: environment_locks(environment, there) }
}

/// Where the versions of an environment come from, in a word.
fn upstream(config: &EnvironmentConfig) -> String {
    match (config.follows_latest(), config.upstream_environment()) {
        (true, None) => "latest".into(),
        (true, Some(upstream)) => format!("latest and {upstream}"),
        (false, Some(upstream)) => upstream.to_string(),
        (false, None) => "none".into(),
    }
}
