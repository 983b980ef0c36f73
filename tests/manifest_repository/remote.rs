//! A remote: what is accepted there is done, and nothing else is.

use std::fs;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::thread;

use kuberpult_core::{Command, Context, Event, ReleaseTrain, Revision, Version};
use kuberpult_git::{
    HistoryFilter, HistoryGap, ManifestRepo, OnError, OpenError, OpenOptions, RemoteError, TransactError,
    environment_config_from_json,
};
use kuberpult_test_servers::{Cut, Kind, Proxy, Server, git, kinds};
use kuberpult_tests::fixture::{Fixture, context, deploy, lock_environment, unlock_environment};

/// A server with a manifest repository, and a directory for clones.
struct Setting {
    server: Server,
    local: tempfile::TempDir,
}

impl Setting {
    /// Development, staging, and version 1 of `cart` in development.
    fn new(kind: Kind) -> Self {
        let setting = Self { server: Server::start(kind), local: tempfile::tempdir().expect("a directory") };
        let mut repo = setting.open();
        assert_eq!(repo.head().expect("a head"), None);
        repo = Fixture::of_repo(repo, Fixture::fill_with_cart);
        assert_eq!(repo.head().expect("a head").expect("a commit").to_string(), setting.head());
        setting
    }

    fn on_a_directory() -> Self {
        Self::new(Kind::Directory)
    }

    fn cache(&self) -> PathBuf {
        self.local.path().join("cache")
    }

    fn try_open(&self, options: OpenOptions) -> Result<ManifestRepo, OpenError> {
        ManifestRepo::open_remote(&self.cache(), &self.server.url(), options)
    }

    fn open(&self) -> ManifestRepo {
        self.try_open(OpenOptions::default()).expect("a remote repository")
    }

    /// The repository as the server sees it.
    fn repository(&self) -> PathBuf {
        self.server.repository()
    }

    fn head(&self) -> String {
        git(&self.repository(), &["rev-parse", "refs/heads/main"])
    }

    fn commits(&self) -> usize {
        git(&self.repository(), &["rev-list", "--count", "main"]).parse().expect("a number")
    }

    /// What somebody else does there.
    fn elsewhere(&self, command: &Command) -> String {
        let mut repo = ManifestRepo::open(&self.repository(), OpenOptions::default()).expect("a repository");
        repo.transact(&context(), command).expect("accepted").commit.expect("a commit").to_string()
    }

    fn clone_to(&self, name: &str) -> PathBuf {
        git(self.local.path(), &["clone", "--quiet", &self.server.url(), name]);
        self.local.path().join(name)
    }

    /// A hook that counts pushes, and the count.
    fn count_pushes(&self) -> impl Fn() -> usize {
        let file = self.server.root().join("pushes");
        self.server.write_hook("post-receive", &format!("#!/bin/sh\necho push >> '{}'\n", file.display()));
        move || fs::read_to_string(&file).unwrap_or_default().lines().count()
    }
}

fn through(remote: &str) -> OpenOptions {
    let mut options = OpenOptions::default();
    options.remote = Some(remote.to_owned());
    options
}

fn offline() -> OpenOptions {
    let mut options = OpenOptions::default();
    options.offline = true;
    options
}

fn locks(count: usize) -> Vec<(Context, Command)> {
    (0..count).map(|number| (context(), lock_environment("staging", &format!("lock-{number}"), ""))).collect()
}

fn train() -> Command {
    Command::ReleaseTrain(ReleaseTrain::new("staging"))
}

fn as_of(revision: &str) -> Command {
    let as_of = Some(revision.parse().expect("a revision"));
    Command::ReleaseTrain(ReleaseTrain { as_of, ..ReleaseTrain::new("staging") })
}

fn lock_count(repo: &ManifestRepo) -> usize {
    repo.state().expect("a state").environments["staging"].locks.len()
}

fn refusal(error: TransactError) -> RemoteError {
    match error {
        TransactError::Remote(error) => error,
        other => panic!("no refusal of a remote: {other}"),
    }
}

