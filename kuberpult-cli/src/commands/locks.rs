//! `kuberpult locks`

use kuberpult_core::LockScope;

use super::Session;
use crate::exit::Failure;
use crate::json::List;
use crate::lock_list::{ListedLock, all_locks};
use crate::table::Table;
use crate::text;

pub(crate) fn run(session: &mut Session<'_>) -> Result<(), Failure> {
    let state = session.open()?.state()?;
    let now = crate::context::now(session.global)?;
    let locks = all_locks(&state, now);
    if session.output.is_json() {
        return session.output.document("LockList", &List { items: locks });
    }
    if locks.is_empty() {
        session.output.remark("there is no lock");
        return Ok(());
    }
    let mut table = Table::new(["SCOPE", "ID", "AUTHOR", "AGE", "MESSAGE", "HOLDS BACK"]);
    for lock in &locks {
        let author = lock.lock.created_by.as_ref().map_or("-", |by| &by.name);
        let age = lock.lock.created_at.map_or("-".into(), |at| text::age(now.seconds_since(at)));
        let message = or_dash(&lock.lock.message);
        table.row([&scope(&lock.scope), lock.lock_id.as_str(), author, &age, message, &holds_back(lock)]);
    }
    session.output.data(&table.to_string())
}

fn or_dash(text: &str) -> &str {
    if text.is_empty() { "-" } else { text }
}

fn scope(scope: &LockScope) -> String {
    match scope {
        LockScope::Environment { environment } => format!("environment {environment}"),
        LockScope::Team { environment, team } => format!("team {team} in {environment}"),
        LockScope::Application { environment, application } => {
            format!("application {application} in {environment}")
        }
    }
}

fn holds_back(lock: &ListedLock<'_>) -> String {
    let held: Vec<String> = lock
        .holds_back
        .iter()
        .flatten()
        .map(|held| format!("{} {}", held.application, held.version))
        .collect();
    if held.is_empty() { "-".into() } else { held.join(", ") }
}
