use alloc::string::{String, ToString as _};

use super::*;
use crate::Time;

fn window(schedule: &str, duration: &str, zone: &str) -> FreezeWindow {
    let mut window =
        FreezeWindow::new(FreezeKind::Deny, schedule.parse().unwrap(), duration.parse().unwrap());
    window.time_zone = Some(zone.parse().unwrap());
    window
}

/// `since until`, `since -` when no end is in sight, or `closed`.
fn opening(window: &FreezeWindow, now: &str) -> String {
    let now: Time = now.parse().unwrap();
    let Some(opening) = window.opening_at(now) else { return "closed".into() };
    let until = opening.until.map_or("-".into(), |until| until.to_string());
    alloc::format!("{} {until}", opening.since)
}

fn next(window: &FreezeWindow, now: &str) -> String {
    window.next_opening(now.parse().unwrap()).unwrap().to_string()
}

#[test]
fn intervals_are_half_open() {
    let window = window("0 9 * * *", "2h", "UTC");
    let day = "2024-05-03T09:00:00Z 2024-05-03T11:00:00Z";
    for (now, expected) in [
        ("2024-05-03T08:59:59.999999999Z", "closed"),
        ("2024-05-03T09:00:00Z", day),
        ("2024-05-03T13:00:00+02:00", "closed"),
        ("2024-05-03T10:59:59.999999999Z", day),
        ("2024-05-03T11:00:00Z", "closed"),
    ] {
        assert_eq!(opening(&window, now), expected, "{now}");
    }
    assert_eq!(next(&window, "2024-05-03T08:59:59.9Z"), "2024-05-03T09:00:00Z");
    assert_eq!(next(&window, "2024-05-03T09:00:00Z"), "2024-05-04T09:00:00Z");
}

#[test]
fn a_start_in_a_gap_counts_at_the_first_instant_after_it() {
    let berlin = window("30 2 * * *", "1h", "Europe/Berlin");
    assert_eq!(next(&berlin, "2024-03-31T00:00:00Z"), "2024-03-31T03:00:00+02:00");
    assert_eq!(opening(&berlin, "2024-03-31T00:59:59Z"), "closed");
    assert_eq!(
        opening(&berlin, "2024-03-31T01:00:00Z"),
        "2024-03-31T03:00:00+02:00 2024-03-31T04:00:00+02:00"
    );
    // several starts in the gap are one
    let often = window("*/10 2 * * *", "5m", "Europe/Berlin");
    assert_eq!(next(&often, "2024-03-31T00:59:00Z"), "2024-03-31T03:00:00+02:00");
    assert_eq!(next(&often, "2024-03-31T01:00:00Z"), "2024-04-01T02:00:00+02:00");
}

#[test]
fn a_day_that_is_skipped_begins_at_the_next() {
    let apia = window("0 9 30 12 *", "2h", "Pacific/Apia");
    assert_eq!(next(&apia, "2011-12-30T00:00:00Z"), "2011-12-31T00:00:00+14:00");
    assert_eq!(opening(&apia, "2011-12-30T11:00:00Z"), "2011-12-31T00:00:00+14:00 2011-12-31T02:00:00+14:00");
}

#[test]
fn of_a_time_that_comes_twice_the_first_counts() {
    let berlin = window("*/20 2 * * *", "10m", "Europe/Berlin");
    assert_eq!(
        opening(&berlin, "2024-10-27T02:45:00+02:00"),
        "2024-10-27T02:40:00+02:00 2024-10-27T02:50:00+02:00"
    );
    for second in ["02:00:00", "02:05:00", "02:20:00", "02:45:00"] {
        let now = alloc::format!("2024-10-27T{second}+01:00");
        assert_eq!(opening(&berlin, &now), "closed", "{now}");
        assert_eq!(next(&berlin, &now), "2024-10-28T02:00:00+01:00");
    }
}

#[test]
fn a_duration_is_elapsed_time() {
    let berlin = window("0 0 * * *", "4h", "Europe/Berlin");
    assert_eq!(
        opening(&berlin, "2024-03-31T00:00:00Z"),
        "2024-03-31T00:00:00+01:00 2024-03-31T05:00:00+02:00"
    );
    assert_eq!(
        opening(&berlin, "2024-10-27T00:00:00Z"),
        "2024-10-27T00:00:00+02:00 2024-10-27T03:00:00+01:00"
    );
}

