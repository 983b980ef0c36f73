//! `kuberpult apply`

mod lines;
mod plan;

use std::error::Error as _;
use std::fs::File;
use std::io::{self, Read};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use kuberpult_core::{Actor, Command, Context, Decision, State};
use kuberpult_git::{CommitId, ManifestRepo, OnError, TransactError};
use serde_json::Value;

use self::lines::{Input, InputLine, Lines};
pub(crate) use self::plan::PlanError;
use super::{DRY_RUN, Session};
use crate::arguments::DryRun;
use crate::code::Code;
use crate::exit::{Exit, Failure, suggested, suggested_of_transact};
use crate::json::{ErrorObject, LineErrorDocument, LineReceipt, Receipt};
use crate::json_command::{Line, LineError};
use crate::markdown::{self, ReportFile, Standing};
use crate::output::with_causes;

/// Commands as JSON lines, or a saved plan.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Apply {
    /// A file with one JSON object a line, or the one that `train --save-plan` wrote; `-` for standard input
    #[arg(short, long = "filename", value_name = "FILE")]
    file: PathBuf,
    /// Go on after a line that fails; the exit code is that of the first
    #[arg(long)]
    keep_going: bool,
    /// How many commands share one push to a remote at most: a number; or `end` for all of the input, which is read
    /// first [default: those that are there already]
    #[arg(long, value_name = "N|end")]
    push_every: Option<PushEvery>,
    #[command(flatten)]
    report: ReportFile,
    #[command(flatten)]
    dry_run: DryRun,
}

const EXAMPLES: &str = "\
Examples:
  kuberpult apply -f commands.jsonl
  kuberpult apply -f - < commands.jsonl
  kuberpult apply -f commands.jsonl --dry-run
  kuberpult apply -f plan.json  what `train --save-plan` wrote";

/// How many commands share one push.
#[derive(Debug, Clone, Copy)]
enum PushEvery {
    AtMost(NonZeroUsize),
    End,
}

impl FromStr for PushEvery {
    type Err = &'static str;

    fn from_str(typed: &str) -> Result<Self, Self::Err> {
        match typed {
            "end" => Ok(Self::End),
            number => number.parse().map(Self::AtMost).map_err(|_| "expected a number from 1, or `end`"),
        }
    }
}

/// What a line was decided to lead to, and the commit that was made of it.
struct Answer {
    decision: Decision,
    commit: Option<CommitId>,
}

impl Apply {
    pub(crate) fn run(&self, session: &mut Session<'_>) -> Result<Exit, Failure> {
        self.report.check()?;
        let unreadable = |source| Failure::Input { path: self.file.clone(), source };
        let input: Box<dyn Read> = if self.file == Path::new("-") {
            Box::new(io::stdin())
        } else {
            Box::new(File::open(&self.file).map_err(unreadable)?)
        };
        let together = self.push_every.map(|every| match every {
            PushEvery::AtMost(commands) => commands,
            PushEvery::End => NonZeroUsize::MAX,
        });
        let mut repo = session.open_for_many(together)?;
        match Input::begin(input).map_err(unreadable)? {
            Input::Plan(text) => self.run_plan(session, &mut repo, &text),
            Input::Lines(_) if self.report.is_wanted() => {
                Err(Failure::ReportOfLines { path: self.file.clone() })
            }
            Input::Lines(lines) => self.run_lines(session, &mut repo, lines),
        }
    }

    /// Carries a plan out, which is answered as one line is.
    fn run_plan(
        &self,
        session: &mut Session<'_>,
        repo: &mut ManifestRepo,
        text: &[u8],
    ) -> Result<Exit, Failure> {
        let dry_run = self.dry_run.dry_run;
        let result = session
            .context(repo)
            .map_err(|failure| PlanError::Context(Box::new(failure)))
            .and_then(|context| Ok((plan::carry_out(repo, &context, text, dry_run)?, context)));
        let error = |error: &PlanError| {
            (error.code(), with_causes(error.to_string(), error.source()), error.details())
        };
        let done = result.is_ok().then_some(1);
        let answer = result.as_ref().map(|(answer, _)| answer).map_err(error);
        let printed = print(session, 1, answer).map_err(|failure| closed(failure, done));
        if let Ok((Answer { decision, commit }, context)) = &result {
            let standing = match *commit {
                _ if dry_run => Standing::PlanHolds,
                commit => Standing::PlanDone { commit },
            };
            self.report.write(printed, || Ok(markdown::train(context, decision, &standing)))?;
        } else {
            printed?;
        }
        // Nothing but an error stands on standard error where a program reads it.
        if dry_run && !session.output.is_json() {
            session.output.remark(DRY_RUN);
        }
        let path = self.file.clone();
        result.map(|_| Exit::Done).map_err(|error| Failure::Plan { path, error: Box::new(error) })
    }

