//! Applications by environments, in the words of `kuberpult status`, and what its marks stand for.

use kuberpult_core::{EnvironmentName, TeamName, TrainUpstream};

use super::facts::Facts;
use super::html::{Html, html};
use crate::commands::status::marks::Marks;
use crate::commands::status::overview::{Cell, Overview, Row};
use crate::promotion::Promoted;

/// The section, and the marks for what comes after it.
pub(super) fn write(page: &mut Html, facts: &Facts<'_>) -> Marks {
    let mut marks = Marks::default();
    let overview = &facts.overview;
    html!(
        page,
        "<section id=applications aria-labelledby=applications-title>\n<h2 id=applications-title>Applications</h2>\n"
    );
    if overview.total == 0 || overview.environments.is_empty() {
        let missing = if overview.total == 0 { "no application" } else { "no environment" };
        html!(page, "<p>There is " (missing) " yet.</p>\n");
    } else {
        filters(page, overview);
        html!(page,
            "<div class=scroll role=region aria-labelledby=matrix-caption tabindex=0>\n<table class=matrix id=matrix>\n"
            "<caption id=matrix-caption>Which version of each application is in each environment, in promotion order</caption>\n"
            "<thead><tr><th scope=col>application</th><th scope=col>team</th>"
        );
        for there in &overview.environments {
            heading(page, there, &mut marks);
        }
        html!(page, "</tr></thead>\n<tbody>\n");
        for row in &overview.rows {
            self::row(page, overview, row, &mut marks);
        }
        html!(
            page,
            "</tbody>\n</table>\n</div>\n<p class=nothing id=nothing hidden>No application is shown with these filters.</p>\n"
        );
        how_to_read(page);
        html!(page, "<h3 id=marks-title>What holds automatic deployments back</h3>\n");
        if explain(page, &marks, 0) == 0 {
            html!(page, "<p>Nothing.</p>\n");
        }
    }
    html!(page, "</section>\n");
    marks
}

/// The filters, which nobody sees whose browser runs no scripts.
fn filters(page: &mut Html, overview: &Overview<'_>) {
    html!(page,
        "<form class=filters id=filters role=search aria-label=Applications hidden>\n"
        "<p><label for=search>application</label> <input id=search type=search autocomplete=off spellcheck=false></p>\n"
        "<p><label for=team>team</label> <select id=team><option value=any selected>any team</option>"
    );
    let mut teams: Vec<&TeamName> = overview.rows.iter().filter_map(|row| row.team).collect();
    teams.sort_unstable();
    teams.dedup();
    for team in teams {
        // What stands before the name keeps it apart from the two that are no teams.
        html!(page, "<option value=':" (team) "'>" (team) "</option>");
    }
    html!(page,
        "<option value=none>no team</option></select></p>\n<p><label for=environment>environment</label> "
        "<select id=environment><option value=any selected>all environments</option>"
    );
    for there in &overview.environments {
        html!(page, "<option value=':" (there.stage.name) "'>" (there.stage.name) "</option>");
    }
    html!(page,
        "</select></p>\n<p><input id=only type=checkbox> <label for=only>only what is behind or blocked</label></p>\n"
        "<p><button type=reset>Show all</button></p>\n<output id=shown aria-live=polite for='search team environment only'></output>\n</form>\n"
    );
}

fn heading(page: &mut Html, there: &Promoted<'_>, marks: &mut Marks) {
    html!(page, "<th scope=col data-environment='" (there.stage.name) "'>" (there.stage.name));
    mark(page, &marks.of(there.blocking.environment_level()));
    if let Some(upstream) = &there.stage.upstream {
        let upstream: &str = match upstream {
            TrainUpstream::Latest => "latest",
            TrainUpstream::Environment(upstream) => upstream.as_str(),
        };
        html!(page, " <small>from " (upstream) "</small>");
    }
    if let Some(group) = there.group() {
        html!(page, " <small>group " (group) "</small>");
    }
    html!(page, "</th>");
}

