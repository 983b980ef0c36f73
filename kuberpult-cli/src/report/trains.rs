//! What the next release train to each environment would do.

use kuberpult_core::{EnvironmentCause, EnvironmentReport, GroupName};

use super::facts::Facts;
use super::html::{Html, html};
use super::matrix::mark;
use crate::commands::status::marks::Marks;
use crate::promotion::Promoted;
use crate::train_outcomes::{DEPLOYED_ALREADY, Outcomes, version_or_none};

/// A list that is longer is closed at first.
const OPEN: usize = 40;

pub(super) fn write(page: &mut Html, facts: &Facts<'_>, marks: &mut Marks) {
    html!(
        page,
        "<section id=trains aria-labelledby=trains-title>\n<h2 id=trains-title>Release trains</h2>\n"
    );
    if facts.trains.is_empty() {
        html!(page, "<p>No environment has an upstream, so there are no release trains.</p>\n</section>\n");
        return;
    }
    let trains: Vec<Train<'_>> = facts.trains.iter().map(Train::of).collect();
    summary(page, facts, &trains);
    for (index, train) in trains.iter().enumerate() {
        self::train(page, index + 1, train, marks);
    }
    html!(page, "</section>\n");
}

/// What a train would do, by outcome.
struct Train<'a> {
    report: &'a EnvironmentReport,
    outcomes: Outcomes<'a>,
}

impl<'a> Train<'a> {
    fn of(report: &'a EnvironmentReport) -> Self {
        Self { report, outcomes: Outcomes::of(&report.applications) }
    }

    /// How many applications it would deploy, queue and skip: none of the first two if it leaves the environment alone.
    fn counts(&self) -> [usize; 3] {
        match self.report.skipped {
            None => {
                let Outcomes { deployed, queued, blocked, .. } = &self.outcomes;
                let skipped = self.outcomes.skipped().map(|(_, skipped)| skipped.len()).sum();
                [deployed.len(), queued.len() + blocked.len(), skipped]
            }
            Some(_) => [0, 0, self.report.applications.len()],
        }
    }
}

/// One line for each train: to environments in promotion order, and to groups.
fn summary(page: &mut Html, facts: &Facts<'_>, trains: &[Train<'_>]) {
    html!(page,
        "<div class=scroll role=region aria-labelledby=trains-caption tabindex=0>\n<table class=cards>\n"
        "<caption id=trains-caption>What each train would do if it left now</caption>\n"
        "<thead><tr><th scope=col>train to</th><th scope=col>from</th><th scope=col>deploys</th><th scope=col>queues</th>"
        "<th scope=col>skips</th><th scope=col>remarks</th></tr></thead>\n<tbody>\n"
    );
    for (index, train) in trains.iter().enumerate() {
        html!(page, "<tr><th scope=row><a href='#t" (index + 1) "'>" (train.report.environment) "</a></th><td data-label=from>");
        match &train.report.upstream {
            Some(upstream) => html!(page, (upstream)),
            None => html!(page, "-"),
        }
        html!(page, "</td>");
        counts(page, train.counts());
        match &train.report.skipped {
            Some(cause) => html!(page, "<td data-label=remarks>" (leaves_alone(cause)) "</td></tr>\n"),
            None => html!(page, "<td class=none data-label=remarks>-</td></tr>\n"),
        }
    }
    let mut groups: Vec<&GroupName> =
        facts.overview.environments.iter().filter_map(Promoted::group).collect();
    groups.sort_unstable();
    groups.dedup();
    for group in groups {
        let members: Vec<&str> = facts.read.state.group(group).map(|(name, _)| name.as_str()).collect();
        let of_group = trains.iter().filter(|train| members.contains(&train.report.environment.as_str()));
        let sum = of_group.map(Train::counts).fold([0; 3], |sum, counts| {
            let [deployed, queued, skipped] = sum;
            let [more_deployed, more_queued, more_skipped] = counts;
            [deployed + more_deployed, queued + more_queued, skipped + more_skipped]
        });
        html!(page, "<tr><th scope=row>group " (group) "</th><td class=none data-label=from>-</td>");
        counts(page, sum);
        html!(page, "<td data-label=remarks>to " (members.join(", ")) "</td></tr>\n");
    }
    html!(page, "</tbody>\n</table>\n</div>\n");
}

