//! `results.md`: tables for people.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use crate::Result;
use crate::comparison::{Beside, Comparison, Subject};
use crate::number::{count, memory, ratio, three_digits, time};
use crate::plots;
use crate::repository::Storage;
use crate::results::{Growth, Results, SectionResults};
use crate::section::Section;

/// Writes everything that was measured as tables.
///
/// # Errors
/// The file cannot be written.
pub(crate) fn write(results: &Results, directory: &Path) -> Result<()> {
    fs::create_dir_all(directory)?;
    fs::write(directory.join("results.md"), document(results))?;
    Ok(())
}

/// The document.
fn document(results: &Results) -> String {
    let mut text = INTRODUCTION.to_owned();
    for (section, measured) in &results.sections {
        let _ = write!(text, "\n## {}\n\n{}\n", section.title(), explanation(*section));
        text.push_str(&tables(measured));
        for failure in &measured.failures {
            let _ = write!(text, "\nNot measured: {failure}\n");
        }
        for (file, title) in plots::of_section(*section) {
            let _ = write!(text, "\n![{title}]({file})\n");
        }
        let _ = write!(text, "\nMeasured on {}.\n", measured.machine.described());
        if measured.quick {
            text.push_str(
                "\nThese are small sizes and few rounds: they say that it works, and nothing about speed.\n",
            );
        }
    }
    text.push_str(&memory_table(results));
    text
}

/// One section without a heading, for the terminal.
pub(crate) fn short(section: Section, measured: &SectionResults) -> String {
    let mut text = format!("{}\n{}", section.title(), tables(measured));
    for failure in &measured.failures {
        let _ = writeln!(text, "not measured: {failure}");
    }
    text
}

const INTRODUCTION: &str = "# kuberpult beside git\n\n\
    What kuberpult takes for something, and what git takes for the same in the same run, in turn. `benches/compare` writes this file; \
    [docs/performance.md](../../docs/performance.md) says how it is measured. Times are medians; a ratio is the \
    median of the ratios of single rounds, and beside it stand their quartiles. Budgets say what the ratio, or kuberpult's time, may be at most.\n";

fn explanation(section: Section) -> &'static str {
    match section {
        Section::StreamOfCommands => {
            "`kuberpult apply -f FILE` in ten environments, beside `git fast-import` of the commits that it made, blobs and trees included. Both \
             end with the same commit id. Queued deployments stand between a lock and the unlock that deploys them all in one commit."
        }
        Section::ColdCommand => {
            "A process for one command, in ten environments, beside git: `commit-tree` and `update-ref` alone, on a tree that is there \
             already; and the whole change, with `hash-object`, and `ls-tree` and `mktree` for each directory. Both end with the same tree. \
             With more than the 20 releases that are kept, a deployment also removes the oldest ones. Cold means a new process; the files are in the system's cache."
        }
        Section::History => {
            "The same for a deployment among 1,000 applications in ten environments, with that many commits of history, which ordinary commands through \
             `apply -f` made. git's own maintenance may run in the meantime, wherever a program starts it."
        }
        Section::Train => {
            "A process for one train that deploys every application to one of ten environments, beside `git fast-import` of the commit that it made."
        }
        Section::Memory => "",
        Section::WholeState => {
            "A process that opens the repository and reads the state, from one pack, beside `git ls-tree -r` of the same commit to nowhere."
        }
        Section::Looking => {
            "A process that prints its version, or the status of a repository with ten environments; beside `git --version`, and `git ls-tree -r` of the same commit."
        }
    }
}

fn tables(measured: &SectionResults) -> String {
    let mut text = String::new();
    if !measured.comparisons.is_empty() {
        text.push_str("\n| what | kuberpult | beside it | takes | ratio | quartiles | budget |\n|---|---|---|---|---|---|---|\n");
    }
    for comparison in &measured.comparisons {
        for (index, beside) in comparison.beside.iter().enumerate() {
            text.push_str(&row(comparison, beside, index == 0));
        }
    }
    if !measured.growth.is_empty() {
        text.push_str(
            "\n| commits made by | commits | each took | loose objects | packs |\n|---|---|---|---|---|\n",
        );
    }
    for Growth { how, commits, loose_objects, packs, milliseconds_per_command } in &measured.growth {
        let each = milliseconds_per_command.map_or_else(|| "-".to_owned(), time);
        let (commits, loose, packs) = (count(*commits), count(*loose_objects), count(*packs));
        let _ = writeln!(text, "| {how} | {commits} | {each} | {loose} | {packs} |");
    }
    text
}

fn row(comparison: &Comparison, beside: &Beside, first: bool) -> String {
    let mut what = described(&comparison.subject);
    if let Some(note) = &comparison.note {
        let _ = write!(what, " ({note})");
    }
    let ours = comparison.kuberpult.milliseconds.median;
    let theirs = time(beside.took.milliseconds.median);
    let quartiles = format!("{}-{}", three_digits(beside.ratio.lower), three_digits(beside.ratio.upper));
    let mut budgets = Vec::new();
    if let Some(budget) = beside.budget {
        budgets.push(format!("{budget}x: {}", verdict(beside.ratio.median <= budget)));
    }
    if let Some(limit) = comparison.limit_milliseconds.filter(|_| first) {
        budgets.push(format!("{}: {}", time(limit), verdict(ours <= limit)));
    }
    let budgets = if budgets.is_empty() { "-".to_owned() } else { budgets.join("; ") };
    let (ours, ratio) = (time(ours), ratio(beside.ratio.median));
    format!("| {what} | {ours} | {} | {theirs} | {ratio} | {quartiles} | {budgets} |\n", beside.name)
}

