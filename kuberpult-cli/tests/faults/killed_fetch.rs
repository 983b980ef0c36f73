//! Processes that are killed while git fetches for them: alone, so that git lives on with the lock, or together with it.

use std::fs::{self, File, TryLockError};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::Duration;

use kuberpult_test_servers::Kind;

use crate::answer;
use crate::books::Books;
use crate::commands::Wanted;
use crate::history::audit;
use crate::place::Place;
use crate::processes::Running;
use crate::writer::{Writer, all_at_once};

const ROUNDS: usize = 12;

#[test]
fn whoever_is_killed_while_git_fetches_blocks_nobody_for_longer_than_git() {
    let place = Place::on(Kind::Directory);
    place.clone_to("mine");
    let elsewhere = Writer::typed("elsewhere");
    let writers = [Writer::typed("ann"), Writer::typed("ben").in_clone("mine")];
    let mut books = Books::default();
    place.next_commands_work(&[elsewhere.clone(), writers[0].clone(), writers[1].clone()], &mut books);
    let slow = slow_server(&place);
    let (mut lived_on, mut killed_with_git) = (0, 0);
    for round in 0..ROUNDS {
        let writer = &writers[round % 2];
        // So that there is something to fetch.
        elsewhere.run(&place, vec![Wanted::lock("elsewhere", round)], None, &mut books);
        let lock = if round % 2 == 0 {
            lock_of_cache(&place.path("cache-ann"))
        } else {
            place.path("mine/.git/kuberpult-fetch.lock")
        };
        let wanted = Wanted::lock("killed", round);
        let mut command = writer.kuberpult(&place, &wanted.words(&place.path("home")).unwrap());
        command.env("GIT_CONFIG_GLOBAL", &slow);
        let running = Running::start(command);
        while !is_locked(&lock) {
            sleep(Duration::from_millis(1));
        }
        // Now git is at it, or about to be.
        sleep(Duration::from_millis(40));
        let with_git = round % 4 > 1;
        let ended = running.kill(with_git);
        if with_git {
            killed_with_git += usize::from(ended.killed);
        } else {
            lived_on += usize::from(is_locked(&lock));
        }
        answer::enter(&mut books, vec![wanted], &ended);
        // At once, and two of them.
        let both = ["next", "other"].map(|name| writer.named(&format!("{name}-{round}")));
        let next = all_at_once(&place, &both, |writer| vec![Wanted::lock(&writer.name, 0)], |_| None);
        assert_eq!(next.acknowledged_commits(), 2, "{next:?}");
        books.add(next);
    }
    place.next_commands_work(
        &[Writer::typed("last"), writers[0].named("ann-last"), writers[1].named("ben-last")],
        &mut books,
    );
    place.is_clean();
    let landed = audit(&place, &books);
    let besides =
        format!(", git lived on with the lock {lived_on} times and was killed too {killed_with_git} times");
    books.print("killed while git fetches", landed, &besides);
    assert!(lived_on >= ROUNDS / 4 && killed_with_git >= ROUNDS / 4);
}

/// Git's configuration with which a server takes its time before it sends anything.
fn slow_server(place: &Place) -> PathBuf {
    let hook = place.path("home/slowly");
    fs::write(&hook, "#!/bin/sh\nsleep 0.4\nexec \"$@\"\n").unwrap();
    fs::set_permissions(&hook, fs::Permissions::from_mode(0o755)).unwrap();
    let config = place.path("home/slow.config");
    fs::write(&config, format!("[uploadpack]\n\tpackObjectsHook = {}\n", hook.display())).unwrap();
    config
}

/// The file beside the only clone in a cache.
fn lock_of_cache(cache: &Path) -> PathBuf {
    let mut entries = fs::read_dir(cache).unwrap().map(|entry| entry.unwrap().path());
    entries.find(|path| path.extension().is_some_and(|extension| extension == "lock")).unwrap()
}

fn is_locked(lock: &Path) -> bool {
    matches!(File::open(lock).unwrap().try_lock(), Err(TryLockError::WouldBlock))
}
