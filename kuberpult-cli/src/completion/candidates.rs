//! What could stand in an argument: names that are in the repository.

use std::path::PathBuf;

use clap::ArgMatches;
use clap_complete::CompletionCandidate;
use kuberpult_core::{ApplicationName, Environment, EnvironmentName, GroupName, LockId, State, TeamName};
use kuberpult_git::ManifestRepo;

use super::line::{self, value};
use crate::commands::{Where, open};
use crate::exit::Failure;

/// What is wanted in an argument.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    Application,
    Environment,
    /// An environment and `=`, before the name of a file.
    EnvironmentOfFile,
    Group,
    /// A lock that there is where the line says.
    Lock,
    Target,
    Team,
    Upstream,
    /// A version of the application in the line.
    Version,
}

impl Wanted {
    /// By the commands, each with a space before it, and the name of the argument.
    pub(super) fn by(path: &str, argument: &str) -> Option<Self> {
        Some(match argument {
            "application" | "app" => Self::Application,
            "environment" | "environments" => Self::Environment,
            "name" if path != " kuberpult env create" => Self::Environment,
            "manifest" => Self::EnvironmentOfFile,
            "group" | "groups" => Self::Group,
            "id" if path.starts_with(" kuberpult unlock") => Self::Lock,
            "without_lock" => Self::Lock,
            "target" => Self::Target,
            "team" => Self::Team,
            "upstream" => Self::Upstream,
            "version" if path != " kuberpult release" => Self::Version,
            _ => return None,
        })
    }

    /// What there is; nothing where that cannot be found out.
    pub(super) fn candidates(self) -> Vec<CompletionCandidate> {
        let typed: Vec<_> = std::env::args_os().collect();
        let Some(matches) = line::of(&typed).matches() else { return Vec::new() };
        let texts = self.texts(&matches).unwrap_or_default();
        let ordered = texts.into_iter().filter(|text| can_be_typed(text)).enumerate();
        ordered.map(|(order, text)| CompletionCandidate::new(text).display_order(Some(order))).collect()
    }

    fn texts(self, matches: &ArgMatches) -> Result<Vec<String>, Failure> {
        let repo = opened(matches)?;
        Ok(match self {
            Self::Application => texts(&repo.application_names()?),
            Self::Environment => texts(repo.environments()?.environments.keys()),
            Self::EnvironmentOfFile => {
                let environments = repo.environments()?.environments;
                environments.keys().map(|environment| format!("{environment}=")).collect()
            }
            Self::Group => groups(&repo.environments()?),
            Self::Lock => locks(&repo, matches)?,
            Self::Target => {
                let state = repo.environments()?;
                let mut targets = texts(state.environments.keys());
                targets.extend(groups(&state));
                sorted(targets)
            }
            Self::Team => texts(&repo.team_names()?),
            Self::Upstream => {
                let environments = texts(repo.environments()?.environments.keys());
                ["latest".to_owned()].into_iter().chain(environments).collect()
            }
            Self::Version => {
                let Some(application) = value::<ApplicationName>(matches, &["application"]) else {
                    return Ok(Vec::new());
                };
                let state = repo.overview(Some(&application))?;
                let releases = state.applications.get(&application).map(|application| &application.releases);
                // The newest first: it is the one that is deployed.
                releases
                    .into_iter()
                    .flat_map(|releases| releases.keys().rev())
                    .map(ToString::to_string)
                    .collect()
            }
        })
    }
}

/// The repository that the line means, without the network.
fn opened(matches: &ArgMatches) -> Result<ManifestRepo, Failure> {
    let repo: Option<PathBuf> = value(matches, &["repo"]);
    let remote: Option<String> = value(matches, &["remote"]);
    let branch: Option<String> = value(matches, &["branch"]);
    let mut options = kuberpult_git::OpenOptions::default();
    options.branch = branch;
    options.offline = true;
    open(&Where { repo: repo.as_deref(), remote: remote.as_deref() }, options)
}

/// The locks where the line says.
fn locks(repo: &ManifestRepo, matches: &ArgMatches) -> Result<Vec<String>, Failure> {
    let environment: Option<EnvironmentName> = value(matches, &["environment"]);
    let application: Option<ApplicationName> = value(matches, &["application"]);
    let team: Option<TeamName> = value(matches, &["team"]);
    let group: Option<GroupName> = value(matches, &["group"]);
    let target: Option<EnvironmentName> = value(matches, &["target"]);
    let state = match &application {
        Some(application) => repo.overview(Some(application))?,
        None => repo.environments()?,
    };
    let named = |name: &EnvironmentName, there: &Environment, group: Option<&str>| {
        let member = there.config.environment_group.as_ref().map(GroupName::as_str);
        environment.as_ref().or(target.as_ref()) == Some(name) || (group.is_some() && member == group)
    };
    let group = group.as_ref().map(GroupName::as_str).or(target.as_ref().map(EnvironmentName::as_str));
    let mut ids: Vec<&LockId> = Vec::new();
    for (_, there) in state.environments.iter().filter(|(name, there)| named(name, there, group)) {
        if let Some(application) = &application {
            ids.extend(there.slots.get(application).into_iter().flat_map(|slot| slot.locks.keys()));
        } else if let Some(team) = team.as_ref().filter(|_| target.is_none()) {
            ids.extend(there.team_locks.get(team).into_iter().flat_map(|locks| locks.keys()));
        } else {
            ids.extend(there.locks.keys());
        }
        if target.is_some() {
            ids.extend(there.team_locks.values().flat_map(|locks| locks.keys()));
        }
    }
    Ok(sorted(texts(ids)))
}

fn groups(state: &State) -> Vec<String> {
    let groups = state.environments.values().filter_map(|there| there.config.environment_group.as_ref());
    sorted(texts(groups))
}

fn texts(names: impl IntoIterator<Item = impl ToString>) -> Vec<String> {
    names.into_iter().map(|name| name.to_string()).collect()
}

fn sorted(mut texts: Vec<String>) -> Vec<String> {
    texts.sort();
    texts.dedup();
    texts
}

/// Whether a text means itself in every shell: shells take what they are told as it is, and a repository that somebody else
/// writes may have any name.
fn can_be_typed(text: &str) -> bool {
    !text.starts_with('-') && text.chars().all(|c| c.is_ascii_alphanumeric() || "-_.+=@".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_shell_is_given_anything_to_obey() {
        assert!(
            can_be_typed("cart-api") && can_be_typed("lock-20240503-113737-4f2a") && can_be_typed("staging=")
        );
        for text in ["$(reboot)", "a b", "`a`", "a;b", "a\u{202e}b", "-rf", "a'b", "a\nb", "a*", "~a"] {
            assert!(!can_be_typed(text), "{text:?}");
        }
    }
}
