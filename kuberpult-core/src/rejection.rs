//! [`Rejection`]: why a command is refused.

use alloc::vec::Vec;
use core::fmt;

use crate::{ApplicationName, Refusal};

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

    /// Says of each application that is not known which one was probably meant. A decision cannot: it does not look at all
    /// applications.
    #[must_use]
    pub fn with_nearest_application(
        mut self,
        nearest: impl Fn(&ApplicationName) -> Option<ApplicationName>,
    ) -> Self {
        for mut refusal in &mut self.refusals {
            while let Refusal::InBatch { refusal: inner, .. } = refusal {
                refusal = inner;
            }
            if let Refusal::ApplicationNotFound { application, nearest: found } = refusal {
                *found = nearest(application);
            }
        }
        self
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
        let unknown = Refusal::ApplicationNotFound { application: "emial".parse().unwrap(), nearest: None };
        let rejection = Rejection::all(alloc::vec![no_manifests, unknown]);
        assert_eq!((rejection.code(), rejection.refusals().len()), ("NO_MANIFESTS", 2));
        assert_eq!(
            rejection.to_string(),
            "a release of `cart` needs at least one manifest; give one for each environment that it is meant for; unknown application `emial`: it has no release yet"
        );
        let rejection = rejection.with_nearest_application(|_| "email".parse().ok());
        assert!(
            rejection.to_string().ends_with("it has no release yet; did you mean `email`?"),
            "{rejection}"
        );
    }
}
