//! Points in time as people read them, and as programs do.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;
use kuberpult_core::Time;

use super::html::{Html, html};
use crate::text::age;

/// The date and the time on a clock that has the time's own offset.
pub(super) fn clock(time: Time) -> Option<DateTime> {
    let instant = Timestamp::from_second(time.unix_seconds()).ok()?;
    Some(Offset::from_seconds(time.offset_seconds()).ok()?.to_datetime(instant))
}

/// `2024-05-03 11:37 +02:00`
pub(super) fn moment(page: &mut Html, time: Time) {
    let words = clock(time).map(|clock| clock.strftime("%Y-%m-%d %H:%M ").to_string()).unwrap_or_default();
    html!(page, "<time datetime='" (time.whole_seconds()) "'>" (words) (offset(time)) "</time>");
}

/// `Fri 3 May 11:37`
pub(super) fn weekday(page: &mut Html, time: Time) {
    let words = clock(time).map(|clock| clock.strftime("%a %-d %b %H:%M").to_string()).unwrap_or_default();
    html!(page, "<time datetime='" (time.whole_seconds()) "'>" (words) "</time>");
}

/// `+02:00`, or `UTC`
pub(super) fn offset(time: Time) -> String {
    let minutes = time.offset_seconds() / 60;
    if minutes == 0 {
        return "UTC".into();
    }
    let (sign, minutes) = (if minutes < 0 { '-' } else { '+' }, minutes.unsigned_abs());
    format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60)
}

/// How long ago a time was: `3d ago`.
pub(super) fn ago(time: Time, now: Time) -> String {
    let seconds = now.seconds_since(time);
    let ago = if seconds < 0 { "" } else { " ago" };
    format!("{}{ago}", age(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_told_with_its_own_offset() {
        let written = |time: &str, write: fn(&mut Html, Time)| {
            let mut page = Html::default();
            write(&mut page, time.parse().unwrap());
            page.finish()
        };
        let moments =
            ["2024-05-03T23:37:37.25-03:30", "2024-05-03T09:07:00Z"].map(|time| written(time, moment));
        let expected = [
            "<time datetime='2024-05-03T23:37:37-03:30'>2024-05-03 23:37 -03:30</time>",
            "<time datetime='2024-05-03T09:07:00Z'>2024-05-03 09:07 UTC</time>",
        ];
        assert_eq!(moments, expected);
        let day = written("2024-05-03T23:37:37+02:00", weekday);
        assert_eq!(
            ago("2024-05-03T11:00:00Z".parse().unwrap(), "2024-05-03T12:59:00+02:00".parse().unwrap()),
            "in the future"
        );
        assert_eq!(
            ago("2024-05-03T11:00:00Z".parse().unwrap(), "2024-05-03T14:00:00+02:00".parse().unwrap()),
            "60m ago"
        );
        assert_eq!(day, "<time datetime='2024-05-03T23:37:37+02:00'>Fri 3 May 23:37</time>");
    }
}
