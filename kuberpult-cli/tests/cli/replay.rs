//! Real releases of real services through `kuberpult apply -f`: three environments, trains, locks on and off.
//!
//! Optional: `KUBERPULT_BOUTIQUE_DIR` names a directory with `index.json` (a list of releases, each with `version`,
//! `tag`, `commit`, `date`, `author`, `message`, `services`) and, for each release, a directory
//! `<version, two digits>-<tag>` with a manifest `<service>.yaml` for each service.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::terminal::Terminal;

const ENVIRONMENTS: [&str; 3] = ["development", "staging", "production"];
const STAGING_EVERY: u64 = 3;
const PRODUCTION_EVERY: u64 = 6;
const RELEASES_KEPT_BEFORE_OLDEST: usize = 19;

/// What is locked while which releases are made, both ends included.
const LOCKS: [(u64, u64, Locked); 6] = [
    (4, 10, Locked::Application("cartservice", "staging")),
    (8, 13, Locked::Environment("production")),
    (16, 16, Locked::Environment("development")),
    (17, 25, Locked::Team("payments", "production")),
    // This one stays.
    (20, u64::MAX, Locked::Application("redis-cart", "production")),
    (23, 31, Locked::Application("cartservice", "staging")),
];

#[derive(Clone, Copy)]
enum Locked {
    Environment(&'static str),
    Application(&'static str, &'static str),
    Team(&'static str, &'static str),
}

fn team(service: &str) -> &'static str {
    if ["checkoutservice", "paymentservice", "currencyservice"].contains(&service) {
        "payments"
    } else {
        "shop"
    }
}

impl Locked {
    fn environment(self) -> &'static str {
        match self {
            Self::Environment(environment)
            | Self::Application(_, environment)
            | Self::Team(_, environment) => environment,
        }
    }

    fn holds(self, service: &str, environment: &str) -> bool {
        environment == self.environment()
            && match self {
                Self::Environment(_) => true,
                Self::Application(locked, _) => locked == service,
                Self::Team(locked, _) => locked == team(service),
            }
    }

    fn command(self, verb: &str) -> Value {
        let mut command = json!({ "environment": self.environment(), "lockId": "held-back" });
        let kind = match self {
            Self::Environment(_) => "Environment",
            Self::Application(application, _) => {
                command["application"] = json!(application);
                "Application"
            }
            Self::Team(team, _) => {
                command["team"] = json!(team);
                "Team"
            }
        };
        command["command"] = json!(format!("{verb}{kind}Lock"));
        if verb == "create" {
            command["message"] = json!("held back for the replay");
        }
        command
    }
}

struct Release {
    version: u64,
    index: Value,
    manifests: BTreeMap<String, String>,
}

fn releases(directory: &Path) -> Vec<Release> {
    let index = fs::read_to_string(directory.join("index.json"))
        .unwrap_or_else(|error| panic!("{} has no readable index.json: {error}", directory.display()));
    let index: Vec<Value> = serde_json::from_str(&index).unwrap();
    assert!(!index.is_empty(), "{} holds no release", directory.display());
    let read = |release: Value| {
        let version = release["version"].as_u64().unwrap();
        let folder = directory.join(format!("{version:02}-{}", release["tag"].as_str().unwrap()));
        let services = release["services"].as_array().unwrap().iter();
        let manifests = services.map(|service| {
            let service = service.as_str().unwrap().to_owned();
            let text = fs::read_to_string(folder.join(format!("{service}.yaml"))).unwrap();
            (service, text)
        });
        Release { version, manifests: manifests.collect(), index: release }
    };
    index.into_iter().map(read).collect()
}

/// The whole history as JSON commands, one a line.
fn history(releases: &[Release]) -> String {
    let mut lines = Vec::new();
    let first = &releases.first().unwrap().index;
    for (environment, upstream) in ENVIRONMENTS.iter().zip([
        json!({ "latest": true }),
        json!({ "environment": "development" }),
        json!({ "environment": "staging" }),
    ]) {
        let config = json!({ "upstream": upstream });
        let create = json!({ "command": "createEnvironment", "environment": environment, "config": config });
        lines.push(signed(create, first));
    }
    for Release { version, index, manifests } in releases {
        for (_, _, locked) in LOCKS.iter().filter(|(from, ..)| from == version) {
            lines.push(signed(locked.command("create"), index));
        }
        for (service, manifest) in manifests {
            let manifests: BTreeMap<_, _> = ENVIRONMENTS.iter().map(|name| (name, manifest)).collect();
            let create = json!({
                "command": "createRelease",
                "application": service,
                "version": version,
                "manifests": manifests,
                "team": team(service),
                "sourceCommitId": index["commit"],
                "sourceAuthor": index["author"],
                "sourceMessage": index["message"],
                "displayVersion": index["tag"],
            });
            lines.push(signed(create, index));
        }
        for (every, target) in [(STAGING_EVERY, "staging"), (PRODUCTION_EVERY, "production")] {
            if version.is_multiple_of(every) {
                lines.push(signed(json!({ "command": "releaseTrain", "target": target }), index));
            }
        }
        for (_, _, locked) in LOCKS.iter().filter(|(_, to, _)| to == version) {
            lines.push(signed(locked.command("delete"), index));
        }
    }
    lines.iter().map(|line| format!("{line}\n")).collect()
}

fn signed(mut command: Value, index: &Value) -> Value {
    command["at"] = index["date"].clone();
    command["author"] = json!({ "name": index["author"], "email": "releases@example.com" });
    command
}

/// What one service has in the end, worked out from the plan of releases, trains and locks alone.
#[derive(Debug, Default, PartialEq, Eq)]
struct Expected {
    current: BTreeMap<&'static str, u64>,
    queued: BTreeMap<&'static str, u64>,
    /// The versions that cleanup has left.
    kept: BTreeSet<u64>,
}

