use std::collections::BTreeSet;

use clap::Parser as _;
use kuberpult_core::{ApplicationCause, Blocker, EnvironmentCause, Finding, Refusal};
use kuberpult_git::RepositoryFinding;

use super::*;
use crate::arguments::Arguments;
use crate::code::Code;

/// Every code that the program can print, from the lists and types that it prints them from.
pub(crate) fn codes() -> BTreeSet<String> {
    let of_rules = [
        EnvironmentCause::CODES,
        ApplicationCause::CODES,
        Blocker::CODES,
        Finding::CODES,
        Refusal::CODES,
        Code::LISTED,
        // What stands in where a list is empty that never is.
        &["DEPLOYMENT_BLOCKED", "REJECTED"],
    ];
    let of_types = crate::schema::constants::<RepositoryFinding>("code");
    of_rules.concat().into_iter().map(String::from).chain(of_types).collect()
}

#[test]
fn every_code_has_one_page_and_every_page_a_code() {
    let pages = all();
    let explained: BTreeSet<String> = pages.iter().map(|page| page.code.to_owned()).collect();
    assert_eq!(explained.len(), pages.len(), "a code has two pages");
    let codes = codes();
    let missing: Vec<_> = codes.difference(&explained).collect();
    assert!(missing.is_empty(), "codes without a page in kuberpult-cli/codes: {missing:?}");
    let orphans: Vec<_> = explained.difference(&codes).collect();
    assert!(orphans.is_empty(), "pages in kuberpult-cli/codes on codes that nothing prints: {orphans:?}");
}

/// What `code()` says and what serde writes is told twice, in one type.
#[test]
fn a_code_is_what_serde_writes() {
    let written = [
        ("EnvironmentCause", EnvironmentCause::CODES, crate::schema::constants::<EnvironmentCause>("code")),
        ("ApplicationCause", ApplicationCause::CODES, crate::schema::constants::<ApplicationCause>("code")),
        ("Blocker", Blocker::CODES, crate::schema::constants::<Blocker>("code")),
        ("Finding", Finding::CODES, crate::schema::constants::<Finding>("code")),
    ];
    for (name, codes, written) in written {
        let codes: BTreeSet<String> = codes.iter().map(|code| (*code).to_owned()).collect();
        assert_eq!(codes, written, "{name}");
    }
}

#[test]
fn pages_have_their_form() {
    let codes = codes();
    for page in all() {
        let Explanation { code, summary, text, related, .. } = &page;
        assert!(!summary.contains('\n') && summary.chars().count() <= 120, "{code}: the meaning is one line");
        let lines = text.lines().filter(|line| !line.is_empty()).count();
        assert!(!text.is_empty() && lines <= 10, "{code}: {lines} lines");
        assert!(!text.contains("##"), "{code}: a heading within the page");
        for related in related {
            assert!(codes.contains(*related), "{code}: there is no related code {related}");
            assert_ne!(related, code);
        }
        let mentioned = text.split('`').skip(1).step_by(2).filter(|word| is_code(word));
        for mentioned in mentioned {
            let is_variable = mentioned.starts_with("KUBERPULT_") || mentioned == "XDG_CACHE_HOME";
            assert!(codes.contains(mentioned) || is_variable, "{code}: {mentioned}");
        }
    }
}

fn is_code(word: &str) -> bool {
    word.contains('_') && word.chars().all(|c| c.is_ascii_uppercase() || c == '_')
}

/// What the pages tell to type can be typed.
#[test]
fn commands_of_the_pages_are_understood() {
    let mut count = 0;
    for page in all() {
        let commands = page.text.lines().filter_map(|line| line.strip_prefix("    "));
        let commands = commands.map(|line| line.split("  ").next().unwrap_or(line));
        for command in commands.filter_map(|line| line.rfind("kuberpult ").map(|start| &line[start..])) {
            let words = command.replace("COMMAND", "queue settle").replace("VERSION", "7");
            let words = words.replace("\"why\"", "why").replace("--help", "");
            // What stands for a name is in capitals, which the names of new things do not have.
            let stands_for_a_name =
                |word: &str| word.chars().all(|c| c.is_ascii_uppercase() || "=_".contains(c));
            let words: Vec<String> = words
                .split_whitespace()
                .map(|word| if stands_for_a_name(word) { word.to_lowercase() } else { word.to_owned() })
                .collect();
            count += 1;
            let parsed = Arguments::try_parse_from(words);
            assert!(parsed.is_ok(), "{}: {command}: {}", page.code, parsed.unwrap_err());
        }
    }
    assert!(count > 80, "{count}");
}

#[test]
fn a_code_is_found_however_it_is_typed() {
    for typed in ["ENV_IS_LOCKED", "env_is_locked", "env-is-locked", " Env is locked "] {
        assert_eq!(of(typed).unwrap().code, "ENV_IS_LOCKED");
    }
    assert_eq!(of("APP_IS_LOKED").unwrap_err(), ["APP_IS_LOCKED"]);
    assert_eq!(of("LOCK_FOUND").unwrap_err(), ["LOCK_NOT_FOUND", "GROUP_LOCK_NOT_FOUND"]);
    assert_eq!(of("windo").unwrap_err(), ["FREEZE_WINDOW_IS_ACTIVE", "NO_ALLOW_WINDOW_IS_ACTIVE"]);
    assert!(of("something else").unwrap_err().is_empty());
    assert!(of("").unwrap_err().is_empty());
}
