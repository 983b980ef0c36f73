//! [`Schedule`]: when a freeze window opens, as a cron line.

mod field;
#[cfg(test)]
mod tests;

use alloc::string::{String, ToString as _};
use alloc::sync::Arc;
use core::str::FromStr;

use jiff::ToSpan as _;
use jiff::civil::{Date, DateTime};

use self::field::{DAY_OF_MONTH, DAY_OF_WEEK, Field, HOUR, MINUTE, MONTH, Values};
use crate::text_value::text_value;

/// When something begins, as a cron line of five fields: minute, hour, day of month, month, day of week.
///
/// The lines mean what they mean in Argo CD's sync windows:
///
/// | field | numbers | names, in any case |
/// |---|---|---|
/// | minute | 0 to 59 | |
/// | hour | 0 to 23 | |
/// | day of month | 1 to 31 | |
/// | month | 1 to 12 | `jan` to `dec` |
/// | day of week | 0 to 7; 0 and 7 are Sunday | `sun` to `sat` |
///
/// A field is `*` or `?` (every number), `a`, `a-b`, each with or without a step: `*/n`, `a-b/n`, and `a/n` for
/// every *n*th from `a` on. Several of these are joined by `,`. If day of month *and* day of week are narrowed down, a
/// day counts that fits *either*; `*/n` with *n* above 1 narrows down, `*` does not, nor does a list with a `*` in it.
///
/// Macros such as `@daily` are refused, and so is a line that never occurs, such as the 30th of February. Two schedules are
/// equal when their texts are. Cheap to clone.
///
/// ```
/// use kuberpult_core::Schedule;
/// let schedule: Schedule = "30 9 * * mon-fri".parse()?;
/// assert_eq!(schedule.to_string(), "30 9 * * mon-fri");
/// let error = "30 25 * * *".parse::<Schedule>().unwrap_err();
/// assert_eq!(error.to_string(), "schedule `30 25 * * *`: hour `25` is out of range; expected 0 to 23");
/// # Ok::<(), kuberpult_core::ScheduleError>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Schedule {
    text: Arc<str>,
    // INVARIANT: all that follows is what the text says; bit n stands for the number n; none but `days_of_month`
    // and `days_of_week` can be empty of what a month has
    minutes: u64,
    hours: u64,
    days_of_month: u64,
    months: u64,
    /// Bits 0 to 6.
    days_of_week: u64,
    /// Whether a day counts that fits one of the two day fields; else it has to fit both.
    either_day: bool,
    /// In minutes on the clock, from one time to the next where each day has times in it.
    longest_pause: u32,
}

text_value!(Schedule);

/// Why a text is no schedule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ScheduleError {
    /// It does not have five fields.
    #[error(
        "schedule `{}` has {found} fields; expected five, minute, hour, day of month, month and day of week, such as `0 9 * * mon-fri`",
        line.escape_debug()
    )]
    FieldCount {
        /// The line as it was given.
        line: String,
        /// How many fields it has.
        found: usize,
    },
    /// It is a macro, such as `@daily`.
    #[error("schedule `{}` is a macro; expected five fields, such as `{instead}`", line.escape_debug())]
    Macro {
        /// The line as it was given.
        line: String,
        /// What the macro means, or an example of five fields.
        instead: &'static str,
    },
    /// It begins with a time zone, which is given beside the schedule.
    #[error("schedule `{}` names a time zone; expected five fields, and the zone as `timeZone`", line.escape_debug())]
    TimeZone {
        /// The line as it was given.
        line: String,
    },
    /// A field is not understood.
    #[error("schedule `{}`: {field} `{}` {problem}; expected {expected}", line.escape_debug(), found.escape_debug())]
    Field {
        /// The line as it was given.
        line: String,
        /// The field: `minute`, `hour`, `day of month`, `month` or `day of week`.
        field: &'static str,
        /// The part of the field that is not understood.
        found: String,
        /// What is wrong with it, in words.
        problem: String,
        /// What is accepted, in words.
        expected: String,
    },
    /// No month that it names has a day that it names.
    #[error("schedule `{}` never occurs; expected a day that one of its months has", line.escape_debug())]
    NeverOccurs {
        /// The line as it was given.
        line: String,
    },
}

/// Five fields for each macro that has them.
const MACROS: [(&str, &str); 7] = [
    ("@yearly", "0 0 1 1 *"),
    ("@annually", "0 0 1 1 *"),
    ("@monthly", "0 0 1 * *"),
    ("@weekly", "0 0 * * 0"),
    ("@daily", "0 0 * * *"),
    ("@midnight", "0 0 * * *"),
    ("@hourly", "0 * * * *"),
];
const EXAMPLE: &str = "0 9 * * mon-fri";

