//! The promotion graph: what versions come from and go to.

use std::collections::BTreeMap;

use kuberpult_core::{Blocker, EnvironmentName, Time};

use crate::freezes::frozen_until;
use crate::promotion::Promoted;

/// The nodes, and the edges between them. A node is named by its place.
pub(crate) struct Nodes<'a> {
    /// Environments in promotion order, then upstreams that are no environments.
    pub(crate) nodes: Vec<Node<'a>>,
    /// In the order of where they lead to.
    pub(crate) edges: Vec<Edge>,
}

/// What versions come from or go to.
pub(crate) enum Node<'a> {
    Environment(Box<Place<'a>>),
    /// The newest releases.
    Latest,
    /// An upstream that does not exist.
    Missing(&'a EnvironmentName),
}

/// An environment in the graph.
pub(crate) struct Place<'a> {
    pub(crate) name: &'a str,
    pub(crate) group: Option<&'a str>,
    /// The ids of the locks on it.
    pub(crate) locks: Vec<&'a str>,
    /// Until when it is frozen, if it is.
    pub(crate) frozen: Option<Option<Time>>,
    /// Why release trains skip it, whatever is locked and frozen.
    pub(crate) problem: Option<String>,
    pub(crate) has_upstream: bool,
}

/// Versions go from one node to another.
pub(crate) struct Edge {
    pub(crate) from: usize,
    pub(crate) to: usize,
    /// Whether release trains do so.
    pub(crate) works: bool,
}

impl<'a> Nodes<'a> {
    pub(crate) fn new(environments: &'a [Promoted<'a>]) -> Self {
        let places: BTreeMap<&EnvironmentName, usize> =
            environments.iter().enumerate().map(|(place, there)| (there.stage.name, place)).collect();
        let mut nodes: Vec<Node<'a>> =
            environments.iter().map(|there| Node::Environment(Box::new(Place::new(there)))).collect();
        let (mut latest, mut missing) = (None, BTreeMap::new());
        let mut edges = Vec::new();
        for (to, there) in environments.iter().enumerate() {
            let (config, works) = (&there.stage.environment.config, there.problem().is_none());
            if config.follows_latest() {
                let from = *latest.get_or_insert_with(|| {
                    nodes.push(Node::Latest);
                    nodes.len() - 1
                });
                edges.push(Edge { from, to, works });
            }
            if let Some(upstream) = config.upstream_environment() {
                let from = places.get(upstream).copied().unwrap_or_else(|| {
                    *missing.entry(upstream).or_insert_with(|| {
                        nodes.push(Node::Missing(upstream));
                        nodes.len() - 1
                    })
                });
                edges.push(Edge { from, to, works });
            }
        }
        Self { nodes, edges }
    }
}

impl<'a> Place<'a> {
    fn new(there: &'a Promoted<'a>) -> Self {
        let locks = there.blocking.environment_level().iter().filter_map(Blocker::lock);
        Self {
            name: there.stage.name.as_str(),
            group: there.group().map(kuberpult_core::GroupName::as_str),
            locks: locks.map(|(_, id, _)| id.as_str()).collect(),
            frozen: frozen_until(there.freezes()),
            problem: there.problem().map(ToString::to_string),
            has_upstream: there.stage.environment.config.upstream.is_some(),
        }
    }

    /// What drawings say of it, without what was written by hand.
    pub(crate) fn marks(&self) -> Vec<&'static str> {
        let locked = (!self.locks.is_empty()).then_some("locked");
        let frozen = self.frozen.map(|_| "frozen");
        locked.into_iter().chain(frozen).collect()
    }
}
