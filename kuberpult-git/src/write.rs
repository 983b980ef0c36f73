//! Writing: objects, what a commit says, and the move of the branch.

use std::fs::File;
use std::time::Duration;

use gix::ObjectId;
use gix::lock::acquire::Fail;
use gix::objs::{Kind, WriteTo as _};
use gix::refs::transaction::{PreviousValue, RefEdit};
use gix::refs::{FullName, Target};
use gix::zlib::Compression;
use kuberpult_core::{Actor, Context};

use crate::commit_message::header_identity;
use crate::hardening::Hardening;
use crate::limits::LARGEST_OBJECT;
use crate::new_objects::{Body, NewObject, NewObjects};
use crate::{TransactError, loose, pack};

/// The longest message of a commit, in bytes. The headers have to fit into the object, too.
const LONGEST_MESSAGE: usize = LARGEST_OBJECT / 2;

/// Writes objects: few as files of their own, many as a pack. When it returns, they can be read, and are on the disk as
/// far as git's configuration asks for it.
pub(crate) fn objects(
    git: &gix::Repository,
    objects: &NewObjects,
    hardening: Hardening,
) -> Result<(), TransactError> {
    let directory = git.objects.store_ref().path();
    let config = git.config_snapshot();
    // What is read again soon must be written quickly; `git gc` compresses it once more.
    let compression = |key| {
        let level = config.integer(key).or_else(|| config.integer("core.compression"));
        let level = level.and_then(|level| Compression::new(i32::try_from(level).ok()?));
        level.unwrap_or(Compression::BEST_SPEED)
    };
    let written = if objects.are_few() {
        loose::write(objects, directory, compression("core.looseCompression"), hardening.loose_objects)
    } else {
        pack::write(objects, directory, git.object_hash(), compression("pack.compression"), hardening.packs)
    };
    written.map_err(|source| TransactError::write("objects", source))
}

/// What goes into a commit besides its tree.
pub(crate) struct CommitHeader<'a> {
    pub(crate) context: &'a Context,
    pub(crate) committer: &'a Actor,
    pub(crate) message: String,
}

impl CommitHeader<'_> {
    fn signature(&self, actor: &Actor) -> gix::actor::Signature {
        let (name, email) = header_identity(actor);
        let now = self.context.now;
        let time = gix::date::Time::new(now.unix_seconds(), now.offset_seconds());
        gix::actor::Signature { name: name.into(), email: email.into(), time }
    }

    /// Makes the commit. The same header, tree and parent give the same id.
    pub(crate) fn commit(
        &self,
        ids: gix::hash::Kind,
        tree: ObjectId,
        parent: Option<ObjectId>,
    ) -> Result<NewObject, TransactError> {
        if self.context.now.unix_seconds() < 0 {
            return Err(TransactError::TimeBefore1970 { time: self.context.now });
        }
        let (size, limit) = (self.message.len(), LONGEST_MESSAGE);
        if size > limit {
            let what = "the message of the commit".to_owned();
            return Err(TransactError::TooLong { what, size, limit: limit as u64 });
        }
        let commit = gix::objs::Commit {
            tree,
            parents: parent.into_iter().collect(),
            author: self.signature(&self.context.actor),
            committer: self.signature(self.committer),
            encoding: None,
            message: self.message.as_str().into(),
            extra_headers: Vec::new(),
        };
        let mut bytes = Vec::new();
        commit.write_to(&mut bytes).map_err(|error| TransactError::write("a commit", error))?;
        let id = gix::objs::compute_hash(ids, Kind::Commit, &bytes)
            .map_err(|error| TransactError::write("a commit", error))?;
        Ok(NewObject { id, body: Body::Bytes(Kind::Commit, bytes.into()), replaces: None })
    }

    /// What the branch's log says of it.
    pub(crate) fn reflog_entry(&self) -> ReflogEntry {
        let subject = self.message.lines().next().unwrap_or_default().to_owned();
        ReflogEntry { committer: self.signature(self.committer), subject }
    }
}

/// What the log of a branch says of a move.
#[derive(Debug)]
pub(crate) struct ReflogEntry {
    committer: gix::actor::Signature,
    subject: String,
}

impl ReflogEntry {
    /// Moves the branch from its old commit to a new one, which is `count` commits on, if it still is at the old one: a
    /// compare-and-swap. Returns whether it was.
    pub(crate) fn move_branch(
        &self,
        git: &gix::Repository,
        branch: &FullName,
        from: Option<ObjectId>,
        to: ObjectId,
        count: usize,
        hardening: Hardening,
    ) -> Result<bool, TransactError> {
        let expected = match from {
            Some(from) => PreviousValue::MustExistAndMatch(Target::Object(from)),
            None => PreviousValue::MustNotExist,
        };
        let message = match count {
            1 => format!("kuberpult: {}", self.subject),
            _ => format!("kuberpult: {count} commands, the last: {}", self.subject),
        };
        let edit = RefEdit::update(branch.clone(), to, expected, message);
        match self.edit(git, branch, edit, hardening.references) {
            Ok(()) => Ok(true),
            // The error does not say why. That the branch is no longer where it was is the one good reason.
            Err(source) => match branch_commit(git, branch) {
                Ok(now) if now != from => Ok(false),
                _ => Err(TransactError::write(format!("branch `{}`", branch.shorten()), source)),
            },
        }
    }

    fn edit(
        &self,
        git: &gix::Repository,
        branch: &FullName,
        edit: RefEdit,
        is_hardened: bool,
    ) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        let timeout = |key, default| match git.config_snapshot().integer(key).unwrap_or(default) {
            0 => Fail::Immediately,
            milliseconds => Fail::AfterDurationWithBackoff(
                u64::try_from(milliseconds).map_or(Duration::MAX, Duration::from_millis),
            ),
        };
        let (reference, packed) =
            (timeout("core.filesRefLockTimeout", 100), timeout("core.packedRefsTimeout", 1_000));
        let prepared = git.refs.transaction().prepare([edit], reference, packed)?;
        let path = git.common_dir().join(branch.to_path()?);
        if is_hardened {
            // Before it takes the place of the old one, so that there is a whole one at any time.
            let mut lock = path.clone().into_os_string();
            lock.push(".lock");
            File::open(lock)?.sync_all()?;
        }
        let mut time = gix::date::parse::TimeBuf::default();
        prepared.commit(self.committer.to_ref(&mut time))?;
        if is_hardened && let Some(directory) = path.parent() {
            File::open(directory)?.sync_all()?;
        }
        Ok(())
    }
}

/// The commit that a branch is at; none before its first commit.
pub(crate) fn branch_commit(
    repo: &gix::Repository,
    branch: &FullName,
) -> Result<Option<ObjectId>, gix::Error> {
    match repo.try_find_reference(branch.as_ref())? {
        None => Ok(None),
        Some(mut reference) => Ok(Some(reference.peel_to_id()?.detach())),
    }
}
