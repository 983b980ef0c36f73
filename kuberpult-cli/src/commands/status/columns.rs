//! The columns of a matrix: one for each environment, or for each group of them.

use anstyle::Style;
use kuberpult_core::{EnvironmentName, GroupName};

use super::marks::{Marks, mark};
use super::overview::{Cell, Overview};
use crate::promotion::Promoted;
use crate::screen::{BEHIND, FAINT, HEADING, Styled, WAITING};

/// A column: its heading, and a cell for each application.
#[derive(Clone)]
pub(super) struct Column {
    pub(super) heading: Styled,
    /// The marks of its heading.
    marks: Vec<usize>,
    pub(super) cells: Vec<Styled>,
    pub(super) group: Option<GroupName>,
    /// The group and its environments, if it has the cells of several.
    pub(super) folded: Option<(GroupName, Vec<EnvironmentName>)>,
}

impl Column {
    /// How wide it has to be.
    pub(super) fn width(&self) -> usize {
        self.cells.iter().chain([&self.heading]).map(Styled::width).max().unwrap_or_default()
    }
}

/// A column for each environment.
pub(super) fn of_environments(overview: &Overview<'_>, marks: &mut Marks) -> Vec<Column> {
    let mut columns: Vec<Column> = overview.environments.iter().map(|shown| heading(shown, marks)).collect();
    for row in &overview.rows {
        for (cell, column) in row.cells.iter().zip(&mut columns) {
            column.cells.push(text(cell, marks));
        }
    }
    columns
}

fn heading(shown: &Promoted<'_>, marks: &mut Marks) -> Column {
    let marks = marks.of(shown.blocking.environment_level());
    let mut heading = Styled::new(shown.stage.name.as_str(), HEADING);
    mark(&mut heading, &marks);
    Column { heading, marks, cells: Vec::new(), group: shown.group().cloned(), folded: None }
}

/// `3`, `3 (2 behind, queued 5) [1]`, `-`
fn text(cell: &Cell<'_>, marks: &mut Marks) -> Styled {
    let mut text = match cell.standing.current {
        Some(current) => Styled::from(current.to_string().as_str()),
        None => Styled::new("-", FAINT),
    };
    let standing = &cell.standing;
    let notes = [
        cell.undeploy.then(|| ("undeploy".to_owned(), Style::new())),
        (standing.behind > 0).then(|| (format!("{} behind", standing.behind), BEHIND)),
        (standing.ahead > 0).then(|| (format!("{} ahead", standing.ahead), BEHIND)),
        standing.queued.map(|queued| (format!("queued {queued}"), WAITING)),
    ];
    let mut separator = " (";
    for (note, style) in notes.into_iter().flatten() {
        text.push(separator, Style::new());
        text.push(&note, style);
        separator = ", ";
    }
    if separator != " (" {
        text.push(")", Style::new());
    }
    mark(&mut text, &marks.of(&cell.own));
    text
}

/// Columns of which those of a group are one wherever that is narrower.
pub(super) fn folded(overview: &Overview<'_>, columns: &[Column], gap: usize) -> Vec<Column> {
    let mut folded = Vec::new();
    let mut columns = overview.environments.iter().zip(columns).peekable();
    while let Some((there, column)) = columns.next() {
        let mut members = vec![(there, column)];
        if let Some(group) = there.group() {
            while let Some(member) = columns.next_if(|(there, _)| there.group() == Some(group)) {
                members.push(member);
            }
            let apart: usize = members.iter().map(|(_, column)| column.width() + gap).sum();
            let together = together(group, &members);
            if members.len() > 1 && together.width() + gap < apart {
                folded.push(together);
                continue;
            }
        }
        folded.extend(members.into_iter().map(|(_, column)| column.clone()));
    }
    folded
}

fn together(group: &GroupName, members: &[(&Promoted<'_>, &Column)]) -> Column {
    let mut marks: Vec<usize> = members.iter().flat_map(|(_, column)| column.marks.iter().copied()).collect();
    marks.sort_unstable();
    marks.dedup();
    let mut heading = Styled::new(&format!("{group} ({})", members.len()), HEADING);
    mark(&mut heading, &marks);
    let rows = members.iter().map(|(_, column)| column.cells.len()).min().unwrap_or_default();
    let cells = (0..rows).map(|row| {
        let cells =
            members.iter().filter_map(|(there, column)| Some((there.stage.name, column.cells.get(row)?)));
        summary(cells)
    });
    let names = members.iter().map(|(there, _)| there.stage.name.clone()).collect();
    Column {
        heading,
        marks,
        cells: cells.collect(),
        group: Some(group.clone()),
        folded: Some((group.clone(), names)),
    }
}

/// What the cells of several environments say: `3` where they agree, `3, except de: 2` where most do, else
/// `de,fr: 3; es,it: 2`.
fn summary<'a>(cells: impl Iterator<Item = (&'a EnvironmentName, &'a Styled)>) -> Styled {
    let mut said: Vec<(&Styled, Vec<&str>)> = Vec::new();
    let mut count = 0;
    for (name, cell) in cells {
        count += 1;
        match said.iter_mut().find(|(same, _)| *same == cell) {
            Some((_, names)) => names.push(name.as_str()),
            None => said.push((cell, vec![name.as_str()])),
        }
    }
    let most = said.iter().position(|(_, names)| names.len() * 2 > count);
    let mut summary = Styled::default();
    let mut separator = "";
    if let Some(most) = most {
        let (cell, _) = said.remove(most);
        summary.append(cell);
        separator = ", except ";
    }
    for (cell, names) in said {
        summary.push(&format!("{separator}{}: ", names.join(",")), Style::new());
        summary.append(cell);
        separator = "; ";
    }
    summary
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(cells: &[(&str, &str)]) -> String {
        let cells: Vec<(EnvironmentName, Styled)> =
            cells.iter().map(|(name, cell)| (name.parse().unwrap(), Styled::from(*cell))).collect();
        summary(cells.iter().map(|(name, cell)| (name, cell))).painted().to_owned()
    }

    #[test]
    fn a_summary_names_what_is_different() {
        assert_eq!(said(&[("de", "3"), ("fr", "3"), ("it", "3")]), "3");
        assert_eq!(said(&[("de", "3"), ("fr", "2"), ("it", "3")]), "3, except fr: 2");
        assert_eq!(said(&[("de", "3"), ("fr", "2")]), "de: 3; fr: 2");
        assert_eq!(said(&[("de", "3"), ("es", "2"), ("fr", "3"), ("it", "2")]), "de,fr: 3; es,it: 2");
        let five = [("a", "3"), ("b", "3"), ("c", "3"), ("d", "2"), ("e", "-")];
        assert_eq!(said(&five), "3, except d: 2; e: -");
    }
}
