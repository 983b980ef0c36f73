//! What each event writes: the one place that turns events into edits of the tree.

use std::fmt;

use gix::ObjectId;
use kuberpult_core::{
    ApplicationName, Context, EnvironmentName, Event, Lock, LockId, LockScope, ManifestId, Release, Time,
    Version,
};

use crate::config_json::environment_config_to_json;
use crate::layout::{
    self, CONFIG, DISPLAY_VERSION, LOCK_CI_LINK, LOCK_CREATED_AT, LOCK_CREATED_BY_EMAIL,
    LOCK_CREATED_BY_NAME, LOCK_MESSAGE, LOCK_SUGGESTED_LIFETIME, MANIFEST, QUEUED_VERSION, SOURCE_AUTHOR,
    SOURCE_COMMIT_ID, SOURCE_MESSAGE, SOURCE_REPO_URL, TEAM, UNDEPLOY, VERSION,
};

/// An edit of a tree: what is at a path afterwards. Later edits of a path win.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Edit {
    /// From the root, with `/` between names.
    pub(crate) path: String,
    pub(crate) content: Content,
}

/// What an edit leaves at its path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Content {
    /// A file with this text.
    Text(String),
    /// A file with this content, which is in the repository already or is added with the commit.
    Manifest(ManifestId),
    /// A symbolic link.
    Link(String),
    /// Nothing: the file, or the directory with all that is in it, is removed.
    Nothing,
}

/// The edits that an event makes, in a repository whose empty file has the id `empty`.
pub(crate) fn project(event: &Event, context: &Context, empty: ObjectId) -> Vec<Edit> {
    let mut edits = Edits { edits: Vec::new(), directory: String::new() };
    match event {
        Event::EnvironmentCreated { environment, config } => {
            edits.directory = layout::environment(environment);
            edits.text(CONFIG, environment_config_to_json(config));
        }
        Event::EnvironmentUpdated { environment, to, .. } => {
            edits.directory = layout::environment(environment);
            edits.text(CONFIG, environment_config_to_json(to));
        }
        Event::EnvironmentDeleted { environment, .. } => {
            edits.nothing_at(layout::environment(environment));
            edits.nothing_at(layout::argocd(environment));
        }
        Event::ReleaseCreated { application, version, release } => {
            edits.release(application, *version, release, context);
        }
        Event::TeamChanged { application, to, .. } => {
            edits.directory = layout::application(application);
            edits.text(TEAM, to);
        }
        Event::SourceRepoUrlChanged { application, to, .. } => {
            edits.directory = layout::application(application);
            edits.text(SOURCE_REPO_URL, to);
        }
        Event::Deployed { environment, application, version, manifest, .. } => {
            edits.deployment(environment, application, *version, *manifest, context, empty);
        }
        Event::Queued { environment, application, version, .. } => {
            edits.directory = layout::slot(environment, application);
            edits.push(QUEUED_VERSION, Content::Link(layout::link_target(application, *version)));
        }
        Event::QueueDropped { environment, application, .. } => {
            edits.directory = layout::slot(environment, application);
            edits.push(QUEUED_VERSION, Content::Nothing);
        }
        Event::LockCreated { scope, lock_id, lock, .. } => edits.lock(scope, lock_id, lock),
        Event::LockDeleted { scope, lock_id, .. } => edits.nothing_at(layout::lock(scope, lock_id)),
        Event::RemovedFromEnvironment { environment, application, .. } => {
            edits.nothing_at(layout::slot(environment, application));
        }
        Event::ApplicationUndeployed { application } => edits.nothing_at(layout::application(application)),
        Event::ReleaseCleanedUp { application, version } => {
            edits.nothing_at(layout::release(application, *version));
        }
    }
    edits.edits
}

/// Edits, gathered relative to a directory.
struct Edits {
    edits: Vec<Edit>,
    directory: String,
}

impl Edits {
    fn push(&mut self, name: impl fmt::Display, content: Content) {
        self.edits.push(Edit { path: format!("{}/{name}", self.directory), content });
    }

