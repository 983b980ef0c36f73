//! Names for names that only exist already: teams and lock ids that a new thing of ours may not have.
//!
//! A recording that uses such a name throughout would be one refusal after another, and nothing behind would be
//! compared. So each of them gets a stand-in, in the commands and in upstream's trees alike.

use std::collections::{BTreeMap, BTreeSet};

use kuberpult_core::{LockId, TeamName};
use kuberpult_tests::recorded::{Diff, Entry, History};

/// Names with their stand-ins, no two of them the same.
pub(crate) type StandIns = BTreeMap<String, String>;

/// Gives each such name of a history a stand-in, and says which.
pub(crate) fn replace(history: &mut History) -> StandIns {
    let names = Names {
        teams: stand_ins("team", &used(history, |fields| &fields.team), |name| TeamName::new(name).is_ok()),
        locks: stand_ins("lock", &used(history, |fields| &fields.lock_id), |name| LockId::new(name).is_ok()),
    };
    names.replace_in(&mut history.initial_tree);
    for step in &mut history.steps {
        for transformer in &mut step.transformers {
            names.teams.replace(&mut transformer.fields.team);
            names.locks.replace(&mut transformer.fields.lock_id);
        }
        if let Some(diff) = &mut step.diff {
            names.replace_in(diff);
        }
    }
    names.teams.0.into_iter().chain(names.locks.0).collect()
}

fn used(history: &History, name: impl Fn(&kuberpult_tests::recorded::Fields) -> &String) -> BTreeSet<String> {
    let transformers = history.steps.iter().flat_map(|step| &step.transformers);
    transformers
        .map(|transformer| name(&transformer.fields).clone())
        .filter(|name| !name.is_empty())
        .collect()
}

fn stand_ins(kind: &str, used: &BTreeSet<String>, is_new: impl Fn(&str) -> bool) -> Renaming {
    let mut free =
        (1..).map(|number| format!("{kind}-stand-in-{number}")).filter(|name| !used.contains(name));
    let replaced = used.iter().filter(|name| !is_new(name));
    Renaming(replaced.map(|name| (name.clone(), free.next().expect("there are numbers enough"))).collect())
}

struct Names {
    teams: Renaming,
    locks: Renaming,
}

struct Renaming(StandIns);

impl Renaming {
    fn replace(&self, name: &mut String) {
        if let Some(stand_in) = self.0.get(name) {
            name.clone_from(stand_in);
        }
    }
}

impl Names {
    fn replace_in(&self, diff: &mut Diff) {
        for path in &mut diff.del {
            *path = self.path(path);
        }
        let set = std::mem::take(&mut diff.set);
        diff.set =
            set.into_iter().map(|(path, entry)| (self.path(&path), self.entry(&path, entry))).collect();
    }

    /// The id of a lock is a directory in a directory `locks`.
    fn path(&self, path: &str) -> String {
        let mut names: Vec<String> = path.split('/').map(ToOwned::to_owned).collect();
        if let Some(locks) = names.iter().position(|name| name == "locks")
            && let Some(id) = names.get_mut(locks + 1)
        {
            self.locks.replace(id);
        }
        names.join("/")
    }

    /// The name of a team is the content of a file, and in Argo CD's files the value of a key.
    fn entry(&self, path: &str, mut entry: Entry) -> Entry {
        const KEY: &str = "com.freiheit.kuberpult/team: ";
        let Some(content) = &mut entry.content else { return entry };
        match *path.split('/').collect::<Vec<_>>() {
            ["applications", _, "team"] => self.teams.replace(content),
            ["argocd", ..] => {
                for (team, stand_in) in &self.teams.0 {
                    *content = content.replace(&format!("{KEY}{team}\n"), &format!("{KEY}{stand_in}\n"));
                }
            }
            _ => {}
        }
        entry
    }
}
