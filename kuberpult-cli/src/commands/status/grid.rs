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
}

impl GridColumn {
    pub(super) fn new(heading: Styled, cells: Vec<Styled>) -> Self {
        let width = cells.iter().chain([&heading]).map(Styled::width).max().unwrap_or_default();
        Self { heading, cells, width }
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
        let count =
            (1..=rest.len()).rev().find(|count| rest.get(..*count).is_some_and(fits)).unwrap_or(rest.len());
        let (block, others) = rest.split_at_checked(count).unwrap_or((rest, &[]));
        side_by_side(&mut text, names, block);
        rest = others;
        if rest.is_empty() {
            return text;
        }
        text.push('\n');
    }
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
