//! How long a lock was meant to stay, which people write as they like.

use jiff::{Span, SpanRelativeTo, Unit};
use kuberpult_core::{Lock, Time};

use crate::text;

/// What has become of a suggested lifetime.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Lifetime {
    /// It is over, since so many seconds.
    Exceeded(i64),
    /// There are so many seconds left.
    Left(i64),
    /// It is not known when the lock was set, or how long that is.
    Unknown,
}

impl Lifetime {
    /// Of a lock, if it has one.
    pub(super) fn of(lock: &Lock, now: Time) -> Option<Self> {
        let lifetime = lock.suggested_lifetime.as_deref()?;
        let left = seconds(lifetime)
            .zip(lock.created_at)
            .map(|(seconds, at)| seconds.saturating_sub(now.seconds_since(at)));
        Some(match left {
            None => Self::Unknown,
            Some(left @ 0..) => Self::Left(left),
            Some(over) => Self::Exceeded(over.saturating_neg()),
        })
    }

    /// `exceeded by 3d`, `5h left`; nothing where nothing is known.
    pub(super) fn words(&self) -> Option<String> {
        match self {
            Self::Exceeded(over) => Some(format!("exceeded by {}", text::age(*over))),
            Self::Left(left) => Some(format!("{} left", text::age(*left))),
            Self::Unknown => None,
        }
    }
}

/// `2d`, `1w`, `4 hours`, `1h 30m`, `P1D`: a day has 24 hours and a week 7 days.
fn seconds(text: &str) -> Option<i64> {
    let span: Span = text.trim().parse().ok()?;
    let seconds = span.total((Unit::Second, SpanRelativeTo::days_are_24_hours())).ok()?;
    // No lock is older than all time.
    (0.0..1e12).contains(&seconds).then_some(seconds as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_write_it_as_they_like() {
        let known = ["90m", "2d", "1w", "4 hours", "1h 30m", " 2 days ", "P1D"].map(seconds);
        assert_eq!(known, [5_400, 172_800, 604_800, 14_400, 5_400, 172_800, 86_400].map(Some));
        for other in ["", "until noon", "5", "1 month", "-2d", "d"] {
            assert_eq!(seconds(other), None, "{other}");
        }
    }

    #[test]
    fn a_lifetime_ends_with_its_last_second() {
        let mut lock = Lock { created_at: Some("2024-05-03T10:00:00Z".parse().unwrap()), ..Lock::default() };
        let at = |lock: &Lock, time: &str| Lifetime::of(lock, time.parse().unwrap());
        assert_eq!(at(&lock, "2024-05-03T12:00:00Z"), None);
        lock.suggested_lifetime = Some("2h".into());
        assert_eq!(at(&lock, "2024-05-03T12:00:00Z"), Some(Lifetime::Left(0)));
        assert_eq!(at(&lock, "2024-05-03T12:00:01Z"), Some(Lifetime::Exceeded(1)));
        lock.suggested_lifetime = Some("until noon".into());
        assert_eq!(at(&lock, "2024-05-03T12:00:01Z"), Some(Lifetime::Unknown));
    }
}
