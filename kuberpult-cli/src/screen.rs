//! The terminal that standard output is, and text for it: how large it is, how wide text is there, and in which colours.

use std::io;

use anstyle::{AnsiColor, Style};
use terminal_size::{Height, Width, terminal_size_of};
use unicode_width::UnicodeWidthStr as _;

use crate::text;

/// Headings.
pub(crate) const HEADING: Style = Style::new().bold();
/// What holds something back.
pub(crate) const HELD_BACK: Style = AnsiColor::Red.on_default();
/// What waits.
pub(crate) const WAITING: Style = AnsiColor::Yellow.on_default();
/// What is not where it could be.
pub(crate) const BEHIND: Style = AnsiColor::Cyan.on_default();
/// What is not there.
pub(crate) const FAINT: Style = Style::new().dimmed();

/// How many columns a line may have: those of the terminal, else `COLUMNS`; none where nobody says.
pub(crate) fn width() -> Option<usize> {
    let of_terminal = terminal_size_of(io::stdout()).map(|(Width(width), _)| usize::from(width));
    let said = || std::env::var("COLUMNS").ok()?.parse().ok();
    of_terminal.or_else(said).filter(|width| *width > 0)
}

/// How many columns the terminal has that standard error is.
pub(crate) fn width_of_stderr() -> Option<usize> {
    let (Width(width), _) = terminal_size_of(io::stderr())?;
    Some(usize::from(width)).filter(|width| *width > 0)
}

/// How many lines the terminal has.
pub(crate) fn height() -> Option<usize> {
    let (_, Height(height)) = terminal_size_of(io::stdout())?;
    Some(usize::from(height)).filter(|height| *height > 0)
}

/// Text on one line that nothing in it can break, parts of which are coloured. Colour says nothing that the text does not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Styled {
    plain: String,
    painted: String,
}

impl Styled {
    /// Text in one style.
    pub(crate) fn new(text: &str, style: Style) -> Self {
        let mut styled = Self::default();
        styled.push(text, style);
        styled
    }

    /// Adds text in a style.
    pub(crate) fn push(&mut self, text: &str, style: Style) {
        let text = text::one_line(text);
        self.plain.push_str(&text);
        if style.is_plain() {
            self.painted.push_str(&text);
        } else {
            self.painted.push_str(&format!("{style}{text}{style:#}"));
        }
    }

    /// Adds what is styled already.
    pub(crate) fn append(&mut self, other: &Self) {
        self.plain.push_str(&other.plain);
        self.painted.push_str(&other.painted);
    }

    /// How many columns it takes.
    pub(crate) fn width(&self) -> usize {
        self.plain.width()
    }

    /// With its colours.
    pub(crate) fn painted(&self) -> &str {
        &self.painted
    }
}

impl From<&str> for Styled {
    fn from(text: &str) -> Self {
        Self::new(text, Style::new())
    }
}

/// Words on lines of a width, where one is given and as far as words are short enough; all lines but the first begin with
/// the indent.
pub(crate) fn wrapped(text: &str, width: Option<usize>, indent: &str) -> String {
    let text = text::one_line(text);
    let Some(limit) = width else { return format!("{text}\n") };
    let mut lines = String::new();
    let mut used = 0;
    for (index, word) in text.split(' ').enumerate() {
        let width = word.width();
        if index > 0 && used + 1 + width > limit && used > indent.width() {
            lines.push_str(&format!("\n{indent}"));
            used = indent.width();
        } else if index > 0 {
            lines.push(' ');
            used += 1;
        }
        lines.push_str(word);
        used += width;
    }
    lines.push('\n');
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_painted_is_as_wide_as_what_is_not() {
        let mut styled = Styled::new("日本", HEADING);
        styled.push(" a\u{1b}[2J", HELD_BACK);
        assert_eq!(styled.width(), "日本".len() / 3 * 2 + r" a\u{1b}[2J".len());
        assert!(styled.painted().contains(r"a\u{1b}[2J"), "only our own colours");
    }

    #[test]
    fn long_text_is_wrapped_at_words() {
        let text = "[1] lock on environment staging: a_word_that_is_too_long_for_a_line";
        let expected = "[1] lock on\n    environment\n    staging:\n    a_word_that_is_too_long_for_a_line\n";
        assert_eq!(wrapped(text, Some(16), "    "), expected);
        assert_eq!(wrapped(text, None, "    "), format!("{text}\n"));
    }
}
