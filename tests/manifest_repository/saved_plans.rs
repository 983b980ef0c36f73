//! Saved plans: carried out just as they are, or not at all.

use std::path::Path;
use std::thread;

use kuberpult_core::{Actor, Command, Context, Deploy, Event, OnLock, PlanDifference, ReleaseTrain};
use kuberpult_git::{CommitId, ManifestRepo, OpenOptions, SavedPlan, TransactError};
use kuberpult_tests::fixture::{Fixture, context, deploy, lock_environment};
use kuberpult_tests::git;

fn plan(fixture: &Fixture, command: &Command) -> SavedPlan {
    let plan = fixture.repo.plan(&context(), command).expect("a plan").saved(&context(), command);
    assert_eq!(plan.base, fixture.repo.head().expect("a head"));
    // A plan comes from a file.
    let json = serde_json::to_string(&plan).expect("JSON");
    let read: SavedPlan = serde_json::from_str(&json).expect("a plan");
    assert_eq!(read, plan);
    read
}

fn train() -> Command {
    Command::ReleaseTrain(ReleaseTrain::new("staging"))
}

/// Somebody else, later.
fn later() -> Context {
    Context::new("2024-05-04T08:00:00Z".parse().expect("a time"), Actor::new("Ada", "ada@example.com"))
}

/// Carries out what must be refused, and sees that nothing has changed.
fn refused(fixture: &mut Fixture, plan: &SavedPlan) -> TransactError {
    let before = fixture.repo.head().expect("a head");
    let error = fixture.repo.carry_out(&later(), plan).expect_err("it is refused");
    assert_eq!(fixture.repo.head().expect("a head"), before);
    error
}

#[test]
fn a_plan_that_holds_is_carried_out() {
    let mut fixture = Fixture::with_cart(true);
    let plan = plan(&fixture, &train());
    // What does not concern it may have changed.
    fixture.accepted(&lock_environment("development", "ab", ""));
    let receipt = fixture.repo.carry_out(&later(), &plan).expect("carried out");
    assert_eq!(receipt.decision.events(), plan.events);
    assert_eq!(
        git::output(fixture.path(), &["log", "-1", "--format=%an %aI %s"]),
        "Ada 2024-05-04T08:00:00Z Release train to \"staging\": 1 deployed"
    );
}

#[test]
fn a_plan_of_a_batch_is_carried_out_whoever_set_its_lock() {
    let mut fixture = Fixture::with_cart(true);
    let commands = vec![lock_environment("development", "ab", "until noon"), train()];
    let plan = plan(&fixture, &Command::Batch { commands });
    assert_eq!(plan.events.len(), 2);
    fixture.repo.carry_out(&later(), &plan).expect("carried out");
    let locks = &fixture.repo.state().expect("a state").environments["development"].locks;
    let lock = locks.values().next().expect("a lock");
    assert_eq!(lock.created_by, Some(later().actor), "who carries it out sets the lock");
}

#[test]
fn a_plan_that_a_lock_has_outdated_is_refused_and_names_it() {
    let mut fixture = Fixture::with_cart(true);
    let plan = plan(&fixture, &train());
    fixture.accepted(&lock_environment("staging", "load-test", "until noon"));
    let head = fixture.repo.head().expect("a head");
    let error = refused(&mut fixture, &plan);
    assert_eq!(
        error.to_string(),
        format!(
            "the plan was made at commit {}, and does not hold at commit {} any more; plan again\n\
             no longer: deployed version 1 of \"cart\" to \"staging\"",
            plan.base.expect("a commit"),
            head.expect("a commit"),
        )
    );
    let TransactError::PlanOutdated { base, head: at, difference } = error else { panic!("outdated") };
    assert_eq!((base, at), (plan.base, head));
    assert_eq!((difference.no_longer, difference.instead), (plan.events, Vec::new()));

    // A deployment waits instead, and says for what.
    let mut fixture = Fixture::with_cart(true);
    let plan = self::plan(&fixture, &deploy("cart", 1, "staging"));
    fixture.accepted(&lock_environment("staging", "load-test", "until noon"));
    let error = refused(&mut fixture, &plan).to_string();
    let instead =
        "\ninstead: queued version 1 of \"cart\" in \"staging\" behind environment lock \"load-test\"";
    assert!(error.ends_with(instead), "{error}");
}