#[test]
fn what_is_done_is_on_the_remote_and_in_no_local_branch() {
    for kind in kinds().into_iter().filter(|kind| *kind != Kind::Ssh) {
        println!("on {}", kind.name());
        let setting = Setting::new(kind);
        let mut repo = setting.open();
        let receipt = repo.transact(&context(), &train()).expect("a train");
        assert_eq!(receipt.commit.expect("a commit").to_string(), setting.head());
        assert_eq!(repo.head().expect("a head"), receipt.commit);
        let staging = &setting.open().state().expect("a state").environments["staging"];
        assert_eq!(staging.slots["cart"].current, Some(Version::FIRST));
        assert_eq!(git(repo.directory(), &["for-each-ref", "refs/heads"]), "");
        git(&setting.repository(), &["fsck", "--strict", "--no-dangling"]);
        git(repo.directory(), &["fsck", "--strict", "--no-dangling"]);
    }
}

#[test]
fn nothing_to_do_is_no_push() {
    let setting = Setting::on_a_directory();
    let mut repo = setting.open();
    repo.transact(&context(), &train()).expect("a train");
    let (pushes, before) = (setting.count_pushes(), setting.head());
    let receipt = repo.transact(&context(), &train()).expect("a train");
    assert_eq!((receipt.commit, pushes(), setting.head()), (None, 0, before));
}

#[test]
fn what_others_did_is_there_at_the_next_command() {
    let setting = Setting::on_a_directory();
    let mut repo = setting.open();
    setting.elsewhere(&lock_environment("staging", "theirs", ""));
    assert_eq!(lock_count(&repo), 0, "what was read when it was opened");
    repo.refresh().expect("fetched");
    assert_eq!(lock_count(&repo), 1);
    setting.elsewhere(&lock_environment("staging", "another", ""));
    let receipt = repo.transact(&context(), &deploy("cart", 1, "staging")).expect("a deployment");
    let Event::Queued { blockers: behind, .. } = &receipt.decision.events()[0] else { panic!("{receipt:?}") };
    assert_eq!(behind.len(), 2);
    assert_eq!(receipt.attempts, 1);
}

#[test]
fn who_opens_it_for_one_command_loses_the_race_instead_of_asking_twice() {
    let setting = Setting::on_a_directory();
    let mut options = OpenOptions::default();
    options.for_one_command = true;
    let mut repo = setting.try_open(options).expect("a remote repository");
    setting.elsewhere(&lock_environment("staging", "theirs", ""));
    let receipt = repo.transact(&context(), &deploy("cart", 1, "staging")).expect("a deployment");
    assert_eq!(receipt.attempts, 2);
    assert!(matches!(&receipt.decision.events()[0], Event::Queued { blockers, .. } if blockers.len() == 1));
    setting.elsewhere(&lock_environment("staging", "another", ""));
    let receipt = repo.transact(&context(), &lock_environment("staging", "ours", "")).expect("a lock");
    assert_eq!(receipt.attempts, 1, "the next command asks");
}

#[test]
fn who_opened_a_clone_for_one_command_is_not_held_up_by_another_process_in_it() {
    let setting = Setting::on_a_directory();
    let path = setting.clone_to("mine");
    let open = || {
        let mut options = through("origin");
        options.for_one_command = true;
        ManifestRepo::open(&path, options).expect("a repository")
    };
    let (mut repo, mut other) = (open(), open());
    other.transact(&context(), &lock_environment("staging", "theirs", "")).expect("a lock");
    // The branch here is where the other one has moved it, which is more than was found when this one was opened.
    let receipt = repo.transact(&context(), &lock_environment("staging", "ours", "")).expect("a lock");
    assert_eq!((receipt.attempts, lock_count(&repo)), (1, 2));
    assert_eq!(git(&path, &["rev-parse", "main"]), setting.head());
}

