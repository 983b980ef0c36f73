//! Keeps the laws and what is written about them together: the table in `docs/semantics.md`, the test functions in
//! `laws/` and the one in `recorded_histories/`, and the scenarios.
#![expect(clippy::expect_used, clippy::panic, reason = "these are tests, their helpers included")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Tests beside the laws that are no laws.
const NO_LAWS: &[&str] =
    &["generator_reaches_everything", "naive_model_agrees", "the_page_says_what_differs_and_why"];

/// The name of each law with its sentence.
type Laws = BTreeMap<String, String>;

#[test]
fn every_law_has_its_test_and_every_test_its_law() {
    let (stated, tested) = (laws_of_the_page(), laws_of_the_tests());
    let untested: Vec<_> = stated.keys().filter(|law| !tested.contains_key(*law)).collect();
    assert!(untested.is_empty(), "docs/semantics.md states laws that nothing tests: {untested:?}");
    let unstated: Vec<_> = tested.keys().filter(|law| !stated.contains_key(*law)).collect();
    assert!(
        unstated.is_empty(),
        "there are tests of laws that docs/semantics.md does not state: {unstated:?}"
    );
    for (law, sentence) in &stated {
        assert_eq!(
            tested.get(law),
            Some(sentence),
            "the doc comment of the test `{law}` is not its sentence in docs/semantics.md"
        );
    }
}

#[test]
fn a_test_that_is_no_law_exists() {
    let functions: Vec<String> =
        law_files().iter().flat_map(|file| tests_in(&read(file))).map(|(name, _)| name).collect();
    for name in NO_LAWS {
        assert!(
            functions.iter().any(|function| function == name),
            "there is no test `{name}` beside the laws"
        );
    }
}

#[test]
fn every_scenario_is_run_and_has_its_snapshot() {
    let directory = root().join("tests/scenarios");
    let run: Vec<String> =
        tests_in(&read(&root().join("tests/scenarios.rs"))).into_iter().map(|(name, _)| name).collect();
    let mut scenarios = Vec::new();
    for file in files_in(&directory) {
        let name = file.file_stem().expect("a file").to_string_lossy().into_owned();
        match file.extension().and_then(|extension| extension.to_str()) {
            Some("txt") => scenarios.push(name),
            Some("snap") => assert!(
                directory.join(format!("{name}.txt")).exists(),
                "tests/scenarios/{name}.snap belongs to no scenario"
            ),
            _ => panic!("{} is neither a scenario nor its snapshot", file.display()),
        }
    }
    for name in &scenarios {
        assert!(run.contains(name), "tests/scenarios/{name}.txt is run by no test in tests/scenarios.rs");
        assert!(directory.join(format!("{name}.snap")).exists(), "tests/scenarios/{name}.snap is missing");
    }
    assert!(!scenarios.is_empty(), "there are no scenarios");
}

/// The rows of the table under the page's heading "Laws": ``| `name` | sentence |``.
fn laws_of_the_page() -> Laws {
    let page = read(&root().join("docs/semantics.md"));
    let (_, section) = page.split_once("\n## Laws\n").expect("docs/semantics.md has a heading `## Laws`");
    let mut laws = Laws::new();
    for row in section.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<&str> = row.trim_matches('|').split(" | ").map(str::trim).collect();
        let [name, sentence] = *cells.as_slice() else {
            panic!("docs/semantics.md: the row has {} cells and not 2: {row}", cells.len());
        };
        let name = name.trim_matches('`').to_owned();
        assert!(
            laws.insert(name.clone(), sentence.to_owned()).is_none(),
            "docs/semantics.md states `{name}` twice"
        );
    }
    assert!(!laws.is_empty(), "docs/semantics.md has no table of laws");
    laws
}

fn laws_of_the_tests() -> Laws {
    let mut laws = Laws::new();
    for file in law_files() {
        for (name, doc) in tests_in(&read(&file)) {
            if !NO_LAWS.contains(&name.as_str()) {
                assert!(laws.insert(name.clone(), doc).is_none(), "there are two tests `{name}`");
            }
        }
    }
    laws
}

fn law_files() -> Vec<PathBuf> {
    let mut files = files_in(&root().join("tests/laws"));
    files.retain(|file| file.extension().is_some_and(|extension| extension == "rs"));
    files.push(root().join("tests/recorded_histories/main.rs"));
    files
}

/// The name and the doc comment, as one line, of each function after a `#[test]`.
fn tests_in(source: &str) -> Vec<(String, String)> {
    let mut tests = Vec::new();
    let (mut doc, mut is_test) = (Vec::new(), false);
    for line in source.lines().map(str::trim) {
        if let Some(text) = line.strip_prefix("/// ") {
            doc.push(text);
        } else if line == "#[test]" {
            is_test = true;
        } else if let Some(rest) = line.strip_prefix("fn ")
            && is_test
        {
            let name = rest.split('(').next().unwrap_or(rest);
            tests.push((name.to_owned(), doc.join(" ")));
            (doc, is_test) = (Vec::new(), false);
        } else if !line.starts_with('#') {
            doc.clear();
            is_test = false;
        }
    }
    tests
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the package lies in the workspace")
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn files_in(directory: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).unwrap_or_else(|error| panic!("{}: {error}", directory.display()));
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("a readable directory").path()).collect();
    files.sort();
    files
}
