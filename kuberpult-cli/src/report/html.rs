//! [`Html`]: a page that is being written, in which only this program's source can be markup.

use std::fmt::{self, Write as _};

use crate::text;

/// A page that is being written.
///
/// INVARIANT: markup is `&'static str`, and comes from this program. Everything else goes through [`text`](Self::text), which
/// escapes it for element content and for attribute values in quotes of either kind. There is no third way in.
#[derive(Default)]
pub(super) struct Html {
    page: String,
    /// Whether text would be the value of an attribute, and is in no quotes.
    needs_quotes: bool,
}

impl Html {
    /// Adds markup of this program.
    pub(super) fn markup(&mut self, markup: &'static str) {
        self.page.push_str(markup);
        self.needs_quotes = markup.ends_with('=');
    }

    /// Adds text, whatever is in it: on one line, and with what would turn the direction of writing or cannot be seen
    /// made visible.
    pub(super) fn text(&mut self, text: impl fmt::Display) {
        debug_assert!(!self.needs_quotes, "text would be an attribute value without quotes");
        // Writing to a string does not fail.
        let _ = write!(Escaped(&mut self.page), "{text}");
    }

    /// The page.
    pub(super) fn finish(self) -> String {
        self.page
    }
}

/// Writes on with everything escaped that means something in HTML or is not safe to show.
struct Escaped<'a>(&'a mut String);

impl fmt::Write for Escaped<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for c in text.chars() {
            match c {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '"' => self.0.push_str("&quot;"),
                '\'' => self.0.push_str("&#39;"),
                c if text::is_unsafe(c) => self.0.extend(c.escape_debug()),
                c => self.0.push(c),
            }
        }
        Ok(())
    }
}

/// Writes a piece of a page: what is in quotes is markup, what is in parentheses is text.
///
/// `html!(page, "<b>" (name) "</b>")`
macro_rules! html {
    ($page:expr, $($piece:tt)*) => {{ $( $crate::report::html::piece!($page, $piece); )* }};
}

macro_rules! piece {
    ($page:expr, ($text:expr)) => {
        $page.text(&$text)
    };
    ($page:expr, $markup:literal) => {
        $page.markup($markup)
    };
}

pub(super) use {html, piece};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_stays_text() {
        let mut page = Html::default();
        let hostile = "</b><script>alert('1')</script>\" onload=\"&lt;\n\u{202e}\0ä";
        html!(page, "<b title='" (hostile) "'>" (1) "</b>");
        let expected = "<b title='&lt;/b&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&quot; onload=&quot;&amp;lt;\
                        \\n\\u{202e}\\0ä'>1</b>";
        assert_eq!(page.finish(), expected);
    }

    #[cfg(debug_assertions)]
    #[test]
    #[should_panic(expected = "without quotes")]
    fn an_attribute_value_needs_quotes() {
        let mut page = Html::default();
        html!(page, "<b title=" ("x") ">");
    }
}
