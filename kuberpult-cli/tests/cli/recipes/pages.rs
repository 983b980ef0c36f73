//! The pages about the recipes: every file is named, every link leads somewhere, and every script is plain `sh`.

use std::fs;
use std::path::{Path, PathBuf};

use super::site::recipes;

fn files(directory: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}

/// The targets of a page's links within the repository.
fn links(page: &str) -> Vec<String> {
    let targets = page.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    targets
        .filter(|target| !target.contains("://"))
        .map(|target| target.split('#').next().unwrap().to_owned())
        .collect()
}

#[test]
fn every_file_is_linked_and_every_link_leads_somewhere() {
    let files = files(&recipes());
    let mut linked = Vec::new();
    for page in files.iter().filter(|file| file.extension().is_some_and(|extension| extension == "md")) {
        for link in links(&fs::read_to_string(page).unwrap()).iter().filter(|link| !link.is_empty()) {
            let target = page.parent().unwrap().join(link);
            let target = fs::canonicalize(&target).unwrap_or_else(|_| panic!("{}: {link}", page.display()));
            linked.push(target);
        }
    }
    for file in &files {
        let file = fs::canonicalize(file).unwrap();
        let is_index = file.ends_with("docs/recipes/README.md");
        assert!(is_index || linked.contains(&file), "{} is linked nowhere", file.display());
    }
}

#[test]
fn scripts_are_plain_sh() {
    for file in
        files(&recipes()).iter().filter(|file| file.extension().is_some_and(|extension| extension == "sh"))
    {
        let script = fs::read_to_string(file).unwrap();
        assert!(script.starts_with("#!/bin/sh\n# "), "{}", file.display());
        assert!(script.contains("\nset -eu\n"), "{}", file.display());
        let lines = script.lines().filter(|line| !line.trim_start().starts_with('#'));
        for line in lines {
            for bashism in
                ["[[", "eval ", "local ", "function ", "source ", "pipefail", "&>", "<<<", "<(", "echo -"]
            {
                assert!(!line.contains(bashism), "{}: `{bashism}` in {line}", file.display());
            }
        }
        let checked = std::process::Command::new("sh").arg("-n").arg(file).status().unwrap();
        assert!(checked.success(), "{}", file.display());
    }
}
