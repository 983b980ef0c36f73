//! Whether a text is YAML, and where not.

use saphyr_parser::Parser;

/// Where a text is no YAML, and why. Counted from one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not valid YAML: document {document}, line {line}, column {column}: {problem}")]
pub(crate) struct YamlError {
    document: usize,
    line: usize,
    column: usize,
    problem: String,
}

/// Checks the syntax of each document in a text. An empty text is fine.
pub(crate) fn check(text: &str) -> Result<(), YamlError> {
    for (index, line) in text.lines().enumerate() {
        // The parser takes some control characters for the end of the text.
        if let Some((column, c)) = line.chars().enumerate().find(|(_, c)| c.is_ascii_control() && *c != '\t')
        {
            if c == '\r' {
                continue;
            }
            let problem = format!("control character U+{:04X} is not allowed", u32::from(c));
            return Err(YamlError::at(text, index + 1, column + 1, problem));
        }
    }
    for event in Parser::new_from_str(text) {
        if let Err(error) = event {
            let marker = error.marker();
            return Err(YamlError::at(text, marker.line(), marker.col() + 1, error.info().into()));
        }
    }
    Ok(())
}

impl YamlError {
    fn at(text: &str, line: usize, column: usize, problem: String) -> Self {
        // What is missing at the end of the text is missing on its last line.
        let last = text.lines().count().max(1);
        let column =
            if line > last { text.lines().last().map_or(1, |line| line.chars().count() + 1) } else { column };
        let line = line.min(last);
        Self { document: document_at(text, line), line, column, problem }
    }
}

/// The number of the document in which a line lies. A `---` at the start of a line is always a separator.
fn document_at(text: &str, line: usize) -> usize {
    let mut document = 1;
    let mut is_empty = true;
    for text in text.lines().take(line) {
        if is_separator(text) {
            document += usize::from(!is_empty);
            is_empty = false;
        } else if is_significant(text) {
            is_empty = false;
        }
    }
    document
}

/// Whether a line separates two documents.
pub(crate) fn is_separator(line: &str) -> bool {
    line.strip_prefix("---").is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t', '\r']))
}

/// Whether a line is more than a comment or a directive.
pub(crate) fn is_significant(line: &str) -> bool {
    let line = line.trim_start_matches('\u{feff}').trim();
    !line.is_empty() && !line.starts_with(['#', '%'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn yaml_is_accepted() {
        for text in [
            "",
            " \n",
            "# nothing\n",
            "a: b\n",
            "---\na: b\n---\n",
            "a:\r\n- 1\r\n",
            "{\"a\": [1]}",
            "\u{feff}a: b\n",
        ] {
            assert_eq!(check(text), Ok(()), "{text:?}");
        }
    }

    #[test]
    fn the_place_of_a_mistake_is_named() {
        let place = |text: &str| {
            let error = check(text).unwrap_err();
            (error.document, error.line)
        };
        assert_eq!(place("a: b\n c: d\n"), (1, 2));
        assert_eq!(place("# head\n---\na: b\n---\nc: d\n---\n\tx: [\n"), (3, 7));
        assert_eq!(place("a: b\n---\nc: \"d\n"), (2, 3));
        assert_eq!(place("a: b\nc: d\0e\n"), (1, 2));
        assert_eq!(
            check("a\u{1b}b").unwrap_err().to_string(),
            "not valid YAML: document 1, line 1, column 2: control character U+001B is not allowed"
        );
    }

    #[test]
    fn deep_nesting_is_no_crash() {
        let _ = check(&"[".repeat(100_000));
        let _ = check(&"- ".repeat(100_000));
    }
}
