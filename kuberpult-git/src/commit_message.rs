//! The message and the author of a commit, safe against text that wants to be a line, a header or a trailer.

use kuberpult_core::{Actor, Command, Decision, Event, State};

/// Longer subjects are cut; the whole is in the body.
const LONGEST_SUBJECT: usize = 200;

/// The message: what happened in one line, then one line for each event.
///
/// User-given text comes in quotes, with control characters escaped, and never at the start of a line: it can
/// begin neither a line nor a trailer.
pub(crate) fn commit_message(command: &Command, decision: &Decision) -> String {
    let mut message = subject(command, decision);
    message.push_str("\n\n");
    for event in decision.events() {
        message.push_str(&event.to_string());
        message.push('\n');
    }
    message
}

/// The message of a commit that brings a whole state.
pub(crate) fn import_message(state: &State) -> String {
    let (environments, applications) = (state.environments.len(), state.applications.len());
    format!("Imported {environments} environments and {applications} applications\n")
}

fn subject(command: &Command, decision: &Decision) -> String {
    let counted = |wanted: fn(&Event) -> bool| decision.events().iter().filter(|event| wanted(event)).count();
    let subject = match command {
        Command::ReleaseTrain(_) => {
            let deployed = counted(|event| matches!(event, Event::Deployed { .. }));
            let queued = counted(|event| matches!(event, Event::Queued { .. }));
            match queued {
                0 => format!("{command}: {deployed} deployed"),
                _ => format!("{command}: {deployed} deployed, {queued} queued"),
            }
        }
        Command::CreateGroupLock { environment_group, lock_id, .. } => {
            format!("created lock {lock_id:?} on environment group {environment_group:?}")
        }
        Command::DeleteGroupLock { environment_group, lock_id, .. } => {
            format!("deleted lock {lock_id:?} on environment group {environment_group:?}")
        }
        Command::Undeploy { application } => format!("undeployed {application:?}"),
        Command::SettleQueue { .. } | Command::Batch { .. } => command.to_string(),
        Command::CreateEnvironment { .. }
        | Command::UpdateEnvironment { .. }
        | Command::DeleteEnvironment { .. }
        | Command::PrepareUndeploy { .. }
        | Command::RemoveFromEnvironment { .. }
        | Command::CreateRelease(_)
        | Command::Deploy(_)
        | Command::CreateEnvironmentLock { .. }
        | Command::CreateApplicationLock { .. }
        | Command::CreateTeamLock { .. }
        | Command::DeleteEnvironmentLock { .. }
        | Command::DeleteApplicationLock { .. }
        | Command::DeleteTeamLock { .. } => {
            decision.events().first().map_or_else(|| command.to_string(), ToString::to_string)
        }
    };
    let mut characters = subject.chars();
    let capitalised: String =
        characters.next().into_iter().flat_map(char::to_uppercase).chain(characters).collect();
    match capitalised.char_indices().nth(LONGEST_SUBJECT) {
        Some((cut, _)) => format!("{} ...", capitalised.get(..cut).unwrap_or_default()),
        None => capitalised,
    }
}

/// An actor as the header of a commit can hold it: without the characters that end a name, an address or a line.
pub(crate) fn header_identity(actor: &Actor) -> (String, String) {
    let clean = |text: &str| {
        let replaced: String =
            text.chars().map(|c| if c.is_control() || c == '<' || c == '>' { ' ' } else { c }).collect();
        replaced.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let (name, email) = (clean(&actor.name), clean(&actor.email));
    // git fsck takes an empty name for a missing one.
    let name = if name.is_empty() { "unknown".to_owned() } else { name };
    (name, email)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_names_cannot_end_a_header() {
        let hostile = Actor::new("Eve <eve@x>\nparent 0000\0", "a@b>\r\ncommitter Eve <c@d");
        assert_eq!(
            header_identity(&hostile),
            ("Eve eve@x parent 0000".to_owned(), "a@b committer Eve c@d".to_owned())
        );
        assert_eq!(header_identity(&Actor::new(" \n", "")), ("unknown".to_owned(), String::new()));
    }
}
