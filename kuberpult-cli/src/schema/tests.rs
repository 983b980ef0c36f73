#![cfg(test)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use jsonschema::Validator;

use super::*;

fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/schemas")
}

fn written(schema: &Value) -> String {
    format!("{}\n", serde_json::to_string_pretty(schema).unwrap())
}

/// As insta does with its snapshots, `INSTA_UPDATE=always` writes them anew.
#[test]
fn the_schemas_are_what_the_types_give() {
    let schemas: BTreeMap<String, String> =
        all().into_iter().map(|(name, schema)| (format!("{name}.json"), written(&schema))).collect();
    if std::env::var_os("INSTA_UPDATE").is_some_and(|update| update == "always") {
        fs::create_dir_all(directory()).unwrap();
        for (file, text) in &schemas {
            fs::write(directory().join(file), text).unwrap();
        }
    }
    let anew = "`INSTA_UPDATE=always cargo test -p kuberpult-cli schema` writes them anew; output is a contract, so read the difference";
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(directory()).unwrap() {
        let file = entry.unwrap();
        let name = file.file_name().into_string().unwrap();
        if name.ends_with(".json") {
            files.insert(name, fs::read_to_string(file.path()).unwrap());
        }
    }
    for (file, text) in &schemas {
        assert!(files.get(file) == Some(text), "docs/schemas/{file} is not what the types give; {anew}");
    }
    for file in files.keys() {
        assert!(schemas.contains_key(file), "docs/schemas/{file} belongs to nothing; delete it");
    }
}

#[test]
fn the_schemas_are_schemas() {
    for (name, schema) in all() {
        jsonschema::draft202012::meta::validate(&schema).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema", "{name}");
    }
}

fn commands() -> Validator {
    let (_, schema) = command::schema();
    jsonschema::draft202012::options().should_validate_formats(true).build(&schema).unwrap()
}

#[test]
fn commands_are_described_strictly() {
    let validator = commands();
    let good = [
        r#"{"command": "settleQueue"}"#,
        r#"{"command": "settleQueue", "environment": null, "at": "2024-05-03T11:37:37+02:00", "author": {"name": "Jo", "email": "jo@example.com"}}"#,
        r#"{"command": "createRelease", "application": "cart", "manifests": {"staging": "kind: ConfigMap\n"}}"#,
        r#"{"command": "createEnvironment", "environment": "staging", "config": {"upstream": {"latest": true}, "freezeWindows": [{"kind": "deny", "schedule": "0 9 * * *", "duration": "2h"}]}}"#,
        r#"{"command": "batch", "commands": [{"command": "undeploy", "application": "cart"}], "at": "2024-05-03T11:37:37Z"}"#,
    ];
    for line in good {
        let line: Value = serde_json::from_str(line).unwrap();
        validator.validate(&line).unwrap_or_else(|error| panic!("{line}: {error}"));
    }
    let bad = [
        "[]",
        "{}",
        r#"{"command": "settleQueues"}"#,
        r#"{"command": "settleQueue", "enviroment": "staging"}"#,
        r#"{"command": "settleQueue", "at": "noon"}"#,
        r#"{"command": "settleQueue", "at": null}"#,
        r#"{"command": "settleQueue", "author": {"name": "Jo"}}"#,
        r#"{"command": "settleQueue", "author": {"name": "Jo", "email": "", "phone": ""}}"#,
        r#"{"command": "undeploy"}"#,
        r#"{"command": "undeploy", "application": "a/b"}"#,
        r#"{"command": "deploy", "environment": "staging", "application": "cart", "version": 0}"#,
        r#"{"command": "deploy", "environment": "staging", "application": "cart", "version": 1, "onLock": "wait"}"#,
        r#"{"command": "deploy", "environment": "staging", "application": "cart", "version": 1, "onLocks": "queue"}"#,
        r#"{"command": "createRelease", "application": "cart", "manifests": {"staging": 7}}"#,
        r#"{"command": "createEnvironment", "environment": "staging", "config": {"upstraem": {"latest": true}}}"#,
        r#"{"command": "createEnvironment", "environment": "staging", "config": {"upstream": {"lastest": true}}}"#,
        r#"{"command": "createEnvironment", "environment": "staging", "config": {"freezeWindows": [{"kind": "deny", "schedule": "0 9 * * *", "duration": "2d"}]}}"#,
        r#"{"command": "batch", "commands": [{"command": "batch", "commands": []}]}"#,
        r#"{"command": "batch", "commands": [{"command": "settleQueue", "at": "2024-05-03T11:37:37Z"}]}"#,
        r#"{"command": "batch", "commands": [{"command": "undeploy", "aplication": "cart", "application": "cart"}]}"#,
    ];
    for line in bad {
        let line: Value = serde_json::from_str(line).unwrap();
        assert!(!validator.is_valid(&line), "{line}");
    }
}

#[test]
fn descriptions_are_for_readers_of_json() {
    let text = "as the [difference](crate::State::events_to)\nof two; [`OnUnlock::Deploy`] when not given\n\nFor Rust.";
    assert_eq!(description(text), "as the difference of two; `deploy` when not given");
    assert_eq!(description("a [ b"), "a [ b");
}

#[test]
fn what_is_closed_has_no_other_keys() {
    let mut schema = json!({
        "$defs": {
            "Inner": { "anyOf": [{ "properties": { "a": true } }, { "properties": { "b": true } }] },
            "Text": { "type": "string" },
        },
        "properties": {
            "list": { "items": { "$ref": "#/$defs/Inner", "properties": { "c": true } } },
            "map": { "additionalProperties": { "$ref": "#/$defs/Inner" } },
            "text": { "$ref": "#/$defs/Text" },
        },
    });
    closed::close(&mut schema);
    let validator = jsonschema::draft202012::new(&schema).unwrap();
    let good = [json!({}), json!({ "list": [{ "a": 1, "c": 1 }], "map": { "x": { "b": 1 } }, "text": "" })];
    for value in good {
        assert!(validator.is_valid(&value), "{value}");
    }
    let bad =
        [json!({ "x": 1 }), json!({ "list": [{ "a": 1, "d": 1 }] }), json!({ "map": { "x": { "c": 1 } } })];
    for value in bad {
        assert!(!validator.is_valid(&value), "{value}");
    }
    assert_eq!(schema["properties"]["text"], json!({ "$ref": "#/$defs/Text" }));
}
