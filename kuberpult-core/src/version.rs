//! [`Version`]: the number of a release.

use alloc::string::{String, ToString as _};
use core::fmt;
use core::num::NonZeroU64;
use core::str::FromStr;

/// The number of a release of an application: a positive integer, ordered.
///
/// ```
/// use kuberpult_core::Version;
/// let seven: Version = "7".parse()?;
/// assert!(seven < Version::new(10).unwrap());
/// assert!("07".parse::<Version>().is_err());
/// # Ok::<(), kuberpult_core::VersionError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "serde", serde(transparent))]
pub struct Version(NonZeroU64);

/// Why a text is no version.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "version `{}` is not valid; expected a positive integer such as `7`, without sign, zeros in front, or a revision",
    found.escape_debug()
)]
pub struct VersionError {
    /// The text as it was given.
    pub found: String,
}

impl Version {
    /// The version that an application's first release gets.
    pub const FIRST: Self = Self(NonZeroU64::MIN);

    /// Makes a version; none for zero.
    #[must_use]
    pub const fn new(number: u64) -> Option<Self> {
        match NonZeroU64::new(number) {
            Some(number) => Some(Self(number)),
            None => None,
        }
    }

    /// The number, 1 or more.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0.get()
    }

    /// The next higher version; none after the highest that can be written.
    #[must_use]
    pub fn next(self) -> Option<Self> {
        self.0.checked_add(1).map(Self)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl FromStr for Version {
    type Err = VersionError;
    /// Accepts only the one way in which a version is written: decimal digits, the first not zero.
    fn from_str(text: &str) -> Result<Self, VersionError> {
        let malformed = || VersionError { found: text.to_string() };
        if text.starts_with(['0', '+']) {
            return Err(malformed());
        }
        text.parse().map(Self).map_err(|_| malformed())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_canonical_decimals_are_versions() {
        assert_eq!("42".parse::<Version>().unwrap().get(), 42);
        assert_eq!("18446744073709551615".parse::<Version>().unwrap().next(), None);
        for bad in ["", "0", "01", "+1", "-1", "1.2", "1 ", "x", "18446744073709551616", "१"] {
            assert!(bad.parse::<Version>().is_err(), "{bad:?}");
        }
    }
}
