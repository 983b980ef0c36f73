//! What takes long is said on a terminal, and nowhere else. `script` of util-linux is the terminal.

use std::process::Stdio;

use crate::terminal::Terminal;

/// A repository whose server takes its time: a git that waits is before the real one on the path.
fn prepared() -> Terminal {
    let terminal = Terminal::with_environments();
    terminal.git("clone -q --bare repo server.git");
    let git = terminal.shell("command -v git");
    terminal.write("slow/git", format!("#!/bin/sh\nsleep 1\nexec {} \"$@\"\n", git.trim_end()));
    terminal.shell("chmod +x slow/git");
    terminal
}

/// What is seen on a terminal, where standard error may be somewhere else.
fn seen(terminal: &Terminal, term: &str, line: &str) -> String {
    let mut command = terminal.shell_command_of("script");
    command
        .env("KUBERPULT_NOW", "2024-05-03T11:37:37+02:00")
        .env("KUBERPULT_REMOTE", terminal.path("server.git"));
    command.env("TERM", term).env("NO_COLOR", "1");
    command.args(["-qec", &format!("export PATH=\"$PWD/slow:$PATH\"; kuberpult {line}"), "/dev/null"]);
    let output = command
        .stdin(Stdio::null())
        .output()
        .unwrap_or_else(|error| panic!("`script` of util-linux cannot be run: {error}"));
    let printed = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{line}: {printed}");
    printed
}

#[test]
fn what_takes_long_is_said_and_taken_back() {
    let terminal = prepared();
    let printed = seen(&terminal, "xterm", "status");
    let (progress, result) = printed.split_at(printed.rfind("\r\u{1b}[K").unwrap() + 4);
    assert!(progress.contains("asking ") && progress.contains("..."), "{progress:?}");
    assert!(result.starts_with("APPLICATION") && !result.contains("..."), "{result:?}");
}

#[test]
fn nobody_is_told_who_cannot_see_it_or_does_not_want_to() {
    let terminal = prepared();
    for (term, line) in [
        ("dumb", "status"),
        ("xterm", "-q status"),
        ("xterm", "-o json status"),
        ("xterm", "status 2>/dev/null"),
        ("xterm", "--offline status"),
    ] {
        let printed = seen(&terminal, term, line);
        assert!(!printed.contains("asking") && !printed.contains('\u{1b}'), "{line}: {printed:?}");
    }
}
