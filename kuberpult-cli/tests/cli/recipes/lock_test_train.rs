//! `lock-test-train-unlock.sh`: nothing moves under the tests, what was tested goes further, and the lock goes in any case.

use std::fs;
use std::process::{Child, Command, Stdio};

use super::site::{Site, wait_until};

const LINE: &str = "sh kuberpult/lock-test-train-unlock.sh staging production sh ./system-tests.sh";

/// Tests that say when they have begun, and end when they are told to; or fail, when nobody tells them for half a minute.
pub(super) const LONG: &str = "echo >begun\nfor second in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do
for part in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do [ ! -e go ] || exit 0; sleep 0.1; done; done; echo >gave-up; exit 1\n";

/// Begins a job whose tests take long, and waits until they run.
fn begun(site: &Site) -> Child {
    site.terminal.write("job/system-tests.sh", LONG);
    let mut command = site.sh();
    command.args(["-c", &format!("exec {LINE}")]).stdout(Stdio::null()).stderr(Stdio::null());
    let child = command.spawn().unwrap();
    wait_until("the tests begin", || site.file("begun").exists());
    child
}

fn signal(child: &Child, name: &str) {
    let sent = Command::new("kill").args([format!("-{name}"), child.id().to_string()]).status();
    assert!(sent.unwrap().success());
}

#[test]
fn what_was_tested_goes_further_and_what_waited_follows() {
    let site = Site::new();
    let mut child = begun(&site);
    assert!(site.is_locked("staging"));
    let locks = site.kuberpult("-o json locks");
    assert!(locks.contains("system-tests") && locks.contains("\"2h\""), "{locks}");
    // While the tests run, nothing automatic comes to staging: by no train, and by no job.
    for line in ["release cart --manifests m", "train staging", "deploy cart 2 -e staging"] {
        site.kuberpult(line);
    }
    assert_eq!(site.versions("cart", "staging"), (Some(1), Some(2)));
    // By hand it does. That is not what was tested.
    for line in ["release pay --manifests m", "deploy pay 2 -e staging --manual"] {
        site.kuberpult(line);
    }
    site.terminal.write("job/go", "");
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert_eq!(site.versions("cart", "production"), (Some(1), None));
    assert_eq!(site.versions("pay", "production"), (Some(1), None));
    assert!(!site.is_locked("staging"));
    assert_eq!(site.versions("cart", "staging"), (Some(2), None), "what waited behind the lock follows");
    let report = site.read("train/report.md");
    assert!(report.contains("**2 deployed, 1 skipped.**"), "{report}");
    assert!(report.contains("Release train to `production`, as of `"), "{report}");
}

#[test]
fn tests_that_fail_stop_the_train_and_not_the_unlock() {
    let site = Site::new();
    site.run(LINE).with(0);
    site.terminal.write("job/system-tests.sh", "exit 7\n");
    site.kuberpult("release cart --manifests m");
    site.kuberpult("train staging");
    let printed = site.run(LINE).with(7);
    assert!(printed.contains("the tests failed with exit code 7: there is no train"), "{printed}");
    assert!(!site.is_locked("staging"));
    assert_eq!(site.versions("cart", "production"), (Some(1), None));
    assert!(!site.file("train/report.md").exists(), "that of the last train is gone");
}

#[test]
fn a_job_that_is_told_to_end_unlocks() {
    for (name, code) in [("TERM", 143), ("INT", 130), ("HUP", 129)] {
        if is_ignored(code - 128) {
            eprintln!(
                "left out: {name}, which these tests were started to ignore, as under nohup; no shell hears it then"
            );
            continue;
        }
        let site = Site::new();
        let mut child = begun(&site);
        signal(&child, name);
        assert_eq!(child.wait().unwrap().code(), Some(code), "{name}");
        assert!(!site.file("gave-up").exists(), "{name}: nobody waits for the tests");
        site.terminal.write("job/go", "");
        assert!(!site.is_locked("staging"), "{name}");
        assert_eq!(site.versions("cart", "production"), (None, None), "{name}");
    }
}

/// Whether this process, and so what it starts, ignores a signal. Where the system does not say so, it does not.
fn is_ignored(signal: i32) -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.is_some_and(|mask| mask >> (signal - 1) & 1 == 1)
}

