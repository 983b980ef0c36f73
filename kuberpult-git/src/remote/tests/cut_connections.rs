//! Connections that break: what was accepted is found by looking, and nothing is in the history twice.

use kuberpult_test_servers::{Cut, Kind, Proxy, Server};

use super::fixture::{Clone, commits, commits_of_others, head, is_sound, on_each_of, remote, remote_at};
use crate::remote::{Depth, Landed, PushOutcome, RemoteBranch, RemoteError};

const WITH_A_CONNECTION: [Kind; 3] = [Kind::Daemon, Kind::Http, Kind::Ssh];

/// A clone that comes to the server directly to prepare a commit, and through a proxy to push it.
fn through(server: &Server, proxy: &Proxy) -> (Clone, RemoteBranch) {
    let clone = Clone::of(server);
    let mut remote = remote_at(server, &server.url_through(proxy.address()).unwrap());
    if server.ssh().is_some() {
        // The proxy has another port, for which no key is known.
        let real = server.address().unwrap();
        let command = format!(
            "core.sshCommand={} -o HostKeyAlias=[{}]:{}",
            server.ssh().unwrap().command(),
            real.ip(),
            real.port()
        );
        remote = remote.with_setting(command);
    }
    let branch = RemoteBranch::new(clone.path(), remote, "main").unwrap();
    (clone, branch)
}

#[test]
fn a_proxy_that_cuts_nothing_is_not_noticed() {
    on_each_of(&WITH_A_CONNECTION, |server| {
        let base = commits_of_others(&server.repository(), "main", 2);
        let proxy = Proxy::start(server.address().unwrap(), Cut::Nowhere);
        let (clone, branch) = through(server, &proxy);
        assert_eq!(branch.fetch(Depth::New).unwrap(), Some(base));
        let ours = clone.commit(Some(base), "ours");
        super::fixture::accepted(&branch, ours, Some(base));
        assert_eq!(proxy.cuts(), 0);
    });
}

#[test]
fn a_fetch_that_was_cut_can_be_done_again() {
    on_each_of(&WITH_A_CONNECTION, |server| {
        let base = commits_of_others(&server.repository(), "main", 2);
        let proxy = Proxy::start(server.address().unwrap(), Cut::Nowhere);
        let (clone, branch) = through(server, &proxy);
        for cut in [Cut::AtOnce, Cut::AfterBytes(10), Cut::AfterBytes(100), Cut::AfterBytes(250)] {
            proxy.set(cut);
            let error = branch.fetch(Depth::New).unwrap_err();
            assert!(matches!(error, RemoteError::Interrupted { .. }), "{cut:?}: {error:?}");
            assert_eq!(branch.last_fetched().unwrap(), None);
        }
        assert!(proxy.cuts() >= 4);
        proxy.set(Cut::Nowhere);
        assert_eq!(branch.fetch(Depth::New).unwrap(), Some(base));
        is_sound(server, clone.path());
    });
}

#[test]
fn a_push_that_was_cut_before_the_pack_has_not_landed() {
    on_each_of(&[Kind::Daemon, Kind::Http], |server| {
        for cut in [Cut::AtOnce, Cut::AfterBytes(20), Cut::BeforePack, Cut::DuringPack] {
            check_cut(server, cut, &[Landed::NotYet]);
        }
    });
    on_each_of(&[Kind::Ssh], |server| {
        for cut in [Cut::AtOnce, Cut::AfterBytes(1_000)] {
            check_cut(server, cut, &[Landed::NotYet]);
        }
    });
}

#[test]
fn a_push_whose_answer_was_lost_has_landed() {
    on_each_of(&[Kind::Daemon, Kind::Http], |server| check_cut(server, Cut::BeforeAnswer, &[Landed::Yes]));
}

#[test]
fn a_push_that_was_cut_anywhere_is_found_out() {
    // What is encrypted can be cut anywhere, too. Whether the server has got enough by then, it knows.
    on_each_of(&[Kind::Ssh], |server| {
        for bytes in (1_500..6_000).step_by(500) {
            check_cut(server, Cut::AfterBytes(bytes), &[Landed::Yes, Landed::NotYet]);
        }
    });
}

