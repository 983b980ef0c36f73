//! A hook of the server that does not want one commit in three.

use std::fs;

use kuberpult_test_servers::Kind;

use crate::history::audit;
use crate::place::Place;
use crate::writer::{Writer, all_at_once, mixed};

const COMMANDS: usize = 25;

/// Which pushes it refuses depends on the id of the last commit: so the same push is refused each time.
#[test]
fn what_a_hook_refuses_is_not_there_and_the_rest_is() {
    for (hook, new) in [("pre-receive", "read old new reference"), ("update", "new=$3")] {
        let place = Place::on(Kind::Directory);
        place.clone_to("mine");
        let seen = place.path("seen");
        let script = format!(
            "#!/bin/sh\n{new}\ncase $new in [0-4]*) echo no >> '{seen}'; echo 'not this one' >&2; exit 1;; esac\necho yes >> '{seen}'\n",
            seen = seen.display()
        );
        place.server.as_ref().unwrap().write_hook(hook, &script);
        let writers = [
            Writer::typed("ann"),
            Writer::one_by_one("ben"),
            Writer::with_file("cat", "10"),
            Writer::with_file("dan", "4").in_clone("mine"),
        ];
        let mut books = all_at_once(&place, &writers, mixed(COMMANDS), |_| None);
        let seen = fs::read_to_string(seen).unwrap();
        let count = |word| seen.lines().filter(|line| *line == word).count();
        fs::remove_file(place.repository.join("hooks").join(hook)).unwrap();
        place.next_commands_work(&writers, &mut books);
        place.is_clean();
        let landed = audit(&place, &books);
        let besides = format!(", {} pushes refused and {} let through", count("no"), count("yes"));
        books.print(&format!("refusing {hook} hook"), landed, &besides);
        assert_eq!(books.unknown(), 0);
        assert!(books.refused_with("REMOTE_HOOK") > 5 && books.acknowledged_commits() > 20);
    }
}
