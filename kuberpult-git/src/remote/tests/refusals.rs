//! What does not work: each with an error of its own, which has the remote's words.

use std::net::{Ipv4Addr, TcpListener};

use kuberpult_test_servers::{Access, Daemon, HttpServer, Kind, Server, git, kinds};

use super::fixture::{Clone, commits_of_others, head, on_each, on_each_of};
use crate::remote::words::{Secrets, Words};
use crate::remote::{Depth, PushOutcome, Remote, RemoteError};

/// A clone with a commit that is not on the server yet, and the error of pushing it.
fn refused(server: &Server, clone: &Clone) -> RemoteError {
    let base = commits_of_others(&server.repository(), "main", 1);
    let fetched = clone.fetch();
    assert_eq!(fetched, Some(base));
    let error = clone.branch.push(clone.commit(fetched, "ours"), fetched).unwrap_err();
    assert_eq!(head(server), base);
    error
}

#[test]
fn hooks_refuse_in_their_own_words() {
    on_each(|server| {
        for hook in ["pre-receive", "update"] {
            let script =
                "#!/bin/sh\necho 'Sign off your commits!' >&2\nprintf '\\033[31mred\\n' >&2\nexit 1\n";
            server.write_hook(hook, script);
            let error = refused(server, &Clone::of(server));
            assert!(matches!(error, RemoteError::RefusedByHook { .. }), "{error:?}");
            let text = error.to_string();
            assert!(text.contains("Sign off your commits!; \\u{1b}[31mred"), "{text}");
            assert!(text.contains("hook declined"), "{text}");
            std::fs::remove_file(server.repository().join("hooks").join(hook)).unwrap();
        }
    });
}

#[test]
fn protected_branches_are_told_from_other_refusals() {
    on_each(|server| {
        let script =
            "#!/bin/sh\necho 'GitLab: You are not allowed to push code to protected branches.' >&2\nexit 1\n";
        server.write_hook("pre-receive", script);
        let error = refused(server, &Clone::of(server));
        assert!(matches!(error, RemoteError::ProtectedBranch { .. }), "{error:?}");
        std::fs::remove_file(server.repository().join("hooks/pre-receive")).unwrap();
        git(&server.repository(), &["config", "receive.hideRefs", "refs/heads"]);
        let clone = Clone::of(server);
        let error = clone.branch.push(clone.commit(None, "first"), None).unwrap_err();
        assert!(matches!(error, RemoteError::ProtectedBranch { .. }), "{error:?}");
    });
}

#[test]
fn full_disks_of_servers_are_told_from_other_refusals() {
    on_each(|server| {
        for said in ["fatal: write error: No space left on device", "error: couldn't write '/srv/main.lock'"]
        {
            server.write_hook("pre-receive", &format!("#!/bin/sh\necho \"{said}\" >&2\nexit 1\n"));
            let error = refused(server, &Clone::of(server));
            assert!(matches!(error, RemoteError::RemoteDiskFull { .. }), "{error:?}");
        }
    });
}

#[test]
fn a_full_disk_here_is_told_from_what_a_server_sends() {
    let branch = Clone::of(&Server::start(Kind::Directory)).branch;
    let words = |said: &str| Words::new(said.as_bytes(), &Secrets::default());
    for said in [
        "fatal: write error: No space left on device\nfatal: index-pack failed",
        "fatal: sha1 file '/cache/objects/pack/tmp_idx_1' write error. Out of diskspace\nfatal: index-pack failed",
        "error: cannot update ref 'refs/kuberpult/remote/main': couldn't write '/cache/main.lock'",
    ] {
        let error = branch.failure_to_fetch(&words(said));
        assert!(matches!(error, RemoteError::DiskFull { .. }), "{error:?}");
    }
    // A server that dies of it before it has looked at anything has accepted nothing.
    let shallow = "fatal: failed to write to /srv/shallow_tjEmdd: No space left on device";
    let error =
        branch.before_anything_was_accepted(&words(&format!("{shallow}\nfatal: hung up unexpectedly")));
    assert!(matches!(error, Some(RemoteError::RemoteDiskFull { .. })), "{error:?}");
    // A hook may say so and let everything through.
    let error = branch.before_anything_was_accepted(&words(&format!("remote: {shallow}\nfatal: hung up")));
    assert!(error.is_none(), "{error:?}");
}

#[test]
fn a_branch_that_is_checked_out_there_takes_no_pushes() {
    on_each(|server| {
        git(&server.repository(), &["config", "core.bare", "false"]);
        let error = refused(server, &Clone::of(server));
        assert!(matches!(error, RemoteError::CheckedOut { .. }), "{error:?}");
    });
}

#[test]
fn a_name_that_can_never_be_is_no_race() {
    on_each(|server| {
        commits_of_others(&server.repository(), "main/below", 1);
        let clone = Clone::of(server);
        let error = clone.branch.push(clone.commit(None, "first"), None).unwrap_err();
        assert!(matches!(error, RemoteError::Refused { .. }), "{error:?}");
    });
}

#[test]
fn reading_is_not_writing() {
    on_each_of(&[Kind::Daemon, Kind::Http], |server| {
        let (_daemon, _http, url);
        if server.kind() == Kind::Daemon {
            let daemon = Daemon::start(server.root(), false);
            url = daemon.url("manifests.git");
            _daemon = daemon;
        } else {
            let http = HttpServer::start(server.root(), Access::ReadOnly);
            url = http.url("manifests.git");
            _http = http;
        }
        let error = refused(server, &Clone::new(Remote::at(&url).unwrap()));
        // A daemon does not say which it is.
        let is_right = matches!(error, RemoteError::NoPermission { .. })
            || matches!(error, RemoteError::NoRepository { .. } if server.kind() == Kind::Daemon);
        assert!(is_right, "{error:?}");
    });
}

