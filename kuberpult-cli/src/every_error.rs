//! Every error that somebody can see, once, in one snapshot: to be read as a whole, as at three in the morning. Does each say
//! what happened, where, and what to do?

mod command_line;
mod refusals;
mod remotes;
mod repository;
mod values;
mod variants;

use std::collections::BTreeSet;
use std::error::Error;
use std::fmt::Write as _;
use std::path::PathBuf;

use crate::exit::Failure;
use crate::text;

/// The errors of one type.
struct Family {
    /// The type.
    name: &'static str,
    /// Where it is, from the root of the workspace.
    file: &'static str,
    shown: Vec<Shown>,
}

/// One error, as it is shown.
struct Shown {
    variant: String,
    /// Its exit code and its stable code; none of what is only a part of others.
    codes: Option<(u8, &'static str)>,
    text: String,
}

impl Family {
    fn new(name: &'static str, file: &'static str, shown: Vec<Shown>) -> Self {
        Self { name, file, shown }
    }
}

/// An error on the way to whoever gave the command.
fn shown(error: &dyn Error, failure: &Failure) -> Shown {
    let text = with_causes(text::lines(&failure.to_string()), failure.cause());
    Shown { variant: variant(error), codes: Some((failure.exit() as u8, failure.code().as_str())), text }
}

/// An error that stands in others.
fn part(error: &dyn Error) -> Shown {
    Shown { variant: variant(error), codes: None, text: with_causes(error.to_string(), error.source()) }
}

fn with_causes(mut text: String, mut cause: Option<&(dyn Error + 'static)>) -> String {
    while let Some(error) = cause {
        let _ = write!(text, "\ncaused by: {error}");
        cause = error.source();
    }
    text
}

fn variant(error: &dyn Error) -> String {
    format!("{error:?}").chars().take_while(|c| c.is_alphanumeric()).collect()
}

/// Something that the system says.
fn cause() -> std::io::Error {
    std::io::Error::other("permission denied")
}

fn path(path: &str) -> PathBuf {
    path.into()
}

fn families() -> Vec<Family> {
    [
        values::families(),
        refusals::families(),
        repository::families(),
        remotes::families(),
        command_line::families(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

#[test]
fn every_error_says_what_and_where_and_what_to_do() {
    let mut page = String::new();
    for Family { name, shown, .. } in families() {
        let _ = writeln!(page, "# {name}\n");
        for Shown { variant, codes, text } in shown {
            let codes = codes.map(|(exit, code)| format!(": exit {exit}, {code}")).unwrap_or_default();
            let indented = text.replace('\n', "\n  ");
            let _ = writeln!(page, "{variant}{codes}\n  {indented}\n");
        }
    }
    insta::assert_snapshot!(page);
}

#[test]
fn no_error_is_missing() {
    let families = families();
    for Family { name, file, shown } in &families {
        let expected = variants::of(name, file);
        let found: BTreeSet<String> = shown.iter().map(|shown| shown.variant.clone()).collect();
        assert_eq!(found, expected, "{name} in {file}");
    }
    let known: BTreeSet<&str> = families.iter().map(|family| family.name).chain(variants::PARTS).collect();
    let types = variants::error_types();
    assert!(types.len() > 20, "{types:?}");
    let unknown: Vec<_> = types.iter().filter(|name| !known.contains(name.as_str())).collect();
    assert!(unknown.is_empty(), "errors that are not on the page: {unknown:?}");
}

#[test]
fn errors_are_in_the_house_style() {
    for Family { name, shown, .. } in families() {
        for Shown { variant, text, .. } in shown {
            let first = text.lines().next().unwrap();
            assert!(!first.ends_with('.'), "{name}::{variant} ends with a full stop: {first}");
            assert!(
                !first.starts_with(char::is_uppercase),
                "{name}::{variant} begins in upper case: {first}"
            );
            for word in ["Some(", "None", "::", "Error", " at line 0 "] {
                assert!(!text.contains(word), "{name}::{variant} speaks Rust: {text}");
            }
            let mut said: Vec<&str> = Vec::new();
            for line in text.lines() {
                let line = line.trim_start_matches("caused by: ");
                assert!(
                    !said.iter().any(|before| before.contains(line)),
                    "{name}::{variant} repeats itself: {text}"
                );
                said.push(line);
            }
        }
    }
}
