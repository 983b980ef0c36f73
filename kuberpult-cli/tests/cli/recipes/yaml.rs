//! YAML as JSON values.

use saphyr::{LoadableYamlNode as _, Scalar, Yaml};
use serde_json::Value;

/// The one document of a text.
pub(super) fn document(text: &str) -> Value {
    let documents = Yaml::load_from_str(text).unwrap_or_else(|error| panic!("no YAML: {error}\n{text}"));
    let [document] = documents.as_slice() else { panic!("not one document:\n{text}") };
    value(document)
}

fn value(yaml: &Yaml<'_>) -> Value {
    match yaml {
        Yaml::Value(Scalar::Null) => Value::Null,
        Yaml::Value(Scalar::Boolean(boolean)) => (*boolean).into(),
        Yaml::Value(Scalar::Integer(integer)) => (*integer).into(),
        Yaml::Value(Scalar::FloatingPoint(number)) => number.into_inner().into(),
        Yaml::Value(Scalar::String(text)) => text.as_ref().into(),
        Yaml::Sequence(items) => items.iter().map(value).collect(),
        Yaml::Mapping(entries) => {
            let key = |key: &Yaml<'_>| key.as_str().unwrap_or_else(|| panic!("a key: {key:?}")).to_owned();
            Value::Object(entries.iter().map(|(name, entry)| (key(name), value(entry))).collect())
        }
        Yaml::Tagged(..) | Yaml::Alias(_) | Yaml::Representation(..) | Yaml::BadValue => {
            panic!("the recipes have no such YAML: {yaml:?}")
        }
    }
}

/// The texts of a list, or the one text.
pub(super) fn texts(value: &Value) -> Vec<String> {
    let text = |value: &Value| value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned();
    value.as_array().map_or_else(|| vec![text(value)], |values| values.iter().map(text).collect())
}

/// No key but these is in an object.
#[track_caller]
pub(super) fn has_only(object: &Value, known: &[&str], place: &str) {
    for key in object.as_object().unwrap_or_else(|| panic!("{place} is no object")).keys() {
        assert!(known.contains(&key.as_str()), "{place} has the key `{key}`, which is none of {known:?}");
    }
}
