//! What became of a release train, or would: by environment, and there by outcome.

use std::borrow::Cow;

use kuberpult_core::{Blocker, EnvironmentCause, EnvironmentReport, TrainReport};

use crate::exit::Failure;
use crate::output::Output;
use crate::table::line_width;
use crate::text;
use crate::train_outcomes::{Deployed, HeldBack, Outcomes, Skipped, applications, version_or_none};

/// Prints what became of each environment and each candidate.
pub(crate) fn print(train: &TrainReport, output: &mut Output) -> Result<(), Failure> {
    for environment in &train.environments {
        let upstream = environment.upstream.as_ref().map(|upstream| format!(" <- {upstream}"));
        let as_of = train.as_of.as_ref().map(|as_of| format!(" as of {as_of}"));
        let team = train.team.as_ref().map(|team| format!(", team {team}"));
        let [upstream, as_of, team] = [upstream, as_of, team].map(Option::unwrap_or_default);
        output.heading(&format!("{}{upstream}{as_of}{team}", environment.environment))?;
        print_environment(environment, output)?;
    }
    Ok(())
}

fn print_environment(report: &EnvironmentReport, output: &mut Output) -> Result<(), Failure> {
    if let Some(cause) = &report.skipped {
        output.line(&format!("  skipped: {cause}"))?;
        if !matches!(cause, EnvironmentCause::Locked { .. } | EnvironmentCause::Frozen { .. }) {
            return Ok(());
        }
        output.line("  without that, it would be:")?;
    }
    if report.applications.is_empty() {
        return output.line("  no application is a candidate");
    }
    let outcomes = Outcomes::of(&report.applications);
    let deployed = outcomes.deployed.iter().map(deployed).collect();
    let [queued, blocked] =
        [&outcomes.queued, &outcomes.blocked].map(|held| held.iter().map(held_back).collect());
    let one_each: [(_, Vec<String>); 3] =
        [("deployed", deployed), ("queued", queued), ("blocked, left alone", blocked)];
    for (outcome, lines) in one_each {
        if !lines.is_empty() {
            output.line(&format!("  {outcome}: {}", applications(lines.len())))?;
            for line in lines {
                output.line(&format!("    {line}"))?;
            }
        }
    }
    for (reason, skipped) in outcomes.skipped() {
        output.line(&format!("  skipped, {reason}: {}", applications(skipped.len())))?;
        output.data(&text::wrapped(skipped.iter().map(name_and_version), line_width(), "    "))?;
    }
    Ok(())
}

fn deployed(Deployed { application, from, to, dropped }: &Deployed<'_>) -> String {
    let dropped = dropped.map(|dropped| format!(", and {dropped} leaves its queue undeployed"));
    format!("{application} {} -> {to}{}", version_or_none(*from), dropped.unwrap_or_default())
}

fn held_back(HeldBack { application, version, displaced, blockers }: &HeldBack<'_>) -> String {
    let displaced = displaced.map(|displaced| format!(" in place of {displaced}"));
    let behind: Vec<String> = blockers.iter().map(Blocker::to_string).collect();
    format!("{application} {version}{} behind {}", displaced.unwrap_or_default(), behind.join("; "))
}

fn name_and_version<'a>(Skipped { application, version }: &'a Skipped<'_>) -> Cow<'a, str> {
    match version {
        Some(version) => text::one_line(&format!("{application} {version}")).into_owned().into(),
        None => text::one_line(application.as_str()),
    }
}
