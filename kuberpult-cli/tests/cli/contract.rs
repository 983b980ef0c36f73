//! Output is a contract: whatever a test makes `kuberpult` print as JSON or YAML is compared with the schemas in `docs/schemas`.
//!
//! Readers of the output must ignore keys that they do not know. Here they are refused: what is printed is what is described.

#[path = "../../src/schema/closed.rs"]
mod closed;
#[path = "../../src/output/document/from_yaml.rs"]
mod from_yaml;

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{LazyLock, Mutex};

use jsonschema::Validator;
use serde_json::Value;

pub(crate) use self::from_yaml::from_yaml;

/// Building one takes a while, and few tests need all of them.
type LazyValidator = LazyLock<Validator, Box<dyn FnOnce() -> Validator + Send>>;

static VALIDATORS: LazyLock<BTreeMap<String, LazyValidator>> = LazyLock::new(validators);
static SEEN: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

fn schemas() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/schemas")
}

fn validators() -> BTreeMap<String, LazyValidator> {
    let mut validators = BTreeMap::new();
    for entry in fs::read_dir(schemas()).unwrap() {
        let path = entry.unwrap().path();
        if path.extension() == Some(OsStr::new("json")) {
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            let build: Box<dyn FnOnce() -> Validator + Send> = Box::new(move || closed_validator(&path));
            validators.insert(name, LazyLock::new(build));
        }
    }
    validators
}

fn closed_validator(path: &Path) -> Validator {
    let mut schema = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    closed::close(&mut schema);
    jsonschema::draft202012::options().should_validate_formats(true).build(&schema).unwrap()
}

/// The names of the schemas.
pub(crate) fn names() -> BTreeSet<String> {
    VALIDATORS.keys().cloned().collect()
}

/// The names of the schemas with which something was compared in this process.
pub(crate) fn seen() -> BTreeSet<String> {
    SEEN.lock().unwrap().clone()
}

/// Compares a value with a schema.
pub(crate) fn check(name: &str, value: &Value) {
    let validator = VALIDATORS.get(name).unwrap_or_else(|| panic!("docs/schemas/{name}.json is missing"));
    let problems: Vec<String> = validator
        .iter_errors(value)
        .map(|problem| format!("{}: {problem}", problem.instance_path()))
        .collect();
    assert!(problems.is_empty(), "not what docs/schemas/{name}.json says: {problems:#?}\n{value:#}");
    SEEN.lock().unwrap().insert(name.to_owned());
}

/// How a command prints, as it was typed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Format {
    Table,
    Json,
    Yaml,
}

/// Compares what a command has read and printed with the schemas.
pub(crate) fn check_command(command: &Command, stdout: &str, stderr: &str, succeeded: bool) {
    let words: Vec<&str> = command.get_args().filter_map(OsStr::to_str).collect();
    let format = format(&words);
    let saved = after(&words, "--save-plan");
    if saved == Some("-") && succeeded {
        check("SavedPlan", &serde_json::from_str(stdout).unwrap());
    } else if words.contains(&"apply") && !words.iter().any(|word| ["help", "--help", "-h"].contains(word)) {
        let lines = match format {
            Format::Yaml => from_yaml(stdout),
            Format::Json | Format::Table => {
                stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
            }
        };
        lines.iter().for_each(|line| check("ApplyLine", line));
    } else if format != Format::Table && !stdout.is_empty() {
        let document = only(format, stdout);
        check(document["kind"].as_str().unwrap(), &document);
    }
    if format != Format::Table && !succeeded && !stderr.is_empty() {
        check("Error", &only(format, stderr));
    }
    let directory = command.get_current_dir().unwrap();
    if let Some(file) = saved.filter(|file| *file != "-" && succeeded) {
        check("SavedPlan", &serde_json::from_slice(&fs::read(directory.join(file)).unwrap()).unwrap());
    }
    if let Some(file) = after(&words, "-f").filter(|file| *file != "-" && succeeded) {
        check_input(&fs::read_to_string(directory.join(file)).unwrap());
    }
}

/// What was read without an error is what the schemas describe.
fn check_input(input: &str) {
    if let Ok(plan) = serde_json::from_str::<Value>(input)
        && plan["kind"] == "SavedPlan"
    {
        return check("SavedPlan", &plan);
    }
    let lines = input.lines().filter(|line| !line.trim().is_empty());
    lines.for_each(|line| check("Command", &serde_json::from_str(line).unwrap()));
}

fn format(words: &[&str]) -> Format {
    let named = |name: &str| {
        let together = [format!("-o{name}"), format!("-o={name}"), format!("--output={name}")];
        let typed = |word: &&str| together.iter().any(|together| together == word);
        after(words, "-o") == Some(name) || after(words, "--output") == Some(name) || words.iter().any(typed)
    };
    match (named("json"), named("yaml")) {
        (true, _) => Format::Json,
        (_, true) => Format::Yaml,
        _ => Format::Table,
    }
}

/// The word after an option.
fn after<'a>(words: &[&'a str], option: &str) -> Option<&'a str> {
    words.iter().skip_while(|word| **word != option).nth(1).copied()
}

fn only(format: Format, printed: &str) -> Value {
    if format == Format::Yaml {
        let [document] = from_yaml(printed).try_into().unwrap();
        return document;
    }
    serde_json::from_str(printed).unwrap_or_else(|error| panic!("{error}: {printed}"))
}
