//! `kuberpult env list`, `show`, `create`, `update` and `delete`

mod create;
mod update;

use kuberpult_core::{
    Command, EnvironmentConfig, EnvironmentName, GroupName, Refusal, Rejection, State, Time,
};
use kuberpult_git::environment_config_to_json;

use self::create::Create;
use self::update::Update;
use super::Session;
use super::confirmation::Yes;
use crate::arguments::DryRun;
use crate::exit::Failure;
use crate::freezes::{freezes, frozen_until, windows};
use crate::json::{EnvironmentItem, List};
use crate::lock_list::{environment_locks, in_promotion_order};
use crate::table::Table;
use crate::text;

/// What is done with environments.
#[derive(Debug, clap::Subcommand)]
#[command(after_help = EXAMPLES)]
pub(crate) enum Environment {
    /// List the environments, upstream before downstream
    #[command(after_help = LIST_EXAMPLES)]
    List,
    /// Show one environment: its locks, its freeze windows and its config
    #[command(after_help = SHOW_EXAMPLES)]
    Show {
        /// The environment
        #[arg(value_parser = EnvironmentName::existing)]
        name: EnvironmentName,
    },
    /// Make an environment
    Create(Create),
    /// Change an environment's config
    ///
    /// `--config` replaces the whole config by what is in the file. The other options change what they name, and leave
    /// the rest of the config as it is.
    Update(Update),
    /// Delete an environment, with its locks and queues
    Delete(Delete),
}

const SHOW_EXAMPLES: &str = "\
Examples:
  kuberpult env show production
  kuberpult -o json env show production  for programs";

const LIST_EXAMPLES: &str = "\
Examples:
  kuberpult env list
  kuberpult -o json env list  for programs";

const EXAMPLES: &str = "\
Examples:
  kuberpult env list
  kuberpult env create staging --upstream development
  kuberpult env show production";

/// An environment to delete.
#[derive(Debug, clap::Args)]
#[command(after_help = DELETE_EXAMPLES)]
pub(crate) struct Delete {
    /// The environment
    #[arg(value_parser = EnvironmentName::existing)]
    name: EnvironmentName,
    /// Although applications are deployed there, or other environments take their versions from it
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    yes: Yes,
    #[command(flatten)]
    dry_run: DryRun,
}

const DELETE_EXAMPLES: &str = "\
Examples:
  kuberpult env delete sandbox --force            with what is deployed there
  kuberpult env delete sandbox --force --dry-run  whether it could be deleted
  kuberpult env delete sandbox --force --yes      without being asked";

impl Environment {
    pub(crate) fn run(&self, session: &mut Session<'_>) -> Result<(), Failure> {
        match self {
            Self::List => list(session),
            Self::Show { name } => show(session, name),
            Self::Create(create) => create.run(session),
            Self::Update(update) => update.run(session),
            Self::Delete(Delete { name, force, yes, dry_run }) => {
                let command = Command::DeleteEnvironment { environment: name.clone(), force: *force };
                session.write_if_confirmed(&command, *dry_run, *yes)
            }
        }
    }
}

fn list(session: &mut Session<'_>) -> Result<(), Failure> {
    let state = session.open()?.state()?;
    let now = crate::context::now(session.global)?;
    let environments = in_promotion_order(&state);
    if session.output.is_json() {
        let items =
            environments.into_iter().map(|(name, environment)| item(name, environment, now)).collect();
        return session.output.document("EnvironmentList", &List { items });
    }
    if environments.is_empty() {
        session.output.remark("there is no environment; `kuberpult env create` makes one");
        return Ok(());
    }
    let mut table = Table::new(["ENVIRONMENT", "UPSTREAM", "GROUP", "LOCKS", "FROZEN"]);
    for (name, environment) in environments {
        let group = environment.config.environment_group.as_ref().map_or("-", GroupName::as_str);
        let locks: Vec<String> =
            environment_locks(name, environment).iter().map(|lock| lock.lock_id.to_string()).collect();
        let locks = if locks.is_empty() { "-".into() } else { locks.join(", ") };
        let frozen = frozen(&state, now, name);
        table.row([name.as_str(), &upstream(&environment.config), group, &locks, &frozen]);
    }
    session.output.data(&table.to_string())
}

/// Until when freeze windows keep every application from an environment, in a word.
fn frozen(state: &State, now: Time, name: &EnvironmentName) -> String {
    match frozen_until(&freezes(state, now, name)) {
        Some(Some(until)) => format!("until {until}"),
        Some(None) => "yes".into(),
        None => "-".into(),
    }
}

fn show(session: &mut Session<'_>, name: &EnvironmentName) -> Result<(), Failure> {
    let state = session.open()?.state()?;
    let environment = existing(&state, name)?;
    let now = crate::context::now(session.global)?;
    if session.output.is_json() {
        return session.output.document("Environment", &item(name, environment, now));
    }
    session.output.line(&format!("environment {name}, upstream {}", upstream(&environment.config)))?;
    for listed in environment_locks(name, environment) {
        session.output.line(&listed.to_string())?;
    }
    for window in windows(&environment.config, now) {
        session.output.line(&window.to_string())?;
    }
    let config = environment_config_to_json(&environment.config);
    session.output.data(&format!("{}\n", text::lines(&config).trim_end()))
}

/// The environment of that name.
fn existing<'a>(
    state: &'a State,
    name: &EnvironmentName,
) -> Result<&'a kuberpult_core::Environment, Failure> {
    state.environments.get(name).ok_or_else(|| {
        let known = state.environments.keys().cloned().collect();
        Rejection::from(Refusal::EnvironmentNotFound { environment: name.clone(), known }).into()
    })
}

fn item<'a>(
    environment: &'a EnvironmentName,
    there: &'a kuberpult_core::Environment,
    now: Time,
) -> EnvironmentItem<'a> {
    EnvironmentItem {
        environment,
        config: &there.config,
        locks: environment_locks(environment, there),
        windows: windows(&there.config, now),
    }
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
