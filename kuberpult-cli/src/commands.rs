//! The commands: one file for each family.

pub(crate) mod apply;
pub(crate) mod check;
pub(crate) mod completions;
pub(crate) mod confirmation;
pub(crate) mod demo;
pub(crate) mod deploy;
pub(crate) mod diff;
pub(crate) mod environment;
pub(crate) mod explain;
pub(crate) mod graph;
pub(crate) mod init;
pub(crate) mod lock;
pub(crate) mod locks;
pub(crate) mod log;
pub(crate) mod man;
pub(crate) mod queue;
pub(crate) mod release;
pub(crate) mod report;
pub(crate) mod status;
pub(crate) mod train;
pub(crate) mod undeploy;
pub(crate) mod why;

use std::num::NonZeroUsize;
use std::path::Path;

use kuberpult_core::{Command, Context, Decision};
use kuberpult_git::{ManifestRepo, OpenOptions, Plan, Receipt};

use crate::arguments::{Arguments, DryRun, GlobalOptions, Subcommand};
use crate::cache;
use crate::exit::{Exit, Failure};
use crate::json::{self, WhatIf};
use crate::markdown::Standing;
use crate::output::Output;

/// Carries out what was typed.
pub(crate) fn run(arguments: &Arguments, output: &mut Output) -> Result<Exit, Failure> {
    let mut session = Session { global: &arguments.global, output };
    match &arguments.command {
        Subcommand::Init(init) => init.run(&mut session)?,
        Subcommand::Env(environment) => environment.run(&mut session)?,
        Subcommand::Release(release) => release.run(&mut session)?,
        Subcommand::Deploy(deploy) => deploy.run(&mut session)?,
        Subcommand::Lock(lock) => lock.run(&mut session)?,
        Subcommand::Unlock(unlock) => unlock.run(&mut session)?,
        Subcommand::Locks => locks::run(&mut session)?,
        Subcommand::Train(train) => return train.run(&mut session),
        Subcommand::Queue(queue) => queue.run(&mut session)?,
        Subcommand::Status(status) => status.run(&mut session)?,
        Subcommand::Graph(graph) => graph.run(&mut session)?,
        Subcommand::Report(report) => report.run(&mut session)?,
        Subcommand::Why(why) => why.run(&mut session)?,
        Subcommand::Diff(diff) => diff.run(&mut session)?,
        Subcommand::Log(log) => log.run(&mut session)?,
        Subcommand::PrepareUndeploy(prepare) => prepare.run(&mut session)?,
        Subcommand::Undeploy(undeploy) => undeploy.run(&mut session)?,
        Subcommand::Remove(remove) => remove.run(&mut session)?,
        Subcommand::Apply(apply) => return apply.run(&mut session),
        Subcommand::Check => return check::run(&mut session),
        Subcommand::Explain(explain) => explain.run(&mut session)?,
        Subcommand::Demo(demo) => demo.run(&mut session)?,
        Subcommand::Completions(completions) => completions.run(&mut session)?,
        Subcommand::Man(pages) => pages.run(&mut session)?,
    }
    Ok(Exit::Done)
}

/// What ends a dry run.
pub(crate) const DRY_RUN: &str = "dry run: nothing was written";

/// Whether a remote is given by its address, for which there need be no repository. Names of remotes with a slash are for who
/// also says which repository is meant.
fn is_address(remote: &str) -> bool {
    remote.contains(['/', ':'])
}

/// Where the manifest repository is.
pub(crate) struct Where<'a> {
    /// The directory, if it is not around the current one.
    pub(crate) repo: Option<&'a Path>,
    /// The remote: its name or its address.
    pub(crate) remote: Option<&'a str>,
}

/// Opens the manifest repository.
pub(crate) fn open(place: &Where<'_>, mut options: OpenOptions) -> Result<ManifestRepo, Failure> {
    options.remote = place.remote.map(String::from);
    Ok(match (place.repo, place.remote) {
        (Some(directory), _) => ManifestRepo::open(directory, options)?,
        (None, Some(remote)) if is_address(remote) => {
            ManifestRepo::open_remote(&cache::directory()?, remote, options)?
        }
        (None, _) => ManifestRepo::discover(Path::new("."), options)?,
    })
}

/// A remote without what may be secret in its address.
fn shown(remote: &str) -> String {
    match remote.split_once("://") {
        Some((scheme, rest)) => {
            let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
            let host = host.rsplit('@').next().unwrap_or(host);
            format!("{scheme}://{host}{}", path.split('?').next().unwrap_or(path))
        }
        None => remote.to_owned(),
    }
}

/// What came of a command that writes.
pub(crate) enum Outcome {
    /// It was carried out.
    Done(Receipt),
    /// It was a dry run.
    Planned(Plan),
}

impl Outcome {
    /// What it led to, or would.
    pub(crate) fn decision(&self) -> &Decision {
        match self {
            Self::Done(receipt) => &receipt.decision,
            Self::Planned(plan) => &plan.decision,
        }
    }

    /// What a report says of it.
    pub(crate) fn standing(&self) -> Standing<'_> {
        match self {
            Self::Done(receipt) => Standing::Done { commit: receipt.commit },
            Self::Planned(plan) => Standing::DryRun { base: plan.base },
        }
    }
}

/// Carries out a command that writes, or only plans it. Nothing is printed.
pub(crate) fn carry_out(
    repo: &mut ManifestRepo,
    context: &Context,
    command: &Command,
    DryRun { dry_run }: DryRun,
) -> Result<Outcome, Failure> {
    let outcome = if dry_run {
        repo.plan(context, command).map(Outcome::Planned)
    } else {
        repo.transact(context, command).map(Outcome::Done)
    };
    outcome.map_err(|error| Failure::from(error).suggesting(repo))
}

