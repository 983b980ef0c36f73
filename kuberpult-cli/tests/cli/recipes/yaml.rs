//! YAML as JSON values.

use serde_json::Value;

use crate::contract::from_yaml;

/// The one document of a text.
pub(super) fn document(text: &str) -> Value {
    let [document] = from_yaml(text).try_into().unwrap_or_else(|_| panic!("not one document:\n{text}"));
    document
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
