//! The message and the author of a commit, safe against text that wants to be a line, a header or a trailer.

use kuberpult_core::{Actor, Command, Decision, Event, State};

use crate::plain_text::is_visible;

/// Longer subjects are cut, after so many characters; more is in the body.
const LONGEST_SUBJECT: usize = 200;

/// Longer lines are cut, after so many characters; the whole is in the files. A message of a megabyte in each of a thousand
/// locks must not make a commit that nobody can read.
const LONGEST_LINE: usize = 2_000;

/// Longer names and addresses are cut, after so many characters; the whole is in the files.
const LONGEST_IDENTITY: usize = 200;

/// The message: what happened in one line, then one line for each event.
///
/// User-given text comes in quotes, with everything escaped that does not show itself, and never at the start of a line:
/// it can begin neither a line nor a trailer, and cannot turn the direction of what is around it.
pub(crate) fn commit_message(command: &Command, decision: &Decision) -> String {
    let mut message = subject(command, decision);
    message.push_str("\n\n");
    for event in decision.events() {
        message.push_str(&cut(event.to_string(), LONGEST_LINE));
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
    cut(capitalised, LONGEST_SUBJECT)
}

/// The text, with dots in place of what is beyond that many characters.
fn cut(mut text: String, longest: usize) -> String {
    if let Some((end, _)) = text.char_indices().nth(longest) {
        text.truncate(end);
        text.push_str(" ...");
    }
    text
}

/// An actor as the header of a commit can hold it: without the characters that end a name, an address or a line, and
/// without those that do not show themselves.
pub(crate) fn header_identity(actor: &Actor) -> (String, String) {
    let clean = |text: &str| {
        let is_plain = |c: char| is_visible(c) && c != '<' && c != '>';
        let replaced: String = text.chars().map(|c| if is_plain(c) { c } else { ' ' }).collect();
        cut(replaced.split_whitespace().collect::<Vec<_>>().join(" "), LONGEST_IDENTITY)
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
        let turned = Actor::new("Eve\u{202e}evE\u{2066}\u{200b}", "eve\u{2028}@x");
        assert_eq!(header_identity(&turned), ("Eve evE".to_owned(), "eve @x".to_owned()));
    }

    #[test]
    fn names_are_kept_as_people_write_them_and_cut_when_nobody_would_read_them() {
        let name = "Zoe\u{308} Nguyễn-O'Brien नमस्ते 日本";
        assert_eq!(header_identity(&Actor::new(name, "")).0, name);
        let (long, _) = header_identity(&Actor::new(&"é".repeat(201), ""));
        assert_eq!(long, format!("{} ...", "é".repeat(200)));
    }
}
