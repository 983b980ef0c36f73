//! The JSON schemas in `docs/schemas`, which are what the types give: only tests know of them.

mod closed;
mod command;
mod error;
mod tests;

use std::collections::BTreeSet;

use kuberpult_core::Why;
use schemars::generate::SchemaSettings;
use schemars::transform::{RecursiveTransform, Transform as _};
use schemars::{JsonSchema, Schema};
use serde_json::{Value, json};

pub(crate) use self::error::{ErrorCode, ErrorDetails};
use crate::commands::graph::PromotionGraph;
use crate::commands::status::StatusDocument;
use crate::json::{
    API_VERSION, EnvironmentItem, ErrorDocument, Explanation, Finding, LineErrorDocument, LineReceipt, List,
    ListedCode, LogEntry, ManifestDiff, Plan, QueueItem, Receipt, Repository,
};
use crate::lock_list::ListedLock;
use crate::plan_file::PlanFile;

/// Kind `Log`, as it is when it has been printed piece by piece.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "its schema is read, not it")]
struct Log<'a> {
    entries: Vec<LogEntry<'a>>,
}

/// What became of one line of JSON commands, or of a saved plan.
#[derive(JsonSchema)]
#[schemars(untagged)]
#[expect(dead_code, reason = "its schema is read, not it")]
enum ApplyLine<'a> {
    /// It was carried out.
    Done(LineReceipt<'a>),
    /// It was not carried out.
    Failed(LineErrorDocument),
}

/// Every schema, with the name of its file: the kind where there is one.
pub(crate) fn all() -> Vec<(&'static str, Value)> {
    let mut schemas = vec![
        document::<List<Finding<'_>>>("CheckReport", "Output of `kuberpult check`."),
        document::<List<ListedCode<'_>>>("CodeList", "Output of `kuberpult explain` without a code."),
        document::<EnvironmentItem<'_>>("Environment", "Output of `kuberpult env show`."),
        document::<List<EnvironmentItem<'_>>>("EnvironmentList", "Output of `kuberpult env list`."),
        document::<Explanation<'_>>("Explanation", "Output of `kuberpult explain CODE`."),
        document::<List<ListedLock<'_>>>("LockList", "Output of `kuberpult locks`."),
        document::<Log<'_>>("Log", "Output of `kuberpult log`, newest first."),
        document::<ManifestDiff<'_>>("ManifestDiff", "Output of `kuberpult diff`."),
        document::<Plan<'_>>("Plan", "Output of a command with `--dry-run`: what it would lead to."),
        document::<PromotionGraph<'_>>("PromotionGraph", "Output of `kuberpult graph`."),
        document::<List<QueueItem<'_>>>("Queue", "Output of `kuberpult queue list`."),
        document::<Receipt<'_>>("Receipt", "Output of a command that writes: what it led to."),
        document::<Repository<'_>>("Repository", "Output of `kuberpult init`."),
        document::<StatusDocument<'_>>("Status", "Output of `kuberpult status`."),
        document::<Why>("Why", "Output of `kuberpult why`."),
        plain::<ApplyLine<'_>>(
            "ApplyLine",
            "A line that `kuberpult apply` prints for each line that it reads; one for a saved plan.",
        ),
        plain::<ErrorDocument>(
            "Error",
            "What is printed on standard error with `-o json`, when a command fails.",
        ),
        command::schema(),
    ];
    schemas.push(saved_plan());
    schemas.sort_by_key(|(name, _)| *name);
    schemas
}

/// What is read is closed, and only trains are saved.
fn saved_plan() -> (&'static str, Value) {
    let (kind, mut schema) = document::<PlanFile<'_>>(
        "SavedPlan",
        "The file that `kuberpult train --save-plan` writes and `kuberpult apply` reads. Unknown keys are refused.",
    );
    let command = schema["$defs"].as_object_mut().unwrap().remove("Command").unwrap();
    let is_train = |variant: &&Value| variant["properties"]["command"]["const"] == "releaseTrain";
    let train = command["oneOf"].as_array().unwrap().iter().find(is_train).unwrap().clone();
    schema["properties"]["command"] = train;
    prune(&mut schema);
    closed::close(&mut schema);
    (kind, schema)
}

/// Takes out definitions that nothing refers to.
fn prune(schema: &mut Value) {
    loop {
        let text = schema.to_string();
        let definitions = schema["$defs"].as_object_mut().unwrap();
        let before = definitions.len();
        definitions.retain(|name, _| text.contains(&format!("\"#/$defs/{name}\"")));
        if definitions.len() == before {
            return;
        }
    }
}

