//! [`Section`]: what can be measured by itself.

use clap::ValueEnum;
use serde::{Deserialize, Serialize};

use crate::Result;
use crate::results::SectionResults;
use crate::workshop::Workshop;
use crate::{cold_command, history, looking, stream_of_commands, train, whole_state};

/// A part of what is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Section {
    /// Many commands through one process, beside `git fast-import` of the same commits
    #[value(name = "a")]
    StreamOfCommands,
    /// One cold command, beside git making the same change
    #[value(name = "b")]
    ColdCommand,
    /// The same as the history grows, with the number of objects and packs
    #[value(name = "c")]
    History,
    /// A release train, beside `git fast-import` of its commit
    #[value(name = "d")]
    Train,
    /// The peak memory of each; measured with the other sections, so by itself it is a and d
    #[value(name = "e")]
    Memory,
    /// Loading a state of 1,000,000 slots, beside `git ls-tree -r`; making the repository takes long, and 10 GB of memory
    #[value(name = "f")]
    WholeState,
    /// Starting, and `status`, beside `git --version` and `git ls-tree -r`
    #[value(name = "g")]
    Looking,
}

impl Section {
    /// What is measured when nothing is named: all but the one that takes long to prepare.
    pub(crate) const DEFAULT: [Self; 5] =
        [Self::StreamOfCommands, Self::ColdCommand, Self::History, Self::Train, Self::Looking];

    /// The sections that are run for it.
    pub(crate) fn runs(self) -> Vec<Self> {
        match self {
            Self::Memory => vec![Self::StreamOfCommands, Self::Train],
            section => vec![section],
        }
    }

    /// The letter that names it on the command line.
    #[cfg(test)]
    pub(crate) fn letter(self) -> char {
        match self {
            Self::StreamOfCommands => 'a',
            Self::ColdCommand => 'b',
            Self::History => 'c',
            Self::Train => 'd',
            Self::Memory => 'e',
            Self::WholeState => 'f',
            Self::Looking => 'g',
        }
    }

    /// Its heading.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::StreamOfCommands => "Many commands through one process",
            Self::ColdCommand => "One cold command",
            Self::History => "As the history grows",
            Self::Train => "A release train",
            Self::Memory => "Peak memory",
            Self::WholeState => "Loading the whole state",
            Self::Looking => "Starting and looking",
        }
    }

    /// Measures it.
    ///
    /// # Errors
    /// Something cannot be run, or kuberpult and git do not come to the same.
    pub(crate) fn measure(self, workshop: &Workshop, results: &mut SectionResults) -> Result<()> {
        match self {
            Self::StreamOfCommands => stream_of_commands::measure(workshop, results),
            Self::ColdCommand => cold_command::measure(workshop, results),
            Self::History => history::measure(workshop, results),
            Self::Train => train::measure(workshop, results),
            Self::Memory => Ok(()),
            Self::WholeState => whole_state::measure(workshop, results),
            Self::Looking => looking::measure(workshop, results),
        }
    }
}
