//! `kuberpult log`

use std::cell::{Cell, RefCell};

use jiff::civil::Date;
use jiff::tz::TimeZone;
use kuberpult_core::{ApplicationName, EnvironmentName, Event, Time};
use kuberpult_git::{HistoryEntry, HistoryFilter, ManifestRepo, ReadError};
use serde::ser::{Error as _, SerializeSeq as _};
use serde::{Serialize, Serializer};

use super::Session;
use crate::context::local;
use crate::exit::Failure;
use crate::json::LogEntry;
use crate::text;
use crate::unknown_name::{Named, UnknownName};

/// How much of a commit's id is shown to people.
pub(crate) const SHORT_ID: usize = 10;

/// Which part of the history is shown.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Log {
    /// Only what happened to this application: releases, deployments, queues, locks on it
    #[arg(long, value_name = "APP", value_parser = ApplicationName::existing)]
    app: Option<ApplicationName>,
    /// Only what happened in this environment
    #[arg(short, long, value_name = "ENV", value_parser = EnvironmentName::existing)]
    environment: Option<EnvironmentName>,
    /// No more than the newest so many commits [default: all]
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
    /// Only at this time or later; a date is its midnight, in local time
    #[arg(long, value_name = "TIME", value_parser = moment)]
    since: Option<Time>,
    /// Only before this time; a date is its midnight, in local time
    #[arg(long, value_name = "TIME", value_parser = moment)]
    until: Option<Time>,
}

const EXAMPLES: &str = "\
Examples:
  kuberpult log --limit 10                what happened last
  kuberpult log --app cart -e production  when which version came there
  kuberpult log --since 2024-05-01 --until 2024-06-01
                                          what happened in May
  kuberpult log -e staging --since 2024-05-03T09:00:00Z";

impl Log {
    pub(crate) fn run(&self, session: &mut Session<'_>) -> Result<(), Failure> {
        let repo = session.open()?;
        let mut filter = HistoryFilter::default();
        filter.application.clone_from(&self.app);
        filter.environment.clone_from(&self.environment);
        (filter.since, filter.until) = (self.since, self.until);
        let mut history = repo.history(&filter)?.take(self.limit.unwrap_or(usize::MAX));
        if session.output.is_json() {
            let log =
                JsonLog { entries: Entries { history: RefCell::new(history), failed: Cell::new(None) } };
            let printed = session.output.streamed_document("Log", &log);
            return match log.entries.failed.into_inner() {
                Some(error) => Err(error.into()),
                None => printed,
            };
        }
        let mut is_empty = true;
        loop {
            let reading = session.output.progress.begin("reading history");
            let entry = history.next();
            drop(reading);
            let Some(entry) = entry else { break };
            session.output.data(&lines(&entry?))?;
            is_empty = false;
        }
        if is_empty && self.limit != Some(0) {
            session.output.remark("nothing happened that was asked for");
            self.note_unknown(session, &repo);
        }
        Ok(())
    }

    /// Says which names nobody knows now. History knows what is gone, so they are no errors.
    fn note_unknown(&self, session: &mut Session<'_>, repo: &ManifestRepo) {
        // What cannot be read now is no reason to fail: what was asked for has been answered.
        let Ok(state) = repo.state() else { return };
        if let Some(app) = self.app.as_ref().filter(|app| !state.applications.contains_key(*app)) {
            let known = state.applications.keys().map(ApplicationName::as_str);
            session.output.note(&UnknownName::new(Named::Application, app.as_str(), known).to_string());
        }
        let environment = self.environment.as_ref();
        if let Some(environment) = environment.filter(|name| !state.environments.contains_key(*name)) {
            let known = state.environments.keys().map(EnvironmentName::as_str);
            session
                .output
                .note(&UnknownName::new(Named::Environment, environment.as_str(), known).to_string());
        }
    }
}

/// A time; or the first instant of a day, in local time.
fn moment(typed: &str) -> Result<Time, String> {
    if let Ok(time) = typed.parse() {
        return Ok(time);
    }
    let midnight = || {
        // A date may be longer, and then says more than a day.
        let date: Date = typed.parse().ok().filter(|date: &Date| date.to_string() == typed)?;
        local(&date.to_zoned(TimeZone::system()).ok()?)
    };
    midnight().ok_or_else(|| {
        "expected RFC 3339 with an offset, such as `2024-05-03T11:37:37+02:00`, or a date, such as `2024-05-03`"
            .into()
    })
}

