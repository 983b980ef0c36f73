//! What is in the history: each commit belongs to one command, and carrying them out again gives the same commits.

use std::collections::BTreeMap;
use std::path::Path;

use kuberpult_git::{ManifestRepo, OnError, OpenOptions};
use kuberpult_test_servers::git;

use crate::books::{Books, Fate};
use crate::commands::Wanted;
use crate::place::Place;

/// What is in the history after the run's beginning: each commit with its author, oldest first. It is one line of commits.
pub(crate) fn commits(repository: &Path, base: &str) -> Vec<(String, String)> {
    let head = git(repository, &["rev-parse", "refs/heads/main"]);
    let range = format!("{base}..{head}");
    let printed = git(
        repository,
        &["log", "--first-parent", "--reverse", "--topo-order", "--format=%H%x09%P%x09%an", &range],
    );
    let mut last = base.to_owned();
    let commits = printed.lines().map(|line| {
        let fields: Vec<&str> = line.split('\t').collect();
        let [commit, parents, author] = fields.as_slice() else { panic!("{line}") };
        assert_eq!(*parents, last, "the only parent of {commit}");
        last = (*commit).to_owned();
        ((*commit).to_owned(), (*author).to_owned())
    });
    let commits = commits.collect();
    assert_eq!(last, head, "the run's beginning is in the history");
    commits
}

/// Compares the history with the books, and carries the commands out again. Gives how many of the commands of which nobody
/// knew are there.
pub(crate) fn audit(place: &Place, books: &Books) -> usize {
    let commits = commits(&place.repository, &place.base);
    let mut commit_of = BTreeMap::new();
    let mut landed = 0;
    for (commit, author) in &commits {
        let Some((_, fate)) = books.of_author(author) else {
            panic!("{commit} by {author} belongs to no command")
        };
        match fate {
            Fate::Acknowledged { commit: Some(acknowledged), .. } => {
                assert_eq!(commit, acknowledged, "the commit of {author}");
            }
            Fate::Unknown => landed += 1,
            fate => panic!("{commit} by {author} is there, but {fate:?}"),
        }
        let twice = commit_of.insert(author.as_str(), commit.as_str());
        assert_eq!(twice, None, "{author} is there twice, at last as {commit}");
    }
    for (wanted, fate) in books.entries() {
        if let Fate::Acknowledged { commit: Some(commit), .. } = fate {
            assert_eq!(
                commit_of.get(wanted.marker.as_str()),
                Some(&commit.as_str()),
                "{wanted:?} was acknowledged"
            );
        }
    }
    carry_out_again(place, books, &commits);
    landed
}

/// One writer, without any remote, gives the commands in the order of the commits: each must be valid there, say the same,
/// and be the same commit, which has the same tree then.
fn carry_out_again(place: &Place, books: &Books, commits: &[(String, String)]) {
    let directory = tempfile::tempdir().unwrap();
    git(directory.path(), &["init", "--quiet", "--bare", "--initial-branch=main"]);
    let source = place.repository.display().to_string();
    git(directory.path(), &["fetch", "--quiet", &source, "refs/heads/main"]);
    git(directory.path(), &["update-ref", "refs/heads/main", &place.base]);
    let mut options = OpenOptions::default();
    options.without_maintenance = true;
    let mut repo = ManifestRepo::open(directory.path(), options).unwrap();
    let given: Vec<&(Wanted, Fate)> =
        commits.iter().map(|(_, author)| books.of_author(author).unwrap()).collect();
    let commands: Vec<_> = given.iter().map(|(wanted, _)| wanted.for_library(&mut repo)).collect();
    let results = repo.transact_all(&commands, OnError::Stop);
    for (((commit, author), (_, fate)), result) in commits.iter().zip(&given).zip(&results) {
        let receipt =
            result.as_ref().unwrap_or_else(|error| panic!("{author} in the order of the commits: {error}"));
        assert_eq!(receipt.commit.map(|commit| commit.to_string()).as_ref(), Some(commit), "{author}");
        if let Fate::Acknowledged { events: Ok(events), .. } = fate {
            assert_eq!(&serde_json::to_value(receipt.decision.events()).unwrap(), events, "{author}");
        }
    }
    assert_eq!(results.len(), commits.len());
    assert!(repo.check().unwrap().is_empty());
}
