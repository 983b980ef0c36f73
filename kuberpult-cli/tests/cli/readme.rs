//! The README's tour does what the README says it does.

use std::fs;
use std::path::Path;

use crate::terminal::Terminal;

/// What is typed, and what the README says is printed.
struct Step {
    typed: String,
    printed: String,
}

/// The steps in the `console` blocks of the tour, and of what follows it on remotes.
fn tour() -> Vec<Step> {
    let readme = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../README.md")).unwrap();
    let of = |title| readme.split("\n## ").find(|section| section.starts_with(title)).unwrap();
    let tour = format!("{}{}", of("A tour"), of("Many writers"));
    let mut steps: Vec<Step> = Vec::new();
    for block in tour.split("```console\n").skip(1) {
        for line in block.split("```").next().unwrap().lines() {
            match (line.strip_prefix("$ "), steps.last_mut()) {
                (Some(typed), _) => steps.push(Step { typed: typed.to_owned(), printed: String::new() }),
                (None, Some(step)) => step.printed.push_str(&format!("{line}\n")),
                (None, None) => panic!("a console block begins with what is typed, not with `{line}`"),
            }
        }
    }
    steps
}

/// What differs from run to run: the ids of commits, the time, the directory.
fn without_what_differs(printed: &str) -> String {
    let words = printed.split_inclusive([' ', '\n']).map(|word| {
        let text = word.trim_end();
        let is_commit = [10, 40].contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let is_time = text.trim_end_matches(':').parse::<kuberpult_core::Time>().is_ok();
        let is_directory = text.starts_with('/') || text.starts_with("DIR/");
        if is_commit || is_time || is_directory { word.replace(text, "...") } else { word.to_owned() }
    });
    words.collect()
}

#[test]
fn the_tour_of_the_readme_is_true() {
    const END: &str = "end of step\n";
    let steps = tour();
    assert!(steps.len() > 10, "the tour has commands");
    // One shell for all of them, as in a terminal.
    let script: String =
        steps.iter().map(|step| format!("{{ {} ; }} 2>&1\nprintf '{END}'\n", step.typed)).collect();
    let printed = Terminal::new().shell(&script);
    let mut answers = printed.split(END);
    for step in &steps {
        let answer = answers.next().unwrap();
        assert_eq!(without_what_differs(answer), without_what_differs(&step.printed), "$ {}", step.typed);
    }
    assert_eq!(answers.next(), Some(""));
}
