//! [`SmallMap`]: a map of few entries.

use alloc::collections::BTreeMap;
use alloc::vec::{self, Vec};
use core::borrow::Borrow;
use core::cmp::Ordering;
use core::{fmt, mem, slice};

/// A map of few entries, in the order of its keys, in one piece of memory.
///
/// It has those methods of a `BTreeMap` that releases and manifests need. A release train reads one release and one
/// manifest of each of thousands of applications: what counts then is how many steps through memory lead there, not how
/// many keys are compared. Inserting and removing move all entries after the key; new releases go to the end, where there
/// are none.
///
/// ```
/// use kuberpult_core::SmallMap;
/// let mut map: SmallMap<u8, &str> = [(3, "three"), (1, "one")].into();
/// assert_eq!(map.insert(2, "two"), None);
/// assert_eq!(map.insert(2, "deux"), Some("two"));
/// assert_eq!(map.get(&2), Some(&"deux"));
/// assert_eq!(map.remove(&1), Some("one"));
/// assert!(map.keys().eq(&[2, 3]));
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SmallMap<K, V> {
    /// INVARIANT: keys ascend, and no two are equal.
    entries: Vec<(K, V)>,
}

impl<K, V> SmallMap<K, V> {
    /// Makes an empty map.
    #[must_use]
    pub const fn new() -> Self {
        Self { entries: Vec::new() }
    }

    /// The number of entries.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is no entry.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The entries, in the order of their keys.
    pub fn iter(&self) -> Iter<'_, K, V> {
        self.entries.iter().map(as_pair)
    }

    /// The keys, in order.
    #[must_use]
    pub fn keys(&self) -> impl DoubleEndedIterator<Item = &K> + ExactSizeIterator {
        self.entries.iter().map(|(key, _)| key)
    }

    /// The values, in the order of their keys.
    #[must_use]
    pub fn values(&self) -> impl DoubleEndedIterator<Item = &V> + ExactSizeIterator {
        self.entries.iter().map(|(_, value)| value)
    }

    /// The entry with the lowest key.
    #[must_use]
    pub fn first_key_value(&self) -> Option<(&K, &V)> {
        self.entries.first().map(as_pair)
    }

    /// The entry with the highest key.
    #[must_use]
    pub fn last_key_value(&self) -> Option<(&K, &V)> {
        self.entries.last().map(as_pair)
    }

    /// Removes the entries for which the function says no.
    pub fn retain(&mut self, mut stays: impl FnMut(&K, &mut V) -> bool) {
        self.entries.retain_mut(|(key, value)| stays(key, value));
    }

    /// The key at a place, counted from 0 in the order of keys.
    pub(crate) fn key_at(&self, place: usize) -> Option<&K> {
        self.entries.get(place).map(|(key, _)| key)
    }
}

impl<K: Ord, V> SmallMap<K, V> {
    /// The place of a key, or else the place where it belongs.
    ///
    /// The last key is compared first: new releases are inserted there, and asked for most.
    fn place<Q: Ord + ?Sized>(&self, key: &Q) -> Result<usize, usize>
    where
        K: Borrow<Q>,
    {
        let Some(((last, _), before)) = self.entries.split_last() else { return Err(0) };
        match last.borrow().cmp(key) {
            Ordering::Less => Err(self.entries.len()),
            Ordering::Equal => Ok(before.len()),
            Ordering::Greater => before.binary_search_by(|(other, _)| other.borrow().cmp(key)),
        }
    }

    /// The number of entries with a lower key.
    pub(crate) fn count_below(&self, key: &K) -> usize {
        self.place(key).unwrap_or_else(|place| place)
    }

    /// The value at a key.
    #[must_use]
    pub fn get<Q: Ord + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        self.get_key_value(key).map(|(_, value)| value)
    }

    /// The value at a key, to be changed.
    #[must_use]
    pub fn get_mut<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        let place = self.place(key).ok()?;
        self.entries.get_mut(place).map(|(_, value)| value)
    }

    /// The entry at a key.
    #[must_use]
    pub fn get_key_value<Q: Ord + ?Sized>(&self, key: &Q) -> Option<(&K, &V)>
    where
        K: Borrow<Q>,
    {
        self.entries.get(self.place(key).ok()?).map(as_pair)
    }

    /// The value at a key that is looked for at a place first; the place becomes the one where it was found.
    ///
    /// For one key in many maps with the same keys, of which each is then reached in one step.
    pub(crate) fn get_near(&self, place: &mut usize, key: &K) -> Option<&V> {
        if let Some((there, value)) = self.entries.get(*place)
            && there == key
        {
            return Some(value);
        }
        *place = self.place(key).ok()?;
        self.entries.get(*place).map(|(_, value)| value)
    }

    /// Whether there is an entry at a key.
    #[must_use]
    pub fn contains_key<Q: Ord + ?Sized>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.place(key).is_ok()
    }

    /// Sets the value at a key, and hands back the value that was there.
    pub fn insert(&mut self, key: K, value: V) -> Option<V> {
        match self.place(&key) {
            Ok(place) => self.entries.get_mut(place).map(|(_, there)| mem::replace(there, value)),
            Err(place) => {
                self.make_room();
                self.entries.insert(place, (key, value));
                None
            }
        }
    }

    /// The value at a key, to be changed; the default is inserted before if there is none.
    pub fn get_or_insert_default(&mut self, key: K) -> &mut V
    where
        V: Default,
    {
        let place = self.place(&key).unwrap_or_else(|place| {
            self.make_room();
            self.entries.insert(place, (key, V::default()));
            place
        });
        #[expect(clippy::indexing_slicing, reason = "the entry was found at this place, or inserted there")]
        &mut self.entries[place].1
    }

    /// Removes the entry at a key, and hands back its value.
    pub fn remove<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        let place = self.place(key).ok()?;
        Some(self.entries.remove(place).1)
    }

    /// Makes room for one more entry. A `Vec` would double its room, and what is not used of it costs memory in
    /// hundreds of thousands of releases.
    fn make_room(&mut self) {
        if self.entries.len() == self.entries.capacity() {
            self.entries.reserve_exact(1 + self.entries.len() / 8);
        }
    }
}

