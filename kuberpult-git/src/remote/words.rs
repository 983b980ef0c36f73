//! What git and servers say, made fit to be shown: without passwords, in one line, not longer than anybody reads.

use std::fmt;

use crate::plain_text::one_line;

const MASK: &str = "***";

/// How many characters are shown.
const LONGEST: usize = 1_000;

/// What must not be shown.
#[derive(Clone, Default)]
pub(super) struct Secrets(Vec<String>);

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secrets({})", self.0.len())
    }
}

impl Secrets {
    pub(super) fn new(mut secrets: Vec<String>) -> Self {
        // A secret may be within another one.
        secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
        secrets.dedup();
        Self(secrets)
    }

    fn mask(&self, text: &str) -> String {
        self.0.iter().fold(text.to_owned(), |text, secret| text.replace(secret.as_str(), MASK))
    }
}

/// What git said in one run.
#[derive(Debug)]
pub(super) struct Words {
    lines: Vec<String>,
}

impl Words {
    pub(super) fn new(stderr: &[u8], secrets: &Secrets) -> Self {
        let text = String::from_utf8_lossy(stderr);
        let lines = text.split(['\n', '\r']).map(str::trim).filter(|line| !line.is_empty());
        Self { lines: lines.map(|line| without_users(&secrets.mask(line))).collect() }
    }

    /// Whether one of these is among what was said, whoever said it; they are in lower case.
    pub(super) fn say(&self, phrases: &[&str]) -> bool {
        self.lines.iter().any(|line| contains(line, phrases))
    }

    /// Whether git said one of each of these in one line, here or on a server that sends it as it is.
    pub(super) fn git_says_together(&self, all: &[&[&str]]) -> bool {
        let mut lines = self.lines.iter().filter(|line| server_line(line).is_none());
        lines.any(|line| all.iter().all(|phrases| contains(line, phrases)))
    }

    /// Whether the server said one of these.
    pub(super) fn server_says(&self, phrases: &[&str]) -> bool {
        self.of_server().any(|line| contains(line, phrases))
    }

    /// Whether git said one of these by itself.
    pub(super) fn git_says(&self, phrases: &[&str]) -> bool {
        self.lines.iter().filter(|line| server_line(line).is_none()).any(|line| contains(line, phrases))
    }

    fn of_server(&self) -> impl Iterator<Item = &str> {
        self.lines.iter().filter_map(|line| server_line(line)).filter(|line| !line.is_empty())
    }

    /// What the server said, or what git said if the server said nothing.
    pub(super) fn of_server_first(&self) -> String {
        let said: Vec<_> = self.of_server().collect();
        if said.is_empty() { self.to_string() } else { shown(&said.join("; ")) }
    }
}

impl fmt::Display for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines = self.lines.iter().map(|line| server_line(line).unwrap_or(line));
        let telling: Vec<_> =
            lines.filter(|line| !line.is_empty() && !contains(line, SAYS_NOTHING)).collect();
        f.write_str(&shown(&telling.join("; ")))
    }
}

/// What git adds to everything.
const SAYS_NOTHING: &[&str] = &[
    "hint:",
    "error: failed to push some refs",
    "please make sure you have the correct access rights",
    "and the repository exists.",
    "@@@@@",
];

/// Any text from elsewhere, as it may be shown.
pub(super) fn shown(text: &str) -> String {
    one_line(text, LONGEST)
}

fn contains(line: &str, phrases: &[&str]) -> bool {
    let line = line.to_lowercase();
    phrases.iter().any(|phrase| line.contains(phrase))
}

/// What the server said in a line.
fn server_line(line: &str) -> Option<&str> {
    line.strip_prefix("remote:").map(str::trim)
}

/// Without user and password in any URL: they may be those of a rewritten address, which we have never seen.
fn without_users(line: &str) -> String {
    let mut shown = String::new();
    let mut rest = line;
    while let Some((before, after)) = rest.split_once("://") {
        let end = after.find(|c: char| c == '/' || c.is_whitespace()).unwrap_or(after.len());
        let (authority, following) = after.split_at_checked(end).unwrap_or((after, ""));
        let scheme_is_http = before.ends_with("http") || before.ends_with("https");
        let (user, host) = authority.rsplit_once('@').unwrap_or(("", authority));
        shown.extend([before, "://"]);
        if scheme_is_http || user.contains(':') {
            shown.push_str(if user.is_empty() { "" } else { "***@" });
        } else if !user.is_empty() {
            shown.extend([user, "@"]);
        }
        shown.push_str(host);
        rest = following;
    }
    shown.push_str(rest);
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Words {
        Words::new(text.as_bytes(), &Secrets::new(vec!["pass".to_owned(), "password".to_owned()]))
    }

    #[test]
    fn nothing_secret_is_shown() {
        let said = words(
            "fatal: 'https://jo:other@h/p' and ssh://git@h/p, ssh://git:x@h/p; password pass https://t@h",
        );
        assert_eq!(
            said.to_string(),
            "fatal: 'https://***@h/p' and ssh://git@h/p, ssh://***@h/p; *** *** https://***@h"
        );
        assert_eq!(format!("{:?}", Secrets::new(vec!["password".to_owned()])), "Secrets(1)");
    }

    #[test]
    fn servers_can_say_what_they_like() {
        let said = words(
            "remote: \u{1b}[2Jred\u{7}\rremote: more \nTo h:p\nhint: try\nerror: failed to push some refs to 'h:p'\n",
        );
        assert_eq!(said.of_server_first(), r"\u{1b}[2Jred\u{7}; more");
        assert_eq!(said.to_string(), r"\u{1b}[2Jred\u{7}; more; To h:p");
        assert!(
            said.git_says_together(&[&["to h", "x"], &["p"]])
                && !said.git_says_together(&[&["to h"], &["more"]])
        );
        assert!(said.server_says(&["more"]) && !said.git_says(&["more"]) && said.say(&["to h:p"]));
        let long = words(&"remote: no\n".repeat(10_000)).of_server_first();
        assert_eq!(long.chars().count(), LONGEST + 4);
    }
}
