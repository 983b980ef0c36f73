//! `kuberpult env update` and `env delete`.

use crate::terminal::Terminal;

#[test]
fn configs_change_and_environments_go() {
    let mut terminal = Terminal::with_environments();
    terminal.write("staging.json", r#"{"upstream": {"environment": "development"}, "onUnlock": "keep"}"#);
    for line in [
        "env update staging --group test --dry-run",
        "env update staging --config staging.json",
        "env update staging --group test",
        "env update staging --group test",
        "env show staging",
        "env update staging --upstream latest",
        "env update staging --no-group",
        "env show staging",
        "env update staging --upstream nowhere",
        "env delete development",
        "env delete production --dry-run",
        "env delete production",
        "env delete development --force",
        "env list",
    ] {
        terminal.run(line);
    }
    insta::assert_snapshot!(terminal.transcript());
    terminal.check_repository();
}
