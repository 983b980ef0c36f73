//! The coming days as a strip, for the eye. What it shows is told by the list below it, too.

use jiff::Timestamp;
use jiff::tz::Offset;
use kuberpult_core::{EnvironmentName, FreezeKind, State, Time};

use super::openings::{Calendar, DAY};
use crate::freezes::freezes;
use crate::report::html::{Html, html};

/// What waits in a stretch of time.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Waits {
    Nothing,
    Some,
    All,
}

pub(super) fn write(
    page: &mut Html,
    state: &State,
    environment: &EnvironmentName,
    calendar: &Calendar<'_>,
    now: Time,
) {
    let minutes = |seconds: i64| (seconds - calendar.begin) / 60;
    html!(page, "<div class=strip aria-hidden=true>\n<svg viewBox='0 0 " (minutes(calendar.end)) " 100' preserveAspectRatio=none>");
    for (since, until, waits) in stretches(state, environment, calendar) {
        match waits {
            Waits::Nothing => continue,
            Waits::Some => html!(page, "<rect class=some y=60 height=40 x='"),
            Waits::All => html!(page, "<rect class=all y=0 height=100 x='"),
        }
        html!(page, (minutes(since)) "' width='" (minutes(until) - minutes(since)) "'/>");
    }
    for day in 1..(calendar.end - calendar.begin) / DAY {
        let x = minutes(calendar.begin + day * DAY);
        html!(page, "<path class=day d='M" (x) " 0V100'/>");
    }
    html!(page, "<path class=now d='M" (minutes(now.unix_seconds())) " 0V100'/></svg>\n<ol>");
    for day in 0..(calendar.end - calendar.begin) / DAY {
        html!(page, "<li>" (day_name(calendar.begin + day * DAY, now)) "</li>");
    }
    html!(page, "</ol>\n</div>\n");
}

/// `Fri 3 May`
fn day_name(midnight: i64, now: Time) -> String {
    let instant = Timestamp::from_second(midnight).ok();
    let clock = Offset::from_seconds(now.offset_seconds()).ok().zip(instant);
    clock
        .map(|(offset, instant)| offset.to_datetime(instant).strftime("%a %-d %b").to_string())
        .unwrap_or_default()
}

/// What waits from when to when, one after the other: it changes only where a window opens or closes.
fn stretches(
    state: &State,
    environment: &EnvironmentName,
    calendar: &Calendar<'_>,
) -> Vec<(i64, i64, Waits)> {
    let ends = calendar.open.iter().flat_map(|open| [Some(open.since), open.until]).flatten();
    let ends = ends.map(Time::unix_seconds).filter(|end| (calendar.begin..calendar.end).contains(end));
    let mut ends: Vec<i64> = ends.chain([calendar.begin, calendar.end]).collect();
    ends.sort_unstable();
    ends.dedup();
    let mut stretches: Vec<(i64, i64, Waits)> = Vec::new();
    for (since, until) in ends.iter().zip(ends.iter().skip(1)) {
        let waits = waits(state, environment, calendar, *since);
        match stretches.last_mut() {
            Some((_, end, before)) if *before == waits => *end = *until,
            _ => stretches.push((*since, *until, waits)),
        }
    }
    stretches
}

fn waits(state: &State, environment: &EnvironmentName, calendar: &Calendar<'_>, at: i64) -> Waits {
    let all = Time::from_unix(at).is_some_and(|time| !freezes(state, time, environment).is_empty());
    let some = calendar.open.iter().any(|open| {
        let is_open =
            open.since.unix_seconds() <= at && open.until.is_none_or(|until| at < until.unix_seconds());
        open.window.kind == FreezeKind::Deny && is_open
    });
    match (all, some) {
        (true, _) => Waits::All,
        (false, true) => Waits::Some,
        (false, false) => Waits::Nothing,
    }
}
