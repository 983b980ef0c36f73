//! The books: what became of each command, as far as whoever gave it knows.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::Value;

use crate::commands::Wanted;

/// What became of a command.
#[derive(Debug, Clone)]
pub(crate) enum Fate {
    /// It was acknowledged, with the commit that was made of it, if there was something to do, and what happened; or why a
    /// clone could not follow.
    Acknowledged { commit: Option<String>, events: Result<Value, String> },
    /// It was refused, with this code.
    Refused { code: String },
    /// Nobody knows: the process was killed, or the answer of the server was lost.
    Unknown,
}

/// All commands of a run by their author, and what is counted besides.
#[derive(Debug, Default)]
pub(crate) struct Books {
    entries: BTreeMap<String, (Wanted, Fate)>,
    /// How many processes were killed before they had ended.
    pub(crate) kills: usize,
    /// How many times typed commands were decided once more, because others had moved the branch.
    pub(crate) decided_again: usize,
}

impl Books {
    pub(crate) fn enter(&mut self, wanted: Wanted, fate: Fate) {
        let twice = self.entries.insert(wanted.marker.clone(), (wanted, fate));
        assert!(twice.is_none(), "{twice:?} was given twice");
    }

    pub(crate) fn add(&mut self, other: Self) {
        for (wanted, fate) in other.entries.into_values() {
            self.enter(wanted, fate);
        }
        self.kills += other.kills;
        self.decided_again += other.decided_again;
    }

    /// Forgets commands whose commits somebody has taken off the branch; gives how many there were.
    pub(crate) fn throw_away(&mut self, commits: &[String]) -> usize {
        let before = self.entries.len();
        self.entries.retain(|_, (_, fate)| match fate {
            Fate::Acknowledged { commit: Some(commit), .. } => !commits.contains(commit),
            _ => true,
        });
        before - self.entries.len()
    }

    pub(crate) fn entries(&self) -> impl Iterator<Item = &(Wanted, Fate)> {
        self.entries.values()
    }

    pub(crate) fn of_author(&self, author: &str) -> Option<&(Wanted, Fate)> {
        self.entries.get(author)
    }

    fn count(&self, meant: impl Fn(&Fate) -> bool) -> usize {
        self.entries().filter(|(_, fate)| meant(fate)).count()
    }

    pub(crate) fn commands(&self) -> usize {
        self.entries.len()
    }

    pub(crate) fn acknowledged(&self) -> usize {
        self.count(|fate| matches!(fate, Fate::Acknowledged { .. }))
    }

    pub(crate) fn acknowledged_commits(&self) -> usize {
        self.count(|fate| matches!(fate, Fate::Acknowledged { commit: Some(_), .. }))
    }

    pub(crate) fn unknown(&self) -> usize {
        self.count(|fate| matches!(fate, Fate::Unknown))
    }

    pub(crate) fn refused(&self) -> usize {
        self.count(|fate| matches!(fate, Fate::Refused { .. }))
    }

    /// How many were refused with a code that begins like this.
    pub(crate) fn refused_with(&self, beginning: &str) -> usize {
        self.count(|fate| matches!(fate, Fate::Refused { code } if code.starts_with(beginning)))
    }

    /// What happened, in one line; `landed` is how many of those of which nobody knew are there.
    pub(crate) fn print(&self, title: &str, landed: usize, besides: &str) {
        let mut codes = BTreeMap::<&str, usize>::new();
        for (_, fate) in self.entries() {
            if let Fate::Refused { code } = fate {
                *codes.entry(code).or_default() += 1;
            }
        }
        let mut line = format!(
            "{title}: {} commands, {} acknowledged ({} with nothing to do), {} refused, {} unknown ({landed} of them landed), {} commits",
            self.commands(),
            self.acknowledged(),
            self.acknowledged() - self.acknowledged_commits(),
            self.refused(),
            self.unknown(),
            self.acknowledged_commits() + landed,
        );
        for (count, what) in [(self.kills, "kills"), (self.decided_again, "decided again")] {
            if count > 0 {
                write!(line, ", {count} {what}").unwrap();
            }
        }
        line.push_str(besides);
        let codes: Vec<_> = codes.iter().map(|(code, count)| format!("{code} {count}")).collect();
        println!("{line}; refused: {}", if codes.is_empty() { "none".to_owned() } else { codes.join(", ") });
    }
}
