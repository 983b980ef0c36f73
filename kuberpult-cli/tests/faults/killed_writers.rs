//! Writers that are killed at random moments and started again: with the git that they have started, or without it.

use kuberpult_test_servers::{Kind, kinds};

use crate::history::audit;
use crate::kills::Kills;
use crate::place::Place;
use crate::writer::{Writer, all_at_once, mixed};

const COMMANDS: usize = 48;

/// What git has begun goes on, as after a crash of kuberpult itself: a push may land that nobody waits for any more, while
/// the next process is at work already.
#[test]
fn after_a_crash_git_may_go_on() {
    let place = Place::on(Kind::Directory);
    place.clone_to("mine");
    let writers = [
        Writer::typed("ann"),
        Writer::typed("ben").with_cache("cache-ann"),
        Writer::one_by_one("cat").at_a_time(6),
        Writer::with_file("dan", "3").at_a_time(6).with_cache("cache-cat"),
        Writer::with_file("eve", "end").at_a_time(6),
        Writer::with_file("fay", "2").at_a_time(6).in_clone("mine"),
    ];
    let landed = run("killed alone", &place, &writers, |writer| Kills::of(&writer.name));
    assert!(landed > 0);
}

/// As when a machine is switched off, or its memory is full: git leaves behind what it had locked here. The server goes on. A
/// work tree that is half of one commit and half of another one is for its owner to put in order.
#[test]
fn together_with_git_nothing_is_left_that_blocks() {
    let Some(kind) = kinds().into_iter().find(|kind| matches!(kind, Kind::Daemon | Kind::Http)) else {
        eprintln!(
            "left out: writers that are killed together with git, because there is neither daemon nor http"
        );
        return;
    };
    let place = Place::on(kind);
    place.clone_to("mine");
    let writers = [
        Writer::typed("ann"),
        Writer::typed("ben").with_cache("cache-ann"),
        Writer::one_by_one("cat").at_a_time(6),
        Writer::with_file("dan", "3").at_a_time(6).with_cache("cache-cat"),
        Writer::with_file("fay", "2").at_a_time(6).in_clone("mine"),
    ];
    run("killed with git", &place, &writers, |writer| Kills::of(&writer.name).with_children());
}

/// How many commands have landed of which nobody knew.
fn run(what: &str, place: &Place, writers: &[Writer], kills: impl Fn(&Writer) -> Kills) -> usize {
    let mut books = all_at_once(place, writers, mixed(COMMANDS), |writer| Some(kills(writer)));
    let work_trees = usize::from(place.put_in_order("mine"));
    place.next_commands_work(writers, &mut books);
    place.is_clean();
    let landed = audit(place, &books);
    books.print(what, landed, &format!(", {work_trees} work trees put in order by hand"));
    assert!(books.kills > 15 && landed < books.unknown() && books.acknowledged_commits() > 20);
    landed
}
