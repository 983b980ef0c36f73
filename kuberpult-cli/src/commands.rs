//! The commands: one file for each family.

pub(crate) mod apply;
pub(crate) mod demo;
pub(crate) mod deploy;
pub(crate) mod environment;
pub(crate) mod init;
pub(crate) mod lock;
pub(crate) mod locks;
pub(crate) mod queue;
pub(crate) mod release;
pub(crate) mod status;
pub(crate) mod train;
pub(crate) mod undeploy;

use std::path::Path;

use kuberpult_core::{Command, Context, Decision};
use kuberpult_git::{ManifestRepo, OpenOptions};

use crate::arguments::{Arguments, DryRun, GlobalOptions, Subcommand};
use crate::exit::{Exit, Failure};
use crate::json::{Plan, Receipt};
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
        Subcommand::PrepareUndeploy(prepare) => prepare.run(&mut session)?,
        Subcommand::Undeploy(undeploy) => undeploy.run(&mut session)?,
        Subcommand::Remove(remove) => remove.run(&mut session)?,
        Subcommand::Apply(apply) => return apply.run(&mut session),
        Subcommand::Demo(demo) => demo.run(&mut session)?,
    }
    Ok(Exit::Done)
}

/// One command: what holds for it, and where it prints.
pub(crate) struct Session<'a> {
    pub(crate) global: &'a GlobalOptions,
    pub(crate) output: &'a mut Output,
}

impl Session<'_> {
    /// Opens the manifest repository.
    pub(crate) fn open(&mut self) -> Result<ManifestRepo, Failure> {
        let mut options = OpenOptions::default();
        options.branch.clone_from(&self.global.branch);
        options.argocd_repo_url.clone_from(&self.global.argocd_repo_url);
        let repo = match &self.global.repo {
            Some(directory) => ManifestRepo::open(directory, options)?,
            None => ManifestRepo::discover(Path::new("."), options)?,
        };
        self.output.detail(&format!("repository {}, branch {}", repo.directory().display(), repo.branch()));
        Ok(repo)
    }

    /// When the command is given, and by whom.
    pub(crate) fn context(&self, repo: &ManifestRepo) -> Result<Context, Failure> {
        crate::context::context(self.global, repo)
    }

    /// Opens the repository, carries out a command that writes, or only plans it, and prints what came of it.
    pub(crate) fn write(&mut self, command: &Command, dry_run: DryRun) -> Result<Decision, Failure> {
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
        DryRun { dry_run }: DryRun,
    ) -> Result<Decision, Failure> {
        if dry_run {
            let plan = repo.plan(context, command)?;
            self.print(&plan.decision, plan.base.map(|base| base.to_string()), dry_run)?;
            return Ok(plan.decision);
        }
        let receipt = repo.transact(context, command)?;
        if receipt.attempts > 1 {
            self.output
                .detail(&format!("decided {} times: others moved the branch meanwhile", receipt.attempts));
        }
        self.print(&receipt.decision, receipt.commit.map(|commit| commit.to_string()), dry_run)?;
        Ok(receipt.decision)
    }

    fn print(&mut self, decision: &Decision, commit: Option<String>, dry_run: bool) -> Result<(), Failure> {
        let (events, report) = (decision.events(), decision.report());
        if self.output.is_json() {
            return if dry_run {
                self.output.document("Plan", &Plan { base: commit, events, report })
            } else {
                self.output.document("Receipt", &Receipt { commit, events, report })
            };
        }
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
        if dry_run {
            self.output.remark("dry run: nothing was written");
        } else if let Some(commit) = commit {
            self.output.line(&format!("commit {commit}"))?;
        }
        Ok(())
    }
}
