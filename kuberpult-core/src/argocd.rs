//! Argo CD settings of an environment. Decisions do not read them; they are rendered into Argo CD's files.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

/// Argo CD settings of an environment: `argocd` in its config.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase", default, expecting = "an object"))]
#[non_exhaustive]
pub struct ArgoCd {
    /// Where Argo CD applies the manifests.
    pub destination: Destination,
    /// When Argo CD may synchronise.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "Vec::is_empty", deserialize_with = "null_is_empty")
    )]
    pub sync_windows: Vec<SyncWindow>,
    /// Cluster-wide resources that the environment's applications may contain.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "Vec::is_empty", deserialize_with = "null_is_empty")
    )]
    pub access_list: Vec<AccessEntry>,
    /// Annotations that every Argo CD application of the environment gets.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "BTreeMap::is_empty", deserialize_with = "null_is_empty")
    )]
    pub application_annotations: BTreeMap<String, String>,
    /// Differences between manifest and cluster that Argo CD does not report.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "Vec::is_empty", deserialize_with = "null_is_empty")
    )]
    pub ignore_differences: Vec<IgnoreDifference>,
    /// Argo CD sync options, such as `ApplyOutOfSyncOnly=true`.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "Vec::is_empty", deserialize_with = "null_is_empty")
    )]
    pub sync_options: Vec<String>,
}

/// The cluster and namespaces that Argo CD applies to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase", default, expecting = "an object"))]
pub struct Destination {
    /// The cluster's name in Argo CD; empty when `server` is given.
    pub name: String,
    /// The address of the cluster's API server; empty when `name` is given.
    pub server: String,
    /// The namespace for project and applications.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub namespace: Option<String>,
    /// The namespace for the project only; `namespace` goes before it.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub app_project_namespace: Option<String>,
    /// The namespace for the applications only; `namespace` goes before it.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub application_namespace: Option<String>,
}

/// A window of time in which Argo CD may, or may not, synchronise.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase", default, expecting = "an object"))]
pub struct SyncWindow {
    /// When it opens: a cron line.
    pub schedule: String,
    /// For how long: `2h`.
    pub duration: String,
    /// `allow` or `deny`.
    pub kind: String,
    /// The applications it concerns; all when empty.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "Vec::is_empty", deserialize_with = "null_is_empty")
    )]
    pub applications: Vec<String>,
}

/// A kind of cluster-wide resource.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase", default, expecting = "an object"))]
pub struct AccessEntry {
    /// The API group, `*` for any.
    pub group: String,
    /// The kind.
    pub kind: String,
}

/// Which differences Argo CD ignores, and in which objects.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase", default, expecting = "an object"))]
pub struct IgnoreDifference {
    /// The objects' API group.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "String::is_empty"))]
    pub group: String,
    /// The objects' kind.
    pub kind: String,
    /// The objects' name; any when empty.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "String::is_empty"))]
    pub name: String,
    /// The objects' namespace; any when empty.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "String::is_empty"))]
    pub namespace: String,
    /// Ignored fields as JSON pointers.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "Vec::is_empty", deserialize_with = "null_is_empty")
    )]
    pub json_pointers: Vec<String>,
    /// Ignored fields as jq path expressions.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "Vec::is_empty", deserialize_with = "null_is_empty")
    )]
    pub jq_path_expressions: Vec<String>,
    /// Fields that these managers own are ignored.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "Vec::is_empty", deserialize_with = "null_is_empty")
    )]
    pub managed_fields_managers: Vec<String>,
}

/// Go writes an empty list that was never made as `null`.
#[cfg(feature = "serde")]
fn null_is_empty<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: serde::Deserializer<'de>,
    T: serde::Deserialize<'de> + Default,
{
    use serde::Deserialize as _;
    Option::<T>::deserialize(deserializer).map(Option::unwrap_or_default)
}
