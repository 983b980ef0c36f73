//! What another version would change: the manifests, and the releases between.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use kuberpult_core::{
    Command, CreateRelease, EnvironmentConfig, EnvironmentName, Refusal, Rejection, Version,
};
use kuberpult_git::{DifferenceError, ManifestDifference};
use kuberpult_tests::fixture::{Fixture, context, create_environment, deploy, lock_environment};
use kuberpult_tests::git;
use proptest::prelude::*;

/// What Argo CD reads of `cart` in staging.
const COPY: &str = "environments/staging/applications/cart/manifests/manifests.yaml";

/// A release of `cart` with this manifest for development and staging, from source commit `c0ffee<version>`.
fn release(fixture: &mut Fixture, version: u64, manifest: &[u8]) {
    let manifest = fixture.repo.add_manifest(manifest).expect("a manifest");
    let environment = |name: &str| name.parse::<EnvironmentName>().expect("a name");
    let manifests = BTreeMap::from(["development", "staging"].map(|name| (environment(name), manifest)));
    let release = CreateRelease {
        version: Version::new(version),
        source_commit_id: Some(format!("c0ffee{version}").into()),
        ..CreateRelease::new("cart".parse().expect("a name"), manifests)
    };
    fixture.accepted(&Command::CreateRelease(release));
}

/// Development follows latest, staging follows development; a release of `cart` for each manifest.
fn fixture(manifests: &[&[u8]]) -> Fixture {
    let mut fixture = Fixture::empty(true);
    fixture.accepted(&create_environment("development", EnvironmentConfig::with_upstream_latest()));
    let upstream = "development".parse().expect("a name");
    fixture.accepted(&create_environment("staging", EnvironmentConfig::with_upstream(upstream)));
    for (version, manifest) in (1..).zip(manifests) {
        release(&mut fixture, version, manifest);
    }
    fixture
}

fn compare(
    fixture: &Fixture,
    environment: &str,
    version: Option<u64>,
) -> Result<ManifestDifference, DifferenceError> {
    let version = version.map(|version| Version::new(version).expect("a version"));
    let environment = environment.parse().expect("a name");
    fixture.repo.manifest_difference(&context(), &environment, &"cart".parse().expect("a name"), version)
}

fn versions(difference: &ManifestDifference) -> Vec<String> {
    difference.releases.iter().map(|release| release.version.to_string()).collect()
}

#[test]
fn the_next_train_is_compared_unless_a_version_is_named() {
    let mut fixture = fixture(&[b"a: 1\n", b"a: 2\n", b"a: 3\n", b"a: 4\n"]);
    fixture.accepted(&deploy("cart", 1, "staging"));
    fixture.accepted(&deploy("cart", 3, "development"));
    fixture.accepted(&lock_environment(
        "staging",
        "ab",
        "the train is held back, and says what it would bring",
    ));
    let next = compare(&fixture, "staging", None).expect("a difference");
    assert!(next.next_train && !next.goes_back() && !next.changed_by_hand);
    assert_eq!(versions(&next), ["2", "3"]);
    assert_eq!(next.source_commits(), Some(("c0ffee1", "c0ffee3")));
    let created_at = next.to.created_at.expect("a time");
    assert_eq!(created_at, context().now);
    assert_eq!(
        next.unified_diff(3),
        "--- a/environments/staging/applications/cart/manifests/manifests.yaml\tversion 1 (deployed)\n\
         +++ b/environments/staging/applications/cart/manifests/manifests.yaml\tversion 3 (next train)\n\
         @@ -1 +1 @@\n-a: 1\n+a: 3\n"
    );
    let latest = compare(&fixture, "development", None).expect("a difference");
    assert_eq!(Some(latest.to.version), Version::new(4));
    let back = compare(&fixture, "development", Some(1)).expect("a difference");
    assert!(back.goes_back() && !back.next_train);
    assert_eq!(versions(&back), ["3", "2"]);
    let same = compare(&fixture, "development", Some(3)).expect("a difference");
    assert_eq!((same.unified_diff(3).as_str(), versions(&same).len()), ("", 0));
}

#[test]
fn what_was_never_deployed_is_added() {
    let fixture = fixture(&[b"a: 1", b"a: 2"]);
    let first = compare(&fixture, "staging", None).expect("a difference");
    assert_eq!((first.from.as_ref(), versions(&first)), (None, vec!["1".to_owned(), "2".to_owned()]));
    assert_eq!(first.source_commits(), None);
    assert_eq!(
        first.unified_diff(3),
        "--- /dev/null\tnot deployed\n\
         +++ b/environments/staging/applications/cart/manifests/manifests.yaml\tversion 2 (next train)\n\
         @@ -0,0 +1 @@\n+a: 2\n\\ No newline at end of file\n"
    );
    let directory = tempfile::tempdir().expect("a directory");
    git::run(directory.path(), &["init", "-q"]);
    apply(directory.path(), &first.unified_diff(3));
    assert_eq!(fs::read(directory.path().join(COPY)).expect("a file"), b"a: 2");
}

#[test]
fn an_undeploy_release_removes_everything() {
    let mut fixture = fixture(&[b"a: 1\n"]);
    fixture.accepted(&deploy("cart", 1, "staging"));
    fixture.accepted(&Command::PrepareUndeploy { application: "cart".parse().expect("a name") });
    let undeploy = compare(&fixture, "staging", None).expect("a difference");
    assert!(undeploy.to.undeploy);
    assert!(
        undeploy
            .unified_diff(3)
            .contains("\tversion 2 (next train, undeploy release)\n@@ -1 +0,0 @@\n-a: 1\n")
    );
    fixture.accepted(&deploy("cart", 2, "staging"));
    let and_back = compare(&fixture, "staging", Some(1)).expect("a difference");
    assert!(!and_back.changed_by_hand, "a blank is how the repository writes nothing");
    assert!(and_back.unified_diff(3).ends_with("@@ -0,0 +1 @@\n+a: 1\n"));
}

