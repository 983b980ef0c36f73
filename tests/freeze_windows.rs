//! A second opinion on freeze windows: each minute of some years, looked at one by one, in zones whose clocks do odd
//! things.
//!
//! Nothing is shared with the core. Cron lines are read here anew, and of time zones only one question is asked: the
//! offset at an instant. What is a start follows from walking the minutes in order: at each of them some times on the clock
//! have come that had not come before. Usually it is one, after a gap they are many, and while clocks
//! show times again it is none.
#![expect(clippy::expect_used, clippy::indexing_slicing, reason = "these are tests, their helpers included")]

use std::collections::BTreeSet;
use std::fmt;

use jiff::Timestamp;
use jiff::tz::TimeZoneDatabase;
use kuberpult_core::{FreezeKind, FreezeWindow, Opening, Time};

const HOUR: usize = 60;
const DAY: usize = 24 * HOUR;
/// Before the years that are compared: more than the longest duration here.
const BEFORE: usize = 45 * DAY;
/// After them: more than the core looks ahead.
const AFTER: usize = 370 * DAY;
const IN_SIGHT: usize = 366 * DAY;
/// In these years and zones clocks are set at whole quarters of an hour, so that asking once in each will do.
const QUARTER: usize = 15;

/// Schedules and durations in minutes. The hours from 23 to 3 are those that clocks skip and repeat.
const WINDOWS: &[(&str, usize)] = &[
    ("0 9 * * *", 2 * HOUR),
    ("30 2 * * *", HOUR),
    ("*/10 1-3 * * *", 5),
    ("*/10 0-2 * * *", 30),
    ("0 0 * * *", DAY),
    ("0 0 * * *", 23 * HOUR + 30),
    ("15 23,0 * * *", 45),
    ("* * * * *", 1),
    ("*/7 * * * *", 4),
    ("0 * * * *", 2 * HOUR),
    ("0 * * * *", HOUR - 1),
    ("0 0 * * mon-fri", DAY),
    ("45 1 13 * FRI", 10 * HOUR),
    ("0 2 */2 * 7", 3 * HOUR),
    ("0 12 1,15 */3 ?", 20 * DAY),
    ("50/3 0 30,31 oct-DEC 5-7", 90),
    ("* 8-17 * dec *", 2),
    ("0 0 1 * *", 31 * DAY),
    ("30 0 29 2 *", 7 * HOUR),
    ("0 0 20-31 12 *", 28 * HOUR),
];

/// How many windows are made up for each zone.
const GENERATED: usize = 6;

#[test]
fn europe_berlin() {
    compare("Europe/Berlin", 2019, 2021);
}

/// Until 2019 the clocks went from midnight to 1am.
#[test]
fn america_sao_paulo() {
    compare("America/Sao_Paulo", 2017, 2019);
}

/// The clocks are set by half an hour.
#[test]
fn australia_lord_howe() {
    compare("Australia/Lord_Howe", 2022, 2023);
}

/// Ahead of UTC by 5 hours and 45 minutes.
#[test]
fn asia_kathmandu() {
    compare("Asia/Kathmandu", 2024, 2024);
}

/// There was no 30 December 2011.
#[test]
fn pacific_apia() {
    compare("Pacific/Apia", 2011, 2011);
}

#[test]
fn utc() {
    compare("UTC", 2020, 2020);
}

/// Compares core and second opinion from the beginning of one year to the end of another.
fn compare(zone: &str, first_year: i32, last_year: i32) {
    let clock = Clock::of(zone, first_year, last_year);
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15 ^ u64::from(first_year.unsigned_abs()));
    let generated: Vec<_> = (0..GENERATED).map(|_| generated_window(&mut dice)).collect();
    let fixed = WINDOWS.iter().map(|(line, duration)| ((*line).to_owned(), *duration));
    for (line, duration) in fixed.chain(generated) {
        let opinion = Opinion::of(&clock, &line, duration);
        let mut window = FreezeWindow::new(
            FreezeKind::Deny,
            line.parse().expect("a schedule"),
            format!("{duration}m").parse().expect("a duration"),
        );
        window.time_zone = Some(zone.parse().expect("a zone"));
        for minute in opinion.interesting_minutes(&mut dice) {
            for second in [0, 59] {
                let now = clock.unix(minute) + second;
                let time = Time::from_unix(now).expect("a time");
                let what = || format!("{zone}: {line:?} for {duration}m at {time}");
                assert_eq!(Moment::of(window.opening_at(time)), opinion.opening(minute), "{}", what());
                if let Some(next) = opinion.next_start(minute) {
                    let found = window.next_opening(time).map(Instant::of);
                    assert_eq!(found, Some(clock.instant(next)), "{}: next opening", what());
                }
            }
        }
    }
}

/// Seconds since 1970, and the offset in seconds.
#[derive(PartialEq, Eq, Clone, Copy)]
struct Instant(i64, i64);

impl Instant {
    fn of(time: Time) -> Self {
        Self(time.unix_seconds(), time.offset_seconds().into())
    }
}

