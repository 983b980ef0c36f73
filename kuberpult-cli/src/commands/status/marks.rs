//! Locks and freezes as the numbers that stand for them in a table, and the list that says what they are.

use std::collections::BTreeMap;

use anstyle::Style;
use kuberpult_core::{Blocker, EnvironmentName};

use crate::screen::{self, HELD_BACK, Styled};

/// The locks and freezes by the numbers that stand for them.
#[derive(Default)]
pub(crate) struct Marks {
    /// What is the same in several environments has one number.
    numbers: BTreeMap<Blocker, usize>,
    /// What stands for all environments in the keys of `numbers`: the first that was met.
    everywhere: Option<EnvironmentName>,
    marked: Vec<Marked>,
}

struct Marked {
    /// As it is in the first environment where it was met.
    blocker: Blocker,
    /// The others.
    also: Vec<EnvironmentName>,
}

impl Marks {
    /// The numbers of some of them, each of which gets one if it has none yet.
    pub(crate) fn of<'b>(&mut self, blockers: impl IntoIterator<Item = &'b Blocker>) -> Vec<usize> {
        blockers.into_iter().map(|blocker| self.number(blocker)).collect()
    }

    fn number(&mut self, blocker: &Blocker) -> usize {
        let environment = environment_of(blocker);
        let everywhere = self.everywhere.get_or_insert_with(|| environment.clone());
        let next = self.marked.len() + 1;
        let number = *self.numbers.entry(anywhere(blocker, everywhere)).or_insert(next);
        match number.checked_sub(1).and_then(|index| self.marked.get_mut(index)) {
            Some(marked) => {
                let known =
                    environment_of(&marked.blocker) == environment || marked.also.contains(environment);
                if !known {
                    marked.also.push(environment.clone());
                }
            }
            None => self.marked.push(Marked { blocker: for_many(blocker), also: Vec::new() }),
        }
        number
    }

    /// What each number stands for: as it is in one environment, and the others where it is the same.
    pub(crate) fn explained(&self) -> impl Iterator<Item = (usize, &Blocker, &[EnvironmentName])> {
        let marked = self.marked.iter().enumerate();
        marked.map(|(index, Marked { blocker, also })| (index + 1, blocker, also.as_slice()))
    }

    /// What each mark stands for, a line for each, or more where the terminal is narrow.
    pub(crate) fn legend(&self, width: Option<usize>) -> String {
        let lines = self.explained().map(|(number, blocker, also)| {
            let names: Vec<&str> = also.iter().map(EnvironmentName::as_str).collect();
            let also =
                if names.is_empty() { String::new() } else { format!("; also on {}", names.join(", ")) };
            screen::wrapped(&format!("[{number}] {blocker}{also}"), width, "    ")
        });
        lines.collect()
    }
}

/// Adds marks to a text: ` [1][2]`.
pub(crate) fn mark(text: &mut Styled, numbers: &[usize]) {
    let mut separator = " ";
    for number in numbers {
        text.push(separator, Style::new());
        text.push(&format!("[{number}]"), HELD_BACK);
        separator = "";
    }
}

fn environment_of(blocker: &Blocker) -> &EnvironmentName {
    match blocker {
        Blocker::EnvironmentLock { environment, .. }
        | Blocker::TeamLock { environment, .. }
        | Blocker::ApplicationLock { environment, .. }
        | Blocker::FreezeWindow { environment, .. }
        | Blocker::OutsideAllowWindows { environment, .. } => environment,
    }
}

/// What says the same of many applications as one blocker: the mark stands beside each of them.
fn for_many(blocker: &Blocker) -> Blocker {
    let mut blocker = blocker.clone();
    if let Blocker::OutsideAllowWindows { application, .. } = &mut blocker {
        *application = None;
    }
    blocker
}

/// The same wherever it is: what was locked or frozen alike in several environments, as a group is, is one thing to know.
fn anywhere(blocker: &Blocker, everywhere: &EnvironmentName) -> Blocker {
    let mut blocker = for_many(blocker);
    match &mut blocker {
        Blocker::FreezeWindow { environment, index, .. } => {
            (*environment, *index) = (everywhere.clone(), 0);
        }
        Blocker::EnvironmentLock { environment, .. }
        | Blocker::TeamLock { environment, .. }
        | Blocker::ApplicationLock { environment, .. }
        | Blocker::OutsideAllowWindows { environment, .. } => *environment = everywhere.clone(),
    }
    blocker
}
