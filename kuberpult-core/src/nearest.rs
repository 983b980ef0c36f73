//! [`nearest_name`]: which name was meant.

use alloc::string::String;
use alloc::vec::Vec;
use core::mem;

/// The name that is most like what was typed, if one is so like it that it may have been meant: at most a third of the keys
/// apart, and three, or what was typed is its beginning. Case does not matter.
///
/// ```
/// use kuberpult_core::nearest_name;
///
/// let known = ["development", "staging", "production"];
/// assert_eq!(nearest_name("porduction", known), Some("production"));
/// assert_eq!(nearest_name("dev", known), Some("development"));
/// assert_eq!(nearest_name("europe", known), None);
/// ```
#[must_use]
pub fn nearest_name<'a>(typed: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let typed: Vec<char> = typed.chars().flat_map(char::to_lowercase).collect();
    let few = typed.len().div_ceil(3).min(3);
    let mut nearest: Option<(usize, &str)> = None;
    let mut longer = None;
    for name in known {
        let lower: Vec<char> = name.chars().flat_map(char::to_lowercase).collect();
        // What is much longer or shorter is that many keys apart at least.
        let apart = (lower.len().abs_diff(typed.len()) <= few).then(|| distance(&typed, &lower));
        if let Some(apart) = apart.filter(|apart| *apart <= few) {
            nearest = Some(nearest.map_or((apart, name), |nearest| nearest.min((apart, name))));
        }
        if !typed.is_empty() && lower.starts_with(&typed) {
            longer = longer.or(Some(name));
        }
    }
    nearest.map(|(_, name)| name).or(longer)
}

/// How many keys have to be added, taken away, changed, or swapped with the next one.
fn distance(from: &[char], to: &[char]) -> usize {
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=to.len()).collect();
    for (row, a) in from.iter().enumerate() {
        let mut current = Vec::with_capacity(to.len() + 1);
        let mut left = row + 1;
        current.push(left);
        for (column, b) in to.iter().enumerate() {
            let at = |row: &[usize], column: usize| row.get(column).copied().unwrap_or(usize::MAX);
            let mut apart = at(&last, column) + usize::from(a != b);
            apart = apart.min(at(&last, column + 1) + 1).min(left + 1);
            let is_swapped =
                row > 0 && column > 0 && from.get(row - 1) == Some(b) && to.get(column - 1) == Some(a);
            if is_swapped {
                apart = apart.min(at(&before_last, column - 1) + 1);
            }
            current.push(apart);
            left = apart;
        }
        before_last = mem::replace(&mut last, current);
    }
    last.last().copied().unwrap_or(from.len())
}

/// The same among what can be written as text.
pub(crate) fn nearest_of<T: core::fmt::Display>(typed: &str, known: &[T]) -> Option<String> {
    let known: Vec<String> = known.iter().map(|name| alloc::format!("{name}")).collect();
    nearest_name(typed, known.iter().map(String::as_str)).map(String::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_counted() {
        for (from, to, expected) in [
            ("", "", 0),
            ("", "abc", 3),
            ("abc", "", 3),
            ("cart", "cart", 0),
            ("crat", "cart", 1),
            ("car", "cart", 1),
            ("cartt", "cart", 1),
            ("cast", "cart", 1),
            ("tarc", "cart", 2),
            ("kitten", "sitting", 3),
        ] {
            let (from, to): (Vec<char>, Vec<char>) = (from.chars().collect(), to.chars().collect());
            assert_eq!(distance(&from, &to), expected, "{from:?} {to:?}");
        }
    }

    #[test]
    fn of_names_that_are_as_near_it_is_always_the_same() {
        assert_eq!(nearest_name("car", ["cat", "bar"]), Some("bar"));
        assert_eq!(nearest_name("car", ["bar", "cat"]), Some("bar"));
        assert_eq!(nearest_name("prod", ["production-eu", "production-us"]), Some("production-eu"));
        assert_eq!(nearest_name("", ["a"]), None);
        assert_eq!(nearest_name("x", []), None);
    }
}