#[test]
fn writers_with_clones_of_their_own_or_a_shared_one_lose_nothing() {
    const COMMANDS: usize = 6;
    let setting = Setting::on_a_directory();
    let before = setting.commits();
    let caches = ["cache", "cache", "other", "third"].map(|cache| setting.local.path().join(cache));
    let url = setting.server.url();
    let acknowledged: Vec<String> = thread::scope(|scope| {
        let writers = caches.iter().enumerate().map(|(writer, cache)| {
            let url = url.as_str();
            scope.spawn(move || {
                let mut repo =
                    ManifestRepo::open_remote(cache, url, OpenOptions::default()).expect("a repository");
                let lock = |number| lock_environment("staging", &format!("lock-{writer}-{number}"), "");
                let commits = (0..COMMANDS).map(|number| {
                    let receipt = repo.transact(&context(), &lock(number)).expect("a lock");
                    receipt.commit.expect("a commit").to_string()
                });
                commits.collect::<Vec<_>>()
            })
        });
        let writers: Vec<_> = writers.collect();
        writers.into_iter().flat_map(|writer| writer.join().expect("a writer")).collect()
    });
    let history = git(&setting.repository(), &["rev-list", "--first-parent", "main"]);
    for commit in &acknowledged {
        assert_eq!(history.lines().filter(|line| line == commit).count(), 1, "{commit}");
    }
    assert_eq!(setting.commits(), before + acknowledged.len(), "and no other");
    assert_eq!(lock_count(&setting.open()), caches.len() * COMMANDS);
    git(&setting.repository(), &["fsck", "--strict", "--no-dangling"]);
}

/// While the first push is at work, the server's branch goes where somebody else has moved it.
#[test]
fn after_a_lost_race_locks_and_freeze_windows_are_judged_anew() {
    let frozen = r#"{"upstream": {"environment": "development"}, "freezeWindows":
        [{"kind": "deny", "schedule": "0 9 * * *", "duration": "4h", "timeZone": "Europe/Berlin"}]}"#;
    let frozen = Command::UpdateEnvironment {
        environment: "staging".parse().expect("a name"),
        config: environment_config_from_json(frozen).expect("a config"),
    };
    for theirs in [lock_environment("staging", "theirs", ""), frozen] {
        let setting = Setting::on_a_directory();
        let before = setting.head();
        let moved = setting.elsewhere(&theirs);
        git(&setting.repository(), &["update-ref", "refs/heads/main", &before]);
        let once = setting.server.root().join("once");
        fs::write(&once, "").expect("written");
        let (once, update) = (once.display(), format!("git update-ref refs/heads/main {moved}"));
        setting.server.write_hook("update", &format!("#!/bin/sh\nif rm '{once}' 2>&-; then {update}; fi\n"));
        let receipt = setting.open().transact(&context(), &deploy("cart", 1, "staging")).expect("decided");
        assert!(matches!(receipt.decision.events(), [Event::Queued { .. }]), "{theirs}: {receipt:?}");
        assert_eq!(receipt.attempts, 2);
        assert_eq!(
            git(&setting.repository(), &["rev-parse", "main", "main^"]),
            format!("{}\n{moved}", setting.head())
        );
    }
}

#[test]
fn a_race_that_is_never_won_ends_with_what_was_said() {
    let setting = Setting::on_a_directory();
    let lock = setting.repository().join("refs/heads/main.lock");
    fs::write(&lock, "").expect("written");
    let mut repo = setting.open();
    let error = repo.transact(&context(), &train()).expect_err("locked");
    let TransactError::LostRace { words, .. } = &error else { panic!("{error}") };
    assert!(!words.is_empty() && error.to_string().ends_with(words.as_str()), "{error}");
    fs::remove_file(lock).expect("removed");
    repo.transact(&context(), &train()).expect("a train");
}

