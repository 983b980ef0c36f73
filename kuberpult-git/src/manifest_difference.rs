//! [`ManifestDifference`]: what another version would change in what Argo CD applies.

mod find;
mod unified;

use kuberpult_core::{ApplicationName, EnvironmentName, ReleaseSource, Time, Version};

use crate::layout;

/// How what is deployed in an environment differs from what another version would bring there.
///
/// Made by [`ManifestRepo::manifest_difference`](crate::ManifestRepo::manifest_difference).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ManifestDifference {
    /// The environment.
    pub environment: EnvironmentName,
    /// The application.
    pub application: ApplicationName,
    /// The release that is deployed; none if the application is not deployed there.
    pub from: Option<ReleaseSummary>,
    /// The release that it is compared with.
    pub to: ReleaseSummary,
    /// Whether the other version is what the next release train would take from the upstream, because none was named.
    pub next_train: bool,
    /// What Argo CD reads now, byte for byte; nothing if the application is not deployed. The blank that stands for
    /// nothing in the repository is nothing here.
    pub before: Vec<u8>,
    /// What Argo CD would read then.
    pub after: Vec<u8>,
    /// Whether what Argo CD reads now is something else than the manifest of the deployed release: somebody changed or
    /// deleted it by hand.
    pub changed_by_hand: bool,
    /// What lies between the two, which is the range of source commits. Forward, the releases after the deployed one up
    /// to the other, oldest first: what comes. [Back](Self::goes_back), the releases after the other up to the deployed
    /// one, newest first: what goes. Releases that cleanup removed are missing.
    pub releases: Vec<ReleaseSummary>,
}

/// One release as it is listed: which, and where it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReleaseSummary {
    /// The version.
    pub version: Version,
    /// The source commit with author and message, and what people call the version; empty if the release is gone.
    pub source: ReleaseSource,
    /// When it was made, if the repository says so in a way that is understood.
    pub created_at: Option<Time>,
    /// Whether it is an undeploy release, which takes the application out of the cluster.
    pub undeploy: bool,
}

impl ManifestDifference {
    /// Whether the other version is older than the deployed one.
    #[must_use]
    pub fn goes_back(&self) -> bool {
        self.from.as_ref().is_some_and(|from| self.to.version < from.version)
    }

    /// The source commits of the two releases, deployed one first, if both say theirs.
    #[must_use]
    pub fn source_commits(&self) -> Option<(&str, &str)> {
        let from = self.from.as_ref()?.source.commit_id.as_deref()?;
        Some((from, self.to.source.commit_id.as_deref()?))
    }

    /// The unified diff with this many lines of context around each change, as `git apply` and `patch` read it; empty if
    /// nothing differs.
    ///
    /// Paths are those of the manifest that Argo CD reads, with `a/` and `b/` before them. A last line without line break
    /// is marked as `diff` marks it. What is not UTF-8 or has a NUL is binary, which the diff says in one line.
    ///
    /// Where more than 50,000 lines remain between what both have in common at the beginning and at the end, they are shown
    /// as one change: to look for what they have in common could take minutes.
    #[must_use]
    pub fn unified_diff(&self, context_lines: u32) -> String {
        if self.before == self.after {
            return String::new();
        }
        let path = layout::deployed_manifest(&self.environment, &self.application);
        let (before, after) = (unified::quoted(&format!("a/{path}")), unified::quoted(&format!("b/{path}")));
        let before = if self.from.is_some() { before } else { "/dev/null".into() };
        let (Some(before_text), Some(after_text)) = (text(&self.before), text(&self.after)) else {
            return format!("Binary files {before} and {after} differ\n");
        };
        let from =
            self.from.as_ref().map_or_else(|| "not deployed".into(), |from| from.label(Some("deployed")));
        let to = self.to.label(self.next_train.then_some("next train"));
        let hunks = unified::hunks(before_text, after_text, context_lines);
        format!("--- {before}\t{from}\n+++ {after}\t{to}\n{hunks}")
    }
}

impl ReleaseSummary {
    /// ``version 3 (deployed, undeploy release)``
    fn label(&self, role: Option<&str>) -> String {
        let notes: Vec<&str> = role.into_iter().chain(self.undeploy.then_some("undeploy release")).collect();
        let notes = if notes.is_empty() { String::new() } else { format!(" ({})", notes.join(", ")) };
        format!("version {}{notes}", self.version)
    }
}

fn text(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes).ok().filter(|text| !text.contains('\0'))
}
