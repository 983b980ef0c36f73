//! When a freeze window is open, and when it opens next.

use jiff::{SignedDuration, Timestamp};

use crate::{FreezeWindow, Time, Zone};

/// A stretch of time in which a freeze window is open.
///
/// The times have the UTC offsets that the window's time zone has then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
pub struct Opening {
    /// When the window last began to be open: where intervals of the window overlap, the start of the latest.
    pub since: Time,
    /// The first instant at which it is closed, intervals that overlap or touch taken together. None when no end
    /// is in sight: it stays open for at least 366 days.
    pub until: Option<Time>,
}

/// How far ahead the end of an opening is looked for. More than the longest duration.
const SIGHT: SignedDuration = SignedDuration::from_hours(366 * 24);

/// A start of the window, and the first instant after its interval.
#[derive(Clone, Copy)]
struct Interval {
    start: Timestamp,
    end: Timestamp,
}

impl FreezeWindow {
    /// The opening that an instant lies in; none when the window is closed then.
    #[must_use]
    pub fn opening_at(&self, now: Time) -> Option<Opening> {
        let (zone, instant) = (self.zone(), now.instant());
        let interval = self.latest_interval(&zone, instant)?;
        if interval.end <= instant {
            return None;
        }
        // what began before the first time that there is has begun now
        let since = zone.time(interval.start).unwrap_or(now);
        let sight = instant.checked_add(SIGHT).unwrap_or(Timestamp::MAX);
        let until = self.end_of(&zone, interval, sight).and_then(|until| zone.time(until));
        Some(Opening { since, until })
    }

    /// The first start of an interval after an instant, whether or not the window is open then; none when there is none
    /// in the range of [`Time`].
    #[must_use]
    pub fn next_opening(&self, now: Time) -> Option<Time> {
        let zone = self.zone();
        let next = self.schedule.first_after(zone.clock(now.instant())?)?;
        zone.time(zone.instant(next)?)
    }

    /// The interval with the latest start at or before an instant; none when even the longest would have ended by then.
    fn latest_interval(&self, zone: &Zone, instant: Timestamp) -> Option<Interval> {
        let limit = zone.clock(instant)?;
        let duration = SignedDuration::from_secs(self.duration.seconds().into());
        // a clock is set by a day at most
        let oldest =
            limit.date().checked_sub(duration).ok()?.checked_sub(SignedDuration::from_hours(48)).ok()?;
        let start = zone.instant(self.schedule.last_until(limit, oldest)?)?;
        Some(Interval { start, end: start.checked_add(duration).unwrap_or(Timestamp::MAX) })
    }

    /// The first instant that is in no interval; none when it is not before `sight`.
    fn end_of(&self, zone: &Zone, first: Interval, sight: Timestamp) -> Option<Timestamp> {
        let mut interval = first;
        while interval.end < sight {
            let next = self.latest_interval(zone, self.open_until_at_least(zone, interval).min(sight))?;
            if next.start == interval.start {
                return Some(interval.end);
            }
            interval = next;
        }
        None
    }

    /// An instant up to which the window is open without a break from an interval on: the interval's end, or later.
    ///
    /// Where each day has starts, no pause between them is longer than the duration, and clocks are not set, the
    /// window is open for as long as that lasts; so its intervals need not be looked at one by one.
    fn open_until_at_least(&self, zone: &Zone, interval: Interval) -> Timestamp {
        if self.schedule.longest_pause() > self.duration.seconds() / 60 {
            return interval.end;
        }
        let clocks_set = zone.next_change(interval.start).unwrap_or(Timestamp::MAX);
        let day_off = zone
            .clock(interval.start)
            .and_then(|start| self.schedule.first_day_off(start.date()))
            .and_then(|day| zone.instant(day.at(0, 0, 0, 0)))
            .unwrap_or(Timestamp::MAX);
        interval.end.max(clocks_set.min(day_off))
    }
}
