//! [`Misunderstandings`]: what a check could not read, in the order of paths.

use std::error::Error;

use crate::plain_text::one_line;
use crate::{ReadError, RepositoryFinding};

/// What was not understood or could not be read.
pub(crate) struct Misunderstandings(
    /// INVARIANT: in the order of paths, none twice.
    Vec<(String, RepositoryFinding)>,
);

impl Misunderstandings {
    pub(crate) fn of(errors: Vec<ReadError>) -> Self {
        let mut found: Vec<_> = errors.into_iter().map(finding).collect();
        found.sort_by(|(left, _), (right, _)| left.split('/').cmp(right.split('/')));
        found.dedup();
        Self(found)
    }

    /// Whether something was not understood that is at this path, below it, or above it.
    pub(crate) fn touch(&self, path: &str) -> bool {
        // What is below a path follows it; what is above is one of few.
        let next = self.0.partition_point(|(found, _)| found.split('/').lt(path.split('/')));
        let is_below = self.0.get(next).is_some_and(|(found, _)| is_at_or_below(found, path));
        let mut above = path.match_indices('/').filter_map(|(end, _)| path.get(..end));
        is_below || above.any(|directory| self.has(directory))
    }

    fn has(&self, path: &str) -> bool {
        self.0.binary_search_by(|(found, _)| found.split('/').cmp(path.split('/'))).is_ok()
    }

    pub(crate) fn into_findings(self) -> impl Iterator<Item = RepositoryFinding> {
        self.0.into_iter().map(|(_, finding)| finding)
    }
}

fn is_at_or_below(path: &str, directory: &str) -> bool {
    path.strip_prefix(directory).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn finding(error: ReadError) -> (String, RepositoryFinding) {
    match error {
        ReadError::NotUnderstood { path, expected, found } => {
            (path.clone(), RepositoryFinding::NotUnderstood { path, expected, found })
        }
        ReadError::Unreadable { path, source } => {
            (path.clone(), RepositoryFinding::CannotRead { path, reason: chain(&*source) })
        }
        // INVARIANT: a reader collects only errors with the path of something that is left out.
        ReadError::Git { .. } | ReadError::Remote(_) | ReadError::TooMuch { .. } => {
            let path = ".".to_owned();
            (path.clone(), RepositoryFinding::CannotRead { path, reason: chain(&error) })
        }
    }
}

/// An error with its causes, on one line.
fn chain(error: &dyn Error) -> String {
    const LONGEST: usize = 500;
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    one_line(&text, LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_in_order_and_touch_what_is_above_and_below() {
        let error = |path| ReadError::not_understood(path, "one thing", "another");
        let found = Misunderstandings::of(["a-b", "a/c", "a/b", "a/c", ""].map(error).into());
        assert!(found.touch("a/b/c") && found.touch("a/c") && found.touch("a") && found.touch("."));
        assert!(!found.touch("a/a") && !found.touch("a-b-c") && !found.touch("a/bc") && !found.touch("b"));
        let paths: Vec<_> = found.0.iter().map(|(path, _)| path.as_str()).collect();
        assert_eq!(paths, [".", "a/b", "a/c", "a-b"], "as a walk through the directories meets them");
    }
}
