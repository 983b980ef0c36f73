//! Completion in shells: the script that `kuberpult completions` prints asks this binary what could come next.
//!
//! What is completed is read from the repository as it is here. The network is not asked: with a remote, it is what was
//! fetched last. Where nothing can be read, nothing is completed, and nobody is told.

mod candidates;
mod line;

use std::env;
use std::ffi::OsString;

use clap::{Arg, Command, CommandFactory as _};
use clap_complete::CompleteEnv;
use clap_complete::engine::ArgValueCandidates;
use clap_complete::env::Shells;

use self::candidates::Wanted;
use crate::arguments::Arguments;

/// The variable by which a shell asks. It has a name of its own, since `COMPLETE` may be anybody's.
const ASKED: &str = "KUBERPULT_COMPLETE";
/// How the script finds the binary: on the path, whichever is there when it is asked.
const BINARY: &str = "kuberpult";

/// The shells that can be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Shell {
    /// Bash
    Bash,
    /// Elvish
    Elvish,
    /// Fish
    Fish,
    /// `PowerShell`
    Powershell,
    /// Zsh
    Zsh,
}

impl Shell {
    fn name(self) -> &'static str {
        match self {
            Self::Bash => "bash",
            Self::Elvish => "elvish",
            Self::Fish => "fish",
            Self::Powershell => "powershell",
            Self::Zsh => "zsh",
        }
    }
}

/// What a shell has to be told so that it asks.
pub(crate) fn script(shell: Shell) -> std::io::Result<Vec<u8>> {
    let mut script = Vec::new();
    let shells = Shells::builtins();
    let unknown = || std::io::Error::from(std::io::ErrorKind::Unsupported);
    let completer = shells.completer(shell.name()).ok_or_else(unknown)?;
    completer.write_registration(ASKED, BINARY, BINARY, BINARY, &mut script)?;
    Ok(script)
}

/// Answers a shell, if it is one that asks; says whether it was, and whether there was an answer.
pub(crate) fn answer(typed: &[OsString]) -> Option<bool> {
    env::var_os(ASKED).filter(|asked| !asked.is_empty() && asked != "0")?;
    let line = line::of(typed);
    let word_is_empty = line.current.is_empty();
    let engine =
        CompleteEnv::with_factory(|| command(word_is_empty)).var(ASKED).bin(BINARY).completer(BINARY);
    let directory = env::current_dir().ok();
    Some(engine.try_complete(typed, directory.as_deref()).is_ok())
}

/// The commands, with what completes the values of their arguments.
fn command(word_is_empty: bool) -> Command {
    let command = Arguments::command();
    completed(if word_is_empty { without_options(command) } else { command }, "")
}

fn completed(command: Command, parent: &str) -> Command {
    let name = command.get_name().to_owned();
    let path = format!("{parent} {name}");
    command
        .mut_args(|argument| match Wanted::by(&path, argument.get_id().as_str()) {
            Some(wanted) => argument.add(ArgValueCandidates::new(move || wanted.candidates())),
            None => argument,
        })
        .mut_subcommands(|subcommand| completed(subcommand, &path))
}

/// Options stay in the background as long as nothing of them is typed: there are twenty, and one name is wanted.
fn without_options(command: Command) -> Command {
    let hidden = |argument: Arg| if argument.is_positional() { argument } else { argument.hide(true) };
    let command = command.mut_args(hidden).mut_subcommands(without_options);
    command.disable_help_flag(true).disable_version_flag(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Arguments whose values nobody but who types them knows.
    const FREE: &[&str] = &[
        "argocd_repo_url",
        "as_of",
        "author_email",
        "author_name",
        "branch",
        "ci_link",
        "context_lines",
        "days",
        "display_version",
        "lifetime",
        "limit",
        "message",
        "now",
        "push_every",
        "reason",
        "remote",
        "since",
        "source_author",
        "source_commit",
        "source_message",
        "source_repo_url",
        "until",
        "watch",
    ];
    /// Names of what is new.
    const NEW: &[(&str, &str)] = &[
        (" kuberpult env create", "name"),
        (" kuberpult lock app", "id"),
        (" kuberpult lock env", "id"),
        (" kuberpult lock group", "id"),
        (" kuberpult lock team", "id"),
        (" kuberpult release", "version"),
    ];

    #[test]
    fn each_argument_is_completed_or_cannot_be() {
        fn look(command: &Command, parent: &str) {
            let path = format!("{parent} {}", command.get_name());
            for argument in command.get_arguments() {
                let id = argument.get_id().as_str();
                let is_completed = argument.get::<ArgValueCandidates>().is_some();
                let has_own = !argument.get_action().takes_values()
                    || argument.get_value_hint() != clap::ValueHint::Unknown
                    || !argument.get_possible_values().is_empty();
                let is_free = FREE.contains(&id) || NEW.contains(&(path.as_str(), id));
                assert_eq!(
                    usize::from(is_completed) + usize::from(has_own) + usize::from(is_free),
                    1,
                    "{path} {id}"
                );
            }
            command.get_subcommands().for_each(|subcommand| look(subcommand, &path));
        }
        look(&command(false), "");
    }

    #[test]
    fn each_shell_is_told() {
        for shell in <Shell as clap::ValueEnum>::value_variants() {
            let script = String::from_utf8(script(*shell).unwrap()).unwrap();
            assert!(script.contains(ASKED) && script.contains(BINARY), "{shell:?}: {script}");
        }
    }
}
