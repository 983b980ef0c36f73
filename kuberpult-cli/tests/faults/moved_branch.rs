//! The branch is moved under writers: back to an older commit, to something else, or away.
//!
//! Writers decide again on what is there. Nothing that was thrown away comes back by itself, and what is gone is not begun
//! anew.

use std::collections::BTreeSet;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use kuberpult_test_servers::{Kind, git, git_command};
use serde_json::Value;

use crate::books::{Books, Fate};
use crate::commands::{Wanted, beginning};
use crate::history::{audit, commits};
use crate::place::Place;
use crate::processes::{self, Conversation};
use crate::writer::{Writer, all_at_once, mixed};

/// A writer that has its input open, and the lines that it was given.
struct Open<'a> {
    place: &'a Place,
    writer: Writer,
    conversation: Conversation,
    given: usize,
}

impl<'a> Open<'a> {
    fn new(place: &'a Place, writer: Writer) -> Self {
        let words = ["apply", "--keep-going", "-f", "-"].map(str::to_owned);
        let conversation = Conversation::begin(writer.kuberpult(place, &words));
        Self { place, writer, conversation, given: 0 }
    }

    /// A lock of its own: the commit, or the code of the error.
    fn lock(&mut self, books: &mut Books) -> Result<String, String> {
        let wanted = Wanted::lock(&self.writer.name, self.given);
        self.given += 1;
        let answer: Value = serde_json::from_str(&self.conversation.say(&wanted.line())).unwrap();
        if let Some(code) = answer["error"]["code"].as_str() {
            books.enter(wanted, Fate::Refused { code: code.to_owned() });
            return Err(code.to_owned());
        }
        let commit = answer["commit"].as_str().unwrap().to_owned();
        assert_eq!(commit, self.place.head());
        books.enter(
            wanted,
            Fate::Acknowledged { commit: Some(commit.clone()), events: Ok(answer["events"].clone()) },
        );
        Ok(commit)
    }

    fn locks(&mut self, count: usize, books: &mut Books) -> Vec<String> {
        (0..count).map(|_| self.lock(books).unwrap()).collect()
    }
}

/// Moves the branch, from wherever it is.
fn moved(place: &Place, to: &str) {
    git(&place.repository, &["update-ref", "refs/heads/main", to]);
}

#[test]
fn after_a_reset_the_next_command_builds_on_what_is_there() {
    let place = Place::on(Kind::Directory);
    let mut books = Books::default();
    let mut open = Open::new(&place, Writer::one_by_one("ann"));
    let locks = open.locks(5, &mut books);
    moved(&place, &locks[2]);
    open.locks(2, &mut books);
    assert!(open.conversation.end().status.success());
    assert_eq!(books.throw_away(&locks[3..]), 2);
    place.next_commands_work(&[Writer::typed("ann"), Writer::typed("ben")], &mut books);
    place.is_clean();
    let landed = audit(&place, &books);
    books.print("branch reset", landed, ", 2 thrown away");
}

#[test]
fn after_a_forced_push_the_next_command_builds_on_what_is_there() {
    let place = Place::on(Kind::Directory);
    let mut books = Books::default();
    let mut open = Open::new(&place, Writer::one_by_one("ann"));
    let thrown_away = open.locks(3, &mut books);
    // The same beginning and another lock, as commits that have nothing in common with those that were there.
    let other = Place::on(Kind::Directory);
    let tree = format!("{}^{{tree}}", other.base);
    let root = git(&other.repository, &["commit-tree", "-m", "other", &tree]);
    moved(&other, &root);
    let other = other.beginning_at(&root);
    let mut theirs = Books::default();
    other.next_commands_work(&[Writer::typed("eve")], &mut theirs);
    let url = place.repository.display().to_string();
    git(&other.repository, &["push", "--quiet", "--force", &url, "main"]);
    open.locks(2, &mut books);
    assert!(open.conversation.end().status.success());
    assert_eq!(books.throw_away(&thrown_away), 3);
    books.add(theirs);
    let place = place.beginning_at(&root);
    place.next_commands_work(&[Writer::typed("ann"), Writer::typed("ben")], &mut books);
    place.is_clean();
    let landed = audit(&place, &books);
    books.print("branch replaced", landed, ", 3 thrown away");
}

