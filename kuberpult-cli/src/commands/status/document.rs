//! Kind `Status`: the same as JSON.

use std::collections::BTreeMap;

use kuberpult_core::{
    Actor, Application, ApplicationName, Blocker, EnvironmentName, NextTrain, Placed, TeamName, Time,
    Version, Why,
};
use serde::Serialize;

use super::overview::{Cell, Overview, Row, Summary};
use crate::lock_list::{ListedLock, application_locks};
use crate::promotion::{Promoted, PromotedEnvironment};

/// Kind `Status`.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Status<'a> {
    environments: Vec<PromotedEnvironment<'a>>,
    applications: Vec<StatusApplication<'a>>,
    summary: Summary,
}

/// An application in a status.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct StatusApplication<'a> {
    application: &'a ApplicationName,
    team: Option<&'a TeamName>,
    newest: Option<Version>,
    /// The environments in which it is behind, whether or not it has a slot there.
    behind: BTreeMap<&'a EnvironmentName, StatusBehind>,
    slots: BTreeMap<&'a EnvironmentName, StatusSlot<'a>>,
    /// What the next release train would do with it in each environment; given where one application was asked for.
    #[serde(rename = "nextTrain", skip_serializing_if = "Option::is_none")]
    next_train: Option<BTreeMap<&'a EnvironmentName, &'a NextTrain>>,
}

/// How far behind its upstream an application is in an environment.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct StatusBehind {
    /// How many releases are newer than the current version and not newer than the upstream's.
    releases: usize,
    /// The upstream's version.
    upstream: Option<Version>,
}

/// What an application has in an environment.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
struct StatusSlot<'a> {
    current: Option<Version>,
    queued: Option<Version>,
    /// How many releases are newer than the upstream's version and not newer than the current one.
    #[serde(skip_serializing_if = "is_zero")]
    ahead: usize,
    /// Whether the current version is an undeploy release.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    undeploy: bool,
    /// When and by whom the versions were put there; given where one application was asked for, as far as it is known.
    #[serde(flatten)]
    placed: StatusPlaced<'a>,
    /// On the application.
    locks: Vec<ListedLock<'a>>,
    blockers: Vec<&'a Blocker>,
}

#[derive(Default, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
struct StatusPlaced<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    deployed_at: Option<Time>,
    #[serde(skip_serializing_if = "Option::is_none")]
    deployed_by: Option<&'a Actor>,
    #[serde(skip_serializing_if = "Option::is_none")]
    queued_at: Option<Time>,
    #[serde(skip_serializing_if = "Option::is_none")]
    queued_by: Option<&'a Actor>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
fn is_zero(number: &usize) -> bool {
    *number == 0
}

/// The document; of one application with what explains each environment that is shown.
pub(super) fn document<'a>(overview: &'a Overview<'a>, whys: &'a [Option<Why>]) -> Status<'a> {
    let environments = overview.environments.iter();
    Status {
        environments: environments.map(PromotedEnvironment::from).collect(),
        applications: overview.rows.iter().map(|row| application(overview, row, whys)).collect(),
        summary: overview.summary,
    }
}

fn application<'a>(
    overview: &'a Overview<'a>,
    row: &'a Row<'a>,
    whys: &'a [Option<Why>],
) -> StatusApplication<'a> {
    let newest = overview.state.applications.get(row.application).and_then(Application::newest);
    let mut of_application = StatusApplication {
        application: row.application,
        team: row.team,
        newest,
        behind: BTreeMap::new(),
        slots: BTreeMap::new(),
        next_train: (!whys.is_empty()).then(BTreeMap::new),
    };
    for (index, (shown, cell)) in overview.environments.iter().zip(&row.cells).enumerate() {
        let why = whys.get(index).and_then(Option::as_ref);
        let name = shown.stage.name;
        if cell.standing.behind > 0 {
            let behind = StatusBehind { releases: cell.standing.behind, upstream: cell.standing.upstream };
            of_application.behind.insert(name, behind);
        }
        of_application.slots.extend(slot(row.application, shown, cell, why).map(|slot| (name, slot)));
        if let (Some(trains), Some(why)) = (&mut of_application.next_train, why) {
            trains.insert(name, &why.next_train);
        }
    }
    of_application
}

fn slot<'a>(
    application: &'a ApplicationName,
    shown: &'a Promoted<'a>,
    cell: &'a Cell<'a>,
    why: Option<&'a Why>,
) -> Option<StatusSlot<'a>> {
    let slot = cell.slot?;
    let of_all = shown.blocking.environment_level();
    let (deployed, queued) =
        (why.and_then(|why| why.current.as_ref()), why.and_then(|why| why.queued.as_ref()));
    let by = |placed: Option<&'a Placed>| placed.and_then(|placed| placed.by.as_ref());
    Some(StatusSlot {
        current: slot.current,
        queued: slot.queued,
        ahead: cell.standing.ahead,
        undeploy: cell.undeploy,
        placed: StatusPlaced {
            deployed_at: deployed.and_then(|placed| placed.at),
            deployed_by: by(deployed),
            queued_at: queued.and_then(|placed| placed.at),
            queued_by: by(queued),
        },
        locks: application_locks(shown.stage.name, application, &slot.locks),
        blockers: of_all.iter().chain(&cell.own).collect(),
    })
}
