//! [`ApplicationPattern`]: which applications a freeze window concerns.

use alloc::string::{String, ToString as _};
use alloc::sync::Arc;
use core::str::FromStr;

use crate::ApplicationName;
use crate::text_value::text_value;

/// A pattern of application names: `*` stands for any characters, also none, `?` for exactly one; every other
/// character for itself. Cheap to clone.
///
/// ```
/// use kuberpult_core::{ApplicationName, ApplicationPattern};
/// let pattern: ApplicationPattern = "cart-*".parse()?;
/// assert!(pattern.matches(&ApplicationName::new("cart-api")?));
/// assert!(!pattern.matches(&ApplicationName::new("cart")?));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ApplicationPattern {
    text: Arc<str>,
}

text_value!(ApplicationPattern);

/// Why a text is no pattern of application names.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ApplicationPatternError {
    /// The text is empty.
    #[error(
        "an application pattern must not be empty; expected a name such as `cart`, or a pattern such as `cart-*`"
    )]
    Empty,
    /// The text has a character that means something in other kinds of patterns, or that no name has.
    #[error(
        "application pattern `{}` has a `{}`; only `*` and `?` are special, so list several patterns instead",
        found.escape_debug(),
        character.escape_debug()
    )]
    Unsupported {
        /// The text as it was given.
        found: String,
        /// The character.
        character: char,
    },
}

impl ApplicationPattern {
    /// Whether the application's name has this pattern. At most as many steps as the lengths of pattern and name
    /// multiplied.
    #[must_use]
    pub fn matches(&self, application: &ApplicationName) -> bool {
        let (mut pattern, mut name) = (self.text.chars(), application.as_str().chars());
        // What follows the last `*`, and what is left of the name when the `*` takes one character more. Earlier
        // ones need no second try: the shortest that they can take is never worse.
        let mut last_star = None;
        loop {
            let rest_of_name = name.clone();
            match (pattern.next(), name.next()) {
                (Some('*'), _) => {
                    let mut shorter = rest_of_name.clone();
                    last_star = shorter.next().map(|_| (pattern.clone(), shorter));
                    name = rest_of_name;
                }
                (None, None) => return true,
                (Some('?'), Some(_)) => {}
                (Some(expected), Some(found)) if expected == found => {}
                _ => {
                    let Some((after_star, mut shorter)) = last_star.take() else { return false };
                    (pattern, name) = (after_star.clone(), shorter.clone());
                    last_star = shorter.next().map(|_| (after_star, shorter));
                }
            }
        }
    }

    /// Whether every application has this pattern, by its form: it is made of `*` alone.
    #[must_use]
    pub fn matches_every_application(&self) -> bool {
        self.text.chars().all(|character| character == '*')
    }
}

impl FromStr for ApplicationPattern {
    type Err = ApplicationPatternError;

    fn from_str(text: &str) -> Result<Self, ApplicationPatternError> {
        if text.is_empty() {
            return Err(ApplicationPatternError::Empty);
        }
        let unsupported = |character: &char| {
            matches!(character, '[' | ']' | '{' | '}' | '\\' | '/') || character.is_control()
        };
        match text.chars().find(unsupported) {
            Some(character) => {
                Err(ApplicationPatternError::Unsupported { found: text.to_string(), character })
            }
            None => Ok(Self { text: text.into() }),
        }
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec;
    use alloc::vec::Vec;

    use super::*;

    fn matches(pattern: &str, name: &str) -> bool {
        pattern.parse::<ApplicationPattern>().unwrap().matches(&ApplicationName::existing(name).unwrap())
    }

    #[test]
    fn a_pattern_matches_whole_names() {
        for (pattern, name) in [
            ("cart", "cart"),
            ("*", "cart"),
            ("**", "c"),
            ("cart-*", "cart-"),
            ("*-api", "cart-api"),
            ("c*t", "ct"),
            ("c*t", "cart-part"),
            ("*a*a*", "banana"),
            ("*ana", "banana"),
            ("c?rt", "cärt"),
            ("?*?", "ab"),
            ("*ab?d", "abababcd"),
        ] {
            assert!(matches(pattern, name), "{pattern} {name}");
        }
        for (pattern, name) in [
            ("cart", "carts"),
            ("cart", "car"),
            ("Cart", "cart"),
            ("cart-*", "cart"),
            ("*-api", "cart-api-2"),
            ("c?t", "ct"),
            ("c*t", "cart-"),
            ("*a*a*a*a*", "banana"),
            ("?*?", "a"),
            ("?", "ab"),
            (".*", "cart"),
        ] {
            assert!(!matches(pattern, name), "{pattern} {name}");
        }
    }

    /// All patterns and names of up to five characters, against the definition.
    #[test]
    fn matching_is_what_the_definition_says() {
        fn defined(pattern: &[u8], name: &[u8]) -> bool {
            match (pattern, name) {
                ([], []) => true,
                ([b'*', rest @ ..], _) => (0..=name.len()).any(|taken| defined(rest, &name[taken..])),
                ([b'?', rest @ ..], [_, tail @ ..]) => defined(rest, tail),
                ([first, rest @ ..], [head, tail @ ..]) => first == head && defined(rest, tail),
                _ => false,
            }
        }
        fn texts(alphabet: &[u8]) -> Vec<String> {
            let mut texts = vec![String::new()];
            let mut from = 0;
            for _ in 0..5 {
                let to = texts.len();
                for index in from..to {
                    for byte in alphabet {
                        let longer = alloc::format!("{}{}", texts[index], char::from(*byte));
                        texts.push(longer);
                    }
                }
                from = to;
            }
            texts.split_off(1)
        }
        for pattern in texts(b"ab*?") {
            for name in texts(b"ab") {
                assert_eq!(
                    matches(&pattern, &name),
                    defined(pattern.as_bytes(), name.as_bytes()),
                    "{pattern} {name}"
                );
            }
        }
    }

    #[test]
    fn many_stars_do_not_take_long() {
        let pattern = "*a".repeat(60);
        assert!(!matches(&pattern, &"ab".repeat(100)));
    }

    #[test]
    fn other_kinds_of_patterns_are_refused() {
        for (text, expected) in [
            (
                "",
                "an application pattern must not be empty; expected a name such as `cart`, or a pattern such as `cart-*`",
            ),
            (
                "c[ab]",
                "application pattern `c[ab]` has a `[`; only `*` and `?` are special, so list several patterns instead",
            ),
            (
                "{a,b}",
                "application pattern `{a,b}` has a `{`; only `*` and `?` are special, so list several patterns instead",
            ),
            (
                "a\\*",
                "application pattern `a\\\\*` has a `\\\\`; only `*` and `?` are special, so list several patterns instead",
            ),
            (
                "a\nb",
                "application pattern `a\\nb` has a `\\n`; only `*` and `?` are special, so list several patterns instead",
            ),
        ] {
            assert_eq!(text.parse::<ApplicationPattern>().unwrap_err().to_string(), expected);
        }
    }

    #[test]
    fn only_stars_match_every_application_by_form() {
        for (text, expected) in [("*", true), ("***", true), ("?*", false), ("cart", false)] {
            assert_eq!(text.parse::<ApplicationPattern>().unwrap().matches_every_application(), expected);
        }
    }
}
