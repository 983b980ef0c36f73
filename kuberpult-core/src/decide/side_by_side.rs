//! [`SideBySide`]: several maps with the same keys, walked together.

use alloc::collections::{BTreeMap, btree_map};
use core::cmp::Ordering;

/// A map in which ascending keys are looked up: walking along it is cheaper than a search for each, when there are many
/// of them. Where the next key is far away it is searched for, so that a few keys in a large map are cheap too.
pub(super) struct SideBySide<'a, K, V> {
    map: &'a BTreeMap<K, V>,
    next: Option<(&'a K, &'a V)>,
    rest: btree_map::Range<'a, K, V>,
}

/// How many entries are passed over before the key is searched for: about what a search costs in a large map.
const STEPS: usize = 8;

impl<'a, K: Ord, V> SideBySide<'a, K, V> {
    pub(super) fn new(map: &'a BTreeMap<K, V>) -> Self {
        let mut rest = map.range(..);
        Self { map, next: rest.next(), rest }
    }

    /// The value at a key that is higher than those asked for before.
    pub(super) fn at(&mut self, key: &K) -> Option<&'a V> {
        for _ in 0..STEPS {
            let (candidate, value) = self.next?;
            match candidate.cmp(key) {
                Ordering::Less => self.next = self.rest.next(),
                Ordering::Equal => {
                    self.next = self.rest.next();
                    return Some(value);
                }
                Ordering::Greater => return None,
            }
        }
        self.rest = self.map.range(key..);
        self.next = self.rest.next();
        let (_, value) = self.next.take_if(|(candidate, _)| *candidate == key)?;
        self.next = self.rest.next();
        Some(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ascending_keys_are_found_as_by_searching() {
        let map: BTreeMap<usize, usize> =
            (0..100).filter(|key| key % 3 != 0).map(|key| (key, key * 2)).collect();
        for stride in [1, 2, 7, 20, 40] {
            for start in 0..stride {
                let mut walk = SideBySide::new(&map);
                for key in (start..110).step_by(stride) {
                    assert_eq!(
                        walk.at(&key),
                        map.get(&key),
                        "{key} of those from {start} in steps of {stride}"
                    );
                }
            }
        }
    }
}
