//! What an unquoted scalar would be read as, by YAML 1.1 as `yaml.v2` knows it.

/// Whether a text that stands there unquoted is read back as that text, not as a number, a bool, a time or nothing.
pub(super) fn reads_as_text(text: &str) -> bool {
    !(is_word(text)
        || (text.starts_with('.') && separates_digits(text) && is_float(text))
        || (text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-'))
            && is_number_or_time(text)))
}

/// `<<` is none of them, although it merges as a key: upstream writes it unquoted.
fn is_word(text: &str) -> bool {
    const WORDS: [&str; 13] =
        ["y", "yes", "true", "on", "n", "no", "false", "off", "null", ".nan", ".inf", "+.inf", "-.inf"];
    match text {
        "" | "~" | ".NaN" => true,
        ".Nan" => false,
        _ => WORDS.iter().any(|word| {
            let capitals = word.to_ascii_uppercase();
            text == *word || text == capitals || is_capitalised(text, word)
        }),
    }
}

/// Whether a text is a word whose first letter, and no other, is a capital.
fn is_capitalised(text: &str, word: &str) -> bool {
    let Some(letter) = word.find(|c: char| c.is_ascii_alphabetic()) else { return false };
    match (text.split_at_checked(letter + 1), word.split_at_checked(letter + 1)) {
        (Some((text, text_rest)), Some((word, word_rest))) => {
            text == word.to_ascii_uppercase() && text_rest == word_rest
        }
        _ => false,
    }
}

fn is_number_or_time(text: &str) -> bool {
    let plain = text.replace('_', "");
    is_time(text) || is_integer(&plain) || is_float(&plain) || is_base_60(text)
}

fn without_sign(text: &str) -> &str {
    text.strip_prefix(['+', '-']).unwrap_or(text)
}

/// An integer as in Go's source: decimal, or with `0x`, `0o`, `0b` or `0` before it.
fn is_integer(text: &str) -> bool {
    let signed = text.starts_with(['+', '-']);
    let digits = without_sign(text);
    let (base, digits) = match digits.as_bytes() {
        [b'0', b'x' | b'X', ..] => (16, digits.get(2..).unwrap_or_default()),
        [b'0', b'o' | b'O', ..] => (8, digits.get(2..).unwrap_or_default()),
        // a sign may stand behind `0b` instead
        [b'0', b'b', b'+' | b'-', ..] if !signed => (2, digits.get(3..).unwrap_or_default()),
        [b'0', b'b' | b'B', ..] => (2, digits.get(2..).unwrap_or_default()),
        [b'0', _, ..] => (8, digits),
        _ => (10, digits),
    };
    !digits.is_empty()
        && digits.chars().all(|c| c.is_digit(base))
        // a decimal beyond the limit is a float; without a sign there is none, as not every version of Go's package
        // reads such a number as text
        && (!signed || u64::from_str_radix(digits, base).is_ok_and(|value| value <= 1 << 63))
}

/// `1`, `1.`, `.5`, `1.5e-3`, unless it is too large.
fn is_float(text: &str) -> bool {
    let text = text.replace('_', "");
    let digits = without_sign(&text);
    let (mantissa, exponent) = match digits.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(without_sign(exponent))),
        None => (digits, None),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let are_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    are_digits(whole)
        && are_digits(fraction)
        && !(whole.is_empty() && fraction.is_empty())
        && exponent.is_none_or(|exponent| !exponent.is_empty() && are_digits(exponent))
        && text.parse::<f64>().is_ok_and(f64::is_finite)
}

/// Whether each `_` stands between two digits: where Go reads a number by itself, it is particular about that.
fn separates_digits(text: &str) -> bool {
    let mut pieces = text.split('_').peekable();
    let mut first = true;
    while let Some(piece) = pieces.next() {
        let digit_before = first || piece.starts_with(|c: char| c.is_ascii_digit());
        let digit_behind = pieces.peek().is_none() || piece.ends_with(|c: char| c.is_ascii_digit());
        if !(digit_before && digit_behind) {
            return false;
        }
        first = false;
    }
    true
}

/// `1:30`, `-12:30:45.5`: minutes and seconds as YAML 1.1 has them. `yaml.v2` does not read, but still quotes them.
fn is_base_60(text: &str) -> bool {
    let mut parts = without_sign(text).split(':');
    let first = parts.next().unwrap_or_default();
    let mut rest: Vec<&str> = parts.collect();
    let Some(last) = rest.last_mut() else { return false };
    if let Some((sixtieths, fraction)) = last.split_once('.') {
        if !fraction.bytes().all(|byte| byte.is_ascii_digit() || byte == b'_') {
            return false;
        }
        *last = sixtieths;
    }
    first.starts_with(|c: char| c.is_ascii_digit())
        && first.bytes().all(|byte| byte.is_ascii_digit() || byte == b'_')
        && rest.iter().all(|part| matches!(part.as_bytes(), [b'0'..=b'9'] | [b'0'..=b'5', b'0'..=b'9']))
}

