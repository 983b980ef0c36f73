//! What there is to compare after a step.

use gix::ObjectId;
use kuberpult_core::{Decision, Refusal, Rejection};
use kuberpult_tests::recorded::{Fields, Oracle, Step};

use crate::tree::{Git, PathDifference};

/// A step, and what upstream and we have made of it.
pub(crate) struct Situation<'a> {
    pub(crate) oracle: Oracle,
    pub(crate) git: &'a Git,
    pub(crate) step: &'a Step,
    /// Upstream's tree before the step.
    pub(crate) before: ObjectId,
    /// Upstream's tree after the step.
    pub(crate) upstream: ObjectId,
    /// Our tree before the step.
    pub(crate) ours_before: ObjectId,
    /// Our tree after the step.
    pub(crate) ours: ObjectId,
    pub(crate) outcome: &'a OurOutcome,
}

/// What we made of a step.
#[derive(Debug)]
pub(crate) enum OurOutcome {
    Accepted(Decision),
    Refused(Rejection),
    /// A name in it is none.
    NoName(String),
    /// It could not be carried out, for a reason that is no rule.
    Failed(String),
}

/// What a slot holds, by its path.
pub(crate) struct SlotLinks {
    pub(crate) current: Option<u64>,
    pub(crate) queued: Option<u64>,
}

impl Situation<'_> {
    pub(crate) fn upstream_refuses(&self) -> bool {
        self.step.error.is_some()
    }

    pub(crate) fn we_refuse(&self) -> bool {
        !matches!(self.outcome, OurOutcome::Accepted(_))
    }

    /// Upstream's words.
    pub(crate) fn upstream_error(&self) -> &str {
        self.step.error.as_deref().unwrap_or_default()
    }

    /// The codes of our refusal; one for a name that is none.
    pub(crate) fn our_codes(&self) -> Vec<&'static str> {
        match self.outcome {
            OurOutcome::Accepted(_) | OurOutcome::Failed(_) => Vec::new(),
            OurOutcome::Refused(rejection) => rejection.refusals().iter().map(Refusal::code).collect(),
            OurOutcome::NoName(_) => vec!["INVALID_NAME"],
        }
    }

    /// The fields of the transformers of some types.
    pub(crate) fn fields_of(&self, kinds: &[&str]) -> impl Iterator<Item = &Fields> {
        let of_kind = self
            .step
            .transformers
            .iter()
            .filter(move |transformer| kinds.contains(&transformer.kind.as_str()));
        of_kind.map(|transformer| &transformer.fields)
    }

    /// Where our tree is not upstream's, as far as it is compared.
    pub(crate) fn differences(&self) -> Vec<PathDifference> {
        let mut differences = self.git.differences(self.upstream, self.ours);
        differences.retain(|difference| self.is_compared(difference));
        differences
    }

    fn is_compared(&self, difference: &PathDifference) -> bool {
        // Without a commit upstream renders no files of Argo CD.
        let is_rendered = self.step.committed || !difference.path.starts_with("argocd/");
        is_rendered && (self.oracle == Oracle::B || is_of_slots(difference))
    }

    /// Whether upstream's tree has something at a path before the step.
    pub(crate) fn was_there(&self, path: &str) -> bool {
        self.git.at(self.before, path).is_some()
    }

    /// The links of a slot in a tree.
    pub(crate) fn slot(&self, tree: ObjectId, environment: &str, application: &str) -> SlotLinks {
        let version = |link| {
            let path = format!("environments/{environment}/applications/{application}/{link}");
            self.git.text(tree, &path)?.rsplit_once('/')?.1.parse().ok()
        };
        SlotLinks { current: version("version"), queued: version("queued_version") }
    }

    /// The links of the slots of an application in all environments of a tree.
    pub(crate) fn slots(&self, tree: ObjectId, application: &str) -> Vec<SlotLinks> {
        let environments = self.git.names(tree, "environments");
        environments.iter().map(|environment| self.slot(tree, environment, application)).collect()
    }
}

/// Whether a difference is one of versions, queues or locks of a slot, or of which releases there are and where they can
/// be deployed.
fn is_of_slots(difference: &PathDifference) -> bool {
    let is_one_missing = difference.upstream.is_none() || difference.ours.is_none();
    match *difference.path.split('/').collect::<Vec<_>>() {
        ["environments", _, "applications", _, "version" | "queued_version"]
        | ["environments", _, "applications", _, "locks", ..]
        | ["environments", _, "locks", ..] => true,
        ["applications", _, "releases", _, "created_at" | "undeploy"]
        | ["applications", _, "releases", _, "environments", ..] => is_one_missing,
        _ => false,
    }
}
