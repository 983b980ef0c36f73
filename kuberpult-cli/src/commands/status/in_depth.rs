//! One application: each environment by itself, with when and by whom.

use anstyle::Style;
use kuberpult_core::{
    Actor, Application, ApplicationCause, ApplicationName, Context, EnvironmentCause, NextTrain, Outcome,
    Placed, Time, TrainUpstream, Why,
};
use kuberpult_git::{ManifestRepo, WhyError};

use super::overview::{Cell, Overview, Row};
use crate::exit::Failure;
use crate::promotion::Promoted;
use crate::screen::{self, BEHIND, HEADING, HELD_BACK, Styled, WAITING};
use crate::text::counted;

/// What lines that belong to an environment begin with, and what their second lines do.
const INDENT: &str = "  ";
const SECOND_INDENT: &str = "      ";

/// What there is to say about an application in each environment that is shown; none where there is nothing, because it has
/// no release.
pub(super) fn whys(
    repo: &ManifestRepo,
    overview: &Overview<'_>,
    application: &ApplicationName,
) -> Result<Vec<Option<Why>>, Failure> {
    let context = Context::new(overview.now, Actor::new("", ""));
    let why = |shown: &Promoted<'_>| match repo.why(&context, shown.stage.name, application, None) {
        Ok(why) => Ok(Some(why)),
        Err(WhyError::Rejected(_)) => Ok(None),
        Err(error) => Err(error.into()),
    };
    overview.environments.iter().map(why).collect()
}

/// All that there is to say.
pub(super) fn text(overview: &Overview<'_>, whys: &[Option<Why>], width: Option<usize>) -> String {
    let mut text = String::new();
    for row in &overview.rows {
        text.push_str(&heading(overview, row));
        for ((shown, cell), why) in overview.environments.iter().zip(&row.cells).zip(whys) {
            text.push('\n');
            text.push_str(&of_environment(shown, cell, why.as_ref(), width));
        }
    }
    text
}

/// `cart, team shop, newest release 3`
fn heading(overview: &Overview<'_>, row: &Row<'_>) -> String {
    let newest = overview.state.applications.get(row.application).and_then(Application::newest);
    let team = row.team.map_or_else(|| "no team".into(), |team| format!("team {team}"));
    let newest = newest.map_or_else(|| "no release".into(), |newest| format!("newest release {newest}"));
    let mut heading = Styled::new(row.application.as_str(), HEADING);
    heading.push(&format!(", {team}, {newest}"), Style::new());
    format!("{}\n", heading.painted())
}

fn of_environment(shown: &Promoted<'_>, cell: &Cell<'_>, why: Option<&Why>, width: Option<usize>) -> String {
    let upstream = shown.stage.upstream.as_ref();
    let mut heading = Styled::new(shown.stage.name.as_str(), HEADING);
    heading.push(&upstream.map_or_else(String::new, |upstream| format!(" <- {upstream}")), Style::new());
    let mut lines = Lines { text: format!("{}\n", heading.painted()), width };
    let standing = &cell.standing;
    match standing.current {
        None => lines.add("not deployed", "", Style::new()),
        Some(current) => {
            let undeploy = if cell.undeploy { ", an undeploy release: nothing runs" } else { "" };
            let placed = placed(", deployed", why.and_then(|why| why.current.as_ref()));
            lines.add(&format!("version {current}"), &format!("{undeploy}{placed}"), Style::new());
        }
    }
    if let Some(queued) = standing.queued {
        let placed = placed(", since", why.and_then(|why| why.queued.as_ref()));
        lines.add("queued:", &format!(" version {queued}{placed}"), WAITING);
    }
    if let (Some(upstream), Some(version)) = (upstream, standing.upstream) {
        let has = match upstream {
            TrainUpstream::Latest => format!(": the newest release is version {version}"),
            TrainUpstream::Environment(upstream) => format!(": {upstream} has version {version}"),
        };
        if standing.behind > 0 {
            lines.add(&counted(standing.behind, "release behind", "releases behind"), &has, BEHIND);
        }
        if standing.ahead > 0 {
            lines.add(&counted(standing.ahead, "release ahead", "releases ahead"), &has, BEHIND);
        }
    }
    for blocker in shown.blocking.environment_level().iter().chain(&cell.own) {
        lines.add("held back", &format!(" by {blocker}"), HELD_BACK);
    }
    if let Some(why) = why {
        lines.add("next train:", &format!(" {}", train(&why.next_train)), Style::new());
    }
    lines.text
}

/// The lines of one environment.
struct Lines {
    text: String,
    width: Option<usize>,
}

impl Lines {
    /// Adds a line that begins with a few words in a style.
    fn add(&mut self, words: &str, rest: &str, style: Style) {
        let wrapped = screen::wrapped(&format!("{INDENT}{words}{rest}"), self.width, SECOND_INDENT);
        // Wrapping needs the line without colours. It breaks none of the few words before it breaks what follows them.
        let painted = Styled::new(words, style);
        self.text.push_str(&wrapped.replacen(words, painted.painted(), 1));
    }
}

/// `, deployed 2024-05-03T11:37:37Z by Jo <jo@example.com>`, as far as it is known.
fn placed(what: &str, placed: Option<&Placed>) -> String {
    let Some(Placed { at, by, .. }) = placed else { return String::new() };
    // Files say it to the nanosecond, which no person reads.
    let at = at.map(|at| format!(" {}", Time::whole_seconds(at)));
    let by = by.as_ref().map(|by| format!(" by {by}"));
    match (at, by) {
        (None, None) => String::new(),
        (at, by) => format!("{what}{}{}", at.unwrap_or_default(), by.unwrap_or_default()),
    }
}

/// What the next train to an environment would do with the application.
fn train(next: &NextTrain) -> String {
    match (&next.skipped, &next.outcome) {
        (Some(EnvironmentCause::Locked { .. } | EnvironmentCause::Frozen { .. }), would_be) => {
            let would_be = match would_be {
                Some(Outcome::Deployed { to, .. }) => format!("; without that it deploys version {to}"),
                _ => String::new(),
            };
            format!("leaves the environment alone while it is held back{would_be}")
        }
        (Some(cause), _) => format!("none comes here: {cause}"),
        (None, Some(Outcome::Deployed { to, .. })) => format!("deploys version {to}"),
        (None, Some(Outcome::Queued { version, .. })) => format!("queues version {version}"),
        (None, Some(Outcome::Blocked { version, .. })) => format!("leaves version {version} where it is"),
        (None, Some(Outcome::Skipped { cause })) => match cause {
            ApplicationCause::AlreadyDeployed { .. } => "has nothing to do".into(),
            ApplicationCause::NoVersionUpstream => "has nothing to bring".into(),
            ApplicationCause::NotInEnvironment { version } => {
                format!("cannot bring version {version}, which has no manifest for this environment")
            }
        },
        (None, None) => "has nothing to bring".into(),
    }
}
