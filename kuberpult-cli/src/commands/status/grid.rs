//! A grid of text that no line is too long for: side by side where there is room, else in blocks of columns, else one thing
//! below the other.

use crate::screen::Styled;

/// How many blanks stand between two columns.
pub(super) const GAP: usize = 2;

/// A column: its heading, and a cell for each row.
pub(super) struct GridColumn {
    heading: Styled,
    cells: Vec<Styled>,
    width: usize,
    /// Whether the next column should stand in the same block.
    pub(super) belongs_to_next: bool,
}

impl GridColumn {
    pub(super) fn new(heading: Styled, cells: Vec<Styled>) -> Self {
        let width = cells.iter().chain([&heading]).map(Styled::width).max().unwrap_or_default();
        Self { heading, cells, width, belongs_to_next: false }
    }

    /// The heading, then the cells.
    fn lines(&self) -> impl Iterator<Item = &Styled> {
        [&self.heading].into_iter().chain(&self.cells)
    }
}

/// How wide all columns are side by side.
pub(super) fn width_of<'a>(columns: impl IntoIterator<Item = &'a GridColumn>) -> usize {
    let widths = columns.into_iter().map(|column| column.width + GAP);
    widths.sum::<usize>().saturating_sub(GAP)
}

/// The columns, the first of which names the rows and stands in each block.
pub(super) fn text(names: &GridColumn, columns: &[GridColumn], width: Option<usize>) -> String {
    let fits = |columns: &[GridColumn]| {
        width.is_none_or(|width| width_of([names].into_iter().chain(columns)) <= width)
    };
    if columns.iter().any(|column| !fits(std::slice::from_ref(column))) {
        return stacked(names, columns);
    }
    let mut text = String::new();
    let mut rest = columns;
    loop {
        let (block, others) = rest.split_at_checked(block_of(rest, fits)).unwrap_or((rest, &[]));
        side_by_side(&mut text, names, block);
        rest = others;
        if rest.is_empty() {
            return text;
        }
        text.push('\n');
    }
}

/// How many columns the next block has: as many as fit, but of those that belong together either all or, if even these
/// do not fit, what fits.
fn block_of(columns: &[GridColumn], fits: impl Fn(&[GridColumn]) -> bool) -> usize {
    let fitting = (1..=columns.len()).rev().find(|count| columns.get(..*count).is_some_and(&fits));
    let most = fitting.unwrap_or(columns.len());
    let ends = |count: &usize| {
        let last = count.checked_sub(1).and_then(|last| columns.get(last));
        *count == columns.len() || last.is_some_and(|column| !column.belongs_to_next)
    };
    (1..=most).rev().find(ends).unwrap_or(most)
}

fn side_by_side(text: &mut String, names: &GridColumn, columns: &[GridColumn]) {
    let mut lines: Vec<_> =
        [names].into_iter().chain(columns).map(|column| (column.width, column.lines())).collect();
    let last = columns.len();
    for _ in names.lines() {
        let mut blanks = 0;
        for (index, (width, cells)) in lines.iter_mut().enumerate() {
            let Some(cell) = cells.next() else { continue };
            text.extend(std::iter::repeat_n(' ', blanks));
            text.push_str(cell.painted());
            blanks = if index < last { width.saturating_sub(cell.width()) + GAP } else { 0 };
        }
        text.push('\n');
    }
}

/// Each row by itself, a line for each column: where the terminal is narrower than two columns.
fn stacked(names: &GridColumn, columns: &[GridColumn]) -> String {
    let mut text = String::new();
    let mut cells: Vec<_> = columns.iter().map(|column| (&column.heading, column.cells.iter())).collect();
    for name in &names.cells {
        text.push_str(&format!("{}\n", name.painted()));
        for (heading, cells) in &mut cells {
            let Some(cell) = cells.next() else { continue };
            text.push_str(&format!("  {}: {}\n", heading.painted(), cell.painted()));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(heading: &str, cells: &[&str]) -> GridColumn {
        GridColumn::new(heading.into(), cells.iter().map(|cell| Styled::from(*cell)).collect())
    }

    fn shown(width: Option<usize>) -> String {
        let names = column("APP", &["cart", "web"]);
        let columns = [
            column("dev", &["1", "2 (1 behind)"]),
            column("staging", &["1", "-"]),
            column("live", &["9", "1"]),
        ];
        text(&names, &columns, width)
    }

    #[test]
    fn columns_stand_side_by_side_where_there_is_room() {
        let all = "\
APP   dev           staging  live
cart  1             1        9
web   2 (1 behind)  -        1
";
        assert_eq!(shown(None), all);
        assert_eq!(shown(Some(33)), all);
    }

    #[test]
    fn columns_that_do_not_fit_go_to_another_block() {
        let blocks = "\
APP   dev           staging
cart  1             1
web   2 (1 behind)  -

APP   live
cart  9
web   1
";
        assert_eq!(shown(Some(32)), blocks);
        assert_eq!(shown(Some(27)), blocks);
        assert_eq!(shown(Some(19)).matches("APP").count(), 2, "the narrow ones share a block");
    }

    #[test]
    fn columns_that_belong_together_share_a_block_if_they_can() {
        let names = column("APP", &["cart"]);
        let mut columns = [column("dev", &["1"]), column("de", &["1"]), column("fr", &["1"])];
        columns[1].belongs_to_next = true;
        let apart = "APP   dev\ncart  1\n\nAPP   de  fr\ncart  1   1\n";
        assert_eq!(text(&names, &columns, Some(14)), apart);
        let torn = "APP   dev\ncart  1\n\nAPP   de\ncart  1\n\nAPP   fr\ncart  1\n";
        assert_eq!(text(&names, &columns, Some(9)), torn);
    }

    #[test]
    fn what_is_wider_than_the_terminal_stands_below_one_another() {
        let stacked = "\
cart
  dev: 1
  staging: 1
  live: 9
web
  dev: 2 (1 behind)
  staging: -
  live: 1
";
        assert_eq!(shown(Some(17)), stacked);
    }
}
