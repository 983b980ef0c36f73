//! [`Finding`]: what a check of a state finds.

use core::fmt;

use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use crate::codes::codes;
use crate::{ApplicationName, EnvironmentCause, EnvironmentName, State, Version};

/// Something in a state that is wrong, or that somebody should know.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "serde", serde(tag = "code", rename_all_fields = "camelCase"))]
#[non_exhaustive]
pub enum Finding {
    /// Release trains skip the environment, whatever happens, although its config names an upstream.
    #[cfg_attr(feature = "serde", serde(rename = "TRAINS_SKIP_ENVIRONMENT"))]
    TrainsSkipEnvironment {
        /// The environment.
        environment: EnvironmentName,
        /// Why.
        cause: EnvironmentCause,
    },
    /// A slot names a release that does not exist, or that has no manifest for the environment.
    #[cfg_attr(feature = "serde", serde(rename = "DANGLING_VERSION"))]
    DanglingVersion {
        /// The environment.
        environment: EnvironmentName,
        /// The application.
        application: ApplicationName,
        /// The version that is not there.
        version: Version,
        /// Whether it is the queued one; otherwise the current one.
        queued: bool,
    },
    /// A slot without version, queue and locks, or a team without locks among the team locks.
    #[cfg_attr(feature = "serde", serde(rename = "EMPTY_ENTRY"))]
    EmptyEntry {
        /// The environment.
        environment: EnvironmentName,
    },
}

codes! {
    /// The stable code: what `code` is with feature `serde`.
    Finding {
        TrainsSkipEnvironment => "TRAINS_SKIP_ENVIRONMENT",
        DanglingVersion => "DANGLING_VERSION",
        EmptyEntry => "EMPTY_ENTRY",
    }
}

impl Finding {
    /// Whether it is an error. A warning is something that was configured so.
    #[must_use]
    pub fn is_error(&self) -> bool {
        match self {
            Self::TrainsSkipEnvironment { .. } => false,
            Self::DanglingVersion { .. } | Self::EmptyEntry { .. } => true,
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TrainsSkipEnvironment { environment, cause } => {
                write!(f, "release trains will skip environment {environment:?}: {cause}")
            }
            Self::DanglingVersion { environment, application, version, queued } => {
                let role = if *queued { "queued" } else { "current" };
                write!(
                    f,
                    "{role} version {version} of {application:?} in {environment:?} does not exist or has no manifest for it"
                )
            }
            Self::EmptyEntry { environment } => {
                write!(f, "environment {environment:?} has an entry with nothing in it")
            }
        }
    }
}

/// Checks a whole state: its fsck. Findings about configs come first, then the others in name order; none is the best
/// answer.
///
/// Takes the releases' content into account, so it needs a state that was not
/// [restricted](State::restricted_to).
///
/// ```
/// use kuberpult_core::{State, check};
/// assert!(check(&State::default()).is_empty());
/// ```
#[must_use]
pub fn check(state: &State) -> Vec<Finding> {
    let mut findings = Vec::new();
    findings.extend(state.upstream_findings());
    for (name, environment) in &state.environments {
        for (application, slot) in &environment.slots {
            let releases = state.applications.get(application).map(|application| &application.releases);
            for (version, queued) in [(slot.current, false), (slot.queued, true)] {
                let Some(version) = version else { continue };
                let release = releases.and_then(|releases| releases.get(&version));
                if !release.is_some_and(|release| release.manifests.contains_key(name)) {
                    findings.push(Finding::DanglingVersion {
                        environment: name.clone(),
                        application: application.clone(),
                        version,
                        queued,
                    });
                }
            }
        }
        let empty_slots = environment.slots.values().filter(|slot| slot.is_empty()).count();
        let empty_teams = environment.team_locks.values().filter(|locks| locks.is_empty()).count();
        findings.extend(
            core::iter::repeat_with(|| Finding::EmptyEntry { environment: name.clone() })
                .take(empty_slots + empty_teams),
        );
    }
    findings
}

