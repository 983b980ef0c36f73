//! [`EnvironmentConfig`]: what an environment is connected to.

use alloc::vec::Vec;
use core::fmt;

use crate::argocd::ArgoCd;
use crate::{EnvironmentName, FreezeWindow, GroupName};

/// The configuration of an environment: the content of its `config.json`.
///
/// ```
/// use kuberpult_core::{EnvironmentConfig, EnvironmentName};
/// let development = EnvironmentConfig::with_upstream_latest();
/// let staging = EnvironmentConfig::with_upstream(EnvironmentName::new("development")?);
/// assert_ne!(development, staging);
/// # Ok::<(), kuberpult_core::NameError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase", default, expecting = "an object"))]
#[non_exhaustive]
pub struct EnvironmentConfig {
    /// Where release trains to this environment take their versions from.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub upstream: Option<Upstream>,
    /// Argo CD settings; without them no Argo CD file is written for the environment.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub argocd: Option<ArgoCd>,
    /// The group that the environment belongs to.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")
    )]
    pub environment_group: Option<GroupName>,
    /// When automatic deployments to the environment wait.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Vec::is_empty"))]
    pub freeze_windows: Vec<FreezeWindow>,
    /// What happens to a queued version when the last lock goes; [`OnUnlock::Deploy`] when not given.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub on_unlock: Option<OnUnlock>,
}

impl EnvironmentConfig {
    /// A config whose upstream is `latest`: new releases are deployed at once.
    #[must_use]
    pub fn with_upstream_latest() -> Self {
        Self { upstream: Some(Upstream { environment: None, latest: true }), ..Self::default() }
    }

    /// A config whose upstream is another environment: release trains take its versions.
    #[must_use]
    pub fn with_upstream(environment: EnvironmentName) -> Self {
        Self { upstream: Some(Upstream { environment: Some(environment), latest: false }), ..Self::default() }
    }

    /// Whether new releases are deployed to the environment at once.
    #[must_use]
    pub fn follows_latest(&self) -> bool {
        self.upstream.as_ref().is_some_and(|upstream| upstream.latest)
    }

    /// The upstream environment, if the config names one.
    #[must_use]
    pub fn upstream_environment(&self) -> Option<&EnvironmentName> {
        self.upstream.as_ref()?.environment.as_ref()
    }

    /// The names of the keys, as in `config.json`, in which two configs differ.
    pub fn differing_keys(&self, other: &Self) -> impl Iterator<Item = &'static str> + use<> {
        [
            ("upstream", self.upstream != other.upstream),
            ("argocd", self.argocd != other.argocd),
            ("environmentGroup", self.environment_group != other.environment_group),
            ("freezeWindows", self.freeze_windows != other.freeze_windows),
            ("onUnlock", self.on_unlock != other.on_unlock),
        ]
        .into_iter()
        .filter_map(|(key, differs)| differs.then_some(key))
    }
}

/// Where versions come from: the newest releases, or another environment.
///
/// Exactly one of the two should be given. Upstream kuberpult accepts both and neither; release trains
/// then skip the environment and say so.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase", default, expecting = "an object"))]
pub struct Upstream {
    /// The environment whose current versions a release train takes.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")
    )]
    pub environment: Option<EnvironmentName>,
    /// Whether a new release is deployed at once.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "core::ops::Not::not"))]
    pub latest: bool,
}

/// What an unlock does with a queued version that nothing holds back any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
pub enum OnUnlock {
    /// Deploys it: what kuberpult was made for.
    #[default]
    Deploy,
    /// Leaves it queued until the next deployment, as later upstream versions do.
    Keep,
    /// Takes it out of the queue and deploys nothing.
    Drop,
}

impl fmt::Display for OnUnlock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Deploy => "deploy",
            Self::Keep => "keep",
            Self::Drop => "drop",
        })
    }
}

/// Upstream's first versions wrote `"environment": ""` for no environment.
#[cfg(feature = "serde")]
fn empty_is_none<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: serde::Deserializer<'de>,
    T: serde::de::DeserializeOwned,
{
    use serde::Deserialize as _;
    use serde::de::IntoDeserializer as _;
    use serde::de::value::StringDeserializer;

    let text = Option::<alloc::string::String>::deserialize(deserializer)?;
    let Some(text) = text.filter(|text| !text.is_empty()) else { return Ok(None) };
    let inner: StringDeserializer<D::Error> = text.into_deserializer();
    T::deserialize(inner).map(Some)
}
