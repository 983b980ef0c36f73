//! `config.json` of an environment, written as upstream's Go encoder writes it.

use std::io;

use kuberpult_core::EnvironmentConfig;
use serde::Serialize as _;
use serde_json::ser::{CharEscape, Formatter, PrettyFormatter};

use crate::error::in_backticks;
use crate::plain_text::one_line;
use crate::unread_keys::{Misread, first_document, only_document};

/// How many characters of a list of keys are shown.
const LONGEST_LIST: usize = 500;

/// Why a text is no environment config.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// It is no JSON, or a value has the wrong form. The source says what is wrong.
    #[error("not a valid environment config{}", key.as_ref().map(|key| format!(": `{}`", key.escape_debug())).unwrap_or_default())]
    Malformed {
        /// The path of the key whose value is wrong, such as `freezeWindows[1].schedule`; none for the whole text.
        key: Option<String>,
        /// What is wrong, and in which line and column.
        source: serde_json::Error,
    },
    /// It has keys that nothing reads, each with its path, such as `argocd.destinaton`.
    #[error("unknown keys in the environment config: {}; take them out, or correct their spelling", one_line(&in_backticks(keys), LONGEST_LIST))]
    UnknownKeys {
        /// The keys.
        keys: Vec<String>,
    },
}

/// An environment config in a repository is no JSON, or a value has the wrong form. Reads well after "found".
#[derive(Debug, thiserror::Error)]
#[error("something else: {0}")]
pub(crate) struct ExistingConfigError(Misread);

/// Reads an environment config that somebody gives us: unknown keys are refused by name.
///
/// # Errors
/// The text is no such config.
pub fn environment_config_from_json(text: &str) -> Result<EnvironmentConfig, ConfigError> {
    let (config, keys) = only_document(text)
        .map_err(|Misread { key, error }| ConfigError::Malformed { key, source: error })?;
    if keys.is_empty() { Ok(config) } else { Err(ConfigError::UnknownKeys { keys }) }
}

/// Reads an environment config of an existing repository as upstream does: unknown keys do not matter, nor does
/// what follows the first JSON document. Keys are not matched without regard to case, as Go would. A freeze window, which
/// upstream does not know, is read as strictly as a new one: a key passed over there could deploy what must wait.
///
/// # Errors
/// The text is no such config.
pub(crate) fn environment_config_from_existing_json(
    text: &str,
) -> Result<EnvironmentConfig, ExistingConfigError> {
    first_document(text).map_err(ExistingConfigError)
}

/// Writes an environment config byte for byte as upstream does.
#[must_use]
#[expect(
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "the keys of a config are strings, a `Vec` takes every byte, and JSON is UTF-8"
)]
pub fn environment_config_to_json(config: &EnvironmentConfig) -> String {
    let mut text = Vec::new();
    let formatter = GoFormatter(PrettyFormatter::with_indent(b"  "));
    config
        .serialize(&mut serde_json::Serializer::with_formatter(&mut text, formatter))
        .expect("a config can be written as JSON");
    text.push(b'\n');
    String::from_utf8(text).expect("JSON is UTF-8")
}

