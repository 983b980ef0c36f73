//! Argo CD's schemas, read more strictly than Kubernetes does: a key that is unknown is dropped there, and an error here.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jsonschema::Validator;
use serde_json::{Value, json};

use crate::yaml;

/// The variable that names the directory of the schemas.
const DIRECTORY: &str = "KUBERPULT_ARGOCD_CRDS_DIR";

/// The schema of each kind of object that we write, by version and kind.
pub(crate) struct Schemas(BTreeMap<(String, String), Validator>);

impl Schemas {
    /// Reads the schemas that the variable names; none, which is said, if it is not set.
    pub(crate) fn from_environment() -> Option<Self> {
        let Some(directory) = std::env::var_os(DIRECTORY).map(PathBuf::from) else {
            println!("left out: {DIRECTORY} is not set, so there are no schemas of Argo CD");
            return None;
        };
        let files = ["application-crd.yaml", "appproject-crd.yaml"];
        Some(Self(files.iter().flat_map(|file| read(&directory.join(file))).collect()))
    }

    /// What is wrong with an object, each with its place in it.
    pub(crate) fn faults(&self, object: &Value) -> Vec<String> {
        let [version, kind] =
            ["apiVersion", "kind"].map(|key| object[key].as_str().unwrap_or_default().to_owned());
        match self.0.get(&(version.clone(), kind.clone())) {
            None => vec![format!("no schema for {version} {kind}")],
            Some(schema) => {
                let errors = schema.iter_errors(object);
                errors.map(|error| format!("{}: {error}", error.instance_path())).collect()
            }
        }
    }
}

/// The schema of each version in a definition.
fn read(path: &Path) -> Vec<((String, String), Validator)> {
    let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let [definition]: [Value; 1] = yaml::documents(&text).try_into().expect("one document");
    let spec = &definition["spec"];
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let versions = spec["versions"].as_array().expect("versions");
    let schemas = versions.iter().map(|version| {
        let mut schema = version["schema"]["openAPIV3Schema"].clone();
        make_strict(&mut schema);
        schema["properties"]["metadata"] = metadata();
        let schema =
            jsonschema::draft4::new(&schema).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let api_version = format!("{}/{}", text(&spec["group"]), text(&version["name"]));
        ((api_version, text(&spec["names"]["kind"])), schema)
    });
    schemas.collect()
}

/// Turns a structural schema of Kubernetes into a JSON schema that refuses keys which Kubernetes would drop.
fn make_strict(schema: &mut Value) {
    match schema {
        Value::Array(schemas) => schemas.iter_mut().for_each(make_strict),
        Value::Object(keywords) => {
            let is_true = |keyword: Option<&Value>| keyword == Some(&Value::Bool(true));
            if is_true(keywords.get("nullable"))
                && let Some(kind) = keywords.get_mut("type")
            {
                *kind = json!([kind, "null"]);
            }
            let is_object = keywords.get("type").is_some_and(|kind| kind == "object");
            let is_open = keywords.contains_key("additionalProperties")
                || is_true(keywords.get("x-kubernetes-preserve-unknown-fields"));
            if is_object && !is_open {
                keywords.insert("additionalProperties".to_owned(), Value::Bool(false));
            }
            for (keyword, value) in keywords {
                match (keyword.as_str(), value) {
                    ("properties", Value::Object(properties)) => {
                        properties.values_mut().for_each(make_strict);
                    }
                    ("items" | "additionalProperties" | "anyOf" | "allOf" | "oneOf" | "not", value) => {
                        make_strict(value);
                    }
                    _ => {}
                }
            }
        }
        _ => {}
    }
}

/// What we write of the metadata that all objects of Kubernetes have; a definition says nothing about them.
fn metadata() -> Value {
    let texts = json!({"type": "object", "additionalProperties": {"type": "string"}});
    json!({
        "type": "object",
        "required": ["name"],
        "additionalProperties": false,
        "properties": {
            "name": {"type": "string"},
            "annotations": texts,
            "labels": texts,
            "finalizers": {"type": "array", "items": {"type": "string"}},
        },
    })
}
