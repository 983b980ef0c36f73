//! Strategies for the configs of environments.

use kuberpult_core::{EnvironmentConfig, FreezeWindow, OnUnlock, Upstream};
use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, any, prop_oneof};

use crate::alphabet;

/// Configs with each kind of upstream, the ones that trains skip included; some with freeze windows.
pub fn environment_configs() -> impl Strategy<Value = EnvironmentConfig> {
    let upstream = |latest: bool, environment: Option<usize>| {
        let environment = environment.map(alphabet::environment);
        Some(Upstream { environment, latest })
    };
    let upstreams = prop_oneof![
        4 => Just(upstream(true, None)),
        4 => (0..alphabet::VALID_ENVIRONMENTS).prop_map(move |from| upstream(false, Some(from))),
        1 => Just(upstream(true, Some(0))),
        1 => Just(upstream(false, None)),
        1 => Just(None),
    ];
    let groups = prop_oneof![3 => Just(None), 4 => (0..alphabet::VALID_GROUPS).prop_map(Some)];
    let windows = prop_oneof![5 => Just(Vec::new()), 3 => freeze_windows()];
    (upstreams, groups, windows, on_unlocks(), any::<bool>()).prop_map(
        |(upstream, group, windows, on_unlock, argocd)| {
            let mut config = EnvironmentConfig::default();
            config.upstream = upstream;
            config.environment_group = group.map(alphabet::group);
            config.freeze_windows = windows;
            config.on_unlock = on_unlock;
            config.argocd = argocd.then(Default::default);
            config
        },
    )
}

/// Some freeze windows, mostly one.
pub fn freeze_windows() -> impl Strategy<Value = Vec<FreezeWindow>> {
    let windows = || (0..alphabet::FREEZE_WINDOW_COUNT).prop_map(alphabet::freeze_window);
    prop_oneof![2 => vec(windows(), 1), 1 => vec(windows(), 2..4)]
}

/// What an unlock does with queues; most say nothing.
pub fn on_unlocks() -> impl Strategy<Value = Option<OnUnlock>> {
    prop_oneof![
        4 => Just(None),
        2 => Just(Some(OnUnlock::Deploy)),
        2 => Just(Some(OnUnlock::Keep)),
        2 => Just(Some(OnUnlock::Drop)),
    ]
}
