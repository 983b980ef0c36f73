//! `kuberpult check`: what is wrong in a manifest repository.

use crate::terminal::Terminal;

#[test]
fn what_is_wrong_is_found() {
    let mut terminal = Terminal::with_environments();
    assert_eq!(terminal.run("check").code, 0);
    assert_eq!(terminal.run("env create test --upstream nowhere").code, 0);
    assert_eq!(terminal.run("check").code, 1, "a warning is found, too");
    let manifest = "repo/environments/development/applications/cart/manifests/manifests.yaml";
    terminal.write(manifest, "kind: Tampered\n");
    terminal.git("-C repo -c user.name=a -c user.email=b commit -qam tampered");
    assert_eq!(terminal.run("check").code, 1);
    assert_eq!(terminal.run("-o json check").code, 1);
    insta::assert_snapshot!(terminal.transcript());
    assert_eq!(terminal.run("deploy cart 1 -e development").code, 0);
    assert_eq!(terminal.run("env update test --upstream staging").code, 0);
    assert_eq!(terminal.run("check").code, 0);
}
