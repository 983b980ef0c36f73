//! [`Time`]: a point in time as people and files write it.

use alloc::string::{String, ToString as _};
use core::fmt;
use core::str::FromStr;

use jiff::Timestamp;
use jiff::fmt::temporal::Pieces;
use jiff::tz::Offset;

/// A point in time with the UTC offset it was given in: RFC 3339, years 1 to 9999, to the nanosecond.
///
/// Two times are equal when both instant and offset are; they are ordered by instant first.
///
/// ```
/// use kuberpult_core::Time;
/// let time: Time = "2024-05-03T11:37:37+02:00".parse()?;
/// assert_eq!(time.unix_seconds(), 1_714_729_057);
/// assert_eq!(time.to_string(), "2024-05-03T11:37:37+02:00");
/// # Ok::<(), kuberpult_core::TimeError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time {
    instant: Timestamp,
    /// INVARIANT: whole minutes, and within a day of UTC.
    offset: Offset,
}

/// Why a text is no time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "time `{}` is not valid; expected RFC 3339 with an offset, such as `2024-05-03T11:37:37+02:00` or `2024-05-03T09:37:37Z`",
    found.escape_debug()
)]
pub struct TimeError {
    /// The text as it was given.
    pub found: String,
}

/// 0001-01-01T00:00:00Z, the oldest time that RFC 3339 readers agree on.
const OLDEST: i64 = -62_135_596_800;
/// 9999-12-30T22:00:00Z, the last that every offset can write with a year of four digits.
const NEWEST: i64 = 253_402_207_200;
const SECONDS_PER_MINUTE: i32 = 60;
const SECONDS_PER_DAY: u32 = 86_400;

impl Time {
    /// Makes a time in UTC from seconds since 1970; none outside of years 1 to 9999.
    #[must_use]
    pub fn from_unix(seconds: i64) -> Option<Self> {
        Self::from_parts(Timestamp::from_second(seconds).ok()?, Offset::UTC)
    }

    /// A point in time with an offset; none outside of years 1 to 9999, nor with an offset that has seconds or is a day or
    /// more.
    pub(crate) fn from_parts(instant: Timestamp, offset: Offset) -> Option<Self> {
        let in_range = (OLDEST..=NEWEST).contains(&instant.as_second());
        let whole_minutes = offset.seconds() % SECONDS_PER_MINUTE == 0;
        let within_a_day = offset.seconds().unsigned_abs() < SECONDS_PER_DAY;
        (in_range && whole_minutes && within_a_day).then_some(Self { instant, offset })
    }

    /// The point in time, without its offset.
    pub(crate) fn instant(self) -> Timestamp {
        self.instant
    }

    /// Seconds since 1970-01-01T00:00:00Z, rounded down.
    #[must_use]
    pub fn unix_seconds(self) -> i64 {
        self.whole_seconds().instant.as_second()
    }

    /// Nanoseconds into the second, 0 to 999,999,999.
    #[must_use]
    pub fn nanoseconds(self) -> u32 {
        let nanoseconds = self.instant.subsec_nanosecond();
        let into_second = if nanoseconds < 0 { nanoseconds + 1_000_000_000 } else { nanoseconds };
        into_second.unsigned_abs()
    }

    /// The offset from UTC in seconds, east positive; a multiple of 60.
    #[must_use]
    pub fn offset_seconds(self) -> i32 {
        self.offset.seconds()
    }

    /// The same instant in UTC.
    #[must_use]
    pub fn to_utc(self) -> Self {
        Self { offset: Offset::UTC, ..self }
    }

    /// The time without its fraction of a second: what files of a manifest repository hold.
    #[must_use]
    pub fn whole_seconds(self) -> Self {
        let nanoseconds = self.nanoseconds();
        let floor = self.instant - jiff::SignedDuration::new(0, nanoseconds.cast_signed());
        Self { instant: floor, ..self }
    }

    /// How long after `earlier` this is, in seconds; negative when it is before.
    #[must_use]
    pub fn seconds_since(self, earlier: Self) -> i64 {
        self.unix_seconds().saturating_sub(earlier.unix_seconds())
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.offset == Offset::UTC {
            fmt::Display::fmt(&self.instant, f)
        } else {
            fmt::Display::fmt(&self.instant.display_with_offset(self.offset), f)
        }
    }
}

impl fmt::Debug for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Time {
    type Err = TimeError;
    fn from_str(text: &str) -> Result<Self, TimeError> {
        let parse = || {
            let pieces = Pieces::parse(text).ok()?;
            // RFC 9557 allows a zone in brackets behind the offset; RFC 3339, and so the files, do not.
            if pieces.time_zone_annotation().is_some() {
                return None;
            }
            let offset = pieces.to_numeric_offset()?;
            let civil = pieces.date().to_datetime(pieces.time()?);
            Self::from_parts(offset.to_timestamp(civil).ok()?, offset)
        };
        parse().ok_or_else(|| TimeError { found: text.to_string() })
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for Time {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(feature = "serde")]
impl<'de> serde::Deserialize<'de> for Time {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_written_as_it_was_read() {
        for text in [
            "2024-05-03T11:37:37+02:00",
            "2024-05-03T09:37:37Z",
            "2024-05-03T09:37:37.5Z",
            "2024-05-03T09:37:37.000000001-09:30",
            "0001-01-01T00:00:00Z",
            "1969-12-31T23:59:59.25Z",
        ] {
            assert_eq!(text.parse::<Time>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn what_is_no_rfc_3339_is_refused() {
        for text in [
            "",
            "2024-05-03",
            "2024-05-03T11:37:37",
            "11:37",
            "2024-02-30T00:00:00Z",
            "2024-05-03T11:37:37+02:00[Europe/Berlin]",
            "-000001-01-01T00:00:00Z",
            "9999-12-31T23:59:59Z",
            "2024-05-03T11:37:37+24:00",
            "2024-05-03T11:37:37-25:00",
        ] {
            assert!(text.parse::<Time>().is_err(), "{text}");
        }
    }

    #[test]
    fn seconds_are_rounded_down_before_and_after_1970() {
        let before: Time = "1969-12-31T23:59:58.75Z".parse().unwrap();
        assert_eq!((before.unix_seconds(), before.nanoseconds()), (-2, 750_000_000));
        assert_eq!(before.whole_seconds().to_string(), "1969-12-31T23:59:58Z");
        let after: Time = "1970-01-01T02:00:01.75+02:00".parse().unwrap();
        assert_eq!((after.unix_seconds(), after.nanoseconds()), (1, 750_000_000));
        assert_eq!(after.whole_seconds().to_string(), "1970-01-01T02:00:01+02:00");
        assert_eq!(after.to_utc().to_string(), "1970-01-01T00:00:01.75Z");
        assert_eq!(after.seconds_since(before), 3);
    }

    #[test]
    fn the_parts_of_a_time_are_those_it_was_given_with() {
        let time = Time::from_unix(1_714_729_057).unwrap();
        assert_eq!((time.to_string().as_str(), time.offset_seconds()), ("2024-05-03T09:37:37Z", 0));
        let west: Time = "2024-05-03T05:07:37-04:30".parse().unwrap();
        assert_eq!((west.unix_seconds(), west.offset_seconds()), (1_714_729_057, -16_200));
        assert_eq!(alloc::format!("{west:?}"), "2024-05-03T05:07:37-04:30");
        assert_eq!(Time::from_unix(i64::MAX), None);
    }
}
