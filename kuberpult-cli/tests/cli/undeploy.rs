//! The way out: `kuberpult prepare-undeploy`, `undeploy` and `remove`.

use crate::terminal::Terminal;

#[test]
fn an_application_goes() {
    let mut terminal = Terminal::with_environments();
    for line in [
        "train staging",
        "undeploy cart",
        "prepare-undeploy cart --dry-run",
        "prepare-undeploy cart",
        "undeploy cart",
        "lock app cart -e production --id pin",
        "remove cart -e production --dry-run",
        "remove cart -e production",
        "remove cart -e production",
        "train staging",
        "undeploy cart --dry-run",
        "undeploy cart",
        "undeploy cart",
        "status",
    ] {
        terminal.run(line);
    }
    insta::assert_snapshot!(terminal.transcript());
    terminal.check_repository();
    assert!(!terminal.path("repo/applications/cart").exists());
}
