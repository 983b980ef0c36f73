//! YAML as Go's `sigs.k8s.io/yaml` prints it: the text, byte for byte, that upstream wrote.
//!
//! That package marshals to JSON, reads this as YAML and prints it with `yaml.v2`. So keys are sorted
//! ([`key_order`]), a string is quoted when it would be read back as another type ([`plain_type`]) or when its
//! characters ask for it ([`scalar_style`]), sequences are not indented, and a line is folded at the first blank
//! after column 80.

mod key_order;
mod plain_type;
mod scalar_style;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

use scalar_style::{Style, is_break, is_printable};

/// After this column a line is broken at the next blank.
const BEST_WIDTH: usize = 80;
const INDENT: usize = 2;
/// A longer key, in bytes, is announced by `?`.
const LONGEST_SIMPLE_KEY: usize = 128;

/// A value to print.
#[derive(Debug, Clone)]
pub(crate) enum Yaml<'a> {
    /// A string.
    Text(Cow<'a, str>),
    /// `true` or `false`.
    Bool(bool),
    /// A list.
    Sequence(Vec<Yaml<'a>>),
    /// Keys with values, in any order; no key twice.
    Mapping(Vec<(Cow<'a, str>, Yaml<'a>)>),
}

impl<'a> From<&'a str> for Yaml<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl From<String> for Yaml<'_> {
    fn from(text: String) -> Self {
        Self::Text(Cow::Owned(text))
    }
}

impl<'a> FromIterator<Yaml<'a>> for Yaml<'a> {
    fn from_iter<I: IntoIterator<Item = Yaml<'a>>>(values: I) -> Self {
        Self::Sequence(values.into_iter().collect())
    }
}

impl<'a> FromIterator<(&'a str, Yaml<'a>)> for Yaml<'a> {
    fn from_iter<I: IntoIterator<Item = (&'a str, Yaml<'a>)>>(entries: I) -> Self {
        Self::Mapping(entries.into_iter().map(|(key, value)| (Cow::Borrowed(key), value)).collect())
    }
}

/// Appends one document, without `---`, with a line break at its end.
pub(crate) fn print(out: &mut String, document: &Yaml<'_>) {
    let mut printer = Printer { out, column: 0, after_blank: true, only_indented: true };
    printer.node(document, None, Place::Root);
    printer.indent_to(0);
}

/// Where a value stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Root,
    SequenceItem,
    SimpleKey,
    /// A value in a mapping, or a key after `?`.
    Mapping,
}

struct Printer<'o> {
    out: &'o mut String,
    /// The characters in the current line so far.
    column: usize,
    /// Whether no blank is needed before the next value.
    after_blank: bool,
    /// Whether the current line has indentation and the indicators `-`, `?`, `:` only.
    only_indented: bool,
}

