//! Completion, asked as a shell asks.

use std::path::Path;

use crate::terminal::{Terminal, words};

/// A repository with names of each kind.
fn prepared() -> Terminal {
    let mut terminal = Terminal::with_environments();
    for line in [
        "env create de --upstream staging --group europe",
        "env create fr --upstream staging --group europe",
        "release cart --manifests m --version 3 --team shop",
        "release catalogue --manifests m --team search",
        "release email --manifests m",
        "lock app cart -e staging --id load-test",
        "lock env staging --id freeze",
        "lock team shop -e staging --id away",
        "lock team ops -e staging --id on-call",
        "lock group europe --id holiday",
    ] {
        assert_eq!(terminal.run(line).code, 0, "{line}");
    }
    terminal.forget();
    terminal
}

/// What can stand at the end of a line, without its options; nothing else is printed.
fn at_the_end_of(terminal: &Terminal, line: &str) -> String {
    let mut typed: Vec<String> = ["--", "kuberpult"].map(String::from).to_vec();
    typed.extend(words(line));
    if line.ends_with(' ') || line.is_empty() {
        typed.push(String::new());
    }
    let mut command = terminal.kuberpult(&typed);
    command.env("KUBERPULT_COMPLETE", "bash").env("_CLAP_IFS", " ");
    command.env("_CLAP_COMPLETE_INDEX", (typed.len() - 2).to_string());
    let output = command.output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{line}");
    let printed = String::from_utf8(output.stdout).unwrap();
    let is_option = |word: &&str| word.starts_with('-');
    if typed.last().is_some_and(|word| word.starts_with('-')) {
        return printed;
    }
    printed.split(' ').filter(|word| !is_option(word)).collect::<Vec<_>>().join(" ")
}

#[test]
fn names_come_from_the_repository() {
    let terminal = prepared();
    for (line, expected) in [
        ("dep", "deploy"),
        ("env ", "list show create update delete help"),
        ("deploy ", "cart catalogue email"),
        ("deploy cat", "catalogue"),
        ("deploy cart ", "3 1"),
        ("deploy cart 3 -e ", "de development fr production staging"),
        ("deploy cart 3 --environment=s", "--environment=staging"),
        ("deploy cart 3 -e staging --on-lock ", "queue fail"),
        ("why cart --version ", "3 1"),
        ("why cart --version 3 -e prod", "production"),
        ("diff -e staging ca", "cart catalogue"),
        ("log --app e", "email"),
        ("status --team ", "ops search shop"),
        ("status --group ", "europe pre"),
        ("release cart --manifest s", "staging="),
        ("release new --version ", ""),
        ("release cart --team s", "search shop"),
        ("env create ", ""),
        ("env delete f", "fr"),
        ("env update fr --upstream ", "latest de development fr production staging"),
        ("train ", "de development europe fr pre production staging"),
        ("train staging --without-lock ", "away freeze on-call"),
        ("train europe --without-lock ", "holiday"),
        ("unlock env staging ", "freeze"),
        ("unlock env production ", ""),
        ("unlock app cart -e staging ", "load-test"),
        ("unlock team -e staging shop ", "away"),
        ("unlock group europe ", "holiday"),
        ("lock team -e staging ", "ops search shop"),
        ("-o ", "table json yaml"),
        ("explain TEAM_IS", "TEAM_IS_LOCKED"),
        ("completions b", "bash"),
    ] {
        assert_eq!(at_the_end_of(&terminal, line), expected, "kuberpult {line}");
    }
    let options = at_the_end_of(&terminal, "deploy cart 3 --m");
    assert_eq!(options, "--manual");
}

#[test]
fn the_repository_that_is_meant_is_read() {
    let terminal = prepared();
    let mut other = Terminal::new();
    other.run("init repo");
    other.run("env create elsewhere --upstream latest");
    let there = other.path("repo").display().to_string();
    assert_eq!(at_the_end_of(&terminal, &format!("-R {there} env show ")), "elsewhere");
    assert_eq!(at_the_end_of(&terminal, &format!("env show --repo={there} ")), "elsewhere");
    assert_eq!(at_the_end_of(&terminal, "env show --branch none "), "");
}

