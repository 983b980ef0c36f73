//! The order of a mapping's keys: runs of digits by their value, letters behind everything else.

use std::borrow::Cow;
use std::cmp::Ordering;

/// The entries of a mapping in the order in which they are printed.
///
/// `yaml.v2`'s comparison is no order: `2` < `12` < `1a` < `2`. Go then prints keys in an order that depends on
/// chance; here they keep one that depends on the keys alone. The library's sorting may panic on such a
/// comparison, so they are inserted one by one: mappings are small.
pub(super) fn sorted<'m, T>(entries: &'m [(Cow<'_, str>, T)]) -> Vec<(&'m str, &'m T)> {
    let mut alphabetical: Vec<(&str, &T)> =
        entries.iter().map(|(key, value)| (key.as_ref(), value)).collect();
    alphabetical.sort_unstable_by_key(|(key, _)| *key);
    let mut sorted: Vec<(&str, &T)> = Vec::with_capacity(alphabetical.len());
    for entry in alphabetical {
        let smaller = |(key, _): &&(&str, &T)| compare(key, entry.0) == Ordering::Greater;
        let at = sorted.len() - sorted.iter().rev().take_while(smaller).count();
        sorted.insert(at, entry);
    }
    sorted
}

/// Letters beyond ASCII are told by Unicode's property "alphabetic", Go takes the general category: a difference
/// that no valid Kubernetes key shows.
fn compare(a: &str, b: &str) -> Ordering {
    let common: usize = a.chars().zip(b.chars()).take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum();
    let (prefix, rest_a) = a.split_at_checked(common).unwrap_or((a, ""));
    let rest_b = b.get(common..).unwrap_or_default();
    let (Some(first_a), Some(first_b)) = (rest_a.chars().next(), rest_b.chars().next()) else {
        return rest_a.len().cmp(&rest_b.len());
    };
    match (first_a.is_alphabetic(), first_b.is_alphabetic()) {
        (true, true) => return first_a.cmp(&first_b),
        (true, false) => return Ordering::Greater,
        (false, true) => return Ordering::Less,
        (false, false) => {}
    }
    // a zero behind another digit adds a place and is no leading zero
    let mut before = prefix.bytes().rev().take_while(u8::is_ascii_digit);
    let lead = i64::from((first_a == '0' || first_b == '0') && before.any(|digit| digit != b'0'));
    let (number_a, digits_a) = number(rest_a, lead);
    let (number_b, digits_b) = number(rest_b, lead);
    number_a.cmp(&number_b).then(digits_a.cmp(&digits_b)).then(first_a.cmp(&first_b))
}

/// The number at the beginning of a text, and how many digits it has. It wraps around as Go's does.
fn number(text: &str, lead: i64) -> (i64, usize) {
    text.bytes().take_while(u8::is_ascii_digit).fold((lead, 0), |(number, digits), digit| {
        (number.wrapping_mul(10).wrapping_add(i64::from(digit - b'0')), digits + 1)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn in_order(keys: &[&str]) -> Vec<String> {
        let entries: Vec<(Cow<'_, str>, ())> = keys.iter().map(|key| (Cow::Borrowed(*key), ())).collect();
        sorted(&entries).into_iter().map(|(key, ())| key.to_owned()).collect()
    }

    #[test]
    fn digits_count_by_value_and_letters_come_last() {
        let expected = [
            "", "-", "/x", "_", "~", "0", "1", "2", "02", "10", "A", "a-", "a/b", "a1", "a2b", "a10b", "aa",
            "b",
        ];
        for turn in 0..expected.len() {
            let mut keys = expected.to_vec();
            keys.rotate_left(turn);
            assert_eq!(in_order(&keys), expected);
        }
    }

    #[test]
    fn zeros_behind_a_digit_are_no_leading_zeros() {
        assert_eq!(in_order(&["a100", "a20", "a1"]), ["a1", "a20", "a100"]);
        assert_eq!(in_order(&["a10", "a1-"]), ["a1-", "a10"]);
        assert_eq!(in_order(&["a1.0", "a1.00", "a1"]), ["a1", "a1.0", "a1.00"]);
    }

    #[test]
    fn a_circle_has_an_order_all_the_same() {
        let expected = in_order(&["2", "12", "1a"]);
        assert_eq!(in_order(&["1a", "2", "12"]), expected);
        assert_eq!(expected.len(), 3);
    }
}
