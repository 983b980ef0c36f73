//! Manifest repositories as a stream for `git fast-import`.
//!
//! The layout is written out here once more, and not by kuberpult: what is measured must not make what it is measured on.

use std::io::{self, Write};

use crate::size::{Size, application, environment};

/// The branch of all repositories here.
pub(crate) const BRANCH: &str = "main";

const FILE: &str = "100644";
const LINK: &str = "120000";

/// 2024-05-03T11:37:37Z, when the first commit was made.
const BEGINNING: u64 = 1_714_736_257;

/// Writes a repository of that size as one commit.
///
/// # Errors
/// The stream cannot be written.
pub(crate) fn write_repository(size: Size, stream: &mut impl Write) -> io::Result<()> {
    begin_commit(stream, "Everything there is", 0)?;
    for index in 0..size.environments {
        let path = format!("environments/{}/config.json", environment(index));
        write_file(stream, FILE, &path, &config(index))?;
    }
    for index in 0..size.applications {
        write_releases(size, index, stream)?;
    }
    // Environment by environment, so that git looks through one wide directory at a time.
    for there in 0..size.environments {
        for index in 0..size.applications {
            let moment = there * size.applications + index;
            write_slot(there, index, size.current(there), moment, stream)?;
        }
    }
    writeln!(stream)
}

/// Writes commits on top of such a repository, each a deployment of the newest version to a target.
///
/// # Errors
/// The stream cannot be written.
pub(crate) fn write_deployments(size: Size, commits: usize, stream: &mut impl Write) -> io::Result<()> {
    let targets = size.environments.saturating_sub(1).max(1);
    for index in 0..commits {
        // The last targets: what is measured deploys to the first ones.
        let there = size.environments.saturating_sub(1 + (index / size.applications) % targets);
        begin_commit(stream, &format!("Deployment {index}"), index + 1)?;
        if index == 0 {
            writeln!(stream, "from refs/heads/{BRANCH}^0")?;
        }
        let moment = size.slots() + index;
        write_slot(there, index % size.applications, size.releases, moment, stream)?;
        writeln!(stream)?;
    }
    Ok(())
}

/// The manifest of a release for an environment: no two are the same.
pub(crate) fn manifest(application: &str, environment: &str, version: usize) -> String {
    format!(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: {application}\n  namespace: {environment}\nspec:\n  \
         replicas: 2\n  selector:\n    matchLabels:\n      app: {application}\n  template:\n    metadata:\n      labels:\n        \
         app: {application}\n    spec:\n      containers:\n      - name: server\n        image: \
         registry.example.com/{application}:{version}\n        env:\n        - name: ENVIRONMENT\n          value: {environment}\n"
    )
}

fn begin_commit(stream: &mut impl Write, message: &str, after: usize) -> io::Result<()> {
    let time = BEGINNING + after as u64;
    writeln!(stream, "commit refs/heads/{BRANCH}\ncommitter Jo <jo@example.com> {time} +0000")?;
    writeln!(stream, "data {}\n{message}", message.len())
}

/// A directory by itself, in which git finds a file at once: it looks through wide directories from the beginning for each
/// file in them. What is written here is moved to its place as a whole.
const ASIDE: &str = "aside";

fn move_to(stream: &mut impl Write, path: &str) -> io::Result<()> {
    writeln!(stream, "R {ASIDE} {path}")
}

fn write_file(stream: &mut impl Write, mode: &str, path: &str, content: &str) -> io::Result<()> {
    writeln!(stream, "M {mode} inline {path}\ndata {}\n{content}", content.len())
}

fn config(index: usize) -> String {
    let upstream = match index {
        0 => "\"latest\": true".to_owned(),
        // The first two targets follow development, the others stand in a row.
        1 | 2 => format!("\"environment\": \"{}\"", environment(0)),
        _ => format!("\"environment\": \"{}\"", environment(index - 1)),
    };
    format!("{{\n  \"upstream\": {{\n    {upstream}\n  }}\n}}\n")
}

fn write_releases(size: Size, index: usize, stream: &mut impl Write) -> io::Result<()> {
    let name = application(index);
    write_file(stream, FILE, &format!("{ASIDE}/team"), &format!("team-{:02}", index % 50))?;
    for version in 1..=size.releases {
        let release = format!("{ASIDE}/releases/{version}");
        let created = format!("2024-05-02T{:02}:{:02}:{:02}Z", version % 24, index / 60 % 60, index % 60);
        write_file(stream, FILE, &format!("{release}/created_at"), &created)?;
        write_file(stream, FILE, &format!("{release}/source_commit_id"), &source_commit(index, version))?;
        for there in 0..size.environments {
            let there = environment(there);
            let path = format!("{release}/environments/{there}/manifests.yaml");
            write_file(stream, FILE, &path, &manifest(&name, &there, version))?;
        }
    }
    move_to(stream, &format!("applications/{name}"))
}