fn counts(page: &mut Html, [deployed, queued, skipped]: [usize; 3]) {
    html!(page, "<td data-label=deploys>" (deployed) "</td><td data-label=queues>" (queued) "</td><td data-label=skips>" (skipped) "</td>");
}

/// Why a train does nothing to an environment, in few words.
fn leaves_alone(cause: &EnvironmentCause) -> &'static str {
    match cause {
        EnvironmentCause::Locked { .. } => "leaves it alone while it is locked",
        EnvironmentCause::Frozen { .. } => "leaves it alone while it is frozen",
        _ => "none comes here",
    }
}

/// One train, to which its line in the summary leads by its number.
fn train(page: &mut Html, number: usize, train: &Train<'_>, marks: &mut Marks) {
    let report = train.report;
    let [deployed, queued, skipped] = train.counts();
    html!(page, "<details class=train id='t" (number) "' data-environment='" (report.environment) "'");
    if deployed + queued > 0 && deployed + queued <= OPEN {
        html!(page, " open");
    }
    html!(page, "><summary><h3>" (report.environment) "</h3> ");
    if let Some(upstream) = &report.upstream {
        html!(page, "<span>from " (upstream) ":</span> ");
    }
    html!(page, "<span>deploys " (deployed) ", queues " (queued) ", skips " (skipped) "</span></summary>\n");
    if let Some(cause) = &report.skipped {
        html!(page, "<p><b>The train leaves the environment alone:</b> ");
        match cause {
            EnvironmentCause::Locked { blockers } | EnvironmentCause::Frozen { blockers } => {
                html!(
                    page,
                    (if blockers.len() == 1 { "it is held back by" } else { "it is held back by each of" })
                );
                mark(page, &marks.of(blockers));
                html!(page, ".</p>\n<p>Without that, it would be:</p>\n");
            }
            other => html!(page, (other) ".</p>\n"),
        }
    }
    outcomes(page, train, marks);
    html!(page, "</details>\n");
}

fn outcomes(page: &mut Html, train: &Train<'_>, marks: &mut Marks) {
    if train.report.applications.is_empty() && train.report.upstream.is_some() {
        html!(page, "<p>No application is a candidate.</p>\n");
    }
    list(page, "deployed", &train.outcomes.deployed, |page, deployed| {
        html!(page, "<b>" (deployed.application) "</b> " (version_or_none(deployed.from)) " → "(deployed.to));
        if let Some(dropped) = deployed.dropped {
            html!(page, ", and "(dropped) " leaves its queue undeployed");
        }
    });
    list(page, "queued", &train.outcomes.queued, |page, queued| {
        html!(page, "<b>" (queued.application) "</b> " (queued.version));
        if let Some(displaced) = queued.displaced {
            html!(page, " in place of "(displaced));
        }
        html!(page, " behind");
        mark(page, &marks.of(queued.blockers));
    });
    list(page, "blocked, left alone", &train.outcomes.blocked, |page, blocked| {
        html!(page, "<b>" (blocked.application) "</b> " (blocked.version) " behind");
        mark(page, &marks.of(blocked.blockers));
    });
    for (why, skipped) in train.outcomes.skipped() {
        // In an ordinary hour these are nearly all.
        if why == DEPLOYED_ALREADY {
            html!(page, "<p>skipped, "(why) ": " (skipped.len()) "</p>\n");
            continue;
        }
        list(page, &format!("skipped, {why}"), skipped, |page, skipped| {
            html!(page, "<b>" (skipped.application) "</b>");
            if let Some(version) = skipped.version {
                html!(page, " "(version));
            }
        });
    }
}

fn list<T>(page: &mut Html, outcome: &str, items: &[T], mut write: impl FnMut(&mut Html, &T)) {
    if items.is_empty() {
        return;
    }
    html!(page, "<h4>" (outcome) ": " (items.len()) "</h4>\n<ul class=flow data-filtered>\n");
    for item in items {
        html!(page, "<li>");
        write(page, item);
        html!(page, "</li>\n");
    }
    html!(page, "</ul>\n");
}