impl fmt::Debug for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = Timestamp::from_second(self.0).map_err(|_| fmt::Error)?;
        write!(f, "{time} (offset {} min)", self.1 / 60)
    }
}

/// Closed, or open since and until when.
#[derive(Debug, PartialEq, Eq)]
enum Moment {
    Closed,
    Open(Instant, Option<Instant>),
}

impl Moment {
    fn of(opening: Option<Opening>) -> Self {
        opening.map_or(Self::Closed, |Opening { since, until }| {
            Self::Open(Instant::of(since), until.map(Instant::of))
        })
    }
}

/// What the clocks of a zone show in each minute, and what day that is.
struct Clock {
    /// The first minute, since 1970.
    first: i64,
    /// The offset in minutes in each minute.
    offsets: Vec<i64>,
    /// The minutes that are compared.
    compared: std::ops::Range<usize>,
    /// Month, day of month and day of week of each day since 1970.
    days: Vec<(u32, u32, u32)>,
    /// Each time on the clock, in minutes since 1970 there, with the minute in which it has first come.
    times: Vec<(usize, usize)>,
    /// The compared minutes in which the clock is set.
    settings: Vec<usize>,
}

impl Clock {
    fn of(zone: &str, first_year: i32, last_year: i32) -> Self {
        let zone = TimeZoneDatabase::bundled().get(zone).expect("a zone");
        let days = days_since_1970(last_year + 3);
        let begin =
            |year: i32| (1970..year).map(|year| DAY * if is_leap(year) { 366 } else { 365 }).sum::<usize>();
        let first = begin(first_year) - BEFORE;
        let end = begin(last_year + 1) + AFTER;
        let minutes = i64::try_from(first).expect("small")..i64::try_from(end).expect("small");
        let offset = |minute: i64| {
            let seconds = zone.to_offset(Timestamp::from_second(minute * 60).expect("a timestamp")).seconds();
            assert_eq!(seconds % 60, 0, "the offsets of these years are whole minutes");
            i64::from(seconds / 60)
        };
        let offsets: Vec<i64> =
            minutes.clone().step_by(QUARTER).flat_map(|minute| [offset(minute); QUARTER]).collect();
        let compared = BEFORE..offsets.len() - AFTER;
        let settings = compared.clone().filter(|minute| offsets[*minute] != offsets[*minute - 1]).collect();
        let (mut times, mut come) = (Vec::new(), minutes.start + offsets[0]);
        for (minute, offset) in offsets.iter().enumerate() {
            let shown = minutes.start + i64::try_from(minute).expect("small") + offset;
            while come < shown {
                come += 1;
                times.push((usize::try_from(come).expect("after 1970"), minute));
            }
        }
        Self { first: minutes.start, offsets, compared, days, times, settings }
    }

    fn unix(&self, minute: usize) -> i64 {
        (self.first + i64::try_from(minute).expect("small")) * 60
    }

    fn instant(&self, minute: usize) -> Instant {
        Instant(self.unix(minute), self.offsets[minute] * 60)
    }
}

fn is_leap(year: i32) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn days_since_1970(end: i32) -> Vec<(u32, u32, u32)> {
    // the 1st of January 1970 was a Thursday
    let (mut days, mut day_of_week) = (Vec::new(), 4);
    for year in 1970..end {
        let february = if is_leap(year) { 29 } else { 28 };
        for (month, length) in (1..).zip([31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]) {
            for day in 1..=length {
                days.push((month, day, day_of_week));
                day_of_week = (day_of_week + 1) % 7;
            }
        }
    }
    days
}

/// When a window is open.
struct Opinion<'a> {
    clock: &'a Clock,
    duration: usize,
    /// The minutes in which its intervals start, in order.
    starts: Vec<usize>,
    /// The first minutes in which it is open, and the first in which it is closed again, in order.
    openings: Vec<(usize, usize)>,
}

impl<'a> Opinion<'a> {
    fn of(clock: &'a Clock, line: &str, duration: usize) -> Self {
        let cron = Cron::of(line);
        let mut starts: Vec<usize> = clock
            .times
            .iter()
            .filter(|(time, _)| cron.has(clock, *time))
            .map(|(_, minute)| *minute)
            .collect();
        starts.dedup();
        let mut openings: Vec<(usize, usize)> = Vec::new();
        for start in &starts {
            match openings.last_mut() {
                Some((_, closed)) if start <= closed => *closed = start + duration,
                _ => openings.push((*start, start + duration)),
            }
        }
        Self { clock, duration, starts, openings }
    }

    fn opening(&self, minute: usize) -> Moment {
        let Some(since) = self.starts[..self.starts.partition_point(|start| *start <= minute)].last() else {
            return Moment::Closed;
        };
        if since + self.duration <= minute {
            return Moment::Closed;
        }
        let (_, closed) = self.openings[self.openings.partition_point(|(_, closed)| *closed <= minute)];
        let until = (closed - minute < IN_SIGHT).then(|| self.clock.instant(closed));
        Moment::Open(self.clock.instant(*since), until)
    }

