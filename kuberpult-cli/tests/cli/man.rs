//! Manual pages: one for each command, and nothing wrong in them.

use std::fs;
use std::process::Command;

use crate::help::commands;
use crate::terminal::Terminal;

#[test]
fn each_command_has_a_page() {
    let mut terminal = Terminal::new();
    let mut expected: Vec<String> = commands(&mut terminal)
        .iter()
        .filter(|command| *command != "man")
        .map(|command| format!("kuberpult {command}").trim_end().replace(' ', "-") + ".1")
        .collect();
    expected.sort();
    let printed = terminal.run("man pages/man1");
    assert_eq!((printed.code, printed.stdout.as_str()), (0, ""), "{}", printed.stderr);
    let entries = fs::read_dir(terminal.path("pages/man1")).unwrap();
    let mut pages: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    pages.sort();
    assert_eq!(pages, expected);
    let page = fs::read_to_string(terminal.path("pages/man1/kuberpult-deploy.1")).unwrap();
    for section in ["NAME", "SYNOPSIS", "OPTIONS", "\"GLOBAL OPTIONS\"", "EXAMPLES"] {
        assert!(page.contains(&format!("\n.SH {section}\n")), "{section}: {page}");
    }
    let root = fs::read_to_string(terminal.path("pages/man1/kuberpult.1")).unwrap();
    assert!(root.contains("\n.SH \"EXIT CODES\"\n"), "{root}");
}

/// Optional: without groff there is nobody to ask.
#[test]
fn groff_finds_nothing_wrong_in_a_page() {
    let mut terminal = Terminal::new();
    terminal.run("man man1");
    for entry in fs::read_dir(terminal.path("man1")).unwrap() {
        let page = entry.unwrap().path();
        let checked = Command::new("groff").args(["-man", "-Tutf8", "-ww"]).arg(&page).output();
        let Ok(checked) = checked else {
            println!("groff is not on this machine: nobody has looked at the pages");
            return;
        };
        let said = String::from_utf8_lossy(&checked.stderr);
        assert!(checked.status.success() && said.is_empty(), "{}: {said}", page.display());
        let text = String::from_utf8_lossy(&checked.stdout).into_owned();
        assert!(text.contains("kuberpult"), "{}", page.display());
    }
}
