//! The schema of the lines that `kuberpult apply` reads.

use kuberpult_core::{Actor, Command, Time};
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use schemars::transform::{RecursiveTransform, Transform as _};
use serde_json::{Map, Value, json};

use super::{closed, prune, take_null, tidy};

/// A line: the command, and when and by whom it is given.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "its schema is read, not it")]
struct Line {
    /// When the command is given; the time at which it is read when not given.
    at: Option<Time>,
    /// Who gives it; who runs `kuberpult` when not given.
    author: Option<Actor>,
    #[schemars(flatten)]
    command: Command,
}

/// A schema in which each command has its own definition. Unlike a line, a command of a batch has no time and no author, and is no
/// batch.
pub(super) fn schema() -> (&'static str, Value) {
    let settings = SchemaSettings::draft2020_12().for_deserialize();
    let mut schema = settings.into_generator().into_root_schema_for::<Line>();
    RecursiveTransform(tidy).transform(&mut schema);
    let mut schema = Value::from(schema);
    for key in ["at", "author"] {
        take_null(&mut schema["properties"][key]);
    }
    schema["title"] = "Command".into();
    schema["description"] =
        "A line that `kuberpult apply -f FILE` reads: one command. Unknown keys are refused.".into();

    let definitions = schema["$defs"].as_object_mut().unwrap();
    definitions.remove("Command");
    let variants: Vec<Value> = schema["oneOf"].take().as_array().unwrap().clone();
    let mut references = Map::new();
    for mut variant in variants {
        let name = variant["properties"]["command"]["const"].as_str().unwrap().to_owned();
        if name == "createRelease" {
            variant["properties"]["manifests"] = manifests(&variant["properties"]["manifests"]);
        }
        schema["$defs"][&name] = variant;
        references.insert(name.clone(), json!({ "$ref": format!("#/$defs/{name}") }));
    }
    schema["oneOf"] = references.values().cloned().collect();
    references.remove("batch");
    let members: Value = references.values().cloned().collect();
    schema["$defs"]["batch"]["properties"]["commands"]["items"] = json!({ "oneOf": members });
    prune(&mut schema);
    closed::close(&mut schema);
    ("Command", schema)
}

/// On a line manifests are texts, of which the ids are made when they have been stored.
fn manifests(ids: &Value) -> Value {
    let mut texts = ids.clone();
    for text in texts["patternProperties"].as_object_mut().unwrap().values_mut() {
        *text = json!({ "description": "The manifest: YAML.", "type": "string" });
    }
    texts
}
