//! Addresses: a directory, a URL of one of five schemes, or `user@host:path`. Nothing else gets to git.

use std::path::Path;

use crate::plain_text::{is_visible, one_line};
use crate::remote::RemoteError;

/// An address that git may be given.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::remote) struct Address {
    pub(in crate::remote) for_git: String,
    /// Without passwords.
    pub(in crate::remote) shown: String,
    /// What must not be printed.
    pub(in crate::remote) secrets: Vec<String>,
}

const LONGEST: usize = 2_000;

/// How many characters of an address are shown.
const LONGEST_SHOWN: usize = 200;

/// A user name of this length is a token: GitHub's have 40 characters, GitLab's 26.
const SHORTEST_TOKEN: usize = 16;

type Problem = &'static str;

impl Address {
    /// Reads what somebody typed. A directory is taken from where the process is.
    pub(in crate::remote) fn parse(text: &str) -> Result<Self, RemoteError> {
        let address = Self::parse_configured(text)?;
        if is_path(text) {
            let absolute = std::path::absolute(text).ok();
            let absolute = absolute.as_deref().and_then(Path::to_str).map(str::to_owned);
            let for_git = absolute.ok_or_else(|| invalid(text, "the directory cannot be named"))?;
            return Ok(Self { shown: one_line(&for_git, LONGEST_SHOWN), for_git, secrets: Vec::new() });
        }
        Ok(address)
    }

    /// Reads what a repository's configuration has. A relative directory is left to git, which knows where it begins.
    pub(in crate::remote) fn parse_configured(text: &str) -> Result<Self, RemoteError> {
        let parsed = check_text(text).and_then(|()| {
            if let Some((scheme, rest)) = text.split_once("://") {
                of_url(scheme, rest)
            } else if is_path(text) {
                Ok((one_line(text, LONGEST_SHOWN), Vec::new()))
            } else {
                of_scp(text).map(|()| (one_line(text, LONGEST_SHOWN), Vec::new()))
            }
        });
        let (shown, secrets) = parsed.map_err(|problem| invalid(text, problem))?;
        Ok(Self { for_git: text.to_owned(), shown, secrets })
    }
}

fn invalid(text: &str, problem: Problem) -> RemoteError {
    // Nobody knows where a password begins and ends in what is no address.
    let address = match text.split_once("://") {
        Some((scheme, rest)) if rest.contains(['@', '?', '#']) => {
            format!("{scheme}://***")
        }
        _ => text.to_owned(),
    };
    RemoteError::InvalidAddress { address: one_line(&address, LONGEST_SHOWN), problem }
}

fn check_text(text: &str) -> Result<(), Problem> {
    let lower = text.to_ascii_lowercase();
    let scheme = text.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'));
    if text.is_empty() {
        Err("it is empty")
    } else if text.len() > LONGEST {
        Err("it is too long")
    } else if text.starts_with('-') {
        Err("it begins with `-`, as an option does")
    } else if !text.chars().all(is_visible) {
        Err("it has characters that do not show themselves")
    } else if scheme.starts_with("::") {
        Err("it names a program that git would run")
    } else if text.contains("://") && ["%00", "%0a", "%0d"].iter().any(|code| lower.contains(code)) {
        Err("it has an encoded line break")
    } else {
        Ok(())
    }
}

/// As git tells a path from `host:path`: by no colon before the first slash.
fn is_path(text: &str) -> bool {
    !text.contains("://") && text.split('/').next().is_some_and(|first| !first.contains(':'))
}

