//! Reports for people as Markdown: what was done or would be, and why; for the summary of a CI job, say.
//!
//! They are lists and no tables, since there is no way to write `|` into a cell that all renderers agree on; and what
//! somebody has typed stands in code spans, in which nothing means anything.

mod blocker;
mod code;
mod queue;
mod standing;
mod train;

use std::fs;
use std::path::{Path, PathBuf};

pub(crate) use self::queue::queues;
pub(crate) use self::standing::Standing;
pub(crate) use self::train::train;
use crate::exit::Failure;
use crate::whole_file;

/// The option of a command that can write a report.
#[derive(Debug, clap::Args)]
pub(crate) struct ReportFile {
    /// Write a report for people, too: Markdown, which says what was done or would be, and why
    #[arg(long, value_name = "FILE", value_parser = file)]
    markdown: Option<PathBuf>,
}

/// Standard output has the result already.
fn file(typed: &str) -> Result<PathBuf, &'static str> {
    match typed {
        "" | "-" => Err("expected a file; what the command prints is on standard output already"),
        file => Ok(file.into()),
    }
}

impl ReportFile {
    /// Whether a report is wanted.
    pub(crate) fn is_wanted(&self) -> bool {
        self.markdown.is_some()
    }

    /// Looks whether the report can be written, as far as that can be told without writing: before the command does anything.
    pub(crate) fn check(&self) -> Result<(), Failure> {
        let Some(path) = &self.markdown else { return Ok(()) };
        let could_be_written = match fs::metadata(path) {
            Ok(found) if found.is_file() || found.is_dir() => {
                fs::OpenOptions::new().append(true).open(path).map(drop)
            }
            Ok(_) => Ok(()),
            Err(_) => {
                let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty());
                fs::read_dir(directory.unwrap_or(Path::new("."))).map(drop)
            }
        };
        could_be_written.map_err(|source| Failure::Report { path: path.clone(), done: false, source })
    }

    /// Writes the report of what has been done, if one is wanted. What was done is done, so it is also written when the
    /// result could not be printed.
    pub(crate) fn write(
        &self,
        printed: Result<(), Failure>,
        report: impl FnOnce() -> Result<String, Failure>,
    ) -> Result<(), Failure> {
        let Some(path) = &self.markdown else { return printed };
        let written = report().and_then(|text| {
            whole_file::write(path, text.as_bytes()).map_err(|source| Failure::Report {
                path: path.clone(),
                done: true,
                source,
            })
        });
        printed.and(written)
    }
}
