//! Eight writers at once, a hundred commands each.

use kuberpult_test_servers::Kind;

use crate::history::audit;
use crate::place::Place;
use crate::writer::{Writer, all_at_once, mixed};

const COMMANDS: usize = 100;

#[test]
fn eight_hundred_commands_are_each_there_once_or_refused() {
    let place = Place::on(Kind::Directory);
    for clone in ["mine", "yours"] {
        place.clone_to(clone);
    }
    let writers = [
        Writer::typed("ann"),
        Writer::typed("ben").with_cache("cache-ann"),
        Writer::one_by_one("cat"),
        Writer::one_by_one("dan").with_cache("cache-cat"),
        Writer::with_file("eve", "10"),
        Writer::with_file("fay", "end"),
        Writer::with_file("gus", "5").in_clone("mine"),
        Writer::typed("hal").in_clone("yours"),
    ];
    let mut books = all_at_once(&place, &writers, mixed(COMMANDS), |_| None);
    assert_eq!(books.commands(), writers.len() * COMMANDS);
    place.next_commands_work(&writers, &mut books);
    place.is_clean();
    let landed = audit(&place, &books);
    books.print("many writers", landed, "");
    assert_eq!(books.unknown(), 0);
    assert!(books.acknowledged_commits() > 200 && books.refused() > 50 && books.decided_again > 20);
}
