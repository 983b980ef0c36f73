//! The rules of kuberpult: what is deployed next, as deterministic state transitions.
//!
//! kuberpult manages versions of many microservices in many environments. It deploys nothing itself: it
//! decides, and writes what it decided into a git manifest repository that Argo CD applies. This crate is the
//! deciding. It does no I/O, reads no clock, needs no `std` and knows nothing of git.
//!
//! # The model
//!
//! ```text
//!                         Context: now, actor
//!                              |
//!   Command ---------+        v
//!   (what someone     +--> decide --> Decision: events + report     or   Rejection: everything in the way
//!    wants)           |                  |
//!   State ------------+                  v
//!     ^                                apply (no choices left, cannot fail)
//!     +----------------------------------+
//!
//!   State                                 one slot
//!     environments  production, ...         current   the deployed version
//!       config      upstream, windows       queued    the version that waits: none or one
//!       locks       environment, team       locks     on this application here
//!       slots       one per application
//!     applications  cart, ...             what blocks a slot
//!       team                                locks on the environment, the team, the application
//!       releases    a manifest per          freeze windows, at the context's time
//!                   environment
//! ```
//!
//! - A [`State`] has [environments](Environment) and [applications](Application). In each environment each
//!   application has a [`Slot`]: the **current** version, the **queued** version (a queue of length one), and
//!   locks.
//! - A [`Command`] says what someone wants; [`State::decide`] says what it leads to: a [`Decision`], whose
//!   [`Event`]s *are* the plan, or a [`Rejection`], which names everything that stands in the way.
//! - [`State::apply`] carries events out. A dry run is a run whose events are not applied.
//! - A [`Blocker`] is what holds automatic deployments back: a lock on the environment, on the application
//!   there, or on the application's team there, or a [`FreezeWindow`]. An automatic deployment waits in the queue; the
//!   next one takes its place (*last deployment wins*); when the last lock goes, what is queued is deployed. A manual
//!   deployment always goes through.
//! - A release train carries the versions of an upstream environment to the next one. Its [`TrainReport`] has
//!   exactly one [`Outcome`] for each application.
//! - [`State::why`] explains a slot: what is there, what blocks it, and which commands would bring what is expected.
//!   [`check`] is the fsck of a state.
//!
//! # Example
//!
//! ```
//! use kuberpult_core::*;
//!
//! let mut state = State::default();
//! let context = Context::new("2024-05-03T11:37:37Z".parse()?, Actor::new("Jo", "jo@example.com"));
//! let mut run = |command: Command| -> Result<Decision, Rejection> {
//!     let decision = state.decide(&context, &command)?;
//!     state.apply(decision.events());
//!     Ok(decision)
//! };
//!
//! let development: EnvironmentName = "development".parse()?;
//! let cart: ApplicationName = "cart".parse()?;
//! run(Command::CreateEnvironment {
//!     environment: development.clone(),
//!     config: EnvironmentConfig::with_upstream_latest(),
//! })?;
//! run(Command::CreateEnvironmentLock {
//!     environment: development.clone(),
//!     lock_id: "quarter-end".parse()?,
//!     message: "books are closing".into(),
//!     ci_link: None,
//!     suggested_lifetime: None,
//! })?;
//!
//! // A release while the environment is locked waits ...
//! let manifest = ManifestId::from_bytes(&[1]).unwrap();
//! let release = CreateRelease::new(cart.clone(), [(development.clone(), manifest)].into());
//! let decision = run(Command::CreateRelease(release))?;
//! assert_eq!(
//!     decision.events()[1].to_string(),
//!     r#"queued version 1 of "cart" in "development" behind environment lock "quarter-end""#,
//! );
//!
//! // ... until the last lock goes.
//! let decision = run(Command::DeleteEnvironmentLock {
//!     environment: development.clone(),
//!     lock_id: "quarter-end".parse()?,
//!     queued: None,
//! })?;
//! assert_eq!(
//!     decision.events()[1].to_string(),
//!     r#"deployed version 1 of "cart" to "development" from the queue"#,
//! );
//! assert_eq!(state.slot(&development, &cart).unwrap().current, Some(Version::FIRST));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Persistence
//!
//! Any storage can fill a [`State`], which is plain data, and write what [`Event`]s say. A storage too large
//! to read for each command asks [`Command::scope`] which part the command can read; deciding on that part
//! gives the same decision. `kuberpult-git` does so for a git repository.
//!
//! # Features
//!
//! - `serde`: serialisation of every public type, with the keys of kuberpult's JSON commands.
//! - `schema`: JSON schemas of what is serialised.

#![no_std]

extern crate alloc;

mod application_pattern;
mod apply;
mod argocd;
mod blocker;
mod blocking;
mod codes;
mod command;
mod command_scope;
mod context;
mod decide;
mod decision;
mod difference;
mod environment_config;
mod event;
mod finding;
mod freeze_window;
mod lock;
mod name;
mod nearest;
mod past;
mod plan_difference;
mod promotion;
mod refusal;
mod rejection;
mod release;
mod restrict;
mod schedule;
#[cfg(feature = "schema")]
mod schema;
mod scope;
mod small_map;
mod state;
mod text_value;
mod time;
mod train_report;
mod version;
mod why;
mod window_duration;
mod wording;
mod zone;

pub use application_pattern::{ApplicationPattern, ApplicationPatternError};
pub use argocd::{AccessEntry, ArgoCd, Destination, IgnoreDifference, SyncWindow};
pub use blocker::Blocker;
pub use blocking::Blocking;
pub use command::{Command, CreateRelease, Deploy, OnLock, ReleaseTrain, TrainOnLock, TrainTargetType};
pub use context::{Actor, Context};
pub use decision::{Decision, Note, Report};
pub use environment_config::{EnvironmentConfig, OnUnlock, Upstream};
pub use event::{DeploymentCause, Event, QueueDropCause};
pub use finding::{Finding, check};
pub use freeze_window::{FreezeKind, FreezeWindow, Opening};
pub use lock::{Lock, LockScope, Locks};
pub use name::{ApplicationName, EnvironmentName, GroupName, LockId, NameError, TeamName};
pub use nearest::nearest_name;
pub use past::{Past, Revision, RevisionError};
pub use plan_difference::PlanDifference;
pub use promotion::{Stage, Standing};
pub use refusal::Refusal;
pub use rejection::Rejection;
pub use release::{ManifestId, ManifestIdError, Release, ReleaseSource};
pub use schedule::{Schedule, ScheduleError};
pub use scope::{ApplicationScope, ReleasePart, ReleaseScope, Scope};
pub use small_map::SmallMap;
pub use state::{Application, Environment, Settings, Slot, State};
pub use time::{Time, TimeError};
pub use train_report::{
    ApplicationCause, ApplicationReport, EnvironmentCause, EnvironmentReport, Outcome, TrainReport,
    TrainUpstream,
};
pub use version::{Version, VersionError};
pub use why::{NewestRelease, NextTrain, Placed, Way, Why};
pub use window_duration::{WindowDuration, WindowDurationError};
pub use zone::{Zone, ZoneError};
