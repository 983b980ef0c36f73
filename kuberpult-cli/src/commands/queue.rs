//! `kuberpult queue list`

use super::Session;
use crate::exit::Failure;
use crate::json::{List, QueueItem};
use crate::lock_list::in_promotion_order;
use crate::table::Table;

/// What is done with queues.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Queue {
    /// List the queued versions, and what each waits for
    List,
}

pub(crate) fn list(session: &mut Session<'_>) -> Result<(), Failure> {
    let state = session.open()?.state()?;
    let mut items = Vec::new();
    for (name, environment) in in_promotion_order(&state) {
        for (application, slot) in &environment.slots {
            let Some(queued) = slot.queued else { continue };
            let blockers = state.blockers(name, application);
            items.push(QueueItem { environment: name, application, current: slot.current, queued, blockers });
        }
    }
    if session.output.is_json() {
        return session.output.document("Queue", &List { items });
    }
    if items.is_empty() {
        session.output.remark("nothing is queued");
        return Ok(());
    }
    let mut table = Table::new(["ENVIRONMENT", "APPLICATION", "CURRENT", "QUEUED", "BEHIND"]);
    for item in &items {
        let current = item.current.map_or("-".into(), |current| current.to_string());
        let behind: Vec<String> = item.blockers.iter().map(ToString::to_string).collect();
        let behind = if behind.is_empty() { "nothing any more".into() } else { behind.join("; ") };
        let (environment, application) = (item.environment.as_str(), item.application.as_str());
        table.row([environment, application, &current, &item.queued.to_string(), &behind]);
    }
    session.output.data(&table.to_string())
}