#[test]
fn what_a_hook_refuses_leaves_nothing_behind() {
    let setting = Setting::on_a_directory();
    setting.server.write_hook("pre-receive", "#!/bin/sh\necho 'no Friday, please' >&2\nexit 1\n");
    let before = setting.head();
    let mut repo = setting.open();
    let error = refusal(repo.transact(&context(), &train()).expect_err("refused"));
    assert!(matches!(error, RemoteError::RefusedByHook { .. }), "{error:?}");
    assert!(error.to_string().contains("no Friday, please"), "{error}");
    assert_eq!(setting.head(), before);
    assert_eq!(repo.head().expect("a head").expect("a commit").to_string(), before);
    fs::remove_file(setting.repository().join("hooks/pre-receive")).expect("removed");
    let receipt = repo.transact(&context(), &train()).expect("a train");
    assert_eq!(receipt.commit.expect("a commit").to_string(), setting.head());
}

#[test]
fn of_many_commands_only_those_are_refused_that_a_hook_does_not_want() {
    for on_error in [OnError::Stop, OnError::GoOn] {
        let setting = Setting::on_a_directory();
        let no = "#!/bin/sh\nread old new ref\nif git log --format=%s $old..$new | grep -q lock-5; then exit 1; fi\n";
        setting.server.write_hook("pre-receive", no);
        let mut repo = setting.open();
        let results = repo.transact_all(&locks(10), on_error);
        let refused: Vec<_> = results.iter().map(Result::is_err).collect();
        let there = if on_error == OnError::Stop { 6 } else { 10 };
        assert_eq!(refused, (0..there).map(|number| number == 5).collect::<Vec<_>>());
        assert_eq!(lock_count(&setting.open()), there - 1);
    }
}

#[test]
fn offline_is_for_reading_what_was_fetched() {
    let setting = Setting::on_a_directory();
    let error =
        ManifestRepo::open_remote(&setting.local.path().join("new"), &setting.server.url(), offline());
    let error = error.expect_err("nothing was fetched");
    assert!(matches!(error, OpenError::Remote(RemoteError::NothingFetched { .. })), "{error:?}");
    let before = setting.head();
    setting.elsewhere(&lock_environment("staging", "theirs", ""));
    fs::rename(setting.repository(), setting.server.root().join("away")).expect("renamed");
    let mut repo = setting.try_open(offline()).expect("what was fetched");
    assert_eq!(repo.head().expect("a head").expect("a commit").to_string(), before);
    assert_eq!(lock_count(&repo), 0);
    repo.refresh().expect("nothing to do");
    repo.plan(&context(), &train()).expect("a plan");
    let error = repo.transact(&context(), &train()).expect_err("offline");
    assert!(matches!(error, TransactError::Offline { .. }), "{error:?}");
    let error = repo.import(&context(), &Default::default()).expect_err("offline");
    assert!(matches!(error, TransactError::Offline { .. }), "{error:?}");
    let error = setting.try_open(OpenOptions::default()).expect_err("nothing is there");
    assert!(matches!(error, OpenError::Remote(RemoteError::NoRepository { .. })), "{error:?}");
}

#[test]
fn a_clone_of_ones_own_follows() {
    let setting = Setting::on_a_directory();
    let clone = setting.clone_to("mine");
    setting.elsewhere(&lock_environment("staging", "theirs", ""));
    let (old, pushes) = (git(&clone, &["rev-parse", "main"]), setting.count_pushes());
    let mut repo = ManifestRepo::open(&clone, through("origin")).expect("a repository");
    assert_eq!(lock_count(&repo), 1, "the remote's state is what counts");
    assert_eq!(git(&clone, &["rev-parse", "main"]), old, "reading moves nothing");
    let ours = lock_environment("staging", "ours", "");
    let commit = repo.transact(&context(), &ours).expect("a lock").commit.expect("a commit").to_string();
    assert_eq!((setting.head(), pushes()), (commit.clone(), 1));
    assert_eq!(git(&clone, &["rev-parse", "HEAD", "main"]), format!("{commit}\n{commit}"));
    assert_eq!(git(&clone, &["status", "--porcelain"]), "");
    for lock in ["theirs", "ours"] {
        assert!(clone.join(format!("environments/staging/locks/{lock}")).exists(), "{lock}");
    }
    assert!(git(&clone, &["reflog", "-1", "main"]).contains("kuberpult: "));
}

