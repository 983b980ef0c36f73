//! `kuberpult status`

use std::collections::BTreeMap;
use std::fmt::Write as _;

use kuberpult_core::{
    ApplicationName, Blocker, Environment, EnvironmentName, Refusal, Rejection, Slot, State, TeamName, Time,
};

use super::Session;
use crate::exit::Failure;
use crate::freezes::freezes;
use crate::json;
use crate::lock_list::{application_locks, environment_locks, in_promotion_order};
use crate::table::Table;

/// What is shown.
#[derive(Debug, clap::Args)]
pub(crate) struct Status {
    /// Only this application
    #[arg(value_name = "APP", value_parser = ApplicationName::existing)]
    application: Option<ApplicationName>,
}

impl Status {
    pub(crate) fn run(&self, session: &mut Session<'_>) -> Result<(), Failure> {
        let state = session.open()?.state()?;
        let applications = self.applications(&state)?;
        let environments = in_promotion_order(&state);
        let now = crate::context::now(session.global)?;
        if session.output.is_json() {
            let document = document(&state, now, &environments, &applications);
            return session.output.document("Status", &document);
        }
        if environments.is_empty() {
            session.output.remark("there is no environment; `kuberpult env create` makes one");
        } else if applications.is_empty() {
            session.output.remark("there is no application yet; `kuberpult release` makes one");
        }
        if environments.is_empty() && applications.is_empty() {
            return Ok(());
        }
        session.output.data(&table(&state, now, &environments, &applications))
    }

    /// Those that have a release or a slot; or the one that was named, if it has.
    fn applications<'a>(&self, state: &'a State) -> Result<Vec<&'a ApplicationName>, Failure> {
        let slots = state.environments.values().flat_map(|environment| environment.slots.keys());
        let mut all: Vec<_> = state.applications.keys().chain(slots).collect();
        all.sort();
        all.dedup();
        let Some(named) = &self.application else { return Ok(all) };
        match all.into_iter().find(|application| *application == named) {
            Some(application) => Ok(vec![application]),
            None => {
                let refusal = Refusal::ApplicationNotFound { application: named.clone() };
                Err(Rejection::from(refusal).into())
            }
        }
    }
}

type Environments<'a> = [(&'a EnvironmentName, &'a Environment)];

fn team_of<'a>(state: &'a State, application: &ApplicationName) -> Option<&'a TeamName> {
    state.applications.get(application)?.team.as_ref()
}

fn document<'a>(
    state: &'a State,
    now: Time,
    environments: &Environments<'a>,
    applications: &[&'a ApplicationName],
) -> json::Status<'a> {
    let application = |name: &&'a ApplicationName| {
        let slots = environments.iter().filter_map(|(environment, there)| {
            let slot = there.slots.get(*name)?;
            let slot = json::StatusSlot {
                current: slot.current,
                queued: slot.queued,
                locks: application_locks(environment, name, &slot.locks),
                blockers: state.blockers(now, environment, name),
            };
            Some((*environment, slot))
        });
        json::StatusApplication {
            application: name,
            team: team_of(state, name),
            newest: state.applications.get(*name).and_then(kuberpult_core::Application::newest),
            slots: slots.collect(),
        }
    };
    let environment =
        |(name, environment): &(&'a EnvironmentName, &'a Environment)| json::StatusEnvironment {
            environment: name,
            upstream: environment.config.upstream.as_ref(),
            environment_group: environment.config.environment_group.as_ref(),
            locks: environment_locks(name, environment),
            freezes: freezes(state, now, name),
        };
    json::Status {
        environments: environments.iter().map(environment).collect(),
        applications: applications.iter().map(application).collect(),
    }
}

/// The table, with a legend of the locks and freezes that are marked in it.
fn table(
    state: &State,
    now: Time,
    environments: &Environments<'_>,
    applications: &[&ApplicationName],
) -> String {
    let mut marks = Marks::default();
    let mut headings = vec!["APPLICATION".to_owned(), "TEAM".to_owned()];
    for (name, _) in environments {
        headings.push(with_marks(name.to_string(), &marks.of(state.environment_blockers(now, name))));
    }
    let mut rows = Vec::new();
    for application in applications {
        let team = team_of(state, application).map_or("-", TeamName::as_str);
        let mut row = vec![application.to_string(), team.to_owned()];
        for (environment, there) in environments {
            let blockers = state.blockers(now, environment, application);
            let own = blockers.into_iter().filter(|blocker| !blocker.is_environment_level());
            row.push(with_marks(versions(there.slots.get(*application)), &marks.of(own)));
        }
        rows.push(row);
    }
    let mut table = Table::new(headings);
    for row in rows {
        table.row(row);
    }
    format!("{table}{}", marks.legend())
}

/// `3`, `3 (queued 5)`, `-`
fn versions(slot: Option<&Slot>) -> String {
    let current = slot.and_then(|slot| slot.current);
    let current = current.map_or("-".into(), |current| current.to_string());
    match slot.and_then(|slot| slot.queued) {
        Some(queued) => format!("{current} (queued {queued})"),
        None => current,
    }
}

fn with_marks(text: String, marks: &str) -> String {
    if marks.is_empty() { text } else { format!("{text} {marks}") }
}

/// What says the same of many applications as one blocker: the mark stands beside each of them.
fn for_many(blocker: Blocker) -> Blocker {
    match blocker {
        Blocker::OutsideAllowWindows { environment, until, .. } => {
            Blocker::OutsideAllowWindows { environment, application: None, until }
        }
        other => other,
    }
}

/// The locks and freezes by the numbers that stand for them in the table.
#[derive(Default)]
struct Marks {
    numbers: BTreeMap<Blocker, usize>,
}

impl Marks {
    /// The marks of some of them, each of which gets a number if it has none yet: `[1][2]`.
    fn of(&mut self, blockers: impl IntoIterator<Item = Blocker>) -> String {
        let mut marks = String::new();
        for blocker in blockers {
            let next = self.numbers.len() + 1;
            let number = self.numbers.entry(for_many(blocker)).or_insert(next);
            let _ = write!(marks, "[{number}]");
        }
        marks
    }

    fn legend(&self) -> String {
        let mut by_number: Vec<_> = self.numbers.iter().map(|(blocker, number)| (number, blocker)).collect();
        by_number.sort_unstable_by_key(|(number, _)| **number);
        by_number.into_iter().map(|(number, blocker)| format!("[{number}] {blocker}\n")).collect()
    }
}
