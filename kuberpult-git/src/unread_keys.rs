//! Reading a JSON object with an eye on keys that nothing reads: in a file written by hand they are most likely
//! misspelt.

use serde::de::{DeserializeOwned, Error as _};
use serde_ignored::Path;

/// The first JSON document of a text, and the path of each key in it that nothing read, such as `argocd.destinaton`.
///
/// What follows the document is not looked at: upstream reads its files so, and can append to them.
pub(crate) fn first_document<T: DeserializeOwned>(text: &str) -> Result<(T, Vec<String>), serde_json::Error> {
    read(text, &mut serde_json::Deserializer::from_str(text))
}

/// The only JSON document of a text, and the path of each key in it that nothing read.
pub(crate) fn only_document<T: DeserializeOwned>(text: &str) -> Result<(T, Vec<String>), serde_json::Error> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let read = read(text, &mut deserializer)?;
    deserializer.end()?;
    Ok(read)
}

fn read<'de, T: DeserializeOwned>(
    text: &str,
    deserializer: &mut serde_json::Deserializer<serde_json::de::StrRead<'de>>,
) -> Result<(T, Vec<String>), serde_json::Error> {
    // a derived reader of a struct would also take a list of its values
    if text.trim_ascii_start().starts_with('[') {
        return Err(serde_json::Error::custom("a list, expected an object"));
    }
    let mut unread = Vec::new();
    let value = serde_ignored::deserialize(deserializer, |path| unread.push(path_text(&path)))?;
    Ok((value, unread))
}

/// `serde_ignored` prints a `?` for each optional value on the way, which says nothing to a reader.
fn path_text(path: &Path<'_>) -> String {
    match path {
        Path::Root => String::new(),
        Path::Seq { parent, index } => format!("{}[{index}]", path_text(parent)),
        Path::Map { parent, key } => {
            let mut text = path_text(parent);
            if !text.is_empty() {
                text.push('.');
            }
            text.push_str(key);
            text
        }
        Path::Some { parent } | Path::NewtypeStruct { parent } | Path::NewtypeVariant { parent } => {
            path_text(parent)
        }
    }
}
