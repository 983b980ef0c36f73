//! Reading YAML with another parser than the one of the crate that writes it: only tests do.

use saphyr::{LoadableYamlNode as _, Scalar, Yaml};
use serde_json::Value;

/// YAML documents as the JSON that they stand for.
pub(crate) fn from_yaml(printed: &str) -> Vec<Value> {
    let documents = Yaml::load_from_str(printed).unwrap_or_else(|error| panic!("{error}: {printed}"));
    documents.iter().map(json).collect()
}

fn json(yaml: &Yaml<'_>) -> Value {
    match yaml {
        Yaml::Value(Scalar::Null) => Value::Null,
        Yaml::Value(Scalar::Boolean(value)) => (*value).into(),
        Yaml::Value(Scalar::Integer(value)) => (*value).into(),
        Yaml::Value(Scalar::FloatingPoint(value)) => value.into_inner().into(),
        Yaml::Value(Scalar::String(text)) => text.as_ref().into(),
        Yaml::Sequence(items) => items.iter().map(json).collect(),
        Yaml::Mapping(entries) => {
            let entry = |(key, value): (&Yaml<'_>, _)| (key.as_str().unwrap().to_owned(), json(value));
            entries.iter().map(entry).collect()
        }
        other => panic!("neither JSON nor YAML of this kind: {other:?}"),
    }
}
