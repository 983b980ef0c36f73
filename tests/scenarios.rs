//! Scenarios a person can read: commands in, one per line, and what came of them out.
//!
//! `scenarios/NAME.txt` is told by the test `NAME` and compared with `scenarios/NAME.snap`. The notation:
//!
//! ```text
//! # a remark
//! keep 2                                    cleanup keeps two releases
//! env staging from development group europe on-unlock keep
//! env development latest deny "0 9 * * *" 2h Europe/Berlin    a freeze window; also `allow`
//! release cart to development staging       the next version; `release cart 7 to ..` for a certain one
//! release cart to development team blue
//! deploy cart 2 staging                     `fail` or `manual "reason"` may follow
//! lock env staging freeze "why"             also `app staging cart`, `team staging blue`, `group europe`
//! unlock env staging freeze                 `deploy`, `keep` or `drop` may follow
//! train staging                             `team blue`, `as-of yesterday` and `skip` may follow
//! settle staging                            without a name all queues
//! prepare-undeploy cart                     then `undeploy cart`
//! remove cart staging
//! batch deploy cart 2 staging ; settle      several commands as one
//! tag yesterday                             remembers what is deployed now
//! at 2024-05-06T09:00:00+02:00              goes on at this time; each command takes a minute
//! again                                     plans the last command again, which must change nothing
//! table                                     shows the slots and locks
//! ```
#![expect(clippy::expect_used, clippy::panic, reason = "these are tests, their helpers included")]

use std::fmt::Write as _;
use std::fs;
use std::num::NonZeroU32;
use std::path::Path;

use kuberpult_core::{
    Command, Context, CreateRelease, Deploy, EnvironmentConfig, FreezeKind, FreezeWindow, LockScope, OnLock,
    OnUnlock, Past, ReleaseTrain, Report, State, Time, TrainOnLock,
};
use kuberpult_tests::alphabet;
use kuberpult_tests::intent;

/// Two deployments meet a lock: the second takes the first one's place, and the unlock deploys it.
#[test]
fn last_deployment_wins() {
    tell("last_deployment_wins");
}

/// Somebody deploys by hand through two locks; they stay, and the queue is empty.
#[test]
fn manual_through_lock() {
    tell("manual_through_lock");
}

/// A train queues what is locked, or leaves it alone.
#[test]
fn train_with_queue_and_skip() {
    tell("train_with_queue_and_skip");
}

/// A lock on the environment stops the train; the report still says what would have come.
#[test]
fn train_skipped_by_environment_lock() {
    tell("train_skipped_by_environment_lock");
}

/// A train to a group goes to each member, each decided on the state before; so does a lock.
#[test]
fn group_train() {
    tell("group_train");
}

/// A lock on a team holds its applications, and lets the others pass.
#[test]
fn team_lock() {
    tell("team_lock");
}

/// An older release is added and deployed nowhere; one that cleanup would remove is refused.
#[test]
fn backfill_and_too_old() {
    tell("backfill_and_too_old");
}

/// An unlock keeps what is queued, or drops it; what is outdated goes anyway.
#[test]
fn keep_and_drop() {
    tell("keep_and_drop");
}

/// Nothing is deployed to production between 9 and 11; what comes then waits until the queues are settled.
#[test]
fn never_between_9_and_11() {
    tell("never_between_9_and_11");
}

/// An undeploy release travels by train, and after it the application can go.
#[test]
fn the_way_out() {
    tell("the_way_out");
}

/// A version is deployed and locked in one act, or not at all.
#[test]
fn deploy_and_lock() {
    tell("deploy_and_lock");
}

/// A train takes the versions that were current upstream when the tests ran.
#[test]
fn train_as_of_a_tag() {
    tell("train_as_of_a_tag");
}

/// Tells a scenario and compares what came of it.
fn tell(name: &str) {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let path = directory.join(format!("{name}.txt"));
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let now = alphabet::context(0, false).now;
    let mut story = Story { state: State::default(), now, last: None, out: String::new() };
    for (index, line) in text.lines().enumerate() {
        story.line(line).unwrap_or_else(|| panic!("{name}.txt, line {}: cannot read `{line}`", index + 1));
    }
    story.table();
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(directory);
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, story.out));
}

/// A scenario while it is told.
struct Story {
    state: State,
    now: Time,
    last: Option<(Context, Command)>,
    out: String,
}

impl Story {
    /// Tells one line; none if it cannot be read.
    fn line(&mut self, line: &str) -> Option<()> {
        let words = words(line);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        match *words.as_slice() {
            [] => self.say(""),
            ["#", ..] => self.say(line),
            ["keep", number] => self.state.settings.releases_kept = NonZeroU32::new(number.parse().ok()?)?,
            ["table"] => self.table(),
            ["tag", revision] => {
                let past = Past::of(&self.state);
                self.state.past.insert(revision.parse().ok()?, past);
                self.say(&format!("> {line}"));
            }
            ["at", time] => {
                self.now = time.parse().ok()?;
                self.say(&format!("> {line}"));
            }
            ["again"] => self.again(),
            ref words => {
                let command = command(words)?;
                self.say(&format!("> {line}"));
                self.decide(command);
            }
        }
        Some(())
    }

