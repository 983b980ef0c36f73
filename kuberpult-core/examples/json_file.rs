//! The rules with a storage of one's own: here, the state in a JSON file that several programs may change at once.
//!
//! `cargo run -p kuberpult-core --features serde --example json_file`
//!
//! [The other example](own_storage.rs) keeps events instead. A state is smaller, and forgets how it came about.

use std::error::Error;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use kuberpult_core::{
    Actor, Command, Context, CreateRelease, Decision, EnvironmentConfig, EnvironmentName, LockId, ManifestId,
    State,
};

/// A file with a state. Beside it is one that is locked while somebody changes it.
struct JsonFile {
    path: PathBuf,
}

impl JsonFile {
    /// The state in the file; an empty one where there is no file yet.
    fn state(&self) -> Result<State, Box<dyn Error>> {
        if !self.path.exists() {
            return Ok(State::default());
        }
        Ok(serde_json::from_str(&fs::read_to_string(&self.path)?)?)
    }

    /// Decides on what is in the file, and replaces it. Nobody else can have changed it in between, so nothing is decided on
    /// a state that is old; and whoever reads finds the state before or the one after, never a half.
    fn run(&self, context: &Context, command: &Command) -> Result<Decision, Box<dyn Error>> {
        let lock = File::create(self.path.with_extension("lock"))?;
        lock.lock()?;
        let mut state = self.state()?;
        let decision = state.decide(context, command)?;
        state.apply(decision.events());
        let new = self.path.with_extension("new");
        fs::write(&new, serde_json::to_string_pretty(&state)?)?;
        fs::rename(&new, &self.path)?;
        Ok(decision)
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let directory = std::env::temp_dir().join(format!("kuberpult-example-{}", std::process::id()));
    fs::create_dir_all(&directory)?;
    let outcome = tell(&directory);
    fs::remove_dir_all(&directory)?;
    outcome
}

fn tell(directory: &Path) -> Result<(), Box<dyn Error>> {
    let file = JsonFile { path: directory.join("state.json") };
    let context = Context::new("2024-05-03T11:37:37Z".parse()?, Actor::new("Jo", "jo@example.com"));
    let staging: EnvironmentName = "staging".parse()?;
    let lock_id: LockId = "load-test".parse()?;
    let manifest = ManifestId::from_bytes(b"manifest of cart").ok_or("an id has 1 to 32 bytes")?;
    let commands = [
        Command::CreateEnvironment {
            environment: staging.clone(),
            config: EnvironmentConfig::with_upstream_latest(),
        },
        Command::CreateEnvironmentLock {
            environment: staging.clone(),
            lock_id: lock_id.clone(),
            message: "until noon".into(),
            ci_link: None,
            suggested_lifetime: None,
        },
        Command::CreateRelease(CreateRelease::new("cart".parse()?, [(staging.clone(), manifest)].into())),
        Command::DeleteEnvironmentLock { environment: staging.clone(), lock_id, queued: None },
    ];
    for command in &commands {
        for event in file.run(&context, command)?.events() {
            println!("{event}");
        }
    }
    // A command that is refused leaves the file as it is.
    let before = fs::read_to_string(&file.path)?;
    let refused = file.run(&context, &Command::PrepareUndeploy { application: "nothing".parse()? });
    println!("refused: {}", refused.err().ok_or("it should be refused")?);
    assert_eq!(fs::read_to_string(&file.path)?, before);
    println!("{before}");
    Ok(())
}
