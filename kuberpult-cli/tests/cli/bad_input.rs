//! Bad input gets a clear error and leaves the repository as it was.

use std::fs;

use crate::terminal::{Terminal, words};

/// Runs lines that must all fail, and change nothing.
fn fail(terminal: &mut Terminal, lines: &[&str]) {
    let before = terminal.head();
    for line in lines {
        let printed = terminal.run(line);
        assert_ne!(printed.code, 0, "{line}");
        assert_eq!(printed.stdout, "", "{line}");
    }
    assert_eq!(terminal.head(), before);
}

#[test]
fn unknown_things() {
    let mut terminal = Terminal::with_environments();
    fail(
        &mut terminal,
        &[
            "deploy cart 1 -e nowhere",
            "deploy none 1 -e staging",
            "deploy cart 9 -e staging",
            "deploy none 1 -e nowhere",
            "status none",
            "env show nowhere",
            "lock env nowhere",
            "lock group nowhere",
            "unlock env staging nothing",
            "unlock group pre nothing",
            "train nowhere",
            "train staging --as-of never",
            "train staging --dry-run --without-lock never",
            "why cart -e nowhere",
            "why none -e staging",
            "why cart -e staging --version 9",
            "env update nowhere --upstream latest",
            "env delete nowhere",
            "queue settle -e nowhere",
            "prepare-undeploy none",
            "undeploy none",
            "remove cart -e nowhere",
            "train staging --target-type environment-group",
        ],
    );
    insta::assert_snapshot!(terminal.transcript());
    terminal.check_repository();
}

#[test]
fn manifests_that_are_none() {
    let mut terminal = Terminal::with_environments();
    terminal.write("latin-1.yaml", b"name: caf\xe9\n");
    terminal.write("broken.yaml", "kind: Service\n---\nkind: Deployment\n  spec: {\n");
    terminal.write("nul.yaml", "kind: a\0b\n");
    terminal.write("broken/staging/1.yaml", "a: b\n");
    terminal.write("broken/staging/2.yaml", "a: [\n");
    terminal.write("misnamed/.yaml", "a: b\n");
    terminal.write("odd/a\\b.yaml", "a: b\n");
    fs::create_dir(terminal.path("empty")).unwrap();
    fail(
        &mut terminal,
        &[
            "release cart --manifest staging=missing.yaml",
            "release cart --manifest staging=latin-1.yaml",
            "release cart --manifest staging=broken.yaml",
            "release cart --manifest staging=nul.yaml",
            "release cart --manifest staging=m",
            "release cart --manifest staging=-",
            "release cart --manifest staging",
            "release cart --manifest staging=m/staging.yaml --manifests m",
            "release cart --manifests missing",
            "release cart --manifests empty",
            "release cart --manifests broken",
            "release cart --manifests odd",
            "release cart",
        ],
    );
    insta::assert_snapshot!(terminal.transcript());
    terminal.check_repository();
}