#[test]
fn the_next_run_takes_over_what_a_killed_one_left() {
    let site = Site::new();
    let mut child = begun(&site);
    child.kill().unwrap();
    child.wait().unwrap();
    site.terminal.write("job/go", "");
    assert!(site.is_locked("staging"), "nobody could unlock");
    site.terminal.write("job/system-tests.sh", "echo all is well\n");
    // Not in the same second, in which nothing would have to be replaced.
    let printed = site.run_with(LINE, &[("KUBERPULT_NOW", "2030-01-01T00:00:00Z")]).with(0);
    assert!(printed.contains("replaced lock \"system-tests\""), "{printed}");
    assert!(!site.is_locked("staging"));
    assert_eq!(site.versions("cart", "production"), (Some(1), None));

    // Or the part of the job that always runs unlocks; as often as it likes.
    for _ in 0..2 {
        site.kuberpult("lock env staging --id system-tests");
        let printed = site.run("sh kuberpult/unlock.sh staging").with(0);
        assert!(printed.contains("the lock on staging is gone"), "{printed}");
        let printed = site.run("sh kuberpult/unlock.sh staging").with(0);
        assert!(printed.contains("there is no lock on staging any more"), "{printed}");
    }
}

/// The lock that is there may be the very same: what is tested is the state of now.
#[test]
fn a_lock_that_is_there_just_so_is_good_enough() {
    let site = Site::new();
    let now = [("KUBERPULT_NOW", "2024-05-03T11:37:37+02:00")];
    site.terminal.write("job/system-tests.sh", "kill -KILL $PPID\n");
    let code = site.run_with(LINE, &now).code;
    assert_ne!(code, Some(0), "it was killed");
    let locked = site.head();
    site.terminal.write("job/system-tests.sh", "exit 0\n");
    let printed = site.run_with(LINE, &now).with(0);
    assert!(printed.contains("exists just so already"), "{printed}");
    assert!(site.read("train/report.md").contains(&locked), "as of the commit that set the lock");
    assert_eq!(site.versions("cart", "production"), (Some(1), None));
    assert!(!site.is_locked("staging"));
}

#[test]
fn a_group_is_locked_too() {
    let site = Site::new();
    site.terminal.write("job/system-tests.sh", "kuberpult -q locks >locks\n");
    site.run_with(
        "sh kuberpult/lock-test-train-unlock.sh pre production sh ./system-tests.sh",
        &[("LOCK_KIND", "group"), ("LOCK_ID", "group-tests"), ("LOCK_LINK", "https://ci.example.com/7")],
    )
    .with(0);
    let locks = site.read("locks");
    assert!(locks.contains(" staging ") && locks.contains("group-tests"), "{locks}");
    assert_eq!(site.versions("cart", "production"), (Some(1), None));
    assert!(!site.is_locked("staging"));
    let printed = site.run_with("sh kuberpult/unlock.sh pre", &[("LOCK_KIND", "group")]).with(0);
    assert!(printed.contains("there is no lock on pre any more"), "{printed}");
}

#[test]
fn without_a_lock_there_are_no_tests() {
    let site = Site::new();
    site.terminal.write("job/system-tests.sh", "echo >begun\n");
    site.run("sh kuberpult/lock-test-train-unlock.sh nowhere production sh ./system-tests.sh").with(1);
    let away = site.server.root().join("away");
    std::fs::rename(site.server.repository(), &away).unwrap();
    let printed = site.run_with(LINE, &[("RETRY_TIMES", "1")]).with(1);
    assert!(printed.contains("the lock on staging may still be there"), "{printed}");
    assert!(!site.file("begun").exists());
    site.run("sh kuberpult/lock-test-train-unlock.sh staging production").with(2);
}

/// The train is refused after the tests: the lock goes all the same.
#[test]
fn a_train_that_is_refused_does_not_keep_the_lock() {
    let site = Site::new();
    site.run("sh kuberpult/lock-test-train-unlock.sh staging nowhere sh ./system-tests.sh").with(3);
    assert!(!site.is_locked("staging"));
}