fn as_pair<K, V>(entry: &(K, V)) -> (&K, &V) {
    let (key, value) = entry;
    (key, value)
}

/// The entries of a [`SmallMap`], in the order of their keys.
type Iter<'a, K, V> = core::iter::Map<slice::Iter<'a, (K, V)>, fn(&'a (K, V)) -> (&'a K, &'a V)>;

impl<K, V> Default for SmallMap<K, V> {
    fn default() -> Self {
        Self::new()
    }
}

impl<K: fmt::Debug, V: fmt::Debug> fmt::Debug for SmallMap<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

/// Of entries with the same key, the last stays.
impl<K: Ord, V> FromIterator<(K, V)> for SmallMap<K, V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> Self {
        let mut entries: Vec<(K, V)> = entries.into_iter().collect();
        if !entries.is_sorted_by(|(one, _), (next, _)| one < next) {
            entries.sort_by(|(one, _), (other, _)| one.cmp(other));
            entries.dedup_by(|later, earlier| {
                let same = later.0 == earlier.0;
                if same {
                    mem::swap(later, earlier);
                }
                same
            });
        }
        entries.shrink_to_fit();
        Self { entries }
    }
}

impl<K: Ord, V, const N: usize> From<[(K, V); N]> for SmallMap<K, V> {
    fn from(entries: [(K, V); N]) -> Self {
        entries.into_iter().collect()
    }
}

impl<K, V> From<BTreeMap<K, V>> for SmallMap<K, V> {
    fn from(map: BTreeMap<K, V>) -> Self {
        Self { entries: map.into_iter().collect() }
    }
}

impl<K: Ord, V> From<SmallMap<K, V>> for BTreeMap<K, V> {
    fn from(map: SmallMap<K, V>) -> Self {
        map.into_iter().collect()
    }
}

impl<K: Ord, V> Extend<(K, V)> for SmallMap<K, V> {
    fn extend<I: IntoIterator<Item = (K, V)>>(&mut self, entries: I) {
        for (key, value) in entries {
            self.insert(key, value);
        }
    }
}

impl<K, V> IntoIterator for SmallMap<K, V> {
    type Item = (K, V);
    type IntoIter = vec::IntoIter<(K, V)>;
    fn into_iter(self) -> Self::IntoIter {
        self.entries.into_iter()
    }
}

impl<'a, K, V> IntoIterator for &'a SmallMap<K, V> {
    type Item = (&'a K, &'a V);
    type IntoIter = Iter<'a, K, V>;
    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

#[cfg(feature = "serde")]
impl<K: serde::Serialize, V: serde::Serialize> serde::Serialize for SmallMap<K, V> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self)
    }
}

#[cfg(feature = "serde")]
impl<'de, K, V> serde::Deserialize<'de> for SmallMap<K, V>
where
    K: serde::Deserialize<'de> + Ord,
    V: serde::Deserialize<'de>,
{
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        BTreeMap::deserialize(deserializer).map(Self::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every sequence of four keys out of five, inserted one by one and at once, beside a `BTreeMap`.
    #[test]
    fn it_is_the_map_that_the_standard_library_has() {
        for number in 0..5_u32.pow(4) {
            let digits = (0..4).map(|place| (number / 5_u32.pow(place) % 5, place));
            let expected: BTreeMap<u32, u32> = digits.clone().collect();
            let mut map = SmallMap::new();
            map.extend(digits.clone());
            assert_eq!(map, digits.collect());
            assert_eq!(map, expected.clone().into());
            assert!(map.iter().eq(&expected) && map.keys().eq(expected.keys()));
            assert!(map.values().rev().eq(expected.values().rev()));
            assert_eq!(map.first_key_value(), expected.first_key_value());
            assert_eq!(map.last_key_value(), expected.last_key_value());
            for key in 0..6 {
                assert_eq!(map.get(&key), expected.get(&key));
                assert_eq!(map.contains_key(&key), expected.contains_key(&key));
                assert_eq!(map.count_below(&key), expected.range(..key).count());
                for mut place in 0..5 {
                    assert_eq!(map.get_near(&mut place, &key), expected.get(&key));
                    assert!(!map.contains_key(&key) || map.key_at(place) == Some(&key));
                }
                let (mut map, mut expected) = (map.clone(), expected.clone());
                assert_eq!(map.remove(&key), expected.remove(&key));
                assert_eq!(map, expected.clone().into());
                *map.get_or_insert_default(key) += 7;
                assert_eq!(map.get_mut(&key).copied(), map.get(&key).copied());
                *expected.entry(key).or_default() += 7;
                assert_eq!(map, expected.into());
            }
        }
    }
}
