//! Commands that get in each other's way: few applications, few environments, and the same few locks for everybody.

use std::fs;
use std::path::Path;

use kuberpult_core::{Actor, Command, Context};
use kuberpult_git::ManifestRepo;
use serde_json::{Value, json};

/// What is there when a run begins: three environments, and three versions of each application in the first of them.
pub(crate) fn beginning() -> Vec<Wanted> {
    let environment = |name: &str, config: Value| json!({"command": "createEnvironment", "environment": name, "config": config});
    let mut commands = vec![
        environment("development", json!({"upstream": {"latest": true}})),
        environment(
            "staging",
            json!({"upstream": {"environment": "development"}, "environmentGroup": "late"}),
        ),
        environment(
            "production",
            json!({"upstream": {"environment": "staging"}, "environmentGroup": "late"}),
        ),
    ];
    for (application, team) in APPLICATIONS.iter().zip(["sellers", "sellers", "post"]) {
        for version in 1..=3 {
            let mut release = release(application, &format!("{application}-{version}"), Some(version));
            release["team"] = json!(team);
            commands.push(release);
        }
    }
    let wanted = commands.into_iter().enumerate();
    wanted.map(|(number, command)| Wanted::new("beginning", number, command)).collect()
}

const APPLICATIONS: [&str; 3] = ["cart", "checkout", "mail"];
const ENVIRONMENTS: [&str; 3] = ["development", "staging", "production"];
const LOCKS: [&str; 3] = ["audit", "freeze", "hold"];

/// One command, with an author that no other one has.
#[derive(Debug, Clone)]
pub(crate) struct Wanted {
    /// The name of its author.
    pub(crate) marker: String,
    at: String,
    command: Value,
}

impl Wanted {
    pub(crate) fn new(writer: &str, number: usize, command: Value) -> Self {
        let at = format!("2024-05-03T{:02}:{:02}:00+02:00", 8 + number / 60 % 12, number % 60);
        Self { marker: format!("{writer}-{number}"), at, command }
    }

    /// A lock that no other command has to do with.
    pub(crate) fn lock(writer: &str, number: usize) -> Self {
        let id = format!("{writer}-{number}");
        let lock = json!({"command": "createEnvironmentLock", "environment": "staging", "lockId": id, "message": ""});
        Self::new(writer, number, lock)
    }

    pub(crate) fn given_at(self, at: String) -> Self {
        Self { at, ..self }
    }

    fn address(&self) -> String {
        format!("{}@example.com", self.marker)
    }

    /// As a line of `apply -f`.
    pub(crate) fn line(&self) -> String {
        let mut line = self.command.clone();
        line["at"] = json!(self.at);
        line["author"] = json!({"name": self.marker, "email": self.address()});
        line.to_string()
    }

    /// As it is typed, if it is one of those that are typed. Manifests are written to a directory.
    pub(crate) fn words(&self, directory: &Path) -> Option<Vec<String>> {
        let text = |key: &str| self.command[key].as_str().unwrap_or_default();
        let typed = match text("command") {
            "deploy" => {
                let how = match text("onLock") {
                    "ignore" => ["--manual"].as_slice(),
                    "fail" => &["--on-lock", "fail"],
                    _ => &[],
                };
                let version = self.command["version"].to_string();
                let typed = ["deploy", text("application"), &version, "-e", text("environment")];
                owned(&[&typed, how].concat())
            }
            "createEnvironmentLock" => {
                owned(&["lock", "env", text("environment"), "--id", text("lockId"), "-m", text("message")])
            }
            "deleteEnvironmentLock" => owned(&["unlock", "env", text("environment"), text("lockId")]),
            "releaseTrain" => owned(&["train", text("target")]),
            "createRelease" => {
                let mut typed = owned(&["release", text("application")]);
                for (environment, manifest) in self.command["manifests"].as_object()? {
                    let file = directory.join(format!("{}-{environment}.yaml", self.marker));
                    fs::write(&file, manifest.as_str()?).unwrap();
                    typed.extend(["--manifest".to_owned(), format!("{environment}={}", file.display())]);
                }
                if let Some(version) = self.command["version"].as_u64() {
                    typed.extend(["--version".to_owned(), version.to_string()]);
                }
                typed
            }
            _ => return None,
        };
        let address = self.address();
        let by = ["--now", &self.at, "--author-name", &self.marker, "--author-email", &address];
        Some([typed, owned(&by)].concat())
    }

