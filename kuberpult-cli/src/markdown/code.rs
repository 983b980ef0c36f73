//! Text that comes from elsewhere, as a code span.

use crate::text::one_line;

/// The longest run of backticks that is left as it is. Renderers know fences of some 80 at most; what has a longer one is
/// no code span for them, and all that is in it would be alive.
const LONGEST_RUN: usize = 8;

/// The text as a code span: no link, no mention, no HTML, nothing that ends the line, whatever is in it.
pub(super) fn code(text: &(impl ToString + ?Sized)) -> String {
    let text = text.to_string();
    let text = without_long_runs(&one_line(&text));
    if text.is_empty() {
        return "(empty)".into();
    }
    let fence = "`".repeat(longest_run(&text) + 1);
    // A renderer takes one blank away on either side if both are there, unless there is nothing else. A backtick beside the fence would lengthen it.
    let loses_blanks = text.starts_with(' ') && text.ends_with(' ') && !text.trim_matches(' ').is_empty();
    let padding = if text.starts_with('`') || text.ends_with('`') || loses_blanks { " " } else { "" };
    format!("{fence}{padding}{text}{padding}{fence}")
}

fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or_default()
}

/// The text with the backticks of long runs escaped, as control characters are.
fn without_long_runs(text: &str) -> String {
    if longest_run(text) <= LONGEST_RUN { text.to_owned() } else { text.replace('`', r"\u{60}") }
}

#[cfg(test)]
mod tests {
    use comrak::nodes::NodeValue;
    use comrak::{Arena, Options, parse_document};

    use super::{code, without_long_runs};
    use crate::text::one_line;

    #[test]
    fn the_fence_is_longer_than_any_run_inside() {
        assert_eq!(code("cart"), "`cart`");
        assert_eq!(code("a `b` c"), "``a `b` c``");
        assert_eq!(code("a ``` c"), "````a ``` c````");
        assert_eq!(code("`"), "`` ` ``");
        assert_eq!(code("x`"), "`` x` ``");
        assert_eq!(code(" x "), "`  x  `");
        assert_eq!(code(" x"), "` x`");
        assert_eq!(code(""), "(empty)");
        assert_eq!(code("a\r\nb\u{202e}\u{1b}"), r"`a\r\nb\u{202e}\u{1b}`");
    }

    /// What a renderer makes of a line: the code spans, and everything besides.
    fn rendered(line: &str) -> (Vec<String>, String) {
        let (mut spans, mut besides) = (Vec::new(), String::new());
        let arena = Arena::new();
        for node in parse_document(&arena, line, &Options::default()).descendants() {
            match &node.data.borrow().value {
                NodeValue::Code(code) => spans.push(code.literal.to_string()),
                NodeValue::Text(text) => besides.push_str(text),
                NodeValue::Document | NodeValue::Paragraph | NodeValue::List(_) | NodeValue::Item(_) => {}
                other => besides.push_str(&format!("{other:?}")),
            }
        }
        (spans, besides)
    }

    /// Every text of up to six letters, of which each means something in Markdown.
    #[test]
    fn every_short_text_is_one_code_span() {
        const LETTERS: [char; 7] = ['`', ' ', '\\', '|', '<', 'x', '\n'];
        let mut texts = vec![String::new()];
        for _ in 0..6 {
            let longer = texts.iter().flat_map(|text| LETTERS.map(|letter| format!("{text}{letter}")));
            texts = longer.collect();
            for text in &texts {
                let (spans, besides) = rendered(&format!("- {} and {}: ok\n", code(text), code("`")));
                let expected = without_long_runs(&one_line(text));
                assert_eq!((spans, besides.as_str()), (vec![expected, "`".into()], " and : ok"), "{text:?}");
            }
        }
    }

    #[test]
    fn no_fence_is_longer_than_renderers_know() {
        assert_eq!(code(&"`".repeat(8)), "````````` ```````` `````````");
        assert_eq!(code(&format!("{}x", "`".repeat(9))), format!("`{}x`", r"\u{60}".repeat(9)));
    }
}
