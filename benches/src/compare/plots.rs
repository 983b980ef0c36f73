//! Which charts there are, and what is on them.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::Result;
use crate::chart::{Chart, Line};
use crate::comparison::{Comparison, Measurement};
use crate::history::{ONE_BY_ONE, THROUGH_APPLY};
use crate::repository::Storage;
use crate::results::{Results, SectionResults};
use crate::same_change::{STRICT, WHOLE};
use crate::section::Section;

/// The charts of a section: file names and titles.
pub(crate) fn of_section(section: Section) -> &'static [(&'static str, &'static str)] {
    match section {
        Section::StreamOfCommands => &[("stream.svg", "Time for each of many commands through one process")],
        Section::ColdCommand => &[
            ("deploy.svg", "One cold deployment"),
            ("lock.svg", "One cold environment lock"),
            ("releases.svg", "One cold command among 1,000 applications with many releases"),
        ],
        Section::History => &[
            ("history.svg", "One cold deployment as the history grows"),
            ("objects.svg", "Loose objects as the history grows"),
            ("packs.svg", "Packs as the history grows"),
        ],
        Section::Train => &[("train.svg", "A release train over every application")],
        Section::Memory => &[("memory.svg", "Peak memory")],
        Section::WholeState => &[("loading.svg", "Loading the whole state")],
        Section::Looking => &[],
    }
}

/// Draws all charts into a directory.
///
/// # Errors
/// A file cannot be written.
pub(crate) fn write(results: &Results, directory: &Path) -> Result<()> {
    let sections = [
        Section::StreamOfCommands,
        Section::ColdCommand,
        Section::History,
        Section::Train,
        Section::Memory,
        Section::WholeState,
    ];
    for section in sections {
        for (file, title) in of_section(section) {
            let mut chart = chart(results, file);
            if chart.lines.is_empty() {
                continue;
            }
            chart.title = (*title).to_owned();
            fs::write(directory.join(file), chart.to_svg())?;
        }
    }
    Ok(())
}

const TIME: &str = "time in ms";
const APPLICATIONS: &str = "applications";
const COMMITS: &str = "commits";

fn chart(results: &Results, file: &str) -> Chart {
    let comparisons =
        |section| results.sections.get(&section).map_or(&[][..], |measured| &measured.comparisons);
    let mut lines = Lines::default();
    let (mut across, mut up, mut logarithmic_across, mut logarithmic_up) = (APPLICATIONS, TIME, true, true);
    match file {
        "stream.svg" => {
            up = "time for each command in ms";
            for comparison in comparisons(Section::StreamOfCommands) {
                let each = |measured: &Measurement| {
                    measured.milliseconds.median / comparison.subject.commands as f64
                };
                lines.add(comparison, &comparison.subject.action, applications(comparison), each);
            }
        }
        "deploy.svg" | "lock.svg" => {
            let action = if file == "deploy.svg" { "deploy" } else { "lock an environment" };
            let wanted = |comparison: &&Comparison| {
                comparison.subject.action == action && comparison.subject.size.releases == 2
            };
            for comparison in comparisons(Section::ColdCommand).iter().filter(wanted) {
                lines.add(comparison, storage(comparison), applications(comparison), milliseconds);
            }
        }
        "releases.svg" => {
            across = "releases of each application";
            let wanted = |comparison: &&Comparison| {
                let subject = &comparison.subject;
                subject.size.applications == 1000 && subject.storage == Storage::Packed
            };
            for comparison in comparisons(Section::ColdCommand).iter().filter(wanted) {
                let releases = comparison.subject.size.releases as f64;
                lines.add(comparison, &comparison.subject.action, releases, milliseconds);
            }
        }
        "history.svg" => {
            across = COMMITS;
            for comparison in comparisons(Section::History) {
                let commits = comparison.subject.commits.unwrap_or_default() as f64;
                lines.add(comparison, &comparison.subject.action, commits, milliseconds);
            }
        }
        "objects.svg" | "packs.svg" => {
            (across, logarithmic_across, logarithmic_up) = (COMMITS, false, false);
            up = if file == "objects.svg" { "loose objects" } else { "packs" };
            if let Some(measured) = results.sections.get(&Section::History) {
                lines.grow(measured, file == "packs.svg");
            }
        }
        "train.svg" => {
            for comparison in comparisons(Section::Train) {
                lines.add(comparison, &comparison.subject.action, applications(comparison), milliseconds);
            }
        }
        "memory.svg" => {
            up = "peak memory in MiB";
            memory(results, &mut lines);
        }
        _ => {
            across = "slots";
            for comparison in comparisons(Section::WholeState) {
                let slots = comparison.subject.size.slots() as f64;
                lines.add(comparison, &comparison.subject.action, slots, milliseconds);
            }
        }
    }
    Chart { title: String::new(), across, up, logarithmic_across, logarithmic_up, lines: lines.into_lines() }
}

