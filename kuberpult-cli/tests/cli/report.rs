//! `kuberpult report`: a page to share.

mod accessible;
mod hostile;
mod in_a_browser;
mod whole;

use std::fs;

use scraper::{Html, Selector};

use crate::terminal::{Terminal, words};

/// The page of a repository in `repo`, as standard output has it.
fn page(terminal: &Terminal, line: &str) -> String {
    page_of(terminal, &words(line))
}

/// As [`page`], with the words of the line as they are.
fn page_of(terminal: &Terminal, words: &[String]) -> String {
    let output = terminal.kuberpult(words).output().unwrap();
    let (page, remarks) =
        (String::from_utf8(output.stdout).unwrap(), String::from_utf8_lossy(&output.stderr));
    assert_eq!((output.status.code(), &*remarks), (Some(0), ""), "{words:?}");
    page
}

/// A page as a browser reads it, in which nothing is wrong.
fn parsed(page: &str) -> Html {
    let parsed = Html::parse_document(page);
    assert!(parsed.errors.is_empty(), "{:?}", parsed.errors);
    parsed
}

/// The text of each thing that a selector finds.
fn texts(page: &Html, selector: &str) -> Vec<String> {
    let selector = Selector::parse(selector).unwrap();
    page.select(&selector).map(|element| element.text().collect()).collect()
}

/// A page without what is the same in all of them and changes often.
fn without_style_and_script(page: &str) -> String {
    let mut page = page.replace(env!("CARGO_PKG_VERSION"), "VERSION");
    for (begin, end) in [("<style>", "</style>"), ("<script>", "</script>"), ("script-src", "; base-uri")] {
        let from = page.find(begin).unwrap() + begin.len();
        let until = from + page[from..].find(end).unwrap();
        page.replace_range(from..until, " ... ");
    }
    page
}

/// Writes a page where a browser finds it, and gives its address.
fn address(terminal: &Terminal, page: &str) -> String {
    let file = terminal.path("page.html");
    fs::write(&file, page).unwrap();
    format!("file://{}", file.display())
}