#[test]
fn a_remote_is_not_asked() {
    let mut terminal = prepared();
    terminal.git("clone -q --bare repo server.git");
    terminal.git("clone -q server.git clone");
    let url = terminal.path("server.git").display().to_string();
    assert_eq!(
        at_the_end_of(&terminal, &format!("--remote {url} env show s")),
        "",
        "nothing was fetched yet"
    );
    let mut status = terminal.bare_kuberpult(&words(&format!("--remote {url} status")));
    status.env("KUBERPULT_NOW", "2024-05-03T11:37:37Z");
    assert_eq!(terminal.record("status", status).code, 0);
    let mut status = terminal.bare_kuberpult(&words("-R clone --remote origin status"));
    status.env("KUBERPULT_NOW", "2024-05-03T11:37:37Z");
    assert_eq!(terminal.record("status", status).code, 0);
    // A server that cannot be reached any more is not missed.
    std::fs::rename(terminal.path("server.git"), terminal.path("gone.git")).unwrap();
    for line in ["-R clone --remote origin env show s".to_owned(), format!("--remote {url} env show s")] {
        let mut typed: Vec<String> = ["--", "kuberpult"].map(String::from).to_vec();
        typed.extend(words(&line));
        let mut command = terminal.bare_kuberpult(&typed);
        command.env("KUBERPULT_COMPLETE", "bash").env("_CLAP_COMPLETE_INDEX", (typed.len() - 2).to_string());
        let output = command.output().unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{line}");
        assert_eq!(String::from_utf8_lossy(&output.stdout), "staging", "{line}");
    }
}

#[test]
fn where_nothing_can_be_read_nobody_is_told() {
    let terminal = Terminal::new();
    assert_eq!(at_the_end_of(&terminal, "deploy "), "");
    assert_eq!(at_the_end_of(&terminal, "-R missing env show x"), "");
    assert_eq!(at_the_end_of(&terminal, "no-such-command x"), "");
    let mut command = terminal.kuberpult(&["--", "kuberpult", ""].map(String::from));
    let output = command.env("KUBERPULT_COMPLETE", "tcsh").output().unwrap();
    assert_eq!((output.stdout.len(), output.stderr.len()), (0, 0));
}

#[test]
fn no_shell_is_given_a_name_that_it_would_obey() {
    let terminal = prepared();
    terminal.write("repo/environments/$(touch pwned)/config.json", "{}");
    terminal.git("-C repo add .");
    terminal.git("-C repo -c user.name=a -c user.email=b commit -qm elsewhere");
    assert_eq!(at_the_end_of(&terminal, "env show "), "de development fr production staging");
}

/// Loads the script and asks for completions of a line, whose words bash has found.
fn in_bash(terminal: &Terminal, line: &str) -> String {
    let words: Vec<&str> = line.split(' ').collect();
    let script = format!(
        r#"source <(kuberpult completions bash)
complete -p kuberpult >/dev/null || exit 1
COMP_WORDS=({words}) COMP_CWORD={index} COMP_TYPE=9 COMP_LINE='{line}' COMP_POINT={point}
_clap_complete_kuberpult kuberpult '{current}' '' 2>&1
echo "${{COMPREPLY[@]}}""#,
        words = words.iter().map(|word| format!("'{word}'")).collect::<Vec<_>>().join(" "),
        index = words.len() - 1,
        point = line.len(),
        current = words.last().unwrap(),
    );
    let mut command = terminal.shell_command_of("bash");
    command.env("KUBERPULT_REPO", "repo");
    let output = command.args(["--norc", "-c", &script]).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{line}");
    String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
}

#[test]
fn bash_completes() {
    let terminal = prepared();
    assert_eq!(in_bash(&terminal, "kuberpult deploy cart 3 -e st"), "staging");
    assert_eq!(in_bash(&terminal, "kuberpult unlock app cart -e staging "), "load-test");
    assert_eq!(in_bash(&terminal, "kuberpult tr"), "train");
}

/// Shells that need not be here load the script without a word where they are.
#[test]
fn zsh_and_fish_load_the_script() {
    let terminal = prepared();
    for (shell, script) in [
        (
            "zsh",
            "autoload -U compinit && compinit -u && source <(kuberpult completions zsh) && (( $+_comps[kuberpult] ))",
        ),
        (
            "fish",
            "kuberpult completions fish | source; and complete -C 'kuberpult deploy ca' | grep -q catalogue",
        ),
    ] {
        let path = std::env::var_os("PATH").unwrap_or_default();
        if !std::env::split_paths(&path).any(|directory| Path::new(&directory).join(shell).exists()) {
            println!("{shell} is not on this machine: its script is not loaded");
            continue;
        }
        let mut command = terminal.shell_command_of(shell);
        let output = command.env("KUBERPULT_REPO", "repo").args(["-c", script]).output().unwrap();
        assert!(output.status.success(), "{shell}: {}", String::from_utf8_lossy(&output.stderr));
    }
}
