//! What became of histories, and the table that says so.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use kuberpult_tests::recorded::{History, Oracle};

use crate::difference::Difference;
use crate::stand_ins::StandIns;

/// What became of a history, or of several.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    pub(crate) histories: usize,
    /// Steps after which both have the same.
    pub(crate) equal: usize,
    /// Steps that both refuse.
    pub(crate) both_refuse: usize,
    /// Steps that differ by design.
    pub(crate) differing: usize,
    /// How many steps show a difference by design; a step may show several.
    pub(crate) by_design: BTreeMap<Difference, usize>,
    /// What nothing explains.
    pub(crate) unexplained: Vec<String>,
    /// The histories that cannot be translated to their end, and why.
    pub(crate) untranslatable: Vec<String>,
    /// Their steps from there on.
    pub(crate) left_out: usize,
    /// Names with their stand-ins, and in how many histories.
    pub(crate) stand_ins: BTreeMap<(String, String), usize>,
}

impl Outcome {
    pub(crate) fn count(&mut self, differences: BTreeSet<Difference>) {
        self.differing += 1;
        for difference in differences {
            *self.by_design.entry(difference).or_default() += 1;
        }
    }

    pub(crate) fn leave_out(&mut self, history: &History, from: usize, reason: &str) {
        self.untranslatable.push(format!("{} from step {from}: {reason}", history.name));
        self.left_out += history.steps.len() - from;
    }

    /// Adds the outcome of one history.
    pub(crate) fn add(&mut self, other: Self, stand_ins: StandIns) {
        self.histories += 1;
        self.equal += other.equal;
        self.both_refuse += other.both_refuse;
        self.differing += other.differing;
        for (difference, count) in other.by_design {
            *self.by_design.entry(difference).or_default() += count;
        }
        self.unexplained.extend(other.unexplained);
        self.untranslatable.extend(other.untranslatable);
        self.left_out += other.left_out;
        for names in stand_ins {
            *self.stand_ins.entry(names).or_default() += 1;
        }
    }

    pub(crate) fn steps(&self) -> usize {
        self.equal + self.both_refuse + self.differing + self.unexplained.len() + self.left_out
    }
}

/// The outcome for the histories of each upstream version.
#[derive(Debug, Default)]
pub(crate) struct Report(pub(crate) BTreeMap<Oracle, Outcome>);

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let row = |f: &mut fmt::Formatter<'_>, what: &str, count: &dyn Fn(&Outcome) -> usize| {
            let [slots, trees] = [Oracle::A, Oracle::B].map(|oracle| self.0.get(&oracle).map_or(0, count));
            writeln!(f, "{what:<58}{slots:>8}{trees:>8}")
        };
        writeln!(f, "{:<58}{:>8}{:>8}", "", "slots", "trees")?;
        row(f, "histories", &|outcome| outcome.histories)?;
        row(f, "steps", &Outcome::steps)?;
        row(f, "  the same afterwards", &|outcome| outcome.equal)?;
        row(f, "  refused by both", &|outcome| outcome.both_refuse)?;
        row(f, "  different by design", &|outcome| outcome.differing)?;
        for difference in Difference::ALL {
            row(f, &format!("    {}", difference.name()), &|outcome| {
                outcome.by_design.get(&difference).copied().unwrap_or_default()
            })?;
        }
        row(f, "  left out", &|outcome| outcome.left_out)?;
        row(f, "  unexplained", &|outcome| outcome.unexplained.len())?;
        for outcome in self.0.values() {
            for ((name, stand_in), histories) in &outcome.stand_ins {
                writeln!(f, "`{name}` is called `{stand_in}` in {histories} histories")?;
            }
            for history in &outcome.untranslatable {
                writeln!(f, "cannot be translated: {history}")?;
            }
        }
        Ok(())
    }
}
