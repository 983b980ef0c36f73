//! [`Revision`] and [`Past`]: what was current at an earlier time.

use alloc::collections::BTreeMap;
use alloc::string::{String, ToString as _};
use alloc::sync::Arc;
use core::fmt;
use core::str::FromStr;

use crate::{ApplicationName, EnvironmentName, State, Version};

/// An earlier state of the storage, by whatever the storage calls it: for git a commit or a tag.
///
/// Cheap to clone. Ordered as its text.
///
/// ```
/// use kuberpult_core::Revision;
/// let tag: Revision = "before-the-migration".parse()?;
/// assert_eq!(tag.as_str(), "before-the-migration");
/// assert!("--force".parse::<Revision>().is_err());
/// # Ok::<(), kuberpult_core::RevisionError>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "serde", serde(transparent))]
pub struct Revision(Arc<str>);

/// Why a text is no revision.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "revision `{}` is not valid; expected a commit or a tag: not empty, without white space and control characters, and not starting with `-`",
    found.escape_debug()
)]
pub struct RevisionError {
    /// The text as it was given.
    pub found: String,
}

impl Revision {
    /// The revision as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Revision {
    type Err = RevisionError;
    fn from_str(text: &str) -> Result<Self, RevisionError> {
        let bad = text.is_empty()
            || text.starts_with('-')
            || text.chars().any(|c| c.is_whitespace() || c.is_control());
        if bad { Err(RevisionError { found: text.to_string() }) } else { Ok(Self(text.into())) }
    }
}

impl fmt::Display for Revision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for Revision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&*self.0, f)
    }
}

#[cfg(feature = "serde")]
impl<'de> serde::Deserialize<'de> for Revision {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// What was current at a revision: all that a release train [as of](crate::ReleaseTrain::as_of) it reads.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
pub struct Past {
    /// The current version of each application in each environment.
    pub current: BTreeMap<EnvironmentName, BTreeMap<ApplicationName, Version>>,
}

impl Past {
    /// What is current in a state, to be remembered.
    ///
    /// ```
    /// use kuberpult_core::{Past, State};
    /// let mut state = State::default();
    /// let past = Past::of(&state);
    /// state.past.insert("yesterday".parse()?, past);
    /// # Ok::<(), kuberpult_core::RevisionError>(())
    /// ```
    #[must_use]
    pub fn of(state: &State) -> Self {
        let current = state.environments.iter().map(|(name, environment)| {
            let slots = environment.slots.iter();
            let versions = slots.filter_map(|(application, slot)| Some((application.clone(), slot.current?)));
            (name.clone(), versions.collect())
        });
        Self { current: current.collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_revision_is_a_word_that_is_no_option() {
        for good in ["v1", "HEAD~3", "0123abc", "release/2024-05", "a-b"] {
            assert_eq!(good.parse::<Revision>().unwrap().as_str(), good);
        }
        for bad in ["", "-f", "--all", "two words", "a\tb", "a\0", "a\u{7f}"] {
            assert!(bad.parse::<Revision>().is_err(), "{bad:?}");
        }
    }
}
