//! The small alphabet that histories are written in: few names, so that commands meet each other.

use kuberpult_core::{
    Actor, ApplicationName, Context, EnvironmentName, FreezeKind, FreezeWindow, GroupName, LockId,
    ManifestId, Revision, TeamName, Time, Version,
};

/// The environments that a history starts with.
pub const USUAL_ENVIRONMENTS: usize = 3;

const ENVIRONMENTS: [&str; 5] = ["development", "staging", "production", "sandbox", "Bad_Environment"];
const APPLICATIONS: [&str; 5] = ["cart", "checkout", "email", "payment", "Bad_Name"];
const TEAMS: [&str; 3] = ["blue", "red", "Bad_Team"];
// One group has the name of an environment: a train to it must go to the group.
const GROUPS: [&str; 4] = ["europe", "staging", "world", "Bad_Group"];
const LOCK_IDS: [&str; 4] = ["audit", "freeze", "incident", "-starts-with-a-dash"];
const REVISIONS: [&str; 3] = ["before-the-sale", "last-good", "never-tagged"];
// Kind, schedule, duration, time zone and patterns. Histories begin on a Friday at 11:37 in Berlin, 9:37 UTC, and go
// on for a day or so: some of these open and close within one.
const FREEZE_WINDOWS: [(FreezeKind, &str, &str, &str, &[&str]); FREEZE_WINDOW_COUNT] = [
    (FreezeKind::Deny, "0 9 * * *", "2h", "Europe/Berlin", &[]),
    (FreezeKind::Deny, "0 */3 * * *", "70m", "UTC", &[]),
    (FreezeKind::Deny, "0 11,17 * * fri", "3h", "Europe/Berlin", &["c*"]),
    (FreezeKind::Deny, "30 */2 * * *", "1h", "UTC", &["cart", "?mail"]),
    (FreezeKind::Deny, "0 12 * * *", "5h", "UTC", &["email", "*"]),
    (FreezeKind::Allow, "0 */2 * * *", "1h", "Europe/Berlin", &[]),
    (FreezeKind::Allow, "0 9,15 * * *", "3h", "UTC", &["*"]),
    (FreezeKind::Allow, "30 8-18 * * *", "40m", "Europe/Berlin", &["*a*"]),
    (FreezeKind::Allow, "15 */4 * * *", "2h", "UTC", &["payment", "check*"]),
];

/// How many environments, counting one that is mostly unknown, have names that a new environment may have.
pub const VALID_ENVIRONMENTS: usize = 4;
/// How many applications have names that a new application may have.
pub const VALID_APPLICATIONS: usize = 4;
/// How many teams have names that a new team may have.
pub const VALID_TEAMS: usize = 2;
/// How many groups have names that a new group may have.
pub const VALID_GROUPS: usize = 3;
/// How many lock ids a new lock may have.
pub const VALID_LOCK_IDS: usize = 3;
/// How many revisions a history may remember.
pub const VALID_REVISIONS: usize = 2;
/// How many freeze windows there are to choose from.
pub const FREEZE_WINDOW_COUNT: usize = 9;
/// The highest version that histories name.
pub const VERSIONS: u64 = 6;

fn letter<'a>(letters: &[&'a str], index: usize) -> &'a str {
    letters.get(index % letters.len()).copied().expect("the index is within the alphabet")
}

/// An environment's name; the last one is invalid.
#[must_use]
pub fn environment(index: usize) -> EnvironmentName {
    EnvironmentName::existing(letter(&ENVIRONMENTS, index)).expect("safe as a file name")
}

/// An application's name; the last one is invalid.
#[must_use]
pub fn application(index: usize) -> ApplicationName {
    ApplicationName::existing(letter(&APPLICATIONS, index)).expect("safe as a file name")
}

/// A team's name; the last one is invalid.
#[must_use]
pub fn team(index: usize) -> TeamName {
    TeamName::existing(letter(&TEAMS, index)).expect("safe as a file name")
}

/// A group's name; the last one is invalid.
#[must_use]
pub fn group(index: usize) -> GroupName {
    GroupName::existing(letter(&GROUPS, index)).expect("safe as a file name")
}

/// A lock's id; the last one is invalid.
#[must_use]
pub fn lock_id(index: usize) -> LockId {
    LockId::existing(letter(&LOCK_IDS, index)).expect("safe as a file name")
}

/// A revision; the last one is never remembered.
#[must_use]
pub fn revision(index: usize) -> Revision {
    letter(&REVISIONS, index).parse().expect("a revision")
}

/// One of several freeze windows: of both kinds, for all applications and for some, in two time zones.
#[must_use]
pub fn freeze_window(index: usize) -> FreezeWindow {
    let (kind, schedule, duration, time_zone, applications) =
        *FREEZE_WINDOWS.get(index % FREEZE_WINDOW_COUNT).expect("the index is within the alphabet");
    let (schedule, duration) = (schedule.parse().expect("a schedule"), duration.parse().expect("a duration"));
    let mut window = FreezeWindow::new(kind, schedule, duration);
    window.time_zone = (time_zone != "UTC").then(|| time_zone.parse().expect("a time zone"));
    window.applications = applications.iter().map(|text| text.parse().expect("a pattern")).collect();
    window.description = if kind == FreezeKind::Deny { "why not".into() } else { "".into() };
    window
}

/// A version, 1 for zero.
#[must_use]
pub fn version(number: u64) -> Version {
    Version::new(number).unwrap_or(Version::FIRST)
}

/// The id of one of several manifests.
#[must_use]
pub fn manifest(content: u8) -> ManifestId {
    ManifestId::from_bytes(&[content, 0xaa]).expect("two bytes are an id")
}

/// A context some minutes after the beginning of a history, and one of two actors.
#[must_use]
pub fn context(minutes: u32, second_actor: bool) -> Context {
    let start: Time = "2024-05-03T11:37:37+02:00".parse().expect("a time");
    let now = Time::from_unix(start.unix_seconds() + i64::from(minutes) * 60).expect("a time");
    let actor =
        if second_actor { Actor::new("Ada", "ada@example.com") } else { Actor::new("Jo", "jo@example.com") };
    Context::new(now, actor)
}
