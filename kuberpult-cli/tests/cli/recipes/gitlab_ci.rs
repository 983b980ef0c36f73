//! The pipelines of GitLab: their shape, and that every script runs.

use serde_json::Value;

use super::settle_queues::{CLOSED, frozen};
use super::site::{Site, recipe};
use super::yaml::{document, has_only, texts};

const JOB_KEYS: &[&str] = &[
    "stage",
    "rules",
    "resource_group",
    "timeout",
    "script",
    "after_script",
    "artifacts",
    "needs",
    "retry",
    "variables",
];
const NO_JOBS: [&str; 3] = ["default", "variables", "stages"];

fn pipelines() -> Value {
    document(&recipe("gitlab-ci/.gitlab-ci.yml"))
}

/// Runs a job as GitLab does: the lines of a script in one shell, those of `after_script` in another.
fn run_job(site: &Site, name: &str, more: &[(&str, &str)]) -> String {
    let pipelines = pipelines();
    let job = &pipelines[name];
    let mut variables: Vec<(&str, &str)> = Vec::new();
    for part in [&pipelines["variables"], &job["variables"]] {
        let part = part.as_object().into_iter().flatten();
        variables.extend(part.map(|(name, value)| (name.as_str(), value.as_str().unwrap())));
    }
    let url = site.server.url();
    variables.push(("KUBERPULT_REMOTE", &url));
    variables.extend(more);
    let mut printed = site.run_with(&texts(&job["script"]).join("\n"), &variables).with(0);
    if !job["after_script"].is_null() {
        printed.push_str(&site.run_with(&texts(&job["after_script"]).join("\n"), &variables).with(0));
    }
    for path in texts(&job["artifacts"]["paths"]) {
        assert!(site.file(&path).exists(), "{name}: {path}");
    }
    printed
}

#[test]
fn they_have_the_shape_of_pipelines() {
    let pipelines = pipelines();
    let stages = texts(&pipelines["stages"]);
    let jobs: Vec<_> =
        pipelines.as_object().unwrap().iter().filter(|(name, _)| !NO_JOBS.contains(&name.as_str())).collect();
    for (name, job) in &jobs {
        has_only(job, JOB_KEYS, name);
        assert!(stages.contains(&job["stage"].as_str().unwrap().to_owned()), "{name}");
        assert!(!texts(&job["script"]).is_empty(), "{name}");
        has_only(&job["artifacts"], &["when", "paths"], name);
        for rule in job["rules"].as_array().unwrap() {
            has_only(rule, &["if", "when"], name);
            assert!(
                rule["if"].as_str().unwrap().starts_with("$KUBERPULT_JOB == "),
                "{name} comes when it is asked for"
            );
        }
        for need in job["needs"].as_array().into_iter().flatten() {
            assert!(pipelines[need.as_str().unwrap()].is_object(), "{name} needs {need}");
        }
    }
    let names: Vec<&str> = jobs.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["approved-train", "prognosis", "settle", "test-and-train", "train"]);
}

#[test]
fn the_nightly_train_runs() {
    let site = Site::new();
    run_job(&site, "train", &[]);
    assert_eq!(site.versions("cart", "production"), (Some(1), None));
}

#[test]
fn the_nightly_train_runs_when_it_is_approved() {
    let site = Site::new();
    run_job(&site, "prognosis", &[]);
    assert_eq!(site.versions("cart", "production"), (None, None));
    run_job(&site, "approved-train", &[]);
    assert_eq!(site.versions("cart", "production"), (Some(1), None));
}

#[test]
fn the_tests_run_and_the_train_follows() {
    let site = Site::new();
    let printed = run_job(&site, "test-and-train", &[]);
    assert!(printed.contains("there is no lock on staging any more"), "{printed}");
    assert_eq!(site.versions("cart", "production"), (Some(1), None));
}

#[test]
fn the_queues_are_settled() {
    let site = frozen();
    let printed = run_job(&site, "settle", &[CLOSED]);
    assert!(printed.contains("**1 deployed; 0 are still waiting.**"), "{printed}");
}
