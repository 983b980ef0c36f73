//! Remotes that send what no repository may hold.

use std::fs;

use kuberpult_test_servers::{git, git_with_input};

use super::fixture::{Clone, commits_of_others, id, on_each};
use crate::remote::{Depth, RemoteError};

#[test]
fn trees_that_would_take_over_a_work_tree_are_thrown_away() {
    on_each(|server| {
        let repository = server.repository();
        let base = commits_of_others(&repository, "main", 1);
        let clone = Clone::of(server);
        assert_eq!(clone.fetch(), Some(base));
        let blob = git_with_input(&repository, &["hash-object", "-w", "--stdin"], b"[core]\n");
        let binary = id(&blob);
        let link = git_with_input(&repository, &["hash-object", "-w", "--stdin"], b"../../etc/passwd");
        for (mode, name, object) in [
            ("40000", ".git", id("4b825dc642cb6eb9a060e54bf8d69288fbee4904")),
            ("100644", ".GIT", binary),
            ("100644", "..", binary),
            ("100644", "git~1", binary),
            ("100644", "a/b", binary),
            ("120000", ".gitmodules", id(&link)),
        ] {
            let mut tree = format!("{mode} {name}\0").into_bytes();
            tree.extend(object.as_slice());
            git_with_input(&repository, &["mktree"], b"");
            let tree = git_with_input(
                &repository,
                &["hash-object", "-w", "-t", "tree", "--literally", "--stdin"],
                &tree,
            );
            let commit = git(&repository, &["commit-tree", "-m", "hostile", "-p", &base.to_string(), &tree]);
            git(&repository, &["update-ref", "refs/heads/main", &commit]);
            let error = clone.branch.fetch(Depth::New).unwrap_err();
            assert!(matches!(error, RemoteError::Malformed { .. }), "{name}: {error:?}");
            assert_eq!(clone.branch.last_fetched().unwrap(), Some(base), "{name}");
        }
    });
}

#[test]
fn links_and_submodules_are_objects_like_others() {
    on_each(|server| {
        let repository = server.repository();
        let link = git_with_input(&repository, &["hash-object", "-w", "--stdin"], b"../../etc/passwd");
        let modules = b"[submodule \"x\"]\n\tpath = x\n\turl = https://nowhere.invalid/x.git\n";
        let modules = git_with_input(&repository, &["hash-object", "-w", "--stdin"], modules);
        let entries = format!(
            "120000 blob {link}\tlink\n100644 blob {modules}\t.gitmodules\n160000 commit {}\tx\n",
            "12".repeat(20)
        );
        let tree = git_with_input(&repository, &["mktree", "--missing"], entries.as_bytes());
        let commit = git(&repository, &["commit-tree", "-m", "links", &tree]);
        git(&repository, &["update-ref", "refs/heads/main", &commit]);
        let clone = Clone::of(server);
        // Nothing is checked out, and no submodule is fetched.
        git(clone.path(), &["config", "fetch.recurseSubmodules", "true"]);
        assert_eq!(clone.fetch(), Some(id(&commit)));
        assert!(!clone.path().join("modules").exists());
    });
}

#[test]
fn a_submodule_that_is_an_option_is_thrown_away() {
    on_each(|server| {
        let repository = server.repository();
        let modules = b"[submodule \"x\"]\n\tpath = x\n\turl = --upload-pack=x\n";
        let modules = git_with_input(&repository, &["hash-object", "-w", "--stdin"], modules);
        let tree = git_with_input(
            &repository,
            &["mktree"],
            format!("100644 blob {modules}\t.gitmodules\n").as_bytes(),
        );
        let commit = git(&repository, &["commit-tree", "-m", "modules", &tree]);
        git(&repository, &["update-ref", "refs/heads/main", &commit]);
        let error = Clone::of(server).branch.fetch(Depth::New).unwrap_err();
        assert!(matches!(error, RemoteError::Malformed { .. }), "{error:?}");
    });
}

#[test]
fn a_branch_that_is_no_commit_is_an_error() {
    on_each(|server| {
        let blob = git_with_input(&server.repository(), &["hash-object", "-w", "--stdin"], b"no commit");
        fs::create_dir_all(server.repository().join("refs/heads")).unwrap();
        fs::write(server.repository().join("refs/heads/main"), format!("{blob}\n")).unwrap();
        let error = Clone::of(server).branch.fetch(Depth::New).unwrap_err();
        assert!(!error.to_string().is_empty(), "{error:?}");
    });
}

#[test]
fn what_a_server_says_is_cut() {
    on_each(|server| {
        server.write_hook(
            "pre-receive",
            "#!/bin/sh\nhead -c 3000000 /dev/zero | tr '\\0' 'x' | fold -w 100 >&2\nprintf '\\033]0;title\\007\\n' >&2\nexit 1\n",
        );
        let clone = Clone::of(server);
        let error = clone.branch.push(clone.commit(None, "first"), None).unwrap_err().to_string();
        assert!(error.len() < 3_000 && !error.contains(char::is_control), "{} {error}", error.len());
    });
}

#[test]
fn thousands_of_references_are_not_fetched() {
    on_each(|server| {
        let base = commits_of_others(&server.repository(), "main", 1);
        let updates: String =
            (0..5_000).map(|number| format!("create refs/heads/many/{number} {base}\n")).collect();
        git_with_input(&server.repository(), &["update-ref", "--stdin"], updates.as_bytes());
        let clone = Clone::of(server);
        assert_eq!(clone.fetch(), Some(base));
        let references = git(clone.path(), &["for-each-ref", "--format=%(refname)"]);
        assert_eq!(references, clone.branch.private_reference());
        clone.push(clone.commit(Some(base), "ours"), Some(base));
    });
}
