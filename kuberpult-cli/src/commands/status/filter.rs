//! Which applications and environments are shown.

use kuberpult_core::{EnvironmentName, GroupName, Stage, State, TeamName};

use crate::unknown_name::{Named, UnknownName};

/// Which applications and environments are shown.
#[derive(Debug, Default, clap::Args)]
pub(crate) struct Filter {
    /// Only applications of this team
    #[arg(long, value_name = "T", value_parser = TeamName::existing)]
    team: Option<TeamName>,
    /// Only this environment; repeat it for more of them
    #[arg(short, long = "environment", value_name = "ENV", value_parser = EnvironmentName::existing)]
    environments: Vec<EnvironmentName>,
    /// Only environments of this group, besides those that are named
    #[arg(long = "group", value_name = "G", value_parser = GroupName::existing)]
    groups: Vec<GroupName>,
    /// Only applications that are behind in a shown environment; with `--blocked`, those that are either
    #[arg(long)]
    pub(super) behind: bool,
    /// Only applications that a lock or freeze of their own holds back in a shown environment, or that have something queued
    /// or are behind where the whole environment is held back
    #[arg(long)]
    pub(super) blocked: bool,
}

impl Filter {
    /// Says which of the names that were given nothing has.
    pub(super) fn check(&self, state: &State) -> Result<(), UnknownName> {
        if let Some(unknown) = self.environments.iter().find(|name| !state.environments.contains_key(*name)) {
            let known = state.environments.keys().map(EnvironmentName::as_str);
            return Err(UnknownName::new(Named::Environment, unknown.as_str(), known));
        }
        if let Some(unknown) = self.groups.iter().find(|group| state.group(group).next().is_none()) {
            let groups =
                state.environments.values().filter_map(|there| there.config.environment_group.as_ref());
            let known = sorted(groups.map(GroupName::as_str));
            return Err(UnknownName::new(Named::Group, unknown.as_str(), known));
        }
        if let Some(unknown) = &self.team {
            let owners = state.applications.values().filter_map(|application| application.team.as_ref());
            let locked = state.environments.values().flat_map(|there| there.team_locks.keys());
            let known = sorted(owners.chain(locked).map(TeamName::as_str));
            if !known.contains(&unknown.as_str()) {
                return Err(UnknownName::new(Named::Team, unknown.as_str(), known));
            }
        }
        Ok(())
    }

    /// Whether an environment is shown.
    pub(super) fn shows(&self, stage: &Stage<'_>) -> bool {
        let group = stage.environment.config.environment_group.as_ref();
        (self.environments.is_empty() && self.groups.is_empty())
            || self.environments.contains(stage.name)
            || group.is_some_and(|group| self.groups.contains(group))
    }

    /// Whether applications of a team are shown.
    pub(super) fn shows_team(&self, team: Option<&TeamName>) -> bool {
        self.team.is_none() || self.team.as_ref() == team
    }

    /// Whether an application is shown that is behind or blocked.
    pub(super) fn shows_if(&self, behind: bool, blocked: bool) -> bool {
        (!self.behind && !self.blocked) || (self.behind && behind) || (self.blocked && blocked)
    }

    /// What was asked for and nothing is: `no application of team "shop" is behind or blocked`.
    pub(super) fn nothing(&self) -> String {
        let team = self.team.as_ref().map_or_else(String::new, |team| format!(" of team {team:?}"));
        let is = match (self.behind, self.blocked) {
            (true, true) => "is behind or blocked",
            (true, false) => "is behind",
            (false, true) => "is blocked",
            (false, false) => "is there",
        };
        let place = if self.environments.is_empty() && self.groups.is_empty() { "" } else { " here" };
        format!("no application{team} {is}{place}")
    }
}

fn sorted<'a>(names: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut names: Vec<_> = names.collect();
    names.sort_unstable();
    names.dedup();
    names
}