/// What is largest: a stream of deployments, a train, and a single deployment, from packed repositories.
fn memory(results: &Results, lines: &mut Lines) {
    for section in [Section::StreamOfCommands, Section::ColdCommand, Section::Train] {
        let Some(measured) = results.sections.get(&section) else { continue };
        for comparison in &measured.comparisons {
            let subject = &comparison.subject;
            let wanted = ["deployments", "deploy", "release train"].contains(&subject.action.as_str());
            if wanted && subject.storage == Storage::Packed && subject.size.releases == 2 {
                let mib = |measured: &Measurement| measured.peak_kib.median / 1024.0;
                lines.add(comparison, &subject.action, applications(comparison), mib);
            }
        }
    }
}

fn applications(comparison: &Comparison) -> f64 {
    comparison.subject.size.applications as f64
}

fn milliseconds(measured: &Measurement) -> f64 {
    measured.milliseconds.median
}

fn storage(comparison: &Comparison) -> &'static str {
    match comparison.subject.storage {
        Storage::Packed => "packed",
        Storage::Loose => "loose objects",
    }
}

/// Lines that come about point by point; those of one topic have one colour.
#[derive(Debug, Default)]
struct Lines {
    topics: Vec<String>,
    /// By topic and by what is compared, kuberpult first.
    lines: BTreeMap<(usize, usize), Line>,
}

impl Lines {
    fn add(
        &mut self,
        comparison: &Comparison,
        topic: &str,
        across: f64,
        value: impl Fn(&Measurement) -> f64,
    ) {
        let name = format!("kuberpult: {topic}");
        self.point((topic, 0), name, (across, value(&comparison.kuberpult)));
        for (index, beside) in comparison.beside.iter().enumerate() {
            let short = match beside.name.as_str() {
                STRICT => "git commit only",
                WHOLE => "git whole change",
                name => name,
            };
            let name = format!("{short}: {topic}");
            self.point((topic, index + 1), name, (across, value(&beside.took)));
        }
    }

    fn grow(&mut self, measured: &SectionResults, packs: bool) {
        for growth in &measured.growth {
            let name = match growth.how.as_str() {
                THROUGH_APPLY => "1,000 applications, apply -f".to_owned(),
                ONE_BY_ONE => "100 applications, one process each".to_owned(),
                how => how.to_owned(),
            };
            let number = if packs { growth.packs } else { growth.loose_objects };
            self.point((&growth.how, 0), name, (growth.commits as f64, number as f64));
        }
    }

    fn point(&mut self, (topic, kind): (&str, usize), name: String, point: (f64, f64)) {
        let known = self.topics.iter().position(|known| known == topic);
        let colour = known.unwrap_or_else(|| {
            self.topics.push(topic.to_owned());
            self.topics.len() - 1
        });
        let line = Line { name, colour, kind, points: Vec::new() };
        self.lines.entry((colour, kind)).or_insert(line).points.push(point);
    }

    fn into_lines(self) -> Vec<Line> {
        let mut lines: Vec<_> = self.lines.into_values().collect();
        for line in &mut lines {
            line.points.sort_by(|one, other| one.0.total_cmp(&other.0));
        }
        lines
    }
}