const MINUTES_PER_HOUR: u32 = 60;
const MINUTES_PER_DAY: u32 = 24 * MINUTES_PER_HOUR;
/// Bit n stands for the day n.
const DAYS_OF_MONTH: u64 = 0xffff_fffe;
/// Bit n stands for the nth month, from January, 1, on.
const MONTHS: u64 = 0x1ffe;
/// Bit n stands for the nth day after Sunday.
const DAYS_OF_WEEK: u64 = 0x7f;
/// The most days that each month can have.
const LONGEST_MONTHS: [(u32, u32); 12] = [
    (1, 31),
    (2, 29),
    (3, 31),
    (4, 30),
    (5, 31),
    (6, 30),
    (7, 31),
    (8, 31),
    (9, 30),
    (10, 31),
    (11, 30),
    (12, 31),
];

impl FromStr for Schedule {
    type Err = ScheduleError;

    fn from_str(text: &str) -> Result<Self, ScheduleError> {
        let line = || text.to_string();
        let mut fields = text.split_whitespace();
        if let Some(first) = fields.clone().next() {
            if first.starts_with('@') {
                let known = MACROS.iter().find(|(name, _)| name.eq_ignore_ascii_case(first));
                let instead = known.map_or(EXAMPLE, |(_, instead)| instead);
                return Err(ScheduleError::Macro { line: line(), instead });
            }
            if first.starts_with("TZ=") || first.starts_with("CRON_TZ=") {
                return Err(ScheduleError::TimeZone { line: line() });
            }
        }
        let found = fields.clone().count();
        let mut read = |field: &Field| -> Result<Values, ScheduleError> {
            let (5, Some(given)) = (found, fields.next()) else {
                return Err(ScheduleError::FieldCount { line: line(), found });
            };
            field.read(given).map_err(|(problem, part)| ScheduleError::Field {
                line: line(),
                field: field.name,
                found: part.to_string(),
                problem: problem.to_string(),
                expected: field.expected(problem),
            })
        };
        let minutes = read(&MINUTE)?.bits;
        let hours = read(&HOUR)?.bits;
        let days_of_month = read(&DAY_OF_MONTH)?;
        let months = read(&MONTH)?.bits;
        let days_of_week = read(&DAY_OF_WEEK)?;
        let schedule = Self {
            text: text.into(),
            minutes,
            hours,
            days_of_month: days_of_month.bits,
            months,
            // 7 is Sunday, as 0 is
            days_of_week: days_of_week.bits & DAYS_OF_WEEK | days_of_week.bits >> 7,
            either_day: !days_of_month.every && !days_of_week.every,
            longest_pause: longest_pause(hours, minutes),
        };
        if schedule.occurs() { Ok(schedule) } else { Err(ScheduleError::NeverOccurs { line: line() }) }
    }
}

impl Schedule {
    /// Whether there is a day. A day of the week comes in each month, on each day of the month in some year.
    fn occurs(&self) -> bool {
        let has_day = |longest| lowest_from(self.days_of_month, 1).is_some_and(|day| day <= longest);
        self.either_day
            || LONGEST_MONTHS
                .into_iter()
                .any(|(month, longest)| self.months >> month & 1 == 1 && has_day(longest))
    }

    /// The first time after `limit`, which has no seconds; none up to the end of the year 9999.
    pub(crate) fn first_after(&self, limit: DateTime) -> Option<DateTime> {
        let from = limit.checked_add(1.minute()).ok()?;
        if self.days_in(from.date().first_of_month()) >> from.day() & 1 == 1
            && let Some((hour, minute)) = self.time_from(number(from.hour())?, number(from.minute())?)
        {
            return at(from.date(), hour, minute);
        }
        let day = self.first_day_from(from.date().tomorrow().ok()?, |month| self.days_in(month))?;
        at(day, lowest_from(self.hours, 0)?, lowest_from(self.minutes, 0)?)
    }

    /// The last time at or before `limit`, which has no seconds; none when it is before the month of `oldest`.
    pub(crate) fn last_until(&self, limit: DateTime, oldest: Date) -> Option<DateTime> {
        let today = limit.date();
        if self.days_in(today.first_of_month()) >> today.day() & 1 == 1
            && let Some((hour, minute)) = self.time_until(number(limit.hour())?, number(limit.minute())?)
        {
            return at(today, hour, minute);
        }
        let mut to = today.yesterday().ok()?;
        while to >= oldest {
            let month = to.first_of_month();
            if let Some(day) = highest_to(self.days_in(month), number(to.day())?) {
                let day = month.with().day(i8::try_from(day).ok()?).build().ok()?;
                return at(day, highest_to(self.hours, 23)?, highest_to(self.minutes, 59)?);
            }
            to = month.yesterday().ok()?;
        }
        None
    }

