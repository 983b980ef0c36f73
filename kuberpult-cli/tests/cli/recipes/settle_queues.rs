//! Settling queues, when the freeze window is open and when it has closed; and remotes that want a password.

use kuberpult_test_servers::{Access, HttpServer, Kind, kinds};

use super::site::Site;

pub(super) const OPEN: (&str, &str) = ("KUBERPULT_NOW", "2024-05-06T10:00:00+02:00");
pub(super) const CLOSED: (&str, &str) = ("KUBERPULT_NOW", "2024-05-06T11:05:00+02:00");

const PRODUCTION: &str = r#"{"upstream": {"environment": "staging"}, "freezeWindows": [
    {"kind": "deny", "schedule": "0 9 * * *", "duration": "2h", "timeZone": "Europe/Berlin", "description": "peak hours"}
]}"#;

/// A site where version 1 of `cart` waits for the freeze window of production to close.
pub(super) fn frozen() -> Site {
    let site = Site::new();
    site.terminal.write("job/production.json", PRODUCTION);
    site.kuberpult("env update production --config production.json");
    site.kuberpult_at("deploy cart 1 -e production", &[OPEN]);
    assert_eq!(site.versions("cart", "production"), (None, Some(1)));
    site
}

#[test]
fn what_waited_is_deployed_when_the_window_has_closed() {
    let site = frozen();
    let line =
        "sh kuberpult/kuberpult.sh -o json queue settle -e production --markdown settled.md > settled.json";
    let before = site.head();
    site.run_with(line, &[OPEN]).with(0);
    let report = site.read("settled.md");
    assert!(report.contains("**0 deployed; 1 is still waiting.**"), "{report}");
    assert!(report.contains("until `2024-05-06T11:00:00+02:00`"), "{report}");
    assert_eq!(site.head(), before);

    site.kuberpult_at("lock app pay -e production --id audit", &[CLOSED]);
    site.kuberpult_at("deploy pay 1 -e production", &[CLOSED]);
    site.run_with(line, &[CLOSED]).with(0);
    let report = site.read("settled.md");
    assert!(report.contains("**1 deployed; 1 is still waiting.**"), "{report}");
    assert!(report.contains("lock `audit`"), "{report}");
    assert_eq!(site.versions("cart", "production"), (Some(1), None));
    let receipt: serde_json::Value = serde_json::from_str(&site.read("settled.json")).unwrap();
    assert_eq!(receipt["commit"], site.head());
}

/// The token is given to git when it asks, and is in nothing that is printed.
#[test]
fn a_remote_that_wants_a_password_gets_the_token() {
    if !kinds().contains(&Kind::Http) {
        return;
    }
    let site = Site::new();
    // The base64 of `kuberpult:s3cret`.
    let access = Access::Basic("a3ViZXJwdWx0OnMzY3JldA==".into());
    let server = HttpServer::start(site.server.root(), access);
    let url = server.url("manifests.git");
    let line = "sh kuberpult/kuberpult.sh train production";
    let printed = site.run_with(line, &[("KUBERPULT_REMOTE", &url), ("RETRY_TIMES", "1")]).with(6);
    assert!(!printed.contains("s3cret"));
    let token = [("KUBERPULT_REMOTE", url.as_str()), ("KUBERPULT_TOKEN", "s3cret"), ("RETRY_TIMES", "1")];
    let printed = site.run_with(line, &token).with(0);
    assert!(printed.contains("deployed version 1 of \"cart\"") && !printed.contains("s3cret"), "{printed}");
}
