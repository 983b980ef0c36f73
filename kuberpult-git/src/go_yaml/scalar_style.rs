//! How a string is written: plain, quoted, or as a literal block.

use super::plain_type::reads_as_text;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    Plain,
    SingleQuoted,
    DoubleQuoted,
    Literal,
}

/// The style of a string. A simple key is one that stands before its `:` in one line.
pub(super) fn style(text: &str, simple_key: bool) -> Style {
    let found = Characters::of(text);
    if text.contains('\n') {
        if found.allow_literal() && !simple_key { Style::Literal } else { Style::DoubleQuoted }
    } else if !reads_as_text(text) {
        Style::DoubleQuoted
    } else if found.allow_plain() {
        Style::Plain
    } else if found.allow_single_quotes() && !(simple_key && found.line_break) {
        Style::SingleQuoted
    } else {
        Style::DoubleQuoted
    }
}

/// Whether YAML takes the character for a line break.
pub(super) fn is_break(c: char) -> bool {
    matches!(c, '\r' | '\n' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// Whether a character is printed as it is. Go's emitter escapes whatever is beyond U+FFFF.
pub(super) fn is_printable(c: char) -> bool {
    matches!(c, '\n' | ' '..='~' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}') && c != '\u{feff}'
}

fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t')
}

/// What a string has in it that a style may not be able to express.
#[derive(Default)]
struct Characters {
    /// Something that would be syntax if it were not quoted.
    indicator: bool,
    unprintable: bool,
    line_break: bool,
    /// A space or line break at the beginning or the end.
    ragged: bool,
    space_at_end: bool,
    break_then_space: bool,
    space_then_break: bool,
}

impl Characters {
    fn of(text: &str) -> Self {
        let mut found =
            Self { indicator: text.starts_with("---") || text.starts_with("..."), ..Self::default() };
        let mut before = None;
        let mut rest = text.chars();
        while let Some(c) = rest.next() {
            let after = rest.clone().next();
            found.indicator |= is_indicator(before, c, after);
            found.unprintable |= !is_printable(c);
            if c == ' ' {
                found.ragged |= before.is_none() || after.is_none();
                found.space_at_end |= after.is_none();
                found.break_then_space |= before.is_some_and(is_break);
            } else if is_break(c) {
                found.line_break = true;
                found.ragged |= before.is_none() || after.is_none();
                found.space_then_break |= before == Some(' ');
            }
            before = Some(c);
        }
        found
    }

    fn allow_plain(&self) -> bool {
        !(self.indicator || self.ragged || self.line_break) && self.allow_single_quotes()
    }

    fn allow_single_quotes(&self) -> bool {
        !(self.break_then_space || self.space_then_break || self.unprintable)
    }

    fn allow_literal(&self) -> bool {
        !(self.space_at_end || self.space_then_break || self.unprintable)
    }
}

/// Whether a character between two others is syntax in a block context.
fn is_indicator(before: Option<char>, c: char, after: Option<char>) -> bool {
    let blank_follows = after.is_none_or(is_blank);
    match (before, c) {
        (
            None,
            '#' | ',' | '[' | ']' | '{' | '}' | '&' | '*' | '!' | '|' | '>' | '\'' | '"' | '%' | '@' | '`',
        ) => true,
        (None, '?' | '-') | (_, ':') => blank_follows,
        (Some(before), '#') => is_blank(before) || is_break(before) || before == '\0',
        _ => false,
    }
}
