//! [`PlanDifference`]: what has changed between a plan and the decision when it is carried out.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use crate::{Event, Lock};

/// What a command leads to now, compared with what it led to when it was planned.
///
/// ```
/// use kuberpult_core::{Event, PlanDifference, QueueDropCause, Version};
/// let dropped = |version| Event::QueueDropped {
///     environment: "staging".parse().unwrap(),
///     application: "cart".parse().unwrap(),
///     version,
///     cause: QueueDropCause::AlreadyDeployed,
/// };
/// let planned = [dropped(Version::FIRST)];
/// assert_eq!(PlanDifference::between(&planned, &planned), None);
/// let difference = PlanDifference::between(&planned, &[]).unwrap();
/// assert_eq!(difference.no_longer, planned);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
pub struct PlanDifference {
    /// The events that were planned and would not happen now.
    pub no_longer: Vec<Event>,
    /// The events that would happen now and were not planned.
    pub instead: Vec<Event>,
}

impl PlanDifference {
    /// Compares the events of a plan with those of the decision now; none when they are the same.
    ///
    /// The author and the time of a lock that is set are those of the one who carries the plan out, and so make
    /// no difference.
    #[must_use]
    pub fn between(planned: &[Event], now: &[Event]) -> Option<Self> {
        let (planned_texts, now_texts) = (texts(planned), texts(now));
        let no_longer = without(planned, &planned_texts, &now_texts);
        let instead = without(now, &now_texts, &planned_texts);
        (!no_longer.is_empty() || !instead.is_empty()).then_some(Self { no_longer, instead })
    }
}

/// The events in a form that has an order, without the author and the time of locks that are set among them: wherever
/// such a lock comes up, in a batch perhaps as a blocker of what follows.
fn texts(events: &[Event]) -> Vec<String> {
    let anonymous = events.iter().filter_map(|event| match event {
        Event::LockCreated { lock, .. } => {
            let without = Lock { created_by: None, created_at: None, ..(**lock).clone() };
            Some((alloc::format!("{lock:?}"), alloc::format!("{without:?}")))
        }
        _ => None,
    });
    let anonymous: BTreeMap<String, String> = anonymous.collect();
    let text = |event| {
        anonymous
            .iter()
            .fold(alloc::format!("{event:?}"), |text, (lock, without)| text.replace(lock, without))
    };
    events.iter().map(text).collect()
}

/// The events whose texts are not among the others, each as often as it is there more often.
fn without(events: &[Event], texts: &[String], others: &[String]) -> Vec<Event> {
    let mut left: BTreeMap<&str, usize> = BTreeMap::new();
    for other in others {
        *left.entry(other).or_default() += 1;
    }
    let unmatched = |(_, text): &(&Event, &String)| match left.get_mut(text.as_str()) {
        Some(number) if *number > 0 => {
            *number -= 1;
            false
        }
        _ => true,
    };
    events.iter().zip(texts).filter(unmatched).map(|(event, _)| event.clone()).collect()
}

/// One line for each event: what will not happen any more, then what would happen instead. Of many of a kind only the
/// first are shown.
impl fmt::Display for PlanDifference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SHOWN: usize = 10;
        let mut separator = "";
        for (label, events) in [("no longer", &self.no_longer), ("instead", &self.instead)] {
            for event in events.iter().take(SHOWN) {
                write!(f, "{separator}{label}: {event}")?;
                separator = "\n";
            }
            if events.len() > SHOWN {
                write!(f, "{separator}{label}: {} more", events.len() - SHOWN)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use super::*;
    use crate::{Actor, Blocker, LockScope, QueueDropCause, Version};

    fn dropped(version: u64) -> Event {
        Event::QueueDropped {
            environment: "staging".parse().unwrap(),
            application: "cart".parse().unwrap(),
            version: Version::new(version).unwrap(),
            cause: QueueDropCause::AlreadyDeployed,
        }
    }

    /// A lock that is set, and a deployment that it stops.
    fn lock_and_queue(message: &str, by: &str) -> Vec<Event> {
        let created_at = crate::Time::from_unix(i64::try_from(by.len()).unwrap());
        let created_by = Some(Actor::new(by, ""));
        let lock = Lock { message: message.into(), created_by, created_at, ..Lock::default() };
        let scope = LockScope::Environment { environment: "staging".parse().unwrap() };
        let lock_id: crate::LockId = "audit".parse().unwrap();
        let blocker = Blocker::of_lock(scope.clone(), lock_id.clone(), lock.clone());
        vec![
            Event::LockCreated { scope, lock_id, lock: lock.into(), replaced: None },
            Event::Queued {
                environment: "staging".parse().unwrap(),
                application: "cart".parse().unwrap(),
                version: Version::FIRST,
                displaced: None,
                blockers: vec![blocker],
            },
        ]
    }

    #[test]
    fn who_sets_a_lock_makes_no_difference() {
        let planned = lock_and_queue("audit", "Jo");
        assert_eq!(PlanDifference::between(&planned, &lock_and_queue("audit", "Mia")), None);
        let difference = PlanDifference::between(&planned, &lock_and_queue("other", "Jo")).unwrap();
        assert_eq!((difference.no_longer.len(), difference.instead.len()), (2, 2));
    }

    #[test]
    fn an_event_counts_as_often_as_it_is_there() {
        let difference =
            PlanDifference::between(&[dropped(1), dropped(1)], &[dropped(1), dropped(2)]).unwrap();
        assert_eq!(difference, PlanDifference { no_longer: vec![dropped(1)], instead: vec![dropped(2)] });
        let more = PlanDifference::between(&[dropped(1)], &[dropped(1), dropped(2)]).unwrap();
        assert_eq!(more, PlanDifference { no_longer: vec![], instead: vec![dropped(2)] });
        let less = PlanDifference::between(&[dropped(1), dropped(2)], &[dropped(1)]).unwrap();
        assert_eq!(less, PlanDifference { no_longer: vec![dropped(2)], instead: vec![] });
    }

    #[test]
    fn long_differences_are_cut() {
        let many: Vec<Event> = (1..=12).map(dropped).collect();
        let text =
            alloc::string::ToString::to_string(&PlanDifference::between(&many, &[dropped(13)]).unwrap());
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 12);
        assert!(lines[9].starts_with("no longer: dropped queued version 10"));
        assert_eq!(lines[10], "no longer: 2 more");
        assert!(lines[11].starts_with("instead: dropped queued version 13"));
    }
}
