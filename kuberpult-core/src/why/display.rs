//! [`Why`] in words: a colleague's answer.

use core::fmt;

use super::{NextTrain, Placed, Why};
use crate::{ApplicationCause, Outcome, TrainUpstream};

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { environment, application, .. } = self;
        match &self.current {
            Some(current) => {
                writeln!(
                    f,
                    "{application:?} is at version {} in {environment:?}{}.",
                    current.version,
                    Since("deployed", current)
                )?;
            }
            None => writeln!(f, "{application:?} is not deployed in {environment:?}.")?,
        }
        if let Some(queued) = &self.queued {
            writeln!(f, "Version {} waits in the queue{}.", queued.version, Since("queued", queued))?;
        }
        if self.blockers.is_empty() {
            writeln!(f, "Nothing holds automatic deployments back.")?;
        } else {
            writeln!(f, "Automatic deployments are held back by:")?;
            self.blockers.iter().try_for_each(|blocker| writeln!(f, "  {blocker}"))?;
        }
        self.fmt_train(f)?;
        match self.newest {
            Some(newest) if !newest.has_manifest => {
                writeln!(
                    f,
                    "The newest release, version {}, has no manifest for {environment:?}.",
                    newest.version
                )?;
            }
            _ => {}
        }
        self.fmt_ways(f)
    }
}

impl Why {
    fn fmt_train(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let NextTrain { upstream, version, skipped, outcome } = &self.next_train;
        let environment = &self.environment;
        match (upstream, version) {
            (None, _) => {}
            (Some(TrainUpstream::Latest), Some(version)) => {
                writeln!(f, "Its upstream is latest; the newest release is version {version}.")?;
            }
            (Some(TrainUpstream::Latest), None) => {
                writeln!(f, "Its upstream is latest; there is no release.")?;
            }
            (Some(TrainUpstream::Environment(upstream)), Some(version)) => {
                writeln!(f, "Its upstream {upstream:?} has version {version}.")?;
            }
            (Some(TrainUpstream::Environment(upstream)), None) => {
                writeln!(f, "Its upstream {upstream:?} has no version of it.")?;
            }
        }
        if let Some(cause) = skipped {
            return writeln!(f, "A release train would skip {environment:?} now: {cause}.");
        }
        match outcome {
            None => writeln!(f, "A release train would not carry it."),
            Some(Outcome::Deployed { to, .. }) => {
                writeln!(f, "A release train would deploy version {to} now.")
            }
            Some(Outcome::Queued { version, .. }) => {
                writeln!(f, "A release train would queue version {version} now.")
            }
            Some(Outcome::Blocked { version, .. }) => {
                writeln!(f, "A release train would leave version {version} where it is.")
            }
            Some(Outcome::Skipped { cause: ApplicationCause::AlreadyDeployed { .. } }) => {
                writeln!(f, "A release train would have nothing to do.")
            }
            Some(Outcome::Skipped { cause: ApplicationCause::NoVersionUpstream }) => {
                writeln!(f, "A release train would have nothing to bring.")
            }
            Some(Outcome::Skipped { cause: ApplicationCause::NotInEnvironment { version } }) => {
                writeln!(
                    f,
                    "A release train could not bring version {version}: it has no manifest for {environment:?}."
                )
            }
        }
    }

    fn fmt_ways(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(wanted) = self.wanted else {
            return f.write_str("No other version is due.");
        };
        if self.current.as_ref().is_some_and(|current| current.version == wanted) {
            return write!(f, "Version {wanted} is there already.");
        }
        match self.ways.as_slice() {
            [] => write!(f, "Version {wanted} cannot be deployed there."),
            [way] => write!(f, "To bring version {wanted} there: {way}."),
            ways => {
                write!(f, "To bring version {wanted} there, one of these:")?;
                ways.iter().try_for_each(|way| write!(f, "\n  {way}"))
            }
        }
    }
}

/// `, deployed 2024-05-03T11:37:37Z by Jo <jo@example.com>`, as far as it is known.
struct Since<'a>(&'static str, &'a Placed);

impl fmt::Display for Since<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(what, Placed { at, by, .. }) = self;
        if at.is_some() || by.is_some() {
            write!(f, ", {what}")?;
        }
        if let Some(at) = at {
            write!(f, " {at}")?;
        }
        by.as_ref().map_or(Ok(()), |by| write!(f, " by {by}"))
    }
}
