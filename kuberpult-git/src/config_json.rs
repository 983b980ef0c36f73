//! `config.json` of an environment, written as upstream's Go encoder writes it.

use kuberpult_core::EnvironmentConfig;

/// Why a text is no environment config.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// It is no JSON, or a value has the wrong form. The source says where.
    #[error("not a valid environment config")]
    Malformed(#[source] serde_json::Error),
    /// It has keys that nothing reads, each with its path, such as `argocd.destinaton`.
    #[error("unknown keys in the environment config: {}", keys.join(", "))]
    UnknownKeys {
        /// The keys.
        keys: Vec<String>,
    },
}

/// Reads an environment config that somebody gives us: unknown keys are refused by name.
///
/// # Errors
/// The text is no such config.
pub fn environment_config_from_json(text: &str) -> Result<EnvironmentConfig, ConfigError> {
    todo!("{text}")
}

/// Writes an environment config byte for byte as upstream does.
#[must_use]
pub fn environment_config_to_json(config: &EnvironmentConfig) -> String {
    todo!("{config:?}")
}
