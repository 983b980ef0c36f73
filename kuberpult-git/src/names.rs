//! The names of what there is, for who reads nothing else: completion in a shell, and what somebody may have meant.

use std::collections::BTreeSet;

use kuberpult_core::{ApplicationName, TeamName};

use crate::{ManifestRepo, ReadError};

impl ManifestRepo {
    /// The names of the applications that have a release at the newest commit, in order. One directory is read, however many
    /// there are.
    ///
    /// # Errors
    /// The directory cannot be read, or holds what is no application.
    pub fn application_names(&self) -> Result<Vec<ApplicationName>, ReadError> {
        self.snapshot(self.head()?)?.application_names()
    }

    /// The names of the teams that own an application at the newest commit, or are locked in an environment. Of each
    /// application two objects are read.
    ///
    /// # Errors
    /// Something that is read cannot be, or is not understood.
    pub fn team_names(&self) -> Result<BTreeSet<TeamName>, ReadError> {
        let mut teams = self.snapshot(self.head()?)?.owners()?;
        for environment in self.environments()?.environments.into_values() {
            teams.extend(environment.team_locks.into_keys());
        }
        Ok(teams)
    }
}
