//! [`State::why`]: why an application is at this version in an environment, and what would change that.

mod display;
mod ways;

use alloc::vec::Vec;

use crate::{
    Actor, Application, ApplicationName, Blocker, Command, Context, EnvironmentCause, EnvironmentName,
    Outcome, Refusal, Rejection, ReleaseTrain, Scope, State, TeamName, Time, TrainTargetType, TrainUpstream,
    Version,
};

pub use ways::Way;

/// What there is to say about one application in one environment, as data; `Display` says it in words.
///
/// ```
/// use kuberpult_core::*;
/// # let mut state = State::default();
/// # let context = Context::new("2024-05-03T11:37:37Z".parse()?, Actor::new("Jo", "jo@example.com"));
/// # let (staging, cart): (EnvironmentName, ApplicationName) = ("staging".parse()?, "cart".parse()?);
/// # let manifests = [(staging.clone(), ManifestId::from_bytes(&[1]).unwrap())].into();
/// # for command in [
/// #     Command::CreateEnvironment { environment: staging.clone(), config: EnvironmentConfig::with_upstream_latest() },
/// #     Command::CreateEnvironmentLock { environment: staging.clone(), lock_id: "load-test".parse()?, message: "until noon".into(), ci_link: None, suggested_lifetime: None },
/// #     Command::CreateRelease(CreateRelease::new(cart.clone(), manifests)),
/// # ] {
/// #     let decision = state.decide(&context, &command)?;
/// #     state.apply(decision.events());
/// # }
/// let why = state.why(&context, &staging, &cart)?;
/// assert_eq!(why.current, None);
/// assert_eq!(why.blockers.len(), 1);
/// assert_eq!(
///     why.ways[0].to_string(),
///     r#"delete lock "load-test" on environment "staging""#,
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
#[non_exhaustive]
pub struct Why {
    /// The environment.
    pub environment: EnvironmentName,
    /// The application.
    pub application: ApplicationName,
    /// The team that owns the application.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub team: Option<TeamName>,
    /// The current version.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub current: Option<Placed>,
    /// The version that waits.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub queued: Option<Placed>,
    /// Everything that holds automatic deployments back now.
    pub blockers: Vec<Blocker>,
    /// What a release train to the environment would do now.
    pub next_train: NextTrain,
    /// The newest release.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub newest: Option<NewestRelease>,
    /// The version that one would expect to come next: the one that waits, else the upstream's, if it is not current
    /// already; or the one that was [asked for](State::why_not).
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub wanted: Option<Version>,
    /// What would bring the wanted version there, each way by itself. None if it is there, or could not be deployed.
    pub ways: Vec<Way>,
}

/// A version in a slot, and how it came there.
///
/// A [`State`] does not know when and by whom; a storage that does fills it in.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
pub struct Placed {
    /// The version.
    pub version: Version,
    /// When it was deployed or queued.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub at: Option<Time>,
    /// Who deployed or queued it.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub by: Option<Actor>,
}

impl From<Version> for Placed {
    fn from(version: Version) -> Self {
        Self { version, at: None, by: None }
    }
}

/// What a release train to the environment would do with the application.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
pub struct NextTrain {
    /// Where it would take its versions from, if the config says so in a way that works.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub upstream: Option<TrainUpstream>,
    /// The version that the upstream has now.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub version: Option<Version>,
    /// Why it would skip the environment, if it would.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub skipped: Option<EnvironmentCause>,
    /// What would become of the application, or would have if the environment were not skipped; none if it is no
    /// candidate, because the upstream has nothing of it.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub outcome: Option<Outcome>,
}

/// The newest release of an application, as far as one environment is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
pub struct NewestRelease {
    /// Its version.
    pub version: Version,
    /// Whether it has a manifest for the environment, so that it can be deployed there at all.
    pub has_manifest: bool,
}

impl State {
    /// Explains why an application is at this version in an environment and not at another, and what would change
    /// that. It is the code that decides which finds out: what it calls blocked is what an automatic deployment
    /// is stopped by (law `why_agrees_with_deciding`).
    ///
    /// # Errors
    /// The environment or the application is unknown.
    pub fn why(
        &self,
        context: &Context,
        environment: &EnvironmentName,
        application: &ApplicationName,
    ) -> Result<Why, Rejection> {
        self.explain(context, environment, application, None)
    }

