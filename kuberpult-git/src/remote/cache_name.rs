//! The names of directories in the cache.

use std::path::Path;

use gix::objs::Kind;

use super::{Remote, RemoteError};

/// A name for the clone of a remote's branch: what a person recognizes, and what makes it unique. It depends on the address
/// without what is secret, so that a new token is no new clone.
pub(super) fn of(remote: &Remote, branch: &str) -> Result<String, RemoteError> {
    let identity = format!("{}\0{branch}", remote.identity());
    let hash = gix::objs::compute_hash(gix::hash::Kind::Sha256, Kind::Blob, identity.as_bytes());
    let hash =
        hash.map_err(|error| RemoteError::file(Path::new(remote.identity()), std::io::Error::other(error)))?;
    let repository = remote.identity().trim_end_matches(".git");
    Ok(format!("{}-{}-{}", readable(repository, 40), readable(branch, 20), hash.to_hex_with_len(20)))
}

/// The end of a text, in letters, digits and dashes.
fn readable(text: &str, longest: usize) -> String {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let text = words.collect::<Vec<_>>().join("-");
    let start = text.len().saturating_sub(longest);
    text.get(start..).unwrap_or_default().trim_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(address: &str, branch: &str) -> String {
        of(&Remote::at(address).unwrap(), branch).unwrap()
    }

    #[test]
    fn one_clone_for_each_address_and_branch() {
        let main = name("https://jo:secret@example.com/team/manifests.git", "main");
        assert!(main.starts_with("https-example-com-team-manifests-main-"), "{main}");
        assert_eq!(main, name("https://other@example.com/team/manifests.git", "main"));
        assert_ne!(main, name("https://example.com/team/manifests.git", "next"));
        assert_ne!(main, name("https://example.com/team-manifests.git", "main"));
        assert_ne!(name("ssh://h/a-b", "c"), name("ssh://h/a", "b-c"));
        let strange = name(&format!("/srv/{}", "ä/..".repeat(100)), "feature/../x y");
        assert!(
            strange.len() < 100 && strange.chars().all(|c| c.is_ascii_alphanumeric() || c == '-'),
            "{strange}"
        );
    }
}
