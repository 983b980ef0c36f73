//! [`GoTime`]: times as Go prints them.

use std::fmt;

use kuberpult_core::Time;

/// A time as Go's `Time.UTC().String()` writes it: `2024-01-25 14:33:34.222021018 +0000 UTC`, with as many
/// digits of the fraction as there are.
pub(crate) struct GoTime(pub(crate) Time);

impl GoTime {
    /// Reads such a time; none if it is written otherwise. Go appends a reading of its monotonic clock to a time that
    /// it took itself.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut words = text.split(' ');
        let (date, time) = (words.next()?, words.next()?);
        if (words.next(), words.next()) != (Some("+0000"), Some("UTC")) {
            return None;
        }
        if words.next().is_some_and(|monotonic| !monotonic.starts_with("m=")) || words.next().is_some() {
            return None;
        }
        format!("{date}T{time}Z").parse().ok().map(Self)
    }
}

impl fmt::Display for GoTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rfc3339 = self.0.to_utc().to_string();
        let without_zone = rfc3339.trim_end_matches('Z');
        write!(f, "{} +0000 UTC", without_zone.replacen('T', " ", 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_as_go_does_and_read_again() {
        for (time, expected) in [
            ("2024-01-25T15:33:34.222021018+01:00", "2024-01-25 14:33:34.222021018 +0000 UTC"),
            ("2024-05-01T12:00:07.500005Z", "2024-05-01 12:00:07.500005 +0000 UTC"),
            ("2024-05-01T12:00:07.500Z", "2024-05-01 12:00:07.5 +0000 UTC"),
            ("2024-05-01T12:00:05Z", "2024-05-01 12:00:05 +0000 UTC"),
        ] {
            let time: Time = time.parse().unwrap();
            assert_eq!(GoTime(time).to_string(), expected);
            assert_eq!(GoTime::parse(expected).map(|read| read.0), Some(time.to_utc()));
        }
    }

    #[test]
    fn other_texts_are_no_times_of_go() {
        let with_monotonic_clock = "2024-05-01 12:00:05 +0000 UTC m=+0.000000001";
        assert_eq!(GoTime::parse(with_monotonic_clock).unwrap().0.to_string(), "2024-05-01T12:00:05Z");
        for text in [
            "",
            "2024-05-01",
            "2024-05-01T12:00:05Z",
            "2024-05-01 12:00:05 +0200 CEST",
            "2024-05-01 12:00:05 +0000 UTC yesterday",
            "2024-05-01 12:00:05 +0000 UTC m=+1 m=+2",
            "2024-05-01 12:00:05 +0000 UTC\n",
        ] {
            assert!(GoTime::parse(text).is_none(), "{text:?}");
        }
    }
}
