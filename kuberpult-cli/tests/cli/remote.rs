//! Commands on a remote, as a person and a CI job give them.

use std::fs;
use std::path::PathBuf;
use std::process::Stdio;

use kuberpult_test_servers::{Kind, Server};

use crate::terminal::{Printed, Terminal, words};

/// A terminal without a repository, and a server with one.
struct Remote {
    terminal: Terminal,
    server: Server,
}

impl Remote {
    /// Development, staging and production, and version 1 of `cart` in development.
    fn new() -> Self {
        let mut remote = Self { terminal: Terminal::new(), server: Server::start(Kind::Directory) };
        for environment in ["development", "staging", "production"] {
            remote.terminal.manifest(&format!("m/{environment}.yaml"), 1);
        }
        for line in [
            "env create development --upstream latest",
            "env create staging --upstream development",
            "env create production --upstream staging",
            "release cart --manifests m",
        ] {
            let printed = remote.run(line);
            assert_eq!((printed.code, printed.stderr.as_str()), (0, ""), "{line}");
        }
        remote.terminal.forget();
        remote
    }

    fn repository(&self) -> PathBuf {
        self.server.repository()
    }

    fn git(&self, line: &str) -> String {
        self.terminal.git(&format!("-C {} {line}", self.repository().display()))
    }

    fn head(&self) -> String {
        self.git("rev-parse refs/heads/main")
    }

    /// Runs a line with `--remote URL` and nothing else.
    fn run(&mut self, line: &str) -> Printed {
        let command = self.command(line);
        self.terminal.record(line, command)
    }

    fn command(&self, line: &str) -> std::process::Command {
        let mut words = words(line);
        words.extend(["--remote".to_owned(), self.server.url()]);
        let mut command = self.terminal.bare_kuberpult(&words);
        command.env("KUBERPULT_NOW", "2024-05-03T11:37:37+02:00");
        command.env("GIT_AUTHOR_NAME", "Jo").env("GIT_AUTHOR_EMAIL", "jo@example.com");
        command
    }

    fn clones(&self) -> Vec<PathBuf> {
        let cache = self.terminal.path("home/.cache/kuberpult");
        let entries = fs::read_dir(cache).unwrap().map(|entry| entry.unwrap().path());
        entries.filter(|path| path.is_dir()).collect()
    }
}

/// The code of an error with `-o json`, and its message.
fn error(printed: &Printed) -> (String, String) {
    let document: serde_json::Value = serde_json::from_str(&printed.stderr).unwrap();
    let text = |key: &str| document["error"][key].as_str().unwrap().to_owned();
    (text("code"), text("message"))
}

#[test]
fn a_url_alone_is_enough() {
    let mut remote = Remote::new();
    for line in ["train staging", "deploy cart 1 -e production", "lock env staging --id hold -m tests"] {
        let printed = remote.run(line);
        assert_eq!((printed.code, printed.stderr.as_str()), (0, ""), "{line}");
        assert!(
            printed.stdout.ends_with(&format!("commit {}\n", remote.head())),
            "{line}: {}",
            printed.stdout
        );
    }
    let status = remote.run("status");
    assert!(status.stdout.contains("cart"), "{}", status.stdout);
    let clones = remote.clones();
    let [clone] = clones.as_slice() else { panic!("{clones:?}") };
    let references = format!("-C {} for-each-ref --format=%(refname)", clone.display());
    assert_eq!(remote.terminal.git(&references), "refs/kuberpult/remote/main");
    remote.git("fsck --strict");

    let said = remote.run("-v status").stderr;
    assert!(
        said.contains("remote `") && said.contains("/kuberpult/") && said.contains("branch main"),
        "{said}"
    );
}

#[test]
fn the_remote_may_be_said_by_the_environment_and_the_cache_too() {
    let remote = Remote::new();
    let mut command = remote.terminal.bare_kuberpult(&words("-o json status"));
    command.env("KUBERPULT_REMOTE", remote.server.url());
    command.env("KUBERPULT_CACHE_DIR", remote.terminal.path("cache"));
    assert!(command.output().unwrap().status.success());
    assert!(remote.terminal.path("cache").is_dir());
}