    fn say(&mut self, text: &str) {
        writeln!(self.out, "{text}").expect("a text takes every line");
    }

    fn decide(&mut self, command: Command) {
        let context = Context { now: self.now, ..alphabet::context(0, false) };
        self.now = Time::from_unix(self.now.unix_seconds() + 60).expect("a time");
        match self.state.decide(&context, &command) {
            Err(rejection) => self.say(&format!("  refused: {rejection}")),
            Ok(decision) => {
                for event in decision.events() {
                    self.say(&format!("  {event}"));
                }
                self.report(decision.report());
                self.state.apply(decision.events());
            }
        }
        self.last = Some((context, command));
    }

    fn report(&mut self, report: &Report) {
        for note in &report.notes {
            self.say(&format!("  note: {note}"));
        }
        for stop in report.train.iter().flat_map(|train| &train.environments) {
            let skipped = stop.skipped.as_ref().map(|cause| format!(": skipped, {cause}"));
            self.say(&format!("  train to {}{}", stop.environment, skipped.unwrap_or_default()));
            for report in &stop.applications {
                self.say(&format!("    {}: {}", report.application, report.outcome));
            }
        }
        report.batch.iter().for_each(|report| self.report(report));
    }

    /// Plans the last command again.
    fn again(&mut self) {
        let (context, command) = self.last.as_ref().expect("a command before `again`");
        let decision = self.state.decide(context, command).expect("what was accepted is accepted again");
        assert!(decision.events().is_empty(), "planning `{command}` again: {:?}", decision.events());
        self.say("planning again changes nothing");
    }

    /// Shows each slot and each lock.
    fn table(&mut self) {
        let mut table = String::new();
        let row = |table: &mut String, cells: [&str; 5]| {
            let [environment, application, current, queued, locks] = cells;
            let line = format!("  {environment:12} {application:12} {current:8} {queued:7} {locks}");
            writeln!(table, "{}", line.trim_end()).expect("a text takes every line");
        };
        row(&mut table, ["environment", "application", "current", "queued", "locks"]);
        for (name, environment) in &self.state.environments {
            let ids = |locks: &kuberpult_core::Locks| -> String {
                locks.keys().map(ToString::to_string).collect::<Vec<_>>().join(", ")
            };
            if !environment.locks.is_empty() {
                row(&mut table, [name.as_str(), "(all)", "", "", &ids(&environment.locks)]);
            }
            for (team, locks) in &environment.team_locks {
                row(&mut table, [name.as_str(), &format!("(of {team})"), "", "", &ids(locks)]);
            }
            for (application, slot) in &environment.slots {
                let number = |version: Option<kuberpult_core::Version>| {
                    version.map_or("-".to_owned(), |version| version.to_string())
                };
                let (current, queued) = (number(slot.current), number(slot.queued));
                let locks = ids(&slot.locks);
                row(&mut table, [name.as_str(), application.as_str(), &current, &queued, &locks]);
            }
        }
        self.say(&format!("\n{}", table.trim_end()));
    }
}