#[test]
fn wrong_usage() {
    let mut terminal = Terminal::with_environments();
    terminal.write("misspelt.json", r#"{"upstream": {"environmnet": "staging"}}"#);
    terminal.write("no.json", "{");
    terminal.write(
        "windows.json",
        r#"{"freezeWindows": [{"kind": "deny", "schedule": "0 9 * * *", "duration": "2 hours"}]}"#,
    );
    fail(
        &mut terminal,
        &[
            "env create Production --upstream latest",
            "env create a-name-that-is-far-too-long --upstream latest",
            "env create test",
            "env create test --config misspelt.json",
            "env create test --config no.json",
            "env create test --config missing.json",
            "release Cart --manifests m",
            "release cart --manifests m --version 07",
            "lock env staging --id x",
            "lock env staging --id ../../etc",
            "deploy cart 1",
            "deploy cart 1 -e staging --reason why",
            "deploy cart 1 -e staging --manual --on-lock fail",
            "deploy cart 1 -e ''",
            "--now yesterday deploy cart 1 -e staging",
            "--now 1969-12-31T23:59:59Z deploy cart 1 -e staging",
            "apply -f missing.jsonl",
            "why cart",
            "train production --without-lock l1",
            "train production --dry-run --without-lock l1 --save-plan plan.json",
            "train production --as-of --all",
            "env update staging",
            "env update staging --group pre --no-group",
            "env update staging --config no.json --group pre",
            "env update staging --config windows.json",
            "demo new -o json",
            "-o xml status",
        ],
    );
    insta::assert_snapshot!(terminal.transcript());
    terminal.check_repository();
}

#[test]
fn conflicts_with_what_is_there() {
    let mut terminal = Terminal::with_environments();
    terminal.manifest("other.yaml", 2);
    fail(
        &mut terminal,
        &[
            "env create staging --upstream latest",
            "release cart --version 1 --manifest staging=other.yaml --source-message other",
        ],
    );
    insta::assert_snapshot!(terminal.transcript());
}

#[test]
fn directories_that_are_no_manifest_repository() {
    let mut terminal = Terminal::with_environments();
    fs::create_dir(terminal.path("plain")).unwrap();
    terminal.write("full/file", "");
    terminal.write("code/main.rs", "fn main() {}");
    terminal.git("init -q -b main code");
    terminal.git("-C code add .");
    terminal.git("-C code -c user.name=a -c user.email=b commit -qm code");
    terminal.git("-C repo checkout -q --detach");
    fail(
        &mut terminal,
        &[
            "-R plain status",
            "-R missing status",
            "-R code env create test --upstream latest",
            "--branch other status",
            "status",
            "init full",
            "init code",
            "init new --branch 'a..b'",
        ],
    );
    insta::assert_snapshot!(terminal.transcript());
    assert!(!terminal.path("full/.git").exists());
    assert!(!terminal.path("missing").exists());
}

#[test]
fn a_dirty_work_tree() {
    let mut terminal = Terminal::with_environments();
    terminal.write("repo/applications/cart/team", "mine");
    fail(&mut terminal, &["deploy cart 1 -e staging", "-o json deploy cart 1 -e staging"]);
    insta::assert_snapshot!(terminal.transcript());
    assert_eq!(fs::read_to_string(terminal.path("repo/applications/cart/team")).unwrap(), "mine");
}

#[test]
fn what_cannot_be_understood_in_the_repository() {
    let mut terminal = Terminal::with_environments();
    terminal.write("repo/environments/staging/config.json", "{\"upstream\": 7}");
    terminal.git("-C repo -c user.name=a -c user.email=b commit -qam broken");
    fail(&mut terminal, &["status", "-o json deploy cart 1 -e staging"]);
    insta::assert_snapshot!(terminal.transcript());
}

#[test]
fn nobody_knows_who_gives_the_command() {
    let mut terminal = Terminal::with_environments();
    let before = terminal.head();
    let line = "deploy cart 1 -e staging --now 2024-05-03T11:37:37Z -R repo";
    let command = terminal.bare_kuberpult(&words(line));
    assert_eq!(terminal.record(line, command).code, 2);
    let line = format!("{line} --author-name Al");
    let command = terminal.bare_kuberpult(&words(&line));
    assert_eq!(terminal.record(&line, command).code, 2);
    insta::assert_snapshot!(terminal.transcript());
    assert_eq!(terminal.head(), before);

    let line = format!("{line} --author-email al@example.com");
    let command = terminal.bare_kuberpult(&words(&line));
    assert_eq!(terminal.record(&line, command).code, 0);
    assert_eq!(terminal.git("-C repo log -1 --format=%an:%ae"), "Al:al@example.com");
}

#[test]
fn nobody_knows_where_argo_cd_finds_the_repository() {
    let mut terminal = Terminal::with_environments();
    terminal.write(
        "argocd.json",
        r#"{"upstream": {"latest": true}, "argocd": {"destination": {"server": "https://example.com"}}}"#,
    );
    let line = "env create test --config argocd.json";
    assert_eq!(terminal.run(line).code, 2);
    let given = format!("{line} --argocd-repo-url ssh://git@example.com/manifests.git");
    assert_eq!(terminal.run(&given).code, 0);
    insta::assert_snapshot!(terminal.transcript());
    assert!(terminal.path("repo/argocd/v1alpha1/test.yaml").exists());
}