fn verdict(met: bool) -> &'static str {
    if met { "met" } else { "**missed**" }
}

/// What was measured, and where.
pub(crate) fn described(subject: &Subject) -> String {
    let Subject { action, commands, size, storage, commits } = subject;
    let mut text = match commands {
        1 => action.clone(),
        commands => format!("{} commands: {action}", count(*commands as u64)),
    };
    if size.applications > 0 {
        let _ = write!(text, ", {} applications", count(size.applications as u64));
    }
    if size.environments != 10 {
        let _ = write!(text, " x {} environments", size.environments);
    }
    if size.releases != 2 {
        let _ = write!(text, ", {} releases each", size.releases);
    }
    if *storage == Storage::Loose {
        text.push_str(", thousands of loose objects");
    }
    if let Some(commits) = commits {
        let _ = write!(text, ", after {} commits", count(*commits));
    }
    text
}

/// The peak memory of everything in all sections.
fn memory_table(results: &Results) -> String {
    let mut text = format!(
        "\n## {}\n\nThe most memory that one process had resident at once, median of the runs; of several processes, the largest.",
        Section::Memory.title()
    );
    let smallest = results.sections.values().map(|measured| measured.machine.smallest_peak_kib).min();
    if let Some(kib) = smallest {
        let _ = write!(text, " `git --version`, which does nothing, has {}.", memory(kib as f64));
    }
    text.push_str("\n\n| what | kuberpult | beside it | has |\n|---|---|---|---|\n");
    for measured in results.sections.values() {
        for comparison in &measured.comparisons {
            for beside in &comparison.beside {
                let what = described(&comparison.subject);
                let ours = memory(comparison.kuberpult.peak_kib.median);
                let theirs = memory(beside.took.peak_kib.median);
                let _ = writeln!(text, "| {what} | {ours} | {} | {theirs} |", beside.name);
            }
        }
    }
    for (file, title) in plots::of_section(Section::Memory) {
        let _ = write!(text, "\n![{title}]({file})\n");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::comparison::Rounds;
    use crate::comparison::tests::{sample, subject};

    fn comparison(ours: u64, theirs: u64) -> Comparison {
        let mut rounds = Rounds::default();
        rounds.add(vec![sample(ours), sample(theirs)]);
        rounds.compare(subject(10_000), &[("git", Some(2.0))]).unwrap()
    }

    #[test]
    fn a_row_says_whether_budgets_are_met() {
        let mut compared = comparison(30, 20);
        compared.limit_milliseconds = Some(25.0);
        assert_eq!(
            row(&compared, &compared.beside[0], true),
            "| deploy, 10,000 applications | 30.0 ms | git | 20.0 ms | 1.50x | 1.50-1.50 | 2x: met; 25.0 ms: **missed** |\n"
        );
    }

    #[test]
    fn what_was_measured_is_said_where_it_is_not_as_usual() {
        let mut unusual = subject(100);
        unusual.commands = 1000;
        unusual.action = "releases".to_owned();
        unusual.size.releases = 20;
        unusual.storage = Storage::Loose;
        unusual.commits = Some(10_000);
        assert_eq!(
            described(&unusual),
            "1,000 commands: releases, 100 applications, 20 releases each, thousands of loose objects, after 10,000 commits"
        );
    }

    #[test]
    fn every_row_has_as_many_cells_as_the_heading() {
        let measured = SectionResults {
            machine: crate::machine::Machine {
                processor: "Some CPU".to_owned(),
                cores: 2,
                memory_mib: Some(4000),
                system: "Some system".to_owned(),
                file_system: None,
                git: "git version 2".to_owned(),
                rustc: "rustc 1".to_owned(),
                kuberpult: "kuberpult 0".to_owned(),
                smallest_peak_kib: 3000,
                date: "2024-06-01".to_owned(),
            },
            quick: true,
            comparisons: vec![comparison(3, 2)],
            growth: vec![Growth {
                how: "hand".to_owned(),
                commits: 3,
                loose_objects: 4,
                packs: 5,
                milliseconds_per_command: None,
            }],
            failures: vec!["too large".to_owned()],
        };
        let results = Results { sections: [(Section::History, measured)].into() };
        let text = document(&results);
        let mut cells = None;
        for line in text.lines() {
            let here = line.starts_with('|').then(|| line.matches('|').count());
            assert!(cells.is_none() || here.is_none() || cells == here, "{line}");
            cells = here;
        }
        for part in ["Some CPU, 2 cores, 4 GiB of memory", "Not measured: too large", "nothing about speed"] {
            assert!(text.contains(part), "{text}");
        }
    }
}
