//! The story itself: a day of four services in three environments.

use kuberpult_git::{ManifestRepo, OpenOptions};

use super::narrator::Narrator;
use super::services::{self, REPO_URL};
use crate::exit::Failure;
use crate::text;

pub(super) fn tell(narrator: &mut Narrator) -> Result<(), Failure> {
    three_environments(narrator)?;
    four_services(narrator)?;
    the_first_trains(narrator)?;
    a_lock_and_a_freeze(narrator)?;
    a_train_that_queues(narrator)?;
    the_last_deployment_wins(narrator)?;
    by_hand(narrator)?;
    the_unlock(narrator)?;
    the_train_of_the_day(narrator)?;
    what_waits_tonight(narrator)?;
    what_to_look_at(narrator)
}

fn three_environments(narrator: &mut Narrator) -> Result<(), Failure> {
    let directory = narrator.directory().display().to_string();
    narrator.line(&format!("The manifest repository of this demo is {directory}"))?;
    narrator.act("2024-05-06T07:00:00+02:00", "Three environments")?;
    narrator.say(
        "kuberpult manages what is deployed next. It deploys nothing itself: it writes a git repository, and Argo \
         CD applies what is in it. Here is an empty one.",
    )?;
    narrator.shell(&text::shell_line(&["cd".into(), directory]))?;
    narrator.run(&["init"])?;
    services::write_environments(narrator.directory())?;
    narrator.say(
        "Merged changes go to development at once; staging takes the versions of development, and production \
         those of staging. The configs also say where Argo CD finds the clusters, and that nothing goes to production \
         between 9 and 11, when customers come. They, and what builds leave, lie in build/, which git ignores here.",
    )?;
    narrator.shell(&format!("export KUBERPULT_ARGOCD_REPO_URL={REPO_URL}"))?;
    narrator.run(&["env", "create", "development", "--config", "build/development.json"])?;
    narrator.run(&["env", "create", "staging", "--config", "build/staging.json"])?;
    narrator.run(&["env", "create", "production", "--config", "build/production.json"])?;
    narrator.run(&["env", "list"])?;
    narrator.status()
}

fn four_services(narrator: &mut Narrator) -> Result<(), Failure> {
    narrator.act("2024-05-06T07:30:00+02:00", "Four services")?;
    narrator.say(
        "Each build ends with a release: a version, with a manifest for each environment. It is in development \
         at once.",
    )?;
    narrator.release("cart", 1, &["--team", "shop"])?;
    narrator.release("checkout", 1, &["--team", "shop"])?;
    narrator.release("frontend", 1, &["--team", "web"])?;
    narrator.release("payment", 1, &["--team", "money"])?;
    narrator.status()
}

fn the_first_trains(narrator: &mut Narrator) -> Result<(), Failure> {
    narrator.act("2024-05-06T08:00:00+02:00", "The first release trains")?;
    narrator.say(
        "A release train carries all versions one environment further: to staging, then to production.",
    )?;
    narrator.run(&["train", "staging"])?;
    narrator.run(&["train", "production"])?;
    narrator.status()
}

fn a_lock_and_a_freeze(narrator: &mut Narrator) -> Result<(), Failure> {
    narrator.act("2024-05-06T09:00:00+02:00", "A lock and a freeze")?;
    narrator.say(
        "A load test runs against cart in staging, so cart must not change there. And it is 9: the freeze window of \
         production opens by itself.",
    )?;
    narrator.run(&[
        "lock",
        "app",
        "cart",
        "-e",
        "staging",
        "-m",
        "load test until noon",
        "--id",
        "load-test",
    ])?;
    narrator.status()
}

fn a_train_that_queues(narrator: &mut Narrator) -> Result<(), Failure> {
    narrator.act("2024-05-06T09:10:00+02:00", "A train that queues")?;
    narrator.say("Work goes on: three services have new versions, and development has them at once.")?;
    narrator.release("cart", 2, &["--source-message", "Keep the cart for a week"])?;
    narrator.release("checkout", 2, &["--source-message", "Ask for the address once"])?;
    narrator.release("frontend", 2, &["--source-message", "Larger buttons"])?;
    narrator
        .say("The train to staging deploys checkout and frontend. cart is locked: its new version waits.")?;
    narrator.run(&["train", "staging"])?;
    narrator.status()?;
    narrator.say("In the repository, what waits is a link beside the one that Argo CD follows.")?;
    narrator.links("staging", "cart")
}

