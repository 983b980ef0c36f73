//! Manifests of a release as files: one for each environment, or a directory of them.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use kuberpult_core::{EnvironmentName, NameError};

use crate::code::Code;
use crate::yaml::{self, YamlError};

/// Why manifests cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ManifestError {
    #[error("cannot read manifest `{}`", file.display())]
    Unreadable { file: PathBuf, source: io::Error },
    #[error("manifest `{}` is not UTF-8: the byte at offset {offset} begins no character", file.display())]
    NotUtf8 { file: PathBuf, offset: usize },
    #[error("manifest `{}` is {error}", file.display())]
    NotYaml { file: PathBuf, error: YamlError },
    #[error("`{}` names no environment", path.display())]
    InvalidName { path: PathBuf, source: NameError },
    #[error("environment `{environment}` has two manifests: `{}` and `{}`; give one of them", first.display(), second.display())]
    Twice { environment: EnvironmentName, first: PathBuf, second: PathBuf },
    #[error("there is no manifest in `{}`; expected `ENVIRONMENT.yaml` or `ENVIRONMENT/*.yaml`", directory.display())]
    NoneFound { directory: PathBuf },
}

impl ManifestError {
    /// The stable code.
    pub(crate) fn code(&self) -> Code {
        match self {
            Self::Unreadable { .. } => Code::CANNOT_READ_FILE,
            Self::NotUtf8 { .. } | Self::NotYaml { .. } => Code::INVALID_MANIFEST,
            Self::InvalidName { .. } => Code::INVALID_NAME,
            Self::Twice { .. } => Code::USAGE,
            Self::NoneFound { .. } => Code::NO_MANIFESTS,
        }
    }
}

/// A manifest file for an environment, as `ENV=FILE`.
#[derive(Debug, Clone)]
pub(crate) struct ManifestFile {
    environment: EnvironmentName,
    file: PathBuf,
}

impl std::str::FromStr for ManifestFile {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let expected = "expected ENV=FILE, such as `staging=out/staging.yaml`";
        let (environment, file) = text.split_once('=').ok_or(expected)?;
        let environment = EnvironmentName::existing(environment).map_err(|error| error.to_string())?;
        match file {
            "" => Err(expected.into()),
            "-" => Err("a manifest is not read from standard input; name a file".into()),
            file => Ok(Self { environment, file: file.into() }),
        }
    }
}

/// The manifests of a release, each from where.
#[derive(Debug, Default)]
pub(crate) struct Manifests {
    texts: BTreeMap<EnvironmentName, (PathBuf, String)>,
    /// Files that lie among them and are none.
    pub(crate) ignored: Vec<PathBuf>,
}

impl Manifests {
    /// Reads single files, then a directory.
    pub(crate) fn read(files: &[ManifestFile], directory: Option<&Path>) -> Result<Self, ManifestError> {
        let mut manifests = Self::default();
        for ManifestFile { environment, file } in files {
            manifests.add(environment.clone(), file.clone(), checked(file)?)?;
        }
        if let Some(directory) = directory {
            manifests.read_directory(directory)?;
        }
        Ok(manifests)
    }

    /// The text for each environment.
    pub(crate) fn texts(&self) -> impl Iterator<Item = (&EnvironmentName, &str)> {
        self.texts.iter().map(|(environment, (_, text))| (environment, text.as_str()))
    }

    fn add(
        &mut self,
        environment: EnvironmentName,
        from: PathBuf,
        text: String,
    ) -> Result<(), ManifestError> {
        match self.texts.get(&environment) {
            Some((first, _)) => {
                let first = first.clone();
                Err(ManifestError::Twice { environment, first, second: from })
            }
            None => {
                self.texts.insert(environment, (from, text));
                Ok(())
            }
        }
    }

