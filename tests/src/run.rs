//! Running a history, and keeping what each step was decided on and led to.

use std::fmt;

use kuberpult_core::{Command, Context, Decision, Event, Past, Rejection, Revision, State};

use crate::alphabet;
use crate::generate::{History, Turn};

/// One command of a history, with the states around it.
#[derive(Debug, Clone)]
pub struct Step {
    /// As what revision the state before it was remembered first, if it was.
    pub remembered: Option<Revision>,
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
        Self { remembered: None, before: before.clone(), context: context.clone(), command, result, after }
    }

    /// The step itself; of an accepted batch, the step that each of its commands is by itself.
    #[must_use]
    pub fn singly(&self) -> Vec<Self> {
        let Command::Batch { commands } = &self.command else { return vec![self.clone()] };
        if self.result.is_err() {
            return vec![self.clone()];
        }
        let mut state = self.before.clone();
        let mut steps = Vec::new();
        for command in commands {
            let step = Self::take(&state, &self.context, command.clone());
            state = step.after.clone();
            steps.push(step);
        }
        steps
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
        let remembered = turn.remember.map(alphabet::revision);
        if let Some(revision) = &remembered {
            self.state.past.insert(revision.clone(), Past::of(&self.state));
        }
        let last = self.steps.last();
        let context = match (&turn.intent, last) {
            (crate::intent::Intent::Again, Some(last)) => last.context.clone(),
            _ => alphabet::context(self.minutes, turn.second_actor),
        };
        let command = turn.intent.resolve(&self.state, &context, last.map(|step| &step.command));
        self.take(&context, command, remembered)
    }

    /// Goes on by one command.
    pub fn command(&mut self, command: Command) -> Step {
        self.take(&self.now(), command, None)
    }

    /// Each command, in order, those of an accepted batch one by one.
    #[must_use]
    pub fn single_steps(&self) -> Vec<Step> {
        self.steps.iter().flat_map(Step::singly).collect()
    }

    /// Goes on by one turn and comes back: the step that it would be.
    #[must_use]
    pub fn tried(&self, turn: &Turn) -> Step {
        self.clone().turn(&Turn { remember: None, ..turn.clone() })
    }

    /// The context of what comes next.
    #[must_use]
    pub fn now(&self) -> Context {
        alphabet::context(self.minutes, false)
    }

    /// Goes on by one command, which must be accepted.
    pub fn accepted(&mut self, command: Command) -> Step {
        let step = self.command(command);
        if let Err(rejection) = &step.result {
            panic!("{} was refused: {rejection}", step.command);
        }
        step
    }

    fn take(&mut self, context: &Context, command: Command, remembered: Option<Revision>) -> Step {
        let step = Step { remembered, ..Step::take(&self.state, context, command) };
        self.state = step.after.clone();
        self.steps.push(step.clone());
        step
    }
}

/// The commands and what came of each: what a person wants to see of a history that breaks a law.
impl fmt::Display for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for step in &self.steps {
            if let Some(revision) = &step.remembered {
                writeln!(f, "  remembered as {revision}")?;
            }
            writeln!(f, "{} > {:?}", step.context.now, step.command)?;
            match &step.result {
                Ok(decision) => decision.events().iter().try_for_each(|event| writeln!(f, "    {event}"))?,
                Err(rejection) => writeln!(f, "    refused: {rejection}")?,
            }
        }
        Ok(())
    }
}
