//! `kuberpult apply`

mod plan;

use std::error::Error as _;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read as _};
use std::path::{Path, PathBuf};

use kuberpult_core::{Actor, Context, Decision, State};
use kuberpult_git::{CommitId, ManifestRepo, TransactError};
use serde_json::Value;

pub(crate) use self::plan::PlanError;
use super::{DRY_RUN, Session};
use crate::arguments::DryRun;
use crate::exit::{Exit, Failure};
use crate::json::{ErrorObject, LineErrorDocument, LineReceipt, Receipt};
use crate::json_command::{Line, LineError};
use crate::output::with_causes;
use crate::plan_file;

/// Commands as JSON lines, or a saved plan.
#[derive(Debug, clap::Args)]
pub(crate) struct Apply {
    /// A file with one JSON object a line, or the one that `train --save-plan` wrote; `-` for standard input
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
        match Beginning::read(&mut input).map_err(unreadable)? {
            Beginning::Plan(text) => self.run_plan(session, &mut repo, &text),
            Beginning::Lines(bytes) => {
                self.run_lines(session, &mut repo, &mut Cursor::new(bytes).chain(input))
            }
        }
    }

    /// Carries a plan out, which is answered as one line is.
    fn run_plan(
        &self,
        session: &mut Session<'_>,
        repo: &mut ManifestRepo,
        text: &[u8],
    ) -> Result<Exit, Failure> {
        let result = plan::carry_out(session, repo, text, self.dry_run.dry_run);
        let error = |error: &PlanError| {
            (error.code(), with_causes(error.to_string(), error.source()), error.details())
        };
        print(session, 1, result.as_ref().map_err(error))?;
        if self.dry_run.dry_run {
            session.output.remark(DRY_RUN);
        }
        let path = self.file.clone();
        result.map(|_| Exit::Done).map_err(|error| Failure::Plan { path, error: Box::new(error) })
    }

    fn run_lines(
        &self,
        session: &mut Session<'_>,
        repo: &mut ManifestRepo,
        input: &mut dyn BufRead,
    ) -> Result<Exit, Failure> {
        let unreadable = |source| Failure::Input { path: self.file.clone(), source };
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
            let result = carry_out(session, repo, planned.as_mut(), &bytes);
            let error = |error: &LineError| {
                let message = with_causes(format!("line {number}: {error}"), error.source());
                (error.code(), message, error.details())
            };
            print(session, number, result.as_ref().map_err(error))?;
            if let Err(error) = result {
                failed += 1;
                first = first.or(Some((number, error)));
                if !self.keep_going {
                    break;
                }
            }
        }
        if self.dry_run.dry_run {
            session.output.remark(DRY_RUN);
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
            state.past.extend(repo.past(state, &command).map_err(TransactError::from)?);
            let decision = state.decide(&context, &command).map_err(TransactError::from)?;
            state.apply(decision.events());
            Ok(Answer { decision, commit: None })
        }
    }
}

/// Prints what became of a line; or of why nothing did the code, the message and the details.
fn print(
    session: &mut Session<'_>,
    line: usize,
    result: Result<&Answer, (&'static str, String, Value)>,
) -> Result<(), Failure> {
    let was_done = result.is_ok();
    let printed = match result {
        Ok(Answer { decision, commit }) => {
            let commit = commit.map(|commit| commit.to_string());
            let (events, report) = (decision.events(), decision.report());
            session.output.json_line(&LineReceipt { line, receipt: Receipt { commit, events, report } })
        }
        Err((code, message, details)) => {
            let error = ErrorObject { code, message, details };
            session.output.json_line(&LineErrorDocument { line, error })
        }
    };
    match printed {
        Err(Failure::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe && was_done => {
            Err(Failure::ClosedInApply { line })
        }
        printed => printed,
    }
}

/// How an input begins. Lines are carried out as they come; so no more is read than it takes to tell.
enum Beginning {
    /// It is a plan: the whole input.
    Plan(Vec<u8>),
    /// It is lines: what was read of them.
    Lines(Vec<u8>),
}

impl Beginning {
    fn read(input: &mut dyn BufRead) -> io::Result<Self> {
        let mut bytes = Vec::new();
        while bytes.trim_ascii().is_empty() {
            if input.read_until(b'\n', &mut bytes)? == 0 {
                return Ok(Self::Lines(bytes));
            }
        }
        // A command ends with its line. A plan need not.
        let goes_on =
            serde_json::from_slice::<serde::de::IgnoredAny>(&bytes).is_err_and(|error| error.is_eof());
        if goes_on || plan_file::is_meant(&bytes) {
            input.read_to_end(&mut bytes)?;
        }
        Ok(if plan_file::is_meant(&bytes) { Self::Plan(bytes) } else { Self::Lines(bytes) })
    }
}
