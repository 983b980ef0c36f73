//! [`Rejection`]: why a command is refused.

use alloc::vec::Vec;
use core::fmt;

use crate::Refusal;

/// Why a command is refused: everything that stands in its way. Nothing has changed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "serde", serde(transparent))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Rejection {
    /// INVARIANT: not empty.
    refusals: Vec<Refusal>,
}

impl Rejection {
    /// Each thing that stands in the way; at least one.
    #[must_use]
    pub fn refusals(&self) -> &[Refusal] {
        &self.refusals
    }

    /// The stable reason code of the first refusal.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.refusals.first().map_or("REJECTED", Refusal::code)
    }

    /// Refuses for several reasons at once.
    pub(crate) fn all(refusals: Vec<Refusal>) -> Self {
        Self { refusals }
    }

    /// Refuses if there is anything to refuse.
    pub(crate) fn unless_empty(refusals: Vec<Refusal>) -> Result<(), Self> {
        if refusals.is_empty() { Ok(()) } else { Err(Self { refusals }) }
    }
}

impl From<Refusal> for Rejection {
    fn from(refusal: Refusal) -> Self {
        Self { refusals: alloc::vec![refusal] }
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, refusal) in self.refusals.iter().enumerate() {
            let separator = if index == 0 { "" } else { "; " };
            write!(f, "{separator}{refusal}")?;
        }
        Ok(())
    }
}

impl core::error::Error for Rejection {}

#[cfg(test)]
mod tests {
    use alloc::string::ToString as _;

    use super::*;

    #[test]
    fn a_rejection_has_the_code_of_its_first_refusal_and_tells_all() {
        let no_manifests = Refusal::NoManifests { application: "cart".parse().unwrap() };
        let unknown = Refusal::ApplicationNotFound { application: "email".parse().unwrap() };
        let rejection = Rejection::all(alloc::vec![no_manifests, unknown]);
        assert_eq!((rejection.code(), rejection.refusals().len()), ("NO_MANIFESTS", 2));
        assert_eq!(
            rejection.to_string(),
            "a release of `cart` needs at least one manifest; unknown application `email`: it has no release yet"
        );
    }
}
