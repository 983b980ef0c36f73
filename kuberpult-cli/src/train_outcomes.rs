//! What a train does in one environment, grouped by outcome: for the terminal and for Markdown.

use kuberpult_core::{ApplicationCause, ApplicationName, ApplicationReport, Blocker, Outcome, Version};

use crate::text::counted;

/// Why the applications are skipped that need nothing.
pub(crate) const DEPLOYED_ALREADY: &str = "deployed already";

/// The candidates of one environment by outcome, each group in name order.
#[derive(Default)]
pub(crate) struct Outcomes<'a> {
    pub(crate) deployed: Vec<Deployed<'a>>,
    pub(crate) queued: Vec<HeldBack<'a>>,
    /// What was left alone, because the train was told to.
    pub(crate) blocked: Vec<HeldBack<'a>>,
    already_deployed: Vec<Skipped<'a>>,
    not_in_environment: Vec<Skipped<'a>>,
    no_version_upstream: Vec<Skipped<'a>>,
}

/// An application that gets another version.
pub(crate) struct Deployed<'a> {
    pub(crate) application: &'a ApplicationName,
    pub(crate) from: Option<Version>,
    pub(crate) to: Version,
    /// What its queue loses by that.
    pub(crate) dropped: Option<Version>,
}

/// An application that something holds back.
pub(crate) struct HeldBack<'a> {
    pub(crate) application: &'a ApplicationName,
    pub(crate) version: Version,
    /// What its queue loses by that.
    pub(crate) displaced: Option<Version>,
    pub(crate) blockers: &'a [Blocker],
}

/// An application for which there is nothing to do, or nothing that could be done; with its upstream version.
pub(crate) struct Skipped<'a> {
    pub(crate) application: &'a ApplicationName,
    pub(crate) version: Option<Version>,
}

impl<'a> Outcomes<'a> {
    /// Groups them.
    pub(crate) fn of(applications: &'a [ApplicationReport]) -> Self {
        let mut outcomes = Self::default();
        for ApplicationReport { application, outcome } in applications {
            match outcome {
                &Outcome::Deployed { from, to, dropped } => {
                    outcomes.deployed.push(Deployed { application, from, to, dropped });
                }
                Outcome::Queued { version, displaced, blockers } => {
                    let (version, displaced) = (*version, *displaced);
                    outcomes.queued.push(HeldBack { application, version, displaced, blockers });
                }
                Outcome::Blocked { version, blockers } => {
                    let (version, displaced) = (*version, None);
                    outcomes.blocked.push(HeldBack { application, version, displaced, blockers });
                }
                Outcome::Skipped { cause } => {
                    let (group, version) = match *cause {
                        ApplicationCause::AlreadyDeployed { version } => {
                            (&mut outcomes.already_deployed, Some(version))
                        }
                        ApplicationCause::NotInEnvironment { version } => {
                            (&mut outcomes.not_in_environment, Some(version))
                        }
                        ApplicationCause::NoVersionUpstream => (&mut outcomes.no_version_upstream, None),
                    };
                    group.push(Skipped { application, version });
                }
            }
        }
        outcomes
    }

    /// The applications that are skipped, by the reason in words; no group is empty.
    pub(crate) fn skipped(&self) -> impl Iterator<Item = (&'static str, &[Skipped<'a>])> {
        let groups = [
            (DEPLOYED_ALREADY, self.already_deployed.as_slice()),
            ("no manifest for this environment", &self.not_in_environment),
            ("no version upstream", &self.no_version_upstream),
        ];
        groups.into_iter().filter(|(_, skipped)| !skipped.is_empty())
    }
}

/// A version, or that there is none.
pub(crate) fn version_or_none(version: Option<Version>) -> String {
    version.map_or("none".into(), |version| version.to_string())
}

/// How many applications.
pub(crate) fn applications(count: usize) -> String {
    counted(count, "application", "applications")
}
