//! [`Comparison`]: what kuberpult took, beside what git took for the same.

use serde::{Deserialize, Serialize};

use crate::job::Sample;
use crate::repository::Storage;
use crate::size::Size;
use crate::statistics::Spread;

/// What is measured, and where.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Subject {
    /// What is done: `deploy`, say.
    pub(crate) action: String,
    /// How many commands that are.
    pub(crate) commands: usize,
    /// How large the repository is.
    pub(crate) size: Size,
    /// How its objects lie.
    pub(crate) storage: Storage,
    /// How many commits there were before, where that matters.
    pub(crate) commits: Option<u64>,
}

/// Time and memory of some runs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Measurement {
    /// How many runs.
    pub(crate) runs: usize,
    /// The time.
    pub(crate) milliseconds: Spread,
    /// The peak memory of the largest process, in KiB.
    pub(crate) peak_kib: Spread,
}

/// Something else that was measured in the same rounds, and the ratio of kuberpult to it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Beside {
    /// What it is.
    pub(crate) name: String,
    /// What it took.
    pub(crate) took: Measurement,
    /// kuberpult's time divided by its time, round by round.
    pub(crate) ratio: Spread,
    /// What its median may be at most, if there is a budget.
    pub(crate) budget: Option<f64>,
}

/// What kuberpult took, beside other ways to the same.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Comparison {
    /// What was done.
    pub(crate) subject: Subject,
    /// What kuberpult took.
    pub(crate) kuberpult: Measurement,
    /// What it may take at most in milliseconds, if there is such a budget.
    pub(crate) limit_milliseconds: Option<f64>,
    /// The others.
    pub(crate) beside: Vec<Beside>,
    /// What else there is to say.
    pub(crate) note: Option<String>,
}

/// The rounds of one comparison: kuberpult first, then the others in the order of their names.
#[derive(Debug, Default)]
pub(crate) struct Rounds {
    rounds: Vec<Vec<Sample>>,
}

impl Rounds {
    /// One more round.
    pub(crate) fn add(&mut self, samples: Vec<Sample>) {
        self.rounds.push(samples);
    }

    /// What the rounds come to. Nothing when there was no round, or one that is not complete.
    pub(crate) fn compare(&self, subject: Subject, others: &[(&str, Option<f64>)]) -> Option<Comparison> {
        let beside = others.iter().enumerate().map(|(index, (name, budget))| {
            Some(Beside {
                name: (*name).to_owned(),
                took: self.measurement(index + 1)?,
                ratio: self.ratio(index + 1)?,
                budget: *budget,
            })
        });
        Some(Comparison {
            subject,
            kuberpult: self.measurement(0)?,
            limit_milliseconds: None,
            beside: beside.collect::<Option<_>>()?,
            note: None,
        })
    }

    fn measurement(&self, index: usize) -> Option<Measurement> {
        let samples: Vec<_> = self.rounds.iter().map(|round| round.get(index)).collect::<Option<_>>()?;
        Some(Measurement {
            runs: samples.len(),
            milliseconds: Spread::of(samples.iter().map(|sample| sample.milliseconds()))?,
            peak_kib: Spread::of(samples.iter().map(|sample| sample.peak_kib as f64))?,
        })
    }

    /// What drifts from round to round, such as how busy the machine is, is in both numbers of a round.
    fn ratio(&self, index: usize) -> Option<Spread> {
        let ratio =
            |round: &Vec<Sample>| Some(round.first()?.milliseconds() / round.get(index)?.milliseconds());
        Spread::of(self.rounds.iter().map(ratio).collect::<Option<Vec<_>>>()?)
    }
}

impl Sample {
    fn milliseconds(&self) -> f64 {
        self.nanoseconds as f64 / 1e6
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn sample(milliseconds: u64) -> Sample {
        Sample { nanoseconds: milliseconds * 1_000_000, peak_kib: 2048, output: String::new(), failure: None }
    }

    pub(crate) fn subject(applications: usize) -> Subject {
        let size = Size::of(applications);
        Subject { action: "deploy".to_owned(), commands: 1, size, storage: Storage::Packed, commits: None }
    }

    #[test]
    fn a_ratio_is_taken_round_by_round() {
        let mut rounds = Rounds::default();
        // The machine was four times as slow in the second round.
        for (ours, theirs) in [(2, 1), (8, 4), (2, 1)] {
            rounds.add(vec![sample(ours), sample(theirs)]);
        }
        let comparison = rounds.compare(subject(100), &[("git", Some(1.5))]).unwrap();
        assert_eq!(comparison.kuberpult.milliseconds.median, 2.0);
        assert_eq!(comparison.kuberpult.runs, 3);
        assert_eq!(comparison.beside[0].ratio, Spread { lower: 2.0, median: 2.0, upper: 2.0 });
    }

    #[test]
    fn a_round_that_is_not_complete_is_no_comparison() {
        let mut rounds = Rounds::default();
        rounds.add(vec![sample(1)]);
        assert_eq!(rounds.compare(subject(100), &[("git", None)]), None);
        assert_eq!(Rounds::default().compare(subject(100), &[]), None);
    }
}
