//! From upstream's transformers to our commands.

use std::collections::BTreeSet;

use gix::ObjectId;
use kuberpult_core::{
    Actor, ApplicationName, Command, Context, CreateRelease, Deploy, EnvironmentName, GroupName, LockId,
    NameError, OnLock, OnUnlock, ReleaseTrain, TeamName, TrainOnLock, TrainTargetType, Version,
};
use kuberpult_git::{ManifestRepo, environment_config_from_json};
use kuberpult_tests::recorded::{Fields, LockBehaviour, Oracle, Step, Transformer};

use crate::difference::Difference;
use crate::tree::Git;

/// What a transformer is with us.
pub(crate) enum Translation {
    Command(Box<Command>),
    /// A name in it is none, so it can only be refused.
    NoName(NameError),
    /// We have no such command.
    None,
    /// Nobody could translate it, for this reason.
    Impossible(String),
}

/// What a translation depends on besides the transformer.
pub(crate) struct Translator<'a> {
    pub(crate) oracle: Oracle,
    pub(crate) git: &'a Git,
    /// The tree before the step.
    pub(crate) before: ObjectId,
    /// Environments that transformers before this one in the same step have made.
    pub(crate) made: Vec<String>,
    /// The differences by design in what was translated so far.
    pub(crate) differences: BTreeSet<Difference>,
    /// Our commit at the step that a train names.
    pub(crate) as_of: Option<ObjectId>,
}

/// When a step was, and for whom.
pub(crate) fn context(step: &Step) -> Option<Context> {
    let user = step.user.as_ref()?;
    let now = step.time.parse().unwrap_or_else(|error| panic!("{}: {error}", step.time));
    Some(Context::new(now, Actor::new(&user.name, &user.email)))
}

