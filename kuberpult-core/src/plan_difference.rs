//! [`PlanDifference`]: what has changed between a plan and the decision when it is carried out.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use crate::Event;

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

/// The events, without who and when, in a form that has an order.
fn texts(events: &[Event]) -> Vec<String> {
    let text = |event: &Event| match event {
        Event::LockCreated { scope, lock_id, lock, replaced } => {
            let mut lock = lock.clone();
            (lock.created_by, lock.created_at) = (None, None);
            let (scope, lock_id, replaced) = (scope.clone(), lock_id.clone(), replaced.clone());
            alloc::format!("{:?}", Event::LockCreated { scope, lock_id, lock, replaced })
        }
        other => alloc::format!("{other:?}"),
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

/// One line for each event: what will not happen any more, then what would happen instead.
impl fmt::Display for PlanDifference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let no_longer = self.no_longer.iter().map(|event| ("no longer", event));
        let instead = self.instead.iter().map(|event| ("instead", event));
        no_longer.chain(instead).enumerate().try_for_each(|(index, (label, event))| {
            let separator = if index == 0 { "" } else { "\n" };
            write!(f, "{separator}{label}: {event}")
        })
    }
}