/// Indents and escapes as Go's `encoding/json` (1.21) with `SetIndent("", "  ")`.
struct GoFormatter(PrettyFormatter<'static>);

impl Formatter for GoFormatter {
    /// Go escapes what would end an HTML element or a JavaScript line.
    fn write_string_fragment<W: ?Sized + io::Write>(&mut self, w: &mut W, fragment: &str) -> io::Result<()> {
        for piece in fragment.split_inclusive(is_escaped_by_go) {
            match piece.chars().next_back().filter(|last| is_escaped_by_go(*last)) {
                Some(last) => {
                    w.write_all(piece.strip_suffix(last).unwrap_or(piece).as_bytes())?;
                    write!(w, "\\u{:04x}", u32::from(last))?;
                }
                None => w.write_all(piece.as_bytes())?,
            }
        }
        Ok(())
    }

    fn write_char_escape<W: ?Sized + io::Write>(&mut self, w: &mut W, escape: CharEscape) -> io::Result<()> {
        match escape {
            CharEscape::Backspace => w.write_all(b"\\u0008"),
            CharEscape::FormFeed => w.write_all(b"\\u000c"),
            other => self.0.write_char_escape(w, other),
        }
    }

    fn begin_array<W: ?Sized + io::Write>(&mut self, w: &mut W) -> io::Result<()> {
        self.0.begin_array(w)
    }

    fn end_array<W: ?Sized + io::Write>(&mut self, w: &mut W) -> io::Result<()> {
        self.0.end_array(w)
    }

    fn begin_array_value<W: ?Sized + io::Write>(&mut self, w: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_array_value(w, first)
    }

    fn end_array_value<W: ?Sized + io::Write>(&mut self, w: &mut W) -> io::Result<()> {
        self.0.end_array_value(w)
    }

    fn begin_object<W: ?Sized + io::Write>(&mut self, w: &mut W) -> io::Result<()> {
        self.0.begin_object(w)
    }

    fn end_object<W: ?Sized + io::Write>(&mut self, w: &mut W) -> io::Result<()> {
        self.0.end_object(w)
    }

    fn begin_object_key<W: ?Sized + io::Write>(&mut self, w: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_object_key(w, first)
    }

    fn begin_object_value<W: ?Sized + io::Write>(&mut self, w: &mut W) -> io::Result<()> {
        self.0.begin_object_value(w)
    }

    fn end_object_value<W: ?Sized + io::Write>(&mut self, w: &mut W) -> io::Result<()> {
        self.0.end_object_value(w)
    }
}

fn is_escaped_by_go(c: char) -> bool {
    matches!(c, '<' | '>' | '&' | '\u{2028}' | '\u{2029}')
}

#[cfg(test)]
mod tests {
    use kuberpult_core::{ArgoCd, FreezeKind, FreezeWindow, OnUnlock, SyncWindow, Upstream};

    use super::*;

    #[test]
    fn an_empty_config_is_an_empty_object() {
        assert_eq!(environment_config_to_json(&EnvironmentConfig::default()), "{}\n");
    }

    #[test]
    fn keys_have_upstreams_order_and_empty_values_are_left_out() {
        let mut argocd = ArgoCd::default();
        argocd.destination.server = "https://example.com".into();
        argocd.sync_windows = vec![SyncWindow { applications: vec!["a".into()], ..SyncWindow::default() }];
        let mut config = EnvironmentConfig::default();
        config.upstream = Some(Upstream::default());
        config.argocd = Some(argocd);
        config.environment_group = Some("live".parse().unwrap());
        let (schedule, duration) = ("0 9 * * mon-fri".parse().unwrap(), "2h".parse().unwrap());
        let mut window = FreezeWindow::new(FreezeKind::Deny, schedule, duration);
        config.freeze_windows.push(window.clone());
        window.kind = FreezeKind::Allow;
        window.time_zone = Some("Europe/Berlin".parse().unwrap());
        window.applications = ["cart-*".parse().unwrap()].into();
        window.description = "<9 to 11>".into();
        config.freeze_windows.push(window);
        config.on_unlock = Some(OnUnlock::Keep);
        let text = r#"{
  "upstream": {},
  "argocd": {
    "destination": {
      "name": "",
      "server": "https://example.com"
    },
    "syncWindows": [
      {
        "schedule": "",
        "duration": "",
        "kind": "",
        "applications": [
          "a"
        ]
      }
    ]
  },
  "environmentGroup": "live",
  "freezeWindows": [
    {
      "kind": "deny",
      "schedule": "0 9 * * mon-fri",
      "duration": "2h"
    },
    {
      "kind": "allow",
      "schedule": "0 9 * * mon-fri",
      "duration": "2h",
      "timeZone": "Europe/Berlin",
      "applications": [
        "cart-*"
      ],
      "description": "\u003c9 to 11\u003e"
    }
  ],
  "onUnlock": "keep"
}
"#;
        assert_eq!(environment_config_to_json(&config), text);
        assert_eq!(environment_config_from_json(text).unwrap(), config);
        assert_eq!(environment_config_from_existing_json(text).unwrap(), config);
    }

    #[test]
    fn strings_are_escaped_as_go_does() {
        let mut argocd = ArgoCd::default();
        argocd.destination.name = "<a>&b\u{2028}\u{2029}ü🚀\u{7f}\"\\/".into();
        argocd.destination.server = "\n\r\t\u{8}\u{c}\u{1}\u{1f}".into();
        let mut config = EnvironmentConfig::default();
        config.argocd = Some(argocd);
        let text = environment_config_to_json(&config);
        assert!(
            text.contains("\"name\": \"\\u003ca\\u003e\\u0026b\\u2028\\u2029ü🚀\u{7f}\\\"\\\\/\","),
            "{text}"
        );
        assert!(text.contains(r#""server": "\n\r\t\u0008\u000c\u0001\u001f""#), "{text}");
        assert_eq!(environment_config_from_json(&text).unwrap(), config);
    }

    #[test]
    fn unknown_keys_are_refused_by_name_and_path() {
        let text = r#"{"upstrem": 1, "upstream": {"latest": true, "Latest": true}, "freezeWindow": [],
            "argocd": {"destinaton": {}, "syncWindows": [{}, {"kid": 1}]}}"#;
        assert_eq!(
            environment_config_from_json(text).unwrap_err().to_string(),
            "unknown keys in the environment config: `upstrem`, `upstream.Latest`, `freezeWindow`, `argocd.destinaton`, `argocd.syncWindows[1].kid`; take them out, or correct their spelling"
        );
    }

    #[test]
    fn what_is_no_config_is_refused() {
        for text in ["", "[]", "{", r#"{"upstream": 1}"#, "{} {}", r#"{"environmentGroup": "a/b"}"#] {
            let error = environment_config_from_json(text).unwrap_err();
            assert!(matches!(error, ConfigError::Malformed { .. }), "{text}: {error}");
        }
    }

    #[test]
    fn existing_configs_may_have_more() {
        let text = r#"{"upstream": {"latest": true, "environment": ""}, "argocd_configs": {"a": [1]}}
            {"upstream": {"environment": "x"}}"#;
        assert_eq!(
            environment_config_from_existing_json(text).unwrap(),
            EnvironmentConfig::with_upstream_latest()
        );
        assert_eq!(
            environment_config_from_existing_json("").unwrap_err().to_string(),
            "something else: EOF while parsing a value at line 1 column 0"
        );
    }

    #[test]
    fn what_is_wrong_in_a_freeze_window_is_named_with_its_place() {
        let good = r#""kind": "deny", "schedule": "0 9 * * *", "duration": "2h""#;
        for (window, key, reason) in [
            (
                r#"{"kind": "forbid", "schedule": "0 9 * * *", "duration": "2h"}"#.to_owned(),
                ".kind",
                "unknown variant `forbid`, expected `deny` or `allow`",
            ),
            (
                r#"{"kind": "deny", "schedule": "0 0 30 2 *", "duration": "2h"}"#.into(),
                ".schedule",
                "schedule `0 0 30 2 *` never occurs; expected a day that one of its months has",
            ),
            (
                r#"{"kind": "deny", "schedule": "0 9 * * *", "duration": "0h"}"#.into(),
                ".duration",
                "duration `0h` is zero; expected at least a second",
            ),
            (
                format!(r#"{{{good}, "timeZone": "Europe/Berln"}}"#),
                ".timeZone",
                "unknown time zone `Europe/Berln`; expected an IANA name such as `Europe/Berlin`",
            ),
            (
                format!(r#"{{{good}, "applications": ["cart", "c[ab]"]}}"#),
                ".applications[1]",
                "application pattern `c[ab]` has a `[`; only `*` and `?` are special, so list several patterns instead",
            ),
            (
                format!(r#"{{{good}, "timezone": "UTC"}}"#),
                ".timezone",
                "unknown field `timezone`, expected one of `kind`, `schedule`, `duration`, `timeZone`, `applications`, `description`",
            ),
            (r#"{"kind": "deny", "schedule": "0 9 * * *"}"#.into(), "", "missing field `duration`"),
            (r#""deny""#.into(), "", "invalid type: string \"deny\", expected an object"),
        ] {
            let text = format!(r#"{{"freezeWindows": [{{{good}}}, {window}]}}"#);
            let error = environment_config_from_json(&text).unwrap_err();
            let place = format!("freezeWindows[1]{key}");
            assert_eq!(error.to_string(), format!("not a valid environment config: `{place}`"));
            let source = std::error::Error::source(&error).unwrap().to_string();
            assert!(source.starts_with(&format!("{reason} at line 1 column ")), "{source}");
            let existing = environment_config_from_existing_json(&text).unwrap_err().to_string();
            assert_eq!(existing, format!("something else: `{place}`: {source}"));
        }
    }
}