fn row(page: &mut Html, overview: &Overview<'_>, row: &Row<'_>, marks: &mut Marks) {
    html!(page, "<tr><th scope=row>" (row.application) "</th>");
    match row.team {
        Some(team) => html!(page, "<td data-label=team>" (team) "</td>"),
        None => html!(page, "<td class=none data-label=team>-</td>"),
    }
    for (there, cell) in overview.environments.iter().zip(&row.cells) {
        self::cell(page, there, cell, marks);
    }
    html!(page, "</tr>\n");
}

/// `3 (2 behind, queued 5) [1]`
fn cell(page: &mut Html, there: &Promoted<'_>, cell: &Cell<'_>, marks: &mut Marks) {
    let standing = &cell.standing;
    let marks = marks.of(&cell.own);
    let is_behind = standing.behind > 0;
    html!(page, "<td");
    match (is_behind, cell.is_blocked, standing.current) {
        (true, true, _) => html!(page, " class='is-behind is-blocked'"),
        (true, false, _) => html!(page, " class=is-behind"),
        (false, true, _) => html!(page, " class=is-blocked"),
        (false, false, None) if cell.slot.is_none() => html!(page, " class=none"),
        (false, false, _) => {}
    }
    html!(page, " data-label='" (there.stage.name) "'>");
    match standing.current {
        Some(current) => html!(page, (current)),
        None => html!(page, "-"),
    }
    if cell.undeploy {
        html!(page, " <i class=undeploy>undeploy</i>");
    }
    if is_behind {
        html!(page, " <i class=behind>" (standing.behind) " behind</i>");
    }
    if standing.ahead > 0 {
        html!(page, " <i class=behind>" (standing.ahead) " ahead</i>");
    }
    if let Some(queued) = standing.queued {
        html!(page, " <i class=queued>queued " (queued) "</i>");
    }
    mark(page, &marks);
    html!(page, "</td>");
}

/// Marks, each with a way to what it stands for.
pub(super) fn mark(page: &mut Html, numbers: &[usize]) {
    for number in numbers {
        html!(page, " <a class=mark href='#m" (number) "' aria-label='held back by [" (number) "]'>[" (number) "]</a>");
    }
}

fn how_to_read(page: &mut Html) {
    html!(page,
        "<details class=key>\n<summary>How to read it</summary>\n<dl>\n<dt>3</dt><dd>version 3 is deployed</dd>\n"
        "<dt>-</dt><dd>nothing is deployed</dd>\n<dt><i class=queued>queued 5</i></dt><dd>version 5 waits in the queue</dd>\n"
        "<dt><i class=behind>2 behind</i></dt><dd>up to the version that the environment’s upstream has there are 2 newer releases; what has no "
        "manifest for the environment cannot come, and is not behind</dd>\n"
        "<dt><i class=behind>1 ahead</i></dt><dd>the upstream’s version is 1 release older: a release train takes it back</dd>\n"
        "<dt><i class=undeploy>undeploy</i></dt><dd>the version is an undeploy release: nothing runs</dd>\n"
        "<dt>[1]</dt><dd>a lock or freeze window holds automatic deployments back: of all applications where it stands at an environment, "
        "else of the one; what it is stands below the table. Manual deployments are always possible</dd>\n</dl>\n</details>\n"
    );
}

/// What each mark stands for: those that were not explained before, of which there were so many. Gives how many there are.
pub(super) fn explain(page: &mut Html, marks: &Marks, before: usize) -> usize {
    let all = marks.explained().count();
    if all > before {
        html!(page, "<div class='scroll marks' role=region aria-labelledby=marks-title tabindex=0>\n<ul>\n");
        for (number, blocker, also) in marks.explained().skip(before) {
            html!(page, "<li id='m" (number) "'><b class=mark>[" (number) "]</b> " (blocker));
            if !also.is_empty() {
                let names: Vec<&str> = also.iter().map(EnvironmentName::as_str).collect();
                html!(page, "; also on "(names.join(", ")));
            }
            html!(page, "</li>\n");
        }
        html!(page, "</ul>\n</div>\n");
    }
    all
}
