//! What each event writes: the one place that turns events into edits of the tree.
//!
//! Files that are not ours stay as they are, unless the directory of ours that they lie in goes: with a deleted
//! environment, a slot, an application, a release or a lock goes whatever somebody has put there beside our files. Left
//! behind, it would look like an environment, a slot or a release without content.

use std::fmt;

use gix::ObjectId;
use kuberpult_core::{
    ApplicationName, Context, EnvironmentName, Event, Lock, LockId, LockScope, ManifestId, Release, Version,
};

use crate::config_json::environment_config_to_json;
use crate::edit::{Content, Edit};
use crate::go_time::GoTime;
use crate::layout::{
    self, CONFIG, CREATED_AT, DEPLOYED_AT_UTC, DEPLOYED_BY, DEPLOYED_BY_EMAIL, DISPLAY_VERSION, LOCK_CI_LINK,
    LOCK_CREATED_AT, LOCK_CREATED_BY_EMAIL, LOCK_CREATED_BY_NAME, LOCK_MESSAGE, LOCK_SUGGESTED_LIFETIME,
    MANIFEST, MANIFESTS, QUEUED_VERSION, SOURCE_AUTHOR, SOURCE_COMMIT_ID, SOURCE_MESSAGE, SOURCE_REPO_URL,
    TEAM, UNDEPLOY, VERSION,
};
use crate::manifest_blob;

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
            edits.no_directory(layout::environment(environment));
            edits.push_at(layout::argocd(environment), Content::NoFile);
        }
        Event::ReleaseCreated { application, version, release } => {
            edits.release(application, *version, release, context);
        }
        Event::TeamChanged { application, to, .. } => {
            edits.directory = layout::application(application);
            edits.optional(TEAM, to.as_ref());
        }
        Event::SourceRepoUrlChanged { application, to, .. } => {
            edits.directory = layout::application(application);
            edits.optional(SOURCE_REPO_URL, to.as_ref());
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
            edits.push(QUEUED_VERSION, Content::NoFile);
        }
        Event::LockCreated { scope, lock_id, lock, .. } => edits.lock(scope, lock_id, lock),
        Event::LockDeleted { scope, lock_id, .. } => edits.no_directory(layout::lock(scope, lock_id)),
        Event::RemovedFromEnvironment { environment, application, .. } => {
            edits.no_directory(layout::slot(environment, application));
        }
        Event::ApplicationUndeployed { application } => edits.no_directory(layout::application(application)),
        Event::ReleaseCleanedUp { application, version } => {
            edits.no_directory(layout::release(application, *version));
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
        self.push_at(format!("{}/{name}", self.directory), content);
    }

    fn push_at(&mut self, path: String, content: Content) {
        self.edits.push(Edit { path, content });
    }

    fn no_directory(&mut self, path: String) {
        self.push_at(path, Content::NoDirectory);
    }

    fn text(&mut self, name: &str, text: impl fmt::Display) {
        self.push(name, Content::Text(text.to_string()));
    }

    /// A file that is there only when there is something to say.
    fn optional(&mut self, name: &str, text: Option<&impl fmt::Display>) {
        match text {
            Some(text) => self.text(name, text),
            None => self.push(name, Content::NoFile),
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
        self.text(CREATED_AT, context.now.whole_seconds());
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
        manifest: Option<ManifestId>,
        context: &Context,
        empty: ObjectId,
    ) {
        self.directory = layout::slot(environment, application);
        self.push(VERSION, Content::Link(layout::link_target(application, version)));
        self.push(QUEUED_VERSION, Content::NoFile);
        let applied = manifest.map(|manifest| Content::Manifest(manifest_blob::applied(manifest, &empty)));
        self.push(format_args!("{MANIFESTS}/{MANIFEST}"), applied.unwrap_or(Content::NoFile));
        self.text(DEPLOYED_BY, &context.actor.name);
        self.text(DEPLOYED_BY_EMAIL, &context.actor.email);
        self.text(DEPLOYED_AT_UTC, GoTime(context.now));
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
