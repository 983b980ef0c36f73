use proptest::prelude::*;
use serde_json::{Value, json};

use super::from_yaml::from_yaml;
use super::*;

/// What YAML could take for something else than text, and pieces that make it so.
const HOSTILE: &[&str] = &[
    "",
    " ",
    "  ",
    "\t",
    "\n",
    "\n\n",
    "\r",
    "\r\n",
    "no",
    "No",
    "yes",
    "on",
    "OFF",
    "y",
    "true",
    "null",
    "~",
    "1e3",
    "0x1f",
    "0o17",
    "017",
    "1_000",
    "1:30",
    "12:30:45",
    "1.5",
    ".5",
    "+1",
    "-1",
    ".inf",
    ".NaN",
    "2024-05-03",
    "2024-05-03T11:37:37+02:00",
    "-",
    "- a",
    "?",
    ":",
    "a: b",
    "a:",
    " #",
    "#",
    "---",
    "...",
    "--- a",
    "%YAML",
    "!",
    "!!str",
    "&a",
    "*a",
    "|",
    ">",
    "|2-",
    "{",
    "}",
    "[a]",
    ",",
    "'",
    "\"",
    "\\",
    "\\n",
    "`",
    "@",
    "<<",
    "=",
    "\0",
    "\u{7}",
    "\u{1b}[31m",
    "\u{7f}",
    "\u{85}",
    "\u{9b}",
    "\u{a0}",
    "\u{2028}",
    "\u{2029}",
    "\u{202e}",
    "\u{feff}",
    "\u{fffe}",
    "\u{ffff}",
    "\u{10ffff}",
    "日本",
    "😀",
    "ä",
    "word",
    "some words",
];

fn texts() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => prop::sample::select(HOSTILE).prop_map(String::from),
        1 => any::<char>().prop_map(String::from),
    ];
    // The parser that reads it again takes `++1` for a number, which it is in no YAML.
    let two_signs = |text: &str| text.chars().take_while(|c| matches!(c, '+' | '-')).count() > 1;
    prop::collection::vec(piece, 0..6)
        .prop_map(|pieces| pieces.concat())
        .prop_map(move |text| if two_signs(&text) { format!("word {text}") } else { text })
}

fn values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        6 => texts().prop_map(Value::from),
        1 => any::<i64>().prop_map(Value::from),
        1 => any::<bool>().prop_map(Value::from),
        1 => Just(Value::Null),
    ];
    leaf.prop_recursive(5, 40, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((texts(), inner), 0..5)
                .prop_map(|entries| Value::Object(entries.into_iter().collect())),
        ]
    })
}

/// What is printed is always an object. (Where a stream is one of bare texts, parsers disagree whether `---` belongs to a text that
/// ends with blank lines.)
fn objects() -> impl Strategy<Value = Value> {
    prop::collection::vec((texts(), values()), 0..5)
        .prop_map(|entries| Value::Object(entries.into_iter().collect()))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Another parser than that of the crate which writes it reads the same data.
    #[test]
    fn yaml_is_the_same_data(value in values()) {
        let yaml = text(Format::Yaml, &value).unwrap();
        prop_assert!(yaml.ends_with('\n'), "{:?}", yaml);
        prop_assert_eq!(from_yaml(&yaml), [value], "{}", yaml);
    }

    #[test]
    fn a_stream_is_told_apart(values in prop::collection::vec(objects(), 1..4)) {
        let yaml: String = values.iter().map(|value| one_of_many(Format::Yaml, value).unwrap()).collect();
        prop_assert_eq!(from_yaml(&yaml), values.clone(), "{}", yaml);
        let lines: String = values.iter().map(|value| one_of_many(Format::Json, value).unwrap()).collect();
        let read: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        prop_assert_eq!(read, values);
    }
}

/// Readers of YAML 1.1, which are many, take more for something else than text.
#[test]
fn what_any_reader_could_mistake_is_quoted() {
    for text in [
        "no",
        "NO",
        "y",
        "on",
        "Off",
        "~",
        "null",
        "1e3",
        "0x1f",
        "0o17",
        "017",
        "0b1",
        "1_000",
        "1:30",
        "12:30:45",
        ".5",
        ".inf",
        "2024-05-03",
        "1234567890123456789012345678901234567890",
        "0e12345678901234567890123456789012345678",
        "2024-05-03T11:37:37Z",
        "=",
        "<<",
        "",
        " a",
        "a ",
        "-",
        "a: b",
        "a #b",
    ] {
        let yaml = super::text(Format::Yaml, &json!({ "message": text })).unwrap();
        assert!(yaml.starts_with("message: \"") || yaml.starts_with("message: '"), "{yaml}");
        let yaml = super::text(Format::Yaml, &json!({ text: 1 })).unwrap();
        assert!(yaml.starts_with('"') || yaml.starts_with('\''), "{yaml}");
    }
}

#[test]
fn what_people_read_is_plain() {
    let document = json!({
        "items": [{ "environment": "staging", "locks": [], "message": "two\nlines\n" }],
        "newest": u64::MAX,
        "queued": null,
        "text": format!("{}end", "words ".repeat(40)),
    });
    let expected = format!(
        "items:\n- environment: staging\n  locks: []\n  message: |\n    two\n    lines\nnewest: 18446744073709551615\nqueued: null\ntext: {}end\n",
        "words ".repeat(40)
    );
    assert_eq!(text(Format::Yaml, &document).unwrap(), expected);
}
