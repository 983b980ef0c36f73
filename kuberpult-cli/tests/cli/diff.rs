//! `kuberpult diff`: what another version would change.

use crate::terminal::{Terminal, words};

/// Two versions of `cart` and their source commits: version 2 is in development, version 1 in staging.
fn terminal() -> Terminal {
    let mut terminal = Terminal::with_environments();
    terminal.run("train staging");
    for (version, name) in [(2, "Al"), (3, "Bo")] {
        for environment in ["development", "staging", "production"] {
            terminal.manifest(&format!("m/{environment}.yaml"), version);
        }
        let line = format!(
            "release cart --manifests m --source-commit {version}00000000000000000000000000000000000000a --source-author '{name}' --source-message 'Change {version}' --display-version v1.{version}"
        );
        assert_eq!(terminal.run(&line).code, 0);
    }
    terminal.forget();
    terminal
}

#[test]
fn what_would_the_train_bring() {
    let mut terminal = terminal();
    for line in [
        "diff cart -e staging",
        "diff cart -e staging --version 2 -U0",
        "diff cart -e staging --version 1",
        "deploy cart 3 -e staging",
        "diff cart -e staging --version 2",
        "diff cart -e production",
        "-q diff cart -e production",
        "-o json diff cart -e staging --version 2",
        "-o json diff cart -e production",
    ] {
        assert_eq!(terminal.run(line).code, 0, "{line}");
    }
    insta::assert_snapshot!(terminal.transcript());
}

#[test]
fn what_cannot_be_compared() {
    let mut terminal = terminal();
    terminal.write("sandbox.json", "{}");
    assert_eq!(terminal.run("env create sandbox --config sandbox.json").code, 0);
    terminal.forget();
    for line in [
        "diff cart -e nowhere",
        "diff none -e staging",
        "diff cart -e staging --version 9",
        "-o json diff cart -e staging --version 9",
        "diff cart -e sandbox --version 1",
        "diff cart -e sandbox",
        "-o json diff cart -e sandbox",
    ] {
        let printed = terminal.run(line);
        assert_eq!((printed.code, printed.stdout.as_str()), (3, ""), "{line}");
    }
    assert_eq!(terminal.run("diff cart -e staging -U x").code, 2);
    assert_eq!(terminal.run("diff --help").code, 0);
    insta::assert_snapshot!(terminal.transcript());
}

#[test]
fn an_undeploy_release_and_a_manifest_changed_by_hand_are_named() {
    let mut terminal = terminal();
    terminal.run("prepare-undeploy cart");
    let copy = "repo/environments/staging/applications/cart/manifests/manifests.yaml";
    terminal.write(copy, "kind: Deployment\nversion: by hand");
    terminal.git("-C repo -c user.name=a -c user.email=b commit -qam 'by hand'");
    terminal.forget();
    for line in ["diff cart -e staging", "-o json diff cart -e staging --version 1"] {
        assert_eq!(terminal.run(line).code, 0, "{line}");
    }
    insta::assert_snapshot!(terminal.transcript());
}

#[test]
fn a_program_gets_every_byte_and_a_terminal_nothing_to_obey() {
    let mut terminal = Terminal::with_environments();
    let copy = "repo/environments/development/applications/cart/manifests/manifests.yaml";
    terminal.write(copy, "text: \u{1b}[2J\u{202e}\ttabs stay\r\n");
    terminal.git("-C repo -c user.name=a -c user.email=b commit -qam elsewhere");
    let raw = terminal.run("diff cart -e development --version 1");
    assert!(raw.stdout.contains("\n-text: \u{1b}[2J\u{202e}\ttabs stay\r\n"), "{raw:?}", raw = raw.stdout);
    let patched = terminal.shell(
        "kuberpult -q -R repo diff cart -e development --version 1 > patch
         git -C repo apply --whitespace=nowarn ../patch
         cat repo/environments/development/applications/cart/manifests/manifests.yaml
         git -C repo checkout -q .
         kuberpult -q -R repo diff cart -e development --version 1 | (cd repo && git apply --check) && echo piped",
    );
    assert_eq!(patched, "kind: Deployment\nversion: 1\npiped\n");
    terminal.forget();
    let colored = terminal.kuberpult(&words("--color always diff cart -e development --version 1"));
    let shown = terminal.record("--color always diff cart -e development --version 1", colored).stdout;
    assert!(shown.contains("-text: \\u{1b}[2J\\u{202e}\ttabs stay\\r"), "{shown:?}");
    assert!(shown.contains("\u{1b}[31m-text"), "{shown:?}");
}