/// The command that the words say; none if they say none.
fn command(words: &[&str]) -> Option<Command> {
    match *words {
        ["env", name, ref rest @ ..] => {
            let mut config = EnvironmentConfig::default();
            let mut rest = rest;
            loop {
                rest = match *rest {
                    [] => break,
                    ["latest", ref rest @ ..] => {
                        config.upstream = EnvironmentConfig::with_upstream_latest().upstream;
                        rest
                    }
                    ["from", upstream, ref rest @ ..] => {
                        config.upstream = EnvironmentConfig::with_upstream(upstream.parse().ok()?).upstream;
                        rest
                    }
                    ["group", group, ref rest @ ..] => {
                        config.environment_group = Some(group.parse().ok()?);
                        rest
                    }
                    ["on-unlock", choice, ref rest @ ..] => {
                        config.on_unlock = Some(on_unlock(choice)?);
                        rest
                    }
                    [kind, schedule, duration, time_zone, ref rest @ ..] => {
                        let kind = freeze_kind(kind)?;
                        let (schedule, duration) = (schedule.parse().ok()?, duration.parse().ok()?);
                        let mut window = FreezeWindow::new(kind, schedule, duration);
                        window.time_zone = Some(time_zone.parse().ok()?);
                        config.freeze_windows.push(window);
                        rest
                    }
                    _ => return None,
                };
            }
            Some(Command::CreateEnvironment { environment: name.parse().ok()?, config })
        }
        ["release", application, "to", ref rest @ ..] => release(application, None, rest),
        ["release", application, version, "to", ref rest @ ..] => release(application, Some(version), rest),
        ["deploy", application, version, environment, ref rest @ ..] => {
            let (on_lock, reason) = match *rest {
                [] => (OnLock::Queue, None),
                ["fail"] => (OnLock::Fail, None),
                ["manual", reason] => (OnLock::Ignore, Some(reason.into())),
                _ => return None,
            };
            Some(Command::Deploy(Deploy {
                environment: environment.parse().ok()?,
                application: application.parse().ok()?,
                version: version.parse().ok()?,
                on_lock,
                reason,
            }))
        }
        ["lock", "group", group, id, message] => Some(Command::CreateGroupLock {
            environment_group: group.parse().ok()?,
            lock_id: id.parse().ok()?,
            message: message.into(),
            ci_link: None,
            suggested_lifetime: None,
        }),
        ["lock", ref scope @ .., id, message] => {
            Some(intent::lock(lock_scope(scope)?, id.parse().ok()?, message))
        }
        ["unlock", ref rest @ .., choice] if on_unlock(choice).is_some() => unlock(rest, on_unlock(choice)),
        ["unlock", ref rest @ ..] => unlock(rest, None),
        ["train", target, ref rest @ ..] => {
            let mut train = ReleaseTrain::new(target);
            let mut rest = rest;
            if let ["team", team, ref after @ ..] = *rest {
                train.team = Some(team.parse().ok()?);
                rest = after;
            }
            if let ["as-of", revision, ref after @ ..] = *rest {
                train.as_of = Some(revision.parse().ok()?);
                rest = after;
            }
            match rest {
                [] => {}
                ["skip"] => train.on_lock = TrainOnLock::Skip,
                _ => return None,
            }
            Some(Command::ReleaseTrain(train))
        }
        ["settle"] => Some(Command::SettleQueue { environment: None }),
        ["settle", environment] => {
            Some(Command::SettleQueue { environment: Some(environment.parse().ok()?) })
        }
        ["prepare-undeploy", application] => {
            Some(Command::PrepareUndeploy { application: application.parse().ok()? })
        }
        ["undeploy", application] => Some(Command::Undeploy { application: application.parse().ok()? }),
        ["remove", application, environment] => Some(Command::RemoveFromEnvironment {
            environment: environment.parse().ok()?,
            application: application.parse().ok()?,
        }),
        ["batch", ref rest @ ..] => {
            let commands: Option<_> = rest.split(|word| *word == ";").map(command).collect();
            Some(Command::Batch { commands: commands? })
        }
        _ => None,
    }
}

/// A release with the same manifest for each of the environments.
fn release(application: &str, version: Option<&str>, rest: &[&str]) -> Option<Command> {
    let (environments, team) = match rest {
        [environments @ .., "team", team] => (environments, Some(team.parse().ok()?)),
        environments => (environments, None),
    };
    let mut manifests = std::collections::BTreeMap::new();
    for environment in environments {
        manifests.insert(environment.parse().ok()?, alphabet::manifest(1));
    }
    Some(Command::CreateRelease(CreateRelease {
        version: version.map(str::parse).transpose().ok()?,
        team,
        ..CreateRelease::new(application.parse().ok()?, manifests)
    }))
}

fn unlock(words: &[&str], queued: Option<OnUnlock>) -> Option<Command> {
    match *words {
        ["group", group, id] => Some(Command::DeleteGroupLock {
            environment_group: group.parse().ok()?,
            lock_id: id.parse().ok()?,
            queued,
        }),
        [ref scope @ .., id] => Some(intent::unlock(lock_scope(scope)?, id.parse().ok()?, queued)),
        [] => None,
    }
}

fn lock_scope(words: &[&str]) -> Option<LockScope> {
    match *words {
        ["env", environment] => Some(LockScope::Environment { environment: environment.parse().ok()? }),
        ["app", environment, application] => Some(LockScope::Application {
            environment: environment.parse().ok()?,
            application: application.parse().ok()?,
        }),
        ["team", environment, team] => {
            Some(LockScope::Team { environment: environment.parse().ok()?, team: team.parse().ok()? })
        }
        _ => None,
    }
}

fn freeze_kind(word: &str) -> Option<FreezeKind> {
    [FreezeKind::Deny, FreezeKind::Allow].into_iter().find(|kind| kind.to_string() == word)
}

fn on_unlock(word: &str) -> Option<OnUnlock> {
    [OnUnlock::Deploy, OnUnlock::Keep, OnUnlock::Drop].into_iter().find(|choice| choice.to_string() == word)
}

/// The words of a line; what is in quotes is one word.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (index, part) in line.split('"').enumerate() {
        if index % 2 == 1 {
            words.push(part.to_owned());
        } else {
            words.extend(part.split_whitespace().map(ToOwned::to_owned));
        }
    }
    words
}