    fn read_directory(&mut self, directory: &Path) -> Result<(), ManifestError> {
        let before = self.texts.len();
        for path in entries(directory)? {
            if path.is_dir() {
                let (files, ignored): (Vec<_>, Vec<_>) =
                    entries(&path)?.into_iter().partition(|file| is_yaml(file));
                if files.is_empty() {
                    self.ignored.push(path);
                } else {
                    let environment = environment_of(&path, path.file_name())?;
                    let text = joined(&files)?;
                    yaml::check(&text)
                        .map_err(|error| ManifestError::NotYaml { file: path.clone(), error })?;
                    self.add(environment, path, text)?;
                    self.ignored.extend(ignored);
                }
            } else if is_yaml(&path) {
                let environment = environment_of(&path, path.file_stem())?;
                let text = checked(&path)?;
                self.add(environment, path, text)?;
            } else {
                self.ignored.push(path);
            }
        }
        if self.texts.len() == before {
            return Err(ManifestError::NoneFound { directory: directory.into() });
        }
        Ok(())
    }
}

/// What lies in a directory, by name.
fn entries(directory: &Path) -> Result<Vec<PathBuf>, ManifestError> {
    let unreadable = |source| ManifestError::Unreadable { file: directory.into(), source };
    let entries = fs::read_dir(directory).map_err(unreadable)?;
    let paths: io::Result<Vec<PathBuf>> = entries.map(|entry| Ok(entry?.path())).collect();
    let mut paths = paths.map_err(unreadable)?;
    paths.sort();
    Ok(paths)
}

fn is_yaml(path: &Path) -> bool {
    path.extension() == Some(OsStr::new("yaml")) && !path.is_dir()
}

fn environment_of(path: &Path, name: Option<&OsStr>) -> Result<EnvironmentName, ManifestError> {
    let name = name.unwrap_or_default().to_string_lossy();
    EnvironmentName::existing(&name)
        .map_err(|source| ManifestError::InvalidName { path: path.into(), source })
}

/// The text of a manifest file that is UTF-8 and YAML.
fn checked(file: &Path) -> Result<String, ManifestError> {
    let bytes = fs::read(file).map_err(|source| ManifestError::Unreadable { file: file.into(), source })?;
    let text = String::from_utf8(bytes).map_err(|error| ManifestError::NotUtf8 {
        file: file.into(),
        offset: error.utf8_error().valid_up_to(),
    })?;
    match yaml::check(&text) {
        Ok(()) => Ok(text),
        Err(error) => Err(ManifestError::NotYaml { file: file.into(), error }),
    }
}

/// The files one after another, with a separator between two where neither has one.
fn joined(files: &[PathBuf]) -> Result<String, ManifestError> {
    let mut joined = String::new();
    for file in files {
        let text = checked(file)?;
        let begins = text.lines().find(|line| yaml::is_significant(line)).is_some_and(yaml::is_separator);
        let ended = joined.lines().rfind(|line| yaml::is_significant(line)).is_none_or(yaml::is_separator);
        if !joined.is_empty() && !joined.ends_with('\n') {
            joined.push('\n');
        }
        if !begins && !ended {
            joined.push_str("---\n");
        }
        joined.push_str(&text);
    }
    Ok(joined)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn join(texts: &[&str]) -> String {
        let directory = tempfile::tempdir().unwrap();
        for (index, text) in texts.iter().enumerate() {
            fs::write(directory.path().join(format!("{index}.yaml")), text).unwrap();
        }
        joined(&entries(directory.path()).unwrap()).unwrap()
    }

    #[test]
    fn files_are_joined_with_separators_where_there_are_none() {
        assert_eq!(join(&["a: 1\n", "b: 2\n"]), "a: 1\n---\nb: 2\n");
        assert_eq!(join(&["a: 1", "---\nb: 2\n"]), "a: 1\n---\nb: 2\n");
        assert_eq!(join(&["a: 1\n---\n", "b: 2\n"]), "a: 1\n---\nb: 2\n");
        assert_eq!(join(&["a: 1\n", "# b\n---\nb: 2\n"]), "a: 1\n# b\n---\nb: 2\n");
        assert_eq!(join(&["# a\n", "b: 2\n"]), "# a\nb: 2\n");
        assert_eq!(join(&["", "b: 2\n", ""]), "b: 2\n---\n");
    }
}
