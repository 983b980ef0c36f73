//! A service that keeps a manifest repository: commands come from several threads, and what happened goes to subscribers.
//!
//! `cargo run -p kuberpult-git --example service [REMOTE]`
//!
//! The threads stand for a chat bot, a webhook of the CI system and a clock. Their commands share pushes, and each gets its own
//! answer. What is published is read from the branch, not from these answers: so it comes in the order of the commits, each
//! commit once, and what others have pushed is there, too.

use std::error::Error;
use std::path::Path;
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Mutex, PoisonError};
use std::thread;

use kuberpult_core::{Actor, Command, Context, CreateRelease, EnvironmentConfig, ReleaseTrain};
use kuberpult_git::{
    CommitId, HistoryEntry, HistoryFilter, InitOptions, ManifestRepo, OpenOptions, ReadError, Receipt,
    SharedManifestRepo,
};

/// The repository, and who wants to know what happens in it.
struct Service {
    repo: SharedManifestRepo,
    feed: Mutex<Feed>,
}

struct Feed {
    /// The commit up to which everything is published.
    published: Option<CommitId>,
    subscribers: Vec<Sender<String>>,
}

impl Service {
    fn new(repo: ManifestRepo) -> Result<Self, Box<dyn Error>> {
        let feed = Feed { published: repo.head()?, subscribers: Vec::new() };
        Ok(Self { repo: SharedManifestRepo::new(repo), feed: Mutex::new(feed) })
    }

    fn subscribe(&self) -> Receiver<String> {
        let (sender, receiver) = mpsc::channel();
        self.feed.lock().unwrap_or_else(PoisonError::into_inner).subscribers.push(sender);
        receiver
    }

    /// Carries a command out for somebody, and publishes what is new on the branch.
    fn handle(&self, who: &str, command: &Command) -> Result<Receipt, Box<dyn Error>> {
        // A service takes the time from its clock.
        let now = "2024-05-03T11:37:37Z".parse()?;
        let receipt = self
            .repo
            .transact(&Context::new(now, Actor::new(who, &format!("{who}@example.com"))), command)?;
        self.publish()?;
        Ok(receipt)
    }

    /// Also to be called from time to time, after [`ManifestRepo::refresh`], for what others push.
    fn publish(&self) -> Result<(), Box<dyn Error>> {
        // One thread at a time, so that nothing is published twice.
        let mut feed = self.feed.lock().unwrap_or_else(PoisonError::into_inner);
        let published = feed.published;
        let news = self.repo.with(|repo| {
            let is_new = |entry: &HistoryEntry| Some(entry.commit) != published;
            let history = repo.history(&HistoryFilter::default())?;
            let news = history.take_while(|entry| entry.as_ref().map_or(true, is_new));
            news.collect::<Result<Vec<_>, ReadError>>()
        })?;
        for entry in news.iter().rev() {
            for event in &entry.events {
                let line = format!("{} {}: {event}", entry.commit, entry.author.name);
                feed.subscribers.retain(|subscriber| subscriber.send(line.clone()).is_ok());
            }
            feed.published = Some(entry.commit);
        }
        Ok(())
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let directory = tempfile::tempdir()?;
    let remote = std::env::args()
        .nth(1)
        .map_or_else(|| bare_repository(&directory.path().join("manifests.git")), Ok)?;
    let repo = ManifestRepo::open_remote(&directory.path().join("cache"), &remote, OpenOptions::default())?;
    let service = Service::new(repo)?;
    let feed = service.subscribe();

    let (development, staging) = ("development".parse()?, "staging".parse()?);
    let config = EnvironmentConfig::with_upstream_latest();
    service.handle("ops", &Command::CreateEnvironment { environment: development, config })?;
    let config = EnvironmentConfig::with_upstream("development".parse()?);
    service.handle("ops", &Command::CreateEnvironment { environment: staging, config })?;

    thread::scope(|threads| {
        for application in ["cart", "checkout", "payment"] {
            let service = &service;
            threads.spawn(move || {
                let released = release(service, application);
                released.unwrap_or_else(|error| eprintln!("{application}: {error}"));
            });
        }
    });
    let train = service.handle("clock", &Command::ReleaseTrain(ReleaseTrain::new("staging")))?;
    println!("the train deployed {} applications", train.decision.events().len());
    // A refused command is that caller's error, and nobody else's.
    let refused = service.handle("bot", &Command::PrepareUndeploy { application: "nothing".parse()? });
    println!("refused: {}", refused.err().ok_or("it should be refused")?);

    println!("published:");
    feed.try_iter().for_each(|line| println!("  {line}"));
    Ok(())
}

/// What a webhook does when a build is ready.
fn release(service: &Service, application: &str) -> Result<(), Box<dyn Error>> {
    let manifest = service
        .repo
        .add_manifest(format!("kind: ConfigMap\nmetadata: {{name: {application}}}\n").as_bytes())?;
    let manifests = [("development".parse()?, manifest), ("staging".parse()?, manifest)].into();
    service.handle("ci", &Command::CreateRelease(CreateRelease::new(application.parse()?, manifests)))?;
    Ok(())
}

fn bare_repository(directory: &Path) -> Result<String, Box<dyn Error>> {
    let mut options = InitOptions::default();
    options.bare = true;
    Ok(ManifestRepo::init(directory, &options)?.directory().display().to_string())
}