/// `2024-5-3`, `2024-05-03 11:37:37.5`, `2024-05-03T11:37:37+02:00`: the forms of a time that Go's decoder knows.
fn is_time(text: &str) -> bool {
    time_rest(text).is_some_and(str::is_empty)
}

/// What follows a time at the beginning of a text; none if there is no valid time.
fn time_rest(text: &str) -> Option<&str> {
    let (year, rest) = text.split_at_checked(4)?;
    let year: u32 = year.bytes().all(|byte| byte.is_ascii_digit()).then(|| year.parse().ok())??;
    let (month, rest) = up_to_two_digits(rest.strip_prefix('-')?)?;
    let (day, rest) = up_to_two_digits(rest.strip_prefix('-')?)?;
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => return None,
    };
    if !(1..=days).contains(&day) {
        return None;
    }
    if rest.is_empty() {
        return Some(rest);
    }
    let has_zone = rest.starts_with(['T', 't']);
    let (hour, rest) = up_to_two_digits(rest.strip_prefix(['T', 't', ' '])?)?;
    let (minute, rest) = up_to_two_digits(rest.strip_prefix(':')?)?;
    let (second, rest) = up_to_two_digits(rest.strip_prefix(':')?)?;
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let rest = match rest.strip_prefix(['.', ',']) {
        Some(fraction) if fraction.starts_with(|c: char| c.is_ascii_digit()) => {
            fraction.trim_start_matches(|c: char| c.is_ascii_digit())
        }
        _ => rest,
    };
    if has_zone { zone_rest(rest) } else { Some(rest) }
}

fn zone_rest(text: &str) -> Option<&str> {
    if let Some(rest) = text.strip_prefix('Z') {
        return Some(rest);
    }
    let offset = text.strip_prefix(['+', '-'])?;
    match offset.as_bytes() {
        [b'0'..=b'9', b'0'..=b'9', b':', b'0'..=b'9', b'0'..=b'9', ..] => {
            let (hours, rest) = up_to_two_digits(offset)?;
            let (minutes, rest) = up_to_two_digits(rest.strip_prefix(':')?)?;
            (hours <= 24 && minutes <= 60).then_some(rest)
        }
        _ => None,
    }
}

fn up_to_two_digits(text: &str) -> Option<(u32, &str)> {
    let digits = text.bytes().take(2).take_while(u8::is_ascii_digit).count();
    let (number, rest) = text.split_at_checked(digits)?;
    Some((number.parse().ok()?, rest))
}

#[cfg(test)]
mod tests {
    use super::reads_as_text;

    #[test]
    fn texts_of_other_types_are_told_apart() {
        for other in [
            "",
            "~",
            "null",
            "Null",
            "NULL",
            "y",
            "Y",
            "yes",
            "Yes",
            "YES",
            "n",
            "N",
            "no",
            "on",
            "On",
            "OFF",
            "true",
            "False",
            ".inf",
            "+.Inf",
            "-.INF",
            ".nan",
            ".NaN",
            ".NAN",
            "0",
            "-1",
            "+1",
            "007",
            "089",
            "1_000",
            "0x1F",
            "0b101",
            "0b-1",
            "-0b1",
            "0o17",
            "1.",
            ".5",
            "1.5e-3",
            "-1E9",
            ".5_0e1_0",
            "99999999999999999999",
            "-9223372036854775808",
            "2024-05-03",
            "2024-5-3",
            "2024-02-29",
            "2024-05-03T11:37:37Z",
            "2024-05-03t1:2:3.5+02:00",
            "2024-05-03 11:37:37",
            "1:30",
            "-12:30:45.5",
            "1_0:59",
        ] {
            assert!(!reads_as_text(other), "{other:?}");
        }
    }

    #[test]
    fn texts_that_only_look_like_another_type_are_texts() {
        for text in [
            "nULL",
            "yES",
            "True1",
            ".Nan",
            ".",
            "..",
            "-",
            "+",
            "_1",
            "._5",
            ".5_",
            ".5__0",
            ".5_e1",
            "e5",
            "0x",
            "0xg",
            "0b",
            "0b2",
            "1e",
            "1e999",
            "1.2.3",
            "v1",
            "-a",
            "<<",
            "2024-13-01",
            "2023-02-29",
            "2024-05-03T11:37:37",
            "2024-05-03 24:00:00",
            "2024-05-03T11:37:37+2:00",
            "24-05-03",
            "2024-05",
            "1:60",
            "1:",
            ":30",
            "1:30x",
            "1:30.x",
            "*/5",
            "2h",
            "-0xFFFFFFFFFFFFFFFFFF",
            "-0b-1",
            "0B-1",
        ] {
            assert!(reads_as_text(text), "{text:?}");
        }
    }
}
