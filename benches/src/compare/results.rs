//! [`Results`]: everything that was measured, section by section, as it is kept in `results.json`.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::Result;
use crate::comparison::{Beside, Comparison};
use crate::machine::Machine;
use crate::number::time;
use crate::section::Section;
use crate::workshop::progress;

/// What was measured at any time: a run replaces the sections that it measures and leaves the others.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Results {
    /// By section.
    pub(crate) sections: BTreeMap<Section, SectionResults>,
}

/// What one section measured.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct SectionResults {
    /// Where and when.
    pub(crate) machine: Machine,
    /// Only to see whether it works.
    pub(crate) quick: bool,
    /// What was compared.
    pub(crate) comparisons: Vec<Comparison>,
    /// How a repository grew.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) growth: Vec<Growth>,
    /// What could not be measured, and why.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) failures: Vec<String>,
}

impl SectionResults {
    /// One more comparison, which whoever waits may see at once.
    pub(crate) fn add(&mut self, comparison: Comparison) {
        let ours = time(comparison.kuberpult.milliseconds.median);
        for Beside { name, took, .. } in &comparison.beside {
            progress(&format!("   kuberpult {ours}, {name} {}", time(took.milliseconds.median)));
        }
        self.comparisons.push(comparison);
    }
}

/// A repository that grows, at some point.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Growth {
    /// How its commits are made.
    pub(crate) how: String,
    /// How many it has on top of the first.
    pub(crate) commits: u64,
    /// How many loose objects.
    pub(crate) loose_objects: u64,
    /// How many packs.
    pub(crate) packs: u64,
    /// What a command took since the point before.
    pub(crate) milliseconds_per_command: Option<f64>,
}

const FILE: &str = "results.json";

impl Results {
    /// What is kept in a directory; nothing when nothing is.
    ///
    /// # Errors
    /// The file cannot be read.
    pub(crate) fn read(directory: &Path) -> Result<Self> {
        let file = directory.join(FILE);
        if !file.exists() {
            return Ok(Self::default());
        }
        let read = serde_json::from_slice(&fs::read(&file)?);
        read.map_err(|error| format!("`{FILE}` is not what this version writes, remove it: {error}").into())
    }

    /// Keeps them in a directory.
    ///
    /// # Errors
    /// The file cannot be written.
    pub(crate) fn write(&self, directory: &Path) -> Result<()> {
        fs::create_dir_all(directory)?;
        let mut text = serde_json::to_string_pretty(self)?;
        text.push('\n');
        fs::write(directory.join(FILE), text)?;
        Ok(())
    }
}
