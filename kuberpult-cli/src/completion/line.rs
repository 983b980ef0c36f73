//! The line that a shell asks about.

use std::env;
use std::ffi::OsString;

use clap::parser::ValueSource;
use clap::{ArgMatches, CommandFactory as _};

use crate::arguments::Arguments;

/// The line as far as it is typed.
#[derive(Debug, Default)]
pub(super) struct Line {
    /// The words before the one that is completed.
    before: Vec<OsString>,
    /// What of the word is there already.
    pub(super) current: OsString,
}

/// The line in the words that this process was started with: those after `--`.
pub(super) fn of(started_with: &[OsString]) -> Line {
    // Shells that have no index ask about the last word.
    let index = env::var("_CLAP_COMPLETE_INDEX").ok().and_then(|index| index.parse().ok());
    at(started_with, index)
}

fn at(started_with: &[OsString], index: Option<usize>) -> Line {
    let words = started_with.iter().skip_while(|word| *word != "--").skip(1);
    let mut before: Vec<OsString> = words.cloned().collect();
    let index = index.unwrap_or(before.len().saturating_sub(1));
    let current = before.get(index).cloned().unwrap_or_default();
    before.truncate(index);
    Line { before, current }
}

impl Line {
    /// What the words before mean, as far as they mean anything: values in the line of commands, the innermost last.
    pub(super) fn matches(&self) -> Option<ArgMatches> {
        let mut words = self.before.clone();
        // An option whose value is being typed would take the parser's mind off all that comes before it.
        if words.last().is_some_and(|word| may_want_a_value(&word.to_string_lossy())) {
            words.pop();
        }
        Arguments::command().ignore_errors(true).try_get_matches_from(words).ok()
    }
}

/// Whether a word is an option whose value may be the next word.
fn may_want_a_value(word: &str) -> bool {
    let is_short = word.starts_with('-') && word.len() == 2;
    is_short || (word.starts_with("--") && !word.contains('='))
}

/// The value of an argument, wherever in the line of commands it was given. What is typed counts more than what a variable
/// of the environment says.
pub(super) fn value<T: Clone + Send + Sync + 'static>(matches: &ArgMatches, ids: &[&str]) -> Option<T> {
    let mut command = Some(matches);
    let (mut typed, mut otherwise) = (None, None);
    while let Some(matches) = command {
        for id in ids {
            // An argument that this command does not have, or of another type, is none.
            let Ok(Some(value)) = matches.try_get_one::<T>(id) else { continue };
            if matches.value_source(id) == Some(ValueSource::CommandLine) {
                typed = Some(value.clone());
            } else {
                otherwise = Some(value.clone());
            }
        }
        command = matches.subcommand().map(|(_, matches)| matches);
    }
    typed.or(otherwise)
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use kuberpult_core::{ApplicationName, EnvironmentName};

    use super::*;

    fn line(words: &str, index: Option<usize>) -> Line {
        let words: Vec<OsString> = words.split(' ').map(OsString::from).collect();
        at(&words, index)
    }

    #[test]
    fn what_is_typed_before_is_understood() {
        for typed in [
            "k -- k -R dir deploy cart ",
            "k -- k --repo=dir deploy -e staging cart ",
            "k -- k deploy cart 7 -R dir -e ",
            "k -- k deploy cart --manual -R dir --reason ",
        ] {
            let matches = line(typed, None).matches().unwrap();
            let application: Option<ApplicationName> = value(&matches, &["application"]);
            assert_eq!(application.as_ref().map(ApplicationName::as_str), Some("cart"), "{typed}");
            assert_eq!(value::<PathBuf>(&matches, &["repo"]), Some("dir".into()), "{typed}");
        }
    }

    #[test]
    fn the_commands_within_commands_have_it_too() {
        for typed in ["k -- k -R dir env show ", "k -- k env show -R dir ", "k -- k env show --repo=dir "] {
            let matches = line(typed, None).matches().unwrap();
            assert_eq!(value::<PathBuf>(&matches, &["repo"]), Some("dir".into()), "{typed}: {matches:#?}");
        }
    }

    #[test]
    fn what_stands_behind_the_cursor_does_not_count() {
        let line = line("k -- k deploy  -e staging", Some(2));
        assert_eq!(line.current, "");
        let matches = line.matches().unwrap();
        assert_eq!(value::<EnvironmentName>(&matches, &["environment"]), None);
    }
}
