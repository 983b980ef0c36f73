//! A cache that is copied while it is in use: the original and the copies are used from then on, by several processes at
//! once, some of which are killed.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use kuberpult_test_servers::Kind;

use crate::books::Books;
use crate::commands;
use crate::history::audit;
use crate::kills::Kills;
use crate::place::Place;
use crate::writer::{Writer, all_at_once, mixed};

const COMMANDS: usize = 24;
const COPIES: usize = 4;

#[test]
fn copies_of_a_cache_work_beside_it() {
    let place = Place::on(Kind::Directory);
    let original = Writer::with_file("ann", "2").with_cache("original");
    let mut books = Books::default();
    original.named("first").run(&place, commands::mixed("first", 1), None, &mut books);
    let is_over = AtomicBool::new(false);
    let (book, in_use) = thread::scope(|scope| {
        let running = scope.spawn(|| {
            let mut books = Books::default();
            original.run(&place, commands::mixed("ann", 2 * COMMANDS), None, &mut books);
            is_over.store(true, Ordering::SeqCst);
            books
        });
        let mut in_use = 0;
        for number in 0..COPIES {
            copy(&place.path("original"), &place.path(&format!("copy-{number}")));
            in_use += usize::from(!is_over.load(Ordering::SeqCst));
        }
        (running.join().unwrap(), in_use)
    });
    books.add(book);
    let of_copies = (0..COPIES).map(|number| {
        let writer = if number % 2 == 0 { Writer::typed } else { Writer::one_by_one };
        writer(&format!("of-copy-{number}")).at_a_time(6).with_cache(&format!("copy-{number}"))
    });
    let of_original =
        ["ben", "cat"].map(|name| Writer::with_file(name, "2").at_a_time(6).with_cache("original"));
    let writers: Vec<Writer> = of_copies.chain(of_original).collect();
    books.add(all_at_once(&place, &writers, mixed(COMMANDS), |writer| {
        writer.name.starts_with("of-copy").then(|| Kills::of(&writer.name))
    }));
    place.next_commands_work(&writers, &mut books);
    place.is_clean();
    let landed = audit(&place, &books);
    books.print("copied cache", landed, &format!(", {in_use} copies of a cache in use"));
    assert!(in_use > 0 && books.kills > 3 && books.acknowledged_commits() > 30);
}

/// What is there one moment may be gone the next; a copy then lacks it.
fn copy(from: &Path, to: &Path) {
    fs::create_dir(to).unwrap();
    let mut copy = Command::new("cp");
    copy.arg("-a").arg(from.join(".")).arg(to).stderr(Stdio::null());
    copy.status().unwrap();
}