#[test]
fn a_branch_that_is_not_in_a_clone_is_not_made_there() {
    let setting = Setting::on_a_directory();
    let clone = setting.clone_to("mine");
    git(&clone, &["checkout", "--quiet", "-b", "topic"]);
    git(&clone, &["branch", "--quiet", "-D", "main"]);
    let mut options = through(&setting.server.url());
    options.branch = Some("main".to_owned());
    let mut repo = ManifestRepo::open(&clone, options).expect("a repository");
    let commit = repo.transact(&context(), &train()).expect("a train").commit.expect("a commit");
    assert_eq!(setting.head(), commit.to_string());
    assert_eq!(git(&clone, &["for-each-ref", "--format=%(refname)", "refs/heads"]), "refs/heads/topic");
}

#[test]
fn a_clone_of_an_empty_remote_gets_its_first_commit() {
    let server = Server::start(Kind::Directory);
    let setting = Setting { server, local: tempfile::tempdir().expect("a directory") };
    let clone = setting.clone_to("mine");
    let repo = ManifestRepo::open(&clone, through("origin")).expect("a repository");
    let repo = Fixture::of_repo(repo, Fixture::fill_with_cart);
    assert_eq!(git(&clone, &["rev-parse", "main"]), setting.head());
    assert_eq!(repo.head().expect("a head").expect("a commit").to_string(), setting.head());
    assert_eq!(git(&clone, &["status", "--porcelain"]), "");
}

#[test]
fn commits_that_the_remote_does_not_have_are_in_the_way() {
    let setting = Setting::on_a_directory();
    let clone = setting.clone_to("mine");
    let mut here = ManifestRepo::open(&clone, OpenOptions::default()).expect("a repository");
    let ours = here.transact(&context(), &lock_environment("staging", "ours", "")).expect("a lock");
    let ours = ours.commit.expect("a commit").to_string();
    let there = setting.elsewhere(&lock_environment("staging", "theirs", ""));
    let mut repo = ManifestRepo::open(&clone, through("origin")).expect("a repository");
    let error = repo.transact(&context(), &train()).expect_err("ahead");
    let TransactError::LocalBranchAhead { commits, .. } = &error else { panic!("{error}") };
    assert_eq!(commits.join(" "), ours);
    assert!(error.to_string().contains(&ours), "{error}");
    assert_eq!((setting.head(), git(&clone, &["rev-parse", "main"])), (there.clone(), ours));
    git(&clone, &["reset", "--quiet", "--hard", "HEAD^"]);
    let receipt = repo.transact(&context(), &deploy("cart", 1, "staging")).expect("queued");
    assert_eq!(git(&clone, &["rev-parse", "main"]), receipt.commit.expect("a commit").to_string());
    assert_eq!(git(&clone, &["rev-parse", "main^"]), there);
}

#[test]
fn a_dirty_work_tree_is_in_the_way_before_anything_is_pushed() {
    let setting = Setting::on_a_directory();
    let clone = setting.clone_to("mine");
    fs::write(clone.join("environments/staging/config.json"), "mine").expect("written");
    let before = setting.head();
    let mut repo = ManifestRepo::open(&clone, through("origin")).expect("a repository");
    let error = repo.transact(&context(), &train()).expect_err("dirty");
    assert!(matches!(error, TransactError::DirtyWorkTree { .. }), "{error:?}");
    assert_eq!(setting.head(), before);
}

/// A server on a connection that the proxy cuts.
fn cut(setting: &Setting, proxy: &Proxy, options: OpenOptions) -> Option<ManifestRepo> {
    let url = setting.server.url_through(proxy.address())?;
    let cache = setting.local.path().join("through the proxy");
    Some(ManifestRepo::open_remote(&cache, &url, options).expect("a repository"))
}

