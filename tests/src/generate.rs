//! Strategies that make histories.

mod environments;

use std::fmt;
use std::num::NonZeroU32;
use std::ops::Range;

use kuberpult_core::{
    Application, EnvironmentConfig, OnLock, Release, State, TrainOnLock, TrainTargetType, Version,
};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::{Just, Strategy, any, prop_oneof};

use crate::alphabet;
use crate::intent::{Intent, LockOn, ReleaseIntent, TrainTarget, VersionIntent};
use crate::run::Run;

pub use environments::{environment_configs, freeze_windows, on_unlocks};

/// A history in the abstract. [`Run::of`] makes commands of it.
#[derive(Clone)]
pub struct History {
    /// How many releases cleanup keeps: few, so that it has something to do.
    pub releases_kept: NonZeroU32,
    /// Whether it starts with what other tools left behind, and not with nothing.
    pub foreign_start: bool,
    /// The configs of the environments that are made first.
    pub environments: Vec<EnvironmentConfig>,
    /// What is wanted after that.
    pub turns: Vec<Turn>,
}

/// One thing that is wanted, by one of two actors, some time after the last.
#[derive(Debug, Clone)]
pub struct Turn {
    /// What is wanted.
    pub intent: Intent,
    /// How many minutes after the last turn.
    pub minutes: u16,
    /// As what revision the state before it is remembered, if it is.
    pub remember: Option<usize>,
    /// Whether the second of the two actors wants it.
    pub second_actor: bool,
}

/// What is shown when a law does not hold: the commands and what came of each.
impl fmt::Debug for History {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "releases kept {}, foreign start: {}", self.releases_kept, self.foreign_start)?;
        fmt::Display::fmt(&Run::of(self), f)
    }
}

/// Histories that start with nothing.
pub fn histories() -> impl Strategy<Value = History> {
    histories_of(0..40)
}

/// Histories of so many turns after the environments are made.
pub fn histories_of(length: Range<usize>) -> impl Strategy<Value = History> {
    // Few, so that cleanup has something to do; or so many that what is past can be had again.
    let kept = prop_oneof![3 => 1..=4u32, 2 => Just(20)];
    (kept, vec(environment_configs(), alphabet::USUAL_ENVIRONMENTS), any::<bool>(), vec(turns(), length))
        .prop_map(|(kept, mut environments, usual, turns)| {
            if usual {
                make_usual(&mut environments);
            }
            let releases_kept = NonZeroU32::new(kept).unwrap_or(NonZeroU32::MIN);
            History { releases_kept, foreign_start: false, environments, turns }
        })
}

/// Histories of which some start with what other tools left behind: dangling versions, odd names, the highest
/// version there is. The checker finds errors in their states.
pub fn histories_of_any_start() -> impl Strategy<Value = History> {
    (histories(), 0..6u8).prop_map(|(history, start)| History { foreign_start: start == 5, ..history })
}

/// Development follows `latest`, staging development, production staging; groups stay as they are.
fn make_usual(environments: &mut [EnvironmentConfig]) {
    for (index, config) in environments.iter_mut().enumerate() {
        config.upstream = match index.checked_sub(1) {
            None => EnvironmentConfig::with_upstream_latest().upstream,
            Some(before) => EnvironmentConfig::with_upstream(alphabet::environment(before)).upstream,
        };
    }
}

impl History {
    /// What it starts with.
    #[must_use]
    pub fn start(&self) -> State {
        let mut state = if self.foreign_start { foreign() } else { State::default() };
        state.settings.releases_kept = self.releases_kept;
        state
    }
}