    /// As [`why`](Self::why), but the ways lead to this version: why is it not there?
    ///
    /// ```
    /// use kuberpult_core::*;
    /// # let mut state = State::default();
    /// # let context = Context::new("2024-05-03T11:37:37Z".parse()?, Actor::new("Jo", "jo@example.com"));
    /// # let (sandbox, cart): (EnvironmentName, ApplicationName) = ("sandbox".parse()?, "cart".parse()?);
    /// # let manifests = [(sandbox.clone(), ManifestId::from_bytes(&[1]).unwrap())].into();
    /// # for command in [
    /// #     Command::CreateEnvironment { environment: sandbox.clone(), config: EnvironmentConfig::default() },
    /// #     Command::CreateRelease(CreateRelease::new(cart.clone(), manifests)),
    /// # ] {
    /// #     let decision = state.decide(&context, &command)?;
    /// #     state.apply(decision.events());
    /// # }
    /// let why = state.why_not(&context, &sandbox, &cart, Version::FIRST)?;
    /// assert_eq!(why.ways[0].to_string(), r#"deploy version 1 of "cart" to "sandbox""#);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// The environment, the application or the version is unknown.
    pub fn why_not(
        &self,
        context: &Context,
        environment: &EnvironmentName,
        application: &ApplicationName,
        version: Version,
    ) -> Result<Why, Rejection> {
        self.explain(context, environment, application, Some(version))
    }

    fn explain(
        &self,
        context: &Context,
        environment: &EnvironmentName,
        application: &ApplicationName,
        asked_for: Option<Version>,
    ) -> Result<Why, Rejection> {
        let state = self.restricted_to(&Scope::of_why(self, environment, application, asked_for));
        let there = subject(&state, environment, application, asked_for)?;
        let slot = state.slot(environment, application).cloned().unwrap_or_default();
        let next_train = next_train(&state, context, environment, application);
        let upstream = next_train.version.filter(|version| slot.current != Some(*version));
        let wanted = asked_for.or(slot.queued).or(upstream);
        let ways = wanted.map_or_else(Vec::new, |version| {
            ways::ways(&state, context, environment, application, version, &next_train)
        });
        Ok(Why {
            environment: environment.clone(),
            application: application.clone(),
            team: there.team.clone(),
            current: slot.current.map(Placed::from),
            queued: slot.queued.map(Placed::from),
            blockers: state.blockers(context.now, environment, application),
            next_train,
            newest: there.releases.last_key_value().map(|(version, release)| NewestRelease {
                version: *version,
                has_manifest: release.manifests.contains_key(environment),
            }),
            wanted,
            ways,
        })
    }
}

/// The application that is asked about, or everything that is unknown.
fn subject<'a>(
    state: &'a State,
    environment: &EnvironmentName,
    application: &ApplicationName,
    asked_for: Option<Version>,
) -> Result<&'a Application, Rejection> {
    let mut refusals: Vec<Refusal> = state.known_environment(environment).err().into_iter().collect();
    let there = state.applications.get(application);
    match (there, asked_for) {
        (None, _) => {
            refusals.push(Refusal::ApplicationNotFound { application: application.clone(), nearest: None });
        }
        (Some(there), Some(version)) if !there.releases.contains_key(&version) => {
            let (application, newest) = (application.clone(), there.newest());
            refusals.push(Refusal::ReleaseNotFound { application, version, newest });
        }
        (Some(_), _) => {}
    }
    there.filter(|_| refusals.is_empty()).ok_or(Rejection::all(refusals))
}

/// The train to exactly this environment.
fn train_to(environment: &EnvironmentName) -> ReleaseTrain {
    let target_type = Some(TrainTargetType::Environment);
    ReleaseTrain { target_type, ..ReleaseTrain::new(environment.as_str()) }
}

fn next_train(
    state: &State,
    context: &Context,
    environment: &EnvironmentName,
    application: &ApplicationName,
) -> NextTrain {
    let decision = state.decide(context, &Command::ReleaseTrain(train_to(environment))).ok();
    let report = decision
        .and_then(|decision| decision.report.train)
        .and_then(|train| train.environments.into_iter().next());
    let Some(report) = report else {
        return NextTrain { upstream: None, version: None, skipped: None, outcome: None };
    };
    let version = match &report.upstream {
        None => None,
        Some(TrainUpstream::Latest) => state.applications.get(application).and_then(Application::newest),
        Some(TrainUpstream::Environment(upstream)) => {
            state.slot(upstream, application).and_then(|slot| slot.current)
        }
    };
    let its = report.applications.into_iter().find(|candidate| candidate.application == *application);
    let outcome = its.map(|report| report.outcome);
    NextTrain { upstream: report.upstream, version, skipped: report.skipped, outcome }
}

#[cfg(test)]
mod tests;
