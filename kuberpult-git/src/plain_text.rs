//! Text that comes from elsewhere, made fit for a line of a message.

/// Whether a character shows itself: no control character, nothing that turns the direction of writing, nothing
/// invisible. Marks that combine with the letter before them do.
pub(crate) fn is_visible(c: char) -> bool {
    // What begins a text is escaped more strictly: there a mark has nothing to combine with.
    let after_a_letter = String::from_iter(['a', c]);
    matches!(c, '"' | '\'' | '\\') || after_a_letter.escape_debug().nth(1) == Some(c)
}

/// The text on one line with everything escaped that does not show itself, and cut after that many characters.
pub(crate) fn one_line(text: &str, longest: usize) -> String {
    let mut line = String::new();
    for (index, c) in text.chars().enumerate() {
        if index == longest {
            line.push_str(" ...");
            break;
        }
        if is_visible(c) { line.push(c) } else { line.extend(c.escape_debug()) }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_show_itself_is_escaped() {
        let deceptive =
            "a\n\r\0\u{1b}[31m\u{7f}\u{85}\u{ad}\u{61c}\u{200b}\u{200f}\u{2028}\u{202e}\u{2066}\u{feff}";
        let escaped =
            r"a\n\r\0\u{1b}[31m\u{7f}\u{85}\u{ad}\u{61c}\u{200b}\u{200f}\u{2028}\u{202e}\u{2066}\u{feff}";
        assert_eq!(one_line(deceptive, 100), escaped);
        let readable = "it's \"x\\y\", Zoë Zoe\u{308} 日本 🚀 नमस्ते שלום";
        assert_eq!(one_line(readable, 100), readable);
    }

    #[test]
    fn long_texts_are_cut() {
        assert_eq!(one_line("äöü", 3), "äöü");
        assert_eq!(one_line("äöü", 2), "äö ...");
    }
}
