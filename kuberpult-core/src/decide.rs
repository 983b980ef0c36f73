//! Deciding: what a command leads to in a state. Pure; each kind of command has a file of its own.

mod batch;
mod cleanup;
mod create_release;
mod deploy;
mod environment;
mod lock;
pub(crate) mod release_train;
mod settle;
mod side_by_side;
#[cfg(test)]
mod tests;
mod undeploy;
mod unlock;

use alloc::vec::Vec;

use crate::{
    ApplicationName, Command, Context, Decision, Environment, EnvironmentName, Event, LockScope, Note,
    Refusal, Rejection, Report, State,
};

impl State {
    /// Decides a command: what would happen, and what would not and why. Nothing changes.
    ///
    /// A function of state, context and command alone: no clock, no randomness, no hash order.
    ///
    /// What it costs: a command about one application, a search for it in each environment; a train, an unlock or a
    /// settled queue, a walk along the slots of the environments it concerns. A batch also copies, once, the part of the
    /// state that its [scope](Command::scope) names.
    ///
    /// ```
    /// use kuberpult_core::*;
    /// let mut state = State::default();
    /// let context = Context::new("2024-05-03T11:37:37Z".parse()?, Actor::new("Jo", "jo@example.com"));
    /// let command = Command::CreateEnvironment {
    ///     environment: "development".parse()?,
    ///     config: EnvironmentConfig::with_upstream_latest(),
    /// };
    /// let decision = state.decide(&context, &command)?;
    /// assert_eq!(decision.events()[0].to_string(), r#"created environment "development""#);
    /// state.apply(decision.events());
    /// assert!(state.decide(&context, &command)?.events().is_empty(), "it is there already");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// The command is refused; the rejection names everything that stands in its way.
    pub fn decide(&self, context: &Context, command: &Command) -> Result<Decision, Rejection> {
        match command {
            Command::CreateEnvironment { environment, config } => {
                environment::create(self, environment, config)
            }
            Command::UpdateEnvironment { environment, config } => {
                environment::update(self, environment, config)
            }
            Command::DeleteEnvironment { environment, force } => {
                environment::delete(self, environment, *force)
            }
            Command::CreateRelease(create) => create_release::decide(self, context, create),
            Command::Deploy(deploy) => deploy::decide(self, context, deploy),
            Command::CreateEnvironmentLock { environment, lock_id, message, ci_link, suggested_lifetime } => {
                let scope = LockScope::Environment { environment: environment.clone() };
                let lock = lock::new(context, message, ci_link.as_ref(), suggested_lifetime.as_ref());
                lock::decide(self, scope, lock_id, lock)
            }
            Command::CreateApplicationLock {
                environment,
                application,
                lock_id,
                message,
                ci_link,
                suggested_lifetime,
            } => {
                let (environment, application) = (environment.clone(), application.clone());
                let scope = LockScope::Application { environment, application };
                let lock = lock::new(context, message, ci_link.as_ref(), suggested_lifetime.as_ref());
                lock::decide(self, scope, lock_id, lock)
            }
            Command::CreateTeamLock { environment, team, lock_id, message, ci_link, suggested_lifetime } => {
                let scope = LockScope::Team { environment: environment.clone(), team: team.clone() };
                let lock = lock::new(context, message, ci_link.as_ref(), suggested_lifetime.as_ref());
                lock::decide(self, scope, lock_id, lock)
            }
            Command::CreateGroupLock { environment_group, lock_id, message, ci_link, suggested_lifetime } => {
                let lock = lock::new(context, message, ci_link.as_ref(), suggested_lifetime.as_ref());
                lock::decide_group(self, environment_group, lock_id, &lock)
            }
            Command::DeleteEnvironmentLock { environment, lock_id, queued } => {
                let scope = LockScope::Environment { environment: environment.clone() };
                unlock::decide(self, context, scope, lock_id, *queued)
            }
            Command::DeleteApplicationLock { environment, application, lock_id, queued } => {
                let (environment, application) = (environment.clone(), application.clone());
                unlock::decide(
                    self,
                    context,
                    LockScope::Application { environment, application },
                    lock_id,
                    *queued,
                )
            }
            Command::DeleteTeamLock { environment, team, lock_id, queued } => {
                let scope = LockScope::Team { environment: environment.clone(), team: team.clone() };
                unlock::decide(self, context, scope, lock_id, *queued)
            }
            Command::DeleteGroupLock { environment_group, lock_id, queued } => {
                unlock::decide_group(self, context, environment_group, lock_id, *queued)
            }
            Command::ReleaseTrain(train) => release_train::decide(self, context, train),
            Command::SettleQueue { environment } => settle::decide(self, context, environment.as_ref()),
            Command::PrepareUndeploy { application } => undeploy::prepare(self, context, application),
            Command::Undeploy { application } => undeploy::decide(self, application),
            Command::RemoveFromEnvironment { environment, application } => {
                undeploy::remove_from_environment(self, environment, application)
            }
            Command::Batch { commands } => {
                batch::decide(self.restricted_to(&command.scope(self)), context, commands)
            }
        }
    }

    pub(crate) fn known_environment(&self, name: &EnvironmentName) -> Result<&Environment, Refusal> {
        self.environments.get(name).ok_or_else(|| Refusal::EnvironmentNotFound {
            environment: name.clone(),
            known: self.environments.keys().cloned().collect(),
        })
    }

    fn team_of(&self, application: &ApplicationName) -> Option<&crate::TeamName> {
        self.applications.get(application)?.team.as_ref()
    }
}

/// A decision with remarks.
fn noted(events: Vec<Event>, notes: Vec<Note>) -> Decision {
    Decision { events, report: Report { notes, ..Report::default() } }
}
