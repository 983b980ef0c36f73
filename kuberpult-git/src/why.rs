//! [`ManifestRepo::why`]: the explanation of a state, with what only the repository knows: when, and by whom.

use kuberpult_core::{Actor, ApplicationName, Context, EnvironmentName, Placed, Scope, Version, Why};

use crate::go_time::GoTime;
use crate::layout::{DEPLOYED_AT_UTC, DEPLOYED_BY, DEPLOYED_BY_EMAIL};
use crate::tree::Directory;
use crate::{ManifestRepo, WhyError};

impl ManifestRepo {
    /// Explains why an application is at this version in an environment and not at another, and what would change
    /// that; or, if a version is given, what would bring that one there.
    ///
    /// When and by whom the current version was deployed is what the files beside it say. When and by whom the queued
    /// one was queued is what the history says: the newest commit, along first parents, that changed the queue. It is
    /// looked for in the newest 10,000 commits, or in as many of them as have 128 MiB of directories that changed on the
    /// way there; further back, or beyond the end of a shallow clone of one's own, it stays unknown.
    ///
    /// # Errors
    /// The environment, the application or the version is unknown, or something cannot be read.
    pub fn why(
        &self,
        context: &Context,
        environment: &EnvironmentName,
        application: &ApplicationName,
        version: Option<Version>,
    ) -> Result<Why, WhyError> {
        let head = self.head()?;
        let snapshot = self.snapshot(head)?;
        let scope = Scope::of_why(&snapshot.configs, environment, application, version);
        let state = snapshot.state(&scope, self.past_in(&scope)?)?;
        let mut why = match version {
            None => state.why(context, environment, application)?,
            Some(version) => state.why_not(context, environment, application, version)?,
        };
        if let Some(current) = &mut why.current
            && let Some(slot) = snapshot.slot_directory(environment, application)?
        {
            fill_deployed(current, &slot);
        }
        if let Some(queued) = &mut why.queued {
            let place = (environment.clone(), application.clone());
            if let Some(change) = self.queued_since(&[place].into())?.into_values().next() {
                (queued.at, queued.by) = (change.at, Some(change.by));
            }
        }
        Ok(why)
    }
}

/// Fills in what the files of a slot say about its current version. What they do not say, or not in a way that is
/// understood, stays unknown: it explains, and decides nothing.
fn fill_deployed(current: &mut Placed, slot: &Directory<'_>) {
    let text = |name| slot.text(name).ok().flatten();
    let time = text(DEPLOYED_AT_UTC).as_deref().and_then(GoTime::parse);
    current.at = time.map(|GoTime(time)| time);
    current.by = match (text(DEPLOYED_BY), text(DEPLOYED_BY_EMAIL)) {
        (None, None) => None,
        (name, email) => Some(Actor::new(&name.unwrap_or_default(), &email.unwrap_or_default())),
    };
}