#[test]
fn a_command_that_is_refused_by_now_says_why() {
    let mut fixture = Fixture::with_cart(true);
    let Command::Deploy(to_staging) = deploy("cart", 1, "staging") else { panic!("a deployment") };
    let plan = plan(&fixture, &Command::Deploy(Deploy { on_lock: OnLock::Fail, ..to_staging }));
    fixture.accepted(&lock_environment("staging", "load-test", ""));
    let error = refused(&mut fixture, &plan);
    assert!(matches!(error, TransactError::Rejected(_)), "{error}");
    assert!(error.to_string().contains("load-test"), "{error}");
}

#[test]
fn a_plan_that_was_tampered_with_is_refused() {
    let mut fixture = Fixture::with_cart(true);
    let release = fixture.release("cart", &["staging"]);
    fixture.accepted(&release);
    let genuine = plan(&fixture, &deploy("cart", 1, "staging"));

    let other_command = SavedPlan { command: deploy("cart", 2, "staging"), ..genuine.clone() };
    let no_events = SavedPlan { events: Vec::new(), ..genuine.clone() };
    let other_events =
        SavedPlan { events: plan(&fixture, &deploy("cart", 2, "staging")).events, ..genuine.clone() };
    let unknown_there = SavedPlan { base: None, ..other_command.clone() };
    for (tampered, wrong, missing) in [
        (other_command, Some(1), Some(2)),
        (no_events, None, Some(1)),
        (other_events, Some(2), Some(1)),
        (unknown_there, Some(1), None),
    ] {
        let error = refused(&mut fixture, &tampered);
        assert!(
            matches!(&error, TransactError::PlanNotGenuine { base, .. } if *base == tampered.base),
            "{error}"
        );
        let event = |version: i32| format!("deployed version {version} of \"cart\" to \"staging\"");
        let wrong = wrong.map(|version| format!("\nonly in the plan: {}", event(version)));
        let missing = missing.map(|version| format!("\nnot in the plan: {}", event(version)));
        let lines = [wrong, missing].into_iter().flatten().collect::<String>();
        assert!(error.to_string().ends_with(&format!("; plan again{lines}")), "{error}");
    }
    fixture.repo.carry_out(&later(), &genuine).expect("carried out");
}

#[test]
fn a_plan_from_an_unknown_commit_is_carried_out_only_if_it_holds() {
    let mut fixture = Fixture::with_cart(true);
    let made_up: CommitId = "0123456789abcdef0123456789abcdef01234567".parse().expect("an id");
    let plan = SavedPlan { base: Some(made_up), ..plan(&fixture, &train()) };
    fixture.accepted(&lock_environment("staging", "ab", ""));
    let error = refused(&mut fixture, &plan);
    assert!(matches!(error, TransactError::PlanBaseNotFound { base } if base == made_up), "{error}");
    assert!(error.to_string().contains(&made_up.to_string()), "{error}");

    let mut fixture = Fixture::with_cart(true);
    fixture.repo.carry_out(&later(), &plan).expect("it leads to the same");
}

#[test]
fn a_plan_from_a_commit_that_the_branch_has_lost_is_a_plan() {
    let mut fixture = Fixture::with_cart(true);
    fixture.accepted(&lock_environment("development", "ab", ""));
    let [holds, does_not] = [train(), deploy("cart", 1, "staging")].map(|command| plan(&fixture, &command));
    git::run(fixture.path(), &["update-ref", "refs/heads/main", "main~1"]);
    fixture.repo.carry_out(&later(), &holds).expect("carried out");
    let error = refused(&mut fixture, &does_not);
    assert!(matches!(error, TransactError::PlanOutdated { .. }), "it was genuine: {error}");
}