/// Forty hexadecimal digits that look like those of a commit, and do not compress.
fn source_commit(index: usize, version: usize) -> String {
    let mut state = (index as u64) << 16 | version as u64;
    let mut id = String::new();
    while id.len() < 40 {
        // splitmix64
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        id.push_str(&format!("{:08x}", (mixed ^ (mixed >> 31)) & 0xffff_ffff));
    }
    id
}

/// A slot, deployed at a moment of its own.
fn write_slot(
    there: usize,
    index: usize,
    version: usize,
    moment: usize,
    stream: &mut impl Write,
) -> io::Result<()> {
    let (there, name) = (environment(there), application(index));
    let (hours, minutes, seconds) = (moment / 3600 % 24, moment / 60 % 60, moment % 60);
    // Zeros at the end of the fraction are not written: with a one there are none.
    let fraction = format!("{:08}1", moment % 100_000_000);
    let deployed = format!("2024-05-03 {hours:02}:{minutes:02}:{seconds:02}.{fraction} +0000 UTC");
    write_file(stream, FILE, &format!("{ASIDE}/deployed_at_utc"), &deployed)?;
    write_file(stream, FILE, &format!("{ASIDE}/deployed_by"), "Jo")?;
    write_file(stream, FILE, &format!("{ASIDE}/deployed_by_email"), "jo@example.com")?;
    let content = manifest(&name, &there, version);
    write_file(stream, FILE, &format!("{ASIDE}/manifests/manifests.yaml"), &content)?;
    let release = format!("../../../../applications/{name}/releases/{version}");
    write_file(stream, LINK, &format!("{ASIDE}/version"), &release)?;
    move_to(stream, &format!("environments/{there}/applications/{name}"))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use kuberpult_core::Version;
    use kuberpult_git::{ManifestRepo, OpenOptions};

    use super::*;
    use crate::repository::{fast_import, make};

    /// One with more than one of everything.
    const SMALL: Size = Size { applications: 3, environments: 4, releases: 3 };

    #[test]
    fn a_repository_is_a_manifest_repository_without_findings() {
        let directory = tempfile::tempdir().unwrap();
        make(directory.path(), |stream| write_repository(SMALL, stream)).unwrap();
        let repo = ManifestRepo::open(directory.path(), OpenOptions::default()).unwrap();
        let findings: Vec<_> = repo.check().unwrap().iter().map(ToString::to_string).collect();
        assert_eq!(findings, [""; 0]);
        let state = repo.state().unwrap();
        assert_eq!(state.environments.len(), 4);
        assert_eq!(state.applications.len(), 3);
        let releases = state.applications.values().flat_map(|application| application.releases.values());
        let manifests: Vec<_> = releases.flat_map(|release| release.manifests.values()).collect();
        assert_eq!(manifests.len(), 3 * 3 * 4);
        assert_eq!(manifests.iter().collect::<BTreeSet<_>>().len(), manifests.len());
        for (name, there) in &state.environments {
            let version = if name.as_str() == "development" { 3 } else { 2 };
            assert_eq!(there.slots.len(), 3);
            assert!(there.slots.values().all(|slot| slot.current == Version::new(version)));
        }
    }

    #[test]
    fn deployments_on_top_are_deployments() {
        let directory = tempfile::tempdir().unwrap();
        make(directory.path(), |stream| write_repository(SMALL, stream)).unwrap();
        fast_import(directory.path(), &[], |stream| write_deployments(SMALL, 4, stream)).unwrap();
        let repo = ManifestRepo::open(directory.path(), OpenOptions::default()).unwrap();
        assert!(repo.check().unwrap().is_empty());
        let state = repo.state().unwrap();
        let newest = |target: usize| {
            let there = &state.environments[environment(target).as_str()];
            there.slots.values().filter(|slot| slot.current == Version::new(3)).count()
        };
        assert_eq!([1, 2, 3].map(newest), [0, 1, 3]);
    }

    #[test]
    fn commits_do_not_repeat() {
        let commits: BTreeSet<_> =
            (0..50).flat_map(|index| [source_commit(index, 1), source_commit(index, 2)]).collect();
        assert_eq!(commits.len(), 100);
        assert!(commits.iter().all(|commit| commit.len() == 40));
    }
}
