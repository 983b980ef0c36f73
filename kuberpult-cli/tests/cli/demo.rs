//! The demo: the whole story, the same each time.

use std::fs;

use crate::terminal::Terminal;

#[test]
fn the_story() {
    let mut terminal = Terminal::new();
    let printed = terminal.run("demo tour");
    assert_eq!((printed.code, printed.stderr.as_str()), (0, ""));
    insta::assert_snapshot!(printed.stdout);

    terminal.git("-C tour fsck --strict");
    assert_eq!(terminal.git("-C tour status --porcelain"), "");
    let head = terminal.git("-C tour rev-parse HEAD");
    assert!(printed.stdout.contains(&format!("The newest commit is {head}")), "{head}");
    let commits = printed.stdout.lines().filter(|line| line.starts_with("commit ")).count();
    assert_eq!(terminal.git("-C tour rev-list --count HEAD"), commits.to_string());

    let version = terminal.path("tour/environments/production/applications/cart/version");
    assert_eq!(fs::read_link(version).unwrap().to_str(), Some("../../../../applications/cart/releases/3"));

    // Side by side, as the last act leaves them.
    let waiting = terminal.path("tour/environments/staging/applications/payment");
    for (link, release) in [("version", 2), ("queued_version", 3)] {
        let target = format!("../../../../applications/payment/releases/{release}");
        assert_eq!(fs::read_link(waiting.join(link)).unwrap().to_str(), Some(target.as_str()));
    }
}

#[test]
fn the_story_is_the_same_elsewhere() {
    let mut terminal = Terminal::new();
    terminal.run("demo first");
    // Neither who runs it nor when nor what is set around it matters.
    let mut command = terminal.bare_kuberpult(&["demo".into(), "second".into()]);
    command.env("KUBERPULT_NOW", "2030-01-01T00:00:00Z").env("KUBERPULT_ARGOCD_REPO_URL", "elsewhere");
    command.env("KUBERPULT_REPO", "nowhere");
    assert_eq!(terminal.record("demo second", command).code, 0);
    let head = |name: &str| terminal.git(&format!("-C {name} rev-parse HEAD"));
    assert_eq!(head("first"), head("second"));
}

#[test]
fn the_demo_makes_a_directory_or_takes_an_empty_one() {
    let mut terminal = Terminal::new();
    assert!(
        terminal
            .run("demo")
            .stdout
            .starts_with("The manifest repository of this demo is DIR/home/kuberpult-demo-1\n")
    );
    assert!(
        terminal
            .run("demo")
            .stdout
            .starts_with("The manifest repository of this demo is DIR/home/kuberpult-demo-2\n")
    );
    fs::create_dir(terminal.path("empty")).unwrap();
    assert_eq!(terminal.run("demo empty").code, 0);
    let again = terminal.run("demo empty");
    assert_eq!(again.code, 1);
    assert_eq!(
        again.stderr,
        "error: cannot make the demo in `empty`: it is there and not empty; name a directory that is empty or not there\n"
    );
}
