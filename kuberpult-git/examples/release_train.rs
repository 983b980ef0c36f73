//! A program that keeps its state in a manifest repository: a release, a lock, a release train.
//!
//! `cargo run -p kuberpult-git --example release_train [DIRECTORY]`

use std::collections::BTreeMap;
use std::error::Error;
use std::path::PathBuf;

use kuberpult_core::{
    Actor, ApplicationName, Command, Context, CreateRelease, EnvironmentConfig, EnvironmentName, ReleaseTrain,
};
use kuberpult_git::{InitOptions, ManifestRepo};

fn main() -> Result<(), Box<dyn Error>> {
    let directory = std::env::args_os().nth(1).map_or_else(temporary_directory, PathBuf::from);
    let mut repo = ManifestRepo::init(&directory, &InitOptions::default())?;
    println!("manifest repository: {}", repo.directory().display());

    let development: EnvironmentName = "development".parse()?;
    let staging: EnvironmentName = "staging".parse()?;
    let cart: ApplicationName = "cart".parse()?;

    // Content first: a release refers to its manifests by the ids that the repository gives them.
    let mut manifests = BTreeMap::new();
    for environment in [&development, &staging] {
        let manifest = format!("kind: ConfigMap\nmetadata:\n  name: cart\n  namespace: {environment}\n");
        manifests.insert(environment.clone(), repo.add_manifest(manifest.as_bytes())?);
    }

    let commands = [
        Command::CreateEnvironment {
            environment: development.clone(),
            config: EnvironmentConfig::with_upstream_latest(),
        },
        Command::CreateEnvironment {
            environment: staging.clone(),
            config: EnvironmentConfig::with_upstream(development),
        },
        Command::CreateApplicationLock {
            environment: staging.clone(),
            application: cart.clone(),
            lock_id: "load-test".parse()?,
            message: "load test until 14:00".into(),
            ci_link: None,
            suggested_lifetime: None,
        },
        Command::CreateRelease(CreateRelease::new(cart.clone(), manifests)),
        Command::ReleaseTrain(ReleaseTrain::new("staging")),
        Command::DeleteApplicationLock {
            environment: staging.clone(),
            application: cart.clone(),
            lock_id: "load-test".parse()?,
            queued: None,
        },
    ];
    // A program takes the time from its clock, and the actor from whoever asked.
    let context = Context::new("2024-05-03T11:37:37Z".parse()?, Actor::new("Jo", "jo@example.com"));
    for command in commands {
        println!("{command}");
        // A dry run and the run are one function: the plan is what happens.
        let plan = repo.plan(&context, &command)?;
        let receipt = repo.transact(&context, &command)?;
        assert_eq!(plan.decision, receipt.decision);
        for event in receipt.decision.events() {
            println!("  {event}");
        }
    }

    let state = repo.state()?;
    let slot = state.slot(&staging, &cart).ok_or("cart is not in staging")?;
    println!("staging has version {:?} of {cart}, nothing queued: {}", slot.current, slot.queued.is_none());
    Ok(())
}

fn temporary_directory() -> PathBuf {
    std::env::temp_dir().join(format!("kuberpult-example-{}", std::process::id()))
}
