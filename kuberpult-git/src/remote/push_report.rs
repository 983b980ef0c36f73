//! What `git push --porcelain` prints.

/// What it says of one reference.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Report {
    /// The remote has it, perhaps since before.
    Done,
    /// Git itself or the remote found the branch elsewhere than the push expected it.
    Rejected(String),
    /// The remote refused, for this reason.
    RemoteRejected(String),
    /// The remote did not say what it did.
    NoAnswer,
}

/// Finds the line `<flag> TAB <from>:<to> TAB <summary>` of a reference; none when it is not there, because git did not get
/// so far.
pub(super) fn of_reference(printed: &[u8], reference: &str) -> Option<Report> {
    let printed = String::from_utf8_lossy(printed);
    printed.lines().find_map(|line| {
        let mut fields = line.splitn(3, '\t');
        let (flag, names, summary) = (fields.next()?, fields.next()?, fields.next()?);
        let (_, to) = names.rsplit_once(':')?;
        (to == reference).then(|| report(flag, summary))
    })
}

fn report(flag: &str, summary: &str) -> Report {
    match flag {
        " " | "*" | "+" | "=" => Report::Done,
        _ if summary.starts_with("[rejected]") => Report::Rejected(summary.to_owned()),
        _ if summary.starts_with("[remote rejected]") => Report::RemoteRejected(summary.to_owned()),
        _ => Report::NoAnswer,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_of_the_reference_counts() {
        let print = |flag: &str, summary: &str| {
            format!(
                "To h:p\n!\tx:refs/heads/other\t[rejected] (no)\n{flag}\tabc:refs/heads/main\t{summary}\nDone\n"
            )
        };
        for (flag, summary, expected) in [
            (" ", "123..456", Report::Done),
            ("*", "[new branch]", Report::Done),
            ("+", "123...456 (forced update)", Report::Done),
            ("=", "[up to date]", Report::Done),
            ("!", "[rejected] (stale info)", Report::Rejected("[rejected] (stale info)".to_owned())),
            ("!", "[remote rejected] (no)", Report::RemoteRejected("[remote rejected] (no)".to_owned())),
            ("!", "[remote failure] (remote failed to report status)", Report::NoAnswer),
            ("?", "something new", Report::NoAnswer),
        ] {
            assert_eq!(of_reference(print(flag, summary).as_bytes(), "refs/heads/main"), Some(expected));
        }
        assert_eq!(of_reference(b"", "refs/heads/main"), None);
        assert_eq!(of_reference(print(" ", "1..2").as_bytes(), "heads/main"), None);
    }
}