#[test]
fn a_lost_answer_is_found_out_by_looking() {
    for kind in kinds().into_iter().filter(|kind| matches!(kind, Kind::Daemon | Kind::Http)) {
        println!("on {}", kind.name());
        let setting = Setting::new(kind);
        let proxy = Proxy::start(setting.server.address().expect("an address"), Cut::BeforeAnswer);
        let mut repo = cut(&setting, &proxy, OpenOptions::default()).expect("a server with an address");
        let before = setting.commits();
        let receipt = repo.transact(&context(), &train()).expect("a train");
        assert!(proxy.cuts() > 0);
        assert_eq!(receipt.commit.expect("a commit").to_string(), setting.head());
        assert_eq!((setting.commits(), receipt.attempts), (before + 1, 1), "it is there once");
    }
}

#[test]
fn an_answer_that_cannot_be_found_out_is_said_and_ends_a_series() {
    for kind in kinds().into_iter().filter(|kind| matches!(kind, Kind::Daemon | Kind::Http)) {
        println!("on {}", kind.name());
        let setting = Setting::new(kind);
        let proxy = Proxy::start(setting.server.address().expect("an address"), Cut::DuringPack);
        let mut three = OpenOptions::default();
        three.together = NonZeroUsize::new(3);
        let mut repo = cut(&setting, &proxy, three).expect("a server with an address");
        let before = setting.head();
        // Nobody knows of any of the three, and the fourth is not begun.
        for (on_error, told) in [(OnError::Stop, 1), (OnError::GoOn, 3)] {
            let results = repo.transact_all(&locks(4), on_error);
            assert_eq!(results.len(), told);
            for result in &results {
                let Err(error @ TransactError::AnswerLost { commit, count: 3, source: Some(_), .. }) = result
                else {
                    panic!("{results:?}")
                };
                assert!(error.to_string().contains(&commit.to_string()), "{error}");
            }
            assert_eq!(setting.head(), before);
        }
        proxy.set(Cut::Nowhere);
        assert!(repo.transact_all(&locks(3), OnError::GoOn).iter().all(Result::is_ok));
        assert_eq!(lock_count(&repo), 3);
    }
}

#[test]
fn commands_share_a_push_as_far_as_that_is_wanted() {
    for (together, expected) in [(None, 1), (Some(1), 7), (Some(3), 3), (Some(usize::MAX), 1)] {
        let setting = Setting::on_a_directory();
        let pushes = setting.count_pushes();
        let mut options = OpenOptions::default();
        options.together = together.and_then(NonZeroUsize::new);
        let mut repo = setting.try_open(options).expect("a repository");
        assert!(repo.transact_all(&locks(7), OnError::Stop).iter().all(Result::is_ok));
        assert_eq!(pushes(), expected, "{together:?}");
        assert_eq!(lock_count(&repo), 7);
    }
}

fn shallow_clone(setting: &Setting) -> (PathBuf, ManifestRepo) {
    let cache = setting.local.path().join("shallow");
    let repo = ManifestRepo::open_remote(&cache, &setting.server.url(), OpenOptions::default());
    let repo = repo.expect("a repository");
    assert_eq!(
        git(repo.directory(), &["rev-list", "--all"]),
        setting.head(),
        "one commit is enough to open it"
    );
    (cache, repo)
}

#[test]
fn history_is_fetched_when_it_is_read() {
    // A directory alone would be cloned as a whole.
    let Some(kind) = kinds().into_iter().find(|kind| *kind == Kind::Daemon) else { return };
    let setting = Setting::new(kind);
    let mut repo = setting.open();
    assert!(repo.transact_all(&locks(100), OnError::Stop).iter().all(Result::is_ok));
    let (cache, repo) = shallow_clone(&setting);
    let there = |directory: &Path| git(directory, &["rev-list", "--all"]).lines().count();
    let newest: Vec<_> = repo.history(&HistoryFilter::default()).expect("a history").take(10).collect();
    assert!(newest.iter().all(|entry| entry.as_ref().is_ok_and(|entry| entry.gaps.is_empty())), "{newest:?}");
    assert_eq!(there(repo.directory()), 64, "and no more than that");
    let ids = |repo: &ManifestRepo| {
        let entries = repo.history(&HistoryFilter::default()).expect("a history");
        entries.map(|entry| entry.expect("an entry").commit.to_string()).collect::<Vec<_>>().join("\n")
    };
    let offline = ManifestRepo::open_remote(&cache, &setting.server.url(), offline()).expect("a repository");
    let last = offline.history(&HistoryFilter::default()).expect("a history").last();
    let last = last.expect("an entry").expect("readable");
    assert!(matches!(last.gaps.as_slice(), [HistoryGap::NoParent { .. }]), "{last:?}");
    assert_eq!(ids(&repo), git(&setting.repository(), &["rev-list", "main"]));
    assert_eq!(there(repo.directory()), setting.commits());
}