#[test]
fn processes_on_one_clone_and_on_several_lose_nothing() {
    let remote = Remote::new();
    let before: usize = remote.git("rev-list --count main").parse().unwrap();
    let children: Vec<_> = (10..18)
        .map(|number| {
            let mut command = remote.command(&format!("lock env staging --id lock-{number} -m concurrent"));
            command.env("KUBERPULT_CACHE_DIR", remote.terminal.path(&format!("cache-{}", number % 3)));
            command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
        })
        .collect();
    for child in children {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    let subjects = remote.git("log --format=%s --first-parent main");
    for number in 10..18 {
        let id = format!("\"lock-{number}\"");
        assert_eq!(subjects.lines().filter(|subject| subject.contains(&id)).count(), 1, "{id}");
    }
    let after: usize = remote.git("rev-list --count main").parse().unwrap();
    assert_eq!(after - before, 8);
    remote.git("fsck --strict");
}

#[test]
fn a_refusal_of_the_server_is_said_in_its_words() {
    let mut remote = Remote::new();
    remote.server.write_hook("pre-receive", "#!/bin/sh\necho 'ask Al first' >&2\nexit 1\n");
    let before = remote.head();
    let printed = remote.run("train staging");
    assert_eq!((printed.code, printed.stdout.as_str()), (6, ""));
    assert!(printed.stderr.contains("ask Al first"), "{}", printed.stderr);
    let printed = remote.run("-o json train staging");
    let (code, message) = error(&printed);
    assert_eq!((printed.code, code.as_str()), (6, "REMOTE_HOOK"));
    assert!(message.contains("ask Al first"), "{message}");
    assert_eq!(remote.head(), before);
    fs::remove_file(remote.repository().join("hooks/pre-receive")).unwrap();
    let printed = remote.run("train staging");
    assert_eq!((printed.code, printed.stderr.as_str()), (0, ""));
    assert!(printed.stdout.ends_with(&format!("commit {}\n", remote.head())), "{}", printed.stdout);
}

#[test]
fn what_is_wrong_with_a_remote_has_codes() {
    let terminal = Terminal::with_environments();
    let nobody = terminal.path("nobody").display().to_string();
    for (arguments, exit, code) in [
        (vec!["status", "--remote", nobody.as_str()], 6, "REMOTE_NO_REPOSITORY"),
        (vec!["status", "--remote", "ext::sh -c true"], 2, "INVALID_ADDRESS"),
        (vec!["status", "--remote", "https://jo:secret@example.com"], 2, "INVALID_ADDRESS"),
        (vec!["-R", "repo", "status", "--remote", "nowhere"], 2, "UNKNOWN_REMOTE"),
        (vec!["status", "--remote", "git://127.0.0.1:1/m.git"], 6, "REMOTE_UNREACHABLE"),
        (vec!["status", "--remote", nobody.as_str(), "--offline"], 6, "NOTHING_FETCHED"),
        (vec!["status", "--remote", "./repo", "--branch", "next"], 6, "BRANCH_NOT_FOUND"),
    ] {
        let mut words: Vec<String> = arguments.iter().map(|word| (*word).to_owned()).collect();
        words.extend(["-o", "json"].map(String::from));
        let output = terminal.bare_kuberpult(&words).output().unwrap();
        let printed = Printed {
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
            code: output.status.code().unwrap(),
        };
        assert_eq!(
            (printed.code, error(&printed).0.as_str()),
            (exit, code),
            "{arguments:?}: {}",
            printed.stderr
        );
        assert!(!printed.stderr.contains("secret"), "{}", printed.stderr);
    }
    let output = terminal.bare_kuberpult(&words("status --offline")).output().unwrap();
    assert_eq!(output.status.code(), Some(2), "offline from what");
}

#[test]
fn offline_reads_and_does_not_write() {
    let mut remote = Remote::new();
    let online = remote.run("-o json status").stdout;
    fs::rename(remote.repository(), remote.server.root().join("away")).unwrap();
    let offline = remote.run("--offline -o json status");
    assert_eq!((offline.stdout, offline.code), (online, 0));
    assert_eq!(remote.run("--offline train staging --dry-run").code, 0);
    let printed = remote.run("--offline -o json train staging");
    assert_eq!((printed.code, error(&printed).0.as_str()), (2, "OFFLINE"));
    assert_eq!(remote.run("status").code, 6);
}

#[test]
fn a_clone_of_ones_own_follows_or_is_refused() {
    let mut remote = Remote::new();
    let url = remote.server.url();
    remote.terminal.git(&format!("clone -q {url} repo"));
    remote.run("lock env staging --id theirs -m first");
    let printed = remote.terminal.run("--remote origin lock env production --id ours -m second");
    assert_eq!((printed.code, printed.stderr.as_str()), (0, ""));
    assert_eq!(remote.terminal.head(), remote.head());
    remote.terminal.check_repository();
    assert!(remote.terminal.path("repo/environments/staging/locks/theirs").exists());

    let printed = remote.terminal.run("unlock env production ours");
    assert_eq!(printed.code, 0, "without a remote, the local branch alone moves");
    let before = remote.head();
    let printed = remote.terminal.run("--remote origin -o json train production");
    assert_eq!((printed.code, error(&printed).0.as_str()), (5, "LOCAL_BRANCH_AHEAD"));
    assert!(printed.stderr.contains(&remote.terminal.head()), "{}", printed.stderr);
    assert_eq!(remote.head(), before);
    assert_eq!(remote.clones().len(), 1, "nothing in the cache but for the URL");
}

#[test]
fn a_command_asks_the_remote_once_and_tells_it_once() {
    let remote = Remote::new();
    for (line, expected) in
        [("train staging", "fetch push"), ("status", "fetch"), ("train staging --dry-run", "fetch")]
    {
        let trace = remote.terminal.path("trace");
        let output = remote.command(line).env("GIT_TRACE", &trace).output().unwrap();
        assert!(output.status.success(), "{line}");
        let trace = fs::read_to_string(trace).unwrap();
        let asked = trace.lines().filter_map(|line| line.split_once("built-in: git ")?.1.split(' ').next());
        let asked: Vec<_> =
            asked.filter(|command| ["fetch", "push", "ls-remote"].contains(command)).collect();
        assert_eq!(asked.join(" "), expected, "{line}");
        fs::remove_file(remote.terminal.path("trace")).unwrap();
    }
}

fn locks(count: usize) -> String {
    let line = |number| {
        format!(
            r#"{{"command": "createEnvironmentLock", "environment": "staging", "lockId": "l{number}", "message": ""}}"#
        )
    };
    (0..count).map(|number| line(number) + "\n").collect()
}

#[test]
fn lines_share_a_push_as_far_as_that_is_wanted() {
    for (option, expected) in [("", 1), ("--push-every end", 1), ("--push-every 1", 6), ("--push-every 4", 2)]
    {
        let mut remote = Remote::new();
        let file = remote.server.root().join("pushes");
        remote.server.write_hook("post-receive", &format!("#!/bin/sh\necho push >> '{}'\n", file.display()));
        remote.terminal.write("lines", locks(6));
        let printed = remote.run(&format!("apply -f lines {option}"));
        assert_eq!((printed.code, printed.stdout.lines().count()), (0, 6), "{option}: {}", printed.stderr);
        assert!(printed.stdout.lines().last().unwrap().contains(&remote.head()), "{option}");
        assert_eq!(fs::read_to_string(&file).unwrap().lines().count(), expected, "{option}");
    }
    let mut remote = Remote::new();
    for wrong in ["0", "-1", "all"] {
        assert_eq!(remote.run(&format!("apply -f lines --push-every={wrong}")).code, 2, "{wrong}");
    }
}

/// More than are taken at a time otherwise.
#[test]
fn at_the_end_of_the_input_all_is_pushed() {
    let mut remote = Remote::new();
    let file = remote.server.root().join("pushes");
    remote.server.write_hook("post-receive", &format!("#!/bin/sh\necho push >> '{}'\n", file.display()));
    remote.terminal.write("lines", locks(1_100));
    let printed = remote.run("apply -f lines --push-every end");
    assert_eq!((printed.code, printed.stdout.lines().count()), (0, 1_100), "{}", printed.stderr);
    assert_eq!(fs::read_to_string(&file).unwrap().lines().count(), 1);
}

#[test]
fn log_and_as_of_reach_behind_what_was_cloned() {
    let mut remote = Remote::new();
    let (then, history) = (remote.head(), remote.git("rev-list main"));
    remote.terminal.manifest("m/staging.yaml", 2);
    remote.run("release cart --manifests m");
    let newest = remote.head();
    fs::remove_dir_all(remote.terminal.path("home/.cache")).unwrap();
    let url = remote.server.url();
    let printed = remote.run("log --limit 1");
    assert_eq!((printed.code, printed.stderr.as_str()), (0, ""), "{url}");
    let printed = remote.run("-o json log");
    let document: serde_json::Value = serde_json::from_str(&printed.stdout).unwrap();
    let told = document["entries"].as_array().unwrap().iter().map(|entry| entry["commit"].as_str().unwrap());
    assert_eq!(told.collect::<Vec<_>>().join("\n"), format!("{newest}\n{history}"));
    fs::remove_dir_all(remote.terminal.path("home/.cache")).unwrap();
    let printed = remote.run(&format!("train staging --as-of {then}"));
    assert_eq!((printed.code, printed.stderr.as_str()), (0, ""));
    assert!(printed.stdout.contains("deployed version 1 of \"cart\""), "{}", printed.stdout);
}
