//! Making, changing and deleting environments, and taking applications out of them, in the naive model.

use kuberpult_core::{ApplicationName, EnvironmentConfig, EnvironmentName, LockScope};

use super::{Answer, Naive, refused, unchanged};

impl Naive {
    pub(super) fn create_environment(
        &mut self,
        name: &EnvironmentName,
        config: &EnvironmentConfig,
    ) -> Answer {
        if let Some(existing) = self.config(name) {
            return if existing == config { unchanged() } else { refused(["ENVIRONMENT_EXISTS"]) };
        }
        let group = config.environment_group.as_ref();
        let invalid = usize::from(name.check_new().is_err())
            + usize::from(group.is_some_and(|group| group.check_new().is_err()));
        if invalid > 0 {
            return Answer::Refused(vec!["INVALID_NAME"; invalid]);
        }
        self.environments.push((name.clone(), config.clone()));
        unchanged()
    }

    pub(super) fn update_environment(
        &mut self,
        name: &EnvironmentName,
        config: &EnvironmentConfig,
    ) -> Answer {
        let Some(existing) = self.config(name) else { return refused(["ENVIRONMENT_NOT_FOUND"]) };
        let group = config.environment_group.as_ref();
        if group != existing.environment_group.as_ref()
            && group.is_some_and(|group| group.check_new().is_err())
        {
            return refused(["INVALID_NAME"]);
        }
        self.environments.retain(|(there, _)| there != name);
        self.environments.push((name.clone(), config.clone()));
        unchanged()
    }

    pub(super) fn delete_environment(&mut self, name: &EnvironmentName, force: bool) -> Answer {
        let Some(config) = self.config(name) else { return refused(["ENVIRONMENT_NOT_FOUND"]) };
        // What others may call it: by its name, or by the name of the group of which it is all that is left.
        let mut names = vec![name.to_string()];
        if let Some(group) = &config.environment_group
            && self.members(group).len() == 1
        {
            names.push(group.to_string());
        }
        let mut codes = Vec::new();
        let is_upstream = self.environments.iter().any(|(other, config)| {
            let upstream = config.upstream.as_ref().and_then(|upstream| upstream.environment.as_ref());
            other != name && upstream.is_some_and(|upstream| names.contains(&upstream.to_string()))
        });
        if is_upstream {
            codes.push("ENVIRONMENT_IS_UPSTREAM");
        }
        if self.current.iter().any(|(there, _, _)| there == name) {
            codes.push("APPLICATIONS_DEPLOYED");
        }
        if !codes.is_empty() && !force {
            codes.sort_unstable();
            return Answer::Refused(codes);
        }
        self.environments.retain(|(there, _)| there != name);
        self.current.retain(|(there, _, _)| there != name);
        self.queued.retain(|(there, _, _)| there != name);
        self.locks.retain(|(scope, _, _)| scope.environment() != name);
        unchanged()
    }

    pub(super) fn remove(&mut self, there: &EnvironmentName, application: &ApplicationName) -> Answer {
        if self.config(there).is_none() {
            return refused(["ENVIRONMENT_NOT_FOUND"]);
        }
        self.current.retain(|(environment, name, _)| environment != there || name != application);
        self.dequeue(there, application);
        let slot = LockScope::Application { environment: there.clone(), application: application.clone() };
        self.locks.retain(|(scope, _, _)| *scope != slot);
        unchanged()
    }
}
