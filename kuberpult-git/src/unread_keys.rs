//! Reading a JSON object with an eye on keys that nothing reads, which in a file written by hand are most likely
//! misspelt, and on the place of a value that is wrong.

use std::fmt;

use serde::de::{DeserializeOwned, Error as _};
use serde_ignored::Path;
use serde_path_to_error::{Segment, Track};

/// Why a document cannot be read, and where.
#[derive(Debug)]
pub(crate) struct Misread {
    /// The path of the key whose value is wrong, such as `freezeWindows[1].schedule`; none for the whole document.
    pub(crate) key: Option<String>,
    /// What is wrong there.
    pub(crate) error: serde_json::Error,
}

impl fmt::Display for Misread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Whoever wrote the file need not know Rust's types.
        let problem = self.error.to_string().replace("a nonzero u32", "a positive integer");
        match &self.key {
            Some(key) => write!(f, "`{}`: {problem}", key.escape_debug()),
            None => f.write_str(&problem),
        }
    }
}

/// The first JSON document of a text. Keys that nothing reads do not matter.
///
/// What follows the document is not looked at: upstream reads its files so, and can append to them.
pub(crate) fn first_document<T: DeserializeOwned>(text: &str) -> Result<T, Misread> {
    first_document_and_unread(text).map(|(value, _)| value)
}

/// As [`first_document`], with the path of each key that nothing read.
pub(crate) fn first_document_and_unread<T: DeserializeOwned>(
    text: &str,
) -> Result<(T, Vec<String>), Misread> {
    read(text, &mut serde_json::Deserializer::from_str(text))
}

/// The only JSON document of a text, and the path of each key in it that nothing read, such as `argocd.destinaton`.
pub(crate) fn only_document<T: DeserializeOwned>(text: &str) -> Result<(T, Vec<String>), Misread> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let read = read(text, &mut deserializer)?;
    deserializer.end().map_err(|error| Misread { key: None, error })?;
    Ok(read)
}

fn read<'de, T: DeserializeOwned>(
    text: &str,
    deserializer: &mut serde_json::Deserializer<serde_json::de::StrRead<'de>>,
) -> Result<(T, Vec<String>), Misread> {
    // a derived reader of a struct would also take a list of its values
    if text.trim_ascii_start().starts_with('[') {
        return Err(Misread { key: None, error: serde_json::Error::custom("a list, expected an object") });
    }
    let (mut unread, mut track) = (Vec::new(), Track::new());
    let tracked = serde_path_to_error::Deserializer::new(deserializer, &mut track);
    match serde_ignored::deserialize(tracked, |path| unread.push(path_text(&path))) {
        Ok(value) => Ok((value, unread)),
        Err(error) => Err(Misread { key: key_of(&track.path()), error }),
    }
}

/// The path of a key, without what cannot be named.
fn key_of(path: &serde_path_to_error::Path) -> Option<String> {
    let mut text = String::new();
    for segment in path {
        match segment {
            Segment::Seq { index } => text.push_str(&format!("[{index}]")),
            Segment::Map { key: name } | Segment::Enum { variant: name } => {
                if !text.is_empty() {
                    text.push('.');
                }
                text.push_str(name);
            }
            Segment::Unknown => {}
        }
    }
    (!text.is_empty()).then_some(text)
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
