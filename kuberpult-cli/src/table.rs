//! Tables for people: columns that fit the terminal, plain where there is none.

use comfy_table::{ContentArrangement, Table as Columns, presets};

use crate::screen;
use crate::text;

/// The widest line, in columns, where there is no terminal that says otherwise.
const PLAIN_WIDTH: usize = 100;

/// A table whose cells cannot break it.
pub(crate) struct Table {
    columns: Columns,
}

impl Table {
    /// Makes a table with these headings.
    pub(crate) fn new<T: AsRef<str>>(headings: impl IntoIterator<Item = T>) -> Self {
        let mut columns = Columns::new();
        columns.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
        if let Some(width) = screen::width().and_then(|width| u16::try_from(width).ok()) {
            columns.set_width(width);
        }
        columns.set_header(cells(headings));
        for column in columns.column_iter_mut() {
            column.set_padding((0, 2));
        }
        Self { columns }
    }

    /// Adds a row, one cell for each heading.
    pub(crate) fn row<T: AsRef<str>>(&mut self, row: impl IntoIterator<Item = T>) {
        self.columns.add_row(cells(row));
    }
}

fn cells<T: AsRef<str>>(texts: impl IntoIterator<Item = T>) -> Vec<String> {
    texts.into_iter().map(|text| text::one_line(text.as_ref()).into_owned()).collect()
}

impl std::fmt::Display for Table {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "{}", self.columns.trim_fmt())
    }
}

/// How wide a line may be: the terminal's width, if standard output is one.
pub(crate) fn line_width() -> usize {
    screen::width().unwrap_or(PLAIN_WIDTH)
}