fn of_url(scheme: &str, rest: &str) -> Result<(String, Vec<String>), Problem> {
    let (authority, path) = rest.find('/').map_or((rest, ""), |slash| rest.split_at(slash));
    match scheme {
        "file" if authority.is_empty() && path.len() > 1 => {
            return Ok((one_line(&format!("file://{path}"), LONGEST_SHOWN), Vec::new()));
        }
        "file" => return Err("a file has an absolute path, as in `file:///srv/manifests.git`"),
        "git" | "http" | "https" | "ssh" => {}
        _ => return Err("its scheme is none of `file`, `git`, `http`, `https` and `ssh`"),
    }
    if rest.contains(['?', '#']) {
        return Err("`?` and `#` have no place in it");
    }
    if path.len() < 2 {
        return Err("it has no path");
    }
    let (user_info, host) =
        authority.rsplit_once('@').map_or((None, authority), |(user, host)| (Some(user), host));
    check_host(host)?;
    let (user, password) = user_info.map_or(("", None), |text| match text.split_once(':') {
        Some((user, password)) => (user, Some(password)),
        None => (text, None),
    });
    if user.starts_with('-') || user.contains(char::is_whitespace) {
        return Err("the user's name cannot be one");
    }
    let is_http = scheme.starts_with("http");
    let user_is_secret = user.len() >= SHORTEST_TOKEN
        || password.is_some_and(|password| matches!(password, "" | "x-oauth-basic"));
    let secrets =
        password.into_iter().chain(user_is_secret.then_some(user)).filter(|secret| !secret.is_empty());
    let secrets = secrets.flat_map(|secret| [secret.to_owned(), decoded(secret)]).collect();
    let shown_user =
        if is_http || user.is_empty() || user_is_secret { String::new() } else { format!("{user}@") };
    Ok((one_line(&format!("{scheme}://{shown_user}{host}{path}"), LONGEST_SHOWN), secrets))
}

fn check_host(text: &str) -> Result<(), Problem> {
    let (host, port) = match text.strip_prefix('[').and_then(|text| text.split_once(']')) {
        Some((host, rest)) => {
            if host.is_empty() || !host.chars().all(|c| c.is_ascii_hexdigit() || matches!(c, ':' | '.')) {
                return Err("the host is no IP address");
            }
            (host, rest.strip_prefix(':'))
        }
        None => match text.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (text, None),
        },
    };
    let is_usual = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | ':');
    if host.is_empty() || host.starts_with('-') || !host.chars().all(is_usual) {
        return Err("it has no valid host; what is special in a name or password has to be percent-encoded");
    }
    if port.is_some_and(|port| port.parse::<u16>().is_err()) {
        return Err("the port is no number; what is special in a name or password has to be percent-encoded");
    }
    Ok(())
}

/// `user@host:path`
fn of_scp(text: &str) -> Result<(), Problem> {
    let end = if text.contains('[') { text.find("]:").map(|at| at + 1) } else { text.find(':') };
    let Some((login, path)) = end.and_then(|at| text.split_at_checked(at)) else {
        return Err("it is neither a directory nor a URL");
    };
    let path = path.strip_prefix(':').unwrap_or(path);
    let (user, host) = login.rsplit_once('@').map_or(("", login), |(user, host)| (user, host));
    check_host(host)?;
    if user.starts_with('-') || user.contains(|c: char| c.is_whitespace() || c == ':') {
        return Err("the user's name cannot be one");
    }
    if path.is_empty() || path.starts_with('-') {
        return Err("it has no path");
    }
    Ok(())
}