impl Printer<'_> {
    /// `indent` is that of the collection around the value; none around a document.
    fn node(&mut self, node: &Yaml<'_>, indent: Option<usize>, place: Place) {
        let deeper = indent.map_or(0, |indent| indent + INDENT);
        let folded = indent.unwrap_or(0) + INDENT;
        match node {
            Yaml::Text(text) => self.text(text, folded, place),
            Yaml::Bool(value) => self.plain(if *value { "true" } else { "false" }, folded, place),
            Yaml::Sequence(items) if items.is_empty() => self.empty_collection("[]"),
            Yaml::Mapping(entries) if entries.is_empty() => self.empty_collection("{}"),
            Yaml::Sequence(items) => {
                let own = match indent {
                    Some(indent) if place == Place::Mapping && !self.only_indented => indent,
                    _ => deeper,
                };
                for item in items {
                    self.indent_to(own);
                    self.indicator("-", true, true);
                    self.node(item, Some(own), Place::SequenceItem);
                }
            }
            Yaml::Mapping(entries) => {
                for (key, value) in key_order::sorted(entries) {
                    self.indent_to(deeper);
                    if key.len() <= LONGEST_SIMPLE_KEY && !key.contains(is_break) {
                        self.text(key, deeper + INDENT, Place::SimpleKey);
                        self.indicator(":", false, false);
                    } else {
                        self.indicator("?", true, true);
                        self.text(key, deeper + INDENT, Place::Mapping);
                        self.indent_to(deeper);
                        self.indicator(":", true, true);
                    }
                    self.node(value, Some(deeper), Place::Mapping);
                }
            }
        }
    }

    fn empty_collection(&mut self, brackets: &str) {
        self.indicator(brackets, true, false);
    }

    fn text(&mut self, text: &str, indent: usize, place: Place) {
        match scalar_style::style(text, place == Place::SimpleKey) {
            Style::Plain => self.plain(text, indent, place),
            Style::SingleQuoted => self.single_quoted(text, indent, place),
            Style::DoubleQuoted => self.double_quoted(text, indent, place),
            Style::Literal => self.literal(text, indent),
        }
    }

    /// Plain text has no line break, and no blank at either end.
    fn plain(&mut self, text: &str, indent: usize, place: Place) {
        self.blank_if_needed();
        let mut after_space = false;
        let mut rest = text.chars();
        while let Some(c) = rest.next() {
            let before_space = rest.as_str().starts_with(' ');
            if c == ' ' && self.may_fold(place, after_space) && !before_space {
                self.indent_to(indent);
            } else {
                self.put(c);
            }
            after_space = c == ' ';
        }
        self.end_of_scalar();
    }

    fn single_quoted(&mut self, text: &str, indent: usize, place: Place) {
        self.indicator("'", true, false);
        let mut after_space = false;
        let mut after_break = false;
        let mut rest = text.chars();
        while let Some(c) = rest.next() {
            if c == ' ' {
                let inside = Self::is_inside(text, rest.as_str());
                if inside && self.may_fold(place, after_space) && !rest.as_str().starts_with(' ') {
                    self.indent_to(indent);
                } else {
                    self.put(c);
                }
                after_space = true;
            } else if is_break(c) {
                self.put_break(c);
                after_break = true;
            } else {
                if after_break {
                    self.indent_to(indent);
                }
                if c == '\'' {
                    self.put(c);
                }
                self.put(c);
                self.only_indented = false;
                after_space = false;
                after_break = false;
            }
        }
        self.indicator("'", false, false);
        self.end_of_scalar();
    }

    fn double_quoted(&mut self, text: &str, indent: usize, place: Place) {
        self.indicator("\"", true, false);
        // a slip of Go's emitter, which looks for the mark at the beginning, whichever character it is at
        let escape_all = text.starts_with('\u{feff}');
        let mut after_space = false;
        let mut rest = text.chars();
        while let Some(c) = rest.next() {
            if escape_all {
                self.put_escaped(c);
            } else if c == ' ' {
                let inside = Self::is_inside(text, rest.as_str());
                if inside && self.may_fold(place, after_space) {
                    self.indent_to(indent);
                    if rest.as_str().starts_with(' ') {
                        self.put('\\');
                    }
                } else {
                    self.put(c);
                }
            } else if !is_printable(c) || is_break(c) || matches!(c, '"' | '\\') {
                self.put_escaped(c);
            } else {
                self.put(c);
            }
            after_space = c == ' ';
        }
        self.indicator("\"", false, false);
        self.end_of_scalar();
    }

    fn literal(&mut self, text: &str, indent: usize) {
        self.indicator("|", true, false);
        if text.starts_with(|c| c == ' ' || is_break(c)) {
            self.indicator("2", false, false);
        }
        let mut from_end = text.chars().rev();
        match (from_end.next(), from_end.next()) {
            (Some(last), _) if !is_break(last) => self.indicator("-", false, false),
            (Some(_), Some(before)) if !is_break(before) => {}
            _ => self.indicator("+", false, false),
        }
        self.put_break('\n');
        self.after_blank = true;
        let mut after_break = true;
        for c in text.chars() {
            if is_break(c) {
                self.put_break(c);
                after_break = true;
            } else {
                if after_break {
                    self.indent_to(indent);
                }
                self.put(c);
                self.only_indented = false;
                after_break = false;
            }
        }
    }

    /// Whether a blank, with `rest` behind it, is neither the first nor the last character of its text.
    fn is_inside(text: &str, rest: &str) -> bool {
        !rest.is_empty() && rest.len() + 1 < text.len()
    }

    fn may_fold(&self, place: Place, after_space: bool) -> bool {
        place != Place::SimpleKey && !after_space && self.column > BEST_WIDTH
    }

    /// Goes to a column, in a new line unless this one has nothing but room for it.
    fn indent_to(&mut self, indent: usize) {
        let at_place = self.column < indent || (self.column == indent && self.after_blank);
        if !self.only_indented || !at_place {
            self.put_break('\n');
        }
        while self.column < indent {
            self.put(' ');
        }
        self.after_blank = true;
        self.only_indented = true;
    }

    fn indicator(&mut self, text: &str, needs_blank: bool, is_indentation: bool) {
        if needs_blank {
            self.blank_if_needed();
        }
        for c in text.chars() {
            self.put(c);
        }
        self.after_blank = false;
        self.only_indented &= is_indentation;
    }

    fn blank_if_needed(&mut self) {
        if !self.after_blank {
            self.put(' ');
        }
    }

    fn end_of_scalar(&mut self) {
        self.after_blank = false;
        self.only_indented = false;
    }

    fn put(&mut self, c: char) {
        self.out.push(c);
        self.column += 1;
    }

    fn put_break(&mut self, c: char) {
        self.out.push(c);
        self.column = 0;
        self.only_indented = true;
    }

    fn put_escaped(&mut self, c: char) {
        let code = u32::from(c);
        let escape: Cow<'_, str> = match c {
            '\0' => "\\0".into(),
            '\u{07}' => "\\a".into(),
            '\u{08}' => "\\b".into(),
            '\t' => "\\t".into(),
            '\n' => "\\n".into(),
            '\u{0b}' => "\\v".into(),
            '\u{0c}' => "\\f".into(),
            '\r' => "\\r".into(),
            '\u{1b}' => "\\e".into(),
            '"' => "\\\"".into(),
            '\\' => "\\\\".into(),
            '\u{85}' => "\\N".into(),
            '\u{a0}' => "\\_".into(),
            '\u{2028}' => "\\L".into(),
            '\u{2029}' => "\\P".into(),
            ..='\u{ff}' => format!("\\x{code:02X}").into(),
            ..='\u{ffff}' => format!("\\u{code:04X}").into(),
            _ => format!("\\U{code:08X}").into(),
        };
        self.out.push_str(&escape);
        self.column += escape.len();
    }
}
