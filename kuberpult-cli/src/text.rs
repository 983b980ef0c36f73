//! Text that comes from elsewhere, made safe to print; and small pieces of layout.

use std::borrow::Cow;

/// The text on one line, with everything escaped that would move the cursor, colour the terminal or turn the
/// direction of writing.
pub(crate) fn one_line(text: &str) -> Cow<'_, str> {
    if text.chars().any(is_unsafe) {
        let escaped = text.chars().map(|c| match c {
            c if is_unsafe(c) => c.escape_debug().to_string(),
            c => c.to_string(),
        });
        Cow::Owned(escaped.collect())
    } else {
        Cow::Borrowed(text)
    }
}

/// As [`one_line`], but line breaks stay.
pub(crate) fn lines(text: &str) -> String {
    text.lines().map(one_line).collect::<Vec<_>>().join("\n")
}

/// Whether it would move the cursor, colour a terminal or turn the direction of writing.
pub(crate) fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// A duration as `kubectl` writes ages: its largest unit, rounded down.
pub(crate) fn age(seconds: i64) -> String {
    match seconds {
        ..0 => "in the future".into(),
        0..120 => format!("{seconds}s"),
        120..7_200 => format!("{}m", seconds / 60),
        7_200..172_800 => format!("{}h", seconds / 3_600),
        _ => format!("{}d", seconds / 86_400),
    }
}

/// A number with the word for what is counted.
pub(crate) fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// Words joined by `, ` on lines that are no wider than `width` where that is possible, each line indented.
pub(crate) fn wrapped<'a>(
    words: impl IntoIterator<Item = Cow<'a, str>>,
    width: usize,
    indent: &str,
) -> String {
    let mut text = String::new();
    let mut line = String::new();
    let mut words = words.into_iter().peekable();
    while let Some(word) = words.next() {
        let word = if words.peek().is_some() { format!("{word},") } else { word.into_owned() };
        let longer = line.chars().count() + 1 + word.chars().count();
        if line.is_empty() {
            line = format!("{indent}{word}");
        } else if longer <= width {
            line = format!("{line} {word}");
        } else {
            text = format!("{text}{line}\n");
            line = format!("{indent}{word}");
        }
    }
    format!("{text}{line}\n")
}

/// A command's words as they would be typed into a shell.
pub(crate) fn shell_line(words: &[String]) -> String {
    let quoted = words.iter().map(|word| {
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=@%+,".contains(c);
        if !word.is_empty() && word.chars().all(plain) {
            word.clone()
        } else {
            format!("'{}'", word.replace('\'', r"'\''"))
        }
    });
    quoted.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_moves_the_cursor_is_escaped() {
        assert_eq!(one_line("a\u{1b}[31m\nb\u{202e}c\u{7f}ä 日本"), r"a\u{1b}[31m\nb\u{202e}c\u{7f}ä 日本");
        assert_eq!(lines("a\rb\nc\td"), "a\\rb\nc\\td");
    }

    #[test]
    fn ages_have_one_unit() {
        let ages = [-1, 0, 119, 120, 7_199, 7_200, 172_799, 172_800].map(age);
        assert_eq!(ages, ["in the future", "0s", "119s", "2m", "119m", "2h", "47h", "2d"]);
    }

    #[test]
    fn long_lists_are_wrapped() {
        let words = ["cart", "checkout", "frontend", "payment"].map(Cow::Borrowed);
        assert_eq!(wrapped(words, 20, "  "), "  cart, checkout,\n  frontend, payment\n");
    }

    #[test]
    fn a_shell_line_can_be_pasted() {
        let words = ["kuberpult", "-m", "don't ship", "a=b", ""].map(String::from);
        assert_eq!(shell_line(&words), r"kuberpult -m 'don'\''t ship' a=b ''");
    }
}
