//! Keys of a `config.json` that nothing here reads, as later versions of upstream write them: an update of the config
//! keeps them.

use std::collections::BTreeMap;

use kuberpult_core::{EnvironmentConfig, EnvironmentName, Event};
use serde_json::value::RawValue;

use crate::config_json::environment_config_to_json;
use crate::edit::{Content, Edit};
use crate::layout::{self, CONFIG};
use crate::read_state::Snapshot;
use crate::unread_keys::first_document_and_unread;
use crate::{ReadError, TransactError};

/// The keys that are read, in the order in which they are written.
const READ: [&str; 5] = ["upstream", "argocd", "environmentGroup", "freezeWindows", "onUnlock"];

/// The edits of configs that have such keys and are updated. They come after the edits of the events.
///
/// # Errors
/// Such a key lies within a value that the update replaces.
pub(crate) fn project(snapshot: &Snapshot<'_>, events: &[Event]) -> Result<Vec<Edit>, TransactError> {
    let mut edits = Vec::new();
    for (name, config) in updated(events) {
        let Some(existing) = existing(snapshot, name)? else { continue };
        let path = format!("{}/{CONFIG}", layout::environment(name));
        match with_kept_keys(config, &existing) {
            Ok(None) => {}
            Ok(Some(text)) => edits.push(Edit { path, content: Content::Text(text) }),
            Err(keys) => return Err(TransactError::KeysWouldBeLost { path, keys }),
        }
    }
    Ok(edits)
}

/// The environments that are updated, each with its last config; none that is deleted in between.
fn updated(events: &[Event]) -> BTreeMap<&EnvironmentName, &EnvironmentConfig> {
    let mut updated = BTreeMap::new();
    let mut deleted = Vec::new();
    for event in events {
        match event {
            Event::EnvironmentDeleted { environment, .. } => deleted.push(environment),
            Event::EnvironmentUpdated { environment, to, .. } => {
                updated.insert(environment, &**to);
            }
            _ => {}
        }
    }
    updated.retain(|name, _| !deleted.contains(name));
    updated
}

fn existing(snapshot: &Snapshot<'_>, name: &EnvironmentName) -> Result<Option<String>, ReadError> {
    snapshot.environments.get(name).map_or(Ok(None), |environment| environment.text(CONFIG))
}

/// The text of a config that keeps what nothing read of the existing one; none if there is nothing to keep. An error is
/// the paths of what cannot be kept.
fn with_kept_keys(config: &EnvironmentConfig, existing: &str) -> Result<Option<String>, Vec<String>> {
    let Ok((before, unread)) = first_document_and_unread::<EnvironmentConfig>(existing) else {
        return Ok(None);
    };
    let (Some(old), Some(new)) = (values(existing), values(&environment_config_to_json(config))) else {
        return Ok(None);
    };
    if unread.is_empty() {
        return Ok(None);
    }
    let replaced: Vec<&str> = before.differing_keys(config).collect();
    let within = |path: &&String| {
        replaced.iter().any(|key| path.strip_prefix(key).is_some_and(|rest| rest.starts_with(['.', '['])))
    };
    let lost: Vec<String> = unread.iter().filter(within).cloned().collect();
    if !lost.is_empty() {
        return Err(lost);
    }
    let read = READ.into_iter().filter_map(|key| {
        let value = if replaced.contains(&key) { new.get(key) } else { old.get(key).or(new.get(key)) };
        Some((key, value?))
    });
    let others = old.iter().filter(|(key, _)| !READ.contains(&key.as_str()));
    let lines = read.chain(others.map(|(key, value)| (key.as_str(), value))).map(|(key, value)| {
        let key = serde_json::Value::from(key);
        format!("  {key}: {}", value.get())
    });
    Ok(Some(format!("{{\n{}\n}}\n", lines.collect::<Vec<_>>().join(",\n"))))
}

/// The values of a JSON object, each as it is written.
fn values(text: &str) -> Option<BTreeMap<String, Box<RawValue>>> {
    serde_json::Deserializer::from_str(text).into_iter().next()?.ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::environment_config_from_json;

    const EXISTING: &str = r#"{"argocd_configs": {"b": 1, "a": [ ]}, "upstream": {"latest": true},
  "argocd": {"destination": {"name": "x", "server": "", "shard": 3}}}"#;

    fn config(text: &str) -> EnvironmentConfig {
        environment_config_from_json(text).unwrap()
    }

    #[test]
    fn what_nothing_reads_is_kept_as_it_is_written() {
        let new = config(
            r#"{"upstream": {"environment": "staging"}, "onUnlock": "keep", "argocd": {"destination": {"name": "x", "server": ""}}}"#,
        );
        let expected = r#"{
  "upstream": {
    "environment": "staging"
  },
  "argocd": {"destination": {"name": "x", "server": "", "shard": 3}},
  "onUnlock": "keep",
  "argocd_configs": {"b": 1, "a": [ ]}
}
"#;
        assert_eq!(with_kept_keys(&new, EXISTING), Ok(Some(expected.to_owned())));
    }

    #[test]
    fn what_would_be_lost_is_named() {
        let new = config(
            r#"{"upstream": {"latest": true}, "argocd": {"destination": {"name": "y", "server": ""}}}"#,
        );
        assert_eq!(with_kept_keys(&new, EXISTING), Err(vec!["argocd.destination.shard".to_owned()]));
    }

    #[test]
    fn a_config_that_is_all_read_is_written_anew() {
        assert_eq!(with_kept_keys(&config("{}"), r#"{"upstream": {"latest": true}}"#), Ok(None));
    }
}