    /// The first day from `day` on that has no time in it; none up to the end of the year 9999.
    pub(crate) fn first_day_off(&self, day: Date) -> Option<Date> {
        let (every_day_of_month, every_day_of_week) =
            (self.days_of_month == DAYS_OF_MONTH, self.days_of_week == DAYS_OF_WEEK);
        let every_day = if self.either_day {
            every_day_of_month || every_day_of_week
        } else {
            every_day_of_month && every_day_of_week
        };
        if every_day && self.months == MONTHS {
            return None;
        }
        self.first_day_from(day, |month| !self.days_in(month) & days_of(month))
    }

    /// The longest time, in minutes on the clock, from one time to the next where each day has times in it.
    pub(crate) fn longest_pause(&self) -> u32 {
        self.longest_pause
    }

    /// The first day from `from` on of those that `days` names for the first of a month.
    fn first_day_from(&self, from: Date, days: impl Fn(Date) -> u64) -> Option<Date> {
        let mut from = from;
        loop {
            let month = from.first_of_month();
            if let Some(day) = lowest_from(days(month), number(from.day())?) {
                return month.with().day(i8::try_from(day).ok()?).build().ok();
            }
            from = month.last_of_month().tomorrow().ok()?;
        }
    }

    /// The days with times in them of the month that begins at `first`.
    fn days_in(&self, first: Date) -> u64 {
        if self.months >> first.month() & 1 == 0 {
            return 0;
        }
        // the days of the week from that of the 1st on, five times over
        let weekday = first.weekday().to_sunday_zero_offset();
        let week = (self.days_of_week >> weekday | self.days_of_week << (7 - weekday)) & DAYS_OF_WEEK;
        let by_week = (week | week << 7 | week << 14 | week << 21 | week << 28) << 1;
        let days = if self.either_day { self.days_of_month | by_week } else { self.days_of_month & by_week };
        days & days_of(first)
    }

    /// The first hour and minute of a day at or after those given.
    fn time_from(&self, hour: u32, minute: u32) -> Option<(u32, u32)> {
        if self.hours >> hour & 1 == 1
            && let Some(minute) = lowest_from(self.minutes, minute)
        {
            return Some((hour, minute));
        }
        Some((lowest_from(self.hours, hour + 1)?, lowest_from(self.minutes, 0)?))
    }

    /// The last hour and minute of a day at or before those given.
    fn time_until(&self, hour: u32, minute: u32) -> Option<(u32, u32)> {
        if self.hours >> hour & 1 == 1
            && let Some(minute) = highest_to(self.minutes, minute)
        {
            return Some((hour, minute));
        }
        Some((highest_to(self.hours, hour.checked_sub(1)?)?, highest_to(self.minutes, 59)?))
    }
}

/// The longest time from one of these minutes of these hours to the next, midnights included.
fn longest_pause(hours: u64, minutes: u64) -> u32 {
    let of_day = |minute: &u32| {
        hours >> (minute / MINUTES_PER_HOUR) & 1 == 1 && minutes >> (minute % MINUTES_PER_HOUR) & 1 == 1
    };
    let times = (0..MINUTES_PER_DAY).filter(of_day);
    let Some(first) = times.clone().next() else { return MINUTES_PER_DAY };
    let next_day = first + MINUTES_PER_DAY;
    times
        .clone()
        .zip(times.skip(1).chain([next_day]))
        .map(|(one, next)| next - one)
        .max()
        .unwrap_or(MINUTES_PER_DAY)
}

/// All days of the month that begins at `first`.
fn days_of(first: Date) -> u64 {
    DAYS_OF_MONTH & ((1 << (first.days_in_month() + 1)) - 1)
}

/// The lowest number in a set that is not below `least`, which is below 64.
fn lowest_from(set: u64, least: u32) -> Option<u32> {
    let rest = set >> least << least;
    (rest != 0).then_some(rest.trailing_zeros())
}

/// The highest number in a set that is not above `most`, which is below 63.
fn highest_to(set: u64, most: u32) -> Option<u32> {
    let rest = set & ((1 << (most + 1)) - 1);
    rest.checked_ilog2()
}

/// A day, hour or minute, none of which is negative.
fn number(part: i8) -> Option<u32> {
    u32::try_from(part).ok()
}

fn at(day: Date, hour: u32, minute: u32) -> Option<DateTime> {
    Some(day.at(i8::try_from(hour).ok()?, i8::try_from(minute).ok()?, 0, 0))
}
