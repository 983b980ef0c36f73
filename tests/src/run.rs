//! Running a history, and keeping what each step was decided on and led to.

use std::fmt;

use kuberpult_core::{Command, Context, Decision, Event, Rejection, State};

use crate::alphabet;
use crate::generate::{History, Turn};

/// One command of a history, with the states around it.
#[derive(Debug, Clone)]
pub struct Step {
    /// What the command was decided on.
    pub before: State,
    /// When, and for whom.
    pub context: Context,
    /// The command.
    pub command: Command,
    /// What came of it.
    pub result: Result<Decision, Rejection>,
    /// What it led to.
    pub after: State,
}

impl Step {
    /// Decides a command and applies what comes of it.
    #[must_use]
    pub fn take(before: &State, context: &Context, command: Command) -> Self {
        let result = before.decide(context, &command);
        let mut after = before.clone();
        if let Ok(decision) = &result {
            after.apply(decision.events());
        }
        Self { before: before.clone(), context: context.clone(), command, result, after }
    }

    /// The events; none when the command was refused.
    #[must_use]
    pub fn events(&self) -> &[Event] {
        self.result.as_ref().map_or(&[], Decision::events)
    }
}

/// A history that has been run.
#[derive(Debug, Clone)]
pub struct Run {
    /// Each command, in order.
    pub steps: Vec<Step>,
    /// What all of them led to.
    pub state: State,
    minutes: u32,
}

impl Run {
    /// Runs a history.
    #[must_use]
    pub fn of(history: &History) -> Self {
        let mut run = Self { steps: Vec::new(), state: history.start(), minutes: 0 };
        for (index, config) in history.environments.iter().enumerate() {
            let environment = alphabet::environment(index);
            run.command(Command::CreateEnvironment { environment, config: config.clone() });
        }
        for turn in &history.turns {
            run.turn(turn);
        }
        run
    }

    /// Goes on by one turn.
    pub fn turn(&mut self, turn: &Turn) -> Step {
        self.minutes += u32::from(turn.minutes);
        let last = self.steps.last();
        let context = match (&turn.intent, last) {
            (crate::intent::Intent::Again, Some(last)) => last.context.clone(),
            _ => alphabet::context(self.minutes, turn.second_actor),
        };
        let command = turn.intent.resolve(&self.state, last.map(|step| &step.command));
        self.take(&context, command)
    }

    /// Goes on by one command.
    pub fn command(&mut self, command: Command) -> Step {
        self.take(&alphabet::context(self.minutes, false), command)
    }

    /// Goes on by one command, which must be accepted.
    pub fn accepted(&mut self, command: Command) -> Step {
        let step = self.command(command);
        if let Err(rejection) = &step.result {
            panic!("{} was refused: {rejection}", step.command);
        }
        step
    }

    fn take(&mut self, context: &Context, command: Command) -> Step {
        let step = Step::take(&self.state, context, command);
        self.state = step.after.clone();
        self.steps.push(step.clone());
        step
    }
}

/// The commands and what came of each: what a person wants to see of a history that breaks a law.
impl fmt::Display for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for step in &self.steps {
            writeln!(f, "> {:?}", step.command)?;
            match &step.result {
                Ok(decision) => decision.events().iter().try_for_each(|event| writeln!(f, "    {event}"))?,
                Err(rejection) => writeln!(f, "    refused: {rejection}")?,
            }
        }
        Ok(())
    }
}
