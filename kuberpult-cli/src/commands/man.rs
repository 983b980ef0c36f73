//! `kuberpult man`: manual pages, made of what `--help` says. For who packages kuberpult; it is not in the list of commands.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use clap::{Command, CommandFactory as _};
use clap_mangen::Man;
use roff::{Roff, roman};

use super::Session;
use crate::arguments::Arguments;
use crate::exit::Failure;

/// Where the pages go.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Pages {
    /// The directory; made if it is not there
    #[arg(value_name = "DIR")]
    directory: PathBuf,
}

const EXAMPLES: &str = "\
Examples:
  kuberpult man target/man";

impl Pages {
    pub(crate) fn run(&self, session: &mut Session<'_>) -> Result<(), Failure> {
        let failed = |source| Failure::ManPages { directory: self.directory.clone(), source };
        fs::create_dir_all(&self.directory).map_err(failed)?;
        let mut root = Arguments::command().disable_help_subcommand(true);
        root.build();
        let pages = write(&root, &self.directory).map_err(failed)?;
        session.output.remark(&format!("{pages} manual pages in {}", self.directory.display()));
        Ok(())
    }
}

/// Writes the page of a command and those of its subcommands, and counts them.
fn write(command: &Command, directory: &Path) -> io::Result<usize> {
    let man = Man::new(command.clone()).manual("kuberpult").source(SOURCE);
    fs::write(directory.join(man.get_filename()), page(command, &man)?)?;
    let below = command.get_subcommands().filter(|command| !command.is_hide_set());
    below.map(|command| write(command, directory)).try_fold(1, |pages, written| Ok(pages + written?))
}

const SOURCE: &str = concat!("kuberpult ", env!("CARGO_PKG_VERSION"));

/// A page as `clap_mangen` makes it, but for what comes at the end of the help, of which it would make one paragraph.
fn page(command: &Command, man: &Man) -> io::Result<Vec<u8>> {
    let mut page = Vec::new();
    man.render_title(&mut page)?;
    man.render_name_section(&mut page)?;
    man.render_synopsis_section(&mut page)?;
    man.render_description_section(&mut page)?;
    man.render_options_section(&mut page)?;
    if command.has_subcommands() {
        man.render_subcommands_section(&mut page)?;
    }
    let end = command.get_after_long_help().or_else(|| command.get_after_help());
    sections(&end.map(ToString::to_string).unwrap_or_default()).to_writer(&mut page)?;
    Ok(page)
}

/// A section for each heading, a line that ends with `:`. What is indented stays as it is.
fn sections(text: &str) -> Roff {
    let mut roff = Roff::new();
    let mut is_fixed = false;
    for line in text.lines() {
        let heading = line.strip_suffix(':').filter(|heading| !heading.starts_with(' '));
        let fixed = line.starts_with(' ');
        if is_fixed && !fixed {
            roff.control("fi", []);
        }
        match heading {
            Some(heading) => {
                roff.control("SH", [heading.to_uppercase().as_str()]);
            }
            None if line.is_empty() => {
                roff.control("PP", []);
            }
            None => {
                if fixed && !is_fixed {
                    roff.control("nf", []);
                }
                roff.text([roman(line.strip_prefix("  ").unwrap_or(line))]);
            }
        }
        is_fixed = fixed;
    }
    if is_fixed {
        roff.control("fi", []);
    }
    roff
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn examples_keep_their_lines() {
        let text = "Examples:\n  a  b\n  c\n\nMore about\nit.\n\nSigns:\n  -  none";
        assert_eq!(
            sections(text).render().split_once(".SH").unwrap().1,
            " EXAMPLES\n.nf\na  b\nc\n.fi\n.PP\nMore about\nit.\n.PP\n.SH SIGNS\n.nf\n\\-  none\n.fi\n"
        );
    }
}
