//! Validated names: [`EnvironmentName`], [`ApplicationName`], [`TeamName`], [`GroupName`], [`LockId`].
//!
//! A name is made in one of two ways. `new` accepts what a *new* thing may be called. `existing` accepts
//! whatever is safe as one path component, because a manifest repository that somebody else wrote may
//! hold longer or odder names, and those must be readable, deployable and lockable all the same.

use alloc::string::{String, ToString as _};
use alloc::sync::Arc;
use core::cmp::Ordering;
use core::fmt;
use core::hash::{Hash, Hasher};

/// The longest name, in bytes, that is read from an existing repository: the limit of file systems.
const LONGEST_COMPONENT: usize = 255;

/// Why a text is no valid name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NameError {
    /// The text is longer than the kind of name allows.
    #[error("{kind} `{}` is {length} characters long; at most {longest} are allowed", found.escape_debug())]
    TooLong {
        /// What the name was for, with its article left out: `environment name`.
        kind: &'static str,
        /// The text as it was given.
        found: String,
        /// Its length in characters.
        length: usize,
        /// The longest that is accepted.
        longest: usize,
    },
    /// The text does not have the form of this kind of name.
    #[error("{kind} `{}` is not valid; expected {expected}", found.escape_debug())]
    Malformed {
        /// What the name was for: `environment name`.
        kind: &'static str,
        /// The text as it was given.
        found: String,
        /// The form that is accepted, in words.
        expected: &'static str,
    },
}

const WORDS: &str = "lower-case letters and digits in words joined by single `-`, such as `cart-api`";
const LOCK_ID: &str = "2 to 99 characters without `/` and control characters, not starting with `-`, and not `.`, `..` or `.git`";
const COMPONENT: &str = "a text that is safe as a file name: not empty, without `/` and control characters, and not `.`, `..` or `.git`";

/// `[a-z0-9]+(-[a-z0-9]+)*`
fn is_words(text: &str) -> bool {
    text.split('-').all(|word| {
        !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    })
}

/// Whether a text can be one component of a path in a git tree, on any system that checks it out.
fn is_safe_component(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= LONGEST_COMPONENT
        && !text.chars().any(|c| c == '/' || c == '\\' || c.is_control())
        && text != "."
        && text != ".."
        && !text.eq_ignore_ascii_case(".git")
}

fn check_words(kind: &'static str, longest: usize, text: &str) -> Result<(), NameError> {
    let length = text.chars().count();
    if length > longest {
        return Err(NameError::TooLong { kind, found: text.to_string(), length, longest });
    }
    if is_words(text) {
        Ok(())
    } else {
        Err(NameError::Malformed { kind, found: text.to_string(), expected: WORDS })
    }
}

fn check_lock_id(kind: &'static str, longest: usize, text: &str) -> Result<(), NameError> {
    let length = text.chars().count();
    if length > longest {
        return Err(NameError::TooLong { kind, found: text.to_string(), length, longest });
    }
    if length >= 2 && is_safe_component(text) && !text.starts_with('-') {
        Ok(())
    } else {
        Err(NameError::Malformed { kind, found: text.to_string(), expected: LOCK_ID })
    }
}

fn check_existing(kind: &'static str, text: &str) -> Result<(), NameError> {
    if is_safe_component(text) {
        Ok(())
    } else {
        Err(NameError::Malformed { kind, found: text.to_string(), expected: COMPONENT })
    }
}

