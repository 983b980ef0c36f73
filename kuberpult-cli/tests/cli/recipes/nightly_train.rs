//! `nightly-train.sh`: what was shown is what is done.

use std::fs;

use super::site::Site;

const NIGHTLY: &str = "sh kuberpult/nightly-train.sh production";

#[test]
fn what_the_prognosis_says_is_done() {
    let site = Site::new();
    site.kuberpult("lock app pay -e production --id audit -m 'books are open'");
    let printed = site.run(NIGHTLY).with(0);
    for report in ["prognosis.md", "report.md"] {
        assert!(printed.contains(&site.read(&format!("train/{report}"))), "{report}: {printed}");
    }
    let (prognosis, report) = (site.read("train/prognosis.md"), site.read("train/report.md"));
    assert!(
        prognosis.contains("### Would be deployed: 1 application\n\n- `cart` none -> 1\n"),
        "{prognosis}"
    );
    assert!(report.contains("**1 deployed, 1 queued, 1 skipped.**"), "{report}");
    assert!(report.contains("for `Train <train@example.com>`"), "{report}");
    assert!(report.contains(&site.head()), "{report}");
    for json in ["train/plan.json", "train/prognosis.json", "train/report.json"] {
        serde_json::from_str::<serde_json::Value>(&site.read(json)).unwrap();
    }
    assert_eq!(site.versions("cart", "production"), (Some(1), None));
    assert_eq!(site.versions("pay", "production"), (None, Some(1)));

    // Once more: there is nothing to do, and that is fine.
    let before = site.head();
    let printed = site.run(NIGHTLY).with(0);
    assert!(printed.contains("Done as the saved plan says: there was nothing to do."), "{printed}");
    assert_eq!(site.head(), before);
}

#[test]
fn a_plan_that_is_outdated_is_made_anew() {
    let site = Site::new();
    let path = site.before_kuberpult(
        "case \" $* \" in\n*' apply '*)\n[ -e \"$HOME/locked\" ] || real lock app cart -e production --id late --author-name Eve --author-email e\ntouch \"$HOME/locked\" ;;\nesac",
    );
    let printed = site.run(&format!("{path}{NIGHTLY}")).with(0);
    assert!(printed.contains("the plan is outdated and nothing was done"), "{printed}");
    let report = site.read("train/report.md");
    assert!(report.contains("**1 deployed, 1 queued, 1 skipped.**"), "{report}");
    assert!(report.contains("lock `late` on application `cart`"), "{report}");
    assert_eq!(site.versions("cart", "production"), (None, Some(1)));
    assert_eq!(site.versions("pay", "production"), (Some(1), None));
}

#[test]
fn a_plan_that_is_always_outdated_is_given_up() {
    let site = Site::new();
    let path = site.before_kuberpult(
        "case \" $* \" in\n*' apply '*) real lock app cart -e production --id late --author-name Eve --author-email e\nreal unlock app cart -e production late --queued drop --author-name Eve --author-email e\nreal release cart --manifests m --author-name Eve --author-email e\nreal train staging --author-name Eve --author-email e ;;\nesac",
    );
    site.run_with(&format!("{path}{NIGHTLY}"), &[("TRAIN_ATTEMPTS", "2")]).with(5);
    assert_eq!(site.calls(), 5, "three plans, the last for people, and two tries");
    assert!(!site.file("train/report.md").exists(), "nothing was done");
    assert!(site.read("train/prognosis.md").contains("`cart` none -> 3"));
    assert_eq!(site.versions("cart", "production"), (None, None));
}

#[test]
fn with_an_approval_in_between() {
    let site = Site::new();
    site.run("sh kuberpult/nightly-train.sh --plan production --team none").with(0);
    site.run("sh kuberpult/nightly-train.sh --plan production").with(0);
    let (before, approved) = (site.head(), site.read("train/prognosis.md"));
    site.kuberpult("lock app cart -e production --id late");
    let locked = site.head();
    let printed = site.run("sh kuberpult/nightly-train.sh --apply production").with(5);
    assert!(printed.contains("the plan is outdated and nothing was done"), "{printed}");
    assert_eq!(site.head(), locked);
    assert_ne!(locked, before);
    let anew = site.read("train/prognosis.md");
    assert!(anew.contains("lock `late`") && !approved.contains("lock `late`"), "{anew}");
    assert!(!site.file("train/report.md").exists());
    // Approved again.
    site.run("sh kuberpult/nightly-train.sh --apply production").with(0);
    assert_eq!(site.versions("cart", "production"), (None, Some(1)));
    assert!(site.read("train/report.md").contains("Done as the saved plan says"));
}

#[test]
fn what_a_rule_refuses_is_not_tried_again() {
    let site = Site::new();
    site.run(NIGHTLY).with(0);
    let path = site.before_kuberpult("");
    let printed = site.run(&format!("{path}sh kuberpult/nightly-train.sh nowhere")).with(3);
    assert!(printed.contains("nowhere"), "{printed}");
    assert_eq!(site.calls(), 1);
    assert_eq!(fs::read_to_string(site.file("train/prognosis.json")).unwrap(), "");
    for file in ["train/plan.json", "train/report.md", "train/prognosis.md"] {
        assert!(!site.file(file).exists(), "{file} is not of this run");
    }
    // A train that leaves only when nothing is held back.
    site.kuberpult("lock app pay -e production --id audit");
    site.kuberpult("release pay --manifests m");
    site.kuberpult("train staging");
    let before = site.head();
    site.run(&format!("{NIGHTLY} --fail-on-blocked")).with(3);
    assert_eq!(site.head(), before);
    assert!(site.read("train/prognosis.md").contains("lock `audit`"));
    site.run("sh kuberpult/nightly-train.sh").with(2);
    site.run("sh kuberpult/nightly-train.sh --apply").with(2);
}

#[test]
fn a_remote_that_does_not_answer_is_asked_again() {
    let site = Site::new();
    let away = site.server.root().join("away");
    fs::rename(site.server.repository(), &away).unwrap();
    let path = site.before_kuberpult("");
    let printed = site.run_with(&format!("{path}{NIGHTLY}"), &[("RETRY_TIMES", "3")]).with(6);
    assert!(printed.contains("exit code 6; once more in 0 seconds"), "{printed}");
    assert_eq!(site.calls(), 3);
    assert!(!site.file("train/prognosis.md").exists());

    let (from, to) = (away.display(), site.server.repository());
    let path = site.before_kuberpult(&format!(
        "[ ! -e '{from}' ] || [ $calls -lt 5 ] || mv '{from}' '{}'",
        to.display()
    ));
    site.run(&format!("{path}{NIGHTLY}")).with(0);
    assert_eq!(site.versions("cart", "production"), (Some(1), None));
}

#[test]
fn what_is_missing_is_named() {
    let site = Site::new();
    for variable in ["KUBERPULT_REMOTE", "KUBERPULT_AUTHOR_NAME", "KUBERPULT_AUTHOR_EMAIL"] {
        let ended = site.run(&format!("unset {variable}\n{NIGHTLY}"));
        assert!(![Some(0), None].contains(&ended.code), "{variable}");
        assert!(ended.printed.contains(variable), "{}", ended.printed);
    }
}
