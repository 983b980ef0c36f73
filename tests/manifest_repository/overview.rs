//! An overview reads no more than it shows, and shows what the whole state has.

use kuberpult_core::{Blocker, State};
use kuberpult_git::{ManifestRepo, OpenOptions};
use kuberpult_tests::fixture::{Fixture, context, deploy, lock_environment};

/// Four versions of `cart`, one of which is queued and one nowhere, and one of `web`.
fn fixture() -> Fixture {
    let mut fixture = Fixture::with_cart(true);
    fixture.accepted(&deploy("cart", 1, "staging"));
    fixture.accepted(&lock_environment("staging", "ab", "load test"));
    for application in ["cart", "web"] {
        let release = fixture.release(application, &["development", "staging"]);
        fixture.accepted(&release);
    }
    fixture.accepted(&deploy("cart", 2, "staging"));
    for _ in 3..=4 {
        let release = fixture.release("cart", &["development", "staging"]);
        fixture.accepted(&release);
    }
    fixture
}

/// What is shown of a state: for each environment the blockers, and for each application what is there and how it stands.
fn shown(state: &State) -> Vec<(Vec<Blocker>, Vec<String>)> {
    let stages = state.stages();
    let environments = stages.iter().map(|stage| {
        let blocking = stage.environment.blocking(stage.name, context().now);
        let applications = state
            .applications
            .keys()
            .map(|application| format!("{application}: {:?}", stage.standing(application)));
        (blocking.environment_level().to_vec(), applications.collect())
    });
    environments.collect()
}

fn opened(fixture: &Fixture) -> ManifestRepo {
    ManifestRepo::open(fixture.path(), OpenOptions::default()).expect("opened")
}

#[test]
fn an_overview_shows_what_the_state_has_and_reads_less() {
    let fixture = fixture();
    let (whole, part) = (opened(&fixture), opened(&fixture));
    let (state, overview) = (whole.state().expect("read"), part.overview(None).expect("read"));
    assert_eq!(shown(&overview), shown(&state));
    assert!(part.objects_read() < whole.objects_read(), "{} objects", part.objects_read());
}

#[test]
fn an_overview_of_one_application_has_no_other() {
    let fixture = fixture();
    let cart = "cart".parse().expect("a name");
    let overview = opened(&fixture).overview(Some(&cart)).expect("read");
    assert_eq!(overview.applications.keys().collect::<Vec<_>>(), [&cart]);
    let mut state = opened(&fixture).state().expect("read");
    state.applications.retain(|name, _| *name == cart);
    assert_eq!(shown(&overview), shown(&state));
}

#[test]
fn environments_have_their_configs_and_locks_and_no_applications() {
    let fixture = fixture();
    let (part, whole) = (opened(&fixture), opened(&fixture));
    let environments = part.environments().expect("read");
    let mut state = whole.state().expect("read");
    state.applications.clear();
    state.environments.values_mut().for_each(|there| there.slots.clear());
    assert_eq!(environments, state);
}
