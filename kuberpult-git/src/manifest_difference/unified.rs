//! Unified diffs: hunks that `git apply` and `patch` read.

use std::fmt::Write as _;
use std::ops::Range;

use imara_diff::{Algorithm, Diff, Hunk, InternedInput};

/// How many lines, of both sides together, are searched for what they have in common. Lines of few kinds that repeat all
/// the time take a time that grows with the square of their number: seconds for this many.
const SEARCHED_LINES: usize = 50_000;

/// The hunks of a unified diff, with this many lines of context around each change.
pub(super) fn hunks(before: &str, after: &str, context_lines: u32) -> String {
    let before: Vec<&str> = before.split_inclusive('\n').collect();
    let after: Vec<&str> = after.split_inclusive('\n').collect();
    let context = usize::try_from(context_lines).unwrap_or(usize::MAX);
    let mut text = String::new();
    let mut changes = changes(&before, &after).into_iter().peekable();
    while let Some(first) = changes.next() {
        let mut group = vec![first];
        while let (Some(last), Some(next)) = (group.last(), changes.peek()) {
            if next.before.start - last.before.end > context.saturating_mul(2) {
                break;
            }
            group.extend(changes.next());
        }
        append_hunk(&mut text, &before, &after, &group, context);
    }
    text
}

/// Lines that stand in the place of others.
struct Change {
    before: Range<usize>,
    after: Range<usize>,
}

/// What differs, in order.
fn changes(before: &[&str], after: &[&str]) -> Vec<Change> {
    let start = common(before.iter(), after.iter());
    let (before_rest, after_rest) =
        (before.get(start..).unwrap_or_default(), after.get(start..).unwrap_or_default());
    let end = common(before_rest.iter().rev(), after_rest.iter().rev());
    let (before_end, after_end) = (before.len() - end, after.len() - end);
    if before_end - start + after_end - start > SEARCHED_LINES {
        return vec![Change { before: start..before_end, after: start..after_end }];
    }
    let mut input = InternedInput::default();
    input.update_before(before.iter().copied());
    input.update_after(after.iter().copied());
    let mut diff = Diff::compute(Algorithm::Histogram, &input);
    diff.postprocess_lines(&input);
    let index = |range: Range<u32>| range.start as usize..range.end as usize;
    diff.hunks().map(|Hunk { before, after }| Change { before: index(before), after: index(after) }).collect()
}

/// How many of the first lines are the same.
fn common<'a>(before: impl Iterator<Item = &'a &'a str>, after: impl Iterator<Item = &'a &'a str>) -> usize {
    before.zip(after).take_while(|(before, after)| before == after).count()
}

fn append_hunk(text: &mut String, before: &[&str], after: &[&str], group: &[Change], context: usize) {
    let (Some(first), Some(last)) = (group.first(), group.last()) else { return };
    let lead = first.before.start.min(context);
    let tail = (before.len() - last.before.end).min(context);
    let before_range = first.before.start - lead..last.before.end + tail;
    let after_range = first.after.start - lead..last.after.end + tail;
    let _ = writeln!(text, "@@ -{} +{} @@", position(&before_range), position(&after_range));
    let mut at = before_range.start;
    for change in group {
        append_lines(text, ' ', before.get(at..change.before.start));
        append_lines(text, '-', before.get(change.before.clone()));
        append_lines(text, '+', after.get(change.after.clone()));
        at = change.before.end;
    }
    append_lines(text, ' ', before.get(at..before_range.end));
}

/// The first line and how many, as in `3,7`. Without lines it is the line before them; one line is not counted.
fn position(lines: &Range<usize>) -> String {
    match lines.len() {
        0 => format!("{},0", lines.start),
        1 => format!("{}", lines.start + 1),
        count => format!("{},{count}", lines.start + 1),
    }
}

fn append_lines(text: &mut String, mark: char, lines: Option<&[&str]>) {
    for line in lines.unwrap_or_default() {
        text.push(mark);
        text.push_str(line);
        if !line.ends_with('\n') {
            text.push_str("\n\\ No newline at end of file\n");
        }
    }
}

/// A path as git writes it into a diff: in quotes if it has a character that would end it or change the line.
pub(super) fn quoted(path: &str) -> String {
    if !path.chars().any(|c| c.is_ascii_control() || c == '"' || c == '\\') {
        return path.to_owned();
    }
    let mut quoted = String::from('"');
    for c in path.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if c.is_ascii_control() => {
                let _ = write!(quoted, "\\{:03o}", u32::from(c));
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(count: usize, line: impl Fn(usize) -> String) -> String {
        (0..count).map(line).collect()
    }

    #[test]
    fn hunks_are_written_as_diff_writes_them() {
        let before = "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12";
        let after = "1\n2\n3\n4\nfive\n6\n7\n8\n9\n10\n11\n12\n";
        assert_eq!(
            hunks(before, after, 1),
            "@@ -4,3 +4,3 @@\n 4\n-5\n+five\n 6\n@@ -11,2 +11,2 @@\n 11\n-12\n\\ No newline at end of file\n+12\n"
        );
        assert_eq!(hunks("", "a\nb\n", 3), "@@ -0,0 +1,2 @@\n+a\n+b\n");
        assert_eq!(hunks("a\n", "", 0), "@@ -1 +0,0 @@\n-a\n");
        assert_eq!(hunks("a\r\n", "a\n", 3), "@@ -1 +1 @@\n-a\r\n+a\n");
        assert_eq!(hunks("a\n", "a\n", 3), "");
    }

    #[test]
    fn changes_whose_contexts_meet_are_one_hunk() {
        let before = lines(9, |line| format!("{line}\n"));
        let after = before.replace("1\n", "one\n").replace("8\n", "eight\n");
        assert_eq!(hunks(&before, &after, 3).matches("@@ -").count(), 1);
        assert_eq!(hunks(&before, &after, 2).matches("@@ -").count(), 2);
    }

    #[test]
    fn too_much_to_search_is_one_change_between_what_is_the_same() {
        let side = |changed: &str, count| {
            let middle = lines(count, |line| format!("{changed}{}\n", line % 3));
            format!("first\n{middle}shared\n{middle}last\n")
        };
        assert_eq!(changes_of(&side("a", 10), &side("b", 10)), 2);
        let half = SEARCHED_LINES / 4;
        assert_eq!(changes_of(&side("a", half), &side("b", half)), 1);
    }

    fn changes_of(before: &str, after: &str) -> usize {
        hunks(before, after, 0).matches("@@ -").count()
    }

    #[test]
    fn a_path_cannot_end_early() {
        assert_eq!(quoted("a/b c/ä"), "a/b c/ä");
        assert_eq!(quoted("a/\t\"\n"), r#""a/\011\"\012""#);
    }
}
