//! The workflows of GitHub Actions: their shape, their times, and that every step runs.

use std::collections::BTreeMap;
use std::fs;

use github_actions_models::workflow::Workflow;
use kuberpult_core::Schedule;
use serde_json::Value;

use super::settle_queues::{CLOSED, frozen};
use super::site::{Site, recipe, recipes};
use super::yaml::{document, has_only};

const STEP_KEYS: &[&str] = &["name", "id", "if", "uses", "with", "run", "env"];
const JOB_KEYS: &[&str] =
    &["if", "needs", "environment", "runs-on", "container", "timeout-minutes", "steps", "env"];

/// What an expression is on GitHub; there must be no other.
const EXPRESSIONS: [(&str, &str); 4] = [
    ("${{ secrets.KUBERPULT_TOKEN }}", ""),
    ("${{ github.server_url }}", "https://github.com"),
    ("${{ github.repository }}", "shop/pipelines"),
    ("${{ github.run_id }}", "7"),
];

fn workflow(name: &str) -> Value {
    document(&recipe(&format!("github-actions/{name}.yml")))
}

fn variables(into: &mut BTreeMap<String, String>, env: &Value) {
    for (name, value) in env.as_object().into_iter().flatten() {
        let mut value = value.as_str().unwrap().to_owned();
        for (expression, is) in EXPRESSIONS {
            value = value.replace(expression, is);
        }
        assert!(!value.contains("${{"), "unknown expression in `{name}`: {value}");
        into.insert(name.clone(), value);
    }
}

/// Runs the steps of a job, and gives what is in its summary.
fn run_job(site: &Site, workflow: &Value, job: &str, more: &[(&str, &str)]) -> String {
    let job = &workflow["jobs"][job];
    assert_eq!(workflow["defaults"]["run"]["shell"], "sh");
    let summary = site.terminal.path("summary.md");
    fs::write(&summary, "").unwrap();
    for step in job["steps"].as_array().unwrap() {
        if let Some(run) = step["run"].as_str() {
            assert!(
                !run.contains("${{"),
                "an expression in a script is a way in for whoever can write it: {run}"
            );
            let mut env = BTreeMap::new();
            for part in [&workflow["env"], &job["env"], &step["env"]] {
                variables(&mut env, part);
            }
            env.insert("GITHUB_STEP_SUMMARY".into(), summary.display().to_string());
            env.insert("KUBERPULT_REMOTE".into(), site.server.url());
            let env: Vec<(&str, &str)> =
                env.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            site.terminal.write("step.sh", run);
            site.run_with("sh -e ../step.sh", &[env.as_slice(), more].concat()).with(0);
        } else if step["uses"].as_str().unwrap().starts_with("actions/upload-artifact@") {
            let path = step["with"]["path"].as_str().unwrap();
            site.run(&format!("ls {path}")).with(0);
        }
    }
    fs::read_to_string(summary).unwrap()
}

#[test]
fn they_have_the_shape_of_workflows() {
    let mut count = 0;
    for file in fs::read_dir(recipes().join("github-actions")).unwrap() {
        let path = file.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        let workflow = workflow(name);
        let mut unknown = Vec::new();
        let read: Result<Workflow, _> =
            serde_ignored::deserialize(&workflow, |key| unknown.push(key.to_string()));
        read.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(unknown.is_empty(), "{name}: {unknown:?}");
        for (job_name, job) in workflow["jobs"].as_object().unwrap() {
            has_only(job, JOB_KEYS, job_name);
            if let Some(need) = job["needs"].as_str() {
                assert!(workflow["jobs"][need].is_object(), "{job_name} needs {need}");
            }
            for step in job["steps"].as_array().unwrap() {
                has_only(step, STEP_KEYS, job_name);
                assert!(step["run"].is_string() != step["uses"].is_string(), "{step}");
            }
        }
        let times = workflow["on"]["schedule"].as_array().unwrap();
        for time in times {
            time["cron"].as_str().unwrap().parse::<Schedule>().unwrap();
        }
        assert!(!times.is_empty(), "{name} comes by itself");
        // Whoever waits is not cancelled: a train that was cancelled half-way is a train that left late.
        assert!(workflow["concurrency"]["group"].is_string(), "{name}");
        assert!(workflow["concurrency"]["cancel-in-progress"].is_null(), "{name}");
        count += 1;
    }
    assert_eq!(count, 3);
}

#[test]
fn the_nightly_train_runs() {
    let site = Site::new();
    let summary = run_job(&site, &workflow("nightly-train"), "train", &[]);
    assert!(summary.contains("**2 deployed, 1 skipped.**"), "{summary}");
    assert_eq!(site.versions("cart", "production"), (Some(1), None));
}

#[test]
fn the_nightly_train_runs_when_it_is_approved() {
    let (site, workflow) = (Site::new(), workflow("nightly-train"));
    let summary = run_job(&site, &workflow, "prognosis", &[]);
    assert!(summary.contains("**2 would be deployed, 1 skipped.**"), "{summary}");
    assert_eq!(site.versions("cart", "production"), (None, None));
    let summary = run_job(&site, &workflow, "approved-train", &[]);
    assert!(summary.contains("**2 deployed, 1 skipped.**"), "{summary}");
    assert_eq!(site.versions("cart", "production"), (Some(1), None));
}

#[test]
fn the_tests_run_and_the_train_follows() {
    let site = Site::new();
    site.terminal.write("job/system-tests.sh", "kuberpult -o json locks >locks.json\n");
    let summary = run_job(&site, &workflow("lock-test-train"), "test-and-train", &[]);
    assert!(summary.contains("**2 deployed, 1 skipped.**"), "{summary}");
    assert!(site.read("locks.json").contains("https://github.com/shop/pipelines/actions/runs/7"));
    assert!(!site.is_locked("staging"));
}

#[test]
fn the_queues_are_settled() {
    let site = frozen();
    let summary = run_job(&site, &workflow("settle-queues"), "settle", &[CLOSED]);
    assert!(summary.contains("**1 deployed; 0 are still waiting.**"), "{summary}");
    assert_eq!(site.versions("cart", "production"), (Some(1), None));
}
