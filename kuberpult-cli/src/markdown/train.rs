//! The report of a release train: by environment, and there by outcome.

use std::fmt::Write as _;

use kuberpult_core::{
    Context, Decision, EnvironmentCause, EnvironmentReport, Event, TrainReport, TrainUpstream,
};

use super::Standing;
use super::blocker::blockers;
use super::code::code;
use crate::text::counted;
use crate::train_outcomes::{Deployed, HeldBack, Outcomes, Skipped, applications, version_or_none};

/// The report of a train.
pub(crate) fn train(context: &Context, decision: &Decision, standing: &Standing<'_>) -> String {
    let Some(train) = &decision.report().train else { return String::new() };
    let mut text = format!("# {}\n\n{}", title(train), standing.paragraph(context));
    let would = standing.is_prognosis();
    let _ = write!(text, "\n**{}.**\n", totals(train, would));
    for environment in &train.environments {
        text.push_str(&section(environment, would));
    }
    let is_cleanup = |event: &&Event| matches!(event, Event::ReleaseCleanedUp { .. });
    let cleaned_up = decision.events().iter().filter(is_cleanup).count();
    if cleaned_up > 0 {
        let would = if would { "would be " } else { "" };
        let _ = write!(
            text,
            "\n{} {would}removed as cleanup.\n",
            counted(cleaned_up, "old release", "old releases")
        );
    }
    let notes: String = decision.report().notes.iter().map(|note| format!("- {}\n", code(note))).collect();
    if notes.is_empty() { text } else { format!("{text}\n## Notes\n\n{notes}") }
}

fn title(train: &TrainReport) -> String {
    let mut title = format!("Release train to {}", code(&train.target));
    if let Some(team) = &train.team {
        let _ = write!(title, ", team {}", code(team));
    }
    if let Some(as_of) = &train.as_of {
        let _ = write!(title, ", as of {}", code(as_of));
    }
    title
}

/// How many applications have which outcome, in all environments together.
fn totals(train: &TrainReport, would: bool) -> String {
    let (mut deployed, mut queued, mut blocked, mut skipped, mut environments) = (0, 0, 0, 0, 0);
    for environment in &train.environments {
        if environment.skipped.is_some() {
            environments += 1;
            continue;
        }
        let outcomes = Outcomes::of(&environment.applications);
        deployed += outcomes.deployed.len();
        queued += outcomes.queued.len();
        blocked += outcomes.blocked.len();
        skipped += outcomes.skipped().map(|(_, skipped)| skipped.len()).sum::<usize>();
    }
    let mut text = format!("{deployed} {}deployed", if would { "would be " } else { "" });
    for (count, what) in [(queued, "queued"), (blocked, "blocked and left alone"), (skipped, "skipped")] {
        if count > 0 {
            let _ = write!(text, ", {count} {what}");
        }
    }
    if environments > 0 {
        let _ = write!(text, "; {} skipped", counted(environments, "environment", "environments"));
    }
    text
}

fn section(report: &EnvironmentReport, would: bool) -> String {
    let upstream = match &report.upstream {
        Some(TrainUpstream::Environment(upstream)) => format!(" from {}", code(upstream)),
        Some(TrainUpstream::Latest) => " from the newest releases".into(),
        None => String::new(),
    };
    let mut text = format!("\n## {}{upstream}\n", code(&report.environment));
    if let Some(cause) = &report.skipped {
        let (cause, goes_on) = skipped_environment(cause);
        let _ = write!(text, "\n**Skipped**, {cause}");
        if !goes_on {
            return text;
        }
        text.push_str("\nWithout that:\n");
    }
    if report.applications.is_empty() {
        text.push_str("\nNo application is a candidate.\n");
    }
    let outcomes = Outcomes::of(&report.applications);
    let would = would || report.skipped.is_some();
    group(&mut text, "deployed", would, &outcomes.deployed, deployed);
    group(&mut text, "queued", would, &outcomes.queued, held_back);
    group(&mut text, "blocked and left alone", would, &outcomes.blocked, held_back);
    for (reason, skipped) in outcomes.skipped() {
        let names: Vec<String> = skipped.iter().map(name_and_version).collect();
        let count = applications(names.len());
        let _ = write!(text, "\n### Skipped, {reason}: {count}\n\n{}\n", names.join(", "));
    }
    text
}

/// Why an environment is skipped, and whether there is more to say: what would be without that.
fn skipped_environment(cause: &EnvironmentCause) -> (String, bool) {
    let because = |cause: String| (format!("because {cause}.\n"), false);
    match cause {
        EnvironmentCause::NoUpstream
        | EnvironmentCause::NeitherLatestNorEnvironment
        | EnvironmentCause::BothLatestAndEnvironment => because(cause.to_string()),
        EnvironmentCause::UpstreamNotFound { upstream } => {
            because(format!("its upstream {} does not exist", code(upstream)))
        }
        EnvironmentCause::UpstreamCycle { cycle } => {
            let cycle: Vec<String> = cycle.iter().chain(cycle.first()).map(code).collect();
            because(format!("its upstreams form a cycle: {}", cycle.join(" from ")))
        }
        EnvironmentCause::Locked { blockers } | EnvironmentCause::Frozen { blockers } => {
            (format!("held back by:\n\n{}", super::blocker::blockers(blockers, "")), true)
        }
    }
}

fn group<T>(text: &mut String, outcome: &str, would: bool, members: &[T], item: fn(&T) -> String) {
    if members.is_empty() {
        return;
    }
    let title = match (would, outcome.split_at_checked(1)) {
        (false, Some((first, rest))) => format!("{}{rest}", first.to_uppercase()),
        _ => format!("Would be {outcome}"),
    };
    let items: String = members.iter().map(item).collect();
    let _ = write!(text, "\n### {title}: {}\n\n{items}", applications(members.len()));
}

fn deployed(Deployed { application, from, to, dropped }: &Deployed<'_>) -> String {
    let dropped = dropped.map(|dropped| format!(", and **{dropped} leaves its queue undeployed**"));
    let (application, from) = (code(application), version_or_none(*from));
    format!("- {application} {from} -> {to}{}\n", dropped.unwrap_or_default())
}

fn held_back(HeldBack { application, version, displaced, blockers: behind }: &HeldBack<'_>) -> String {
    let displaced = displaced.map(|displaced| format!(" **in place of {displaced}, which waited before**,"));
    let (application, displaced) = (code(application), displaced.unwrap_or_default());
    format!("- {application} {version}{displaced} behind:\n{}", blockers(behind, "  "))
}

fn name_and_version(Skipped { application, version }: &Skipped<'_>) -> String {
    let version = version.map(|version| format!(" {version}"));
    format!("{}{}", code(application), version.unwrap_or_default())
}
