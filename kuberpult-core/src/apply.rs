//! Applying events: the only place where a state changes.

use crate::{ApplicationName, Environment, EnvironmentName, Event, LockScope, Slot, State, Version};

impl State {
    /// Applies events, in order. There is nothing to decide and nothing that can fail.
    ///
    /// An event about an environment that the state does not have changes nothing: a state that is restricted
    /// to some environments takes of a history what concerns it.
    pub fn apply<'a>(&mut self, events: impl IntoIterator<Item = &'a Event>) {
        for event in events {
            self.apply_one(event);
        }
    }

    fn apply_one(&mut self, event: &Event) {
        match event {
            Event::EnvironmentCreated { environment, config } => {
                self.environments.entry(environment.clone()).or_default().config = (**config).clone();
            }
            Event::EnvironmentUpdated { environment, to, .. } => {
                if let Some(environment) = self.environments.get_mut(environment) {
                    environment.config = (**to).clone();
                }
            }
            Event::EnvironmentDeleted { environment, .. } => {
                self.environments.remove(environment);
            }
            Event::ReleaseCreated { application, version, release } => {
                let application = self.applications.entry(application.clone()).or_default();
                application.releases.insert(*version, release.clone());
            }
            Event::TeamChanged { application, to, .. } => {
                self.applications.entry(application.clone()).or_default().team.clone_from(to);
            }
            Event::SourceRepoUrlChanged { application, to, .. } => {
                self.applications.entry(application.clone()).or_default().source_repo_url.clone_from(to);
            }
            Event::Deployed { environment, application, version, .. } => {
                self.edit_slot(environment, application, |slot| {
                    slot.current = Some(*version);
                    slot.queued = None;
                });
            }
            Event::Queued { environment, application, version, .. } => {
                self.edit_slot(environment, application, |slot| slot.queued = Some(*version));
            }
            Event::QueueDropped { environment, application, .. } => {
                self.edit_slot(environment, application, |slot| slot.queued = None);
            }
            Event::LockCreated { scope, lock_id, lock, .. } => match scope {
                LockScope::Environment { environment } => {
                    if let Some(environment) = self.environments.get_mut(environment) {
                        environment.locks.insert(lock_id.clone(), (**lock).clone());
                    }
                }
                LockScope::Team { environment, team } => {
                    if let Some(environment) = self.environments.get_mut(environment) {
                        let locks = environment.team_locks.entry(team.clone()).or_default();
                        locks.insert(lock_id.clone(), (**lock).clone());
                    }
                }
                LockScope::Application { environment, application } => {
                    self.edit_slot(environment, application, |slot| {
                        slot.locks.insert(lock_id.clone(), (**lock).clone());
                    });
                }
            },
            Event::LockDeleted { scope, lock_id, .. } => match scope {
                LockScope::Environment { environment } => {
                    if let Some(environment) = self.environments.get_mut(environment) {
                        environment.locks.remove(lock_id);
                    }
                }
                LockScope::Team { environment, team } => {
                    if let Some(Environment { team_locks, .. }) = self.environments.get_mut(environment)
                        && let Some(locks) = team_locks.get_mut(team)
                    {
                        locks.remove(lock_id);
                        if locks.is_empty() {
                            team_locks.remove(team);
                        }
                    }
                }
                LockScope::Application { environment, application } => {
                    self.edit_slot(environment, application, |slot| {
                        slot.locks.remove(lock_id);
                    });
                }
            },
            Event::RemovedFromEnvironment { environment, application, .. } => {
                if let Some(environment) = self.environments.get_mut(environment) {
                    environment.slots.remove(application);
                }
            }
            Event::ApplicationUndeployed { application } => {
                self.applications.remove(application);
            }
            Event::ReleaseCleanedUp { application, version } => self.remove_release(application, *version),
        }
    }

    /// Changes a slot, making it before if it is not there and removing it after if nothing is left in it.
    fn edit_slot(
        &mut self,
        environment: &EnvironmentName,
        application: &ApplicationName,
        edit: impl FnOnce(&mut Slot),
    ) {
        let Some(environment) = self.environments.get_mut(environment) else { return };
        if let Some(slot) = environment.slots.get_mut(application) {
            edit(slot);
            if slot.is_empty() {
                environment.slots.remove(application);
            }
        } else {
            let mut slot = Slot::default();
            edit(&mut slot);
            if !slot.is_empty() {
                environment.slots.insert(application.clone(), slot);
            }
        }
    }

    fn remove_release(&mut self, application: &ApplicationName, version: Version) {
        if let Some(application) = self.applications.get_mut(application) {
            application.releases.remove(&version);
        }
    }
}
