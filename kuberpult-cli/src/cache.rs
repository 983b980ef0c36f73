//! The directory for clones of remote repositories.

use std::ffi::OsString;
use std::path::PathBuf;

use crate::exit::Failure;

/// The directory for clones of remote repositories.
pub(crate) fn directory() -> Result<PathBuf, Failure> {
    directory_in(|variable| std::env::var_os(variable)).ok_or(Failure::NoCache)
}

/// `KUBERPULT_CACHE_DIR`, or `kuberpult` where programs keep what can be had again. A relative `XDG_CACHE_HOME` is ignored, as its
/// specification asks for.
fn directory_in(variable: impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    let path = |name| variable(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    path("KUBERPULT_CACHE_DIR").or_else(|| {
        let caches = path("XDG_CACHE_HOME").filter(|caches| caches.is_absolute());
        Some(caches.or_else(|| Some(path("HOME")?.join(".cache")))?.join("kuberpult"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_special_variable_counts() {
        let directory = |variables: &[(&str, &str)]| {
            let value = |name: &str| {
                let found = variables.iter().find(|(variable, _)| *variable == name);
                found.map(|(_, value)| OsString::from(value))
            };
            directory_in(value).map(|path| path.display().to_string())
        };
        let (ours, xdg, home) = (("KUBERPULT_CACHE_DIR", "/k"), ("XDG_CACHE_HOME", "/x"), ("HOME", "/h"));
        assert_eq!(directory(&[home, xdg, ours]).unwrap(), "/k");
        assert_eq!(directory(&[home, xdg, ("KUBERPULT_CACHE_DIR", "")]).unwrap(), "/x/kuberpult");
        assert_eq!(directory(&[home, ("XDG_CACHE_HOME", "x")]).unwrap(), "/h/.cache/kuberpult");
        assert_eq!(directory(&[]), None);
    }
}
