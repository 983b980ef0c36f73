//! What a real installation has anyway: the environments' configs, and services with their manifests.

use std::path::Path;

use super::write_file;
use crate::exit::Failure;

/// Where Argo CD would find the repository.
pub(super) const REPO_URL: &str = "ssh://git@example.com/manifests.git";

/// The environments: name, upstream and freeze windows as JSON, replicas of a service.
const ENVIRONMENTS: [(&str, &str, &str, u32); 3] = [
    ("development", r#"{ "latest": true }"#, "[]", 1),
    ("staging", r#"{ "environment": "development" }"#, "[]", 2),
    ("production", r#"{ "environment": "staging" }"#, PEAK_HOURS, 3),
];

/// Never between 9 and 11.
const PEAK_HOURS: &str = r#"[
    {
      "kind": "deny",
      "schedule": "0 9 * * *",
      "duration": "2h",
      "timeZone": "Europe/Berlin",
      "description": "peak hours"
    }
  ]"#;

/// Writes the environments' configs to `build/<environment>.json`, and has git ignore what is in `build/`.
pub(super) fn write_environments(directory: &Path) -> Result<(), Failure> {
    write_file(&directory.join(".git/info/exclude"), "/build/\n")?;
    for (environment, upstream, freeze_windows, _) in ENVIRONMENTS {
        let config = format!(
            r#"{{
  "upstream": {upstream},
  "argocd": {{
    "destination": {{ "name": "", "server": "https://{environment}.example.com" }}
  }},
  "freezeWindows": {freeze_windows}
}}
"#
        );
        write_file(&directory.join(format!("build/{environment}.json")), &config)?;
    }
    Ok(())
}

/// Writes what the build of a service leaves: `build/<service>/<version>/<environment>.yaml`.
pub(super) fn write_build(directory: &Path, service: &str, version: u32) -> Result<(), Failure> {
    for (environment, .., replicas) in ENVIRONMENTS {
        let path = directory.join(format!("build/{service}/{version}/{environment}.yaml"));
        write_file(&path, &manifest(service, version, environment, replicas))?;
    }
    Ok(())
}

fn manifest(service: &str, version: u32, environment: &str, replicas: u32) -> String {
    format!(
        "\
apiVersion: v1
kind: Service
metadata:
  name: {service}
spec:
  selector:
    app: {service}
  ports:
  - port: 80
    targetPort: 8080
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {service}
  labels:
    app: {service}
spec:
  replicas: {replicas}
  selector:
    matchLabels:
      app: {service}
  template:
    metadata:
      labels:
        app: {service}
    spec:
      containers:
      - name: {service}
        image: registry.example.com/shop/{service}:v{version}
        env:
        - name: ENVIRONMENT
          value: {environment}
        ports:
        - containerPort: 8080
"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn manifests_are_yaml_and_configs_are_configs() {
        crate::yaml::check(&manifest("cart", 1, "staging", 2)).unwrap();
        let directory = tempfile::tempdir().unwrap();
        write_environments(directory.path()).unwrap();
        for (environment, ..) in ENVIRONMENTS {
            let path = directory.path().join(format!("build/{environment}.json"));
            let text = std::fs::read_to_string(path).unwrap();
            let config = kuberpult_git::environment_config_from_json(&text).unwrap();
            assert!(config.upstream.is_some() && config.argocd.is_some());
        }
    }
}