#[test]
fn directories_that_cannot_be_written_are_no_permission() {
    on_each(|server| {
        // Words of git where a user may not write; root may everywhere.
        let script = "#!/bin/sh\necho 'error: insufficient permission for adding an object' >&2\nexit 0\n";
        server.write_hook("pre-receive", script);
        let config = server.repository().join("refs/heads/main.lock");
        std::fs::create_dir(&config).unwrap();
        let clone = Clone::of(server);
        let error = clone.branch.push(clone.commit(None, "first"), None).unwrap_err();
        assert!(matches!(error, RemoteError::NoPermission { .. }), "{error:?}");
    });
}

#[test]
fn a_repository_that_is_not_there_is_no_empty_one() {
    on_each(|server| {
        let remote = super::fixture::remote_at(server, &server.url_of("missing.git"));
        let error = Clone::new(remote).branch.fetch(Depth::New).unwrap_err();
        assert!(matches!(error, RemoteError::NoRepository { .. }), "{error:?}");
        assert!(error.to_string().contains("missing.git"), "{error}");
    });
}

#[test]
fn nobody_listens() {
    let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap();
    for kind in kinds() {
        let scheme = match kind {
            Kind::Directory => continue,
            Kind::Daemon => "git",
            Kind::Http => "http",
            Kind::Ssh => "ssh",
        };
        for host in [free.to_string(), "nowhere.invalid".to_owned()] {
            let clone = Clone::new(Remote::at(&format!("{scheme}://{host}/manifests.git")).unwrap());
            let first = clone.commit(None, "first");
            for error in
                [clone.branch.fetch(Depth::New).unwrap_err(), clone.branch.push(first, None).unwrap_err()]
            {
                assert!(matches!(error, RemoteError::Unreachable { .. }), "{scheme} {error:?}");
                assert!(error.to_string().contains(&host), "{error}");
            }
        }
    }
}

#[test]
fn a_server_with_another_key_is_not_trusted() {
    on_each_of(&[Kind::Ssh], |server| {
        commits_of_others(&server.repository(), "main", 1);
        let ssh = server.ssh().unwrap();
        for command in [ssh.command_with_wrong_host_key(), ssh.command_without_host_key()] {
            let remote =
                Remote::at(&server.url()).unwrap().with_setting(format!("core.sshCommand={command}"));
            let clone = Clone::new(remote);
            let first = clone.commit(None, "first");
            for error in
                [clone.branch.fetch(Depth::New).unwrap_err(), clone.branch.push(first, None).unwrap_err()]
            {
                assert!(matches!(error, RemoteError::NotTrusted { .. }), "{error:?}");
            }
        }
        let command = ssh.command_of_a_stranger();
        let remote = Remote::at(&server.url()).unwrap().with_setting(format!("core.sshCommand={command}"));
        let error = Clone::new(remote).branch.fetch(Depth::New).unwrap_err();
        assert!(matches!(error, RemoteError::NotAuthenticated { .. }), "{error:?}");
    });
}

#[test]
fn passwords_get_in_and_never_out() {
    on_each_of(&[Kind::Http], |server| {
        let base = commits_of_others(&server.repository(), "main", 1);
        // base64 of `jo:hunter2/@x`
        let http = HttpServer::start(server.root(), Access::Basic("am86aHVudGVyMi9AeA==".to_owned()));
        let url = |user: &str| format!("http://{user}@{}/manifests.git", http.address());

        let clone = Clone::new(Remote::at(&url("jo:hunter2%2F%40x")).unwrap());
        assert_eq!(clone.fetch(), Some(base));
        let ours = clone.commit(Some(base), "ours");
        clone.push(ours, Some(base));
        assert_eq!(head(server), ours);
        for file in ["config", "logs", "FETCH_HEAD", "packed-refs"] {
            let text = std::fs::read_to_string(clone.path().join(file)).unwrap_or_default();
            assert!(!text.contains("hunter2"), "{file}: {text}");
        }

        for user in
            ["jo:wrong%2F%40secret", "wrong-secret-0123456789", "jo", "wrong-secret-0123456789:x-oauth-basic"]
        {
            let remote = Remote::at(&url(user)).unwrap();
            assert!(!format!("{remote} {:?}", remote.secrets).contains("secret"));
            let clone = Clone::new(remote);
            let first = clone.commit(None, "first");
            for error in
                [clone.branch.fetch(Depth::New).unwrap_err(), clone.branch.push(first, None).unwrap_err()]
            {
                assert!(matches!(error, RemoteError::NotAuthenticated { .. }), "{error:?}");
                let text = format!("{error} {error:?}");
                assert!(!text.contains("secret") && !text.contains("jo@"), "{text}");
            }
        }

        // A server that says back what it was told.
        server.write_hook(
            "pre-receive",
            "#!/bin/sh\necho 'who is jo:hunter2/@x, or hunter2%2F%40x?' >&2\nexit 1\n",
        );
        let error = clone.branch.push(clone.commit(Some(ours), "more"), Some(ours)).unwrap_err();
        assert!(error.to_string().contains("who is jo:***, or ***?"), "{error}");
    });
}

#[test]
fn what_cannot_be_sent_is_not_accepted() {
    on_each(|server| {
        let clone = Clone::of(server);
        let missing = super::fixture::id(&"12".repeat(20));
        let outcome = clone.branch.push(missing, None);
        assert!(!matches!(outcome, Ok(PushOutcome::Accepted | PushOutcome::Stale { .. })), "{outcome:?}");
    });
}
