//! [`Zone`]: the time zone whose clock a freeze window goes by.

use alloc::string::{String, ToString as _};
use alloc::sync::Arc;
use core::cmp::Ordering;
use core::hash::{Hash, Hasher};
use core::str::FromStr;

use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, Offset, TimeZone, TimeZoneDatabase};
use jiff::{SignedDuration, Timestamp, ToSpan as _};

use crate::Time;
use crate::text_value::text_value;

/// A time zone by its name in the IANA database, such as `Europe/Berlin`; UTC by default.
///
/// The database is a part of this crate and the system's is not asked, so that one history leads to the same
/// decisions on every machine; a new version of the crate can bring new rules of a zone.
///
/// Names are found without regard to case and kept as they were given; two zones are equal when their texts are. Cheap to
/// clone.
///
/// ```
/// use kuberpult_core::Zone;
/// let zone: Zone = "Europe/Berlin".parse()?;
/// assert_eq!(zone.to_string(), "Europe/Berlin");
/// let error = "Europe/Berln".parse::<Zone>().unwrap_err();
/// assert_eq!(error.to_string(), "unknown time zone `Europe/Berln`; expected an IANA name such as `Europe/Berlin`");
/// # Ok::<(), kuberpult_core::ZoneError>(())
/// ```
#[derive(Clone)]
pub struct Zone {
    text: Arc<str>,
    // INVARIANT: what the text names, and so left out where zones are compared
    zone: TimeZone,
}

text_value!(Zone);

/// Why a text is no time zone: the database has no zone of this name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown time zone `{}`; expected an IANA name such as `Europe/Berlin`", found.escape_debug())]
pub struct ZoneError {
    /// The text as it was given.
    pub found: String,
}

const NANOSECOND: SignedDuration = SignedDuration::from_nanos(1);

impl Zone {
    /// An instant as a clock of the zone shows it, in whole minutes of offset; in UTC where the zone's offset has
    /// seconds, as long ago. None outside of the range of [`Time`].
    pub(crate) fn time(&self, instant: Timestamp) -> Option<Time> {
        Time::from_parts(instant, self.zone.to_offset(instant))
            .or_else(|| Time::from_parts(instant, Offset::UTC))
    }

    /// The first instant at which a time on the clock has come. Where clocks skip it, that is the first instant
    /// after the gap; where they show it twice, the first of the two.
    pub(crate) fn instant(&self, clock: DateTime) -> Option<Timestamp> {
        let ambiguous = self.zone.to_ambiguous_timestamp(clock);
        match ambiguous.offset() {
            AmbiguousOffset::Unambiguous { offset } | AmbiguousOffset::Fold { before: offset, .. } => {
                offset.to_timestamp(clock).ok()
            }
            AmbiguousOffset::Gap { before, after } => {
                // by the offset before the gap that is after it, and the other way round
                let late = before.to_timestamp(clock).ok()?;
                self.last_change(late, after)
            }
        }
    }

    /// The last time on the clock, without seconds, whose [`instant`](Self::instant) is at or before the given one.
    ///
    /// That is what the clock shows, except while clocks show times for the second time: then it is the last minute
    /// before they were set back.
    pub(crate) fn clock(&self, instant: Timestamp) -> Option<DateTime> {
        let offset = self.zone.to_offset(instant);
        let shown = offset.to_datetime(instant);
        let ambiguous = self.zone.to_ambiguous_timestamp(shown);
        let latest = match ambiguous.offset() {
            AmbiguousOffset::Fold { before, after } if offset == after => {
                let set_back = self.last_change(instant, after)?;
                before.to_datetime(set_back).checked_sub(1.nanosecond()).ok()?
            }
            _ => shown,
        };
        latest.with().second(0).subsec_nanosecond(0).build().ok()
    }

    /// The first instant after the given one at which the offset changes.
    pub(crate) fn next_change(&self, instant: Timestamp) -> Option<Timestamp> {
        let offset = self.zone.to_offset(instant);
        self.zone.following(instant).find(|change| change.offset() != offset).map(|change| change.timestamp())
    }

    /// The last instant at or before the given one at which the offset became `offset`.
    fn last_change(&self, instant: Timestamp, offset: Offset) -> Option<Timestamp> {
        // zones also change names without changing offsets
        let mut began = None;
        for change in self.zone.preceding(instant.checked_add(NANOSECOND).ok()?) {
            if change.offset() != offset {
                break;
            }
            began = Some(change.timestamp());
        }
        began
    }
}

impl Default for Zone {
    fn default() -> Self {
        Self { text: "UTC".into(), zone: TimeZone::UTC }
    }
}

impl FromStr for Zone {
    type Err = ZoneError;

    fn from_str(text: &str) -> Result<Self, ZoneError> {
        let zone = TimeZoneDatabase::bundled().get(text).ok().filter(|zone| !zone.is_unknown());
        zone.map(|zone| Self { text: text.into(), zone }).ok_or_else(|| ZoneError { found: text.to_string() })
    }
}

impl PartialEq for Zone {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Zone {}

impl PartialOrd for Zone {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Zone {
    fn cmp(&self, other: &Self) -> Ordering {
        self.text.cmp(&other.text)
    }
}

impl Hash for Zone {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.text.hash(state);
    }
}

#[cfg(test)]
mod tests {
    use alloc::collections::BTreeSet;
    use core::hash::{Hash as _, Hasher};

    use super::*;

    /// Adds up what it is given.
    struct Sum(u64);

    impl Hasher for Sum {
        fn write(&mut self, bytes: &[u8]) {
            self.0 =
                bytes.iter().fold(self.0, |sum, byte| sum.wrapping_mul(31).wrapping_add(u64::from(*byte)));
        }

        fn finish(&self) -> u64 {
            self.0
        }
    }

    #[test]
    fn a_zone_is_compared_by_its_name() {
        let zone = |name: &str| name.parse::<Zone>().unwrap();
        let hash = |zone: Zone| {
            let mut sum = Sum(0);
            zone.hash(&mut sum);
            sum.finish()
        };
        assert_eq!(zone("Europe/Berlin"), zone("Europe/Berlin"));
        assert_ne!(zone("Europe/Berlin"), zone("Europe/Oslo"), "the clocks are the same");
        assert_ne!(hash(zone("Europe/Oslo")), hash(zone("Asia/Tokyo")));
        assert!(zone("Asia/Tokyo") < zone("Europe/Oslo"));
        let zones: BTreeSet<Zone> = ["UTC", "Europe/Oslo", "UTC"].map(zone).into();
        assert_eq!(zones.len(), 2);
    }
}