    fn run_lines(
        &self,
        session: &mut Session<'_>,
        repo: &mut ManifestRepo,
        mut lines: Lines,
    ) -> Result<Exit, Failure> {
        // In a dry run a line builds on what the lines before it would have led to.
        let mut planned = if self.dry_run.dry_run { Some(repo.state()?) } else { None };
        let mut first: Option<(usize, LineError)> = None;
        let mut failed = 0;
        // What follows must not build on what nobody knows.
        let mut answer_lost = false;
        while first.is_none() || (self.keep_going && !answer_lost) {
            let taken = match self.push_every {
                Some(PushEvery::End) => lines.take_all(),
                _ => lines.take(),
            };
            let taken = taken.map_err(|source| Failure::Input { path: self.file.clone(), source })?;
            if taken.is_empty() {
                break;
            }
            let (begin, end) = (taken.first(), taken.last());
            let (begin, end) = (begin.map_or(0, |line| line.number), end.map_or(0, |line| line.number));
            let working = session.output.progress.begin(&format!("lines {begin} to {end}"));
            let answers = match &mut planned {
                Some(state) => self.plan(session, repo, state, &taken),
                None => self.carry_out(session, repo, &taken),
            };
            drop(working);
            let done = answers.iter().rev().find(|(_, answer)| answer.is_ok()).map(|(number, _)| *number);
            for (number, answer) in answers {
                let error = |error: &LineError| {
                    let message = with_causes(format!("line {number}: {error}"), error.source());
                    (error.code(), message, error.details())
                };
                print(session, number, answer.as_ref().map_err(error))
                    .map_err(|failure| closed(failure, done))?;
                if let Err(error) = answer {
                    failed += 1;
                    answer_lost |= error.is_answer_lost();
                    first = first.or(Some((number, error)));
                }
            }
        }
        // Nothing but an error stands on standard error where a program reads it.
        if self.dry_run.dry_run && !session.output.is_json() {
            session.output.remark(DRY_RUN);
        }
        match first {
            None => Ok(Exit::Done),
            Some((line, error)) => Err(Failure::Line { line, others: failed - 1, error: Box::new(error) }),
        }
    }

    /// Plans lines, up to the first that fails if nobody wants to go on.
    fn plan(
        &self,
        session: &Session<'_>,
        repo: &mut ManifestRepo,
        state: &mut State,
        lines: &[InputLine],
    ) -> Answers {
        let mut answers = Answers::new();
        for line in lines {
            let planned = read(session, repo, line).and_then(|(context, command)| {
                state.past.extend(repo.past(state, &command).map_err(TransactError::from)?);
                let decision = state.decide(&context, &command);
                let decision =
                    decision.map_err(|rejection| TransactError::from(suggested(repo, rejection)))?;
                state.apply(decision.events());
                Ok(Answer { decision, commit: None })
            });
            let failed = planned.is_err();
            answers.push((line.number, planned));
            if failed && !self.keep_going {
                break;
            }
        }
        answers
    }

    /// Carries lines out, up to the first that fails if nobody wants to go on.
    fn carry_out(&self, session: &Session<'_>, repo: &mut ManifestRepo, lines: &[InputLine]) -> Answers {
        let on_error = if self.keep_going { OnError::GoOn } else { OnError::Stop };
        let mut answers = Answers::new();
        let mut lines = lines.iter();
        loop {
            let mut numbers = Vec::new();
            let mut commands = Vec::new();
            let mut unread = None;
            for line in lines.by_ref() {
                match read(session, repo, line) {
                    Ok(command) => {
                        numbers.push(line.number);
                        commands.push(command);
                    }
                    Err(error) => {
                        unread = Some((line.number, Err(error)));
                        break;
                    }
                }
            }
            let results = repo.transact_all(&commands, on_error).into_iter().map(|result| {
                let receipt = result.map_err(|error| suggested_of_transact(repo, error))?;
                Ok(Answer { decision: receipt.decision, commit: receipt.commit })
            });
            answers.extend(numbers.into_iter().zip(results));
            let stops = match answers.last() {
                Some((_, Err(error))) => !self.keep_going || error.is_answer_lost(),
                _ => false,
            };
            let Some(unread) = unread.filter(|_| !stops) else { return answers };
            answers.push(unread);
            if !self.keep_going {
                return answers;
            }
        }
    }
}

type Answers = Vec<(usize, Result<Answer, LineError>)>;

/// What a line says: the command, when it is given and by whom.
fn read(
    session: &Session<'_>,
    repo: &mut ManifestRepo,
    line: &InputLine,
) -> Result<(Context, Command), LineError> {
    let line = Line::read(&line.bytes)?;
    let now = match line.at {
        Some(at) => at,
        None => crate::context::now(session.global).map_err(LineError::context)?,
    };
    let actor: Actor = match &line.author {
        Some(author) => author.clone(),
        None => crate::context::actor(session.global, repo).map_err(LineError::context)?,
    };
    Ok((Context::new(now, actor), line.into_command(repo)?))
}

/// The failure when nobody reads what was done, up to and with line `done`.
fn closed(failure: Failure, done: Option<usize>) -> Failure {
    match (failure, done) {
        (Failure::Output(error), Some(line)) if error.kind() == io::ErrorKind::BrokenPipe => {
            Failure::ClosedInApply { line }
        }
        (failure, _) => failure,
    }
}

/// Prints what became of a line; or of why nothing did the code, the message and the details.
fn print(
    session: &mut Session<'_>,
    line: usize,
    result: Result<&Answer, (Code, String, Value)>,
) -> Result<(), Failure> {
    match result {
        Ok(Answer { decision, commit }) => {
            let commit = commit.map(|commit| commit.to_string());
            let (events, report) = (decision.events(), decision.report());
            session.output.json_line(&LineReceipt { line, receipt: Receipt { commit, events, report } })
        }
        Err((code, message, details)) => {
            let error = ErrorObject { code, message, details };
            session.output.json_line(&LineErrorDocument { line, error })
        }
    }
}
