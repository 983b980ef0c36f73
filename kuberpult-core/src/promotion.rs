//! [`Stage`]: the environments in the order in which versions travel, and how far behind its upstream an application is.

mod order;

use alloc::vec::Vec;

use crate::{
    Application, ApplicationName, Environment, EnvironmentCause, EnvironmentName, State, TrainUpstream,
    Version,
};

/// An environment with the upstream that release trains to it take their versions from: one of
/// [`State::stages`].
///
/// ```
/// use kuberpult_core::*;
/// # let mut state = State::default();
/// # let context = Context::new("2024-05-03T11:37:37Z".parse()?, Actor::new("Jo", "jo@example.com"));
/// # let (development, staging): (EnvironmentName, EnvironmentName) = ("development".parse()?, "staging".parse()?);
/// # let cart: ApplicationName = "cart".parse()?;
/// # let release = |content| {
/// #     let manifest = ManifestId::from_bytes(&[content]).unwrap();
/// #     let manifests = [(development.clone(), manifest), (staging.clone(), manifest)];
/// #     Command::CreateRelease(CreateRelease::new(cart.clone(), manifests.into()))
/// # };
/// # for command in [
/// #     Command::CreateEnvironment { environment: staging.clone(), config: EnvironmentConfig::with_upstream(development.clone()) },
/// #     Command::CreateEnvironment { environment: development.clone(), config: EnvironmentConfig::with_upstream_latest() },
/// #     release(1),
/// #     Command::ReleaseTrain(ReleaseTrain::new("staging")),
/// #     release(2),
/// # ] {
/// #     let decision = state.decide(&context, &command)?;
/// #     state.apply(decision.events());
/// # }
/// // version 1 of cart is in staging, version 2 in development
/// for stage in state.stages() {
///     println!("{} has {:?}", stage.name, stage.standing(&cart).current);
/// }
/// let staging = &state.stages()[1];
/// assert_eq!(staging.upstream, Some(TrainUpstream::Environment("development".parse()?)));
/// assert_eq!(staging.standing(&cart).behind, 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Stage<'a> {
    state: &'a State,
    /// The environment's name.
    pub name: &'a EnvironmentName,
    /// The environment.
    pub environment: &'a Environment,
    /// Where its versions come from, if the configs say so in a way that works.
    pub upstream: Option<TrainUpstream>,
    /// What in the configs makes release trains skip it, if anything does.
    pub problem: Option<EnvironmentCause>,
}

/// What one application has in an environment, measured by what the environment's upstream has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Standing {
    /// The current version.
    pub current: Option<Version>,
    /// The version that waits.
    pub queued: Option<Version>,
    /// The version that a release train to the environment would bring: what is current upstream or, where the
    /// upstream is `latest`, the newest release. None if there is none, if the configs name no upstream that works, or if
    /// that version has no manifest for the environment, so that nothing can bring it there.
    pub upstream: Option<Version>,
    /// How many releases there are that are newer than the current version and not newer than the upstream's, whether or
    /// not each of them could be deployed here. With no current version all count that are not newer than the upstream's.
    pub behind: usize,
    /// How many releases there are that are newer than the upstream's version and not newer than the current one: a release
    /// train would take these back.
    pub ahead: usize,
}

impl State {
    /// The environments in promotion order: each one after its upstream, those of one group together, otherwise by how many
    /// upstreams they have, and by name. Of environments whose upstreams form a cycle, the first by name begins; they come
    /// last, with what is downstream of them. A group stands where its first environment by name would; it is torn apart
    /// only if an environment of it has an upstream in between that does not belong to it.
    #[must_use]
    pub fn stages(&self) -> Vec<Stage<'_>> {
        let stages = order::in_promotion_order(&self.environments).into_iter().map(|(name, environment)| {
            let problem = self.upstream_problem(name);
            let upstream = problem.is_none().then(|| {
                let upstream = environment.config.upstream_environment();
                upstream
                    .map_or(TrainUpstream::Latest, |upstream| TrainUpstream::Environment(upstream.clone()))
            });
            Stage { state: self, name, environment, upstream, problem }
        });
        stages.collect()
    }
}

impl Stage<'_> {
    /// What an application has here, and how far behind the upstream it is. It reads of releases their versions, and which
    /// manifests the upstream's has.
    #[must_use]
    pub fn standing(&self, application: &ApplicationName) -> Standing {
        let slot = self.environment.slots.get(application);
        let (current, queued) = (slot.and_then(|slot| slot.current), slot.and_then(|slot| slot.queued));
        let mut standing = Standing { current, queued, ..Standing::default() };
        let Some(there) = self.state.applications.get(application) else { return standing };
        standing.upstream = self.upstream_version(application, there);
        let Some(upstream) = standing.upstream else { return standing };
        standing.behind = releases_between(there, current, upstream);
        standing.ahead = current.map_or(0, |current| releases_between(there, Some(upstream), current));
        standing
    }

    fn upstream_version(&self, application: &ApplicationName, there: &Application) -> Option<Version> {
        let version = match self.upstream.as_ref()? {
            TrainUpstream::Latest => there.newest()?,
            TrainUpstream::Environment(upstream) => self.state.slot(upstream, application)?.current?,
        };
        there.releases.get(&version)?.manifests.contains_key(self.name).then_some(version)
    }
}

/// How many releases are newer than one version and not newer than another.
fn releases_between(application: &Application, after: Option<Version>, until: Version) -> usize {
    let newest_first = application.releases.keys().rev();
    let up_to = newest_first.skip_while(|version| **version > until);
    up_to.take_while(|version| after.is_none_or(|after| **version > after)).count()
}

#[cfg(test)]
mod tests;