/// While they decide and push.
#[test]
fn writers_go_on_while_the_branch_is_reset_again_and_again() {
    const COMMANDS: usize = 50;
    let place = Place::on(Kind::Directory);
    let writers = [Writer::one_by_one("ann"), Writer::with_file("ben", "4"), Writer::typed("cat")];
    let is_over = AtomicBool::new(false);
    let mut thrown_away = Vec::new();
    let (mut resets, mut there) = (0, 0);
    let mut books = thread::scope(|scope| {
        let running = scope.spawn(|| {
            let books = all_at_once(&place, &writers, mixed(COMMANDS), |_| None);
            is_over.store(true, Ordering::SeqCst);
            books
        });
        let mut random = fastrand::Rng::with_seed(5);
        while !is_over.load(Ordering::SeqCst) {
            thread::sleep(Duration::from_millis(random.u64(20..100)));
            let commits = commits(&place.repository, &place.base);
            let back = random.usize(1..3);
            // More is done than thrown away.
            if commits.len() < there + 4 {
                continue;
            }
            there = commits.len() - back;
            let (to, _) = &commits[there - 1];
            let (from, _) = commits.last().unwrap();
            let reset =
                git_command(&place.repository).args(["update-ref", "refs/heads/main", to, from]).output();
            // Somebody may have moved it meanwhile.
            if reset.unwrap().status.success() {
                thrown_away.extend(commits.iter().rev().take(back).map(|(commit, _)| commit.clone()));
                resets += 1;
            }
        }
        running.join().unwrap()
    });
    let distinct: BTreeSet<&String> = thrown_away.iter().collect();
    assert_eq!(distinct.len(), thrown_away.len(), "what was thrown away did not come back");
    assert_eq!(books.throw_away(&thrown_away), thrown_away.len());
    place.next_commands_work(&writers, &mut books);
    place.is_clean();
    let landed = audit(&place, &books);
    books.print(
        "branch reset meanwhile",
        landed,
        &format!(", {resets} resets threw {} away", thrown_away.len()),
    );
    assert!(resets > 5 && books.acknowledged_commits() > 15);
    assert_eq!(books.unknown(), 0);
}

/// A clone with a work tree has what was thrown away, and does not bring it back either.
#[test]
fn what_was_thrown_away_is_in_the_way_of_a_clone_that_has_it() {
    let place = Place::on(Kind::Directory);
    place.clone_to("mine");
    let mut books = Books::default();
    let mut open = Open::new(&place, Writer::one_by_one("ann").in_clone("mine"));
    let locks = open.locks(3, &mut books);
    moved(&place, &locks[0]);
    assert_eq!(open.lock(&mut books).unwrap_err(), "LOCAL_BRANCH_AHEAD");
    assert_eq!(place.head(), locks[0]);
    git(&place.path("mine"), &["reset", "--quiet", "--hard", &locks[0]]);
    open.locks(1, &mut books);
    assert_eq!(open.conversation.end().status.code(), Some(5));
    assert_eq!(books.throw_away(&locks[1..]), 2);
    place.is_clean();
    let landed = audit(&place, &books);
    books.print("branch reset under a clone", landed, ", 2 thrown away");
}

#[test]
fn a_branch_that_was_deleted_is_not_begun_anew_by_anybody_who_knew_it() {
    let place = Place::on(Kind::Directory);
    place.clone_to("mine");
    let mut books = Books::default();
    let from = [Writer::typed("ann"), Writer::typed("ben"), Writer::typed("cat").in_clone("mine")];
    place.next_commands_work(&from, &mut books);
    let mut open = Open::new(&place, Writer::one_by_one("dan"));
    open.locks(1, &mut books);
    let last = place.head();
    git(&place.repository, &["update-ref", "-d", "refs/heads/main"]);
    for _ in 0..2 {
        assert_eq!(open.lock(&mut books).unwrap_err(), "BRANCH_GONE");
    }
    assert_eq!(open.conversation.end().status.code(), Some(6));
    // Not the first of them, and not the next one either, which finds what the first one left.
    let mut refusals = 0;
    for round in 0..3 {
        for writer in &from {
            let before = books.refused_with("BRANCH_GONE");
            let again = Wanted::lock(&format!("again-{}-{round}", writer.name), round);
            writer.run(&place, vec![again], None, &mut books);
            assert_eq!(books.refused_with("BRANCH_GONE"), before + 1, "{round} {writer:?}");
            refusals += 1;
        }
        assert_eq!(git(&place.repository, &["for-each-ref"]), "");
    }
    // Who restores it goes on.
    moved(&place, &last);
    let again = from.clone().map(|writer| writer.named(&format!("{}-after", writer.name)));
    place.next_commands_work(&again, &mut books);
    place.is_clean();
    let landed = audit(&place, &books);
    books.print("branch deleted", landed, &format!(", {refusals} processes refused to begin it anew"));
}

/// The message says how. A clone with a work tree then has what the remote does not have.
#[test]
fn a_branch_that_was_meant_to_be_deleted_can_be_begun_anew() {
    let place = Place::on(Kind::Directory);
    place.clone_to("mine");
    let (in_cache, in_clone) = (Writer::typed("ann"), Writer::typed("ben").in_clone("mine"));
    place.next_commands_work(&[in_cache.clone(), in_clone.clone()], &mut Books::default());
    git(&place.repository, &["update-ref", "-d", "refs/heads/main"]);
    for writer in [&in_cache, &in_clone] {
        let words = ["env", "list"].map(str::to_owned);
        let ended = processes::run(writer.kuberpult(&place, &words), &[], None);
        assert_eq!(ended.status.code(), Some(6));
        let way = ended.stderr.split('`').find(|quoted| quoted.contains("update-ref -d"));
        let way = way.unwrap_or_else(|| panic!("{}", ended.stderr));
        assert!(Command::new("sh").args(["-c", way]).status().unwrap().success(), "{way}");
    }
    let mut books = Books::default();
    in_clone.named("cat").run(&place, vec![Wanted::lock("cat", 0)], None, &mut books);
    assert_eq!(books.refused_with("LOCAL_BRANCH_AHEAD"), 1, "{books:?}");
    let mut books = Books::default();
    in_cache.run(&place, beginning(), None, &mut books);
    assert_eq!(books.acknowledged_commits(), books.commands(), "{books:?}");
}
