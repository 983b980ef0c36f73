//! What is where, what waits, what is held back and what is behind: of each application that is shown, in each environment
//! that is shown.

use kuberpult_core::{ApplicationName, Blocker, ManifestId, Slot, Standing, State, TeamName, Time, Version};
use serde::Serialize;

use super::filter::Filter;
use crate::promotion::{Promoted, promoted};
use crate::unknown_name::{Named, UnknownName};

/// All that is shown.
pub(crate) struct Overview<'a> {
    pub(crate) state: &'a State,
    pub(crate) now: Time,
    /// In promotion order.
    pub(crate) environments: Vec<Promoted<'a>>,
    /// By name.
    pub(crate) rows: Vec<Row<'a>>,
    /// How many applications there are, shown or not.
    pub(crate) total: usize,
    pub(crate) summary: Summary,
}

/// An application that is shown.
pub(crate) struct Row<'a> {
    pub(crate) application: &'a ApplicationName,
    pub(crate) team: Option<&'a TeamName>,
    /// One for each environment that is shown.
    pub(crate) cells: Vec<Cell<'a>>,
}

/// What an application has in an environment.
pub(crate) struct Cell<'a> {
    pub(crate) slot: Option<&'a Slot>,
    pub(crate) standing: Standing,
    /// Whether the current version is an undeploy release.
    pub(crate) undeploy: bool,
    /// What holds it back, and not every application there.
    pub(crate) own: Vec<Blocker>,
    /// Whether something of its own holds it back, or something that holds all back keeps something newer from coming.
    pub(crate) is_blocked: bool,
}

/// How many applications.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Summary {
    /// Are shown.
    pub(crate) applications: usize,
    /// Are behind in a shown environment.
    pub(crate) behind: usize,
    /// Have a queued version in one.
    pub(crate) queued: usize,
    /// Are blocked in one.
    pub(crate) blocked: usize,
}

impl<'a> Overview<'a> {
    pub(crate) fn new(
        state: &'a State,
        now: Time,
        named: Option<&ApplicationName>,
        filter: &Filter,
    ) -> Result<Self, UnknownName> {
        filter.check(state)?;
        let all = applications(state);
        if let Some(named) = named.filter(|named| all.binary_search(named).is_err()) {
            let known = all.iter().map(|name| name.as_str());
            return Err(UnknownName::new(Named::Application, named.as_str(), known));
        }
        let environments = promoted(state, now, |stage| filter.shows(stage));
        let total = all.len();
        let mut rows = Vec::new();
        let mut summary = Summary::default();
        for application in all.into_iter().filter(|name| named.is_none_or(|named| named == *name)) {
            let team = state.applications.get(application).and_then(|there| there.team.as_ref());
            if !filter.shows_team(team) {
                continue;
            }
            let cells = environments.iter().map(|there| Cell::new(state, there, application, team));
            let row = Row { application, team, cells: cells.collect() };
            if filter.shows_if(row.is_behind(), row.is_blocked()) {
                summary.count(&row);
                rows.push(row);
            }
        }
        Ok(Self { state, now, environments, rows, total, summary })
    }
}

/// Those that have a release or a slot, by name.
pub(crate) fn applications(state: &State) -> Vec<&ApplicationName> {
    let slots = state.environments.values().flat_map(|environment| environment.slots.keys());
    let mut all: Vec<_> = state.applications.keys().collect();
    // Nearly all that have a slot have a release.
    all.extend(slots.filter(|name| !state.applications.contains_key(*name)));
    all.sort_unstable();
    all.dedup();
    all
}

impl<'a> Cell<'a> {
    fn new(
        state: &State,
        there: &Promoted<'a>,
        application: &ApplicationName,
        team: Option<&TeamName>,
    ) -> Self {
        let slot = there.stage.environment.slots.get(application);
        let standing = there.stage.standing(application);
        // What is nowhere and could not come is not held back.
        let concerns = slot.is_some() || standing.behind > 0;
        let own =
            if concerns { there.blocking.application_level(application, team, slot) } else { Vec::new() };
        let comes = standing.queued.is_some() || standing.behind > 0;
        let is_blocked = !own.is_empty() || (comes && !there.blocking.environment_level().is_empty());
        let undeploy =
            standing.current.is_some_and(|current| is_undeploy(state, there, application, current));
        Self { slot, standing, undeploy, own, is_blocked }
    }
}

fn is_undeploy(state: &State, there: &Promoted<'_>, application: &ApplicationName, version: Version) -> bool {
    let release = state.applications.get(application).and_then(|there| there.releases.get(&version));
    release.is_some_and(|release| release.manifests.get(there.stage.name) == Some(&ManifestId::EMPTY))
}

impl Row<'_> {
    fn is_behind(&self) -> bool {
        self.cells.iter().any(|cell| cell.standing.behind > 0)
    }

    fn is_blocked(&self) -> bool {
        self.cells.iter().any(|cell| cell.is_blocked)
    }
}

impl Summary {
    fn count(&mut self, row: &Row<'_>) {
        self.applications += 1;
        self.behind += usize::from(row.is_behind());
        self.queued += usize::from(row.cells.iter().any(|cell| cell.standing.queued.is_some()));
        self.blocked += usize::from(row.is_blocked());
    }
}
