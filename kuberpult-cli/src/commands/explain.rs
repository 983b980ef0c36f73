//! `kuberpult explain`

use clap_complete::CompletionCandidate;
use clap_complete::engine::ArgValueCandidates;

use super::Session;
use crate::exit::Failure;
use crate::explanation::{self, Explanation};
use crate::json::{self, List, ListedCode};
use crate::screen;
use crate::table::{Table, line_width};
use crate::text;

/// Which code is explained.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Explain {
    /// The code, as it stands in JSON output [default: list all]
    #[arg(value_name = "CODE", add = ArgValueCandidates::new(codes))]
    code: Option<String>,
}

const EXAMPLES: &str = "\
Examples:
  kuberpult explain                    every code, with one line each
  kuberpult explain ENV_IS_LOCKED      what it means, and what to do about it";

/// What can be completed, with what it means.
fn codes() -> Vec<CompletionCandidate> {
    let pages = explanation::all().into_iter();
    pages.map(|page| CompletionCandidate::new(page.code).help(Some(page.summary.into()))).collect()
}

impl Explain {
    pub(crate) fn run(&self, session: &mut Session<'_>) -> Result<(), Failure> {
        match &self.code {
            None => list(session),
            Some(typed) => match explanation::of(typed) {
                Ok(page) => print(session, &page),
                Err(nearest) => {
                    let typed = text::one_line(typed).into_owned();
                    Err(Failure::UnknownCode { typed, nearest })
                }
            },
        }
    }
}

fn print(session: &mut Session<'_>, page: &Explanation) -> Result<(), Failure> {
    let Explanation { code, topic, summary, text, related } = page;
    if session.output.is_json() {
        let document = json::Explanation { code, topic, summary, text, related };
        return session.output.document("Explanation", &document);
    }
    session.output.heading(code)?;
    session.output.data(&filled(&format!("{summary}\n\n{text}\n"), line_width()))?;
    if !related.is_empty() {
        session.output.data("\n")?;
        session.output.line(&format!("related: {}", related.join(", ")))?;
    }
    Ok(())
}

fn list(session: &mut Session<'_>) -> Result<(), Failure> {
    let pages = explanation::all();
    if session.output.is_json() {
        let listed =
            |page: &Explanation| ListedCode { code: page.code, topic: page.topic, summary: page.summary };
        let items = pages.iter().map(listed).collect();
        return session.output.document("CodeList", &List { items });
    }
    for (index, topic) in pages.chunk_by(|page, next| page.topic == next.topic).enumerate() {
        if index > 0 {
            session.output.data("\n")?;
        }
        let mut table = Table::new(["CODE", "MEANING"]);
        for page in topic {
            table.row([page.code, page.summary]);
        }
        session.output.heading(topic.first().map_or("", |page| page.topic))?;
        session.output.data(&table.to_string())?;
    }
    session.output.remark("`kuberpult explain CODE` says more about one of them");
    Ok(())
}

/// Lines no wider than `width` where that is possible; indented lines stay.
fn filled(text: &str, width: usize) -> String {
    let line = |line: &str| match line.strip_prefix("    ") {
        Some(_) => format!("{line}\n"),
        None => screen::wrapped(line, Some(width), ""),
    };
    text.lines().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_filled_and_commands_stay() {
        let text = "one two three\n\n    a command that is longer\nfour";
        assert_eq!(filled(text, 8), "one two\nthree\n\n    a command that is longer\nfour\n");
    }
}
