//! Which errors there are, from the source.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Errors that nobody sees by themselves: they stand in [`ReadError::NotUnderstood`](kuberpult_git::ReadError).
pub(super) const PARTS: [&str; 2] = ["SettingsError", "ExistingConfigError"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The variants of an enum, or the name of a struct.
pub(super) fn of(name: &str, file: &str) -> BTreeSet<String> {
    let source = read(&root().join(file));
    let Some((_, rest)) = source.split_once(&format!("enum {name} {{\n")) else {
        assert!(source.contains(&format!("struct {name}")), "{file} has no {name}");
        return [name.to_owned()].into();
    };
    let lines = rest.lines().take_while(|line| *line != "}");
    let variants = lines
        .filter_map(|line| line.strip_prefix("    ").filter(|line| line.starts_with(char::is_uppercase)));
    variants.map(|line| line.chars().take_while(|c| c.is_alphanumeric()).collect()).collect()
}

/// The types that are errors, in the three crates.
pub(super) fn error_types() -> BTreeSet<String> {
    let mut types = BTreeSet::new();
    for package in ["kuberpult-core", "kuberpult-git", "kuberpult-cli"] {
        let mut files = Vec::new();
        find(&root().join(package).join("src"), &mut files);
        for file in files {
            let source = read(&file);
            for (_, rest) in split_after(&source, "thiserror::Error)]") {
                let declared = rest.lines().find_map(|line| {
                    let words: Vec<&str> = line.split([' ', '(', '{', '<', ';']).collect();
                    let kind = words.iter().position(|word| ["enum", "struct"].contains(word))?;
                    line.starts_with("pub").then(|| words.get(kind + 1).copied()).flatten()
                });
                types.extend(declared.map(String::from));
            }
            for (_, rest) in split_after(&source, "Error for ") {
                let before = source.len() - rest.len();
                let line = source[..before].lines().last().unwrap_or_default();
                if line.starts_with("impl") && line.contains("error::Error for ") {
                    types.extend(rest.split([' ', '{']).next().map(String::from));
                }
            }
        }
    }
    types
}

fn split_after<'a>(source: &'a str, pattern: &'a str) -> impl Iterator<Item = (usize, &'a str)> {
    source.match_indices(pattern).map(|(at, _)| (at, &source[at + pattern.len()..]))
}

fn find(directory: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        // This directory talks of errors and has none.
        if path.is_dir() && !path.ends_with("every_error") {
            find(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs")
            && !path.ends_with("every_error.rs")
        {
            files.push(path);
        }
    }
}