#[test]
fn revisions_are_fetched_when_they_are_named() {
    for revision in ["HEAD~1", "@~1", "main^", "refs/heads/main~1", "the id"] {
        let setting = Setting::on_a_directory();
        let then = setting.head();
        let repo = setting.open();
        let repo = Fixture::of_repo(repo, |fixture| {
            let release = fixture.release("cart", &["development", "staging"]);
            fixture.accepted(&release);
        });
        assert_ne!(setting.head(), then);
        drop(repo);
        let (cache, mut repo) = shallow_clone(&setting);
        let revision = if revision == "the id" { then.as_str() } else { revision };
        let without =
            ManifestRepo::open_remote(&cache, &setting.server.url(), offline()).expect("a repository");
        let error = without.plan(&context(), &as_of(revision)).expect_err("it is not there");
        assert!(matches!(error, TransactError::Rejected(_)), "{error:?}");
        repo.transact(&context(), &as_of(revision)).expect("a train");
        let current = repo.state().expect("a state").environments["staging"].slots["cart"].current;
        assert_eq!(current, Some(Version::FIRST), "{revision}");
        let error = repo.transact(&context(), &as_of("HEAD~1000")).expect_err("there is no such commit");
        assert!(matches!(error, TransactError::Rejected(_)), "{error:?}");
    }
}

#[test]
fn tags_and_branches_of_the_remote_are_fetched_by_name() {
    for (name, revision) in [
        ("refs/tags/tested", "tested"),
        ("refs/tags/tested/lately", "tested/lately"),
        ("refs/heads/before", "before"),
        ("refs/tags/tested", "refs/tags/tested"),
        ("refs/tags/tested", "tested~1"),
    ] {
        let setting = Setting::on_a_directory();
        let then = setting.head();
        for _ in 0..3 {
            setting.elsewhere(&lock_environment("staging", "ab", ""));
            setting.elsewhere(&unlock_environment("staging", "ab"));
        }
        let repo = Fixture::of_repo(setting.open(), |fixture| {
            let release = fixture.release("cart", &["development", "staging"]);
            fixture.accepted(&release);
        });
        drop(repo);
        let at =
            if revision == "tested~1" { git(&setting.repository(), &["rev-parse", "main~1"]) } else { then };
        if name.starts_with("refs/tags") {
            // An annotated one, which is an object of its own.
            git(&setting.repository(), &["tag", "-m", "tested", name.trim_start_matches("refs/tags/"), &at]);
        } else {
            git(&setting.repository(), &["update-ref", name, &at]);
        }
        let (cache, mut repo) = shallow_clone(&setting);
        let train = as_of(revision);
        let train_offline = || {
            let repo = ManifestRepo::open_remote(&cache, &setting.server.url(), offline());
            repo.expect("a repository").plan(&context(), &train)
        };
        assert!(matches!(train_offline(), Err(TransactError::Rejected(_))));
        repo.transact(&context(), &train).expect("a train");
        let current = repo.state().expect("a state").environments["staging"].slots["cart"].current;
        assert_eq!(current, Some(Version::FIRST), "{revision}");
        train_offline().expect("it is known by now");
        if !revision.contains('~') {
            let there = git(repo.directory(), &["rev-list", "--all"]).lines().count();
            assert!(there <= 3, "{there} commits: no history came with it");
        }
        // It is what the remote says now, and not what it once was.
        git(&setting.repository(), &["update-ref", "-d", name]);
        let error = repo.transact(&context(), &train).expect_err("it is gone");
        assert!(matches!(error, TransactError::Rejected(_)), "{error:?}");
    }
}

