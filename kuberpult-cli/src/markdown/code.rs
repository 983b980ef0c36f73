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
    // A renderer takes one blank away on either side if both are there. A backtick beside the fence would lengthen it.
    let is_blank_on_both_sides = text.starts_with(' ') && text.ends_with(' ');
    let padding =
        if text.starts_with('`') || text.ends_with('`') || is_blank_on_both_sides { " " } else { "" };
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
    use super::code;

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

    #[test]
    fn no_fence_is_longer_than_renderers_know() {
        assert_eq!(code(&"`".repeat(8)), "````````` ```````` `````````");
        assert_eq!(code(&format!("{}x", "`".repeat(9))), format!("`{}x`", r"\u{60}".repeat(9)));
    }
}
