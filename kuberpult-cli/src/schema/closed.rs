//! Closing a schema: an object may have the keys that the schema names, and no others.

use serde_json::{Map, Value};

/// How many references lead to a definition at most.
const LONGEST_CHAIN: u32 = 8;

/// Closes the value that a schema describes, and all values within it.
///
/// `unevaluatedProperties` stands where a value is described from outside, and not in the parts that describe it together
/// (`allOf`, `oneOf`, `$ref`): these do not know each other's keys.
pub(crate) fn close(schema: &mut Value) {
    let there = schema.get("$defs").and_then(Value::as_object).cloned().unwrap_or_default();
    if let Some(Value::Object(definitions)) = schema.get_mut("$defs") {
        definitions.values_mut().for_each(|definition| within(definition, &there));
    }
    value(schema, &there);
}

type Definitions = Map<String, Value>;

/// A schema that describes a whole value.
fn value(schema: &mut Value, there: &Definitions) {
    within(schema, there);
    let names_keys = names_keys(schema, there, LONGEST_CHAIN);
    let Value::Object(keywords) = schema else { return };
    // A map says of each key what its value is.
    if names_keys && !keywords.contains_key("additionalProperties") {
        keywords.insert("unevaluatedProperties".into(), false.into());
    }
}

/// Whether a schema says something about single keys, itself or where it refers to.
fn names_keys(schema: &Value, there: &Definitions, chain: u32) -> bool {
    let Value::Object(keywords) = schema else { return false };
    if chain == 0 || keywords.contains_key("properties") || keywords.contains_key("patternProperties") {
        return true;
    }
    let referred =
        keywords.get("$ref").and_then(Value::as_str).and_then(|name| name.strip_prefix("#/$defs/"));
    let referred = referred.and_then(|name| there.get(name));
    let parts =
        ["allOf", "anyOf", "oneOf"].into_iter().filter_map(|keyword| keywords.get(keyword)?.as_array());
    referred.into_iter().chain(parts.flatten()).any(|part| names_keys(part, there, chain - 1))
}

/// The values within a value, and the parts that describe it together.
fn within(schema: &mut Value, there: &Definitions) {
    let Value::Object(keywords) = schema else { return };
    for (keyword, part) in keywords {
        match (keyword.as_str(), part) {
            ("properties" | "patternProperties", Value::Object(properties)) => {
                properties.values_mut().for_each(|property| value(property, there));
            }
            ("items" | "additionalProperties", part) => value(part, there),
            ("prefixItems", Value::Array(parts)) => parts.iter_mut().for_each(|part| value(part, there)),
            ("allOf" | "anyOf" | "oneOf", Value::Array(parts)) => {
                parts.iter_mut().for_each(|part| within(part, there));
            }
            _ => {}
        }
    }
}
