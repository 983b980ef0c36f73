//! `kuberpult apply`

use std::error::Error as _;
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};

use kuberpult_core::{Actor, Context, Decision, State};
use kuberpult_git::{CommitId, ManifestRepo, TransactError};

use super::Session;
use crate::arguments::DryRun;
use crate::exit::{Exit, Failure};
use crate::json::{ErrorObject, LineErrorDocument, LineReceipt, Receipt};
use crate::json_command::{Line, LineError};
use crate::output::with_causes;

/// Commands as JSON lines.
#[derive(Debug, clap::Args)]
pub(crate) struct Apply {
    /// A file with one JSON object a line; `-` for standard input
    #[arg(short, long = "filename", value_name = "FILE")]
    file: PathBuf,
    /// Go on after a line that fails; the exit code is that of the first
    #[arg(long)]
    keep_going: bool,
    #[command(flatten)]
    dry_run: DryRun,
}

/// What a line was decided to lead to, and the commit that was made of it.
struct Answer {
    decision: Decision,
    commit: Option<CommitId>,
}

impl Apply {
    pub(crate) fn run(&self, session: &mut Session<'_>) -> Result<Exit, Failure> {
        let unreadable = |source| Failure::Input { path: self.file.clone(), source };
        let mut input: Box<dyn BufRead> = if self.file == Path::new("-") {
            Box::new(io::stdin().lock())
        } else {
            Box::new(BufReader::new(File::open(&self.file).map_err(unreadable)?))
        };
        let mut repo = session.open()?;
        // In a dry run a line builds on what the lines before it would have led to.
        let mut planned = if self.dry_run.dry_run { Some(repo.state()?) } else { None };
        let mut first: Option<(usize, LineError)> = None;
        let mut failed = 0;
        for number in 1.. {
            let mut bytes = Vec::new();
            if input.read_until(b'\n', &mut bytes).map_err(unreadable)? == 0 {
                break;
            }
            if bytes.trim_ascii().is_empty() {
                continue;
            }
            let result = carry_out(session, &mut repo, planned.as_mut(), &bytes);
            print(session, number, &result)?;
            if let Err(error) = result {
                failed += 1;
                first = first.or(Some((number, error)));
                if !self.keep_going {
                    break;
                }
            }
        }
        if self.dry_run.dry_run {
            session.output.remark("dry run: nothing was written");
        }
        match first {
            None => Ok(Exit::Done),
            Some((line, error)) => Err(Failure::Line { line, others: failed - 1, error: Box::new(error) }),
        }
    }
}

fn carry_out(
    session: &Session<'_>,
    repo: &mut ManifestRepo,
    planned: Option<&mut State>,
    bytes: &[u8],
) -> Result<Answer, LineError> {
    let line = Line::read(bytes)?;
    let now = match line.at {
        Some(at) => at,
        None => crate::context::now(session.global).map_err(LineError::context)?,
    };
    let actor: Actor = match &line.author {
        Some(author) => author.clone(),
        None => crate::context::actor(session.global, repo).map_err(LineError::context)?,
    };
    let command = line.into_command(repo)?;
    let context = Context::new(now, actor);
    match planned {
        None => {
            let receipt = repo.transact(&context, &command)?;
            Ok(Answer { decision: receipt.decision, commit: receipt.commit })
        }
        Some(state) => {
            let decision = state.decide(&context, &command).map_err(TransactError::from)?;
            state.apply(decision.events());
            Ok(Answer { decision, commit: None })
        }
    }
}

fn print(session: &mut Session<'_>, line: usize, result: &Result<Answer, LineError>) -> Result<(), Failure> {
    let printed = match result {
        Ok(Answer { decision, commit }) => {
            let commit = commit.map(|commit| commit.to_string());
            let (events, report) = (decision.events(), decision.report());
            session.output.json_line(&LineReceipt { line, receipt: Receipt { commit, events, report } })
        }
        Err(error) => {
            let message = with_causes(format!("line {line}: {error}"), error.source());
            let error = ErrorObject { code: error.code(), message, details: error.details() };
            session.output.json_line(&LineErrorDocument { line, error })
        }
    };
    match printed {
        Err(Failure::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe && result.is_ok() => {
            Err(Failure::ClosedInApply { line })
        }
        printed => printed,
    }
}