#[test]
fn for_a_name_that_is_not_there_no_history_is_fetched() {
    let setting = Setting::on_a_directory();
    setting.elsewhere(&lock_environment("staging", "ab", ""));
    let (_cache, mut repo) = shallow_clone(&setting);
    for revision in ["nevr", "v1.2.3", "nevr~3", "--upload-pack=x", "a..b"] {
        let Ok(revision) = revision.parse::<Revision>() else { continue };
        let error = repo.transact(&context(), &as_of(revision.as_str())).expect_err("it is not there");
        assert!(matches!(error, TransactError::Rejected(_)), "{error:?}");
        if revision.as_str() != "a..b" {
            assert_eq!(git(repo.directory(), &["rev-list", "--all"]).lines().count(), 1, "{revision}");
        }
    }
}

#[test]
fn a_branch_that_is_gone_is_not_begun_anew() {
    let setting = Setting::on_a_directory();
    let (mut repo, before) = (setting.open(), setting.head());
    git(&setting.repository(), &["update-ref", "-d", "refs/heads/main"]);
    let error = refusal(repo.transact(&context(), &train()).expect_err("gone"));
    assert!(matches!(error, RemoteError::BranchGone { .. }), "{error:?}");
    // Whoever opens the clone next knows it, too, and who opens it after that.
    for _ in 0..2 {
        let error = setting.try_open(OpenOptions::default()).expect_err("gone");
        let OpenError::Remote(RemoteError::BranchGone { last, .. }) = &error else { panic!("{error:?}") };
        assert_eq!(*last, before);
    }
    assert_eq!(git(&setting.repository(), &["for-each-ref"]), "");
}

#[test]
fn a_branch_that_never_was_is_made_only_where_there_is_no_other() {
    let setting = Setting::on_a_directory();
    let mut options = OpenOptions::default();
    options.branch = Some("next".to_owned());
    let error = setting.try_open(options).expect_err("no such branch");
    assert!(matches!(error, OpenError::Remote(RemoteError::NoBranch { .. })), "{error:?}");
}

#[test]
fn a_branch_that_was_reset_is_worked_on_as_it_is() {
    let setting = Setting::on_a_directory();
    let mut repo = setting.open();
    repo.transact(&context(), &lock_environment("staging", "gone", "")).expect("a lock");
    git(&setting.repository(), &["update-ref", "refs/heads/main", "main^"]);
    let receipt = repo.transact(&context(), &train()).expect("a train");
    assert!(matches!(receipt.decision.events(), [Event::Deployed { .. }]), "{receipt:?}");
    assert_eq!(lock_count(&setting.open()), 0);
}

#[test]
fn a_damaged_clone_is_made_again_and_used() {
    // The root is read when it is opened, and the rest when a command needs it. No fetch looks at either.
    for (path, is_open) in [("", false), ("environments/staging", false), ("environments/staging", true)] {
        let setting = Setting::on_a_directory();
        let mut repo = setting.open();
        let directory = repo.directory().to_owned();
        let tree = git(&directory, &["rev-parse", &format!("{}:{path}", setting.head())]);
        let (first, rest) = tree.split_at(2);
        fs::remove_file(directory.join("objects").join(first).join(rest)).expect("a file of its own");
        if !is_open {
            repo = setting.open();
        }
        let lock = lock_environment("development", "first", "");
        let commands = [(context(), lock), (context(), train())];
        let results = repo.transact_all(&commands, OnError::GoOn);
        assert!(results.iter().all(Result::is_ok), "{path}: {results:?}");
        assert_eq!(git(&directory, &["rev-list", "--all", "-1"]), setting.head());
    }
}
