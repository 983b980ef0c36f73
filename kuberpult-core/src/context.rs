//! [`Context`]: when a command is decided, and for whom.

use alloc::sync::Arc;
use core::fmt;

use crate::Time;

/// Who gives a command: the author of the commit, of a lock, of a deployment.
///
/// Any text is accepted; whoever writes it somewhere makes it safe for that place. Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub struct Actor {
    /// The name, as in git's `user.name`.
    pub name: Arc<str>,
    /// The address, as in git's `user.email`.
    pub email: Arc<str>,
}

impl Actor {
    /// Makes an actor.
    #[must_use]
    pub fn new(name: &str, email: &str) -> Self {
        Self { name: name.into(), email: email.into() }
    }
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} <{}>", self.name.escape_debug(), self.email.escape_debug())
    }
}

/// What a decision needs to know besides state and command. The core reads no clock and no environment.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Context {
    /// The time at which the command is decided.
    pub now: Time,
    /// Who gave it.
    pub actor: Actor,
}

impl Context {
    /// Makes a context.
    #[must_use]
    pub const fn new(now: Time, actor: Actor) -> Self {
        Self { now, actor }
    }
}