#[test]
fn what_argo_cd_reads_counts_and_not_what_was_released() {
    let mut fixture = fixture(&[b"a: 1\n", b"a: 2\n"]);
    fixture.accepted(&deploy("cart", 1, "staging"));
    git::commit_files(fixture.path(), &[(COPY, b"a: by hand\n")]);
    let difference = compare(&fixture, "staging", Some(2)).expect("a difference");
    assert!(difference.changed_by_hand);
    assert!(difference.unified_diff(3).ends_with("-a: by hand\n+a: 2\n"));
}

#[test]
fn what_is_no_text_is_binary() {
    for binary in [&b"a: \xff\n"[..], b"a: \0\n"] {
        let mut fixture = fixture(&[b"a: 1\n", binary]);
        fixture.accepted(&deploy("cart", 1, "staging"));
        let diff = compare(&fixture, "staging", None).expect("a difference").unified_diff(3);
        assert!(
            diff.starts_with("Binary files a/environments/staging/") && diff.ends_with(" differ\n"),
            "{diff}"
        );
    }
}

#[test]
fn a_manifest_beyond_the_limit_is_not_read() {
    let mut fixture = fixture(&[b"a: 1\n", b"a: 2\n"]);
    fixture.accepted(&deploy("cart", 1, "staging"));
    const LIMIT: usize = 64 * 1024 * 1024;
    for (size, is_read) in [(LIMIT, true), (LIMIT + 1, false)] {
        git::commit_files(fixture.path(), &[(COPY, &vec![b'a'; size])]);
        match compare(&fixture, "staging", Some(2)) {
            Ok(difference) => assert!(is_read && difference.before.len() == size, "{size}"),
            Err(error) => assert!(!is_read && error.to_string().contains(COPY), "{error}"),
        }
    }
}

#[test]
fn what_could_not_be_deployed_is_refused_as_a_deployment_would_be() {
    let fixture = fixture(&[b"a: 1\n"]);
    let rejection = |environment: &str, version| match compare(&fixture, environment, version) {
        Err(DifferenceError::Rejected(rejection)) => rejection,
        other => panic!("{other:?}"),
    };
    let code = |rejection: Rejection| rejection.refusals().iter().map(Refusal::code).collect::<Vec<_>>();
    assert_eq!(code(rejection("nowhere", Some(1))), ["ENVIRONMENT_NOT_FOUND"]);
    assert_eq!(code(rejection("nowhere", None)), ["ENVIRONMENT_NOT_FOUND"]);
    assert_eq!(code(rejection("staging", Some(7))), ["RELEASE_NOT_FOUND"]);
}

#[test]
fn without_a_next_train_a_version_has_to_be_named() {
    let mut fixture = fixture(&[b"a: 1\n"]);
    fixture.accepted(&create_environment("sandbox", EnvironmentConfig::default()));
    let error = compare(&fixture, "sandbox", None).expect_err("there is no train");
    assert!(matches!(error, DifferenceError::NoNextTrain { .. }), "{error}");
    let upstream = "sandbox".parse().expect("a name");
    fixture.accepted(&create_environment("after", EnvironmentConfig::with_upstream(upstream)));
    let error = compare(&fixture, "after", None).expect_err("nothing is upstream");
    assert!(matches!(error, DifferenceError::NothingUpstream { .. }), "{error}");
    assert!(error.to_string().contains("`--version`"), "{error}");
}

/// Texts of few kinds of lines, so that two of them have lines in common; the last one may be without line break.
fn text() -> impl Strategy<Value = String> {
    let line =
        prop::sample::select(vec!["a: 1", "b: 2\r", "", " ", "-- x", "++ y", "@@ -1 +1 @@", "ä: \u{1b}[2J"]);
    (prop::collection::vec(line, 0..12), any::<bool>()).prop_map(|(lines, ends)| {
        let text = lines.join("\n");
        if ends && !text.is_empty() { format!("{text}\n") } else { text }
    })
}

fn difference(before: &str, after: &str) -> ManifestDifference {
    let mut fixture = fixture(&[before.as_bytes(), after.as_bytes()]);
    fixture.accepted(&deploy("cart", 1, "staging"));
    compare(&fixture, "staging", None).expect("a difference")
}

fn apply(directory: &Path, patch: &str) {
    fs::write(directory.join("patch"), patch).expect("written");
    git::run(directory, &["apply", "--unidiff-zero", "--whitespace=nowarn", "patch"]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn git_applies_the_diff(before in text(), after in text(), context_lines in 0..4_u32) {
        prop_assume!(before != " " && after != " ");
        // Without context git applies its own patches wrongly where a last line without a line break is removed: the line
        // before it loses its own.
        prop_assume!(context_lines > 0 || before.is_empty() || before.ends_with('\n'));
        let difference = difference(&before, &after);
        let patch = difference.unified_diff(context_lines);
        prop_assert_eq!(patch.is_empty(), before == after);
        prop_assert!(!difference.changed_by_hand);
        if !patch.is_empty() {
            let directory = tempfile::tempdir().expect("a directory");
            git::run(directory.path(), &["init", "-q"]);
            let manifest = directory.path().join(COPY);
            fs::create_dir_all(manifest.parent().expect("a directory")).expect("made");
            fs::write(&manifest, &before).expect("written");
            apply(directory.path(), &patch);
            // Git deletes a file from which everything was removed.
            prop_assert_eq!(fs::read_to_string(&manifest).unwrap_or_default(), after);
        }
    }
}
