//! A clock that goes backwards: commits are older than their parents, and nothing depends on it.

use kuberpult_test_servers::{Kind, git};
use serde_json::Value;

use crate::books::Books;
use crate::commands::mixed;
use crate::history::{audit, commits};
use crate::place::Place;
use crate::processes;
use crate::writer::Writer;

#[test]
fn time_may_run_backwards() {
    let place = Place::on(Kind::Directory);
    place.clone_to("mine");
    let writers =
        [Writer::typed("ann"), Writer::with_file("ben", "7"), Writer::typed("cat").in_clone("mine")];
    let mut books = Books::default();
    let mut now = 31 * 24;
    // Each goes on where another one was, some hours earlier than the commits that it finds.
    for round in 0..6 {
        for writer in &writers {
            let commands = mixed(&format!("{}-{round}", writer.name), 7).into_iter().map(|wanted| {
                now -= 3;
                wanted.given_at(format!("2024-01-{:02}T{:02}:00:00Z", now / 24 + 1, now % 24))
            });
            writer.run(&place, commands.collect(), None, &mut books);
        }
    }
    place.next_commands_work(&writers, &mut books);
    place.is_clean();
    let landed = audit(&place, &books);
    let dates = git(
        &place.repository,
        &["log", "--reverse", "--topo-order", "--format=%ct", &format!("{}..main", place.base)],
    );
    let dates: Vec<u64> = dates.lines().map(|date| date.parse().unwrap()).collect();
    let backwards = dates.windows(2).filter(|pair| pair[1] < pair[0]).count();
    books.print("clock backwards", landed, &format!(", {backwards} commits older than their parent"));
    assert!(backwards > 60);
    assert_eq!(
        (books.unknown(), books.refused_with("LOCAL_BRANCH"), books.refused_with("LOST_RACE")),
        (0, 0, 0)
    );
    history_is_told_in_the_order_of_the_commits(&place, &writers);
}

fn history_is_told_in_the_order_of_the_commits(place: &Place, writers: &[Writer]) {
    let commits = commits(&place.repository, &place.base);
    for writer in writers {
        let run = |line: &str| -> Value {
            let by = "--author-name Jo --author-email jo@example.com";
            let words: Vec<String> = format!("{line} {by}").split(' ').map(str::to_owned).collect();
            let ended = processes::run(writer.kuberpult(place, &words), &[], None);
            assert!(ended.status.success(), "{line}: {}", ended.stderr);
            serde_json::from_str(&ended.stdout).unwrap()
        };
        let log = run("log");
        let entries = log["entries"].as_array().unwrap();
        let told = entries.iter().rev().map(|entry| entry["commit"].as_str().unwrap());
        let told: Vec<&str> = told.skip_while(|commit| *commit != commits[0].0).collect();
        assert_eq!(told, commits.iter().map(|(commit, _)| commit.as_str()).collect::<Vec<_>>());
        let (then, _) = &commits[commits.len() / 2];
        run("why cart -e production");
        run("status");
        run(&format!("train staging --dry-run --as-of {then}"));
        run("train staging --dry-run --as-of HEAD~50");
    }
}