impl State {
    /// The environments that release trains skip because of their configs. One without any upstream is made so on
    /// purpose: a sandbox, to which everything is deployed by hand.
    pub(crate) fn upstream_findings(&self) -> impl Iterator<Item = Finding> {
        self.environments.keys().filter_map(|name| {
            let cause = self.upstream_problem(name).filter(|cause| *cause != EnvironmentCause::NoUpstream)?;
            Some(Finding::TrainsSkipEnvironment { environment: name.clone(), cause })
        })
    }

    /// What in the configs makes release trains skip an environment, if anything does.
    pub(crate) fn upstream_problem(&self, name: &EnvironmentName) -> Option<EnvironmentCause> {
        let config = &self.environments.get(name)?.config;
        let Some(upstream) = &config.upstream else { return Some(EnvironmentCause::NoUpstream) };
        match (&upstream.environment, upstream.latest) {
            (None, false) => Some(EnvironmentCause::NeitherLatestNorEnvironment),
            (Some(_), true) => Some(EnvironmentCause::BothLatestAndEnvironment),
            (None, true) => None,
            (Some(upstream), false) if !self.environments.contains_key(upstream) => {
                Some(EnvironmentCause::UpstreamNotFound { upstream: upstream.clone() })
            }
            (Some(_), false) => {
                self.upstream_cycle(name).map(|cycle| EnvironmentCause::UpstreamCycle { cycle })
            }
        }
    }

    /// The environments from `start` upstream until `start` comes again, if it does.
    fn upstream_cycle(&self, start: &EnvironmentName) -> Option<Vec<EnvironmentName>> {
        let mut path = Vec::new();
        let mut seen = BTreeSet::new();
        let mut next = start;
        while seen.insert(next) {
            path.push(next.clone());
            next = self.environments.get(next)?.config.upstream_environment()?;
        }
        (next == start).then_some(path)
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;
    use alloc::vec;

    use super::*;
    use crate::{Environment, EnvironmentConfig, Locks, Slot};

    #[test]
    fn each_thing_that_is_wrong_is_found() {
        let mut state = State::default();
        let mut there = Environment {
            config: EnvironmentConfig::with_upstream("nowhere".parse().unwrap()),
            ..Environment::default()
        };
        let slot = Slot { current: Some(Version::FIRST), queued: Version::new(2), locks: Locks::new() };
        there.slots.insert("cart".parse().unwrap(), slot);
        there.slots.insert("email".parse().unwrap(), Slot::default());
        for team in ["blue", "red"] {
            there.team_locks.insert(team.parse().unwrap(), Locks::new());
        }
        state.environments.insert("staging".parse().unwrap(), there);
        state.environments.insert("sandbox".parse().unwrap(), Environment::default());

        let found: Vec<_> =
            check(&state).iter().map(|finding| (finding.code(), finding.is_error())).collect();
        let expected = vec![
            ("TRAINS_SKIP_ENVIRONMENT", false),
            ("DANGLING_VERSION", true),
            ("DANGLING_VERSION", true),
            ("EMPTY_ENTRY", true),
            ("EMPTY_ENTRY", true),
            ("EMPTY_ENTRY", true),
        ];
        assert_eq!(found, expected);
        assert_eq!(
            check(&state).iter().map(ToString::to_string).nth(2).unwrap(),
            r#"queued version 2 of "cart" in "staging" does not exist or has no manifest for it"#
        );
    }

    #[test]
    fn a_cycle_of_upstreams_is_told_from_each_of_its_environments() {
        let mut state = State::default();
        for (name, upstream) in [("a", "b"), ("b", "c"), ("c", "b")] {
            let config = EnvironmentConfig::with_upstream(upstream.parse().unwrap());
            state
                .environments
                .insert(name.parse().unwrap(), Environment { config, ..Environment::default() });
        }
        let told: Vec<_> = check(&state).iter().map(ToString::to_string).collect();
        let expected = [
            r#"release trains will skip environment "b": its upstreams form a cycle: b <- c <- b"#,
            r#"release trains will skip environment "c": its upstreams form a cycle: c <- b <- c"#,
        ];
        assert_eq!(told, expected, "a leads to the cycle, and is not on it");
    }
}
