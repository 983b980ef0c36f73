//! [`WindowDuration`]: for how long a freeze window stays open.

use alloc::string::{String, ToString as _};
use alloc::sync::Arc;
use core::str::FromStr;

use crate::text_value::text_value;

/// For how long a freeze window stays open, as people write it: `2h`, `90m`, `1h30m`.
///
/// It is elapsed time, not time on the clock: two hours are two hours on the night when clocks change, too. At least
/// a second and at most 8760 hours, a year of 365 days. Ordered by length. Cheap to clone.
///
/// ```
/// use kuberpult_core::WindowDuration;
/// let duration: WindowDuration = "1h30m".parse()?;
/// assert_eq!(duration.seconds(), 5400);
/// assert_eq!(duration.to_string(), "1h30m");
/// assert!("0m".parse::<WindowDuration>().is_err());
/// # Ok::<(), kuberpult_core::WindowDurationError>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WindowDuration {
    seconds: u32,
    text: Arc<str>,
}

text_value!(WindowDuration);

/// Why a text is no duration of a freeze window.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WindowDurationError {
    /// The text does not have the form of a duration.
    #[error(
        "duration `{}` is not valid; expected whole hours, minutes and seconds in this order, such as `2h`, `90m` or `1h30m`",
        found.escape_debug()
    )]
    Malformed {
        /// The text as it was given.
        found: String,
    },
    /// The duration is zero: the window would never be open.
    #[error("duration `{}` is zero; expected at least a second", found.escape_debug())]
    Zero {
        /// The text as it was given.
        found: String,
    },
    /// The duration is longer than a year.
    #[error("duration `{}` is longer than a year; expected at most `8760h`", found.escape_debug())]
    TooLong {
        /// The text as it was given.
        found: String,
    },
}

const UNITS: [(char, u64); 3] = [('h', 3600), ('m', 60), ('s', 1)];

impl WindowDuration {
    /// The longest duration, in seconds: 8760 hours.
    pub const LONGEST: u32 = 8760 * 3600;

    /// The length in seconds, from 1 to [`LONGEST`](Self::LONGEST).
    #[must_use]
    pub fn seconds(&self) -> u32 {
        self.seconds
    }
}

impl FromStr for WindowDuration {
    type Err = WindowDurationError;

    fn from_str(text: &str) -> Result<Self, WindowDurationError> {
        let found = || text.to_string();
        let seconds = seconds_of(text).ok_or_else(|| WindowDurationError::Malformed { found: found() })?;
        match u32::try_from(seconds) {
            Ok(0) => Err(WindowDurationError::Zero { found: found() }),
            Ok(seconds) if seconds <= Self::LONGEST => Ok(Self { seconds, text: text.into() }),
            _ => Err(WindowDurationError::TooLong { found: found() }),
        }
    }
}

/// The seconds that a text of the right form means; `u64::MAX` stands for more than that.
fn seconds_of(text: &str) -> Option<u64> {
    let (mut seconds, mut rest) = (0_u64, text);
    for (unit, length) in UNITS {
        if let Some((number, after)) = rest.split_once(unit) {
            if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
                return None;
            }
            let number: u64 = number.parse().unwrap_or(u64::MAX);
            seconds = seconds.saturating_add(number.saturating_mul(length));
            rest = after;
        }
    }
    (rest.is_empty() && !text.is_empty()).then_some(seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_and_keep_their_text() {
        for (text, seconds) in [
            ("2h", 7200),
            ("90m", 5400),
            ("1h30m", 5400),
            ("1h0m30s", 3630),
            ("45s", 45),
            ("007m", 420),
            ("8760h", 31_536_000),
        ] {
            let duration: WindowDuration = text.parse().unwrap();
            assert_eq!((duration.seconds(), duration.as_str()), (seconds, text));
        }
        let [short, long] = ["90m", "2h"].map(|text| text.parse::<WindowDuration>().unwrap());
        assert!(short < long);
    }

    #[test]
    fn what_is_no_duration_says_what_is_accepted() {
        let form = "is not valid; expected whole hours, minutes and seconds in this order, such as `2h`, `90m` or `1h30m`";
        for text in [
            "", "2", "h", "2H", "2d", "1.5h", "-2h", "+2h", " 2h", "2h ", "30m1h", "1h1h", "PT2H", "2h30",
            "٢h",
        ] {
            let error = text.parse::<WindowDuration>().unwrap_err();
            assert_eq!(error.to_string(), alloc::format!("duration `{text}` {form}"));
        }
        for (text, expected) in [
            ("0h0m", "duration `0h0m` is zero; expected at least a second"),
            ("8760h1s", "duration `8760h1s` is longer than a year; expected at most `8760h`"),
            (
                "99999999999999999999h",
                "duration `99999999999999999999h` is longer than a year; expected at most `8760h`",
            ),
            (
                "18446744073709551615h1h",
                "duration `18446744073709551615h1h` is not valid; expected whole hours, minutes and seconds in this order, such as `2h`, `90m` or `1h30m`",
            ),
            (
                "2h\n",
                "duration `2h\\n` is not valid; expected whole hours, minutes and seconds in this order, such as `2h`, `90m` or `1h30m`",
            ),
        ] {
            assert_eq!(text.parse::<WindowDuration>().unwrap_err().to_string(), expected);
        }
    }
}
