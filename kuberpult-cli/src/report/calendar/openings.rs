//! When the freeze windows of an environment are open, in a few days.

use kuberpult_core::{EnvironmentConfig, FreezeWindow, Opening, Time};

use crate::report::instant::clock;

pub(super) const DAY: i64 = 86_400;

/// How often one window opens at most before nobody looks any further: one that opens every minute does so ten thousand times a
/// week.
const MOST: usize = 400;

/// A few days, and when windows are open in them.
pub(super) struct Calendar<'a> {
    /// Midnight before the first day, in seconds since 1970.
    pub(super) begin: i64,
    /// Midnight after the last.
    pub(super) end: i64,
    /// By their beginnings.
    pub(super) open: Vec<Open<'a>>,
    /// Whether these are all.
    pub(super) is_whole: bool,
}

/// A stretch of time in which a window is open.
pub(super) struct Open<'a> {
    pub(super) window: &'a FreezeWindow,
    pub(super) since: Time,
    /// None if no end is in sight.
    pub(super) until: Option<Time>,
}

impl<'a> Calendar<'a> {
    /// The day of `now`, by the clock of its offset, and those that follow; none where calendars end.
    pub(super) fn new(config: &'a EnvironmentConfig, now: Time, days: u8) -> Option<Self> {
        let of_day = clock(now)?.time().duration_since(jiff::civil::Time::midnight()).as_secs();
        let begin = now.unix_seconds() - of_day;
        let end = begin + i64::from(days) * DAY;
        let mut calendar = Self { begin, end, open: Vec::new(), is_whole: true };
        for window in &config.freeze_windows {
            calendar.add(window, Time::from_unix(begin)?);
        }
        calendar.open.sort_by_key(|open| open.since.unix_seconds());
        Some(calendar)
    }

    fn add(&mut self, window: &'a FreezeWindow, begin: Time) {
        let mut next = match window.opening_at(begin) {
            Some(opening) => Some((opening.since, opening)),
            None => after(window, begin),
        };
        for _ in 0..MOST {
            let Some((since, Opening { until, .. })) =
                next.filter(|(since, _)| since.unix_seconds() < self.end)
            else {
                return;
            };
            self.open.push(Open { window, since, until });
            next = until.and_then(|until| after(window, until));
        }
        self.is_whole &= next.is_none_or(|(since, _)| since.unix_seconds() >= self.end);
    }
}

/// The next opening after a time at which a window is closed.
fn after(window: &FreezeWindow, time: Time) -> Option<(Time, Opening)> {
    let since = window.next_opening(time)?;
    Some((since, window.opening_at(since)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use kuberpult_core::FreezeKind;

    fn calendar(schedule: &str, duration: &str, zone: &str, now: &str) -> (Vec<String>, bool) {
        let mut config = EnvironmentConfig::default();
        let mut window =
            FreezeWindow::new(FreezeKind::Deny, schedule.parse().unwrap(), duration.parse().unwrap());
        window.time_zone = Some(zone.parse().unwrap());
        config.freeze_windows.push(window);
        let calendar = Calendar::new(&config, now.parse().unwrap(), 3).unwrap();
        let words = |open: &Open<'_>| {
            format!("{} {}", open.since, open.until.map_or("-".into(), |until| until.to_string()))
        };
        (calendar.open.iter().map(words).collect(), calendar.is_whole)
    }

    #[test]
    fn each_opening_of_the_days_is_there_once() {
        // Clocks are set forward in the night to Sunday.
        let (open, is_whole) = calendar("0 22 * * *", "8h", "Europe/Berlin", "2024-03-30T09:00:00+01:00");
        let expected = [
            "2024-03-29T22:00:00+01:00 2024-03-30T06:00:00+01:00",
            "2024-03-30T22:00:00+01:00 2024-03-31T07:00:00+02:00",
            "2024-03-31T22:00:00+02:00 2024-04-01T06:00:00+02:00",
            "2024-04-01T22:00:00+02:00 2024-04-02T06:00:00+02:00",
        ];
        assert_eq!(open, expected);
        assert!(is_whole);
    }

    #[test]
    fn what_has_no_end_or_no_pause_is_no_trap() {
        let (open, is_whole) = calendar("* * * * *", "1h", "UTC", "2024-03-30T09:00:00Z");
        assert_eq!((open, is_whole), (vec!["2024-03-30T00:00:00Z -".to_owned()], true));
        let (open, is_whole) = calendar("* * * * *", "30s", "UTC", "2024-03-30T09:00:00Z");
        assert_eq!((open.len(), is_whole), (MOST, false));
        assert_eq!(calendar("0 0 29 2 *", "1h", "UTC", "2024-03-30T09:00:00Z").0, Vec::<String>::new());
    }
}
