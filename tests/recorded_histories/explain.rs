//! Which differences by design explain what a step showed.

mod accepted;
mod refused;
mod trains;
mod trees;

use std::collections::BTreeSet;

use crate::difference::Difference;
use crate::situation::{OurOutcome, Situation};
use crate::tree::PathDifference;

/// A difference by design that applies to a step.
struct Applies<'a> {
    difference: Difference,
    /// Whether it is why one of the two refuses and the other does not.
    is_about_refusal: bool,
    /// Whether a path may differ because of it.
    covers: Box<dyn Fn(&PathDifference) -> bool + 'a>,
}

impl<'a> Applies<'a> {
    /// It is why one refuses, and because of that these paths differ.
    fn to_refusal(difference: Difference, covers: impl Fn(&PathDifference) -> bool + 'a) -> Self {
        Self { difference, is_about_refusal: true, covers: Box::new(covers) }
    }

    /// Both accept, and these paths differ.
    fn to_tree(difference: Difference, covers: impl Fn(&PathDifference) -> bool + 'a) -> Self {
        Self { difference, is_about_refusal: false, covers: Box::new(covers) }
    }
}

/// The differences by design that a step shows, or what none of them explains.
///
/// Each path that differs has to be covered by one that applies, and so has a refusal by one of the two alone.
pub(crate) fn explain(
    situation: &Situation<'_>,
    paths: &[PathDifference],
) -> Result<BTreeSet<Difference>, String> {
    let differs_in_refusal = situation.upstream_refuses() != situation.we_refuse();
    let applying = if !differs_in_refusal {
        trees::applying(situation)
    } else if situation.we_refuse() {
        refused::applying(situation)
    } else {
        accepted::applying(situation)
    };
    let uncovered: Vec<_> =
        paths.iter().filter(|path| !applying.iter().any(|applies| (applies.covers)(path))).collect();
    let is_refusal_explained = !differs_in_refusal || applying.iter().any(|applies| applies.is_about_refusal);
    if !uncovered.is_empty() || !is_refusal_explained || matches!(situation.outcome, OurOutcome::Failed(_)) {
        return Err(unexplained(situation, &uncovered));
    }
    let shown = applying
        .iter()
        .filter(|applies| applies.is_about_refusal || paths.iter().any(|path| (applies.covers)(path)));
    Ok(shown.map(|applies| applies.difference).collect())
}

fn unexplained(situation: &Situation<'_>, uncovered: &[&PathDifference]) -> String {
    const SHOWN: usize = 10;
    let kinds: Vec<_> =
        situation.step.transformers.iter().map(|transformer| transformer.kind.as_str()).collect();
    let upstream = situation.step.error.as_deref().unwrap_or("accepted");
    let ours = match situation.outcome {
        OurOutcome::Accepted(_) => "accepted".to_owned(),
        OurOutcome::Refused(rejection) => rejection.to_string(),
        OurOutcome::NoName(error) | OurOutcome::Failed(error) => error.clone(),
    };
    let mut text = format!("{}\n  upstream: {upstream}\n  ours: {ours}", kinds.join(", "));
    for path in uncovered.iter().take(SHOWN) {
        text.push_str(&format!("\n  {}", situation.git.describe(path)));
    }
    if uncovered.len() > SHOWN {
        text.push_str(&format!("\n  and {} more", uncovered.len() - SHOWN));
    }
    text
}
