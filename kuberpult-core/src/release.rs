//! [`Release`]: one version of an application.

use alloc::string::{String, ToString as _};
use alloc::sync::Arc;
use core::fmt;
use core::str::FromStr;

use crate::{EnvironmentName, SmallMap};

/// One version of an application: a manifest per environment, and where it came from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
pub struct Release {
    /// The content id of the manifest for each environment that the release can be deployed to.
    pub manifests: SmallMap<EnvironmentName, ManifestId>,
    /// Where it came from.
    pub source: ReleaseSource,
    /// Whether it is an undeploy release: empty manifests, to take the application out of the clusters.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "core::ops::Not::not"))]
    pub undeploy: bool,
}

impl Release {
    /// The names of the fields, as in JSON commands, in which two releases differ: `manifests.<environment>` each.
    #[must_use]
    pub fn differing_fields(&self, other: &Self) -> alloc::vec::Vec<String> {
        let mut fields: alloc::vec::Vec<String> = [
            ("sourceCommitId", self.source.commit_id != other.source.commit_id),
            ("sourceAuthor", self.source.author != other.source.author),
            ("sourceMessage", self.source.message != other.source.message),
            ("displayVersion", self.source.display_version != other.source.display_version),
            ("undeploy", self.undeploy != other.undeploy),
        ]
        .into_iter()
        .filter(|(_, differs)| *differs)
        .map(|(field, _)| field.to_string())
        .collect();
        let environments: alloc::collections::BTreeSet<_> =
            self.manifests.keys().chain(other.manifests.keys()).collect();
        fields.extend(
            environments
                .into_iter()
                .filter(|environment| self.manifests.get(*environment) != other.manifests.get(*environment))
                .map(|environment| alloc::format!("manifests.{environment}")),
        );
        fields
    }
}

/// Where a release came from: the commit in the source repository and what people call it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase", default))]
pub struct ReleaseSource {
    /// The commit id in the source repository, in lower case.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub commit_id: Option<Arc<str>>,
    /// The commit's author.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub author: Option<Arc<str>>,
    /// The commit's message.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub message: Option<Arc<str>>,
    /// What people call the version: `v1.4.2`.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub display_version: Option<Arc<str>>,
}

/// The opaque content id of a manifest: up to 32 bytes, for git the id of the blob.
///
/// Content is not the core's business. Whoever keeps manifests stores the content first and gives it an
/// id; equal ids mean equal content. One id has a meaning of its own: [`ManifestId::EMPTY`].
///
/// ```
/// use kuberpult_core::ManifestId;
/// let id: ManifestId = "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391".parse()?;
/// assert_eq!(id.as_bytes().len(), 20);
/// # Ok::<(), kuberpult_core::ManifestIdError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ManifestId {
    /// INVARIANT: bytes from `length` on are zero, so that derived equality is equality of ids.
    bytes: [u8; Self::LONGEST],
    length: u8,
}

/// Why a text or bytes are no manifest id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("manifest id `{}` is not valid; expected up to 32 bytes as lower-case hexadecimal digits", found.escape_debug())]
pub struct ManifestIdError {
    /// The text as it was given.
    pub found: String,
}

impl ManifestId {
    /// The longest id, in bytes.
    pub const LONGEST: usize = 32;

    /// The manifest of an undeploy release: nothing to apply, and nothing that a storage would have to keep. Its id
    /// has no bytes.
    pub const EMPTY: Self = Self { bytes: [0; Self::LONGEST], length: 0 };

    /// Makes an id of up to 32 bytes; none of more.
    #[must_use]
    pub fn from_bytes(id: &[u8]) -> Option<Self> {
        let length = u8::try_from(id.len()).ok()?;
        let mut bytes = [0; Self::LONGEST];
        bytes.get_mut(..id.len())?.copy_from_slice(id);
        Some(Self { bytes, length })
    }

    /// The id's bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..usize::from(self.length)).unwrap_or_default()
    }
}

/// Lower-case hexadecimal digits.
impl fmt::Display for ManifestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_bytes().iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for ManifestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for ManifestId {
    type Err = ManifestIdError;
    fn from_str(text: &str) -> Result<Self, ManifestIdError> {
        let parse = || {
            let digits = text.as_bytes();
            let mut bytes = [0; Self::LONGEST];
            let (pairs, rest) = digits.as_chunks::<2>();
            if !rest.is_empty() || pairs.len() > Self::LONGEST {
                return None;
            }
            for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
                *byte = hex_digit(*high)? << 4 | hex_digit(*low)?;
            }
            Self::from_bytes(bytes.get(..pairs.len())?)
        };
        parse().ok_or_else(|| ManifestIdError { found: text.to_string() })
    }
}

fn hex_digit(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for ManifestId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(feature = "serde")]
impl<'de> serde::Deserialize<'de> for ManifestId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_written_as_it_was_read() {
        for text in ["00", "0a1b2c3d4e5f", &"f".repeat(64)] {
            assert_eq!(text.parse::<ManifestId>().unwrap().to_string(), text);
        }
        assert_eq!("".parse(), Ok(ManifestId::EMPTY));
        for bad in ["0", "0A", "xy", &"f".repeat(66)] {
            assert!(bad.parse::<ManifestId>().is_err(), "{bad}");
        }
        assert_ne!("00".parse::<ManifestId>(), "0000".parse::<ManifestId>());
    }
}