/// One command: what holds for it, and where it prints.
pub(crate) struct Session<'a> {
    pub(crate) global: &'a GlobalOptions,
    pub(crate) output: &'a mut Output,
}

impl Session<'_> {
    /// Opens the manifest repository for one command.
    pub(crate) fn open(&mut self) -> Result<ManifestRepo, Failure> {
        let mut options = OpenOptions::default();
        options.for_one_command = true;
        self.open_with(options)
    }

    /// Opens the manifest repository for commands of which so many land together at most.
    pub(crate) fn open_for_many(&mut self, together: Option<NonZeroUsize>) -> Result<ManifestRepo, Failure> {
        let mut options = OpenOptions::default();
        options.together = together;
        self.open_with(options)
    }

    fn open_with(&mut self, mut options: OpenOptions) -> Result<ManifestRepo, Failure> {
        // It cannot be left to the parser, which does not see what stands before and after the command together.
        if self.global.offline && self.global.remote.is_none() {
            return Err(Failure::OfflineWithoutRemote);
        }
        options.branch.clone_from(&self.global.branch);
        options.argocd_repo_url.clone_from(&self.global.argocd_repo_url);
        options.offline = self.global.offline;
        let place = Where { repo: self.global.repo.as_deref(), remote: self.global.remote.as_deref() };
        let asked = self.global.remote.as_ref().filter(|_| !self.global.offline);
        let waiting = asked.map(|remote| self.output.progress.begin(&format!("asking {}", shown(remote))));
        let repo = open(&place, options)?;
        drop(waiting);
        let remote = repo.remote().map(|remote| format!("remote {remote}, ")).unwrap_or_default();
        let (directory, branch) = (repo.directory().display(), repo.branch());
        self.output.detail(&format!("{remote}repository {directory}, branch {branch}"));
        Ok(repo)
    }

    /// When the command is given, and by whom.
    pub(crate) fn context(&self, repo: &ManifestRepo) -> Result<Context, Failure> {
        crate::context::context(self.global, repo)
    }

    /// Opens the repository, carries out a command that writes, or only plans it, and prints what came of it.
    pub(crate) fn write(&mut self, command: &Command, dry_run: DryRun) -> Result<(), Failure> {
        let mut repo = self.open()?;
        let context = self.context(&repo)?;
        self.write_in(&mut repo, &context, command, dry_run)
    }

    /// As [`write`](Self::write), in a repository that is open.
    pub(crate) fn write_in(
        &mut self,
        repo: &mut ManifestRepo,
        context: &Context,
        command: &Command,
        dry_run: DryRun,
    ) -> Result<(), Failure> {
        let outcome = self.carry_out(repo, context, command, dry_run)?;
        self.print_outcome(&outcome)
    }

    /// As [`carry_out`], and says that it takes long if it does.
    pub(crate) fn carry_out(
        &self,
        repo: &mut ManifestRepo,
        context: &Context,
        command: &Command,
        dry_run: DryRun,
    ) -> Result<Outcome, Failure> {
        let _waiting = self.output.progress.begin(match repo.remote() {
            Some(_) if !dry_run.dry_run => "deciding and pushing",
            _ => "deciding",
        });
        carry_out(repo, context, command, dry_run)
    }

    /// Prints what came of a command that writes.
    pub(crate) fn print_outcome(&mut self, outcome: &Outcome) -> Result<(), Failure> {
        match outcome {
            Outcome::Done(receipt) => self.print_receipt(receipt),
            Outcome::Planned(plan) => self.print_plan(plan, None, DRY_RUN),
        }
    }

    /// Prints what a command led to.
    pub(crate) fn print_receipt(&mut self, receipt: &Receipt) -> Result<(), Failure> {
        if receipt.attempts > 1 {
            self.output
                .detail(&format!("decided {} times: others moved the branch meanwhile", receipt.attempts));
        }
        let (events, report) = (receipt.decision.events(), receipt.decision.report());
        let commit = receipt.commit.map(|commit| commit.to_string());
        if self.output.is_json() {
            return self.output.document("Receipt", &json::Receipt { commit, events, report });
        }
        self.print_decision(&receipt.decision)?;
        commit.map_or(Ok(()), |commit| self.output.line(&format!("commit {commit}")))
    }

    /// Prints what a command would lead to, perhaps under an assumption, and for people a closing remark.
    pub(crate) fn print_plan(
        &mut self,
        plan: &Plan,
        what_if: Option<&WhatIf>,
        remark: &str,
    ) -> Result<(), Failure> {
        let (events, report) = (plan.decision.events(), plan.decision.report());
        if self.output.is_json() {
            let base = plan.base.map(|base| base.to_string());
            return self.output.document("Plan", &json::Plan { base, what_if, events, report });
        }
        if let Some(what_if) = what_if {
            self.output.line("what if these locks were not there:")?;
            for lock in &what_if.without_locks {
                self.output.line(&format!("  {lock}"))?;
            }
        }
        self.print_decision(&plan.decision)?;
        self.output.remark(remark);
        Ok(())
    }

    fn print_decision(&mut self, decision: &Decision) -> Result<(), Failure> {
        let (events, report) = (decision.events(), decision.report());
        if let Some(train) = &report.train {
            train::print(train, self.output)?;
        }
        for event in events {
            self.output.line(&event.to_string())?;
        }
        for note in &report.notes {
            self.output.note(&note.to_string());
        }
        if events.is_empty() {
            self.output.remark("nothing to do");
        }
        Ok(())
    }
}