/// Pushes through a proxy that cuts, looks what became of it, and settles it with the same commit.
fn check_cut(server: &Server, cut: Cut, expected: &[Landed]) {
    let base = commits_of_others(&server.repository(), "main", 2);
    let proxy = Proxy::start(server.address().unwrap(), cut);
    let (clone, branch) = through(server, &proxy);
    assert_eq!(clone.fetch(), Some(base));
    let ours = clone.commit(Some(base), &format!("after {base}"));
    let outcome = branch.push(ours, Some(base)).unwrap();
    match outcome {
        PushOutcome::Unknown { cause } => {
            assert!(matches!(cause, RemoteError::Interrupted { .. }), "{cut:?}: {cause:?}");
            assert!(proxy.cuts() > 0);
        }
        // The cut was after the answer.
        PushOutcome::Accepted if expected.contains(&Landed::Yes) && expected.len() > 1 => {}
        other => panic!("{cut:?}: {other:?}"),
    }
    let landed = clone.branch.landed(ours, Some(base)).unwrap();
    assert!(expected.contains(&landed), "{cut:?}: {landed:?}");
    // Whatever became of it: the same commit once more, and it is there once.
    clone.push(ours, Some(base));
    assert_eq!(head(server), ours);
    assert_eq!(commits(&server.repository(), ours), commits(&server.repository(), base) + 1);
    is_sound(server, clone.path());
}

#[test]
fn a_server_that_is_still_at_work_is_not_overtaken() {
    on_each_of(&[Kind::Daemon], |server| {
        let base = commits_of_others(&server.repository(), "main", 1);
        let (waits, goes_on) = (server.root().join("waits"), server.root().join("goes-on"));
        server.write_hook(
            "pre-receive",
            &format!(
                "#!/bin/sh\n[ -e {goes} ] && exit 0\ntouch {waits}\nwhile [ ! -e {goes} ]; do sleep 0.05; done\n",
                goes = goes_on.display(),
                waits = waits.display()
            ),
        );
        let proxy = Proxy::start(server.address().unwrap(), Cut::Nowhere);
        let (clone, branch) = through(server, &proxy);
        assert_eq!(clone.fetch(), Some(base));
        let ours = clone.commit(Some(base), "ours");
        let outcome = std::thread::scope(|scope| {
            let push = scope.spawn(|| branch.push(ours, Some(base)).unwrap());
            wait_for(|| waits.exists());
            proxy.cut_now();
            push.join().unwrap()
        });
        assert!(matches!(outcome, PushOutcome::Unknown { .. }), "{outcome:?}");
        // Whoever decides anew now does it twice: the server goes on with the first one in a moment.
        assert_eq!(clone.branch.landed(ours, Some(base)).unwrap(), Landed::NotYet);
        std::fs::write(goes_on, "").unwrap();
        // The same commit settles it, whichever comes first.
        let again = clone.branch.push(ours, Some(base)).unwrap();
        assert!(matches!(again, PushOutcome::Accepted | PushOutcome::Stale { .. }), "{again:?}");
        wait_for(|| head(server) == ours);
        assert_eq!(clone.branch.landed(ours, Some(base)).unwrap(), Landed::Yes);
        assert_eq!(commits(&server.repository(), ours), 2);
    });
}

fn wait_for(mut condition: impl FnMut() -> bool) {
    for _ in 0..3_000 {
        if condition() {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    panic!("it does not come");
}

#[test]
fn a_remote_that_is_gone_cannot_be_looked_at() {
    on_each_of(&WITH_A_CONNECTION, |server| {
        let proxy = Proxy::start(server.address().unwrap(), Cut::AtOnce);
        let (clone, branch) = through(server, &proxy);
        let first = clone.commit(None, "first");
        let error = branch.landed(first, None).unwrap_err();
        assert!(matches!(error, RemoteError::Interrupted { .. }), "{error:?}");
        // It is not that there is no branch.
        assert_eq!(remote(server).to_string(), clone.branch.remote.to_string());
    });
}
