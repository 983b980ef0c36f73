//! JSON schemas of what is serialised by hand; those of other types are derived.
//!
//! A schema says what the `Serialize` and `Deserialize` of its type say, as far as a schema can: a zone, say, is any text here.

use alloc::borrow::Cow;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Value, json};

use crate::{
    ApplicationName, ApplicationPattern, Blocker, EnvironmentName, GroupName, LockId, ManifestId, Refusal,
    Revision, Schedule, SmallMap, TeamName, Time, WindowDuration, Zone,
};

/// Implements `JsonSchema` for types that are a text.
macro_rules! texts {
    ($($type:ident: $description:literal, { $($key:literal: $value:expr),* $(,)? };)*) => {$(
        impl JsonSchema for $type {
            fn schema_name() -> Cow<'static, str> {
                stringify!($type).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "description": $description, "type": "string", $($key: $value),* })
            }
        }
    )*};
}

/// What [`EnvironmentName::existing`] takes, except for three names that no pattern of this kind can leave out.
const COMPONENT: &str = r"^[^/\\\u0000-\u001f\u007f-\u009f]{1,255}$";

texts! {
    EnvironmentName: "The name of an environment.", { "pattern": COMPONENT };
    ApplicationName: "The name of an application.", { "pattern": COMPONENT };
    TeamName: "The name of a team.", { "pattern": COMPONENT };
    GroupName: "The name of an environment group.", { "pattern": COMPONENT };
    LockId: "The id of a lock; two locks of one scope have different ones.", { "pattern": COMPONENT };
    Revision: "A commit or a tag of the manifest repository.", { "pattern": r"^[^-\s\u0000-\u001f\u007f-\u009f][^\s\u0000-\u001f\u007f-\u009f]*$" };
    Time: "A point in time: RFC 3339 with an offset.", { "format": "date-time" };
    ManifestId: "The id of a manifest's content, as hexadecimal digits; empty for the empty manifest of an undeploy release.", { "pattern": "^([0-9a-f]{2}){0,32}$" };
    Schedule: "When a window opens: five fields as in cron, minute, hour, day of month, month, day of week.", { "examples": ["0 9 * * *"] };
    WindowDuration: "For how long a window stays open: hours, minutes and seconds, a year at most.", { "pattern": "^([0-9]+h)?([0-9]+m)?([0-9]+s)?$", "minLength": 2, "examples": ["2h", "1h30m"] };
    Zone: "A time zone of the IANA database.", { "examples": ["Europe/Berlin"] };
    ApplicationPattern: "The name of an application, or a pattern with `*` and `?`.", { "minLength": 1, "examples": ["cart-*"] };
}

/// As a `BTreeMap` of the same keys and values.
impl<K: JsonSchema, V: JsonSchema> JsonSchema for SmallMap<K, V> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        alloc::collections::BTreeMap::<K, V>::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        alloc::collections::BTreeMap::<K, V>::json_schema(generator)
    }
}

/// Puts the codes beside the fields of a [`Refusal`], as its `Serialize` does.
pub(crate) fn with_codes(schema: &mut Schema) {
    let Some(Value::Array(variants)) = schema.remove("anyOf") else { return };
    let coded = variants.into_iter().filter_map(|variant| {
        let Value::Object(mut variant) = variant else { return None };
        let name = variant.remove("title")?;
        let code = match Refusal::code_of_variant(name.as_str()?) {
            Some(code) => json!({ "type": "string", "const": code }),
            // Of a blocked deployment the first blocker's, of a refused command of a batch whatever its refusal has.
            None if name == "Blocked" => json!({ "type": "string", "enum": Blocker::CODES }),
            None => json!({ "type": "string", "enum": every_refusal() }),
        };
        if let Some(Value::Object(properties)) = variant.get_mut("properties") {
            properties.insert("code".to_string(), code);
            // A refusal within this one says it itself.
            if name != "InBatch" {
                let nearest = "The name that was probably meant.";
                properties.insert("nearest".to_string(), json!({ "description": nearest, "type": "string" }));
            }
        }
        if let Some(Value::Array(required)) = variant.get_mut("required") {
            required.insert(0, "code".into());
        }
        Some(Value::Object(variant))
    });
    let coded: Vec<Value> = coded.collect();
    schema.insert("anyOf".into(), coded.into());
}

/// The codes that a refusal can have, its own and those of blockers.
fn every_refusal() -> Vec<String> {
    Refusal::CODES.iter().chain(Blocker::CODES).map(|code| (*code).to_string()).collect()
}