    /// As the library takes it. Manifests are given to the repository.
    pub(crate) fn for_library(&self, repo: &mut ManifestRepo) -> (Context, Command) {
        let mut command = self.command.clone();
        if let Some(manifests) = command.get_mut("manifests").and_then(Value::as_object_mut) {
            for manifest in manifests.values_mut() {
                *manifest = json!(repo.add_manifest(manifest.as_str().unwrap().as_bytes()).unwrap());
            }
        }
        let actor = Actor::new(&self.marker, &self.address());
        (Context::new(self.at.parse().unwrap(), actor), serde_json::from_value(command).unwrap())
    }
}

fn owned(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

fn release(application: &str, marker: &str, version: Option<u64>) -> Value {
    let manifest = |environment| (environment, format!("kind: Deployment\nof: {marker}\n"));
    let manifests: std::collections::BTreeMap<_, _> = ENVIRONMENTS.into_iter().map(manifest).collect();
    let mut release = json!({"command": "createRelease", "application": application, "manifests": manifests});
    if let Some(version) = version {
        release["version"] = json!(version);
    }
    release
}

/// As many commands of one writer: the same ones for the same name.
pub(crate) fn mixed(writer: &str, count: usize) -> Vec<Wanted> {
    let seed = writer.bytes().fold(7, |seed: u64, byte| seed * 31 + u64::from(byte));
    let mut random = fastrand::Rng::with_seed(seed);
    (0..count)
        .map(|number| Wanted::new(writer, number, any(&mut random, &format!("{writer}-{number}"))))
        .collect()
}

fn any(random: &mut fastrand::Rng, marker: &str) -> Value {
    let one = |random: &mut fastrand::Rng, of: &[&str]| of[random.usize(..of.len())].to_owned();
    let application = one(random, &APPLICATIONS);
    let environment = one(random, &ENVIRONMENTS);
    let lock = one(random, &LOCKS);
    let team = one(random, &["sellers", "post"]);
    let version = random.u64(1..=5);
    match random.u32(0..100) {
        0..26 => {
            let on_lock = one(random, &["queue", "queue", "fail", "ignore"]);
            json!({"command": "deploy", "environment": environment, "application": application, "version": version,
                "onLock": on_lock})
        }
        26..40 => {
            json!({"command": "createEnvironmentLock", "environment": environment, "lockId": lock, "message": marker})
        }
        40..54 => json!({"command": "deleteEnvironmentLock", "environment": environment, "lockId": lock}),
        54..60 => {
            json!({"command": "createApplicationLock", "environment": environment, "application": application,
                "lockId": lock, "message": marker})
        }
        60..66 => {
            json!({"command": "deleteApplicationLock", "environment": environment, "application": application,
                "lockId": lock})
        }
        66..69 => {
            json!({"command": "createTeamLock", "environment": environment, "team": team, "lockId": lock,
                "message": marker})
        }
        69..72 => {
            json!({"command": "deleteTeamLock", "environment": environment, "team": team, "lockId": lock})
        }
        72..75 => {
            json!({"command": "createGroupLock", "environmentGroup": "late", "lockId": lock, "message": marker})
        }
        75..78 => json!({"command": "deleteGroupLock", "environmentGroup": "late", "lockId": lock}),
        78..84 => release(&application, marker, None),
        // Who comes second has something else under this version.
        84..87 => release(&application, marker, Some(random.u64(4..40))),
        87..96 => {
            json!({"command": "releaseTrain", "target": one(random, &["staging", "production", "late"])})
        }
        96..98 => json!({"command": "settleQueue"}),
        _ => {
            let create = json!({"command": "createEnvironmentLock", "environment": "production", "lockId": lock,
                "message": marker});
            let deploy = json!({"command": "deploy", "environment": environment, "application": application,
                "version": version});
            json!({"command": "batch", "commands": [create, deploy]})
        }
    }
}