    fn next_start(&self, minute: usize) -> Option<usize> {
        self.starts.get(self.starts.partition_point(|start| *start <= minute)).copied()
    }

    /// Both sides of each change, as many as fit; what is around the settings of the clock; some at random.
    fn interesting_minutes(&self, dice: &mut Dice) -> BTreeSet<usize> {
        let compared = &self.clock.compared;
        let changes: Vec<usize> = self
            .openings
            .iter()
            .flat_map(|(open, closed)| [*open, *closed])
            .filter(|change| compared.contains(change))
            .collect();
        let both_sides = |change: &usize| [change - 1, *change];
        let mut minutes: BTreeSet<usize> =
            changes.iter().step_by(changes.len() / 200 + 1).flat_map(both_sides).collect();
        for setting in &self.clock.settings {
            minutes.extend((setting - 4 * HOUR..setting + 4 * HOUR).step_by(13));
            let near = |change: &&usize| change.abs_diff(*setting) < 2 * DAY;
            minutes.extend(changes.iter().filter(near).flat_map(both_sides).take(100));
        }
        minutes.extend((0..200).map(|_| compared.start + dice.below(compared.len())));
        minutes
    }
}

/// A cron line: which numbers each field has.
struct Cron {
    minutes: Vec<bool>,
    hours: Vec<bool>,
    days: Vec<bool>,
    months: Vec<bool>,
    weekdays: Vec<bool>,
    either_day: bool,
}

const MONTHS: &str = "jan feb mar apr may jun jul aug sep oct nov dec";
const WEEKDAYS: &str = "sun mon tue wed thu fri sat";

impl Cron {
    fn of(line: &str) -> Self {
        let fields: Vec<&str> = line.split(' ').collect();
        let set = |field: usize, least: usize, most: usize, names: &str| {
            (0..=most)
                .map(|number| number >= least && names_number(fields[field], number, least, most, names))
                .collect()
        };
        let is_narrowed =
            |field: usize| !fields[field].split(',').any(|part| matches!(part, "*" | "?" | "*/1"));
        let mut weekdays: Vec<bool> = set(4, 0, 6, WEEKDAYS);
        weekdays[0] |= names_number(fields[4], 7, 0, 6, WEEKDAYS);
        Self {
            minutes: set(0, 0, 59, ""),
            hours: set(1, 0, 23, ""),
            days: set(2, 1, 31, ""),
            months: set(3, 1, 12, MONTHS),
            weekdays,
            either_day: is_narrowed(2) && is_narrowed(4),
        }
    }

    /// Whether the line names a time, given in minutes since 1970 on the clock.
    fn has(&self, clock: &Clock, time: usize) -> bool {
        if !self.minutes[time % HOUR] || !self.hours[time / HOUR % 24] {
            return false;
        }
        let (month, day, weekday) = clock.days[time / DAY];
        let (day, weekday) = (self.days[day as usize], self.weekdays[weekday as usize]);
        self.months[month as usize] && if self.either_day { day || weekday } else { day && weekday }
    }
}

fn names_number(field: &str, number: usize, least: usize, most: usize, names: &str) -> bool {
    let value = |text: &str| match names.split(' ').position(|name| text.to_lowercase() == name) {
        Some(position) => least + position,
        None => text.parse().expect("a number"),
    };
    field.split(',').any(|part| {
        let (range, step) = part.split_once('/').unwrap_or((part, ""));
        let (from, to) = match range.split_once('-') {
            _ if range == "*" || range == "?" => (least, most),
            Some((from, to)) => (value(from), value(to)),
            None if step.is_empty() => (value(range), value(range)),
            None => (value(range), most),
        };
        (from..=to).contains(&number) && (step.is_empty() || (number - from).is_multiple_of(value(step)))
    })
}

/// Numbers that look random and are the same each time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).expect("31 bits") % end
    }

    fn one_of<'t>(&mut self, texts: &[&'t str]) -> &'t str {
        texts[self.below(texts.len())]
    }
}

fn generated_window(dice: &mut Dice) -> (String, usize) {
    let fields = [
        dice.one_of(&["0", "59", "*", "*/20", "5-50/9", "30,31", "45/5"]),
        dice.one_of(&["0", "2", "*", "*/5", "22-23,0-1", "1-3", "23"]),
        dice.one_of(&["*", "*", "1", "*/3", "28-31", "?", "10/7", "*/1"]),
        dice.one_of(&["*", "*", "mar,oct", "2-4", "*/2", "FEB"]),
        dice.one_of(&["*", "*", "sun", "1-5", "6-7", "*/3", "?"]),
    ];
    let duration = [1, 7, HOUR - 1, HOUR, 3 * HOUR, DAY - HOUR, DAY, DAY + HOUR, 9 * DAY][dice.below(9)];
    (fields.join(" "), duration)
}
