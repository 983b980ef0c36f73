//! [`SavedPlan`]: a plan to be carried out later, just as it is or not at all.

use kuberpult_core::{Command, Context, Decision, Event, PlanDifference};
use serde::{Deserialize, Serialize};

use crate::{CommitId, ManifestRepo, Plan, Receipt, TransactError};

/// A command with what it led to when it was planned: [`ManifestRepo::plan`] makes it, people read it, and
/// [`ManifestRepo::carry_out`] does it if it still means the same.
///
/// ```
/// use kuberpult_core::{Actor, Command, Context, EnvironmentConfig};
/// use kuberpult_git::{InitOptions, ManifestRepo, TransactError};
///
/// let directory = tempfile::tempdir()?;
/// let mut repo = ManifestRepo::init(directory.path(), &InitOptions::default())?;
/// let context = Context::new("2024-05-03T11:37:37Z".parse()?, Actor::new("Jo", "jo@example.com"));
/// let create = |config| Command::CreateEnvironment { environment: "staging".parse().unwrap(), config };
/// let command = create(EnvironmentConfig::with_upstream_latest());
/// let plan = repo.plan(&context, &command)?.saved(&context, &command);
/// assert_eq!(plan.events.len(), 1);
/// repo.carry_out(&context, &plan)?;
///
/// // Once more would do nothing, which is not what the plan says.
/// let error = repo.carry_out(&context, &plan).unwrap_err();
/// assert!(matches!(error, TransactError::PlanOutdated { .. }));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SavedPlan {
    /// What was planned.
    pub command: Command,
    /// When it was planned, and by whom.
    pub context: Context,
    /// The commit that it was decided on; none in an empty repository.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<CommitId>,
    /// What the command led to there, in order.
    pub events: Vec<Event>,
}

impl Plan {
    /// The plan as it can be kept, given what it was [planned](ManifestRepo::plan) from.
    #[must_use]
    pub fn saved(&self, context: &Context, command: &Command) -> SavedPlan {
        SavedPlan {
            command: command.clone(),
            context: context.clone(),
            base: self.base,
            events: self.decision.events().to_vec(),
        }
    }
}

impl ManifestRepo {
    /// Carries a plan out if its command, decided again on the newest commit, still leads to the plan's events. The
    /// commit is the one that [`transact`](Self::transact) would make. Author and time are those of the context given
    /// here, not the plan's.
    ///
    /// # Errors
    /// - [`TransactError::PlanOutdated`]: the command leads to something else by now, says the difference.
    /// - [`TransactError::PlanNotGenuine`]: so it does, and never led to the plan's events.
    /// - [`TransactError::PlanBaseNotFound`]: so it does, and whether it ever did cannot be found out.
    ///
    /// Then nothing is written. Besides, what [`transact`](Self::transact) refuses.
    pub fn carry_out(&mut self, context: &Context, plan: &SavedPlan) -> Result<Receipt, TransactError> {
        self.transact_if(context, &plan.command, |repo, head, decision| repo.agree(plan, head, decision))
    }

    /// Decides a plan's command on the newest commit and changes nothing: a dry run of [`carry_out`](Self::carry_out).
    ///
    /// # Errors
    /// What [`carry_out`](Self::carry_out) would refuse, but for what only writing finds out.
    pub fn plan_again(&self, context: &Context, plan: &SavedPlan) -> Result<Plan, TransactError> {
        let now = self.plan(context, &plan.command)?;
        self.agree(plan, now.base, &now.decision)?;
        Ok(now)
    }

    /// Agrees to a decision if it is what the plan says.
    fn agree(
        &self,
        plan: &SavedPlan,
        head: Option<CommitId>,
        decision: &Decision,
    ) -> Result<(), TransactError> {
        let Some(difference) = PlanDifference::between(&plan.events, decision.events()) else {
            return Ok(());
        };
        self.refuse_forgery(plan)?;
        Err(TransactError::PlanOutdated { base: plan.base, head, difference: Box::new(difference) })
    }

    /// Decides a plan again where and when it was made, and refuses it if that leads to something else.
    fn refuse_forgery(&self, plan: &SavedPlan) -> Result<(), TransactError> {
        if let Some(base) = plan.base
            && self.earlier_commit(base.0, None)?.is_none()
        {
            return Err(TransactError::PlanBaseNotFound { base });
        }
        let then = match self.decide(plan.base, &plan.context, &plan.command) {
            Ok((_, decision)) => decision,
            Err(TransactError::Rejected(_)) => Decision::default(),
            Err(error) => return Err(error),
        };
        match PlanDifference::between(&plan.events, then.events()) {
            None => Ok(()),
            Some(difference) => {
                Err(TransactError::PlanNotGenuine { base: plan.base, difference: Box::new(difference) })
            }
        }
    }
}
