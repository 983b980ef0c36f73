//! Plain cron: the lines of the crontab, and the script that they run.

use std::fs;

use kuberpult_core::Schedule;

use super::lock_test_train::LONG;
use super::settle_queues::{CLOSED, frozen};
use super::site::{Ended, Site, recipe, wait_until};

/// The time and the command of each line.
fn lines() -> Vec<(String, String)> {
    let crontab = recipe("cron/crontab");
    let lines = crontab.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let jobs = lines.filter(|line| line.starts_with(|c: char| c.is_ascii_digit() || c == '*'));
    jobs.map(|line| {
        let words: Vec<&str> = line.splitn(6, ' ').collect();
        (words[..5].join(" "), words[5].to_owned())
    })
    .collect()
}

/// Runs the line with a job as cron does: in the home directory, with little around it.
fn run(site: &Site, job: &str, more: &[(&str, &str)]) -> Ended {
    for script in ["kuberpult.sh", "nightly-train.sh", "lock-test-train-unlock.sh", "unlock.sh"] {
        let from = site.file(&format!("kuberpult/{script}"));
        site.terminal.write(&format!("home/kuberpult/{script}"), fs::read(from).unwrap());
    }
    site.terminal.write("home/kuberpult/job.sh", recipe("cron/job.sh"));
    if !site.terminal.path("home/system-tests.sh").exists() {
        site.terminal.write("home/system-tests.sh", "echo all is well\n");
    }
    let (_, command) =
        lines().into_iter().find(|(_, command)| command.ends_with(&format!(" {job}"))).unwrap();
    site.run_with(&format!("cd \"$HOME\"\n{command}"), more)
}

#[test]
fn every_line_has_a_time_and_a_job() {
    let lines = lines();
    for (time, command) in &lines {
        time.parse::<Schedule>().unwrap();
        assert!(!command.contains('%'), "for cron `%` ends the line: {command}");
    }
    assert_eq!(lines.len(), 3);
}

#[test]
fn the_nightly_train_runs() {
    let site = Site::new();
    let printed = run(&site, "train", &[]).with(0);
    assert!(printed.contains("**2 deployed, 1 skipped.**"), "{printed}");
    assert_eq!(site.versions("cart", "production"), (Some(1), None));
    assert!(site.terminal.path("home/kuberpult-reports/train/report.md").exists());
}

#[test]
fn the_tests_run_and_the_train_follows() {
    let site = Site::new();
    run(&site, "test-and-train", &[]).with(0);
    assert_eq!(site.versions("cart", "production"), (Some(1), None));
    assert!(!site.is_locked("staging"));
}

#[test]
fn the_queues_are_settled_and_no_mail_goes_out_for_nothing() {
    let site = frozen();
    let printed = run(&site, "settle", &[CLOSED]).with(0);
    assert!(printed.contains("deployed version 1 of \"cart\""), "{printed}");
    assert_eq!(run(&site, "settle", &[CLOSED]).with(0), "");
}

#[test]
fn a_job_runs_once_at_a_time() {
    let site = Site::new();
    site.terminal.write("home/system-tests.sh", LONG);
    std::thread::scope(|scope| {
        let first = scope.spawn(|| run(&site, "test-and-train", &[]).with(0));
        wait_until("the tests begin", || site.terminal.path("home/begun").exists());
        let printed = run(&site, "test-and-train", &[]).with(1);
        assert!(printed.contains("test-and-train is still running"), "{printed}");
        assert!(site.is_locked("staging"), "the lock of the first is untouched");
        site.terminal.write("home/go", "");
        first.join().unwrap();
    });
    assert!(!site.is_locked("staging"));
    let usage = site.run("sh ../home/kuberpult/job.sh other").with(2);
    assert!(usage.contains("usage"), "{usage}");
}
