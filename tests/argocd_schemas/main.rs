//! Argo CD's files against Argo CD's own schemas.
//!
//! `KUBERPULT_ARGOCD_CRDS_DIR` names a directory with `application-crd.yaml` and `appproject-crd.yaml`, as in Argo CD's
//! `manifests/crds`. Without it the tests are left out and say so.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "these are tests, their helpers included"
)]

mod generated;
mod schema;
mod yaml;

use std::collections::BTreeSet;

use kuberpult_tests::law::holds_for;
use kuberpult_tests::recorded::{Oracle, Recordings};
use proptest::{prop_assert, prop_assert_eq};
use serde_json::json;

use crate::schema::Schemas;

/// The files of recorded histories, which `agrees_with_recorded_histories` shows to be ours byte for byte.
#[test]
fn recorded_files_are_what_argo_cd_expects() {
    let Some(schemas) = Schemas::from_environment() else { return };
    let Some(recordings) = Recordings::from_environment() else { return };
    // Most files say again what others said, so each document is looked at once.
    let mut documents = BTreeSet::new();
    let of_our_layout = recordings.histories.iter().filter(|history| history.oracle == Oracle::B);
    for diff in of_our_layout.flat_map(|history| &history.steps).filter_map(|step| step.diff.as_ref()) {
        let files = diff.set.iter().filter(|(path, _)| path.starts_with("argocd/"));
        let texts = files.filter_map(|(_, entry)| entry.content.as_deref());
        documents.extend(texts.flat_map(|text| text.split("\n---\n")));
    }
    for text in &documents {
        for document in yaml::documents(text) {
            assert_eq!(schemas.faults(&document), Vec::<String>::new(), "{text}");
        }
    }
    println!("{} documents are valid", documents.len());
    assert!(!documents.is_empty(), "the recordings have no files for Argo CD");
}

/// Files that are rendered from any settings.
#[test]
fn rendered_files_are_what_argo_cd_expects() {
    let Some(schemas) = Schemas::from_environment() else { return };
    holds_for(48, generated::argocd(), |argocd| {
        let text = generated::rendered(&argocd);
        let documents = yaml::documents(&text);
        prop_assert_eq!(documents.len(), 3, "a project and two applications: {}", text);
        for document in &documents {
            prop_assert_eq!(schemas.faults(document), Vec::<String>::new(), "{}", text);
        }
        for application in &documents[1..] {
            let annotations = &application["metadata"]["annotations"];
            for (key, value) in &argocd.application_annotations {
                prop_assert_eq!(&annotations[key], value, "{}", text);
            }
            prop_assert!(annotations["com.freiheit.kuberpult/environment"] == "production");
        }
        Ok(())
    });
}

/// What shows that the schemas refuse something.
#[test]
fn what_argo_cd_does_not_expect_is_found() {
    let Some(schemas) = Schemas::from_environment() else { return };
    let project = json!({
        "apiVersion": "argoproj.io/v1alpha1", "kind": "AppProject", "metadata": {"name": "a"},
        "spec": {"sourceRepos": ["*"], "description": "a"},
    });
    let faults = |path: &str, value: serde_json::Value| {
        let mut changed = project.clone();
        *changed.pointer_mut(path).unwrap() = value;
        schemas.faults(&changed)
    };
    assert_eq!(schemas.faults(&project), Vec::<String>::new());
    assert!(faults("/spec/sourceRepos", json!("*"))[0].starts_with("/spec/sourceRepos: "), "a wrong type");
    assert!(faults("/spec", json!({"sourceRepo": []}))[0].contains("sourceRepo"), "an unknown key");
    assert!(faults("/metadata", json!({"names": "a"}))[0].contains("names"), "an unknown key of all objects");
    assert!(
        faults("/metadata", json!({"name": "a", "labels": {"a": 7}}))[0].starts_with("/metadata/labels/a: ")
    );
    assert_eq!(faults("/kind", json!("Deployment")), ["no schema for argoproj.io/v1alpha1 Deployment"]);
    assert_eq!(faults("/apiVersion", json!("argoproj.io/v2")), ["no schema for argoproj.io/v2 AppProject"]);
    assert!(!faults("/spec", json!(null)).is_empty(), "nothing where something is required");
}
