//! Disks that are full: that of the cache, that of a work tree, and that of the server.
//!
//! They are filled so far that more and more can be written, so that each step of a command fails once.

use kuberpult_test_servers::{Daemon, Kind, SmallDisk, git, kinds, with_small_disks};

use crate::books::{Books, Fate};
use crate::commands::Wanted;
use crate::history::audit;
use crate::place::Place;
use crate::writer::Writer;

const SIZE: usize = 4 * 1024 * 1024;
const PAGE: u64 = 4096;

/// In pages.
const LEFT: [u64; 12] = [0, 1, 1, 2, 2, 3, 4, 6, 8, 11, 16, 24];

/// Gives a command on a disk that is filled more and more sparsely, and one on the same disk with room. Gives how many had a
/// full disk.
fn fill(
    place: &Place,
    disk: &SmallDisk,
    writer: &Writer,
    books: &mut Books,
    repair: impl Fn(&Books),
) -> usize {
    let mut full = 0;
    let elsewhere = Writer::typed("elsewhere");
    for (round, left) in LEFT.into_iter().enumerate() {
        // Something to fetch.
        elsewhere.run(place, vec![Wanted::lock(&format!("elsewhere-{}", writer.name), round)], None, books);
        disk.fill(left * PAGE);
        let mut book = Books::default();
        let name = format!("{}-full-{round}", writer.name);
        writer.named(&name).run(place, vec![Wanted::lock(&name, round)], None, &mut book);
        disk.make_room();
        repair(&book);
        full += usize::from(book.acknowledged_commits() == 0);
        books.add(book);
        place.next_commands_work(&[writer.named(&format!("{}-{round}", writer.name))], books);
    }
    full
}

/// Every refusal has one of these codes.
fn are_refused_with(books: &Books, codes: &[&str]) {
    for (wanted, fate) in books.entries() {
        if let Fate::Refused { code } = fate {
            assert!(codes.contains(&code.as_str()), "{code}: {wanted:?}");
        }
    }
}

#[test]
fn a_full_disk_of_the_cache_is_named_and_nothing_is_lost() {
    with_small_disks("full_disk::a_full_disk_of_the_cache_is_named_and_nothing_is_lost", || {
        let place = Place::on(Kind::Directory);
        let disk = SmallDisk::mount(&place.path("cache-ann"), SIZE);
        let mut books = Books::default();
        let (typed, lines) = (Writer::typed("ann"), Writer::with_file("ben", "end").with_cache("cache-ann"));
        let full =
            fill(&place, &disk, &typed, &mut books, |_| {}) + fill(&place, &disk, &lines, &mut books, |_| {});
        place.is_clean();
        let landed = audit(&place, &books);
        books.print("full disk of the cache", landed, "");
        assert_eq!((books.unknown(), books.refused()), (0, full));
        are_refused_with(&books, &["DISK_FULL"]);
        assert!(full > 5 && full < 2 * LEFT.len());
    });
}

#[test]
fn a_full_disk_of_a_work_tree_is_named_and_nothing_is_lost() {
    with_small_disks("full_disk::a_full_disk_of_a_work_tree_is_named_and_nothing_is_lost", || {
        let place = Place::on(Kind::Directory);
        let disk = SmallDisk::mount(&place.path("mine"), SIZE);
        place.clone_to("mine");
        // It is what fills the disk.
        std::fs::write(place.path("mine/.git/info/exclude"), "filler\n").unwrap();
        let mut books = Books::default();
        let writer = Writer::typed("ann").in_clone("mine");
        // What the messages say.
        let repair = |book: &Books| {
            if book.acknowledged_commits() > 0 {
                git(&place.path("mine"), &["pull", "--quiet"]);
                git(&place.path("mine"), &["reset", "--quiet", "--hard"]);
            }
        };
        let full = fill(&place, &disk, &writer, &mut books, repair);
        place.is_clean();
        let landed = audit(&place, &books);
        let without_events =
            |fate: &Fate| matches!(fate, Fate::Acknowledged { commit: Some(_), events: Err(_) });
        let behind = books.entries().filter(|(_, fate)| without_events(fate)).count();
        books.print(
            "full disk of a work tree",
            landed,
            &format!(", {behind} of which the work tree did not follow"),
        );
        assert_eq!((books.unknown(), books.refused()), (0, full));
        // The second one in git's words.
        are_refused_with(&books, &["DISK_FULL", "WORK_TREE_IN_THE_WAY"]);
        assert!(full > 2 && full < LEFT.len());
    });
}

#[test]
fn a_full_disk_of_the_server_is_named_and_nothing_is_lost() {
    with_small_disks("full_disk::a_full_disk_of_the_server_is_named_and_nothing_is_lost", || {
        for kind in kinds().into_iter().filter(|kind| matches!(kind, Kind::Directory | Kind::Daemon)) {
            let root = tempfile::tempdir().unwrap();
            let disk = SmallDisk::mount(root.path(), SIZE);
            git(root.path(), &["init", "--quiet", "--bare", "--initial-branch=main", "manifests.git"]);
            let repository = root.path().join("manifests.git");
            let daemon = (kind == Kind::Daemon).then(|| Daemon::start(root.path(), true));
            let url = daemon
                .as_ref()
                .map_or_else(|| repository.display().to_string(), |daemon| daemon.url("manifests.git"));
            let place = Place::at(None, url, repository);
            let mut books = Books::default();
            let (typed, lines) = (Writer::typed("ann"), Writer::with_file("ben", "end"));
            let full = fill(&place, &disk, &typed, &mut books, |_| {})
                + fill(&place, &disk, &lines, &mut books, |_| {});
            place.is_clean();
            let landed = audit(&place, &books);
            books.print(&format!("full disk of the server, {}", kind.name()), landed, "");
            // A daemon keeps for itself why a process of it has died before it read anything.
            assert!(landed == 0 && (books.unknown() == 0 || kind == Kind::Daemon));
            assert_eq!(books.unknown() + books.refused(), full);
            are_refused_with(&books, &["REMOTE_DISK_FULL"]);
            assert!(full > 5 && full < 2 * LEFT.len());
        }
    });
}