/// What other tools may leave behind, and no history of ours leads to.
fn foreign() -> State {
    let mut state = State::default();
    let development = alphabet::environment(0);
    let there = state.environments.entry(development.clone()).or_default();
    there.config = EnvironmentConfig::with_upstream_latest();
    for lock_id in [1, 3] {
        there.locks.insert(alphabet::lock_id(lock_id), kuberpult_core::Lock::default());
    }
    // A team with no lock left.
    there.team_locks.insert(alphabet::team(0), kuberpult_core::Locks::new());
    // Queued, but there is no such release; or it has no manifest for the environment.
    for (application, queued) in [(0, 4), (1, 1)] {
        let slot = there.slots.entry(alphabet::application(application)).or_default();
        slot.queued = Some(alphabet::version(queued));
    }
    let elsewhere = [(alphabet::environment(1), alphabet::manifest(7))];
    let here = [(development, alphabet::manifest(8))];
    let mut release = |application: usize, version: u64, manifests: &[_]| {
        let manifests = manifests.iter().cloned().collect();
        let application: &mut Application =
            state.applications.entry(alphabet::application(application)).or_default();
        let version = Version::new(version).unwrap_or(Version::FIRST);
        application.releases.insert(version, Release { manifests, ..Release::default() });
    };
    release(1, 1, &elsewhere);
    release(2, u64::MAX, &here);
    release(4, 1, &here);
    state
}

/// What a deployment does on locks.
pub fn on_locks() -> impl Strategy<Value = OnLock> {
    prop_oneof![5 => Just(OnLock::Queue), 3 => Just(OnLock::Fail), 2 => Just(OnLock::Ignore)]
}

/// What a train does on locks.
pub fn train_on_locks() -> impl Strategy<Value = TrainOnLock> {
    prop_oneof![Just(TrainOnLock::Queue), Just(TrainOnLock::Skip)]
}

/// Things that are wanted.
pub fn turns() -> impl Strategy<Value = Turn> {
    let intents = prop_oneof![9 => intents(), 1 => batches()];
    let minutes = prop_oneof![3 => 0..3u16, 2 => 5..150u16];
    let remember = option::weighted(0.12, 0..alphabet::VALID_REVISIONS);
    (intents, minutes, remember, any::<bool>()).prop_map(|(intent, minutes, remember, second_actor)| Turn {
        intent,
        minutes,
        remember,
        second_actor,
    })
}

/// Several things at once; now and then one of them is several things itself.
pub fn batches() -> impl Strategy<Value = Intent> {
    let nested = vec(intents(), 1..3).prop_map(Intent::Batch);
    vec(prop_oneof![30 => intents(), 1 => nested], 2..=4).prop_map(Intent::Batch)
}

fn intents() -> impl Strategy<Value = Intent> {
    prop_oneof![
        30 => release_intents().prop_map(Intent::CreateRelease),
        18 => (any::<usize>(), on_locks(), any::<bool>())
            .prop_map(|(pick, on_lock, reason)| Intent::Deploy { pick, on_lock, reason }),
        16 => lock_intents(),
        20 => (any::<usize>(), any::<bool>(), on_unlocks())
            .prop_map(|(pick, from_group, queued)| Intent::Unlock { pick, from_group, queued }),
        22 => trains(),
        4 => Just(Intent::Again),
        9 => environment_intents(),
        5 => (0..alphabet::VALID_ENVIRONMENTS, 0..5usize, 1..=alphabet::VERSIONS / 2, on_locks()).prop_map(
            |(environment, application, version, on_lock)| Intent::DeployAnything {
                environment,
                application,
                version,
                on_lock,
            }
        ),
        3 => (lock_scopes(), 0..4usize, on_unlocks())
            .prop_map(|(on, lock_id, queued)| Intent::UnlockAnything { on, lock_id, queued }),
        5 => option::weighted(0.6, 0..alphabet::VALID_ENVIRONMENTS)
            .prop_map(|environment| Intent::SettleQueue { environment }),
        8 => any::<usize>().prop_map(|pick| Intent::WayOut { pick }),
        1 => (0..alphabet::VALID_APPLICATIONS).prop_map(|application| Intent::Undeploy { application }),
        3 => (0..alphabet::VALID_ENVIRONMENTS, 0..alphabet::VALID_APPLICATIONS)
            .prop_map(|(environment, application)| Intent::Remove { environment, application }),
    ]
}

