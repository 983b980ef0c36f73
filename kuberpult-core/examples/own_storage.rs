//! The rules with a storage of one's own: here, a file to which every event is appended.
//!
//! `cargo run -p kuberpult-core --features serde --example own_storage`

use std::error::Error;
use std::fs::{File, OpenOptions, read_to_string};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use kuberpult_core::{
    Actor, Command, Context, CreateRelease, Decision, EnvironmentConfig, EnvironmentName, Event, ManifestId,
    State,
};

/// A history of events, and the state that they lead to.
struct EventLog {
    file: File,
    state: State,
}

impl EventLog {
    /// Opens a history and replays it: a state is nothing but its events, applied in order.
    fn open(path: &Path) -> Result<Self, Box<dyn Error>> {
        let mut state = State::default();
        if path.exists() {
            for line in read_to_string(path)?.lines() {
                let event: Event = serde_json::from_str(line)?;
                state.apply([&event]);
            }
        }
        Ok(Self { file: OpenOptions::new().create(true).append(true).open(path)?, state })
    }

    /// Decides, writes, applies. A refused command is an error before anything is written.
    fn run(&mut self, context: &Context, command: &Command) -> Result<Decision, Box<dyn Error>> {
        let decision = self.state.decide(context, command)?;
        for event in decision.events() {
            writeln!(self.file, "{}", serde_json::to_string(event)?)?;
        }
        self.file.sync_data()?;
        self.state.apply(decision.events());
        Ok(decision)
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let path: PathBuf = std::env::temp_dir().join(format!("kuberpult-events-{}.jsonl", std::process::id()));
    let mut log = EventLog::open(&path)?;
    let context = Context::new("2024-05-03T11:37:37Z".parse()?, Actor::new("Jo", "jo@example.com"));

    let development: EnvironmentName = "development".parse()?;
    let config = EnvironmentConfig::with_upstream_latest();
    log.run(&context, &Command::CreateEnvironment { environment: development.clone(), config })?;

    // What a manifest is, and where it lies, is the storage's business; the core sees an id of its content.
    let manifest = ManifestId::from_bytes(b"manifest of cart").ok_or("an id has 1 to 32 bytes")?;
    let release = CreateRelease::new("cart".parse()?, [(development, manifest)].into());
    let decision = log.run(&context, &Command::CreateRelease(release))?;
    for event in decision.events() {
        println!("{event}");
    }

    // Who opens the history again finds the same state.
    let again = EventLog::open(&path)?;
    assert_eq!(again.state, log.state);
    println!("{} events in {}", read_to_string(&path)?.lines().count(), path.display());
    std::fs::remove_file(&path)?;
    Ok(())
}