/// Without percent-encoding, in which git may print it as well.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let code = after.get(..2).and_then(|code| std::str::from_utf8(code).ok());
        match code.and_then(|code| u8::from_str_radix(code, 16).ok()).filter(|_| *first == b'%') {
            Some(byte) => {
                bytes.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_shown_without_what_is_secret() {
        for (text, shown, secrets) in [
            ("https://jo:secret@example.com/m.git", "https://example.com/m.git", vec!["secret"]),
            (
                "https://jo:se:c%40ret@example.com/m.git",
                "https://example.com/m.git",
                vec!["se:c%40ret", "se:c@ret"],
            ),
            ("https://jo@example.com/m.git", "https://example.com/m.git", vec![]),
            (
                "https://ghp_0123456789abcdef@example.com/m",
                "https://example.com/m",
                vec!["ghp_0123456789abcdef"],
            ),
            (
                "https://token:x-oauth-basic@example.com/m",
                "https://example.com/m",
                vec!["x-oauth-basic", "token"],
            ),
            ("https://token:@example.com/m", "https://example.com/m", vec!["token"]),
            ("http://127.0.0.1:8080/a@b:c/d", "http://127.0.0.1:8080/a@b:c/d", vec![]),
            ("ssh://git@example.com:22/m.git", "ssh://git@example.com:22/m.git", vec![]),
            ("ssh://git:secret@[::1]:22/m.git", "ssh://git@[::1]:22/m.git", vec!["secret"]),
            ("git@example.com:m.git", "git@example.com:m.git", vec![]),
            ("git@[::1]:m.git", "git@[::1]:m.git", vec![]),
            ("git://example.com/m.git", "git://example.com/m.git", vec![]),
            ("file:///srv/m.git", "file:///srv/m.git", vec![]),
            ("/srv/a:b/m.git", "/srv/a:b/m.git", vec![]),
            ("/srv/a::b/-m.git", "/srv/a::b/-m.git", vec![]),
        ] {
            let address = Address::parse(text).unwrap();
            let mut found = address.secrets;
            found.dedup();
            assert_eq!(
                (address.shown.as_str(), found),
                (shown, secrets.iter().map(ToString::to_string).collect()),
                "{text}"
            );
            assert_eq!(address.for_git, text);
        }
    }

    #[test]
    fn a_directory_is_taken_from_where_the_process_is() {
        let address = Address::parse("sub/manifests.git").unwrap();
        assert_eq!(address.for_git, std::path::absolute("sub/manifests.git").unwrap().to_str().unwrap());
        assert_eq!(Address::parse_configured("../manifests.git").unwrap().for_git, "../manifests.git");
    }

    #[test]
    fn tricks_are_refused() {
        for text in [
            "",
            "-u",
            "--upload-pack=touch x",
            "ext::sh -c 'touch x'",
            "fd::17",
            "foo::https://example.com/m",
            "ext::ssh://h/p",
            "ftp://example.com/m",
            "HTTPS://example.com/m",
            "javascript://x/y",
            "ssh://-oProxyCommand=x/m",
            "ssh://-oProxyCommand=x@h/m",
            "-oProxyCommand=x@host:m",
            "-oProxyCommand=x:m",
            "host:-x",
            "host:",
            "ssh://git@/m",
            "ssh://h:port/m",
            "ssh://h:22x/m",
            "https://example.com",
            "https://example.com/",
            "https://example.com/m\n",
            "https://example.com/\u{1b}[31m",
            "https://exam ple.com/m",
            "https://a%0ahost=evil@example.com/m",
            "https://example.com/m%0A",
            "file://host/m",
            "file://",
            "a\0b",
            "a\u{202e}b",
            "ssh://[::1/m",
            "https://example.com/m?private_token=secret",
            &"a".repeat(3_000),
        ] {
            assert!(matches!(Address::parse(text), Err(RemoteError::InvalidAddress { .. })), "{text}");
            assert!(
                matches!(Address::parse_configured(text), Err(RemoteError::InvalidAddress { .. })),
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_refused_shows_no_password() {
        for text in [
            "https://jo:sec/ret@example.com/m.git",
            "https://jo:secret@example.com:port/m",
            "https://jo:sec/r@et@exam ple.com/m",
            "https://example.com/m?private_token=secret",
            "ftp://jo:secret@example.com/m",
            "https://jo:secret@",
            "https://h/m#sec@ret",
        ] {
            let error = Address::parse(text).unwrap_err().to_string();
            assert!(!error.contains("sec") && !error.contains("ret"), "{error}");
        }
    }
}