    fn nothing_at(&mut self, path: String) {
        self.edits.push(Edit { path, content: Content::Nothing });
    }

    fn text(&mut self, name: &str, text: impl fmt::Display) {
        self.push(name, Content::Text(text.to_string()));
    }

    /// A file that is there only when there is something to say.
    fn optional(&mut self, name: &str, text: Option<&impl fmt::Display>) {
        match text {
            Some(text) => self.text(name, text),
            None => self.push(name, Content::Nothing),
        }
    }

    fn release(
        &mut self,
        application: &ApplicationName,
        version: Version,
        release: &Release,
        context: &Context,
    ) {
        self.directory = layout::release(application, version);
        self.text("created_at", context.now.whole_seconds());
        let source = &release.source;
        self.optional(SOURCE_COMMIT_ID, source.commit_id.as_ref());
        self.optional(SOURCE_AUTHOR, source.author.as_ref());
        self.optional(SOURCE_MESSAGE, source.message.as_ref());
        self.optional(DISPLAY_VERSION, source.display_version.as_ref());
        if release.undeploy {
            self.text(UNDEPLOY, "");
        }
        for (environment, manifest) in &release.manifests {
            let path = format_args!("{}/{environment}/{MANIFEST}", layout::ENVIRONMENTS);
            self.push(path, Content::Manifest(*manifest));
        }
    }

    fn deployment(
        &mut self,
        environment: &EnvironmentName,
        application: &ApplicationName,
        version: Version,
        manifest: ManifestId,
        context: &Context,
        empty: ObjectId,
    ) {
        self.directory = layout::slot(environment, application);
        self.push(VERSION, Content::Link(layout::link_target(application, version)));
        self.push(QUEUED_VERSION, Content::Nothing);
        // Upstream cannot overwrite a file with nothing, and so writes a blank for an empty manifest.
        let is_empty = manifest.as_bytes() == empty.as_bytes();
        let copy = if is_empty { ManifestId::EMPTY } else { manifest };
        self.push(format_args!("manifests/{MANIFEST}"), Content::Manifest(copy));
        self.text("deployed_by", &context.actor.name);
        self.text("deployed_by_email", &context.actor.email);
        self.text("deployed_at_utc", GoTime(context.now));
    }

    fn lock(&mut self, scope: &LockScope, id: &LockId, lock: &Lock) {
        self.directory = layout::lock(scope, id);
        self.text(LOCK_MESSAGE, &lock.message);
        self.optional(LOCK_CREATED_BY_NAME, lock.created_by.as_ref().map(|by| &by.name));
        self.optional(LOCK_CREATED_BY_EMAIL, lock.created_by.as_ref().map(|by| &by.email));
        self.optional(LOCK_CREATED_AT, lock.created_at.as_ref());
        self.optional(LOCK_CI_LINK, lock.ci_link.as_ref());
        self.optional(LOCK_SUGGESTED_LIFETIME, lock.suggested_lifetime.as_ref());
    }
}

/// A time as Go's `Time.UTC().String()` writes it: `2024-01-25 14:33:34.222021018 +0000 UTC`, with as many
/// digits of the fraction as there are.
struct GoTime(Time);

impl fmt::Display for GoTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rfc3339 = self.0.to_utc().to_string();
        let without_zone = rfc3339.trim_end_matches('Z');
        write!(f, "{} +0000 UTC", without_zone.replacen('T', " ", 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_as_go_does() {
        for (time, expected) in [
            ("2024-01-25T15:33:34.222021018+01:00", "2024-01-25 14:33:34.222021018 +0000 UTC"),
            ("2024-05-01T12:00:07.500005Z", "2024-05-01 12:00:07.500005 +0000 UTC"),
            ("2024-05-01T12:00:07.500Z", "2024-05-01 12:00:07.5 +0000 UTC"),
            ("2024-05-01T12:00:05Z", "2024-05-01 12:00:05 +0000 UTC"),
        ] {
            assert_eq!(GoTime(time.parse().unwrap()).to_string(), expected);
        }
    }
}
