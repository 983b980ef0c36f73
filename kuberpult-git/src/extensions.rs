//! Extensions of git's repository format. A repository that uses one that is not known must be left alone: that is
//! what git itself does, because reading it could mean something else.

use std::path::Path;

use crate::{OpenError, ReadError};

/// What kuberpult and gix understand, or what concerns neither reading nor writing.
const KNOWN: [&str; 7] = [
    "noop",
    "noop-v1",
    "preciousObjects",
    "partialClone",
    "worktreeConfig",
    "objectFormat",
    "relativeWorktrees",
];

/// Refuses a repository with an extension that is not known. In format 0 extensions mean nothing. What counts is the
/// repository's own config: git looks for extensions nowhere else.
pub(crate) fn refuse_unknown(repo: &gix::Repository, directory: &Path) -> Result<(), OpenError> {
    let config = repo.common_dir().join("config");
    let config = gix::config::File::from_path_no_includes(config, gix::config::Source::Local)
        .map_err(|error| ReadError::git("the repository's `config`", error))?;
    if config.integer("core.repositoryFormatVersion").ok().flatten().unwrap_or_default() == 0 {
        return Ok(());
    }
    for section in config.sections_by_name("extensions").into_iter().flatten() {
        for name in section.value_names() {
            let value = section.value(&name).map(|value| value.to_string()).unwrap_or_default();
            let known = KNOWN.iter().any(|known| known.eq_ignore_ascii_case(&name));
            let files = name.eq_ignore_ascii_case("refStorage") && value == "files";
            if !known && !files {
                let directory = directory.to_owned();
                return Err(OpenError::UnknownExtension { directory, name, value });
            }
        }
    }
    Ok(())
}
