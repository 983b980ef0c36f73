//! When a command is given, and by whom.

use jiff::Zoned;
use kuberpult_core::{Actor, Context, Time};
use kuberpult_git::ManifestRepo;

use crate::arguments::GlobalOptions;
use crate::exit::Failure;

/// The context of a command that is given on the command line.
pub(crate) fn context(global: &GlobalOptions, repo: &ManifestRepo) -> Result<Context, Failure> {
    Ok(Context::new(now(global)?, actor(global, repo)?))
}

/// The context of a command that only reads: nobody needs to be known for it.
pub(crate) fn reading(global: &GlobalOptions) -> Result<Context, Failure> {
    Ok(Context::new(now(global)?, Actor::new("", "")))
}

/// The time that was given, or the clock's with the local offset.
pub(crate) fn now(global: &GlobalOptions) -> Result<Time, Failure> {
    match global.now {
        Some(now) => Ok(now),
        None => local(&Zoned::now()).ok_or(Failure::Clock),
    }
}

/// The same instant, in the offset of its zone where that can be written.
pub(crate) fn local(zoned: &Zoned) -> Option<Time> {
    let with_offset = zoned.timestamp().display_with_offset(zoned.offset()).to_string();
    with_offset.parse().ok().or_else(|| Time::from_unix(zoned.timestamp().as_second()))
}

/// Who was named, or who git says the user is; each of name and address on its own.
pub(crate) fn actor(global: &GlobalOptions, repo: &ManifestRepo) -> Result<Actor, Failure> {
    let (name, email) = (global.author_name.as_deref(), global.author_email.as_deref());
    if let (Some(name), Some(email)) = (name, email) {
        return Ok(Actor::new(name, email));
    }
    match repo.git_identity() {
        Some(git) => Ok(Actor::new(name.unwrap_or(&git.name), email.unwrap_or(&git.email))),
        None => Err(Failure::NoIdentity),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_is_written_with_its_local_offset() {
        let zoned: Zoned = "2024-05-03T11:37:37.25+05:30[+05:30]".parse().unwrap();
        assert_eq!(local(&zoned).unwrap().to_string(), "2024-05-03T11:37:37.25+05:30");
    }
}
