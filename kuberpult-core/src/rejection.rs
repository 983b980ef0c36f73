//! [`Rejection`]: why a command is refused.

use alloc::vec::Vec;
use core::fmt;

use crate::Refusal;

/// Why a command is refused: everything that stands in its way. Nothing has changed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "serde", serde(transparent))]
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