/// One line for the commit, and one for each event that its subject does not say.
fn lines(entry: &HistoryEntry) -> String {
    let at = entry.at.map_or_else(|| "-".into(), |at| at.to_string());
    let commit: String = entry.commit.to_string().chars().take(SHORT_ID).collect();
    let head = format!("{at} {commit} {}: {}", entry.author.name, entry.subject);
    let mut lines = format!("{}\n", text::one_line(&head));
    let told = entry.events.iter().filter(|event| !says(&entry.subject, event)).map(ToString::to_string);
    for line in told.chain(entry.gaps.iter().map(ToString::to_string)) {
        lines.push_str(&format!("  {}\n", text::one_line(&line)));
    }
    lines
}

/// Whether a subject is an event's line with a capital letter. Of a deployment it may say more: history does not know
/// the cause.
pub(crate) fn says(subject: &str, event: &Event) -> bool {
    let line = event.to_string();
    let (what, details) = match event {
        Event::Deployed { environment, application, version, .. } => {
            let what = format!("deployed version {version} of {application:?} to {environment:?}");
            let details = line.strip_prefix(&what).unwrap_or_default().to_owned();
            (what, Some(details))
        }
        _ => (line, None),
    };
    let mut characters = subject.chars();
    let uncapitalised: String =
        characters.next().into_iter().flat_map(char::to_lowercase).chain(characters).collect();
    match (uncapitalised.strip_prefix(&what), details) {
        (None, _) => false,
        (Some(more), None) => more.is_empty(),
        (Some(more), Some(details)) => more.contains(&details),
    }
}

/// Kind `Log`, whose entries are read while they are printed.
#[derive(Serialize)]
#[serde(bound = "")]
struct JsonLog<I: Iterator<Item = Result<HistoryEntry, ReadError>>> {
    entries: Entries<I>,
}

struct Entries<I> {
    history: RefCell<I>,
    /// What ended it early.
    failed: Cell<Option<ReadError>>,
}

impl<I: Iterator<Item = Result<HistoryEntry, ReadError>>> Serialize for Entries<I> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut entries = serializer.serialize_seq(None)?;
        for entry in self.history.borrow_mut().by_ref() {
            match entry {
                Ok(entry) => entries.serialize_element(&LogEntry::of(&entry))?,
                Err(error) => {
                    let failed = S::Error::custom(&error);
                    self.failed.set(Some(error));
                    return Err(failed);
                }
            }
        }
        entries.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kuberpult_core::DeploymentCause;

    #[test]
    fn a_subject_says_an_event_in_its_own_words() {
        let event = Event::Deployed {
            environment: "staging".parse().unwrap(),
            application: "cart".parse().unwrap(),
            version: "2".parse().unwrap(),
            from: Some("1".parse().unwrap()),
            dequeued: None,
            manifest: None,
            cause: DeploymentCause::Unrecorded,
        };
        assert!(says(r#"Deployed version 2 of "cart" to "staging", was 1"#, &event));
        assert!(says(r#"Deployed version 2 of "cart" to "staging" manually, was 1: "why""#, &event));
        for other in ["", "D", r#"Deployed version 2 of "cart" to "staging""#, "Deployed"] {
            assert!(!says(other, &event), "{other}");
        }
        let event = Event::ApplicationUndeployed { application: "cart".parse().unwrap() };
        assert!(says(r#"Undeployed "cart""#, &event));
        assert!(!says(r#"Undeployed "cart" again"#, &event));
    }

    #[test]
    fn a_moment_is_a_time_or_a_day() {
        assert_eq!(moment("2024-05-03T11:37:37+02:00").unwrap().to_string(), "2024-05-03T11:37:37+02:00");
        let midnight = moment("2024-05-03").unwrap();
        assert!(midnight.to_string().starts_with("2024-05-03T00:00:00"), "{midnight}");
        for bad in ["", "yesterday", "2024-05-03T11:37:37", "2024-02-30", "20240503", "2024-05-03 "] {
            assert!(moment(bad).unwrap_err().contains("2024-05-03"), "{bad}");
        }
    }
}
