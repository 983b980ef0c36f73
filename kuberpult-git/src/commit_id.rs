//! [`CommitId`]: which commit.

use std::fmt;
use std::str::FromStr;

use gix::ObjectId;
use serde::{Deserialize, Serialize};

/// The id of a commit: as text, all 40 hexadecimal digits in lower case, or 64 in a repository with SHA-256 ids.
///
/// ```
/// use kuberpult_git::CommitId;
/// let id: CommitId = "3b18e512dba79e4c8300dd08aeb37f8e728b8dad".parse()?;
/// assert_eq!(id.to_string(), "3b18e512dba79e4c8300dd08aeb37f8e728b8dad");
/// assert!("3b18e51".parse::<CommitId>().is_err());
/// # Ok::<(), kuberpult_git::CommitIdError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CommitId(pub(crate) ObjectId);

/// Why a text is no commit id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("commit id `{}` is not valid; expected 40 hexadecimal digits in lower case, or 64", found.escape_debug())]
pub struct CommitIdError {
    /// The text as it was given.
    pub found: String,
}

impl fmt::Display for CommitId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl FromStr for CommitId {
    type Err = CommitIdError;
    fn from_str(text: &str) -> Result<Self, CommitIdError> {
        let id = ObjectId::from_hex(text.as_bytes()).ok();
        let is_lower_case = !text.contains(char::is_uppercase);
        let id = id.filter(|_| is_lower_case);
        id.map(Self).ok_or_else(|| CommitIdError { found: text.to_owned() })
    }
}

impl Serialize for CommitId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for CommitId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for CommitId {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "CommitId".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "description": "The id of a commit.",
            "type": "string",
            "pattern": "^([0-9a-f]{40}|[0-9a-f]{64})$",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_full_id_is_one() {
        let id = "0123456789abcdef0123456789abcdef01234567";
        assert_eq!(id.parse::<CommitId>().unwrap().to_string(), id);
        let longer = "ab".repeat(32);
        assert_eq!(longer.parse::<CommitId>().unwrap().to_string(), longer);
        for bad in ["", "main", &id[..39], &id.to_uppercase(), &longer[..63]] {
            assert!(bad.parse::<CommitId>().is_err(), "{bad}");
        }
    }
}
