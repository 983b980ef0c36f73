//! Which repository is meant: names of remotes, addresses, branches.

use kuberpult_test_servers::{Kind, git};

use super::fixture::{Clone, commits_of_others, head, on_each_of};
use crate::remote::{Depth, Remote, RemoteBranch, RemoteError};

#[test]
fn a_remote_of_the_configuration_is_used_as_it_is_configured() {
    on_each_of(&[Kind::Directory, Kind::Daemon], |server| {
        let base = commits_of_others(&server.repository(), "main", 1);
        let clone = Clone::of(server);
        let path = clone.path();
        git(path, &["remote", "add", "--mirror=push", "team/origin", &server.url()]);
        let remote = Remote::find(path, "team/origin").unwrap();
        assert_eq!(remote.to_string(), format!("`team/origin` (`{}`)", server.url()));
        let branch = RemoteBranch::new(path, remote, "main").unwrap();
        assert_eq!(branch.fetch(Depth::New).unwrap(), Some(base));
        let ours = clone.commit(Some(base), "ours");
        super::fixture::accepted(&branch, ours, Some(base));
        assert_eq!(head(server), ours);
    });
}

#[test]
fn what_became_of_a_push_is_looked_at_where_it_went() {
    on_each_of(&[Kind::Directory], |server| {
        let clone = Clone::of(server);
        let path = clone.path();
        git(server.root(), &["init", "--quiet", "--bare", "mirror.git"]);
        git(path, &["remote", "add", "origin", &server.url_of("mirror.git")]);
        git(path, &["remote", "set-url", "--push", "origin", &server.url()]);
        let remote = Remote::find(path, "origin").unwrap();
        let branch = RemoteBranch::new(path, remote, "main").unwrap();
        assert_eq!(branch.fetch(Depth::New).unwrap(), None);
        let first = clone.commit(None, "first");
        super::fixture::accepted(&branch, first, None);
        assert_eq!(branch.landed(first, None).unwrap(), crate::remote::Landed::Yes);
        assert_eq!(head(server), first);
        git(path, &["remote", "set-url", "--push", "--add", "origin", &server.url_of("mirror.git")]);
        let error = Remote::find(path, "origin").unwrap_err();
        assert!(matches!(error, RemoteError::SeveralAddresses { .. }), "{error:?}");
    });
}

#[test]
fn a_relative_directory_begins_at_the_work_tree() {
    on_each_of(&[Kind::Directory], |server| {
        let base = commits_of_others(&server.repository(), "main", 1);
        git(server.root(), &["init", "--quiet", "clone"]);
        let clone = server.root().join("clone");
        git(&clone, &["remote", "add", "origin", "../manifests.git"]);
        let git_dir = clone.join(".git");
        let remote = Remote::named(&git_dir, "origin").unwrap();
        let branch = RemoteBranch::new(&git_dir, remote, "main").unwrap();
        assert_eq!(branch.fetch(Depth::New).unwrap(), Some(base));
    });
}

#[test]
fn names_that_are_none_are_refused() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path();
    git(path, &["init", "--quiet", "--bare"]);
    for name in ["missing", "-u", "--upload-pack=x", "", "a b", "a=b", ".", "a\nb", "\u{1b}[31m"] {
        let error = Remote::named(path, name).unwrap_err();
        assert!(matches!(error, RemoteError::UnknownRemote { .. }), "{name}: {error:?}");
        assert!(!error.to_string().contains(char::is_control), "{error}");
    }
    assert!(matches!(Remote::find(path, "missing"), Err(RemoteError::UnknownRemote { .. })));
    assert!(matches!(Remote::find(path, "-u"), Err(RemoteError::InvalidAddress { .. })));
    assert!(Remote::find(path, "some/directory").is_ok());
    let remote = Remote::at("/nowhere").unwrap();
    for branch in
        ["", "-d", "a..b", "a b", "a:b", "+a", "a\nb", "a\u{202e}b", "@{-1}", "a~1", "*", "a.lock", "/a"]
    {
        let made = RemoteBranch::new(path, remote.clone(), branch);
        let is_refused = matches!(made, Err(RemoteError::InvalidBranch { .. }));
        // `refs/heads/+a` is a branch like another one, and `+` is never at the beginning of what git gets.
        assert_eq!(is_refused, branch != "+a", "{branch}");
    }
}

#[test]
fn no_program_is_run_by_an_address() {
    on_each_of(&[Kind::Directory], |server| {
        let clone = Clone::of(server);
        let path = clone.path();
        let mark = path.join("mark");
        let run = format!("ext::touch {}", mark.display());
        // Typed, configured, put in by another address, or by the name of a helper.
        assert!(matches!(Remote::find(path, &run), Err(RemoteError::InvalidAddress { .. })));
        git(path, &["config", "remote.bad.url", &run]);
        assert!(matches!(Remote::find(path, "bad"), Err(RemoteError::InvalidAddress { .. })));
        git(path, &["config", &format!("url.{run}.insteadOf"), "https://example.com/m"]);
        git(path, &["config", "remote.helped.url", "https://example.org/m"]);
        git(path, &["config", "remote.helped.vcs", "ext"]);
        for text in ["https://example.com/m", "helped"] {
            let remote = Remote::find(path, text).unwrap();
            let branch = RemoteBranch::new(path, remote, "main").unwrap();
            let first = clone.commit(None, "first");
            let error = branch.fetch(Depth::New).unwrap_err();
            assert!(error.to_string().contains("not allowed"), "{error}");
            let pushed = branch.push(first, None);
            assert!(!matches!(pushed, Ok(crate::remote::PushOutcome::Accepted)), "{pushed:?}");
        }
        assert!(!mark.exists());
    });
}