#[test]
fn intervals_that_touch_are_one_opening() {
    let weekdays = window("0 0 * * mon-fri", "24h", "UTC");
    assert_eq!(opening(&weekdays, "2024-05-01T12:00:00Z"), "2024-05-01T00:00:00Z 2024-05-04T00:00:00Z");
    let each_minute_of_december = window("* * * dec *", "1m", "UTC");
    assert_eq!(
        opening(&each_minute_of_december, "2024-12-01T12:00:30Z"),
        "2024-12-01T12:00:00Z 2025-01-01T00:00:00Z"
    );
    let a_minute_apart = window("0 * * * *", "59m", "UTC");
    assert_eq!(opening(&a_minute_apart, "2024-05-01T12:00:00Z"), "2024-05-01T12:00:00Z 2024-05-01T12:59:00Z");
    let overlapping = window("0 */6 1 * *", "7h", "UTC");
    assert_eq!(opening(&overlapping, "2024-05-01T12:00:00Z"), "2024-05-01T12:00:00Z 2024-05-02T01:00:00Z");
}

#[test]
fn what_never_closes_has_no_end() {
    let utc = window("0 0 * * *", "24h", "UTC");
    assert_eq!(opening(&utc, "2024-05-01T12:00:00Z"), "2024-05-01T00:00:00Z -");
    // in the hour that comes twice nothing starts
    let berlin = window("0 * * * *", "1h", "Europe/Berlin");
    assert_eq!(
        opening(&berlin, "2024-05-01T12:00:00+02:00"),
        "2024-05-01T12:00:00+02:00 2024-10-27T02:00:00+01:00"
    );
    let longer = window("0 * * * *", "2h", "Europe/Berlin");
    assert_eq!(opening(&longer, "2024-05-01T12:00:00+02:00"), "2024-05-01T12:00:00+02:00 -");
    let yearly = window("0 0 1 1 *", "8760h", "UTC");
    assert_eq!(opening(&yearly, "2024-05-01T00:00:00Z"), "2024-01-01T00:00:00Z 2024-12-31T00:00:00Z");
    assert_eq!(opening(&yearly, "2024-12-31T00:00:00Z"), "closed");
}

#[test]
fn the_ends_of_time_are_no_bug() {
    let always = window("* * * * *", "8760h", "Europe/Berlin");
    for now in ["0001-01-01T00:00:00Z", "9999-12-30T22:00:00Z"] {
        assert!(opening(&always, now).ends_with(" -"), "{now}");
    }
    let rare = window("0 0 29 2 *", "1h", "UTC");
    assert_eq!(rare.next_opening("9996-02-29T00:00:00Z".parse().unwrap()), None);
    assert_eq!(opening(&rare, "0001-01-01T00:00:00Z"), "closed");
    // before 1893 Berlin was 53 minutes and 28 seconds ahead of UTC
    let berlin = window("0 9 * * *", "1h", "Europe/Berlin");
    assert_eq!(next(&berlin, "1800-01-01T00:00:00Z"), "1800-01-01T08:06:32Z");
}

#[test]
fn patterns_say_which_applications_it_concerns() {
    let cart: ApplicationName = "cart".parse().unwrap();
    let mut window = window("0 9 * * *", "2h", "UTC");
    for (patterns, names_none, concerns) in [
        (&[][..], true, true),
        (&["c*"], false, true),
        (&["a", "cart"], false, true),
        (&["a", "b*"], false, false),
        (&["a", "*"], true, true),
    ] {
        window.applications = patterns.iter().map(|pattern| pattern.parse().unwrap()).collect();
        assert_eq!(window.names_no_applications(), names_none, "{patterns:?}");
        assert_eq!(window.concerns(&cart), concerns, "{patterns:?}");
    }
}

#[test]
fn a_window_reads_as_a_phrase() {
    let mut window = window("0 9 * * *", "2h", "UTC");
    assert_eq!(window.to_string(), r#"deny window "0 9 * * *" for 2h (UTC)"#);
    window.kind = FreezeKind::Allow;
    window.time_zone = Some("asia/kathmandu".parse().unwrap());
    window.description = "morning\nrush".into();
    assert_eq!(window.to_string(), r#"allow window "0 9 * * *" for 2h (asia/kathmandu): "morning\nrush""#);
}

#[cfg(feature = "serde")]
#[test]
fn a_window_is_written_as_it_was_read() {
    for json in [
        r#"{"kind":"deny","schedule":"0 9 * * *","duration":"2h"}"#,
        r#"{"kind":"allow","schedule":" 0  9 * * MON","duration":"120m","timeZone":"utc","applications":["a*","b"],"description":"x"}"#,
        r#"{"kind":"deny","schedule":"0 9 * * *","duration":"2h","timeZone":"UTC"}"#,
    ] {
        let window: FreezeWindow = serde_json::from_str(json).unwrap();
        assert_eq!(serde_json::to_string(&window).unwrap(), json);
    }
}
