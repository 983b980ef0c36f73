//! Making, changing and deleting environments.

use alloc::vec::Vec;

use super::noted;
use crate::{
    Decision, Environment, EnvironmentConfig, EnvironmentName, Event, Finding, Note, Refusal, Rejection,
    State,
};

pub(super) fn create(
    state: &State,
    name: &EnvironmentName,
    config: &EnvironmentConfig,
) -> Result<Decision, Rejection> {
    if let Some(existing) = state.environments.get(name) {
        let differing: Vec<_> = existing.config.differing_keys(config).collect();
        return if differing.is_empty() {
            Ok(unchanged(name))
        } else {
            Err(Refusal::EnvironmentExists { environment: name.clone(), differing }.into())
        };
    }
    let mut refusals: Vec<Refusal> = Vec::new();
    refusals.extend(name.check_new().err().map(|error| Refusal::InvalidName { error }));
    refusals.extend(group_refusal(None, config));
    Rejection::unless_empty(refusals)?;

    let created = Event::EnvironmentCreated { environment: name.clone(), config: config.clone().into() };
    Ok(noted_about_upstreams(state, created))
}

pub(super) fn update(
    state: &State,
    name: &EnvironmentName,
    config: &EnvironmentConfig,
) -> Result<Decision, Rejection> {
    let existing = &state.known_environment(name)?.config;
    if existing.differing_keys(config).next().is_none() {
        return Ok(unchanged(name));
    }
    Rejection::unless_empty(group_refusal(Some(existing), config).into_iter().collect())?;

    let (from, to) = (existing.clone().into(), config.clone().into());
    Ok(noted_about_upstreams(state, Event::EnvironmentUpdated { environment: name.clone(), from, to }))
}

pub(super) fn delete(state: &State, name: &EnvironmentName, force: bool) -> Result<Decision, Rejection> {
    let environment = state.known_environment(name)?;
    if !force {
        let mut refusals = Vec::new();
        let downstream = downstream(state, name, environment);
        if !downstream.is_empty() {
            refusals.push(Refusal::EnvironmentIsUpstream { environment: name.clone(), downstream });
        }
        let deployed = environment.slots.iter().filter(|(_, slot)| slot.current.is_some());
        let applications: Vec<_> = deployed.map(|(application, _)| application.clone()).collect();
        if !applications.is_empty() {
            refusals.push(Refusal::ApplicationsDeployed { environment: name.clone(), applications });
        }
        Rejection::unless_empty(refusals)?;
    }
    let deleted = environment.clone().into();
    Ok(noted_about_upstreams(state, Event::EnvironmentDeleted { environment: name.clone(), deleted }))
}

/// The other environments that name this one as their upstream, or its group if it is the last member.
fn downstream(state: &State, name: &EnvironmentName, environment: &Environment) -> Vec<EnvironmentName> {
    let last_of_group =
        environment.config.environment_group.as_ref().filter(|group| state.group(group).count() == 1);
    let others = state.environments.iter().filter(|(other, _)| *other != name);
    others
        .filter(|(_, other)| {
            other.config.upstream_environment().is_some_and(|upstream| {
                upstream == name || last_of_group.is_some_and(|group| group.as_str() == upstream.as_str())
            })
        })
        .map(|(other, _)| other.clone())
        .collect()
}

fn unchanged(name: &EnvironmentName) -> Decision {
    noted(Vec::new(), alloc::vec![Note::EnvironmentUnchanged { environment: name.clone() }])
}

/// A group that the config brings into being must be well formed; one that was there before need not.
fn group_refusal(before: Option<&EnvironmentConfig>, config: &EnvironmentConfig) -> Option<Refusal> {
    let kept = before.and_then(|before| before.environment_group.as_ref());
    let group = config.environment_group.as_ref().filter(|group| Some(*group) != kept)?;
    group.check_new().err().map(|error| Refusal::InvalidName { error })
}

/// The decision for this one event, with a note on each environment that trains skip because of it. A config that
/// is wrong is accepted with a warning, as upstream does: environments are made in any order.
fn noted_about_upstreams(state: &State, event: Event) -> Decision {
    let before = state.configs();
    let mut after = before.clone();
    after.apply([&event]);
    let known: Vec<Finding> = before.upstream_findings().collect();
    let findings = after.upstream_findings().filter(|finding| !known.contains(finding));
    let notes = findings.map(|finding| Note::Finding { finding }).collect();
    noted(alloc::vec![event], notes)
}

impl State {
    /// The environments with their configs alone.
    pub(crate) fn configs(&self) -> Self {
        let configs = self.environments.iter().map(|(name, environment)| {
            let config = environment.config.clone();
            (name.clone(), Environment { config, ..Environment::default() })
        });
        Self { environments: configs.collect(), ..Self::default() }
    }
}
