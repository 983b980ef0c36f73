//! Releases in the abstract.

use kuberpult_core::{Command, CreateRelease, State, Version};

use super::picked;
use crate::alphabet;

/// A release in the abstract.
#[derive(Debug, Clone)]
pub struct ReleaseIntent {
    /// Of which application.
    pub application: usize,
    /// The version.
    pub version: VersionIntent,
    /// For which environments, as a bit mask.
    pub manifests: u8,
    /// Which of several contents the manifests have.
    pub content: u8,
    /// The team.
    pub team: Option<usize>,
    /// Which of the texts about the source are given, as a bit mask.
    pub source: u8,
}

/// The version of a release in the abstract.
#[derive(Debug, Clone, Copy)]
pub enum VersionIntent {
    /// The next free one.
    Next,
    /// This one.
    Exactly(u64),
    /// One that is there.
    Existing(usize),
}

impl ReleaseIntent {
    pub(super) fn resolve(&self, state: &State) -> Command {
        let application = alphabet::application(self.application);
        let there: Vec<Version> = state
            .applications
            .get(&application)
            .map(|application| application.releases.keys().copied().collect())
            .unwrap_or_default();
        let environments = (0..alphabet::VALID_ENVIRONMENTS).filter(|index| self.manifests >> index & 1 == 1);
        let manifests = environments
            .map(|index| (alphabet::environment(index), alphabet::manifest(self.content)))
            .collect();
        let text = |bit: u8, text: &str| (self.source >> bit & 1 == 1).then(|| text.into());
        Command::CreateRelease(CreateRelease {
            version: match self.version {
                VersionIntent::Next => None,
                VersionIntent::Exactly(number) => Some(alphabet::version(number)),
                VersionIntent::Existing(pick) => picked(&there, pick).copied(),
            },
            team: self.team.map(alphabet::team),
            source_commit_id: text(0, "C0FFEE0000000000000000000000000000000000"),
            source_author: text(1, "Ada <ada@example.com>"),
            // An empty text is as good as none.
            source_message: text(2, if self.content == 0 { "" } else { "Fix the cart" }),
            display_version: text(3, "v1.2.3"),
            source_repo_url: text(4, if self.content == 0 { "" } else { "https://git.example.com/cart.git" }),
            ..CreateRelease::new(application, manifests)
        })
    }
}
