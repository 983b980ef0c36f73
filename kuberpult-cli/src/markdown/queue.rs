//! The report of settled queues: what left them and how, and what still waits.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use kuberpult_core::{Context, Decision, EnvironmentName, Event, QueueDropCause, State, Version};

use super::Standing;
use super::blocker::blockers;
use super::code::code;
use crate::text::counted;
use crate::train_outcomes::{applications, version_or_none};

/// What is said of one environment: an item of a list each.
#[derive(Default)]
struct Section {
    deployed: Vec<String>,
    dropped: Vec<String>,
    waiting: Vec<String>,
}

/// The report of queues that were settled, in one environment or in all. The state is the one that it led to.
pub(crate) fn queues(
    context: &Context,
    only: Option<&EnvironmentName>,
    decision: &Decision,
    after: &State,
    standing: &Standing<'_>,
) -> String {
    let sections = sections(context, only, decision, after);
    let place = only.map_or("all environments".into(), code);
    let mut text = format!("# Queues of {place}\n\n{}", standing.paragraph(context));
    let count = |items: fn(&Section) -> &Vec<String>| -> usize {
        sections.values().map(|section| items(section).len()).sum()
    };
    let would = if standing.is_prognosis() { "would be " } else { "" };
    let deployed = count(|section| &section.deployed);
    let _ = write!(text, "\n**{deployed} {would}deployed");
    let dropped = count(|section| &section.dropped);
    if dropped > 0 {
        let _ = write!(text, ", {dropped} {would}dropped");
    }
    let _ = writeln!(text, "; {} still waiting.**", counted(count(|section| &section.waiting), "is", "are"));
    for (environment, Section { deployed, dropped, waiting }) in &sections {
        let _ = write!(text, "\n## {}\n", code(environment));
        let title = |would_be: &'static str, was: &'static str| {
            if standing.is_prognosis() { would_be } else { was }
        };
        for (title, items) in [
            (title("Would be deployed", "Deployed from the queue"), deployed),
            (title("Would be dropped", "Dropped, not deployed"), dropped),
            ("Still waiting", waiting),
        ] {
            if !items.is_empty() {
                let _ = write!(text, "\n### {title}: {}\n\n{}", applications(items.len()), items.concat());
            }
        }
    }
    text
}

fn sections<'a>(
    context: &Context,
    only: Option<&EnvironmentName>,
    decision: &'a Decision,
    after: &'a State,
) -> BTreeMap<&'a EnvironmentName, Section> {
    let mut sections: BTreeMap<&EnvironmentName, Section> = BTreeMap::new();
    for event in decision.events() {
        match event {
            Event::Deployed { environment, application, version, from, .. } => {
                let item = format!("- {} {} -> {version}\n", code(application), version_or_none(*from));
                sections.entry(environment).or_default().deployed.push(item);
            }
            Event::QueueDropped { environment, application, version, cause } => {
                let item = format!("- {} {version}{}\n", code(application), because(*cause));
                sections.entry(environment).or_default().dropped.push(item);
            }
            _ => {}
        }
    }
    let asked = after.environments.iter().filter(|(name, _)| only.is_none_or(|only| only == *name));
    for (name, environment) in asked {
        for (application, slot) in &environment.slots {
            let Some(version) = slot.queued else { continue };
            let behind = after.blockers(context.now, name, application);
            let item = still_waiting(&code(application), slot.current, version, &blockers(&behind, "  "));
            sections.entry(name).or_default().waiting.push(item);
        }
    }
    sections
}

fn still_waiting(application: &str, current: Option<Version>, version: Version, behind: &str) -> String {
    let versions = format!("- {application} {} -> {version}", version_or_none(current));
    if behind.is_empty() {
        format!("{versions}: nothing holds it back, but the environment's config says `keep`\n")
    } else {
        format!("{versions} behind:\n{behind}")
    }
}

fn because(cause: QueueDropCause) -> &'static str {
    match cause {
        QueueDropCause::AlreadyDeployed => ": it is deployed already",
        QueueDropCause::OnUnlock => ": the environment's config says so",
        QueueDropCause::ReleaseGone => ": its release is gone",
        QueueDropCause::Unrecorded => "",
    }
}
