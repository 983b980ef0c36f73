//! Runs one recorded history, step by step.

use std::collections::{BTreeMap, BTreeSet};

use gix::ObjectId;
use kuberpult_core::{Command, Context};
use kuberpult_git::{InitOptions, ManifestRepo, OpenOptions, TransactError};
use kuberpult_tests::recorded::{History, Step};
use tempfile::TempDir;

use crate::difference::Difference;
use crate::explain::explain;
use crate::outcome::Outcome;
use crate::situation::{OurOutcome, Situation};
use crate::translate::{Translation, Translator, context};
use crate::tree::Git;

/// Runs a history in a repository of its own.
pub(crate) fn replay(history: &History) -> Outcome {
    let mut outcome = Outcome::default();
    if history.config.bootstrap_mode {
        let reason = "bootstrap mode: the environments are configured outside of the repository";
        outcome.leave_out(history, 0, reason);
        return outcome;
    }
    let mut replay = Replay::new(history);
    for (index, step) in history.steps.iter().enumerate() {
        match replay.step(step) {
            Ok(Verdict::Same) if step.error.is_some() => outcome.both_refuse += 1,
            Ok(Verdict::Same) => outcome.equal += 1,
            Ok(Verdict::ByDesign(differences)) => outcome.count(differences),
            Ok(Verdict::Unexplained(what)) => {
                outcome.unexplained.push(format!("{} step {}: {what}", history.name, step.i));
            }
            Err(reason) => {
                outcome.leave_out(history, index, &reason);
                break;
            }
        }
    }
    if let Err(error) = replay.repo.state() {
        outcome.unexplained.push(format!("{} at its end: {error}", history.name));
    }
    outcome
}

/// What a step showed.
enum Verdict {
    /// Both have the same tree, or the same slots, and both accept or both refuse.
    Same,
    ByDesign(BTreeSet<Difference>),
    Unexplained(String),
}

/// A history on its way.
struct Replay<'a> {
    history: &'a History,
    directory: TempDir,
    repo: ManifestRepo,
    git: Git,
    /// Upstream's tree.
    upstream: ObjectId,
    /// Our commit after each step.
    commits: BTreeMap<usize, ObjectId>,
}

/// A step in our words.
struct Translated {
    /// One command, or a batch; the reason if a name in it is none.
    command: Result<Command, String>,
    differences: BTreeSet<Difference>,
}

impl<'a> Replay<'a> {
    fn new(history: &'a History) -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let mut options = InitOptions::default();
        options.branch = Some(history.config.branch.clone());
        options.bare = true;
        ManifestRepo::init(directory.path(), &options).expect("a repository");
        let git = Git::open(directory.path(), &history.config.branch);
        let upstream = git.after(git.empty_tree(), &history.initial_tree);
        if upstream != git.empty_tree() {
            git.commit(upstream);
        }
        let repo = open(history, &directory);
        Self { history, directory, repo, git, upstream, commits: BTreeMap::new() }
    }

    /// Carries a step out and compares. Where the trees differ, ours becomes upstream's afterwards, so that each
    /// difference is met once and the next step begins with the same.
    ///
    /// # Errors
    /// The step cannot be translated, for this reason.
    fn step(&mut self, step: &Step) -> Result<Verdict, String> {
        let context = context(step).ok_or("nobody gives the command, and ours need somebody")?;
        let Translated { command, differences } = self.translate(step)?;
        let (head, ours_before) = (self.git.head(), self.git.head_tree());
        let outcome = self.carry_out(&context, command);
        let after = step.diff.as_ref().map_or(self.upstream, |diff| self.git.after(self.upstream, diff));
        let situation = Situation {
            oracle: self.history.oracle,
            git: &self.git,
            step,
            before: self.upstream,
            upstream: after,
            ours_before,
            ours: self.git.head_tree(),
            outcome: &outcome,
        };
        let verdict = judge(&situation, differences);
        let differs = situation.ours != after && !matches!(verdict, Verdict::Same);
        if step.committed || step.error.is_some() {
            self.upstream = after;
            if differs {
                self.git.commit(after);
            }
        } else if self.git.head() != head {
            self.git.move_to(head);
            self.repo = open(self.history, &self.directory);
        }
        if let Some(head) = self.git.head() {
            self.commits.insert(step.i, head);
        }
        Ok(verdict)
    }

    fn translate(&mut self, step: &Step) -> Result<Translated, String> {
        let has_roles =
            step.transformers.iter().any(|transformer| transformer.fields.authentication.is_some());
        if let Some(error) = step.error.as_ref().filter(|_| has_roles) {
            return Err(format!("roles are not the library's business: {error}"));
        }
        let mut translator = Translator {
            oracle: self.history.oracle,
            git: &self.git,
            before: self.upstream,
            made: Vec::new(),
            differences: BTreeSet::new(),
            as_of: step.commit_hash_of_step.and_then(|step| self.commits.get(&step)).copied(),
        };
        let (mut commands, mut no_name) = (Vec::new(), None);
        for transformer in &step.transformers {
            match translator.translate(transformer, &mut self.repo) {
                Translation::Command(command) => commands.push(*command),
                Translation::None => {}
                Translation::NoName(error) => no_name = Some(error.to_string()),
                Translation::Impossible(reason) => return Err(reason),
            }
        }
        let command = match (no_name, commands.as_slice()) {
            (Some(error), _) => Err(error),
            (None, [command]) => Ok(command.clone()),
            (None, _) => Ok(Command::Batch { commands }),
        };
        Ok(Translated { command, differences: translator.differences })
    }

    fn carry_out(&mut self, context: &Context, command: Result<Command, String>) -> OurOutcome {
        match command.map(|command| self.repo.transact(context, &command)) {
            Err(error) => OurOutcome::NoName(error),
            Ok(Ok(receipt)) => OurOutcome::Accepted(receipt.decision),
            Ok(Err(TransactError::Rejected(rejection))) => OurOutcome::Refused(rejection),
            Ok(Err(error)) => OurOutcome::Failed(error.to_string()),
        }
    }
}

/// Compares, given the differences by design that the translation knows of.
fn judge(situation: &Situation<'_>, mut known: BTreeSet<Difference>) -> Verdict {
    let paths = situation.differences();
    let is_same = paths.is_empty() && situation.upstream_refuses() == situation.we_refuse();
    if is_same && known.is_empty() && !matches!(situation.outcome, OurOutcome::Failed(_)) {
        return Verdict::Same;
    }
    match explain(situation, &paths) {
        Ok(differences) => {
            known.extend(differences);
            Verdict::ByDesign(known)
        }
        Err(what) => Verdict::Unexplained(what),
    }
}

fn open(history: &History, directory: &TempDir) -> ManifestRepo {
    let mut options = OpenOptions::default();
    options.argocd_repo_url = Some(history.config.url.clone());
    ManifestRepo::open(directory.path(), options).expect("a repository")
}
