//! A week of releases, locks and release trains, in no time: what was held back, and by what.
//!
//! `cargo run -p kuberpult-core --example simulate_a_week`
//!
//! Nothing here waits, reads a clock or draws a random number: whoever simulates brings the time along, and the same week
//! is the same each time. So a plan ("what if we froze Friday afternoons?") can be tried on last month's releases.

use std::collections::BTreeMap;
use std::error::Error;

use kuberpult_core::{
    Actor, Blocker, Command, Context, CreateRelease, EnvironmentCause, EnvironmentConfig, EnvironmentName,
    Event, FreezeKind, FreezeWindow, LockId, ManifestId, Outcome, ReleaseTrain, State, TeamName, Time,
};

const HOUR: i64 = 60 * 60;
const DAYS: [&str; 5] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"];
/// Application, team, and every how many hours there is a release.
const SERVICES: [(&str, &str, i64); 6] = [
    ("cart", "shop", 5),
    ("checkout", "shop", 7),
    ("payment", "money", 6),
    ("invoice", "money", 11),
    ("search", "find", 4),
    ("mail", "reach", 13),
];

/// The state, and what has happened so far.
struct Week {
    state: State,
    monday: Time,
    /// How often something has held an application back from a train.
    held_back: BTreeMap<String, usize>,
    /// Versions that never reached an environment, because a newer one took their place in the queue.
    overtaken: usize,
    deployed: BTreeMap<EnvironmentName, usize>,
}

impl Week {
    /// Carries a command out at an hour of the week, counted from Monday at midnight.
    fn at(&mut self, hour: i64, who: &str, command: &Command) -> Result<(), Box<dyn Error>> {
        let now = Time::from_unix(self.monday.unix_seconds() + hour * HOUR).ok_or("no such time")?;
        let context = Context::new(now, Actor::new(who, &format!("{who}@example.com")));
        let decision = self.state.decide(&context, command)?;
        for event in decision.events() {
            match event {
                Event::Deployed { environment, .. } => {
                    *self.deployed.entry(environment.clone()).or_default() += 1;
                }
                Event::Queued { displaced: Some(_), .. } => self.overtaken += 1,
                _ => {}
            }
        }
        for report in decision.report().train.iter().flat_map(|train| &train.environments) {
            let of_environment = match &report.skipped {
                Some(EnvironmentCause::Locked { blockers } | EnvironmentCause::Frozen { blockers }) => {
                    blockers
                }
                _ => &Vec::new(),
            };
            for application in &report.applications {
                match &application.outcome {
                    Outcome::Queued { blockers, .. } | Outcome::Blocked { blockers, .. } => {
                        self.count(blockers);
                    }
                    // What would have been deployed if its environment were open.
                    Outcome::Deployed { .. } => self.count(of_environment),
                    Outcome::Skipped { .. } => {}
                }
            }
        }
        self.state.apply(decision.events());
        Ok(())
    }

    fn count(&mut self, blockers: &[Blocker]) {
        for blocker in blockers {
            *self.held_back.entry(blocker.to_string()).or_default() += 1;
        }
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let monday: Time = "2024-05-06T00:00:00Z".parse()?;
    let (held_back, deployed) = (BTreeMap::new(), BTreeMap::new());
    let mut week = Week { state: State::default(), monday, held_back, overtaken: 0, deployed };

    let environment = EnvironmentName::new;
    let (development, staging, production) =
        (environment("development")?, environment("staging")?, environment("production")?);
    // Never to production between nine and eleven, nor on Friday after noon.
    let mut to_production = EnvironmentConfig::with_upstream(staging.clone());
    let window = |schedule: &str, duration: &str| -> Result<_, Box<dyn Error>> {
        Ok(FreezeWindow::new(FreezeKind::Deny, schedule.parse()?, duration.parse()?))
    };
    to_production.freeze_windows = [window("0 9 * * *", "2h")?, window("0 12 * * 5", "60h")?].into();
    for (environment, config) in [
        (&development, EnvironmentConfig::with_upstream_latest()),
        (&staging, EnvironmentConfig::with_upstream(development.clone())),
        (&production, to_production),
    ] {
        week.at(0, "ops", &Command::CreateEnvironment { environment: environment.clone(), config })?;
    }

    let money: TeamName = "money".parse()?;
    let (incident, load_test): (LockId, LockId) = ("incident-421".parse()?, "load-test".parse()?);
    for hour in 0..24 * 5 {
        let (day, clock) = (hour / 24, hour % 24);
        if !(8..18).contains(&clock) {
            continue;
        }
        for (number, (application, team, every)) in SERVICES.iter().enumerate() {
            if (hour + i64::try_from(number)?) % every == 0 {
                // What a manifest says is no business of the rules: its id is enough.
                let manifest =
                    ManifestId::from_bytes(format!("{application} {hour}").as_bytes()).ok_or("no id")?;
                let manifests = [&development, &staging, &production].map(|to| (to.clone(), manifest));
                let mut release = CreateRelease::new(application.parse()?, manifests.into());
                release.team = Some(team.parse()?);
                week.at(hour, team, &Command::CreateRelease(release))?;
            }
        }
        let lock = |environment: &EnvironmentName| Command::CreateTeamLock {
            environment: environment.clone(),
            team: money.clone(),
            lock_id: incident.clone(),
            message: "until the cause is found".into(),
            ci_link: None,
            suggested_lifetime: None,
        };
        match (day, clock) {
            (1, 13) => week.at(hour, "money", &lock(&production))?,
            (3, 11) => {
                let (environment, team, lock_id) = (production.clone(), money.clone(), incident.clone());
                week.at(
                    hour,
                    "money",
                    &Command::DeleteTeamLock { environment, team, lock_id, queued: None },
                )?;
            }
            (2, 9) => {
                let (environment, lock_id) = (staging.clone(), load_test.clone());
                let (message, ci_link, suggested_lifetime) = ("until five".into(), None, None);
                let lock = Command::CreateEnvironmentLock {
                    environment,
                    lock_id,
                    message,
                    ci_link,
                    suggested_lifetime,
                };
                week.at(hour, "shop", &lock)?;
            }
            (2, 17) => {
                let (environment, lock_id) = (staging.clone(), load_test.clone());
                week.at(
                    hour,
                    "shop",
                    &Command::DeleteEnvironmentLock { environment, lock_id, queued: None },
                )?;
            }
            _ => {}
        }
        if clock % 2 == 0 {
            week.at(hour, "train", &Command::ReleaseTrain(ReleaseTrain::new("staging")))?;
        }
        if clock == 10 || clock == 15 {
            week.at(hour, "train", &Command::ReleaseTrain(ReleaseTrain::new("production")))?;
        }
        if clock == 17 {
            let waiting: usize = week
                .state
                .environments
                .values()
                .flat_map(|there| there.slots.values())
                .filter(|slot| slot.queued.is_some())
                .count();
            let deployed: Vec<_> =
                week.deployed.iter().map(|(name, count)| format!("{name} {count}")).collect();
            let day = DAYS.get(usize::try_from(day)?).ok_or("a working day")?;
            println!("{day:<9}  deployed so far: {}; in queues: {waiting}", deployed.join(", "));
        }
    }

    println!("\nHeld back, in applications and trains:");
    let mut by_count: Vec<_> = week.held_back.iter().collect();
    by_count.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
    for (blocker, count) in by_count {
        println!("{count:>4}  {blocker}");
    }
    println!("\nOvertaken in a queue, and never deployed there: {}", week.overtaken);
    assert!(kuberpult_core::check(&week.state).is_empty());
    Ok(())
}