impl Expected {
    fn of(service: &str, releases: &[Release]) -> Self {
        let mut expected = Self::default();
        for Release { version, .. } in releases {
            expected.kept.insert(*version);
            let mut stops = vec![("development", *version, true)];
            if version.is_multiple_of(STAGING_EVERY) {
                stops.push(("staging", 0, false));
            }
            if version.is_multiple_of(PRODUCTION_EVERY) {
                stops.push(("production", 0, false));
            }
            for (environment, version_there, is_release) in stops {
                expected.arrive(service, *version, environment, version_there, is_release);
            }
            for (_, _, locked) in LOCKS
                .iter()
                .filter(|(_, to, locked)| to == version && locked.holds(service, locked.environment()))
            {
                let environment = locked.environment();
                if let Some(queued) = expected.queued.remove(environment)
                    && expected.current.get(environment) != Some(&queued)
                {
                    expected.deploy(environment, queued);
                }
            }
        }
        expected
    }

    fn arrive(&mut self, service: &str, now: u64, environment: &'static str, version: u64, is_release: bool) {
        let upstream = match environment {
            "staging" => self.current.get("development"),
            "production" => self.current.get("staging"),
            _ => Some(&version),
        };
        let Some(version) = upstream.copied() else { return };
        if self.current.get(environment) == Some(&version) {
            return;
        }
        let mut held = LOCKS
            .iter()
            .filter(|(from, to, locked)| (*from..=*to).contains(&now) && locked.holds(service, environment));
        match held.next() {
            None => self.deploy(environment, version),
            // A train leaves a locked environment alone; a release waits there.
            Some((.., Locked::Environment(_))) if !is_release => {}
            Some(_) => {
                self.queued.insert(environment, version);
            }
        }
    }

    fn deploy(&mut self, environment: &'static str, version: u64) {
        self.current.insert(environment, version);
        self.queued.remove(environment);
        let oldest = *self.current.values().chain(self.queued.values()).min().unwrap();
        let surplus = self.kept.range(..oldest).count().saturating_sub(RELEASES_KEPT_BEFORE_OLDEST);
        let removed: Vec<_> = self.kept.range(..oldest).take(surplus).copied().collect();
        self.kept.retain(|version| !removed.contains(version));
    }
}

fn data() -> Option<PathBuf> {
    std::env::var_os("KUBERPULT_BOUTIQUE_DIR").map(PathBuf::from)
}

/// Replays the history in a repository of its own and gives the head.
fn replay(terminal: &mut Terminal, history: &str) -> String {
    terminal.write("history.jsonl", history);
    assert_eq!(terminal.run("init --bare repo").code, 0);
    let applied = terminal.run("apply -f history.jsonl");
    assert_eq!(applied.code, 0, "{}", applied.stderr);
    assert_eq!(
        applied.stdout.lines().count(),
        history.lines().count(),
        "one line of output for each of input"
    );
    terminal.head()
}

#[test]
fn real_releases_arrive_where_they_should() {
    let Some(directory) = data() else {
        println!("left out: KUBERPULT_BOUTIQUE_DIR is not set");
        return;
    };
    let releases = releases(&directory);
    let history = history(&releases);
    let mut terminal = Terminal::new();
    let head = replay(&mut terminal, &history);

    let status = terminal.run("status -o json");
    let status: Value = serde_json::from_str(&status.stdout).unwrap();
    let services: BTreeSet<&String> = releases.iter().flat_map(|release| release.manifests.keys()).collect();
    let (mut queued, mut cleaned) = (0, 0);
    for service in &services {
        let expected = Expected::of(service, &releases);
        let mut applications = status["applications"].as_array().unwrap().iter();
        let application = applications.find(|application| application["application"] == service.as_str());
        let slots = &application.unwrap_or_else(|| panic!("no {service} in the status"))["slots"];
        for environment in ENVIRONMENTS {
            let slot = &slots[environment];
            let current = expected.current.get(environment).copied();
            assert_eq!(slot["current"].as_u64(), current, "{service} in {environment}: current");
            let waiting = expected.queued.get(environment).copied();
            assert_eq!(slot["queued"].as_u64(), waiting, "{service} in {environment}: queued");
            queued += usize::from(waiting.is_some());

            // What Argo CD reads, and what the links lead to, is the manifest of that release.
            let release = releases.iter().find(|release| Some(release.version) == current).unwrap();
            let show = format!("-C repo show HEAD:environments/{environment}/applications/{service}");
            let manifest = terminal.git(&format!("{show}/manifests/manifests.yaml"));
            assert_eq!(
                manifest,
                release.manifests[*service].trim_end(),
                "{service} in {environment}: manifest"
            );
            let target = format!("../../../../applications/{service}/releases/{}", release.version);
            assert_eq!(terminal.git(&format!("{show}/version")), target);
        }
        let kept = terminal.git(&format!("-C repo ls-tree --name-only HEAD:applications/{service}/releases"));
        let kept: BTreeSet<u64> = kept.lines().map(|version| version.parse().unwrap()).collect();
        assert_eq!(kept, expected.kept, "{service}: releases kept");
        cleaned += releases.len() - kept.len();
    }
    let commits = terminal.git("-C repo rev-list --count HEAD");
    println!(
        "{} commands, {commits} commits, {} services, {queued} queued in the end, {cleaned} releases cleaned up",
        history.lines().count(),
        services.len()
    );
    assert!(cleaned > 0, "the history is long enough for cleanup");
    assert_eq!(queued, 1, "one lock stays, and something waits behind it");

    terminal.git("-C repo fsck --strict");
    assert_eq!(replay(&mut Terminal::new(), &history), head, "the same history gives the same commits");
}
