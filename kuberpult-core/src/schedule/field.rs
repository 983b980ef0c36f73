//! One of the five fields of a cron line.

use alloc::format;
use alloc::string::{String, ToString as _};
use core::fmt;

/// A field: what it is called and which numbers it can have.
pub(super) struct Field {
    pub(super) name: &'static str,
    /// The smallest and the largest number that `*` stands for.
    first: u8,
    last: u8,
    /// The largest number that is accepted.
    largest: u8,
    /// What may stand for a number, from `first` on.
    names: &'static [&'static str],
    accepted: &'static str,
}

pub(super) const MINUTE: Field =
    Field { name: "minute", first: 0, last: 59, largest: 59, names: &[], accepted: "0 to 59" };
pub(super) const HOUR: Field =
    Field { name: "hour", first: 0, last: 23, largest: 23, names: &[], accepted: "0 to 23" };
pub(super) const DAY_OF_MONTH: Field =
    Field { name: "day of month", first: 1, last: 31, largest: 31, names: &[], accepted: "1 to 31" };
pub(super) const MONTH: Field = Field {
    name: "month",
    first: 1,
    last: 12,
    largest: 12,
    names: &["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"],
    accepted: "1 to 12 or jan to dec",
};
pub(super) const DAY_OF_WEEK: Field = Field {
    name: "day of week",
    first: 0,
    last: 6,
    largest: 7,
    names: &["sun", "mon", "tue", "wed", "thu", "fri", "sat"],
    accepted: "0 to 7 (0 and 7 are Sunday) or sun to sat",
};

/// What a field says.
#[derive(Clone, Copy)]
pub(super) struct Values {
    /// Bit *n* is set when the field has the number *n*.
    pub(super) bits: u64,
    /// Whether the field has a `*` or `?` that is not narrowed by a step: every number.
    pub(super) every: bool,
}

/// What is wrong with a part of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Problem {
    Malformed,
    OutOfRange,
    Backwards,
    Step,
}

impl Field {
    /// Reads a field. The error comes with the part of the text that it is about.
    pub(super) fn read<'t>(&self, text: &'t str) -> Result<Values, (Problem, &'t str)> {
        let mut values = Values { bits: 0, every: false };
        for part in text.split(',') {
            let part_values = self.read_part(part).map_err(|problem| {
                let blamed = if part.is_empty() { text } else { part };
                (problem, blamed)
            })?;
            values.bits |= part_values.bits;
            values.every |= part_values.every;
        }
        Ok(values)
    }

    /// `*`, `a` or `a-b`, each with or without `/n`.
    fn read_part(&self, part: &str) -> Result<Values, Problem> {
        let (range, step) = match part.split_once('/') {
            Some((range, step)) => (range, Some(read_step(step)?)),
            None => (part, None),
        };
        let every = matches!(range, "*" | "?");
        let (from, to) = if every {
            (self.first, self.last)
        } else if let Some((from, to)) = range.split_once('-') {
            (self.read_number(from)?, self.read_number(to)?)
        } else {
            let number = self.read_number(range)?;
            (number, if step.is_some() { number.max(self.last) } else { number })
        };
        if from > to {
            return Err(Problem::Backwards);
        }
        let step = step.unwrap_or(1);
        let bits = (from..=to).step_by(step).fold(0, |bits, number| bits | 1_u64 << number);
        Ok(Values { bits, every: every && step == 1 })
    }

    fn read_number(&self, text: &str) -> Result<u8, Problem> {
        if is_digits(text) {
            let number = text.parse().map_err(|_| Problem::OutOfRange)?;
            return if (self.first..=self.largest).contains(&number) {
                Ok(number)
            } else {
                Err(Problem::OutOfRange)
            };
        }
        (self.first..)
            .zip(self.names)
            .find_map(|(number, name)| name.eq_ignore_ascii_case(text).then_some(number))
            .ok_or(Problem::Malformed)
    }

    /// What the field accepts where it found a problem.
    pub(super) fn expected(&self, problem: Problem) -> String {
        let accepted = self.accepted;
        match problem {
            Problem::Malformed => format!(
                "{accepted}, as `a`, `a-b` or `*`, each with or without a step `/n`, or several of these joined by `,`"
            ),
            Problem::OutOfRange => accepted.to_string(),
            Problem::Backwards => {
                "`a-b` with a not after b; what goes past the end is two ranges joined by `,`".to_string()
            }
            Problem::Step => "a whole number of at least 1 after the `/`".to_string(),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Malformed => "is not valid",
            Self::OutOfRange => "is out of range",
            Self::Backwards => "runs backwards",
            Self::Step => "has no valid step",
        })
    }
}

fn read_step(text: &str) -> Result<usize, Problem> {
    if !is_digits(text) {
        return Err(Problem::Step);
    }
    text.parse().ok().filter(|step| *step > 0).ok_or(Problem::Step)
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}
