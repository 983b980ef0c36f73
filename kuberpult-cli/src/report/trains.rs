//! What the next release train to each environment would do.

use kuberpult_core::{
    ApplicationCause, ApplicationName, Blocker, EnvironmentCause, EnvironmentReport, GroupName, Outcome,
    Version,
};

use super::facts::Facts;
use super::html::{Html, html};
use super::matrix::mark;
use crate::commands::status::marks::Marks;
use crate::promotion::Promoted;

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
    deployed: Vec<(&'a ApplicationName, Option<Version>, Version)>,
    queued: Vec<(&'a ApplicationName, Version, Option<Version>, &'a [Blocker])>,
    blocked: Vec<(&'a ApplicationName, Version, &'a [Blocker])>,
    not_in_environment: Vec<(&'a ApplicationName, Version)>,
    no_version_upstream: Vec<&'a ApplicationName>,
    already_deployed: usize,
}

impl<'a> Train<'a> {
    fn of(report: &'a EnvironmentReport) -> Self {
        let mut train = Self {
            report,
            deployed: Vec::new(),
            queued: Vec::new(),
            blocked: Vec::new(),
            not_in_environment: Vec::new(),
            no_version_upstream: Vec::new(),
            already_deployed: 0,
        };
        for candidate in &report.applications {
            let application = &candidate.application;
            match &candidate.outcome {
                Outcome::Deployed { from, to } => train.deployed.push((application, *from, *to)),
                Outcome::Queued { version, displaced, blockers } => {
                    train.queued.push((application, *version, *displaced, blockers));
                }
                Outcome::Blocked { version, blockers } => {
                    train.blocked.push((application, *version, blockers));
                }
                Outcome::Skipped { cause: ApplicationCause::AlreadyDeployed { .. } } => {
                    train.already_deployed += 1;
                }
                Outcome::Skipped { cause: ApplicationCause::NotInEnvironment { version } } => {
                    train.not_in_environment.push((application, *version));
                }
                Outcome::Skipped { cause: ApplicationCause::NoVersionUpstream } => {
                    train.no_version_upstream.push(application);
                }
            }
        }
        train
    }

    fn skipped(&self) -> usize {
        self.already_deployed + self.not_in_environment.len() + self.no_version_upstream.len()
    }

    /// How many applications it would deploy, queue and skip: none of the first two if it leaves the environment alone.
    fn counts(&self) -> [usize; 3] {
        match self.report.skipped {
            None => [self.deployed.len(), self.queued.len() + self.blocked.len(), self.skipped()],
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
    list(page, "deployed", &train.deployed, |page, (application, from, to)| {
        html!(page, "<b>" (application) "</b> ");
        match from {
            Some(from) => html!(page, (from)),
            None => html!(page, "none"),
        }
        html!(page, " → "(to));
    });
    list(page, "queued", &train.queued, |page, (application, version, displaced, blockers)| {
        html!(page, "<b>" (application) "</b> " (version));
        if let Some(displaced) = displaced {
            html!(page, " in place of "(displaced));
        }
        html!(page, " behind");
        mark(page, &marks.of(*blockers));
    });
    list(page, "blocked, left alone", &train.blocked, |page, (application, version, blockers)| {
        html!(page, "<b>" (application) "</b> " (version) " behind");
        mark(page, &marks.of(*blockers));
    });
    list(
        page,
        "skipped, no manifest for this environment",
        &train.not_in_environment,
        |page, (application, version)| {
            html!(page, "<b>" (application) "</b> " (version));
        },
    );
    list(page, "skipped, no version upstream", &train.no_version_upstream, |page, application| {
        html!(page, "<b>" (application) "</b>");
    });
    if train.already_deployed > 0 {
        html!(page, "<p>skipped, deployed already: " (train.already_deployed) "</p>\n");
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
