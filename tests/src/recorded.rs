//! Histories recorded from upstream kuberpult: the format, and where they are.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::DeserializeOwned;

/// The variable that names the directory of the recordings.
pub const DIRECTORY: &str = "KUBERPULT_CONFORMANCE_DIR";

/// One recorded history.
#[derive(Debug, Clone, Deserialize)]
pub struct History {
    /// The version of the format.
    pub format: u32,
    /// Which upstream version it was recorded from.
    pub oracle: Oracle,
    /// What it is called.
    pub name: String,
    /// How upstream was set up.
    pub config: Settings,
    /// What was in the repository before the first step.
    #[serde(default)]
    pub initial_tree: Diff,
    /// The steps in order.
    pub steps: Vec<Step>,
}

/// An upstream version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub enum Oracle {
    /// November 2022, which deploys the queued version when the last lock goes.
    A,
    /// v2.19.0, the last version that keeps its state in git alone.
    B,
}

/// How upstream was set up.
#[derive(Debug, Clone, Deserialize)]
pub struct Settings {
    /// The address that Argo CD is told.
    pub url: String,
    /// The branch.
    pub branch: String,
    /// Whether environments are configured outside of the repository.
    pub bootstrap_mode: bool,
}

/// What upstream did in one go: one commit.
#[derive(Debug, Clone, Deserialize)]
pub struct Step {
    /// Its place in the history, from 0; steps that failed count.
    pub i: usize,
    /// When.
    pub time: String,
    /// For whom.
    pub user: Option<User>,
    /// Whether it became a commit, and Argo CD's files were rendered. Without an error it may be false: then the next
    /// step begins where this one began.
    pub committed: bool,
    /// What was asked for.
    pub transformers: Vec<Transformer>,
    /// Why upstream refused.
    pub error: Option<String>,
    /// The step whose commit a train names.
    pub commit_hash_of_step: Option<usize>,
    /// How the tree differs afterwards from the last commit; nothing after an error.
    pub diff: Option<Diff>,
}

/// The author of a commit.
#[derive(Debug, Clone, Deserialize)]
pub struct User {
    /// The name.
    pub name: String,
    /// The address.
    pub email: String,
}

/// One command of upstream.
#[derive(Debug, Clone, Deserialize)]
pub struct Transformer {
    /// The name of its type in Go.
    #[serde(rename = "type")]
    pub kind: String,
    /// What it was given.
    pub fields: Fields,
}

/// The fields of all transformers; each type uses some of them.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
#[expect(
    missing_docs,
    reason = "these are the names of upstream's fields, which FORMAT.md of the recordings lists"
)]
pub struct Fields {
    pub authentication: Option<serde_json::Value>,
    pub application: String,
    pub commit_hash: String,
    pub config: serde_json::Value,
    pub display_version: String,
    pub environment: String,
    pub environment_group: String,
    pub lock_behaviour: Option<LockBehaviour>,
    pub lock_id: String,
    pub manifests: Option<BTreeMap<String, String>>,
    pub message: String,
    pub source_author: String,
    pub source_commit_id: String,
    pub source_message: String,
    pub source_repo_url: String,
    pub target: String,
    pub team: String,
    pub version: u64,
}

/// What a deployment of upstream does when something blocks it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum LockBehaviour {
    /// It waits.
    #[serde(rename = "RECORD", alias = "Queue")]
    Queue,
    /// It is refused.
    #[serde(rename = "FAIL", alias = "Fail")]
    Fail,
    /// It goes through.
    #[serde(rename = "IGNORE", alias = "Ignore")]
    Ignore,
}

/// How one tree differs from another: first paths go, then entries come.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Diff {
    /// What is at a path afterwards.
    pub set: BTreeMap<String, Entry>,
    /// The paths that go.
    pub del: Vec<String>,
}

/// What is at a path.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Entry {
    /// The mode, as git writes it.
    pub mode: String,
    /// The content of a file.
    pub content: Option<String>,
    /// The content of a file that is no UTF-8, in base 64.
    #[serde(rename = "content_b64")]
    pub encoded_content: Option<String>,
    /// What a symbolic link points to.
    pub target: Option<String>,
}

impl Entry {
    /// The bytes of a file, or the target of a link; nothing of a directory.
    #[must_use]
    pub fn bytes(&self) -> Option<Vec<u8>> {
        let text = self.content.as_ref().or(self.target.as_ref()).map(|text| text.clone().into_bytes());
        text.or_else(|| self.encoded_content.as_deref().map(decode))
    }
}

/// Decodes base 64.
fn decode(text: &str) -> Vec<u8> {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let (mut bytes, mut bits, mut length) = (Vec::new(), 0_usize, 0);
    for character in text.bytes().filter(|character| *character != b'=') {
        let digit = DIGITS.iter().position(|digit| *digit == character);
        bits = (bits << 6 | digit.unwrap_or_else(|| panic!("{text:?} is not in base 64"))) & 0xffff;
        length += 6;
        if length >= 8 {
            length -= 8;
            bytes.extend(u8::try_from(bits >> length & 0xff));
        }
    }
    bytes
}

/// What a directory of recordings holds.
#[derive(Debug)]
pub struct Recordings {
    /// The histories, in no order that matters.
    pub histories: Vec<History>,
    /// What is not there.
    pub missing: Vec<PathBuf>,
}

impl Recordings {
    /// Reads the recordings that the variable names; none, which is said, if it is not set.
    ///
    /// Any file names will do. One of the places has to be there.
    #[must_use]
    pub fn from_environment() -> Option<Self> {
        let Some(directory) = std::env::var_os(DIRECTORY).map(PathBuf::from) else {
            println!("left out: {DIRECTORY} is not set, so there are no recorded histories to compare with");
            return None;
        };
        let mut missing = Vec::new();
        let mut histories = Vec::new();
        for place in ["layout", "queue", "upstream-tests"] {
            let place = directory.join(place);
            let files = json_files(&place);
            if files.is_empty() {
                missing.push(place);
            }
            histories.extend(files.iter().flat_map(|file| read(file)));
        }
        assert!(!histories.is_empty(), "{DIRECTORY}: there is no history in {}", directory.display());
        Some(Self { histories, missing })
    }
}

fn json_files(directory: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = match std::fs::read_dir(directory) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Vec::new(),
        Err(error) => panic!("{DIRECTORY}: {}: {error}", directory.display()),
        Ok(files) => files.map(|file| file.expect("a directory can be read").path()).collect(),
    };
    files.retain(|file| file.extension().is_some_and(|extension| extension == "json"));
    files.sort();
    files
}

/// Reads one history, or a list of histories.
fn read(path: &Path) -> Vec<History> {
    let text = std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let histories: Vec<History> = match text.iter().find(|byte| !byte.is_ascii_whitespace()) {
        Some(b'[') => parse(path, &text),
        _ => vec![parse(path, &text)],
    };
    for history in &histories {
        assert_eq!(history.format, 1, "{}: the format of `{}` is not known", path.display(), history.name);
    }
    histories
}

fn parse<T: DeserializeOwned>(path: &Path, text: &[u8]) -> T {
    serde_json::from_slice(text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base_64_is_decoded() {
        for (text, bytes) in
            [("", &b""[..]), ("/w==", b"\xff"), ("AP8=", b"\x00\xff"), ("a3ViZXI+", b"kuber>")]
        {
            assert_eq!(decode(text), bytes, "{text}");
        }
    }
}
