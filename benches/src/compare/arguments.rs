//! What is typed.

use std::path::{Path, PathBuf};

use clap::Parser;

use crate::section::Section;
use crate::workshop::Workshop;

/// Measures kuberpult beside git itself
///
/// Results go to benches/results: a section that is measured again replaces what was there, the others stay.
/// Repositories to measure on are made once and kept in the target directory.
#[derive(Debug, Parser)]
#[command(name = "benches/compare")]
pub(crate) struct Arguments {
    /// What to measure; everything but f when nothing is named
    #[arg(value_enum, value_name = "SECTION")]
    named: Vec<Section>,
    /// Small sizes and few rounds, to see whether everything works; the results go to the target directory
    #[arg(long)]
    pub(crate) quick: bool,
    /// Measure nothing: write tables and charts anew from results.json
    #[arg(long, conflicts_with = "named")]
    pub(crate) render: bool,
    /// How many commands a stream has in section a; 1,000 when not given
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) commands: Option<u16>,
    /// Where the results go
    #[arg(long, value_name = "DIR")]
    results: Option<PathBuf>,
    /// The binary to measure; the one of this checkout when not given
    #[arg(long, value_name = "FILE")]
    pub(crate) kuberpult: Option<PathBuf>,
}

impl Arguments {
    /// What is measured, each once, in order.
    pub(crate) fn sections(&self) -> Vec<Section> {
        let named: &[Section] = match (self.named.is_empty(), self.quick) {
            (true, true) => &[
                Section::StreamOfCommands,
                Section::ColdCommand,
                Section::History,
                Section::Train,
                Section::WholeState,
                Section::Looking,
            ],
            (true, false) => &Section::DEFAULT,
            (false, _) => &self.named,
        };
        let mut sections: Vec<_> = named.iter().copied().flat_map(Section::runs).collect();
        sections.sort();
        sections.dedup();
        sections
    }

    /// Where the results go.
    pub(crate) fn results_directory(&self, workshop: &Workshop) -> PathBuf {
        match &self.results {
            Some(directory) => directory.clone(),
            // What says nothing about speed must not replace what does.
            None if self.quick => workshop.cache.join("quick-results"),
            None => Path::new(env!("CARGO_MANIFEST_DIR")).join("results"),
        }
    }

    /// The same as a person would say it.
    pub(crate) fn results_name(&self) -> String {
        match &self.results {
            Some(directory) => directory.display().to_string(),
            None if self.quick => "compare/quick-results in the target directory".to_owned(),
            None => "benches/results".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_are_measured_once_and_in_order() {
        let sections = |line: &[&str]| {
            let given = std::iter::once("compare").chain(line.iter().copied());
            Arguments::try_parse_from(given)
                .unwrap()
                .sections()
                .into_iter()
                .map(Section::letter)
                .collect::<String>()
        };
        assert_eq!(sections(&[]), "abcdg");
        assert_eq!(sections(&["--quick"]), "abcdfg");
        assert_eq!(sections(&["d", "b", "b"]), "bd");
        assert_eq!(sections(&["e"]), "ad");
        assert_eq!(sections(&["f"]), "f");
    }
}
