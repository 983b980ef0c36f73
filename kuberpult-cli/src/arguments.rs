//! The command line as it is typed: global options and the list of commands.

use std::path::PathBuf;

use clap::builder::NonEmptyStringValueParser;
use kuberpult_core::Time;

use crate::commands::{
    apply, completions, demo, deploy, diff, environment, explain, graph, init, lock, log, man, queue,
    release, report, status, train, undeploy, why,
};

/// Manages what is deployed next in your Kubernetes environments.
///
/// kuberpult deploys nothing itself: it writes a git manifest repository, which Argo CD applies.
#[derive(Debug, clap::Parser)]
#[command(name = "kuberpult", version, after_help = EXAMPLES_AND_EXIT_CODES)]
pub(crate) struct Arguments {
    /// What holds for every command.
    #[command(flatten)]
    pub(crate) global: GlobalOptions,
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Subcommand,
}

const EXAMPLES_AND_EXIT_CODES: &str = "\
Examples:
  kuberpult demo                    the whole story on a fresh repository
  kuberpult status                  what is where
  kuberpult train staging           what is in development goes to staging
  kuberpult why cart -e production  and why it is not there

Exit codes:
  0  done, or nothing to do
  1  failed: repository unreadable, disk full, a bug; or `check` found something
  2  wrong usage
  3  refused by a rule: a lock, a freeze window, an unknown version
  5  conflict: a plan that is outdated, a race not won, other content under an existing name
  6  the remote: unreachable, no permission, refused by a hook";

/// The commands.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Subcommand {
    /// Make an empty manifest repository
    Init(init::Init),
    /// Show, create, change and delete environments
    #[command(subcommand)]
    Env(environment::Environment),
    /// Make a release of an application
    Release(release::Release),
    /// Deploy a version of an application to an environment
    Deploy(deploy::Deploy),
    /// Hold automatic deployments back
    #[command(subcommand)]
    Lock(lock::Lock),
    /// Remove a lock, and deploy what waited behind it
    #[command(subcommand)]
    Unlock(lock::Unlock),
    /// List all locks, and what each holds back
    #[command(after_help = LOCKS_EXAMPLES)]
    Locks,
    /// Run a release train: carry the versions of the upstream to an environment
    Train(train::Train),
    /// Show what waits, and behind what; deploy what no longer has to wait
    #[command(subcommand)]
    Queue(queue::Queue),
    /// Show which version of each application is where, what waits, what is held back and what is behind
    Status(status::Status),
    /// Show how versions are promoted: the environments, their upstreams and groups
    Graph(graph::Graph),
    /// Write all there is to see as one HTML page: to share, and to keep
    Report(report::Report),
    /// Say why an application is at this version in an environment, and what would change that
    Why(why::Why),
    /// Show what another version would change in the manifest, and the source commits that lie between
    Diff(diff::Diff),
    /// Show what happened, newest first
    Log(log::Log),
    /// Make an undeploy release: the next version, which travels as any other and leaves nothing where it is deployed
    PrepareUndeploy(undeploy::PrepareUndeploy),
    /// Delete an application everywhere, once an undeploy release is current wherever it is deployed
    Undeploy(undeploy::Undeploy),
    /// Delete what an application has in one environment: its version, its queue and its locks
    Remove(undeploy::Remove),
    /// Carry out commands given as JSON lines, one commit each; or a plan that `train --save-plan` wrote
    Apply(apply::Apply),
    /// Look for what is wrong in the manifest repository; exits with 1 if anything is found
    #[command(after_help = CHECK_EXAMPLES)]
    Check,
    /// Say what a code in the output means, and what to do about it; without one, list all codes
    Explain(explain::Explain),
    /// Tell the whole story on a fresh repository
    Demo(demo::Demo),
    /// Print the script that lets a shell complete commands, and names from the repository
    Completions(completions::Completions),
    /// Write manual pages, one for each command
    #[command(hide = true)]
    Man(man::Pages),
}

const LOCKS_EXAMPLES: &str = "\
Examples:
  kuberpult locks
  kuberpult -o json locks  for programs";

const CHECK_EXAMPLES: &str = "\
Examples:
  kuberpult check          in CI of the manifest repository, say
  kuberpult -o json check  for programs";

/// What holds for every command.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Global options")]
pub(crate) struct GlobalOptions {
    /// The manifest repository [default: the one around the current directory]
    #[arg(short = 'R', long, global = true, value_name = "DIR")]
    #[arg(env = "KUBERPULT_REPO", hide_env_values = true)]
    pub(crate) repo: Option<PathBuf>,
    /// Work on a remote: on its newest state, and done when it has accepted it; a URL needs no repository here
    #[arg(long, global = true, value_name = "NAME|URL", value_parser = NonEmptyStringValueParser::new())]
    #[arg(env = "KUBERPULT_REMOTE", hide_env_values = true)]
    pub(crate) remote: Option<String>,
    /// Read what was fetched last from the remote, and write nothing
    #[arg(long, global = true)]
    pub(crate) offline: bool,
    /// The branch [default: the one that is checked out; of a URL `main`]
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) branch: Option<String>,
    /// How the result is printed
    #[arg(short, long, global = true, value_enum, value_name = "FORMAT", default_value_t)]
    pub(crate) output: Format,
    /// Who gives the command [default: git's `user.name`]
    #[arg(long, global = true, value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    pub(crate) author_name: Option<String>,
    /// The address of who gives the command [default: git's `user.email`]
    #[arg(long, global = true, value_name = "EMAIL", value_parser = NonEmptyStringValueParser::new())]
    pub(crate) author_email: Option<String>,
    /// The time of the command, such as `2024-05-03T11:37:37+02:00` [default: the clock]
    #[arg(long, global = true, value_name = "RFC3339", env = "KUBERPULT_NOW", hide_env_values = true)]
    pub(crate) now: Option<Time>,
    /// The address at which Argo CD finds the repository [default: what `kuberpult.json` says, or the remote]
    #[arg(long, global = true, value_name = "URL")]
    #[arg(env = "KUBERPULT_ARGOCD_REPO_URL", hide_env_values = true)]
    pub(crate) argocd_repo_url: Option<String>,
    /// When to use colour
    #[arg(long, global = true, value_enum, value_name = "WHEN", default_value_t)]
    pub(crate) color: Color,
    /// Print no remarks, only data and errors
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub(crate) quiet: bool,
    /// Print also what is usually of no interest
    #[arg(short, long, global = true)]
    pub(crate) verbose: bool,
}

/// How a result is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub(crate) enum Format {
    /// Lines and tables for people
    #[default]
    Table,
    /// One JSON document
    Json,
    /// The same as YAML
    Yaml,
}

/// When colour is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub(crate) enum Color {
    /// On a terminal, unless `NO_COLOR` is set
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

impl Color {
    /// Makes this the choice for both output streams.
    pub(crate) fn choose(self) {
        let choice = match self {
            Self::Auto => anstream::ColorChoice::Auto,
            Self::Always => anstream::ColorChoice::Always,
            Self::Never => anstream::ColorChoice::Never,
        };
        choice.write_global();
    }
}

/// The option of every command that writes.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(crate) struct DryRun {
    /// Show what would happen, and change nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
}