/// The schema of a document with a kind.
fn document<T: JsonSchema>(kind: &'static str, description: &str) -> (&'static str, Value) {
    let (_, mut schema) = plain::<T>(kind, description);
    let fixed = json!({
        "apiVersion": { "type": "string", "const": API_VERSION },
        "kind": { "type": "string", "const": kind },
    });
    let Value::Object(mut properties) = fixed else { panic!("an object") };
    let content = schema["properties"].as_object_mut().unwrap();
    properties.append(content);
    schema["properties"] = properties.into();
    let mut required = vec![json!("apiVersion"), json!("kind")];
    required.extend(schema["required"].as_array().into_iter().flatten().cloned());
    schema["required"] = required.into();
    (kind, schema)
}

/// The schema of a type as it is written.
fn plain<T: JsonSchema>(name: &'static str, description: &str) -> (&'static str, Value) {
    let settings = SchemaSettings::draft2020_12().for_serialize().with(|settings| {
        settings.untagged_enum_variant_titles = true;
    });
    let mut schema = settings.into_generator().into_root_schema_for::<T>();
    RecursiveTransform(tidy).transform(&mut schema);
    RecursiveTransform(left_out_is_not_null).transform(&mut schema);
    schema.insert("title".into(), name.into());
    schema.insert("description".into(), description.into());
    (name, schema.into())
}

/// Takes out what says nothing to a reader of a schema: titles of parts, names of Rust's number types, all but the first paragraph
/// of its documentation. Which schemas are closed is not said by single types.
fn tidy(schema: &mut Schema) {
    schema.remove("title");
    if schema.get("format").is_some_and(|format| format != "date-time") {
        schema.remove("format");
    }
    if schema.get("properties").is_some() {
        schema.remove("additionalProperties");
    }
    if let Some(Value::String(text)) = schema.get("description") {
        let text = description(text);
        schema.insert("description".into(), text.into());
    }
}

/// Takes null away from keys that are left out instead.
fn left_out_is_not_null(schema: &mut Schema) {
    let required = schema.get("required").and_then(Value::as_array).cloned().unwrap_or_default();
    let Some(Value::Object(properties)) = schema.get_mut("properties") else { return };
    for (key, property) in properties {
        if !required.contains(&json!(key)) {
            take_null(property);
        }
    }
}

fn take_null(property: &mut Value) {
    let null = json!("null");
    if let Some(Value::Array(types)) = property.get_mut("type") {
        types.retain(|name| *name != null);
        if let [only] = types.as_slice() {
            property["type"] = only.clone();
        }
    }
    if let Some(Value::Array(parts)) = property.get_mut("anyOf") {
        parts.retain(|part| part["type"] != null);
        if let [only] = parts.as_slice() {
            let only = only.clone();
            let Value::Object(keywords) = property else { return };
            keywords.remove("anyOf");
            keywords.extend(only.as_object().cloned().into_iter().flatten());
        }
    }
}

/// The first paragraph of a documentation, on one line, without what only Rust's documentation can show.
fn description(text: &str) -> String {
    let paragraph = text.split("\n\n").next().unwrap_or_default();
    let words = without_links(paragraph).replace('\n', " ");
    let spans = words.split('`').enumerate().map(|(index, span)| match span.rsplit_once("::") {
        Some((_, variant)) if index % 2 == 1 => uncapitalised(variant),
        _ => span.to_owned(),
    });
    spans.collect::<Vec<_>>().join("`")
}

fn uncapitalised(name: &str) -> String {
    let mut characters = name.chars();
    characters.next().into_iter().flat_map(char::to_lowercase).chain(characters).collect()
}

/// `[difference](crate::State::events_to)` and ``[`OnUnlock::Deploy`]`` without brackets and addresses.
fn without_links(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('[') {
        let Some((label, behind)) = after.split_once(']') else { break };
        plain.push_str(before);
        plain.push_str(label);
        rest = match behind.strip_prefix('(').and_then(|behind| behind.split_once(')')) {
            Some((_, behind)) => behind,
            None => behind,
        };
    }
    plain + rest
}

/// The values that a key can have in a type whose variants it tells apart.
pub(crate) fn constants<T: JsonSchema>(key: &str) -> BTreeSet<String> {
    let (_, root) = plain::<T>("Constants", "");
    let mut found = BTreeSet::new();
    let mut parts = vec![&root];
    while let Some(part) = parts.pop() {
        if let Value::String(constant) = &part["properties"][key]["const"] {
            found.insert(constant.clone());
        }
        for keyword in ["oneOf", "anyOf", "allOf"] {
            parts.extend(part[keyword].as_array().into_iter().flatten());
        }
        if let Value::String(reference) = &part["$ref"] {
            parts.extend(root.pointer(reference.trim_start_matches('#')));
        }
    }
    found
}
