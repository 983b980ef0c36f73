//! Making an environment.

use alloc::vec::Vec;

use super::noted;
use crate::{
    Decision, Environment, EnvironmentConfig, EnvironmentName, Event, Finding, Note, Refusal, Rejection,
    State,
};

pub(super) fn decide(
    state: &State,
    name: &EnvironmentName,
    config: &EnvironmentConfig,
) -> Result<Decision, Rejection> {
    if let Some(existing) = state.environments.get(name) {
        let differing: Vec<_> = existing.config.differing_keys(config).collect();
        return if differing.is_empty() {
            Ok(noted(Vec::new(), alloc::vec![Note::EnvironmentUnchanged { environment: name.clone() }]))
        } else {
            Err(Refusal::EnvironmentExists { environment: name.clone(), differing }.into())
        };
    }
    let names =
        [name.check_new().err(), config.environment_group.as_ref().and_then(|group| group.check_new().err())];
    let refusals = names.into_iter().flatten().map(|error| Refusal::InvalidName { error });
    Rejection::unless_empty(refusals.collect())?;

    let created = Event::EnvironmentCreated { environment: name.clone(), config: config.clone().into() };
    let finding = upstream_problem_with(state, name, config);
    Ok(noted(alloc::vec![created], finding.map(|finding| Note::Finding { finding }).into_iter().collect()))
}

/// What would be found about the new environment's upstream. A config that is wrong is accepted with a
/// warning, as upstream does: environments are made in any order.
fn upstream_problem_with(
    state: &State,
    name: &EnvironmentName,
    config: &EnvironmentConfig,
) -> Option<Finding> {
    let with_config =
        |config: &EnvironmentConfig| Environment { config: config.clone(), ..Environment::default() };
    let mut configs = State::default();
    configs.environments.extend(
        state.environments.iter().map(|(name, environment)| (name.clone(), with_config(&environment.config))),
    );
    configs.environments.insert(name.clone(), with_config(config));
    let cause = configs.upstream_problem(name)?;
    // An environment without any upstream is made on purpose: a sandbox to which everything is deployed by hand.
    config.upstream.is_some().then(|| Finding::TrainsSkipEnvironment { environment: name.clone(), cause })
}