macro_rules! name_type {
    ($(#[$doc:meta])* $name:ident, $kind:literal, $longest:literal, $check:ident) => {
        $(#[$doc])*
        ///
        /// Cheap to clone. Ordered as its text.
        #[derive(Clone, Eq)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize))]
        #[cfg_attr(feature = "serde", serde(transparent))]
        pub struct $name(Arc<str>);

        impl $name {
            /// The longest name, in characters, that a new one may have.
            pub const LONGEST: usize = $longest;

            /// Makes a name that a new thing may have.
            ///
            /// # Errors
            /// The text is too long or does not have the form of this kind of name.
            pub fn new(text: &str) -> Result<Self, NameError> {
                $check($kind, $longest, text)?;
                Ok(Self(text.into()))
            }

            /// Makes a name of a thing that exists already: anything that is safe as a file name.
            ///
            /// # Errors
            /// The text is no safe file name.
            pub fn existing(text: &str) -> Result<Self, NameError> {
                check_existing($kind, text)?;
                Ok(Self(text.into()))
            }

            /// Checks that a new thing may have this name, which [`existing`](Self::existing) does not.
            ///
            /// # Errors
            /// As [`new`](Self::new).
            pub fn check_new(&self) -> Result<(), NameError> {
                $check($kind, $longest, &self.0)
            }

            /// The name as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        // Names that are clones of each other are most of those that are compared, and are told without reading them.
        impl PartialEq for $name {
            fn eq(&self, other: &Self) -> bool {
                Arc::ptr_eq(&self.0, &other.0) || self.0 == other.0
            }
        }

        impl Ord for $name {
            fn cmp(&self, other: &Self) -> Ordering {
                if Arc::ptr_eq(&self.0, &other.0) { Ordering::Equal } else { self.0.cmp(&other.0) }
            }
        }

        impl PartialOrd for $name {
            fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
                Some(self.cmp(other))
            }
        }

        impl Hash for $name {
            fn hash<H: Hasher>(&self, state: &mut H) {
                self.0.hash(state);
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        /// The text in quotes, with control characters escaped: it cannot forge a line.
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&*self.0, f)
            }
        }

        impl core::str::FromStr for $name {
            type Err = NameError;
            fn from_str(text: &str) -> Result<Self, NameError> {
                Self::new(text)
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl core::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        /// Accepts what [`existing`](Self::existing) accepts; commands that create check the rest.
        #[cfg(feature = "serde")]
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                Self::existing(&text).map_err(serde::de::Error::custom)
            }
        }
    };
}

name_type! {
    /// The name of an environment: a target of deployments, usually one cluster. At most 20 characters.
    ///
    /// ```
    /// use kuberpult_core::EnvironmentName;
    /// let staging: EnvironmentName = "staging".parse()?;
    /// assert_eq!(staging.as_str(), "staging");
    /// assert!(EnvironmentName::new("Staging!").is_err());
    /// # Ok::<(), kuberpult_core::NameError>(())
    /// ```
    ///
    /// Names of different kinds do not convert into each other:
    ///
    /// ```compile_fail
    /// use kuberpult_core::{ApplicationName, EnvironmentName};
    /// let cart = ApplicationName::new("cart").unwrap();
    /// let environment: EnvironmentName = cart.into();
    /// ```
    EnvironmentName, "environment name", 20, check_words
}
name_type! {
    /// The name of an application: a microservice. At most 39 characters.
    ApplicationName, "application name", 39, check_words
}
name_type! {
    /// The name of a team that owns applications. At most 62 characters.
    TeamName, "team name", 62, check_words
}
name_type! {
    /// The name of a group of environments. At most 20 characters.
    GroupName, "environment group name", 20, check_words
}
name_type! {
    /// The id of a lock, unique within its scope. 2 to 99 characters, usable as a file name.
    LockId, "lock id", 99, check_lock_id
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn new_names_are_words_joined_by_dashes() {
        for good in ["a", "cart", "cart-api", "a1-b2-c3", "0", "twenty-chars-long-20"] {
            assert_eq!(EnvironmentName::new(good).unwrap().as_str(), good);
        }
        for bad in ["", "-a", "a-", "a--b", "A", "a_b", "a b", "ä", "a/b", "..", "twenty-one-chars-l-21"] {
            assert!(EnvironmentName::new(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn existing_names_are_any_safe_component() {
        for good in ["A", "a_b", "a b", "ä", "a.git", "twenty-one-chars-l-21", "-"] {
            assert_eq!(ApplicationName::existing(good).unwrap().as_str(), good);
        }
        for bad in ["", ".", "..", ".git", ".GIT", "a/b", "a\\b", "a\nb", "a\0", "\u{7f}"] {
            assert!(ApplicationName::existing(bad).is_err(), "{bad:?}");
        }
        assert!(ApplicationName::existing(&"x".repeat(256)).is_err());
        assert!(ApplicationName::existing("A").unwrap().check_new().is_err());
    }

    #[test]
    fn lock_ids_are_free_text_that_is_a_safe_file_name() {
        for good in ["ab", "Maintenance 2024!", ".a", "a.", "日本"] {
            assert!(LockId::new(good).is_ok(), "{good}");
        }
        for bad in ["a", "", "..", ".git", ".Git", "-ab", "a/b", "a\nb"] {
            assert!(LockId::new(bad).is_err(), "{bad:?}");
        }
        assert!(LockId::new(&"x".repeat(99)).is_ok());
        assert!(LockId::new(&"x".repeat(100)).is_err());
    }

    #[test]
    fn errors_say_what_was_found_and_what_is_accepted() {
        assert_eq!(
            EnvironmentName::new("Prod").unwrap_err().to_string(),
            "environment name `Prod` is not valid; expected lower-case letters and digits in words joined by single `-`, such as `cart-api`"
        );
        assert_eq!(
            EnvironmentName::new("a-name-that-is-too-long").unwrap_err().to_string(),
            "environment name `a-name-that-is-too-long` is 23 characters long; at most 20 are allowed"
        );
    }
}
