//! Texts that are no valid values.

use kuberpult_core::{
    ApplicationName, ApplicationPattern, EnvironmentName, LockId, ManifestId, Revision, Schedule, Time,
    Version, WindowDuration, Zone,
};
use kuberpult_git::{CommitId, environment_config_from_json};

use super::{Family, part, path, shown};
use crate::exit::Failure;

pub(super) fn families() -> Vec<Family> {
    let name = |error: kuberpult_core::NameError| part(&error);
    let duration = |text: &str| part(&text.parse::<WindowDuration>().unwrap_err());
    let pattern = |text: &str| part(&text.parse::<ApplicationPattern>().unwrap_err());
    let schedule = |text: &str| part(&text.parse::<Schedule>().unwrap_err());
    let config = |text: &str| {
        let error = || environment_config_from_json(text).unwrap_err();
        shown(&error(), &Failure::Config { path: path("staging.json"), source: error() })
    };
    vec![
        Family::new(
            "NameError",
            "kuberpult-core/src/name.rs",
            vec![
                name(EnvironmentName::new("a-name-that-is-far-too-long").unwrap_err()),
                name(EnvironmentName::new("Staging").unwrap_err()),
                name(LockId::new("x").unwrap_err()),
                name(ApplicationName::existing("../cart").unwrap_err()),
            ],
        ),
        Family::new(
            "VersionError",
            "kuberpult-core/src/version.rs",
            vec![part(&"v7".parse::<Version>().unwrap_err())],
        ),
        Family::new(
            "TimeError",
            "kuberpult-core/src/time.rs",
            vec![part(&"yesterday".parse::<Time>().unwrap_err())],
        ),
        Family::new(
            "RevisionError",
            "kuberpult-core/src/past.rs",
            vec![part(&"--all".parse::<Revision>().unwrap_err())],
        ),
        Family::new(
            "ManifestIdError",
            "kuberpult-core/src/release.rs",
            vec![part(&"latest".parse::<ManifestId>().unwrap_err())],
        ),
        Family::new(
            "CommitIdError",
            "kuberpult-git/src/commit_id.rs",
            vec![part(&"HEAD".parse::<CommitId>().unwrap_err())],
        ),
        Family::new(
            "ZoneError",
            "kuberpult-core/src/zone.rs",
            vec![part(&"Europe/Berln".parse::<Zone>().unwrap_err())],
        ),
        Family::new(
            "WindowDurationError",
            "kuberpult-core/src/window_duration.rs",
            vec![duration("2 hours"), duration("0h"), duration("9000h")],
        ),
        Family::new(
            "ApplicationPatternError",
            "kuberpult-core/src/application_pattern.rs",
            vec![pattern(""), pattern("cart-[ab]")],
        ),
        Family::new(
            "ScheduleError",
            "kuberpult-core/src/schedule.rs",
            vec![
                schedule("0 9 * *"),
                schedule("@daily"),
                schedule("@reboot"),
                schedule("CRON_TZ=Europe/Berlin 0 9 * * *"),
                schedule("0 25 * * *"),
                schedule("0 nine * * *"),
                schedule("0 17-9 * * *"),
                schedule("*/0 9 * * *"),
                schedule("0 0 31 2 *"),
            ],
        ),
        Family::new(
            "ConfigError",
            "kuberpult-git/src/config_json.rs",
            vec![
                config("{"),
                config(r#"{"upstream": 7}"#),
                config(
                    r#"{"freezeWindows": [{"kind": "deny", "schedule": "0 25 * * *", "duration": "2h"}]}"#,
                ),
                config(r#"{"onUnlock": "wait"}"#),
                config(r#"{"upstream": {"environmnet": "staging"}}"#),
            ],
        ),
    ]
}