impl Translator<'_> {
    pub(crate) fn translate(&mut self, transformer: &Transformer, repo: &mut ManifestRepo) -> Translation {
        let command = match transformer.kind.as_str() {
            "CleanupOldApplicationVersions" => {
                self.differences.insert(Difference::Cleanup);
                return Translation::None;
            }
            "CreateEnvironment" => self.create_environment(&transformer.fields),
            "CreateApplicationVersion" => create_release(&transformer.fields, repo),
            "ReleaseTrain" => self.release_train(&transformer.fields),
            kind => match self.simple(kind, &transformer.fields) {
                Some(command) => command,
                None => {
                    let reason = format!("the transformer type `{kind}` has no counterpart");
                    return Translation::Impossible(reason);
                }
            },
        };
        command.map_or_else(Translation::NoName, |command| Translation::Command(command.into()))
    }

    /// Upstream overwrites an environment that is there.
    fn create_environment(&mut self, fields: &Fields) -> Result<Command, NameError> {
        let config = match &fields.config {
            serde_json::Value::Null => Default::default(),
            config => {
                environment_config_from_json(&config.to_string()).expect("upstream's config is understood")
            }
        };
        let environment = EnvironmentName::existing(&fields.environment)?;
        let exists = self.made.contains(&fields.environment)
            || self.git.at(self.before, &format!("environments/{environment}")).is_some();
        self.made.push(fields.environment.clone());
        Ok(if exists {
            self.differences.insert(Difference::ExistingEnvironment);
            Command::UpdateEnvironment { environment, config }
        } else {
            Command::CreateEnvironment { environment, config }
        })
    }

    fn release_train(&self, fields: &Fields) -> Result<Command, NameError> {
        let team = optional(&fields.team, TeamName::existing)?;
        let train = match self.oracle {
            Oracle::A => ReleaseTrain {
                target_type: Some(TrainTargetType::Environment),
                ..ReleaseTrain::new(fields.environment.clone())
            },
            Oracle::B => ReleaseTrain {
                on_lock: TrainOnLock::Skip,
                as_of: self.as_of.map(|commit| commit.to_string().parse().expect("a revision")).or_else(
                    || {
                        let hash = fields.commit_hash.as_str();
                        (!hash.is_empty()).then(|| hash.parse().expect("a revision"))
                    },
                ),
                ..ReleaseTrain::new(fields.target.clone())
            },
        };
        Ok(Command::ReleaseTrain(ReleaseTrain { team, ..train }))
    }

    /// What every version of upstream has, and what needs no more than its fields.
    fn simple(&self, kind: &str, fields: &Fields) -> Option<Result<Command, NameError>> {
        let queued = match self.oracle {
            Oracle::A => None,
            Oracle::B => Some(OnUnlock::Keep),
        };
        let environment = || EnvironmentName::existing(&fields.environment);
        let application = || ApplicationName::existing(&fields.application);
        let group = || GroupName::existing(&fields.environment_group);
        let lock_id = || LockId::existing(&fields.lock_id);
        let (ci_link, suggested_lifetime) = (None, None);
        let message = fields.message.as_str().into();
        let command = || {
            Ok(Some(match kind {
                "DeployApplicationVersion" => Command::Deploy(Deploy {
                    environment: environment()?,
                    application: application()?,
                    version: Version::new(fields.version).expect("a version is positive"),
                    on_lock: match fields.lock_behaviour {
                        None | Some(LockBehaviour::Queue) => OnLock::Queue,
                        Some(LockBehaviour::Fail) => OnLock::Fail,
                        Some(LockBehaviour::Ignore) => OnLock::Ignore,
                    },
                    reason: None,
                }),
                "CreateEnvironmentLock" => {
                    let (environment, lock_id) = (environment()?, lock_id()?);
                    Command::CreateEnvironmentLock {
                        environment,
                        lock_id,
                        message,
                        ci_link,
                        suggested_lifetime,
                    }
                }
                "DeleteEnvironmentLock" => Command::DeleteEnvironmentLock {
                    environment: environment()?,
                    lock_id: lock_id()?,
                    queued,
                },
                "CreateEnvironmentApplicationLock" => Command::CreateApplicationLock {
                    environment: environment()?,
                    application: application()?,
                    lock_id: lock_id()?,
                    message,
                    ci_link,
                    suggested_lifetime,
                },
                "DeleteEnvironmentApplicationLock" => Command::DeleteApplicationLock {
                    environment: environment()?,
                    application: application()?,
                    lock_id: lock_id()?,
                    queued,
                },
                "CreateEnvironmentGroupLock" => {
                    let (environment_group, lock_id) = (group()?, lock_id()?);
                    Command::CreateGroupLock {
                        environment_group,
                        lock_id,
                        message,
                        ci_link,
                        suggested_lifetime,
                    }
                }
                "DeleteEnvironmentGroupLock" => {
                    Command::DeleteGroupLock { environment_group: group()?, lock_id: lock_id()?, queued }
                }
                "CreateUndeployApplicationVersion" => {
                    Command::PrepareUndeploy { application: application()? }
                }
                "UndeployApplication" => Command::Undeploy { application: application()? },
                "DeleteEnvFromApp" => Command::RemoveFromEnvironment {
                    environment: environment()?,
                    application: application()?,
                },
                _ => return Ok(None),
            }))
        };
        command().transpose()
    }
}

fn create_release(fields: &Fields, repo: &mut ManifestRepo) -> Result<Command, NameError> {
    let mut create = CreateRelease::new(ApplicationName::existing(&fields.application)?, Default::default());
    for (environment, manifest) in fields.manifests.iter().flatten() {
        let manifest = repo.add_manifest(manifest.as_bytes()).expect("a manifest");
        create.manifests.insert(EnvironmentName::existing(environment)?, manifest);
    }
    let text = |text: &str| (!text.is_empty()).then(|| text.into());
    create.version = Version::new(fields.version);
    create.team = optional(&fields.team, TeamName::existing)?;
    create.source_commit_id = text(&fields.source_commit_id);
    create.source_author = text(&fields.source_author);
    create.source_message = text(&fields.source_message);
    create.display_version = text(&fields.display_version);
    create.source_repo_url = text(&fields.source_repo_url);
    Ok(Command::CreateRelease(create))
}

fn optional<T>(text: &str, name: impl Fn(&str) -> Result<T, NameError>) -> Result<Option<T>, NameError> {
    if text.is_empty() { Ok(None) } else { name(text).map(Some) }
}
