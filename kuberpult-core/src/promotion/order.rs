//! The order of the environments: upstream before downstream, groups together, then by name.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

use crate::{Environment, EnvironmentName, GroupName};

type Environments = BTreeMap<EnvironmentName, Environment>;

/// What the order goes by among environments that could come next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Rank<'a> {
    /// How many upstreams it has, or the one of its group that has most.
    depth: usize,
    /// Where it stands by name: the first of its group, or itself.
    lead: &'a EnvironmentName,
    name: &'a EnvironmentName,
}

/// The environments, each after its upstream, as far as upstreams form no cycle.
pub(super) fn in_promotion_order(environments: &Environments) -> Vec<(&EnvironmentName, &Environment)> {
    Ordering::new(environments).run()
}

struct Ordering<'a> {
    environments: &'a Environments,
    ranks: BTreeMap<&'a EnvironmentName, Rank<'a>>,
    downstream: BTreeMap<&'a EnvironmentName, Vec<&'a EnvironmentName>>,
    /// Those whose upstream has its place already, or that have none.
    ready: BTreeSet<Rank<'a>>,
    /// The same, by group.
    ready_in: BTreeMap<&'a GroupName, BTreeSet<Rank<'a>>>,
    /// Those whose upstream has no place yet.
    waiting: BTreeSet<&'a EnvironmentName>,
}

impl<'a> Ordering<'a> {
    fn new(environments: &'a Environments) -> Self {
        let mut ordering = Self {
            environments,
            ranks: ranks(environments),
            downstream: BTreeMap::new(),
            ready: BTreeSet::new(),
            ready_in: BTreeMap::new(),
            waiting: BTreeSet::new(),
        };
        for (name, environment) in environments {
            match upstream_of(environments, environment) {
                Some(upstream) => {
                    ordering.downstream.entry(upstream).or_default().push(name);
                    ordering.waiting.insert(name);
                }
                None => ordering.is_ready(name),
            }
        }
        ordering
    }

    fn run(mut self) -> Vec<(&'a EnvironmentName, &'a Environment)> {
        let mut order = Vec::with_capacity(self.environments.len());
        let mut last_group = None;
        while let Some(next) = self.next(last_group) {
            let Some((name, environment)) = self.environments.get_key_value(next) else { continue };
            last_group = environment.config.environment_group.as_ref();
            order.push((name, environment));
            for downstream in self.downstream.remove(name).unwrap_or_default() {
                if self.waiting.remove(downstream) {
                    self.is_ready(downstream);
                }
            }
        }
        order
    }

    fn group_of(&self, name: &EnvironmentName) -> Option<&'a GroupName> {
        self.environments.get(name)?.config.environment_group.as_ref()
    }

    fn is_ready(&mut self, name: &'a EnvironmentName) {
        let Some(rank) = self.ranks.get(name).copied() else { return };
        self.ready.insert(rank);
        if let Some(group) = self.group_of(name) {
            self.ready_in.entry(group).or_default().insert(rank);
        }
    }

    /// Takes out what comes next: one of the same group, else the first, else one that is on a cycle.
    fn next(&mut self, last_group: Option<&GroupName>) -> Option<&'a EnvironmentName> {
        let of_group = last_group.and_then(|group| self.ready_in.get(group)?.first());
        match of_group.or_else(|| self.ready.first()).copied() {
            Some(rank) => {
                self.ready.remove(&rank);
                if let Some(ranks) = self.group_of(rank.name).and_then(|group| self.ready_in.get_mut(group)) {
                    ranks.remove(&rank);
                }
                Some(rank.name)
            }
            None => {
                let on_cycle = self.first_on_a_cycle()?;
                self.waiting.remove(on_cycle);
                Some(on_cycle)
            }
        }
    }

    /// Where nothing is ready, all that wait are on a cycle or downstream of one.
    fn first_on_a_cycle(&self) -> Option<&'a EnvironmentName> {
        let upstream = |name: &&'a EnvironmentName| {
            upstream_of(self.environments, self.environments.get(*name)?)
                .filter(|upstream| self.waiting.contains(*upstream))
        };
        let mut seen = BTreeSet::new();
        let first = *self.waiting.first()?;
        let on_cycle =
            core::iter::successors(Some(first), upstream).find(|name| !seen.insert(*name)).unwrap_or(first);
        let cycle =
            core::iter::successors(upstream(&on_cycle), upstream).take_while(|name| *name != on_cycle);
        cycle.chain([on_cycle]).min()
    }
}

/// The upstream environment, if it exists.
fn upstream_of<'a>(
    environments: &'a Environments,
    environment: &'a Environment,
) -> Option<&'a EnvironmentName> {
    let (upstream, _) = environments.get_key_value(environment.config.upstream_environment()?)?;
    Some(upstream)
}

fn ranks(environments: &Environments) -> BTreeMap<&EnvironmentName, Rank<'_>> {
    let depths = depths(environments);
    let depth_of = |name| depths.get(name).copied().unwrap_or_default();
    let mut groups: BTreeMap<&GroupName, (usize, &EnvironmentName)> = BTreeMap::new();
    for (name, environment) in environments {
        let Some(group) = &environment.config.environment_group else { continue };
        let (depth, _) = groups.entry(group).or_insert((0, name));
        *depth = depth_of(name).max(*depth);
    }
    let ranks = environments.iter().map(|(name, environment)| {
        let group = environment.config.environment_group.as_ref();
        let of_group = group.and_then(|group| groups.get(group).copied());
        let (depth, lead) = of_group.unwrap_or((depth_of(name), name));
        (name, Rank { depth, lead, name })
    });
    ranks.collect()
}

/// How many environments a version passes before it comes to each; where it goes round in a cycle, all there are.
fn depths(environments: &Environments) -> BTreeMap<&EnvironmentName, usize> {
    let mut depths = BTreeMap::new();
    for name in environments.keys() {
        let mut path = Vec::new();
        let mut on_path = BTreeSet::new();
        let mut next = Some(name);
        while let Some(name) = next.filter(|name| !depths.contains_key(name) && on_path.insert(*name)) {
            path.push(name);
            next = environments.get(name).and_then(|there| upstream_of(environments, there));
        }
        let first = match next {
            None => 0,
            Some(known) => depths.get(known).map_or(environments.len(), |depth: &usize| depth + 1),
        };
        let upstream_first = path.into_iter().rev();
        depths.extend(upstream_first.zip(first..).map(|(name, depth)| (name, depth.min(environments.len()))));
    }
    depths
}
