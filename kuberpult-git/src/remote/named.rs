//! Tags and other branches of a remote, for revisions that name one.

use gix::ObjectId;

use super::{RemoteBranch, RemoteError, reference};

impl RemoteBranch {
    /// The commit of the tag of that name, or of the branch if there is no such tag; none if the remote has neither. A name
    /// that begins with `refs/` is a full one. It is fetched without what was before it.
    ///
    /// # Errors
    /// The remote cannot be read, or the repository here cannot be written.
    pub(crate) fn named(&self, name: &str) -> Result<Option<ObjectId>, RemoteError> {
        let from = self.remote.fetched_from();
        let names = if name.starts_with("refs/") {
            vec![name.to_owned()]
        } else {
            vec![format!("refs/tags/{name}"), format!("refs/heads/{name}")]
        };
        let asked = ["ls-remote", "--", from].into_iter().chain(names.iter().map(String::as_str));
        let run = self.git(&asked.collect::<Vec<_>>(), None)?;
        if !run.success {
            return Err(self.failure_to_fetch(&run.words));
        }
        let printed = String::from_utf8_lossy(&run.stdout);
        let there: Vec<_> = printed.lines().filter_map(|line| line.split_once('\t')).collect();
        let found = names.iter().find_map(|name| there.iter().find(|(_, there)| there == name));
        let Some((id, full_name)) = found else { return Ok(None) };
        let repo = self.open()?;
        let is_shallow = repo.is_shallow().map_err(|error| self.unreadable(error))?;
        let is_here = ObjectId::from_hex(id.as_bytes()).is_ok_and(|id| repo.has_object(id));
        // Without a depth, a shallow clone would get everything that was before it; with one, any other clone would lose that.
        let depth = (is_shallow && !is_here).then_some("--depth=1");
        let run = self.fetch_reference(from, full_name, &reference::of_name(name), depth, &self.lock()?)?;
        if run.success { self.named_before(name) } else { Err(self.failure_to_fetch(&run.words)) }
    }

    /// The commit of the tag or branch of that name when it was fetched last; none if it never was, or if it names no commit.
    ///
    /// # Errors
    /// The repository here cannot be read.
    pub(crate) fn named_before(&self, name: &str) -> Result<Option<ObjectId>, RemoteError> {
        let repo = self.open()?;
        let found =
            repo.try_find_reference(&reference::of_name(name)).map_err(|error| self.unreadable(error))?;
        let object = found.and_then(|mut reference| reference.peel_to_id().ok()?.object().ok());
        Ok(object.and_then(|object| Some(object.peel_to_commit().ok()?.id)))
    }
}
