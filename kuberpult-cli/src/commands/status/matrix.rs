//! Applications by environments, for people.

use kuberpult_core::{GroupName, TeamName};

use super::columns::{self, Column};
use super::filter::Filter;
use super::grid::{self, GAP, GridColumn};
use super::marks::Marks;
use super::overview::{Overview, Summary};
use crate::screen::{self, FAINT, HEADING, Styled};
use crate::text::counted;

/// The matrix, what its marks stand for, and a line that sums it up.
pub(super) fn text(overview: &Overview<'_>, filter: &Filter, width: Option<usize>) -> String {
    if overview.rows.is_empty() && overview.total > 0 {
        return format!("{}\n", crate::text::one_line(&filter.nothing()));
    }
    let mut marks = Marks::default();
    let (names, teams) = names_and_teams(overview);
    let mut columns = columns::of_environments(overview, &mut marks);
    let fits = |columns: &[Column]| {
        let widths: usize = columns.iter().map(|column| column.width() + GAP).sum();
        width.is_none_or(|width| grid::width_of([&names, &teams]) + widths <= width)
    };
    if !fits(&columns) {
        let folded = columns::folded(overview, &columns, GAP);
        // What does not even fit by itself is better told environment by environment.
        let each_fits = |column: &Column| {
            width.is_none_or(|width| grid::width_of([&names]) + GAP + column.width() <= width)
        };
        if folded.iter().all(each_fits) {
            columns = folded;
        }
    }
    let groups: Vec<_> = columns.iter_mut().filter_map(|column| column.folded.take()).collect();
    // A block with the teams and nothing else would be of no use.
    let has_room = |column: &Column| {
        width.is_none_or(|width| grid::width_of([&names, &teams]) + GAP + column.width() <= width)
    };
    let teams = columns.first().is_none_or(has_room).then_some(teams);
    let columns: Vec<GridColumn> = teams.into_iter().chain(grid_columns(columns)).collect();
    let mut text = grid::text(&names, &columns, width);
    for (group, members) in groups {
        let members: Vec<String> = members.iter().map(ToString::to_string).collect();
        text.push_str(&screen::wrapped(&format!("{group}: {}", members.join(", ")), width, "    "));
    }
    text.push_str(&marks.legend(width));
    if overview.total > 0 {
        text.push_str(&sentence(&overview.summary, overview.total));
    }
    text
}

/// The columns, of which neighbours of one group should not be torn apart.
fn grid_columns(columns: Vec<Column>) -> Vec<GridColumn> {
    let mut next_group: Option<GroupName> = None;
    let mut columns: Vec<GridColumn> = columns
        .into_iter()
        .rev()
        .map(|Column { heading, cells, group, .. }| {
            let mut column = GridColumn::new(heading, cells);
            column.belongs_to_next = group.is_some() && group == next_group;
            next_group = group;
            column
        })
        .collect();
    columns.reverse();
    columns
}

fn names_and_teams(overview: &Overview<'_>) -> (GridColumn, GridColumn) {
    let names = overview.rows.iter().map(|row| row.application.as_str().into());
    let teams = overview.rows.iter().map(|row| match row.team.map(TeamName::as_str) {
        Some(team) => team.into(),
        None => Styled::new("-", FAINT),
    });
    (
        GridColumn::new(Styled::new("APPLICATION", HEADING), names.collect()),
        GridColumn::new(Styled::new("TEAM", HEADING), teams.collect()),
    )
}

/// `4 of 100 applications: 3 behind, 1 queued, 1 blocked`
fn sentence(summary: &Summary, total: usize) -> String {
    let Summary { applications, behind, queued, blocked } = *summary;
    let of = if applications == total { String::new() } else { format!("{applications} of ") };
    let counts = [(behind, "behind"), (queued, "queued"), (blocked, "blocked")];
    let counts: Vec<String> = counts
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{count} {what}"))
        .collect();
    let counts =
        if counts.is_empty() { "nothing behind, queued or blocked".into() } else { counts.join(", ") };
    format!("{of}{}: {counts}\n", counted(total, "application", "applications"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_leaves_out_what_there_is_none_of() {
        let mut summary = Summary { applications: 1, ..Summary::default() };
        assert_eq!(sentence(&summary, 1), "1 application: nothing behind, queued or blocked\n");
        (summary.behind, summary.blocked) = (1, 1);
        assert_eq!(sentence(&summary, 100), "1 of 100 applications: 1 behind, 1 blocked\n");
        summary.queued = 1;
        assert_eq!(sentence(&summary, 1), "1 application: 1 behind, 1 queued, 1 blocked\n");
    }
}
