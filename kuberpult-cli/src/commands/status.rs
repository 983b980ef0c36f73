//! `kuberpult status`

mod columns;
mod document;
pub(crate) mod filter;
mod grid;
mod in_depth;
pub(crate) mod marks;
mod matrix;
pub(crate) mod overview;
mod watch;

#[cfg(test)]
pub(crate) use self::document::Status as StatusDocument;

use kuberpult_core::{ApplicationName, State, Time};
use kuberpult_git::{ManifestRepo, ReadError};

use self::filter::Filter;
use self::overview::Overview;
use super::Session;
use crate::exit::Failure;
use crate::screen;

/// What is shown.
#[derive(Debug, clap::Args)]
#[command(after_help = LEGEND)]
pub(crate) struct Status {
    /// Only this application, in depth
    #[arg(value_name = "APP", value_parser = ApplicationName::existing)]
    #[arg(conflicts_with_all = ["team", "behind", "blocked"])]
    application: Option<ApplicationName>,
    #[command(flatten)]
    filter: Filter,
    /// Show it again every so many seconds, until Ctrl-C [default: 2, or 30 with a remote]
    #[arg(long, value_name = "SECONDS", num_args = 0..=1, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    watch: Option<Option<u64>>,
}

const LEGEND: &str = "\
How to read it:
  3             version 3 is deployed
  -             nothing is deployed
  3 (queued 5)  version 5 waits in the queue
  3 (2 behind)  up to the upstream's version there are 2 newer releases; up to
                the newest one where the upstream is latest. What has no
                manifest for the environment cannot come, and is not behind
  3 (1 ahead)   the upstream's version is 1 release older: a train takes it back
  3 (undeploy)  version 3 is an undeploy release: nothing runs
  [1]           a lock or freeze window holds automatic deployments back: all in
                an environment, or of one application. It is listed below
  europe (3)    the 3 environments of group europe, on a narrow terminal

Examples:
  kuberpult status cart                     more about one application
  kuberpult status --behind --team shop     what of team shop could be promoted
  kuberpult status -e production --blocked  what is held back in production
  kuberpult status --watch                  again and again";

impl Status {
    pub(crate) fn run(&self, session: &mut Session<'_>) -> Result<(), Failure> {
        if let Some(seconds) = self.watch {
            return watch::run(self, session, seconds);
        }
        let repo = session.open()?;
        let state = self.state(&repo)?;
        let now = crate::context::now(session.global)?;
        let overview = self.overview(&state, now)?;
        if session.output.is_json() {
            let whys = match &self.application {
                Some(application) => in_depth::whys(&repo, &overview, application)?,
                None => Vec::new(),
            };
            let document = document::document(&overview, &whys);
            return session.output.streamed_document("Status", &document);
        }
        if state.environments.is_empty() {
            session.output.remark("there is no environment; `kuberpult env create` makes one");
        } else if overview.total == 0 {
            session.output.remark("there is no application yet; `kuberpult release` makes one");
        }
        if state.environments.is_empty() && overview.total == 0 {
            return Ok(());
        }
        session.output.data(&self.text(&repo, &overview)?)
    }

    /// What is read of the repository: all, unless the application that was asked for is there.
    fn state(&self, repo: &ManifestRepo) -> Result<State, ReadError> {
        let Some(application) = &self.application else { return repo.overview(None) };
        let state = repo.overview(Some(application))?;
        let is_there = overview::applications(&state).contains(&application);
        if is_there { Ok(state) } else { repo.overview(None) }
    }

    fn overview<'a>(&self, state: &'a State, now: Time) -> Result<Overview<'a>, Failure> {
        Overview::new(state, now, self.application.as_ref(), &self.filter).map_err(Failure::from)
    }

    /// What is shown to people.
    fn text(&self, repo: &ManifestRepo, overview: &Overview<'_>) -> Result<String, Failure> {
        match &self.application {
            None => Ok(matrix::text(overview, &self.filter, screen::width())),
            Some(application) => {
                Ok(in_depth::text(overview, &in_depth::whys(repo, overview, application)?, screen::width()))
            }
        }
    }
}