fn the_last_deployment_wins(narrator: &mut Narrator) -> Result<(), Failure> {
    narrator.act("2024-05-06T09:20:00+02:00", "The last deployment wins")?;
    narrator
        .say("A newer cart comes. The queue holds one version: version 3 takes the place of version 2.")?;
    narrator.release("cart", 3, &["--source-message", "Keep the cart for a month"])?;
    narrator.run(&["train", "staging"])?;
    narrator.run(&["queue", "list"])?;
    narrator.links("staging", "cart")?;
    narrator.status()
}

fn by_hand(narrator: &mut Narrator) -> Result<(), Failure> {
    narrator.act("2024-05-06T09:30:00+02:00", "By hand, through the freeze")?;
    narrator.say(
        "Cards are declined, and payment has a fix. Locks and freeze windows hold automatic deployments back, never an \
         engineer: a manual deployment goes through, and everything else waits.",
    )?;
    narrator.release("payment", 2, &["--source-message", "Accept cards that are longer"])?;
    narrator.run(&["deploy", "payment", "2", "-e", "staging"])?;
    let reason = "cards are declined";
    narrator.run(&["deploy", "payment", "2", "-e", "production", "--manual", "--reason", reason])?;
    narrator.status()
}

fn the_unlock(narrator: &mut Narrator) -> Result<(), Failure> {
    narrator.act("2024-05-06T09:45:00+02:00", "The unlock deploys what waited")?;
    narrator.say(
        "The load test is done earlier. The last lock on cart in staging goes, and version 3 is deployed.",
    )?;
    narrator.run(&["locks"])?;
    narrator.run(&["unlock", "app", "cart", "-e", "staging", "load-test"])?;
    narrator.links("staging", "cart")?;
    narrator.status()
}

fn the_train_of_the_day(narrator: &mut Narrator) -> Result<(), Failure> {
    narrator.act("2024-05-06T10:00:00+02:00", "The train of the day")?;
    narrator
        .say("Once a day a train goes to production. It comes at 10: the freeze window stops all of it.")?;
    narrator.run(&["train", "production"])?;
    narrator.say("Somebody waits for the new cart and asks why it is not in production.")?;
    narrator.run(&["why", "cart", "-e", "production"])?;
    narrator.act("2024-05-06T11:30:00+02:00", "The peak hours are over")?;
    narrator.say(
        "The freeze window has closed. A dry run is a train's prognosis: what it would bring, and nothing changes.",
    )?;
    narrator.run(&["train", "production", "--dry-run"])?;
    narrator.say("The train itself brings everything to production in the versions of staging.")?;
    narrator.run(&["train", "production"])?;
    narrator.status()
}

fn what_waits_tonight(narrator: &mut Narrator) -> Result<(), Failure> {
    narrator.act("2024-05-06T17:00:00+02:00", "What waits tonight")?;
    narrator
        .say("An audit holds payment back in staging over night, and the next version comes. It waits.")?;
    narrator.run(&[
        "lock",
        "app",
        "payment",
        "-e",
        "staging",
        "-m",
        "audit until tomorrow",
        "--id",
        "audit",
    ])?;
    narrator.release("payment", 3, &["--source-message", "Say why a card is declined"])?;
    narrator.run(&["train", "staging"])?;
    narrator.links("staging", "payment")?;
    narrator.status()
}

fn what_to_look_at(narrator: &mut Narrator) -> Result<(), Failure> {
    let directory = narrator.directory();
    let head = ManifestRepo::open(directory, OpenOptions::default())?.head()?;
    let repo = text::shell_line(&[directory.display().to_string()]);
    narrator.say("That was the story. Each command was one commit; have a look:")?;
    narrator.line("")?;
    narrator.line(&format!("  git -C {repo} log"))?;
    narrator.line(&format!("  git -C {repo} show"))?;
    narrator.line(&format!("  ls -l {repo}/environments/staging/applications/payment"))?;
    narrator.line(&format!("  cat {repo}/argocd/v1alpha1/production.yaml"))?;
    narrator.line(&format!("  kuberpult -R {repo} status"))?;
    match head {
        Some(head) => narrator.say(&format!("The newest commit is {head}, here and wherever the demo runs.")),
        None => Ok(()),
    }
}