/// Environments that are made, changed and deleted.
fn environment_intents() -> impl Strategy<Value = Intent> {
    let configs = || {
        (environment_configs(), 0..12u8).prop_map(|(mut config, group)| {
            if group == 0 {
                config.environment_group = Some(alphabet::group(alphabet::VALID_GROUPS));
            }
            Box::new(config)
        })
    };
    // Mostly one part: the windows, what an unlock does, the group, the upstream, Argo CD; else all.
    let parts = prop_oneof![
        6 => Just(0b00001u8), 2 => Just(0b00010u8), 3 => Just(0b00100u8), 2 => Just(0b01000u8),
        1 => Just(0b10000u8), 1 => Just(0b11111u8),
    ];
    prop_oneof![
        3 => (0..5usize, configs())
            .prop_map(|(environment, config)| Intent::CreateEnvironment { environment, config }),
        5 => (0..alphabet::VALID_ENVIRONMENTS, configs(), parts).prop_map(|(environment, config, parts)| {
            Intent::UpdateEnvironment { environment, config, parts }
        }),
        2 => (0..alphabet::VALID_ENVIRONMENTS, any::<bool>())
            .prop_map(|(environment, force)| Intent::DeleteEnvironment { environment, force }),
    ]
}

/// Locks of any scope, with ids that are mostly valid.
pub fn lock_intents() -> impl Strategy<Value = Intent> {
    let ids = prop_oneof![20 => 0..alphabet::VALID_LOCK_IDS, 1 => Just(alphabet::VALID_LOCK_IDS)];
    (lock_scopes(), ids, 0..6u8).prop_map(|(on, lock_id, text)| Intent::Lock { on, lock_id, text })
}

/// What a lock may lock; mostly something that is there.
pub fn lock_scopes() -> impl Strategy<Value = LockOn> {
    let environments =
        || prop_oneof![12 => 0..alphabet::USUAL_ENVIRONMENTS, 1 => Just(alphabet::USUAL_ENVIRONMENTS)];
    let applications =
        prop_oneof![20 => 0..alphabet::VALID_APPLICATIONS, 1 => Just(alphabet::VALID_APPLICATIONS)];
    prop_oneof![
        3 => environments().prop_map(LockOn::Environment),
        6 => (environments(), applications).prop_map(|(there, locked)| LockOn::Application(there, locked)),
        5 => (environments(), teams()).prop_map(|(there, locked)| LockOn::Team(there, locked)),
        2 => (0..alphabet::VALID_GROUPS).prop_map(LockOn::Group),
    ]
}

fn teams() -> impl Strategy<Value = usize> {
    prop_oneof![20 => 0..alphabet::VALID_TEAMS, 1 => Just(alphabet::VALID_TEAMS)]
}

fn release_intents() -> impl Strategy<Value = ReleaseIntent> {
    let applications =
        prop_oneof![40 => 0..alphabet::VALID_APPLICATIONS, 1 => Just(alphabet::VALID_APPLICATIONS)];
    let versions = prop_oneof![
        6 => Just(VersionIntent::Next),
        3 => (1..=alphabet::VERSIONS).prop_map(VersionIntent::Exactly),
        1 => any::<usize>().prop_map(VersionIntent::Existing),
    ];
    // Bit 3 is the environment that is mostly unknown.
    let manifests = prop_oneof![Just(0b0111u8), 0..16u8];
    (applications, versions, manifests, 0..3u8, option::weighted(0.5, teams()), any::<u8>()).prop_map(
        |(application, version, manifests, content, team, source)| ReleaseIntent {
            application,
            version,
            manifests,
            content,
            team,
            source,
        },
    )
}

/// Trains to environments and groups.
pub fn trains() -> impl Strategy<Value = Intent> {
    let targets = prop_oneof![
        12 => any::<usize>().prop_map(TrainTarget::Existing),
        1 => (0..alphabet::VALID_ENVIRONMENTS).prop_map(TrainTarget::Environment),
        1 => (0..alphabet::VALID_GROUPS).prop_map(TrainTarget::Group),
    ];
    let target_types = prop_oneof![
        6 => Just(None),
        1 => Just(Some(TrainTargetType::Environment)),
        1 => Just(Some(TrainTargetType::EnvironmentGroup)),
    ];
    let teams = option::weighted(0.25, 0..alphabet::VALID_TEAMS);
    let revisions = prop_oneof![
        8 => Just(None),
        6 => (0..alphabet::VALID_REVISIONS).prop_map(Some),
        1 => Just(Some(alphabet::VALID_REVISIONS)),
    ];
    (targets, target_types, teams, revisions, train_on_locks()).prop_map(
        |(target, target_type, team, as_of, on_lock)| Intent::Train {
            target,
            target_type,
            team,
            as_of,
            on_lock,
        },
    )
}
