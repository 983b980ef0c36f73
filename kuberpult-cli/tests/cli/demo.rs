//! The demo: the whole story, the same each time.

use std::fs;

use crate::terminal::Terminal;

#[test]
fn the_story() {
    let mut terminal = Terminal::new();
    let printed = terminal.run("demo tour");
    assert_eq!((printed.code, printed.stderr.as_str()), (0, ""));
    insta::assert_snapshot!(printed.stdout);

    terminal.git("-C tour/manifests fsck --strict");
    assert_eq!(terminal.git("-C tour/manifests status --porcelain"), "");
    let head = terminal.git("-C tour/manifests rev-parse HEAD");
    assert!(printed.stdout.contains(&format!("The newest commit is {head}")), "{head}");
    let commits = printed.stdout.lines().filter(|line| line.starts_with("commit ")).count();
    assert_eq!(terminal.git("-C tour/manifests rev-list --count HEAD"), commits.to_string());

    let version = terminal.path("tour/manifests/environments/production/applications/cart/version");
    assert_eq!(fs::read_link(version).unwrap().to_str(), Some("../../../../applications/cart/releases/3"));
    let queued = terminal.git("-C tour/manifests log --format=%H -- '*queued_version'");
    let queued = queued.lines().last().unwrap();
    let links =
        terminal.git(&format!("-C tour/manifests ls-tree {queued} environments/staging/applications/cart/"));
    assert!(links.contains("120000") && links.contains("queued_version"), "{links}");
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
    let head = |name: &str| terminal.git(&format!("-C {name}/manifests rev-parse HEAD"));
    assert_eq!(head("first"), head("second"));
}

#[test]
fn the_demo_makes_a_directory_or_takes_an_empty_one() {
    let mut terminal = Terminal::new();
    assert!(terminal.run("demo").stdout.starts_with("The demo is in DIR/home/kuberpult-demo-1\n"));
    assert!(terminal.run("demo").stdout.starts_with("The demo is in DIR/home/kuberpult-demo-2\n"));
    fs::create_dir(terminal.path("empty")).unwrap();
    assert_eq!(terminal.run("demo empty").code, 0);
    let again = terminal.run("demo empty");
    assert_eq!(again.code, 1);
    assert_eq!(again.stderr, "error: cannot make the demo in `empty`: it is there and not empty\n");
}
