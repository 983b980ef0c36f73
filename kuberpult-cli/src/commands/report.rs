//! `kuberpult report`

use std::path::{Path, PathBuf};

use super::Session;
use crate::exit::Failure;
use crate::text::shell_line;

/// What the page shows, and where it goes.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Report {
    /// Write it to this file as one HTML page that needs nothing else (`-`: standard output)
    #[arg(long, value_name = "FILE")]
    html: PathBuf,
    /// Show the newest so many commits of the history
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u16).range(0..=1_000))]
    limit: u16,
    /// Show the freeze windows of so many days, today included
    #[arg(long, value_name = "N", default_value_t = 7, value_parser = clap::value_parser!(u8).range(1..=31))]
    days: u8,
}

const EXAMPLES: &str = "\
The page is one file without links to others: it can be opened from disk, kept
as an artefact of a CI job, or sent to somebody. It shows one commit as of one
moment. It names the people who set locks and wrote commits.

Examples:
  kuberpult report --html report.html
  kuberpult report --html public/index.html --days 14
  kuberpult report --html - | gzip > report.html.gz";

impl Report {
    pub(crate) fn run(&self, session: &mut Session<'_>) -> Result<(), Failure> {
        if session.output.is_json() {
            return Err(Failure::ReportAsJson);
        }
        let repo = session.open()?;
        let context = crate::context::reading(session.global)?;
        let page = crate::report::page(&repo, &context, self.limit.into(), self.days)?;
        if self.html == Path::new("-") {
            return session.output.bytes(page.as_bytes());
        }
        crate::report::write(&self.html, &page)?;
        let file = shell_line(&[self.html.display().to_string()]);
        session.output.remark(&format!(
            "report written to {}, {} kB",
            crate::text::one_line(&file),
            page.len().div_ceil(1_000)
        ));
        Ok(())
    }
}
