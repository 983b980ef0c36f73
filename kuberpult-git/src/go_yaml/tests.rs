use super::*;

fn printed(document: &Yaml<'_>) -> String {
    let mut text = String::new();
    print(&mut text, document);
    text
}

/// What stands behind `k: ` for a value.
fn value(text: &str) -> String {
    let printed = printed(&Yaml::from_iter([("k", Yaml::from(text))]));
    let value = printed.strip_prefix("k: ").unwrap_or_else(|| panic!("{printed:?}"));
    value.strip_suffix('\n').unwrap_or_else(|| panic!("{printed:?}")).to_owned()
}

#[test]
fn collections_are_nested_without_indenting_sequences() {
    let document = Yaml::from_iter([
        (
            "list",
            Yaml::from_iter([Yaml::from("b"), Yaml::from_iter([("y2", "1x".into()), ("x", "z".into())])]),
        ),
        ("empty", Yaml::from_iter([Yaml::Mapping(Vec::new()), Yaml::Sequence(Vec::new())])),
        ("none", Yaml::Mapping(Vec::new())),
        ("deep", Yaml::from_iter([("er", Yaml::from_iter([("est", Yaml::Bool(false))]))])),
        ("lists", Yaml::from_iter([Yaml::from_iter([Yaml::Bool(true), "c".into()])])),
    ]);
    let expected = "\
deep:
  er:
    est: false
empty:
- {}
- []
list:
- b
- x: z
  y2: 1x
lists:
- - true
  - c
none: {}
";
    assert_eq!(printed(&document), expected);
}

#[test]
fn documents_follow_each_other() {
    let mut text = "---\n".to_owned();
    print(&mut text, &"a".into());
    print(&mut text, &Yaml::Mapping(Vec::new()));
    assert_eq!(text, "---\na\n{}\n");
}

#[test]
fn strings_that_would_be_another_type_have_double_quotes() {
    for text in ["", "007", "yes", "null", "1e3", "2024-05-03", "1:30", ".5", "~"] {
        assert_eq!(value(text), format!("\"{text}\""));
    }
    assert_eq!(value("<<"), "<<");
}

#[test]
fn strings_that_look_like_syntax_have_single_quotes() {
    for text in [
        "*", "#a", "a #b", "a: b", "a:", "- a", "-", "? a", "&a", "!a", "|", ">", "%a", "@a", "`a", "{a",
        "[a", ",a", "\"a\"", " a", "a ", "---", "...a", ":", "]",
    ] {
        assert_eq!(value(text), format!("'{text}'"));
    }
    assert_eq!(value("'a'"), "'''a'''");
}

#[test]
fn other_strings_are_plain() {
    for text in
        ["a", "a#b", "a:b", "-a", "?a", ":a", "a'b", "a, b", "a\\b", "Prüfung", "日本", "a \"b\"", "\u{a0}"]
    {
        assert_eq!(value(text), text);
    }
}

#[test]
fn what_cannot_be_printed_is_escaped() {
    assert_eq!(value("a\tb"), r#""a\tb""#);
    assert_eq!(value("\0\u{7}\u{8}\u{b}\u{c}\r\u{1b}\u{1}"), r#""\0\a\b\v\f\r\e\x01""#);
    assert_eq!(value("\u{7f}\u{85}\u{feff}🚀"), r#""\x7F\N\uFEFF\U0001F680""#);
    assert_eq!(value("\u{feff}a\u{a0} "), r#""\uFEFF\x61\_\x20""#);
    assert_eq!(value("a\t\"\\\u{2028}\u{2029}"), r#""a\t\"\\\L\P""#);
}

#[test]
fn several_lines_are_a_literal_block() {
    assert_eq!(value("a\nb"), "|-\n  a\n  b");
    assert_eq!(value("a\n\n  b: #\n"), "|\n  a\n\n    b: #");
    assert_eq!(value("\n"), "|2+\n");
    assert_eq!(value("a\n\n"), "|+\n  a\n");
    assert_eq!(value(" a\nb"), "|2-\n   a\n  b");
    // no block can hold these
    assert_eq!(value("a\nb "), r#""a\nb ""#);
    assert_eq!(value("a \nb"), r#""a \nb""#);
    assert_eq!(value("a\n\tb"), r#""a\n\tb""#);
}

#[test]
fn what_follows_a_literal_block_stands_at_its_place() {
    let document = Yaml::from_iter([("a", "x\n".into()), ("b", "x\ny".into()), ("c", "z".into())]);
    assert_eq!(printed(&document), "a: |\n  x\nb: |-\n  x\n  y\nc: z\n");
}

#[test]
fn a_line_separator_is_kept_within_quotes() {
    assert_eq!(value("a\u{2028}b"), "'a\u{2028}  b'");
}

#[test]
fn long_lines_are_folded_behind_column_80() {
    let word = "x".repeat(77);
    // `k: ` and 77 characters: 80 columns are not more than 80
    assert_eq!(value(&format!("{word} b c")), format!("{word} b\n  c"));
    assert_eq!(value(&format!("{word}x b")), format!("{word}x\n  b"));
    assert_eq!(value(&format!("{word}x  b")), format!("{word}x  b"));
    assert_eq!(value(&format!("#{word} b")), format!("'#{word}\n  b'"));
    assert_eq!(value(&format!("#{word} ")), format!("'#{word} '"));
    assert_eq!(value(&format!("\t{word} b")), format!("\"\\t{word}\n  b\""));
    assert_eq!(value(&format!("\t{word}  b")), format!("\"\\t{word}\n  \\ b\""));
    assert_eq!(value(&format!("ü{word}")), format!("ü{word}"));
}

#[test]
fn keys_are_quoted_like_values_but_never_folded() {
    let key = format!("a{}: b", " b".repeat(60));
    let document: Yaml<'_> =
        [(key.as_str(), Yaml::from("v")), ("", "v".into()), ("on", "v".into())].into_iter().collect();
    assert_eq!(printed(&document), format!("\"\": v\n'{key}': v\n\"on\": v\n"));
}

#[test]
fn keys_that_are_long_or_have_line_breaks_are_announced() {
    let key = "x".repeat(129);
    assert_eq!(printed(&Yaml::from_iter([(key.as_str(), "v".into())])), format!("? {key}\n: v\n"));
    assert_eq!(printed(&Yaml::from_iter([("a\nb", "v".into())])), "? |-\n  a\n  b\n: v\n");
    let key = "x".repeat(128);
    assert_eq!(printed(&Yaml::from_iter([(key.as_str(), "v".into())])), format!("{key}: v\n"));
}