#[test]
fn a_plan_whose_manifest_is_not_there_is_refused() {
    let mut fixture = Fixture::with_cart(true);
    let release = fixture.release("cart", &["staging"]);
    let plan = plan(&fixture, &release);
    fixture.repo = ManifestRepo::open(fixture.path(), OpenOptions::default()).expect("a repository");
    let error = refused(&mut fixture, &plan);
    assert!(matches!(error, TransactError::UnknownManifest { .. }), "{error}");
    let _ = fixture.release("cart", &["staging"]);
    fixture.repo.carry_out(&later(), &plan).expect("the manifest is there now");
}

#[test]
fn of_several_who_carry_a_plan_out_one_does() {
    let fixture = Fixture::with_cart(true);
    let plan = plan(&fixture, &deploy("cart", 1, "staging"));
    let path = fixture.path();
    let results: Vec<_> = thread::scope(|scope| {
        let carry_out = || {
            let mut repo = ManifestRepo::open(path, OpenOptions::default()).expect("a repository");
            repo.carry_out(&later(), &plan)
        };
        let writers: Vec<_> = (0..4).map(|_| scope.spawn(carry_out)).collect();
        writers.into_iter().map(|writer| writer.join().expect("a writer")).collect()
    });
    let done = results.iter().filter(|result| result.is_ok()).count();
    let outdated =
        results.iter().filter(|result| matches!(result, Err(TransactError::PlanOutdated { .. }))).count();
    assert_eq!((done, outdated), (1, 3));
    let since = format!("{}..HEAD", plan.base.expect("a commit"));
    assert_eq!(git::output(path, &["rev-list", "--count", &since]), "1");
}

const LOCK: &str = "environments/staging/locks/ab/message";

/// Sets and removes a lock by git's own means, which know nothing of kuberpult's lock file.
fn toggle_lock(path: &Path, index: &Path, blob: &str) {
    let git = |arguments: &[&str]| {
        let output = git::command(path).env("GIT_INDEX_FILE", index).args(arguments).output();
        String::from_utf8(output.expect("git can be run").stdout).expect("text").trim().to_owned()
    };
    let head = git(&["rev-parse", "main"]);
    git(&["read-tree", &head]);
    if git(&["ls-files", LOCK]).is_empty() {
        git(&["update-index", "--add", "--cacheinfo", &format!("100644,{blob},{LOCK}")]);
    } else {
        git(&["rm", "-q", "--cached", LOCK]);
    }
    let commit = git(&["commit-tree", &git(&["write-tree"]), "-p", &head, "-m", "toggle"]);
    git(&["update-ref", "refs/heads/main", &commit, &head]);
}

#[test]
fn each_attempt_compares_again() {
    let mut fixture = Fixture::with_cart(true);
    let release = fixture.release("cart", &["staging"]);
    fixture.accepted(&release);
    git::commit_files(fixture.path(), &[("blob", b"")]);
    let blob = git::output(fixture.path(), &["rev-parse", "main:blob"]);
    let path = fixture.path();
    let index = path.join("index-of-somebody-else");
    let mut repo = ManifestRepo::open(path, OpenOptions::default()).expect("a repository");
    thread::scope(|scope| {
        let somebody_else = scope.spawn(|| (0..40).for_each(|_| toggle_lock(path, &index, &blob)));
        let mut version = 1;
        while !somebody_else.is_finished() {
            version = 3 - version;
            let command = deploy("cart", version, "staging");
            let plan = repo.plan(&context(), &command).expect("a plan").saved(&context(), &command);
            match repo.carry_out(&later(), &plan) {
                Err(TransactError::PlanOutdated { .. }) => {}
                Err(error) => panic!("{error}"),
                Ok(receipt) => {
                    assert_eq!(PlanDifference::between(&plan.events, receipt.decision.events()), None);
                    let Some(commit) = receipt.commit else { continue };
                    let before = git::tree(path, &format!("{commit}~1"));
                    let is_locked = before.iter().any(|entry| entry.ends_with(LOCK));
                    let is_queued = plan.events.iter().any(|event| matches!(event, Event::Queued { .. }));
                    assert_eq!(is_locked, is_queued, "{plan:?}");
                }
            }
        }
        somebody_else.join().expect("somebody else");
    });
    assert_eq!(git::fsck(path), "");
}
