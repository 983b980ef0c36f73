//! [`FreezeWindow`]: when automatic deployments to an environment wait.

mod opening;

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

pub use self::opening::Opening;
use crate::{ApplicationName, ApplicationPattern, Schedule, WindowDuration, Zone};

/// Whether deployments wait while a window is open, or while it is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
pub enum FreezeKind {
    /// Deployments wait while the window is open.
    Deny,
    /// Deployments wait while none of the windows of this kind is open.
    Allow,
}

impl fmt::Display for FreezeKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Deny => "deny",
            Self::Allow => "allow",
        })
    }
}

/// A recurring window of time, and the applications that it concerns: one of an environment's `freezeWindows`.
///
/// The window opens whenever the clock in its time zone comes to its schedule, and stays open for its duration, which is
/// elapsed time: each interval is `[start, start + duration)`. A start that clocks skip when they are set forward
/// counts at the first instant after the gap. Of a time that clocks show twice, the first is a start and the second is
/// not: in the hour that is repeated no interval starts, however short the pauses of the schedule are otherwise.
///
/// "We never want to deploy to production between 9am and 11am", in summer as in winter:
///
/// ```
/// use kuberpult_core::{FreezeKind, FreezeWindow, Time};
/// let mut window = FreezeWindow::new(FreezeKind::Deny, "0 9 * * *".parse()?, "2h".parse()?);
/// window.time_zone = Some("Europe/Berlin".parse()?);
/// assert_eq!(window.to_string(), r#"deny window "0 9 * * *" for 2h (Europe/Berlin)"#);
///
/// let is_open = |time: &str| Ok::<_, kuberpult_core::TimeError>(window.opening_at(time.parse()?).is_some());
/// // 9am and 11am in Berlin are 8 and 10 o'clock UTC in winter, 7 and 9 in summer
/// assert!(!is_open("2024-01-15T07:59:59Z")? && is_open("2024-01-15T08:00:00Z")?);
/// assert!(is_open("2024-01-15T09:59:59Z")? && !is_open("2024-01-15T10:00:00Z")?);
/// assert!(!is_open("2024-07-15T06:59:59Z")? && is_open("2024-07-15T07:00:00Z")?);
/// assert!(is_open("2024-07-15T08:59:59Z")? && !is_open("2024-07-15T09:00:00Z")?);
///
/// let now: Time = "2024-07-15T10:30:00+02:00".parse()?;
/// let opening = window.opening_at(now).unwrap();
/// assert_eq!(opening.since.to_string(), "2024-07-15T09:00:00+02:00");
/// assert_eq!(opening.until.unwrap().to_string(), "2024-07-15T11:00:00+02:00");
/// assert_eq!(window.next_opening(now).unwrap().to_string(), "2024-07-16T09:00:00+02:00");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// In an environment's config the same window is:
///
/// ```
/// # #[cfg(feature = "serde")]
/// # fn main() -> Result<(), serde_json::Error> {
/// # let config: kuberpult_core::EnvironmentConfig = serde_json::from_str(r#"
/// {"freezeWindows": [{"kind": "deny", "schedule": "0 9 * * *", "duration": "2h", "timeZone": "Europe/Berlin"}]}
/// # "#)?;
/// # assert_eq!(config.freeze_windows[0].zone().to_string(), "Europe/Berlin");
/// # Ok(())
/// # }
/// # #[cfg(not(feature = "serde"))]
/// # fn main() {}
/// ```
///
/// Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase", deny_unknown_fields, expecting = "an object"))]
#[non_exhaustive]
pub struct FreezeWindow {
    /// Whether deployments wait while the window is open, or while it is closed.
    pub kind: FreezeKind,
    /// When it opens.
    pub schedule: Schedule,
    /// For how long it stays open each time.
    pub duration: WindowDuration,
    /// Whose clock the schedule goes by; UTC when not given.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub time_zone: Option<Zone>,
    /// The applications it concerns: those that one of the patterns matches; all when empty.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "<[_]>::is_empty"))]
    pub applications: Arc<[ApplicationPattern]>,
    /// What it is for, for people; may be empty.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "str::is_empty"))]
    pub description: Arc<str>,
}

impl FreezeWindow {
    /// A window in UTC that concerns all applications.
    #[must_use]
    pub fn new(kind: FreezeKind, schedule: Schedule, duration: WindowDuration) -> Self {
        let (applications, description) = (Vec::new().into(), "".into());
        Self { kind, schedule, duration, time_zone: None, applications, description }
    }

    /// The time zone whose clock the schedule goes by.
    #[must_use]
    pub fn zone(&self) -> Zone {
        self.time_zone.clone().unwrap_or_default()
    }

    /// Whether the window concerns the whole environment: it has no patterns, or one that every name has.
    #[must_use]
    pub fn names_no_applications(&self) -> bool {
        self.applications.is_empty()
            || self.applications.iter().any(ApplicationPattern::matches_every_application)
    }

    /// Whether the window concerns an application.
    #[must_use]
    pub fn concerns(&self, application: &ApplicationName) -> bool {
        self.applications.is_empty() || self.applications.iter().any(|pattern| pattern.matches(application))
    }
}

/// Such as `deny window "0 9 * * *" for 2h (Europe/Berlin): "morning rush"`.
impl fmt::Display for FreezeWindow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} window {:?} for {} ({})", self.kind, self.schedule, self.duration, self.zone())?;
        if self.description.is_empty() { Ok(()) } else { write!(f, ": {:?}", self.description) }
    }
}

#[cfg(test)]
mod tests;
